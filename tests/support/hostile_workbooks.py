"""Workbooks that are small on disk, or simple, and lie about what they hold; written as streams."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import repeat
from pathlib import Path

MEGABYTE = 1 << 20
_PIECE_BYTES = 256 * 1024
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TYPES, RELATIONSHIPS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
WORKBOOK, STYLES, STRINGS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
SHEET = "xl/worksheets/sheet1.xml"
HEADINGS = ("Name", "Job title", "Location")

# The content of a part: pieces of bytes.
Part = Iterable[bytes]
Writer = Callable[[Path], Path]


def times(piece: bytes, count: int) -> Iterator[bytes]:
    """Yield so many of a piece, many at once."""
    at_once = max(_PIECE_BYTES // len(piece), 1)
    yield from repeat(piece * at_once, count // at_once)
    yield piece * (count % at_once)


def numbered(template: bytes, count: int) -> Iterator[bytes]:
    """Yield pieces that differ by a number, a thousand at once."""
    for first in range(0, count, 1_000):
        yield b"".join(template % number for number in range(first, min(first + 1_000, count)))


def tag(name: str, content: Part, attributes: str = f'xmlns="{_MAIN}"') -> Iterator[bytes]:
    yield f"<{name} {attributes}>".encode()
    yield from content
    yield f"</{name}>".encode()


def sheet(*rows: bytes, more: Part = ()) -> Iterator[bytes]:
    """Yield a sheet of people with these rows below the headings."""
    content = (row(*HEADINGS), *rows)
    return tag(
        "worksheet", tag("sheetData", (piece for part in (content, more) for piece in part), "")
    )


def row(*texts: str) -> bytes:
    cells = (f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f"<row>{''.join(cells)}</row>".encode()


def relationships(count: int) -> Part:
    content = numbered(b'<Relationship Id="r%d" Type="t" Target="worksheets/none.xml"/>', count)
    return tag("Relationships", content, f'xmlns="{_PACKAGE}/relationships"')


def ordinary_parts(listed: int = 1) -> dict[str, Part]:
    """Return the parts of a small workbook whose one sheet is listed so many times."""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_KIND}.{kind}+xml"/>'
        for name, kind in (
            (WORKBOOK, "sheet.main"),
            (STRINGS, "sharedStrings"),
            (STYLES, "styles"),
            (SHEET, "worksheet"),
        )
    )
    reference = f'<Relationship Id="s" Type="{_DOCUMENT}/worksheet" Target="/{SHEET}"/>'
    names = f'xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"'
    listing = numbered(b'<sheet name="S%d" sheetId="1" r:id="s"/>', listed)
    return {
        TYPES: list(tag("Types", [overrides.encode()], f'xmlns="{_PACKAGE}/content-types"')),
        RELATIONSHIPS: tag(
            "Relationships", [reference.encode()], f'xmlns="{_PACKAGE}/relationships"'
        ),
        WORKBOOK: tag("workbook", tag("sheets", listing, ""), names),
        STYLES: tag("styleSheet", []),
        STRINGS: tag("sst", []),
        SHEET: sheet(row("Ada", "Analyst", "London")),
    }


def write_workbook(path: Path, parts: Mapping[str, Part], method: int = zipfile.ZIP_STORED) -> Path:
    """Write a workbook that is ordinary but for these parts.

    By default nothing is compressed: what refuses it is no limit of the archive.
    """
    with zipfile.ZipFile(path, "w", method, compresslevel=1) as archive:
        for name, pieces in (ordinary_parts() | dict(parts)).items():
            with archive.open(name, "w", force_zip64=True) as part:
                for piece in pieces:
                    part.write(piece)
    return path


def _relationships_of_a_workbook_among_sheets(path: Path) -> Path:
    """The workbook itself lies where sheets do, which may be long."""
    parts = ordinary_parts()
    [*pieces] = parts[TYPES]
    types = b"".join(pieces).replace(b"/xl/workbook.xml", b"/xl/worksheets/workbook.xml")
    parts["xl/worksheets/workbook.xml"] = parts.pop(WORKBOOK)
    more = {TYPES: [types], "xl/worksheets/_rels/workbook.xml.rels": relationships(3_000_000)}
    return write_workbook(path, parts | more | {WORKBOOK: [b"<workbook/>"]})


def _overlapping_parts(path: Path) -> Path:
    """A thousand parts whose compressed bytes are those of one."""
    write_workbook(path, {f"xl/worksheets/s{n:04}.xml": [b""] for n in range(1_000)}
                   | {SHEET: sheet(more=times(b"x%d", 250_000))})  # fmt: skip
    with zipfile.ZipFile(path) as archive:
        offset = archive.getinfo(SHEET).header_offset
        size = archive.getinfo(SHEET).compress_size
    raw = bytearray(path.read_bytes())
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        name = bytes(raw[at + 46 : at + 46 + int.from_bytes(raw[at + 28 : at + 30], "little")])
        if name.startswith(b"xl/worksheets/s0"):
            for position, number in ((20, size), (24, size), (42, offset)):
                raw[at + position : at + position + 4] = number.to_bytes(4, "little")
        at = raw.find(b"PK\x01\x02", at + 4)
    path.write_bytes(raw)
    return path


def _many_parts(path: Path) -> Path:
    return write_workbook(path, {f"xl/media/{number}": [] for number in range(100_000)})


def _amplified(path: Path) -> Path:
    """A text that is stored once and named by every cell."""
    text = b"<si><t>" + b"x" * 32_000 + b"</t></si>"
    cell = b'<c t="s"><v>0</v></c>'
    rows = times(b"<row>" + cell * 6 + b"</row>", 400_000)
    return write_workbook(path, {STRINGS: tag("sst", [text]), SHEET: sheet(more=rows)})


def _of_parts(method: int = zipfile.ZIP_STORED, **make: Callable[[], Part]) -> Writer:
    names = {"types": TYPES, "relationships": RELATIONSHIPS, "workbook": WORKBOOK,
             "styles": STYLES, "strings": STRINGS, "sheet": SHEET,
             "sheet_relationships": "xl/worksheets/_rels/sheet1.xml.rels"}  # fmt: skip
    return lambda path: write_workbook(
        path, {names[name]: content() for name, content in make.items()}, method
    )


def _types(count: int) -> Part:
    content = numbered(b'<Override PartName="/a" ContentType="t/%d"/>', count)
    return tag("Types", content, f'xmlns="{_PACKAGE}/content-types"')


def _formats() -> Part:
    content = numbered(b'<numFmt numFmtId="1%d" formatCode="d"/>', 900_000)
    return tag("styleSheet", tag("numFmts", content, ""))


def _long_namespace() -> Part:
    return tag("worksheet", times(b"<a/>", 20_000_000), f'xmlns="{"x" * 900_000}"')


def _wide(rows: int) -> Part:
    heading = row(*HEADINGS, *(f"Column {number}" for number in range(16_381)))
    return tag("worksheet", tag("sheetData", [heading, *times(row(*"x" * 16_384), rows)], ""))


def _merged_columns() -> Part:
    """Each column merged over all rows, and a million rows to fill."""
    heading = row(*HEADINGS, *(f"Column {number}" for number in range(900)))
    merges = (
        f'<mergeCell ref="{_letters(n)}2:{_letters(n)}1048576"/>'.encode() for n in range(903)
    )
    rows = [heading, row(*"x" * 903), *times(b"<row><c><v>1</v></c></row>", 1_000_000)]
    return tag("worksheet", (*tag("sheetData", rows, ""), *tag("mergeCells", merges, "")))


def _letters(column: int) -> str:
    first, second = divmod(column, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


# What refuses each must be found while it is read: nothing in these archives is compressed.
HOSTILE_WORKBOOKS: Mapping[str, Writer] = {
    "200 MB of relationships of a sheet": _of_parts(
        sheet_relationships=lambda: relationships(3_000_000)
    ),
    "200 MB of relationships of a workbook among the sheets":
        _relationships_of_a_workbook_among_sheets,
    "500,000 relationships": _of_parts(relationships=lambda: relationships(500_000)),
    "1.2 million styles": _of_parts(
        styles=lambda: tag(
            "styleSheet", tag("cellXfs", times(b'<xf numFmtId="14"/>', 1_200_000), "")
        )
    ),
    "900,000 number formats": _of_parts(styles=_formats),
    "30 million nested tags in a sheet": _of_parts(sheet=lambda: times(b"<a>", 30_000_000)),
    "13 million nested tags in the workbook": _of_parts(
        workbook=lambda: times(b"<a>", 13_000_000)
    ),
    "30 million nested cells": _of_parts(sheet=lambda: sheet(more=times(b"<c>", 30_000_000))),
    "700,000 content types": _of_parts(types=lambda: _types(700_000)),
    "a shared string of 200 MB": _of_parts(
        strings=lambda: tag("sst", tag("si", tag("t", times(b"x", 200 * MEGABYTE), ""), ""))
    ),
    "a shared string of 100 kB in every cell": _of_parts(
        strings=lambda: tag("sst", [b"<si><t>" + b"x" * 100_000 + b"</t></si>"])
    ),
    "an attribute of 100 MB": _of_parts(
        sheet=lambda: sheet(b'<row a="', more=times(b"x", 100 * MEGABYTE))
    ),
    "10 million attributes": _of_parts(
        sheet=lambda: sheet(b"<row ", more=numbered(b'a%d="" ', 10_000_000))
    ),
    "a comment of 200 MB": _of_parts(
        sheet=lambda: sheet(b"<!--", more=times(b"x", 200 * MEGABYTE))
    ),
    "20 million different names": _of_parts(
        sheet=lambda: sheet(more=numbered(b"<a%d/>", 2_000_000))
    ),
    "3 million merged cells": _of_parts(
        sheet=lambda: sheet(
            more=(
                piece
                for part in ([b"</sheetData><mergeCells>"],
                             numbered(b'<mergeCell ref="A%d:B1048576"/>', 3_000_000))
                for piece in part
            )
        )
    ),
    "900 columns merged over a million rows": _of_parts(sheet=_merged_columns),
    "a long namespace of 20 million tags": _of_parts(sheet=_long_namespace),
    "16,384 columns": _of_parts(sheet=lambda: _wide(1_000)),
    "a reference of 900,000 letters": _of_parts(
        sheet=lambda: sheet(b'<row><c r="' + b"A" * 900_000 + b'1"><v>1</v></c></row>')
    ),
    "100 million cells in a row": _of_parts(
        sheet=lambda: sheet(b"<row>", more=times(b"<c/>", 50_000_000))
    ),
    "30 million rows": _of_parts(sheet=lambda: sheet(more=times(b"<row/>", 30_000_000))),
    "a sheet that is listed 50,000 times": lambda path: write_workbook(
        path, {WORKBOOK: ordinary_parts(50_000)[WORKBOOK]}
    ),
    "100,000 parts": _many_parts,
    "overlapping parts": _overlapping_parts,
    "a text of 32,000 characters in 2 million cells": _amplified,
}  # fmt: skip

# What these archives declare is enough to refuse them.
BOMBS: Mapping[str, Writer] = {
    "a sheet of 900 MB in 4 MB": _of_parts(
        zipfile.ZIP_DEFLATED, sheet=lambda: sheet(more=times(b" ", 900 * MEGABYTE))
    ),
    "30 million nested tags in 0.4 MB": _of_parts(
        zipfile.ZIP_DEFLATED, sheet=lambda: times(b"<a>", 30_000_000)
    ),
    "200 million shared strings in 1 MB": _of_parts(
        zipfile.ZIP_DEFLATED, strings=lambda: tag("sst", times(b"<si/>", 200_000_000))
    ),
    "a sheet compressed by bzip2": _of_parts(
        zipfile.ZIP_BZIP2, sheet=lambda: sheet(more=times(b" ", 100 * MEGABYTE))
    ),
    "a sheet compressed by LZMA": _of_parts(
        zipfile.ZIP_LZMA, sheet=lambda: sheet(more=times(b" ", 20 * MEGABYTE))
    ),
}
