"""The letter tabs of a list."""

from functools import lru_cache

from markupsafe import Markup

from app.contracts import Facets
from app.text.search_keys import LETTERS, OTHER_LETTERS
from app.web.ui.html.list_links import link_template, with_words
from app.web.ui.list_query import ListRequest


@lru_cache(maxsize=256)
def _tabs(
    filters: tuple[tuple[str, str], ...], current: str, present: frozenset[str], total: int | None
) -> str:
    others = [(name, value) for name, value in filters if name != "letter"]
    number = "" if total is None else f"{total:,}"
    everyone = f'All<span class="tab-count" aria-hidden="true">{number}</span>' if number else "All"
    parts = [_tab(everyone, link_template(others), current == "", "All people")]
    for letter in LETTERS:
        label = "Other" if letter == OTHER_LETTERS else letter.upper()
        if letter in present or letter == current:
            link = link_template([("letter", letter), *others])
            parts.append(_tab(label, link, letter == current, ""))
        else:
            parts.append(f'<li><span class="tab-empty">{label}</span></li>')
    return "".join(parts)


def _tab(label: str, link: str, current: bool, name: str) -> str:
    mark = ' aria-current="page"' if current else ""
    aria_label = f' aria-label="{name}"' if name else ""
    return f'<li><a href="{link}"{mark}{aria_label}>{label}</a></li>'


def tabs(listing: ListRequest, counts: Facets, *, numbered: bool = True) -> Markup:
    """Return the letter tabs: links of those with people, and of all of them with their number."""
    current = "".join(listing.query.values_of("letter"))
    present = frozenset(counts.letters)
    return with_words(
        [_tabs(tuple(listing.pairs), current, present, counts.total if numbered else None)], listing
    )
