"""The headings that mean something else, or less, beside other columns; folded."""

# Less exact than a first and a last name: a file of a worker's number or an account may have one.
LOOSE_NAMES = (
    "employee, person, worker, staff member, team member, colleague, associate, payroll name, "
    "mitarbeiter, mitarbeiterin, mitarbeitende, mitarbeiter in, empleado, collaborateur, salarie, "
    "dipendente, medewerker"
)
# Full names with the last name first, as in "Byron, Ada".
REVERSED_NAMES = (
    "surname first name, surname firstname, surname forename, surname given name, "
    "last name first name, lastname firstname, last first, last first name, "
    "family name given name, family name first name, nachname vorname, familienname vorname, "
    "name vorname, name last first, name last name first name, nom prenom, nom de famille prenom, "
    "apellido nombre, apellidos nombre, cognome nome, cognome e nome, payroll name"
)
# A job title only where no other column is one: other programs so call "Dr." and "Mr.".
JOB_TITLES_ALONE = "title, titel, titre, titulo, titolo"
# The id, and the employee number where the file has another id.
IDS_OR_NUMBERS = (
    "employee id, employeeid, emp id, empid, person id, personid, id employee, id empleado"
)
# The phone, and the mobile where the file has another phone.
MOBILES_OR_PHONES = (
    "mobile phone, mobile number, mobile no, mobile tel, cell, cell phone, cell number, "
    "cellphone, handy, handynummer, mobil, mobiltelefon, mobilnummer, portable, "
    "telephone portable, telephone mobile, movil, telefono movil, celular, cellulare, telemovel, "
    "gsm, mobiel, mobile telephone number, 携帯電話, 携帯番号, 携帯, 手机, 手机号, 手机号码, "
    "휴대폰, 휴대전화, matkapuhelin, мобильныи телефон, cep telefonu"
)
# Locations only where no column is more exact, or where it is an office that is empty in a row.
CITIES = (
    "city, town, address city, locality, l, municipality, ort, stadt, "
    "ville, commune, ciudad, localidad, citta, cidade, plaats, stad, poststed, miasto, "
    "город, sehir"
)
# Beside one of these a city is part of an address, which may be that of a home.
ADDRESS_PARTS = (
    "address, address line 1, address line 2, address 1, address 2, street, street address, "
    "streetaddress, street number, zip, zip code, zipcode, postcode, post code, postal code, "
    "postalcode, plz, postleitzahl, strasse, hausnummer, adresse, anschrift, rue, code postal, "
    "direccion, calle, codigo postal, indirizzo, via, cap, cep, endereco, adres, straat, "
    "postnummer, adress, gata"
)
