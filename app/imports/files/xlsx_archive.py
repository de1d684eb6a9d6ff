"""Open the archive of a workbook within limits, before any part is unpacked.

``zipfile`` unpacks no more of a part than the archive declares, so that the declared sizes can be
judged. What a part holds is limited where it is parsed.
"""

import zipfile
from typing import BinaryIO

from app.imports.errors import FileTooLarge, FileUnreadable
from app.imports.files.other_kinds import archive_kind
from app.imports.files.xlsx_xml import TOO_LARGE
from app.imports.files.zip_reading import METHODS, open_zip

# Sheets and shared strings may be long; every other part is short.
MAX_PART_BYTES = 40 * 1024 * 1024
MAX_LONG_PART_BYTES = 1 << 30
_MAX_BYTES = 8 << 30
_MAX_PARTS = 2_000
_LONG_PARTS = ("xl/worksheets/", "xl/sharedStrings.xml")
_RELATIONSHIPS = ".rels"
# The archive's directory: 500 bytes for each part.
_MAX_DIRECTORY_BYTES = 1_000_000
# Sheets unpack to ten or twenty times their size. Apache POI has the same limit.
_MAX_RATIO = 100
# Below this size a part may unpack to any multiple.
_MAX_BYTES_AT_ANY_RATIO = 10 * 1024 * 1024
_WORKBOOK = "xl/workbook.xml"


def open_archive(file: BinaryIO) -> zipfile.ZipFile:
    """Open the archive of a workbook.

    Raises FileUnreadable for what is none or is too large, and the errors of zipfile.
    """
    archive = open_zip(file, _MAX_DIRECTORY_BYTES, TOO_LARGE)
    parts = archive.infolist()
    if not any(part.filename == _WORKBOOK for part in parts):
        raise FileUnreadable(archive_kind(frozenset(part.filename for part in parts)))
    if any(part.compress_type not in METHODS for part in parts):
        raise FileUnreadable(
            "This workbook is compressed in a way that spreadsheet programs do not use. "
            "Open it in one and save it again, or as CSV."
        )
    total = sum(part.file_size for part in parts)
    if len(parts) > _MAX_PARTS or total > _MAX_BYTES or any(map(_is_too_large, parts)):
        raise FileTooLarge(TOO_LARGE)
    return archive


def _is_too_large(part: zipfile.ZipInfo) -> bool:
    name = part.filename
    is_long = name.startswith(_LONG_PARTS) and not name.endswith(_RELATIONSHIPS)
    if part.file_size > (MAX_LONG_PART_BYTES if is_long else MAX_PART_BYTES):
        return True
    ratio_limit = max(_MAX_BYTES_AT_ANY_RATIO, part.compress_size * _MAX_RATIO)
    return part.file_size > ratio_limit
