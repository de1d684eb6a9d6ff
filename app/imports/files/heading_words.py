"""Words of headings that say whose a column is, or what kind, in several languages; folded."""

# A phone or an email of work: more exact than one of which nothing is said.
WORK = (
    "work working business biz company corporate office official professional job desk dienstlich "
    "dienstliche geschaftlich geschaftliche firma firmen buro arbeit beruflich professionnel "
    "professionnelle pro travail bureau trabajo laboral corporativo corporativa empresa "
    "profesional comercial comerciais lavoro aziendale ufficio trabalho empresarial profissional "
    "dienstl gesch werk zakelijk zakelijke arbeid arbejde jobb tjeneste sluzbowy sluzbowa "
    "業務用 会社 рабочии рабочая"
)
# Between a word and that of work: "Correo de trabajo".
PARTICLES = "de del do da di du d"
NEUTRAL = "primary main contact direct employee"
MOBILE = (
    "mobile mobiles mobil mobiltelefon handy cell cellular cellulare portable movil celular gsm "
    "telemovel mobiel iphone smartphone"
)
# In brackets: the column is of a home.
PRIVATE = (
    "personal private privately home residential residence residing domestic family house privat "
    "privates privater privaten personlich zuhause heim daheim familie wohnung perso personnel "
    "personnelle personnels prive privee domicile maison particulier famille particular privado "
    "privada casa domicilio hogar residencia familiar privato privata abitazione personale "
    "pessoal residencial thuis huis hjem hjemme hem bostad prywatny prywatna domowy kotiin koti "
    "pers priv prv pvt hm h p res nonwork individual 個人 自宅 私用 私人 家庭 住宅 개인 자택"
)
# In brackets: the column is of somebody else, of another time, or of another kind.
OTHERS = (
    "emergency ice spouse partner kin relative parent guardian manager managers supervisor boss "
    "lead reports assistant notfall vorgesetzter vorgesetzte urgence conjoint responsable "
    "emergencia conyuge jefe emergenza spoed nood fax pager secondary alternate alternative "
    "alternativ other former previous old past expired maiden birth recovery backup 2 3 2nd second "
    "カナ かな フリガナ ふりがな ローマ字 phonetic kana furigana katakana suffix prefix "
    "salutation anrede civilite friend mr mrs ms dr herr frau"
)
# In brackets: the column is of a code, which is no name, title or place.
NUMBER = (
    "number no nr num id ids code codes hash key ref reference uid guid uuid numero nummer codigo "
    "codice cod kennung kennziffer schlussel identifier percent amount sort count"
)
# Before what a column holds, in exports of programs: they say whose it is, of the same person.
LEADING = (
    "user profile employee worker primary legal current person member staff attributes properties"
)
# Before a colon, of a section of a profile: "Job Information: Location", "Internal: Status".
SECTION = "information info job work internal employment basic general profile details data contact"
# Behind what a column holds: its words, not its code; and the first of several.
TRAILING = "desc descr description name text bezeichnung 1"
# At the end of a heading: it says nothing.
NOISE = (
    "required, optional, mandatory, read only, upload only, pflichtfeld, obligatoire, obligatorio, "
    "obrigatorio, verplicht"
)
# A heading with one of these is part of a postal address, but not with one of the others.
ADDRESS = (
    "address addresses street zip zipcode postcode postal plz postleitzahl strasse hausnummer "
    "adresse anschrift wohnadresse rue domicile direccion domicilio calle indirizzo endereco adres "
    "straat huisnummer postnummer gata"
)
OTHER_ADDRESSES = "mail email e ip mac web url internet proxy proxyaddresses smtp sip wallet"
# Headings of directories of accounts, whose addresses are those of work.
DIRECTORY = (
    "physical delivery office name, physicaldeliveryofficename, l, dn, benutzerprinzipalname, "
    "user principal name, userprincipalname, upn, sam account name, samaccountname, "
    "usage location, login"
)
