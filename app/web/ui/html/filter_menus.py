"""The filter menus of a history and of the audit log: links, so that they need no script."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote_plus

from markupsafe import Markup

from app.web.ui.html.escaping import escape
from app.web.ui.html.icons import icon_at


class FilterMenu(NamedTuple):
    """A menu: the parameter that it sets, its label, and its values with their labels.

    ``address`` is that of the page without this filter.
    """

    name: str
    label: str
    chosen: str
    address: str
    values: Sequence[tuple[str, str]]


def menus_html(menus: Iterable[FilterMenu], sprite: str) -> Markup:
    """Return the bar of the menus."""
    return Markup(
        f'<div class="filters">{"".join(_menu_html(each, sprite) for each in menus)}</div>'
    )


def _menu_html(menu: FilterMenu, sprite: str) -> str:
    label = escape(dict(menu.values).get(menu.chosen, menu.chosen))
    address = escape(menu.address)
    prefix = f"{address}{'&amp;' if '?' in address else '?'}{menu.name}="
    items = "".join(
        f'<li><a href="{prefix + quoted if quoted else address}"'
        f'{_CURRENT if value == menu.chosen else ""} dir="auto">{text}</a></li>'
        for value, quoted, text in _escaped(tuple(menu.values))
    )
    return (
        f'<details class="filter" name="menu"><summary{_SET if menu.chosen else ""}>'
        f'<span>{menu.label} <b dir="auto">{label}</b></span>{icon_at(sprite, "chevron-down")}'
        f'</summary><ul class="filter-panel" role="list">{items}</ul></details>'
    )


@lru_cache(maxsize=256)
def _escaped(values: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, str], ...]:
    """Return each value, quoted for an address too, and its label as HTML."""
    return tuple(
        (value, quote_plus(value, errors="replace"), escape(text)) for value, text in values
    )


_CURRENT, _SET = ' aria-current="true"', ' class="is-set"'
