"""Small words of a question, which are no reason for a match."""

_WORDS = (
    "a an and any anybody anyone are at by can did do does find for from has have how i in is "
    "knows me of on or please runs show some somebody someone that the there these this those "
    "to was were what whats when where wheres which who whom whos whose why with works "
)
STOP_WORDS = frozenset(_WORDS.split())


# Said of a number that is typed beside them.
_OF_NUMBERS = STOP_WORDS | {"call", "fon", "mobile", "number", "phone", "tel", "telephone"}


def without_stop_words(texts: list[str]) -> list[str]:
    """Return the texts without stop words, nor what says that a number is one."""
    small = _OF_NUMBERS if any(text[-1:].isdecimal() for text in texts) else STOP_WORDS
    return texts if small.isdisjoint(texts) else [text for text in texts if text not in small]
