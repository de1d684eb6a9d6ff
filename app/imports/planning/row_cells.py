"""Read the cells of a row: of the columns of a field, the first that is filled."""

import re
from collections.abc import Sequence
from functools import lru_cache

from app.imports.files.columns import Columns
from app.imports.files.headings import FIRST_NAME, LAST_NAME, NAME_INFIX
from app.text.folding import fold, one_line
from app.text.person_names import split_name, without_titles

_REMARK = re.compile(r"\s*[(\[（]([^()\[\]（）]{1,60})[)\]）]\s*$")
_FAMILY_NAME_FIRST = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\s]+")
_MAX_LETTERS_AFTER = 6  # of a degree that is not known: CPA, SHRM
_NOT_WORDS = re.compile(r"\W+|_")
_COURTESY_WORDS = (
    "mr mrs ms miss mx dr prof sir madam madame lady lord rev hon herr frau med phil rer nat jur "
    "dipl ing kfm mag drs ir bsc msc beng mba phd llm mme mlle monsieur mademoiselle sr sra srta "
    "senor senora don dona sig signor signora dott dottssa ssa avv dhr mevr mevrouw mw hr fr pan "
    "pani univ hc dhc dra"
)
# Jobs, which are spelled as a courtesy title is in another language.
_JOBS = frozenset(("HR", "IR"))
_COURTESY = frozenset(_COURTESY_WORDS.split())


def cell_of(cells: Sequence[str], columns: Columns, name: str) -> str:
    """Return the text of a field of an employee; "" if all its columns are empty."""
    if name != "full_name":
        position = filled_position(cells, columns.positions[name])
        return "" if position is None else _cell(cells, columns, position)
    position = filled_position(cells, columns.positions.get(name, ()))
    if position is None:
        if parts := joined_name(cells, columns):
            return parts
        position = filled_position(cells, columns.loose_names)
    if position is None:
        return ""
    cell = _cell(cells, columns, position)
    if "," in cell and _is_reversed(cell, cells, columns):
        return joined_name(cells, columns)
    if position in columns.last_name_first or (
        "," in cell and position in columns.may_be_reversed and _shows_last_name_first(cell)
    ):
        return _first_name_first(cell)
    return cell


def _cell(cells: Sequence[str], columns: Columns, position: int) -> str:
    cell = cells[position]
    return split_remark(cell)[0] if position in columns.with_remarks else cell


def joined_name(cells: Sequence[str], columns: Columns) -> str:
    """Return the first and the last name, or "" if both are empty."""
    first, infix, last = (
        first_filled(cells, columns.positions.get(part, ()))
        for part in (FIRST_NAME, NAME_INFIX, LAST_NAME)
    )
    if columns.last_name_may_be_full and fold(first) in fold(last):
        return last
    return _in_order(first, f"{infix.strip()} {last}" if infix and last else last)


def _is_reversed(name: str, cells: Sequence[str], columns: Columns) -> bool:
    """Return whether a full name is the last and the first name of the row: "Byron, Ada"."""
    first, last = (
        first_filled(cells, columns.positions.get(part, ())) for part in (FIRST_NAME, LAST_NAME)
    )
    return bool(first and last) and fold(name) == fold(f"{last.strip()}, {first.strip()}")


def _in_order(first: str, last: str) -> str:
    """Return both names in the order of their script: Chinese ones begin with that of the family.

    So do Japanese and Korean ones.
    """
    if not last.isascii() and _FAMILY_NAME_FIRST.fullmatch(f"{first}{last}"):
        return f"{last} {first}".strip()
    return f"{first} {last}".strip()


def first_filled(cells: Sequence[str], positions: Sequence[int]) -> str:
    """Return the first cell of these that is not blank; "" if all are."""
    position = filled_position(cells, positions)
    return "" if position is None else cells[position]


def filled_position(cells: Sequence[str], positions: Sequence[int]) -> int | None:
    """Return the position of the first cell of these that is not blank, or None."""
    for position in positions:
        cell = cells[position]
        if cell and not cell.isspace():
            return position
    return None


def alternatives_of(cells: Sequence[str], columns: Columns, name: str) -> tuple[str, ...]:
    """Return the different texts in the columns of a field, the most exact first."""
    filled = (_cell(cells, columns, at) for at in columns.positions[name] if cells[at].strip())
    return tuple(dict.fromkeys(filled))


def is_read(cells: Sequence[str], columns: Columns, name: str, position: int) -> bool:
    """Return whether a field is read from this cell, or would be if it had a result."""
    filled = filled_position(cells, columns.positions.get(name, ()))
    if cells[position] or filled is not None:
        return position == filled
    if name == "full_name":
        return not joined_name(cells, columns)
    is_part = name in (FIRST_NAME, LAST_NAME)
    full_names = columns.positions.get("full_name", ()) if is_part else ()
    return filled_position(cells, full_names) is None


def split_remark(name: str) -> tuple[str, str]:
    """Return a text, and the remark in brackets behind it: "Ada Byron", "Terminated"."""
    stripped = name.rstrip()
    if stripped[-1:] in ")]）" and (match := _REMARK.search(stripped)) and match.start():
        return stripped[: match.start()], match[1]
    return name, ""


@lru_cache(maxsize=1024)
def is_courtesy_title(text: str) -> bool:
    """Return whether a title is one of courtesy or a degree: ``Mr.``, ``Prof. Dr.``, ``M.Sc.``."""
    words = _NOT_WORDS.sub(" ", fold(text).replace(". ", " ").replace(".", "")).split()
    return bool(words) and text.strip() not in _JOBS and _COURTESY.issuperset(words)


def _shows_last_name_first(name: str) -> bool:
    """Return whether a name is "Byron, Ada", and not "Ada Byron, PhD" or "Ada Byron, CPA"."""
    last, _, first = name.partition(",")
    if first.isupper() and not last.isupper() and len(first.strip()) <= _MAX_LETTERS_AFTER:
        return False
    return "," not in first and split_name(name)[1] == without_titles(one_line(last))


def _first_name_first(name: str) -> str:
    """Return the first name first, unless there is not exactly one comma."""
    last, _, first = name.partition(",")
    return name if "," in first else _in_order(first.strip(), last)
