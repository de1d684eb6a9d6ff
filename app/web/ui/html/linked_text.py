"""Links in what people write about themselves."""

import re
from html import escape

from markupsafe import Markup

# Characters of a URL that a sentence also has at its end; brackets are looked at by themselves.
_SENTENCE_END = ".,;:!?'\"…"
_BRACKETS = {")": "(", "]": "["}
_MAX_CHARACTERS = 2_000
_find_urls = re.compile(rf"\bhttps?://[^\s<>\"«»“”]{{1,{_MAX_CHARACTERS}}}", re.IGNORECASE).finditer


def linked_text(text: str) -> Markup:
    """Return a cleaned text as HTML with a link for each web address that it spells out.

    Only ``http`` and ``https`` are linked, and the target learns nothing of the page.
    """
    parts, at = [], 0
    for match in _find_urls(text):
        url = _without_sentence_end(match.group())
        if url.partition("://")[2].strip("/"):
            target = escape(url)
            link = f'<a href="{target}" rel="external nofollow noreferrer">{target}</a>'
            parts += [escape(text[at : match.start()]), link]
            at = match.start() + len(url)
    return Markup("".join([*parts, escape(text[at:])]))


def _without_sentence_end(url: str) -> str:
    while url:
        last = url[-1]
        opening = _BRACKETS.get(last, "")
        is_stray = bool(opening) and url.count(last) > url.count(opening)
        if last not in _SENTENCE_END and not is_stray:
            break
        url = url[:-1]
    return url
