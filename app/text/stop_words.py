"""Small words of a question, which are no reason for a match."""

_WORDS = (
    "a an and any anybody anyone are at by can did do does find for from has have how i in is "
    "knows me of on or please runs show some somebody someone that the there these this those "
    "to was were what whats when where wheres which who whom whos whose why with works "
)
STOP_WORDS = frozenset(_WORDS.split())


def without_stop_words(texts: list[str]) -> list[str]:
    """Return the texts without stop words."""
    return texts if STOP_WORDS.isdisjoint(texts) else [t for t in texts if t not in STOP_WORDS]
