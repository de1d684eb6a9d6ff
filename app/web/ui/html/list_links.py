"""Links of a list that are cached without the words typed, which are put in at the end."""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlencode

from markupsafe import Markup, escape

from app.web.ui.list_query import ListRequest

# The placeholder for the words typed; never in a URL.
WORDS_MARK = "\x00"


def link_template(pairs: list[tuple[str, str]]) -> str:
    """Return an escaped URL with a placeholder for the words typed; see ``with_words``."""
    return f"/?{WORDS_MARK}{escaped_pairs(pairs)}"


def escaped_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the parameters of a URL as HTML."""
    return _escaped(tuple(pairs))


@lru_cache(maxsize=1024)  # every menu of a page has the same other parameters
def _escaped(pairs: tuple[tuple[str, str], ...]) -> str:
    return str(escape(urlencode(pairs, errors="replace")))


def with_words(parts: Iterable[str], listing: ListRequest) -> Markup:
    """Put the words typed in place of the placeholder of each URL."""
    html = "".join(parts)
    if not listing.query.words:
        return _without_words(html)
    pair = urlencode([("q", listing.query.words)], errors="replace")
    html = html.replace(f'{WORDS_MARK}"', f'{pair}"').replace(WORDS_MARK, f"{pair}&amp;")
    return Markup(html)


@lru_cache(maxsize=32)
def _without_words(html: str) -> Markup:
    # Cached, because most lists are opened without words and so have the same menus.
    return Markup(html.replace(f'/?{WORDS_MARK}"', '/"').replace(WORDS_MARK, ""))
