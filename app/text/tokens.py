"""Tokens: split text into search words, ignoring case, accents, width and apostrophes."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from app.text.folding import LINE_CHARACTERS, fold, one_line

_APOSTROPHES = "'\u2018\u2019\u02bc\u02bb\u0060\u00b4\u2032\uff07"
_APOSTROPHE_CHARACTERS = frozenset(_APOSTROPHES)
_ASCII_WORD = re.compile(r"[0-9a-zA-Z]+")
# ASCII letters in lower case, spaces for everything else.
_ASCII_WORDS = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else ord(" ")
    for code in range(256)
)
# Scripts without spaces between words, where any part of a name can be searched.
_UNSPACED = re.compile(
    r"[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U0003fffd]"
)

# The same with katakana of half the width, which folding widens.
_UNSPACED_OR_NARROW = re.compile(f"{_UNSPACED.pattern}|[\uff66-\uff9f]")
# Between a word of such a script and one of another, such as in 李Tom; digits stay where they are.
_BETWEEN_SCRIPTS = re.compile(
    rf"(?<={_UNSPACED.pattern})(?!{_UNSPACED.pattern})(?=[^\W\d_])"
    rf"|(?<=[^\W\d_])(?<!{_UNSPACED.pattern})(?={_UNSPACED.pattern})"
)


def _is_word_character(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM" or unicodedata.category(char) == "So"


def is_plain(folded: str) -> bool:
    """Return whether folded text has only ASCII words separated by spaces."""
    return folded.isascii() and folded.replace(" ", "").isalnum()


def _is_ascii_token(text: str) -> bool:
    """Return whether text is ASCII without white space and apostrophes."""
    return (
        text.isascii()
        and text.isprintable()
        and " " not in text
        and "'" not in text
        and "`" not in text
    )


def split(token: str) -> list[str]:
    """Split a token into words: drop apostrophes, split at all other punctuation."""
    if token.isalnum():  # nearly every token
        return [token]
    if token.isascii():
        return _ASCII_WORD.findall(token.replace("'", "").replace("`", ""))
    letters = "".join(
        char if char.isalnum() or _is_word_character(char) else " "
        for char in token
        if char not in _APOSTROPHES
    )
    return letters.split()


def split_scripts(token: str) -> list[str]:
    """Split a token into words, also where a script without spaces meets another one."""
    words = split(token)
    if token.isascii() or not _UNSPACED.search(token):
        return words
    return [part for word in words for part in _BETWEEN_SCRIPTS.split(word)]


def cut(text: str, max_bytes: int) -> str:
    """Cut text to a number of UTF-8 bytes, at a character boundary."""
    if 4 * len(text) <= max_bytes:  # nearly every word
        return text
    raw = text.encode("utf-8", "surrogatepass")
    return text if len(raw) <= max_bytes else raw[:max_bytes].decode("utf-8", "ignore")


def words_of(text: str) -> tuple[str, ...]:
    """Return all search words of a text, the plain ones first."""
    plain: list[str] = []
    variants: list[str] = []
    split_words = _cached_words_in if len(text) <= LINE_CHARACTERS else words_in
    for words, forms in map(split_words, text.split(" ")):
        plain += words
        variants += forms
    return (*plain, *variants, *joined_words(text))


def joined_words(text: str) -> tuple[str, ...]:
    """Return the words of scripts without spaces that a text has with one, written in one.

    山田 太郎 is found by 山田太郎 too. A text of three such words is found from each on.
    """
    if text.isascii() or " " not in text or not _UNSPACED_OR_NARROW.search(text):
        return ()
    joined: list[str] = []
    run: list[str] = []
    for token in (*fold(text).split(" "), ""):
        word = "".join(split(token))
        if run and not (word and _UNSPACED.match(word) and _UNSPACED.match(run[-1][-1])):
            joined += ("".join(run[at:]) for at in range(len(run) - 1))
            run = []
        if word and _UNSPACED.match(word[-1]):
            run.append(word)
    return tuple(joined)


def words_in(text: str) -> tuple[list[str], list[str]]:
    """Return the plain words of a text, and further forms under which it is found."""
    plain: list[str] = []
    variants: list[str] = []
    for token in fold(text).split(" "):
        words = split_scripts(token)
        plain += words
        if len(words) > 1:
            variants.append("".join(words))
        if not _APOSTROPHE_CHARACTERS.isdisjoint(token):
            pieces = re.split(f"[{re.escape(_APOSTROPHES)}]", token)
            variants.extend(word for piece in pieces[1:] for word in split(piece) if len(word) > 1)
        if not token.isascii():
            for word in words:
                variants.extend(
                    word[at:] for at in range(1, len(word)) if _UNSPACED.match(word[at])
                )
    return plain, variants


_cached_words_in = lru_cache(maxsize=2048)(words_in)


def is_unspaced(text: str) -> bool:
    """Return whether a text begins in a script that writes names without spaces."""
    return _UNSPACED.match(text) is not None


def is_spelled(word: str) -> bool:
    """Return whether a word has letters only, in a script that separates words by spaces."""
    return not _UNSPACED.search(word) and all(
        unicodedata.category(char)[0] in "LM" for char in word
    )


def written_words(text: str) -> Iterator[str]:
    """Yield each word of a text as written, with its apostrophes."""
    for token in one_line(text).split(" "):
        if token.isalnum():  # nearly every token
            yield token
            continue
        chars = (
            char if _is_word_character(char) or char in _APOSTROPHES else " " for char in token
        )
        for word in "".join(chars).split():
            if written := word.strip(_APOSTROPHES):
                yield written


def line_words(text: str) -> tuple[str, ...]:
    """Return all search words of a text, after it is cut as in ``one_line``."""
    if not text:
        return ()
    if len(text) <= LINE_CHARACTERS:
        if is_plain(text):  # half of all names
            return tuple(text.lower().split())
        if _is_ascii_token(text):  # nearly every email address
            words = text.encode().translate(_ASCII_WORDS).decode().split()
            return (*words, "".join(words)) if len(words) > 1 else tuple(words)
    return words_of(one_line(text))
