"""The checkpoint of a reindex, which another program may have changed."""

from app.runtime import strict_json
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.tasks.lease import Checkpoint

RECORDS, ROWS = "people", "people's index rows"
_KEY_OF_STEP = {RECORDS: ("id",), ROWS: ("view", "at")}
_MAX_COUNT = 10**9


def readable_checkpoint(stored: Checkpoint, *, force: bool) -> Checkpoint:
    """Return the checkpoint of a run like this one; the start if it cannot be read."""
    step = stored.get("step")
    names = _KEY_OF_STEP.get(step, ()) if isinstance(step, str) else ()
    key = strict_json.mapping(stored.get("from"))
    is_key = "from" not in stored or (
        key.keys() == set(names) and all(string_of(key, name) for name in names)
    )
    numbers = [
        strict_json.integer(stored.get(name, 0), 0, _MAX_COUNT) for name in ("changed", "done")
    ]
    if stored.get("force") is not force or not names or not is_key or None in numbers:
        return {"step": RECORDS, "force": force}
    return stored
