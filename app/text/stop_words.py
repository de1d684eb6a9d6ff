"""Small words of a question, which are no reason for a match."""

from collections.abc import Iterator, Sequence
from itertools import takewhile


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Some of these are names too (An, Do, Can, To, You): they are small only in a question.
_NAMES = _words("about an can could do me should to us we would you")
_ASKING = _words(
    "anybody anyone find give how show someone somebody tell what whats where wheres which who "
    "whom whos whose"
)
STOP_WORDS = (
    _NAMES
    | _ASKING
    | _words(
        "a and any are at by did does for from has have i in is knows me of on or please runs some "
        "that the there these this those was were when why with works"
    )
)
# After them comes what somebody does: who manages payroll, who can help with payroll.
_WHO = _words("who whos")
_HELPING = _words("can could did do does should would")
_SUBJECTS = _words("i we you")
# Who is meant by the beginning of a question: people in London, everyone who knows Python.
_PEOPLE = _words("all colleagues employees everybody everyone list people persons staff")
_AFTER_PEOPLE = _words("all at called everybody everyone from in named on that who whose with")
_LEADING = STOP_WORDS | _PEOPLE | _AFTER_PEOPLE
# What is asked of somebody: phone number of Ada.
_CONTACT = _words(
    "address call cell contact details email extension fon mail mobile number phone tel telephone"
)
_OF = _words("for of")
# Said of a number that is typed beside them.
_OF_NUMBERS = STOP_WORDS | _words("call fon mobile number phone tel telephone")


def without_stop_words(texts: list[str]) -> list[str]:
    """Return the texts without the small words of a question, nor what says that a number is one.

    Of small words alone, those that may be a name are returned.
    """
    small = _OF_NUMBERS if any(text[-1:].isdecimal() for text in texts) else STOP_WORDS
    is_question = not _ASKING.isdisjoint(texts)
    small = small if is_question else small - _NAMES
    dropped = set(_of_question(texts, is_question=is_question))
    telling = [text for at, text in enumerate(texts) if at not in dropped and text not in small]
    return telling or [text for text in texts[1:] if is_question and text in _NAMES]


def _of_question(texts: Sequence[str], *, is_question: bool) -> Iterator[int]:
    """Yield the positions of the words that only say what is asked; never of the last word."""
    words = texts[:-1]
    if is_question:
        for at, word in enumerate(words):
            if at and (_is_verb(word, texts[at - 1]) or _helps(texts, at)):
                yield at
    start = len(list(takewhile(_LEADING.__contains__, words)))
    if any(word in _PEOPLE for word in words[:start]) and words[start - 1] in _AFTER_PEOPLE:
        yield from range(start)
    end = start + len(list(takewhile(_CONTACT.__contains__, words[start:])))
    if start < end < len(words) and words[end] in _OF:
        yield from range(start, end)


def _is_verb(word: str, before: str) -> bool:
    return before in _WHO and word.endswith("s") and word not in _WHO


def _helps(texts: Sequence[str], at: int) -> bool:
    """Return whether a word is the verb of "who can help", "how do I reach"."""
    before = texts[at - 1]
    if before in _SUBJECTS and at > 1:
        before = texts[at - 2]
    return before in _HELPING and texts[at] not in _SUBJECTS
