"""Mark the words in which two versions of a text differ."""

import re
from difflib import SequenceMatcher

from markupsafe import Markup, escape

# In scripts without spaces each character counts as a word.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]|[^\s\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+"
)


def highlight_differences(text: str, other: str) -> Markup:
    """Return the text with each run of words that the other lacks inside ``<mark>``."""
    words = list(_WORD.finditer(text))
    matcher = SequenceMatcher(
        None, [word.group() for word in words], _WORD.findall(other), autojunk=False
    )
    parts = []
    at = 0
    for kind, first, last, _, _ in matcher.get_opcodes():
        if kind in ("equal", "insert") or first == last:
            continue
        start, end = words[first].start(), words[last - 1].end()
        parts += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*parts, escape(text[at:])])
