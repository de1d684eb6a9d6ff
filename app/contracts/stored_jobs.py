"""Parse the stored state of imports, which another program may have changed."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, get_type_hints

from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_choices import Choices
from app.contracts.import_jobs import JOB_ID, Job, Phase
from app.contracts.job_names import STORED_AS
from app.contracts.line_counts import LineCounts
from app.history.changes import Author
from app.runtime import strict_json

_REQUIRED = {"id", "name", "created", "phase"}
# Longer texts are in no job: the columns of a file are cut, and so are its sheets.
_MAX_CHARACTERS = 10_000

# Returns a stored value as one of a type; None if it is of another.
_Parse = Callable[[object], object]


def job_from(text: object) -> Job | None:
    """Parse a job; ignore the fields of other releases. Return None if it cannot be read."""
    values = _values(_JOB_PARSERS, strict_json.parse_object(text))
    if values is None or not values.keys() >= _REQUIRED or not JOB_ID.fullmatch(values["id"]):
        return None
    return Job(**values)


def counts_from(stored: object) -> LineCounts | None:
    """Return stored counts, of which an older release had fewer; None for anything else."""
    if not isinstance(stored, list) or len(stored) > len(LineCounts._fields):
        return None
    counts = list(map(_count, stored))
    return None if None in counts else LineCounts(*counts)  # type: ignore[arg-type]


def _values(parsers: Mapping[str, _Parse], stored: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the stored fields; None if the type of one is another."""
    known = {
        name: parse(stored[STORED_AS.get(name, name)])
        for name, parse in parsers.items()
        if STORED_AS.get(name, name) in stored
    }
    return None if None in known.values() else known


def _choices(stored: object) -> Choices | None:
    values = _values(_CHOICE_PARSERS, stored) if isinstance(stored, dict) else None
    return None if values is None else Choices(**values)


def _author(stored: object) -> Author | None:
    values = _values(_AUTHOR_PARSERS, stored) if isinstance(stored, dict) else None
    return None if values is None else Author(**values)


def _edit(stored: object) -> BulkEdit | None:
    """Return a stored edit; None if its list or its values are none: it must change nobody else."""
    values = _values(_EDIT_PARSERS, stored) if isinstance(stored, dict) else None
    edit = None if values is None else BulkEdit(**values)
    return edit if edit is not None and edit.is_valid else None


def _bool(stored: object) -> bool | None:
    return stored if isinstance(stored, bool) else None


def _phase(stored: object) -> Phase | None:
    return next((phase for phase in Phase if phase == stored), None)


def _text(stored: object) -> str | None:
    return strict_json.string(stored, _MAX_CHARACTERS)


def _texts(stored: object) -> tuple[str, ...] | None:
    return strict_json.strings(stored, _MAX_CHARACTERS)


def _time(stored: object) -> float | None:
    return strict_json.number(stored, 0.0, strict_json.MAX_UNIX_TIME)


def _count(stored: object) -> int | None:
    return strict_json.integer(stored, 0, strict_json.MAX_INTEGER)


def _total(stored: object) -> int | None:
    return strict_json.integer(stored, -1, strict_json.MAX_INTEGER)


def _tuple_of(parse: _Parse, stored: object) -> tuple[object, ...] | None:
    """Return the parsed items of a list; None if it is none, or one of them cannot be parsed."""
    items = [parse(item) for item in stored] if isinstance(stored, list) else [None]
    return None if None in items else tuple(items)


def _pair_of(parse: _Parse, stored: object) -> tuple[object, ...] | None:
    """Return a list of a text and a parsed value; None if it is none."""
    if not isinstance(stored, list) or len(stored) != 2:
        return None
    pair = _text(stored[0]), parse(stored[1])
    return None if None in pair else pair


_PARSERS: Mapping[object, _Parse] = {
    bool: _bool,
    str: _text,
    int: _count,
    float: _time,
    Phase: _phase,
    LineCounts: counts_from,
    Choices: _choices,
    Author: _author,
    BulkEdit: _edit,
    tuple[str, ...]: _texts,
    tuple[int, ...]: partial(_tuple_of, _count),
    tuple[tuple[str, str], ...]: partial(_tuple_of, partial(_pair_of, _text)),
    tuple[tuple[str, int], ...]: partial(_tuple_of, partial(_pair_of, _count)),
}
_JOB_PARSERS: Mapping[str, _Parse] = {
    **{name: _PARSERS[kind] for name, kind in get_type_hints(Job).items()},
    "total": _total,
}
_AUTHOR_PARSERS = {name: _PARSERS[kind] for name, kind in get_type_hints(Author).items()}
_CHOICE_PARSERS = {name: _PARSERS[kind] for name, kind in get_type_hints(Choices).items()}
_EDIT_PARSERS = {name: _PARSERS[kind] for name, kind in get_type_hints(BulkEdit).items()}
