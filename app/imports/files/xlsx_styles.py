"""What the style of a cell makes of its number: a day, a length of time, or digits as shown.

openpyxl knows which number formats are dates.
"""

from array import array
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

from app.imports.errors import FileTooLarge
from app.imports.files.xlsx_number_format import Show, digit_format
from app.imports.files.xlsx_package import elements_of
from app.imports.files.xlsx_xml import TOO_LARGE

# Excel allows 65,490 styles and 255 characters in a number format.
_MAX_STYLES = 100_000
_MAX_STYLE_ELEMENTS = 500_000
_MAX_FORMATS = 10_000
_MAX_FORMAT_CHARACTERS = 255
_STYLES = "xl/styles.xml"


class CellError(str):
    """The error value of a cell, such as #N/A; "" for a formula without a stored result."""

    __slots__ = ()


# Returns the value that the number of a cell stands for.
Convert = Callable[[float], Any]


class Styles(dict[str, Convert | None]):
    """What the numbers of cells stand for, by style as cells name it; None for the number itself.

    Each format is read when the first cell has it.
    """

    def __init__(self, archive: ZipFile, counts_from_1904: bool) -> None:
        super().__init__()
        self._counts_from_1904 = counts_from_1904
        self._converts: dict[int, Convert | None] = {}
        self._codes: dict[int, str | None] = {}
        self._formats = array("L")  # of each style
        if _STYLES in archive.namelist():
            self._read(archive)

    def _read(self, archive: ZipFile) -> None:
        """Read all formats. Raises FileTooLarge for more than _MAX_STYLES or _MAX_FORMATS."""
        from openpyxl.styles.numbers import (  # type: ignore[import-untyped, unused-ignore]
            BUILTIN_FORMATS,  # imported here: it takes 0.2 s
        )

        self._codes |= BUILTIN_FORMATS
        for element in elements_of(archive, _STYLES, _MAX_STYLE_ELEMENTS):
            if (element.parent, element.name) == ("numFmts", "numFmt"):
                code = element.attributes.get("formatCode")
                number = int(element.attributes["numFmtId"])
                self._codes[number] = code and code[:_MAX_FORMAT_CHARACTERS]
            elif (element.parent, element.name) == ("cellXfs", "xf"):
                self._formats.append(int(element.attributes.get("numFmtId", 0)))
            if len(self._codes) > _MAX_FORMATS or len(self._formats) > _MAX_STYLES:
                raise FileTooLarge(TOO_LARGE)

    def __missing__(self, style: str) -> Convert | None:
        """Return what a style makes of numbers. Raises ValueError if it is not a number."""
        position = int(style)
        if not 0 <= position < len(self._formats):
            return None
        number_format = self._formats[position]
        if number_format not in self._converts:
            code = self._codes.get(number_format)
            self._converts[number_format] = self._convert(code) if code else None
        convert = self._converts[number_format]
        if style == str(position):  # there are no more of these than styles
            self[style] = convert
        return convert

    def _convert(self, code: str) -> Convert | None:
        from openpyxl.styles.numbers import (  # type: ignore[import-untyped, unused-ignore]
            is_date_format,
            is_timedelta_format,
        )

        if is_date_format(code):
            return _to_date(self._counts_from_1904, is_timedelta_format(code))
        show = digit_format(code)
        return _to_digits(show) if show else None


def _to_date(counts_from_1904: bool, is_duration: bool) -> Convert:
    from openpyxl.utils.datetime import (  # type: ignore[import-untyped, unused-ignore]
        MAC_EPOCH,
        WINDOWS_EPOCH,
        from_excel,
    )

    epoch = MAC_EPOCH if counts_from_1904 else WINDOWS_EPOCH

    def convert(number: float) -> Any:
        try:
            return from_excel(number, epoch, timedelta=is_duration)
        except (OverflowError, ValueError):
            return CellError("#VALUE!")

    return convert


def _to_digits(show: Show) -> Convert:
    def convert(number: float) -> Any:
        shown = show(int(number)) if number == int(number) else None
        return number if shown is None else shown

    return convert
