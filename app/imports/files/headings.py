"""The headings of each field, in several languages, the most exact first.

Each is folded (see ``heading_names.words_of``): lower case, no accents, a space for everything but
letters and digits. Where two columns of a file are of one field, the more exact one is read, and
where it is empty in a row, the next.
"""

from collections.abc import Mapping

FIRST_NAME, LAST_NAME, NAME_INFIX = "first_name", "last_name", "name_infix"
# What says whether somebody is still there: a word, a last day, yes or no, no or yes, and a number
# of which one bit says it.
STATUS, END_DATE, ENABLED, BLOCKED = "status", "end_date", "enabled", "blocked"
ACCOUNT_CONTROL = "account_control"

HEADINGS: Mapping[str, str] = {
    "id": "id, record id, uuid, guid",
    FIRST_NAME: (
        "first name, firstname, first, name first, given name, givenname, forename, "
        "name first name, legal name first name, legal first name, first name legal, "
        "employee first name, vorname, prenom, nombre, nombre de pila, nome, voornaam, fornavn, "
        "fornamn, imie, 名, name given name, etunimi, имя, ad, adi"
    ),
    LAST_NAME: (
        "last name, lastname, last, name last, surname, sn, family name, familyname, "
        "name last name, legal name last name, legal last name, last name legal, "
        "employee last name, nachname, familienname, nom, nom de famille, apellido, apellidos, "
        "primer apellido, cognome, sobrenome, apelido, achternaam, etternavn, efternavn, "
        "efternamn, nazwisko, 姓, name family name, sukunimi, фамилия, soyad, soyadi, "
        "nom d usage, nom usuel, nom de naissance"
    ),
    NAME_INFIX: "tussenvoegsel, tussenvoegsels, voorvoegsel, voorvoegsels, infix, last name prefix",
    "full_name": (
        "full name, fullname, name, employee name, employee full name, name of employee, "
        "display name, displayname, full legal name, legal name, vollstandiger name, "
        "mitarbeitername, nom complet, nom et prenom, nom prenoms, nombre completo, "
        "nombre y apellidos, nombre y apellido, nome completo, nome e cognome, volledige naam, "
        "naam, navn, namn, imie i nazwisko, common name, cn, 氏名, 姓名, 名前, 이름, worker name, "
        "user display name, employee display name, full name legal, name full name, anzeigename, "
        "nom d affichage, nome visualizzato, weergavenaam, 성명, фио, nimi, ad soyad, adi soyadi, "
        "nombre para mostrar"
    ),
    "preferred_name": (
        "preferred name, nickname, nick name, goes by, known as, called, preferred first name, "
        "preferred or chosen first name, preferred or chosen name, chosen name, rufname, "
        "spitzname, surnom, prenom d usage, apodo, nombre preferido, nome preferito, roepnaam"
    ),
    "sort_as": (
        "sort as, sort name, sort key, file as, filing name, sortieren als, sortiername, "
        "sortierung, trier sous, nom de tri, classer sous, ordenar como, nombre de orden"
    ),
    "pronouns": "pronouns, pronoun, pronomen, pronoms, pronombres, pronomi",
    "job_title": (
        "job title, jobtitle, position title, business title, employee title, job title name, "
        "job title description, organization title, organisation title, work title, "
        "title description, berufsbezeichnung, stellenbezeichnung, positionsbezeichnung, "
        "jobtitel, intitule du poste, intitule de poste, titre du poste, titulo del puesto, "
        "denominacion del puesto, job position, position, position name, role title, role name, "
        "stelle, funktion, poste, fonction, emploi, puesto, cargo, mansione, qualifica, ruolo, "
        "posizione, functie, functietitel, stilling, befattning, stanowisko, job name, job, role, "
        "job role, job function, function, 役職, 职位, 職位, designation, planstelle, tatigkeit, "
        "occupation, organizations title, stillingsbetegnelse, 직위, 직책, 직급, 岗位, "
        "tehtavanimike, должность, unvan, unvani, puesto de trabajo"
    ),
    "department": (
        "department, dept, department name, dept name, department description, dept description, "
        "home department, home department description, organization department, "
        "organisation department, employee department, current department, abteilung, "
        "departement, departamento, dipartimento, reparto, afdeling, avdelning, avdeling, dzial, "
        "部署, 部门, 部門, 부서, supervisory organization, supervisory organisation, "
        "organizational unit, organisational unit, organisation unit, organization unit, "
        "org unit, unit, ou, bereich, service, area, team, team name, equipe, equipo, "
        "business unit, business unit name, division, division name, org unit name, org einheit, "
        "organisationseinheit, orgeinheit, team s, section, organizations department, 부서명, "
        "所属, osasto, отдел, подразделение, departman, bolum"
    ),
    "location": (
        "location, work location, location name, location description, job location, "
        "office location, office, office name, physical delivery office name, "
        "physicaldeliveryofficename, work office, site, site name, work site, workplace, place, "
        "place of work, standort, arbeitsort, buro, niederlassung, lieu, lieu de travail, bureau, "
        "etablissement, lugar, lugar de trabajo, oficina, sede, ubicacion, centro de trabajo, "
        "sede di lavoro, ufficio, local de trabalho, locatie, werklocatie, kantoor, vestiging, "
        "kontor, arbetsplats, lokalizacja, 勤務地, 拠点, 地点, 工作地点, office city, "
        "business city, work city, work contact city, organizations location, loc, arbejdssted, "
        "arbeidssted, tjenestested, miejsce pracy, 办公地点, 办公地, 근무지, toimipiste, 事業所, "
        "место работы, lokasyon, branch, branch name, branch office, filial, filiale, sucursal, "
        "succursale, agence, building, building name, gebaude, campus"
    ),
    "manager": (
        "manager id, manager employee id, manager employee number, manager number, supervisor id, "
        "reports to id, line manager id, reporting manager id, manager email, manager mail, "
        "manager e mail, manager email address, manager email id, manager work email, "
        "supervisor email, line manager email, reporting manager email, reports to email, "
        "manager upn, manager user principal name, manager, reports to, manager name, "
        "manager s name, manager full name, reporting to, line manager, direct manager, "
        "reporting manager, people manager, supervisor, supervisor name, vorgesetzter, "
        "vorgesetzte, fuhrungskraft, superieur hierarchique, manager direct, n 1, jefe directo, "
        "supervisor directo, responsabile diretto, leidinggevende, 上司"
    ),
    "desk": (
        "desk, desk location, desk number, desk no, seat, seat number, seat no, room, room number, "
        "room no, office room, workstation, "
        "workspace, schreibtisch, arbeitsplatz, buroadresse, zimmer, zimmernummer, raum, "
        "raumnummer, adresse du bureau, puesto fisico, "
        "direccion de la oficina, postazione, scrivania, werkplek, kamernummer, skrivebord, 座席"
    ),
    "working_hours": (
        "working hours, work hours, working times, working time, working days, days and hours, "
        "office hours, arbeitszeiten, arbeitszeit, burozeiten, heures de travail, "
        "horaires de travail, horaires, horario de trabajo, horario laboral, horario, "
        "orario di lavoro, orario, werktijden, arbeidstid, arbejdstid, arbetstid, 勤務時間"
    ),
    "time_zone": "time zone, timezone, zeitzone, fuseau horaire, zona horaria, huso horario",
    "email": (
        "email, mail, e mail, email address, e mail address, mail address, emailaddress, "
        "mailaddress, email id, mailadresse, e mail adresse, email adresse, courriel, "
        "adresse e mail, adresse mail, adresse email, adresse courriel, correo, "
        "correo electronico, direccion de correo, indirizzo email, indirizzo e mail, "
        "posta elettronica, e post, epost, e mailadres, emailadres, adres e mail, メール, "
        "メールアドレス, 邮箱, 電子郵件, 이메일, user principal name, userprincipalname, upn, "
        "user name user principal name, mail id, dienst e mail, office email id, "
        "benutzerprinzipalname, nom d utilisateur principal, sahkoposti, эл почта, "
        "электронная почта, eposta, e posta, primary smtp address, primarysmtpaddress"
    ),
    "phone": (
        "phone, phone number, telephone, telephone number, telephonenumber, phonenumber, tel, "
        "tel no, tel number, phone no, phones, telefon, telefonnummer, telefon nr, rufnummer, "
        "numero de telephone, telefono, numero de telefono, telefone, numero di telefono, "
        "telefoon, telefoonnummer, puhelin, 電話, 電話番号, 电话, 전화번호, diensttelefon, "
        "burotelefon, телефон, direct line, direct dial, direct number, ddi"
    ),
    "mobile": "mobile, mobilephone, diensthandy, firmenhandy, dienstmobil, geschaftshandy",
    "chat": (
        "chat, chat name, chat handle, chat id, slack, slack name, slack handle, slack username, "
        "slack user, slack user name, slack display name, microsoft teams, ms teams, "
        "microsoft teams name, teams name"
    ),
    "start_date": (
        "start date, startdate, date started, started, joined, join date, joining date, "
        "date joined, date joining, date of joining, joined on, hire date, hiredate, hired, "
        "date of hire, date hired, employee start date, employee hire date, employeehiredate, "
        "employment start date, employment date, eintritt, eintrittsdatum, startdatum, beginn, "
        "einstellungsdatum, date d entree, date d embauche, date d arrivee, fecha de inicio, "
        "fecha de alta, fecha de ingreso, fecha de contratacion, fecha de incorporacion, "
        "data di assunzione, data assunzione, data de admissao, datum in dienst, indiensttreding, "
        "ansettelsesdato, ansaettelsesdato, tiltraedelsesdato, tiltredelsesdato, "
        "anstallningsdatum, data zatrudnienia, 入社日, 入社年月日, 入职日期, 入职时间, 입사일, "
        "입사일자, дата приема, entree, "
        "original hire date, most recent hire date, last hire date"
    ),
    "employee_number": (
        "employee number, employee no, employee nr, employee num, employee code, employeenumber, "
        "employeeno, employee identifier, employeeidentifier, employee identification number, "
        "emp no, emp nr, emp num, emp number, emp code, empno, empnr, personnel number, "
        "personnel no, personnel nr, personnel id, staff number, staff no, staff nr, staff code, "
        "staff id, worker number, worker no, worker id, workday id, associate number, "
        "associate id, payroll number, payroll no, payroll id, file number, file no, badge id, "
        "badge number, badge no, clock number, colleague number, team member number, "
        "personalnummer, personal nr, personalnr, pers nr, persnr, mitarbeiternummer, "
        "mitarbeiter nr, mitarbeiternr, ma nr, stammnummer, matricule, matricule employe, "
        "matricule salarie, numero matricule, numero de matricule, numero d employe, "
        "no d employe, number employe, number d employe, number salarie, number matricule, "
        "number de matricule, no employe, numero de empleado, numero empleado, num empleado, "
        "no empleado, no de empleado, number de empleado, number empleado, nro de empleado, "
        "nro empleado, codigo de empleado, codigo empleado, legajo, matricola, "
        "numero di matricola, numero matricola, codice dipendente, matricula, "
        "numero de funcionario, personeelsnummer, medewerkernummer, werknemersnummer, "
        "ansattnummer, ansattnr, medarbejdernummer, anstallningsnummer, numer pracownika, "
        "社員番号, 従業員番号, 员工编号, 員工編號, 工号, 工號, 사번, pernr, person number, "
        "person no, ee code, ee id, ee number, ee no, eeid, medarbejdernr, anstallningsnr, "
        "nr ewidencyjny, табельныи номер, sicil no"
    ),
    "badges": "badges, badge, abzeichen, insignes, insignias",
    "about": (
        "about, about me, bio, biography, description, uber mich, beschreibung, a propos, "
        "acerca de, sobre mi, descripcion"
    ),
    STATUS: (
        "status, employment status, employee status, employment state, worker status, "
        "person status, position status, lifecycle status, life cycle status, account status, "
        "user status, sign in status, employee state, hr status, job status, emp status, "
        "assignment status, worker employment status, beschaftigungsstatus, mitarbeiterstatus, "
        "anstellungsstatus, statut, statut employe, statut salarie, statut du salarie, estado, "
        "estado empleado, estado del empleado, situacion, situacao, stato, stato dipendente, "
        "stato rapporto, estado do funcionario, dienstverbandstatus, anstallningsstatus, "
        "在職状況, 在籍状況, 状态, 員工狀態, 员工状态, 在职状态, 激活状态, 재직상태, "
        "assignment status type, estado del usuario, situation"
    ),
    END_DATE: (
        "termination date, terminationdate, date terminated, date of termination, "
        "employment end date, employee end date, end date, end of employment, last day, "
        "last day of work, last working day, last work day, last date worked, leave date, "
        "leaving date, date left, date of leaving, leaver date, employee leave date time, "
        "exit date, separation date, departure date, offboarding date, austrittsdatum, austritt, "
        "letzter arbeitstag, ausgeschieden am, date de sortie, date de depart, date de fin, "
        "dernier jour, fecha de baja, fecha de salida, fecha de cese, fecha de egreso, "
        "fecha de termino, fecha fin, data di cessazione, data cessazione, data fine rapporto, "
        "data de saida, data de demissao, data de desligamento, uit dienst, datum uit dienst, "
        "uitdiensttreding, einddatum, sluttdato, slutdatum, data zwolnienia, 退職日, 離職日, "
        "离职日期, term date, date of exit, terminated on, left on, last employment date, "
        "fratraedelsesdato, fratredelsesdato, 退職年月日, 离职时间, 퇴사일, 퇴사일자, 퇴직일, "
        "дата увольнения, actual termination date, sortie"
    ),
    ENABLED: (
        "account enabled, accountenabled, enabled, is enabled, user enabled, active, is active, "
        "isactive, active employee, account active, activated, currently employed, is employed, "
        "aktiv, ist aktiv, konto aktiviert, actif, est actif, compte actif, activo, esta activo, "
        "habilitado, attivo, ativo, actief, aktywny, 在職, 有効, employed, is currently employed, "
        "active status"
    ),
    BLOCKED: (
        "block credential, block sign in, blocked, is blocked, sign in blocked, account disabled, "
        "disabled, is disabled, suspended, is suspended, account suspended, deactivated, "
        "is deactivated, inactive, is inactive, is terminated, archived, is archived, deleted, "
        "is deleted, ns account lock, nsaccountlock, gesperrt, deaktiviert, inaktiv, desactive, "
        "inactif, inactivo, bloqueado, suspendido, disattivato, inattivo, inativo, geblokkeerd, "
        "無効, 停用, leaver, is leaver, has left, former employee, terminated, "
        "anmeldeinformationen blockieren, anmeldung blockieren, anmeldung blockiert"
    ),
    ACCOUNT_CONTROL: "user account control, useraccountcontrol",
}  # fmt: skip
