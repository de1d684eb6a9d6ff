"""The checkpoint of a follower: a stream and the positions in it, which may be lost or too old."""

import time

from app.runtime import strict_json
from app.storage.dynamodb.tasks.lease import Checkpoint
from app.storage.dynamodb.tasks.stream import Positions, StreamReader

# A stream keeps 24 hours; the half hour is the time to start reading it.
_MAX_POSITION_AGE_SECONDS = 23.5 * 3600


def reason_to_compare(checkpoint: Checkpoint, arn: str) -> str:
    """Return why the stream cannot be followed from here, as half a sentence, or ""."""
    at = strict_json.number(checkpoint.get("at"), 0.0, strict_json.MAX_UNIX_TIME)
    if at is None or not StreamReader.accepts(checkpoint.get("places")):
        return "The table was not followed before"
    if checkpoint.get("stream") != arn:
        return "The table has a new stream"
    if time.time() - at > _MAX_POSITION_AGE_SECONDS:
        return "The table was not followed for a day"
    return ""


def checkpoint_at(arn: str, positions: Positions, at: float) -> Checkpoint:
    """Return the checkpoint of a follower that has read this stream up to these positions."""
    return {"stream": arn, "places": positions, "at": at}
