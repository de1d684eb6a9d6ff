"""The checkpoint of a reindex, which another program may have changed."""

from app.runtime import strict_json
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.tasks.lease import Checkpoint
from app.text.person_names import SortBy

RECORDS, ROWS = "people", "people's index rows"
_KEY_OF_STEP = {RECORDS: ("id",), ROWS: ("view", "at")}
_MAX_COUNT = 10**9


def is_start(checkpoint: Checkpoint) -> bool:
    """Return whether nothing was compared yet."""
    return checkpoint["step"] == RECORDS and "from" not in checkpoint


def start_of_rows(checkpoint: Checkpoint, changed: int) -> Checkpoint:
    """Return the checkpoint after the last record."""
    kept = {name: checkpoint[name] for name in ("force", "order")}
    return {"step": ROWS, **kept, "changed": changed}


def readable_checkpoint(stored: Checkpoint, sort_by: SortBy, *, force: bool) -> Checkpoint:
    """Return the checkpoint of a run like this one; the start if it cannot be read."""
    start = {"step": RECORDS, "force": force, "order": sort_by.value}
    step = stored.get("step")
    names = _KEY_OF_STEP.get(step, ()) if isinstance(step, str) else ()
    key = strict_json.mapping(stored.get("from"))
    is_key = "from" not in stored or (
        key.keys() == set(names) and all(string_of(key, name) for name in names)
    )
    numbers = [
        strict_json.integer(stored.get(name, 0), 0, _MAX_COUNT) for name in ("changed", "done")
    ]
    is_alike = stored.get("force") is force and stored.get("order") == sort_by.value
    return stored if is_alike and names and is_key and None not in numbers else start
