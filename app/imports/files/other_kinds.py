"""Recognize files that are no table, and tell what they are and what to do."""

import re

from app.imports.errors import FileUnreadable

START_BYTES = 1024
_ZIP, _OLE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_MARK = rb"(?:\xef\xbb\xbf)?\s*"
# "[" alone is not JSON: headings may be [Name],[Mail].
_JSON = re.compile(_MARK + rb"(?:\[\s*)?\{\s*[\"}]")
_VCARD = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*BEGIN:VCARD", re.IGNORECASE)
_MARKUP = re.compile(_MARK + rb"<(?:!doctype|html|head|table|meta|\?xml)", re.IGNORECASE)
_LDIF = re.compile(_MARK + rb"(?:#[^\r\n]*\s+|version: *\d+\s+)*dn::? *\S", re.IGNORECASE)
_KINDS = (
    (
        re.compile(re.escape(_OLE)),
        (
            "This is an old Excel file (.xls), or one with a password. "
            "Save it as .xlsx without a password, or as CSV."
        ),
    ),
    (
        re.compile(re.escape(_PDF)),
        "This is a PDF. Save the table as CSV or .xlsx and choose that file.",
    ),
    (
        _JSON,
        (
            "This is JSON or JSON Lines, not a table. Export as CSV or Excel and import that file. "
            "To move a whole directory, use flask backup and flask restore."
        ),
    ),
    (
        _MARKUP,
        (
            "This is a web page or XML file. Open it in a spreadsheet program, "
            "save it as CSV or .xlsx, and choose that file."
        ),
    ),
    (
        _LDIF,
        (
            "This is LDIF, an export of an LDAP directory, not a table. Export the people as CSV, "
            "with one row for each person (csvde for Active Directory, or the CSV export of your "
            "LDAP browser), and choose that file."
        ),
    ),
    (
        re.compile(rb"\{\\rtf"),
        "This is a text document (RTF), not a table. Save the table as CSV or .xlsx.",
    ),
    (
        re.compile(rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh[1-9]|\xfd7zXZ"),
        "This file is compressed. Unpack it and choose the table that is in it.",
    ),
)
# By a part of the archive.
_ARCHIVES = (
    ("content.xml", "This is an OpenDocument file (.ods). Save it as .xlsx or as CSV."),
    ("Index/Document.iwa", "This is a Numbers document. Export it to Excel or CSV."),
    ("Index.zip", "This is a Numbers document. Export it to Excel or CSV."),
    ("xl/workbook.bin", "This is a binary workbook (.xlsb). Save it as .xlsx or as CSV."),
    ("word/document.xml", "This is a Word document. Save its table as .xlsx or as CSV."),
    ("ppt/presentation.xml", "This is a presentation. Save its table as .xlsx or as CSV."),
)
_OTHER_ARCHIVE = (
    "This file is not an Excel workbook. Save the table as .xlsx or as CSV. If it is a ZIP file, "
    "unpack it and choose the table that is in it."
)


def is_archive(start: bytes) -> bool:
    """Return whether a file that begins so is a ZIP archive, as workbooks are."""
    return start.startswith(_ZIP)


def is_vcard(start: bytes) -> bool:
    """Return whether a file that begins so is one of contacts, in any encoding."""
    return _VCARD.match(start.replace(b"\0", b"")) is not None


def refuse_other_kinds(start: bytes) -> None:
    """Raise FileUnreadable for a file that begins like no table."""
    for pattern, message in _KINDS:
        if pattern.match(start):
            raise FileUnreadable(message)


def archive_kind(parts: frozenset[str]) -> str:
    """Return what an archive without a workbook is, from the names of its parts."""
    return next((message for part, message in _ARCHIVES if part in parts), _OTHER_ARCHIVE)
