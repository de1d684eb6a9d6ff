"""The table of an employee's fields, and of the facets by which lists are filtered.

All code reads this table. A new field needs an attribute of Employee and an SQL migration too.
"""

from app.model.field_types import Facet, Field, Searched, Section
from app.model.kinds import Kind

# DynamoDB's limit for the id of an item, in bytes.
MAX_ID_CHARACTERS = 2_048

# In the order of exports and of an employee's page; the form orders them by section.
FIELDS = (
    Field(
        name="full_name",
        label="Full name",
        digest=0,
        section=Section.PERSONAL,
        fact="",
        required="Enter a full name, such as Amara Adeyemi",
        is_wide=True,
        export_width=28,
        in_card=True,
        searched=Searched.FUZZY,
        is_of_course=True,
    ),
    Field(
        name="preferred_name",
        label="Preferred name",
        digest=1,
        section=Section.PERSONAL,
        hint="The name used day to day",
        fact="Goes by",
        export_width=16,
        vcard="NICKNAME:{}",
        searched=Searched.FUZZY,
    ),
    Field(
        name="pronouns",
        label="Pronouns",
        digest=2,
        section=Section.PERSONAL,
        hint="Such as she/her, he/him, they/them",
        export_width=12,
        vcard="X-PRONOUNS:{}",
        is_hideable=True,
    ),
    Field(
        name="sort_as",
        label="Sort as",
        digest=15,
        section=Section.PERSONAL,
        hint="Where lists have them, such as García Márquez",
        fact="",
        export_width=20,
        vcard="SORT-STRING:{}",
    ),
    Field(
        name="job_title",
        label="Job title",
        digest=3,
        section=Section.JOB,
        fact="",
        required="Enter a job title, such as Field Engineer",
        is_wide=True,
        export_width=28,
        vcard="TITLE:{}",
        in_card=True,
        searched=Searched.FUZZY,
        is_of_course=True,
    ),
    Field(
        name="department",
        label="Department",
        digest=4,
        section=Section.JOB,
        export_width=20,
        vcard="ORG:{company};{}",
        in_card=True,
        searched=Searched.FUZZY,
    ),
    Field(
        name="manager",
        label="Manager",
        digest=18,
        section=Section.JOB,
        kind=Kind.PERSON,
        max_characters=MAX_ID_CHARACTERS,
        fact="",
        export_width=36,
    ),
    Field(
        name="location",
        label="Location",
        digest=5,
        section=Section.JOB,
        required="Enter a location, such as Reykjavík or Remote",
        export_width=18,
        vcard="ADR;TYPE=WORK:;;;{};;;",
        in_card=True,
        searched=Searched.FUZZY,
        is_of_course=True,
    ),
    Field(
        name="desk",
        label="Desk",
        digest=19,
        section=Section.JOB,
        hint="An address or a place in the office, such as Riverside 4, third floor",
        export_width=24,
        is_hideable=True,
    ),
    Field(
        name="working_hours",
        label="Working hours",
        digest=20,
        section=Section.JOB,
        hint="Days and hours, such as Mon to Thu, 9:00–15:00",
        export_width=24,
    ),
    Field(
        name="time_zone",
        label="Time zone",
        digest=14,
        section=Section.JOB,
        kind=Kind.TIME_ZONE,
        hint="Such as Europe/Berlin",
        export_width=20,
        vcard="TZ;VALUE=text:{}",
    ),
    Field(
        name="email",
        label="Email",
        digest=6,
        section=Section.CONTACT,
        kind=Kind.EMAIL,
        export_width=34,
        vcard="EMAIL;TYPE=INTERNET,WORK:{}",
        in_card=True,
        searched=Searched.EXACT,
    ),
    Field(
        name="phone",
        label="Phone",
        digest=7,
        section=Section.CONTACT,
        kind=Kind.PHONE,
        hint="With country code",
        export_width=20,
        vcard="TEL;TYPE=WORK,VOICE:{}",
        in_card=True,
        searched=Searched.NUMBER,
        is_hideable=True,
    ),
    Field(
        name="mobile",
        label="Mobile",
        digest=13,
        section=Section.CONTACT,
        kind=Kind.PHONE,
        hint="With country code",
        export_width=20,
        vcard="TEL;TYPE=CELL,VOICE:{}",
        searched=Searched.NUMBER,
        is_hideable=True,
    ),
    Field(
        name="chat",
        label="Chat",
        digest=21,
        section=Section.CONTACT,
        hint="The name there, such as selam.haile",
        export_width=20,
    ),
    Field(
        name="start_date",
        label="Start date",
        digest=8,
        section=Section.JOB,
        kind=Kind.DATE,
        hint="Year-month-day, like 2024-02-29",
        export_width=12,
        vcard="X-START-DATE:{}",
        is_hideable=True,
    ),
    Field(
        name="employee_number",
        label="Employee number",
        digest=12,
        section=Section.JOB,
        max_characters=40,
        export_width=16,
        vcard="X-EMPLOYEE-NUMBER:{}",
        searched=Searched.EXACT,
    ),
    Field(
        name="badges",
        label="Badges",
        digest=10,
        section=Section.BADGES,
        kind=Kind.BADGES,
        export_width=24,
        in_card=True,
        is_of_course=True,
    ),
    Field(
        name="about",
        label="About",
        digest=9,
        section=Section.ABOUT,
        kind=Kind.TEXT,
        max_characters=2_000,
        export_width=60,
        vcard="NOTE:{}",
        searched=Searched.LAST,
        is_hideable=True,
    ),
    Field(
        name="photo_key",
        label="Photo",
        digest=11,
        section=Section.PHOTO,
        kind=Kind.PHOTO,
        in_card=True,
        attribute="object_key",
        is_of_course=True,
        is_hideable=True,
    ),
    # The last day of who leaves or has left, "" of everybody else; see Employee.has_left.
    Field(name="left_on", label="Last day", digest=17, section=None, kind=Kind.DATE, fact=""),
    # The names of fields that are hidden from colleagues; see app/access/visibility.py.
    Field(name="hidden", label="Hidden", digest=16, section=None, kind=Kind.NAMES),
)
FIRST_RELEASE = 12  # fields, whose digests every revision has
FIELD = {field.name: field for field in FIELDS}
# The fields that an edit can change, and those of them that are typed as text.
CONTENT_FIELDS = tuple(FIELD)
TEXT_FIELDS = tuple(field.name for field in FIELDS if field.is_text)
DATE_FIELDS = tuple(field.name for field in FIELDS if field.kind is Kind.DATE)
# Those of them that the form has an input for.
TYPED_FIELDS = tuple(field.name for field in FIELDS if field.is_text and field.section)
FORM_FIELDS = tuple(field for section in Section for field in FIELDS if field.section is section)
# What an employee may hide from everybody but themselves and editors.
HIDEABLE = tuple(field.name for field in FIELDS if field.is_hideable)

FACETS = (
    Facet("letter", "Letter", "letters", "letters", "a", "letter"),
    Facet("location", "Location", "locations", "locations", "l", "location"),
    Facet("department", "Department", "departments", "departments", "d", "department"),
    Facet("job_title", "Job title", "job titles", "job_titles", "t", "title"),
    Facet("badge", "Badge", "badges", "badges", "b", "badge"),
    Facet("joined", "Start month", "start months", "joined", "j", "joined"),
)
FACET = {facet.name: facet for facet in FACETS}
# The facets of text fields, which match every spelling of the same facet key.
TEXT_FACETS = tuple(facet for facet in FACETS if facet.name in TEXT_FIELDS)
