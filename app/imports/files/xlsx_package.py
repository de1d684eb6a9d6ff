"""Find the parts of a workbook's archive by content type and by relationship.

Parts are parsed as a stream of elements, named without their namespaces.
"""

import posixpath
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from zipfile import ZipFile

from app.imports.errors import FileTooLarge
from app.imports.files.xlsx_archive import MAX_PART_BYTES
from app.imports.files.xlsx_xml import TOO_LARGE, ElementHandler, read_xml

MAX_ELEMENTS = 100_000
_MAX_RELATIONSHIPS = 10_000
SHARED_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_WORKBOOKS = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml",
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    "application/vnd.ms-excel.template.macroEnabled.main+xml",
)
_KNOWN_TYPES = frozenset({*_WORKBOOKS, SHARED_STRINGS})


class Element(NamedTuple):
    """The start of an element: the name of its parent, its own name, its attributes."""

    parent: str
    name: str
    attributes: Mapping[str, str]


class Relationship(NamedTuple):
    """A reference from one part to another."""

    type: str
    target: str


class _ElementCollector(ElementHandler):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open = [""]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        local_name = name.rpartition(" ")[2]
        self.elements.append(Element(self._open[-1], local_name, attributes))
        self._open.append(local_name)

    def end(self, name: str) -> None:
        super().end(name)
        self._open.pop()


def elements_of(archive: ZipFile, part: str, max_elements: int = MAX_ELEMENTS) -> Iterator[Element]:
    """Yield the elements of a part in document order.

    Raises KeyError for a missing part, FileTooLarge for one with more than MAX_PART_BYTES or
    ``max_elements``, and the errors of ``read_xml``.
    """
    if archive.getinfo(part).file_size > MAX_PART_BYTES:
        raise FileTooLarge(TOO_LARGE)
    collector = _ElementCollector()
    count = 0
    with archive.open(part) as source:
        for _ in read_xml(source, collector):
            count += len(collector.elements)
            if count > max_elements:
                raise FileTooLarge(TOO_LARGE)
            yield from collector.elements
            collector.elements.clear()


def parts_by_type(archive: ZipFile) -> dict[str, str]:
    """Return the first part of each content type that is read."""
    parts: dict[str, str] = {}
    defaults: dict[str, str] = {}
    for element in elements_of(archive, "[Content_Types].xml"):
        content_type = element.attributes.get("ContentType", "")
        if content_type not in _KNOWN_TYPES:
            continue
        if element.name == "Override":
            parts.setdefault(content_type, element.attributes["PartName"][1:])
        elif element.name == "Default":
            # Some programs declare the workbook's type for every file that ends in .xml.
            defaults[content_type] = "xl/workbook.xml"
    return defaults | parts


def workbook_part(parts: Mapping[str, str]) -> str:
    """Return the part that lists the sheets. Raises ValueError if there is none."""
    for content_type in _WORKBOOKS:
        if content_type in parts:
            return parts[content_type]
    raise ValueError("no part is a workbook")


def relationships_of(archive: ZipFile, part: str) -> dict[str, Relationship]:
    """Return the relationships of a part by id, with targets as names in the archive.

    Raises FileTooLarge for more than _MAX_RELATIONSHIPS.
    """
    folder, name = posixpath.split(part)
    relationships: dict[str, Relationship] = {}
    for element in elements_of(archive, posixpath.join(folder, "_rels", f"{name}.rels")):
        if element.name != "Relationship":
            continue
        if len(relationships) == _MAX_RELATIONSHIPS:
            raise FileTooLarge(TOO_LARGE)
        # A target that begins with a slash is absolute: `join` keeps it alone.
        target = posixpath.join(folder, element.attributes["Target"])
        relationships[element.attributes["Id"]] = Relationship(
            element.attributes["Type"], posixpath.normpath(target).lstrip("/")
        )
    return relationships
