"""Parse the stored state of imports, which another program may have changed."""

from typing import Any, get_type_hints

from app.contracts.import_jobs import JOB_ID, STORED_AS, Job, LineCounts, Phase
from app.runtime import strict_json

_TYPES = get_type_hints(Job)
_REQUIRED = {"id", "name", "created", "phase"}
# Longer texts are in no job: the columns of a file are cut, and so are its sheets.
_MAX_CHARACTERS = 10_000


def job_from(text: object) -> Job | None:
    """Parse a job; ignore the fields of other releases. Return None if it cannot be read."""
    stored = strict_json.parse_object(text)
    known = {
        name: _value(name, kind, stored[STORED_AS.get(name, name)])
        for name, kind in _TYPES.items()
        if STORED_AS.get(name, name) in stored
    }
    values: dict[str, Any] = {name: value for name, value in known.items() if value is not None}
    is_whole = len(values) == len(known) and values.keys() >= _REQUIRED
    return Job(**values) if is_whole and JOB_ID.fullmatch(values["id"]) else None


def _value(name: str, kind: object, stored: object) -> object:
    """Return a stored value as the type of its field; None if it is of another."""
    if kind is bool:
        return stored if isinstance(stored, bool) else None
    if kind is Phase:
        return next((phase for phase in Phase if phase == stored), None)
    if kind is LineCounts:
        return counts_from(stored)
    if kind is str:
        return strict_json.string(stored, _MAX_CHARACTERS)
    if kind is float:
        return strict_json.number(stored, 0.0, strict_json.MAX_UNIX_TIME)
    if kind is int:
        low = -1 if name == "total" else 0
        return strict_json.integer(stored, low, strict_json.MAX_INTEGER)
    if kind == tuple[str, ...]:
        return strict_json.strings(stored, _MAX_CHARACTERS)
    pairs = [strict_json.strings(pair, _MAX_CHARACTERS) for pair in _list(stored)]
    return tuple(pairs) if all(pair is not None and len(pair) == 2 for pair in pairs) else None


def _list(stored: object) -> list[object]:
    return stored if isinstance(stored, list) else [None]


def counts_from(stored: object) -> LineCounts | None:
    """Return stored counts, of which an older release had fewer; None for anything else."""
    if not isinstance(stored, list) or len(stored) > len(LineCounts._fields):
        return None
    counts = [strict_json.integer(count, 0, strict_json.MAX_INTEGER) for count in stored]
    return None if None in counts else LineCounts(*counts)  # type: ignore[arg-type]
