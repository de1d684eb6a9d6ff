"""What large files of people have stays below the limits of the reader, and is read."""

from __future__ import annotations

import io
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pytest

from app.imports.errors import FileTooLarge
from app.imports.files.encodings import detect_encoding
from app.imports.files.line_limit import MAX_LINE_BYTES, LineLimit
from app.imports.files.row_cache import RowCache
from app.imports.files.rows import MAX_COLUMNS, Row
from app.imports.files.table import Table
from tests.support.hostile_workbooks import (
    HEADINGS,
    SHEET,
    STRINGS,
    STYLES,
    numbered,
    row,
    sheet,
    tag,
    times,
    write_workbook,
)

ADA = ("Ada", "Analyst", "London")


def rows_of(path: Path) -> list[tuple[str, ...]]:
    with path.open("rb") as file:
        return [row.cells for row in Table(file).rows()]


def test_a_workbook_with_all_styles_that_excel_allows_is_read(tmp_path: Path) -> None:
    formats = numbered(b'<numFmt numFmtId="1%d" formatCode="yyyy-mm-dd"/>', 5_000)
    style = b'<xf numFmtId="14" applyAlignment="1"><alignment/><protection/></xf>'
    styles = [*tag("numFmts", formats, ""), *tag("cellXfs", times(style, 65_490), "")]
    day = b'<row><c s="65489"><v>45000</v></c><c/><c/></row>'
    parts = {STYLES: tag("styleSheet", styles), SHEET: sheet(day)}
    assert rows_of(write_workbook(tmp_path / "a.xlsx", parts)) == [("2023-03-15", "", "")]


def test_texts_are_found_whether_they_are_cached_or_not(tmp_path: Path) -> None:
    count = 10_000  # more than are cached
    texts = numbered(b"<si><t>Person %d</t></si>", count)
    cells = b'<row><c t="s"><v>%d</v></c></row>'
    rows = (cells % (number * 7919 % count) for number in range(count))
    parts = {STRINGS: tag("sst", texts), SHEET: sheet(*rows)}
    names = [cells[0] for cells in rows_of(write_workbook(tmp_path / "a.xlsx", parts))]
    assert names == [f"Person {number * 7919 % count}" for number in range(count)]


def test_a_long_text_is_read_again_and_again(tmp_path: Path) -> None:
    text = "x" * 32_767
    parts = {
        STRINGS: tag("sst", [f"<si><t>{text}</t></si>".encode()]),
        SHEET: sheet(*[b'<row><c t="s"><v>0</v></c></row>'] * 3),
    }
    assert [one[0] for one in rows_of(write_workbook(tmp_path / "a.xlsx", parts))] == [text] * 3


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_as_many_columns_as_are_allowed_are_read_and_one_more_is_not(
    tmp_path: Path, ending: str
) -> None:
    def table(columns: int) -> Path:
        more = columns - len(HEADINGS)
        rows = [(*HEADINGS, *(f"c{n}" for n in range(more))), (*ADA, *["x"] * more)]
        path = tmp_path / f"{columns}.{ending}"
        if ending == "csv":
            path.write_text("".join(",".join(cells) + "\n" for cells in rows))
            return path
        parts = {SHEET: tag("worksheet", tag("sheetData", [row(*cells) for cells in rows], ""))}
        return write_workbook(path, parts)

    [cells] = rows_of(table(MAX_COLUMNS))
    assert cells[:3] == ADA
    with pytest.raises(FileTooLarge, match=r"more than 1,000 columns\. Remove those"):
        rows_of(table(MAX_COLUMNS + 1))


def test_a_row_of_a_workbook_has_no_more_characters_than_one_of_a_csv(tmp_path: Path) -> None:
    cells = ["x" * 30_000] * 7
    wide = row(*(f"c{n}" for n in range(7)))
    sheet_of_row = tag("worksheet", tag("sheetData", [wide, row(*cells)], ""))
    with pytest.raises(FileTooLarge, match="Row 2 of a sheet has more than 200,000 characters"):
        rows_of(write_workbook(tmp_path / "a.xlsx", {SHEET: sheet_of_row}))


def test_a_csv_row_keeps_no_more_cells_than_are_counted() -> None:
    text = ",".join(HEADINGS) + "\n" + "," * 150_000 + "x\n" + ",".join(ADA) + "\n"
    wide, ada = Table(io.BytesIO(text.encode())).rows()
    assert (len(wide.cells), wide.cells[-1]) == (MAX_COLUMNS + 1, "x")
    assert wide.problem.startswith("The row has 1,001 cells")
    assert ada.cells == ADA


def pieces(*lengths: int) -> Iterable[bytes]:
    return (b"x" * length + b"\n" for length in lengths)


def test_lines_are_measured_across_the_pieces_that_they_are_read_in() -> None:
    limit = LineLimit()
    for piece in (*pieces(MAX_LINE_BYTES, MAX_LINE_BYTES), b"x" * MAX_LINE_BYTES, b"\r"):
        limit.check(piece)
    limit.check(b"x" * (MAX_LINE_BYTES - 1))
    limit.check(b"x")
    with pytest.raises(FileTooLarge, match="a line of more than 2 MB"):
        limit.check(b"x")


def test_many_bytes_that_are_no_utf8_decide_at_once_for_another_encoding() -> None:
    class Measured(io.BytesIO):
        most = 0

        def read(self, size: int | None = -1) -> bytes:
            piece = super().read(size)
            self.most = max(self.most, self.tell())
            return piece

    line = "Иван Петрович Сидоров,Инженер,Москва\n".encode("cp1251")
    file = Measured(line * 100_000)
    assert detect_encoding(file) == "cp1251"
    assert file.most < 1 << 20


def test_rows_that_take_much_more_than_they_were_read_from_are_refused() -> None:
    cache = RowCache(source_bytes=1 << 20)
    text = "x" * (1 << 20)
    recorded = cache.record(Row(number, (text,)) for number in range(1, 1_000))
    assert len(list(islice(recorded, 130))) == 130
    with pytest.raises(FileTooLarge, match="repeats its texts too often"):
        list(islice(recorded, 3))
