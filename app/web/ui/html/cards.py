"""One person in a list: a card of the grid, or a row of the table."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from app.directory.fuzzy import Reason
from app.model.employee import BADGES, Card
from app.photos.keys import is_foreign_key
from app.text.search_keys import OTHER_LETTERS, letter_of
from app.web.ui.display_names import display_name
from app.web.ui.html.avatars import avatar_html
from app.web.ui.html.escaping import escape
from app.web.ui.html.icons import icon_at
from app.web.ui.html.links import dialled, mail_address, mail_link, phone_link
from app.web.ui.urls import person_address

_EAGER_CARDS = 8  # the first two rows of a wide page
_BADGE = {badge.key: badge for badge in BADGES}
Sprite = str


class ReportsTo(NamedTuple):
    """A line of a card: whom somebody reports to."""

    manager: str


Line = Reason | ReportsTo
Reasons = Mapping[str, Sequence[Line]]
_NO_REASONS: Reasons = {}
_NO_COLUMNS: frozenset[str] = frozenset()


def grid(
    cards: Iterable[Card],
    sprite: Sprite,
    *,
    name_keys: Sequence[str] = (),
    reasons: Reasons = _NO_REASONS,
) -> Markup:
    """Return the cards; with ``name_keys``, the first person of each letter has an index tab."""
    cards = tuple(cards)
    draw = _grid.__wrapped__ if _has_foreign_photo(cards) else _grid
    return draw(cards, sprite, tuple(name_keys), _reasons_of(cards, reasons))


def _has_foreign_photo(cards: Iterable[Card]) -> bool:
    """Return whether not all may be cached: such an address is signed with a key that may change.

    Our keys, and none, are no foreign ones.
    """
    return any(is_foreign_key(card.photo_key) for card in cards if card.photo_key)


def _reasons_of(cards: Iterable[Card], reasons: Reasons) -> tuple[tuple[Line, ...], ...]:
    """Return the reasons of each card; nothing if no card has one."""
    return tuple(tuple(reasons.get(card.id, ())) for card in cards) if reasons else ()


@lru_cache(maxsize=64)  # of some 30 kB each
def _grid(
    cards: tuple[Card, ...],
    sprite: Sprite,
    name_keys: tuple[str, ...],
    reasons: tuple[tuple[Line, ...], ...],
) -> Markup:
    parts = []
    letter = ""
    for position, card in enumerate(cards):
        tab = ""
        if name_keys and (next_letter := letter_of(name_keys[position])) != letter:
            letter = next_letter
            tab = f'<span class="letter-mark" aria-hidden="true">{_label(letter)}</span>'
        cell = _cell(card, sprite, position >= _EAGER_CARDS, reasons[position] if reasons else ())
        parts.append(f'<li class="cell">{tab}{cell}</li>\n')
    return Markup("".join(parts))


def rows(
    cards: Iterable[Card],
    sprite: Sprite,
    *,
    reasons: Reasons = _NO_REASONS,
    without: frozenset[str] = _NO_COLUMNS,
) -> Markup:
    """Return the rows of the table, with reasons as in ``grid``, ``without`` some columns."""
    cards = tuple(cards)
    draw = _rows.__wrapped__ if _has_foreign_photo(cards) else _rows
    return draw(cards, sprite, _reasons_of(cards, reasons), without)


@lru_cache(maxsize=32)
def _rows(
    cards: tuple[Card, ...],
    sprite: Sprite,
    reasons: tuple[tuple[Line, ...], ...],
    without: frozenset[str],
) -> Markup:
    parts = []
    for position, card in enumerate(cards):
        reason = reasons[position] if reasons else ()
        parts.append(_row(card, sprite, position >= _EAGER_CARDS, reason, without))
    return Markup("".join(parts))


def _label(letter: str) -> str:
    return "#" if letter == OTHER_LETTERS else letter.upper()


def _cell(card: Card, sprite: Sprite, lazy: bool, reasons: tuple[Line, ...]) -> str:
    name = escape(display_name(card.full_name, card.id))
    lines = _reasons(reasons) if reasons else ""
    why, manager = ("", lines) if _are_managers(reasons) else (lines, "")
    return (
        f"{avatar_html(card.id, card.full_name, card.photo_key, 'cell', lazy=lazy)}"
        f'<div class="cell-text">{_link(card.id, name)}{why}'
        f"{_title(card.job_title)}{_details(card.location, card.department)}{manager}"
        f"{_badge_row(card.badges, sprite, 6)}</div>{_reach(card, name, sprite)}"
    )


@lru_cache(maxsize=1024)  # many share it
def _title(job_title: str) -> str:
    text = escape(job_title)
    return f'<div class="cell-title" dir="auto">{text}</div>' if text else ""


@lru_cache(maxsize=1024)
def _details(location: str, department: str) -> str:
    texts = [f"<bdi>{text}</bdi>" for text in map(escape, (location, department)) if text]
    return f'<div class="cell-details">{" · ".join(texts)}</div>' if texts else ""


def _reach(card: Card, name: str, sprite: Sprite) -> str:
    """Return the links to call and to write to an escaped name, which telephones show."""
    number, address = dialled(card.phone), mail_address(card.email)
    if not (number or address):
        return ""
    phone, envelope = _reach_icons(sprite)
    call = f'<a href="tel:{number}" aria-label="Call {name}">{phone}</a>' if number else ""
    write = f'<a href="{address}" aria-label="Email {name}">{envelope}</a>' if address else ""
    return f'<div class="cell-reach">{call}{write}</div>'


@lru_cache(maxsize=4)
def _reach_icons(sprite: Sprite) -> tuple[str, str]:
    return str(icon_at(sprite, "telephone")), str(icon_at(sprite, "envelope"))


def _row(
    card: Card,
    sprite: Sprite,
    lazy: bool,
    reasons: tuple[Line, ...],
    without: frozenset[str],
) -> str:
    avatar = avatar_html(card.id, card.full_name, card.photo_key, "tiny", lazy=lazy)
    texts = "".join(
        f'<td class="{kind}" dir="auto">{escape(text)}</td>'
        for kind, text in (
            ("row-title", card.job_title),
            ("row-department", card.department),
            ("row-location", card.location),
        )
    )
    phone = f'<td class="row-phone">{phone_link(card.phone)}</td>'
    email = f'<td class="row-mail">{mail_link(card.email)}</td>'
    badges = f"<td>{_badge_row(card.badges, sprite, 4)}</td>"
    return (
        f'<tr><th scope="row"><span class="row-name">{avatar}{_name(card)}</span>'
        f"{_reasons(reasons)}</th>{texts}"
        f"{'' if 'phone' in without else phone}"
        f"{'' if 'email' in without else email}"
        f"{'' if 'badges' in without else badges}</tr>\n"
    )


def _are_managers(reasons: tuple[Line, ...]) -> bool:
    return bool(reasons) and isinstance(reasons[0], ReportsTo)


def _reasons(reasons: tuple[Line, ...]) -> str:
    text = "; ".join(map(_reason, reasons))
    kind = "cell-manager" if _are_managers(reasons) else "reason"
    return f'<div class="{kind}">{text}</div>' if text else ""


def _reason(reason: Line) -> str:
    if isinstance(reason, ReportsTo):
        return f"Reports to <bdi>{escape(reason.manager)}</bdi>"
    typed = f"<bdi>{escape(reason.typed)}</bdi>"
    if not reason.matched:
        return f"“{typed}” ignored"
    label = "Nickname" if reason.is_other_form else "Similar"
    return f"{label}: <bdi>{escape(reason.matched)}</bdi> for {typed}"


def _name(card: Card) -> str:
    return _link(card.id, escape(display_name(card.full_name, card.id)))


def _link(employee_id: str, name: str) -> str:
    return f'<a class="name" dir="auto" href="{person_address(employee_id)}">{name}</a>'


@lru_cache(maxsize=2048)
def _badge_row(badges: tuple[str, ...], sprite: Sprite, limit: int) -> str:
    if not badges:
        return ""
    items = "".join([_badge_slot(key, sprite) for key in badges[:limit]])
    if len(badges) > limit:
        labels = escape(", ".join(_BADGE[key].label for key in badges[limit:]))
        items += (
            f'<li class="badge-more" title="{labels}">'
            f'<span aria-hidden="true">+{len(badges) - limit}</span>'
            f'<span class="visually-hidden">{labels}</span></li>'
        )
    return f'<ul class="badge-row" role="list">{items}</ul>'


@lru_cache(maxsize=64)
def _badge_slot(key: str, sprite: Sprite) -> str:
    badge = _BADGE[key]
    label = escape(badge.label)
    return (
        f'<li class="badge-slot badge-{badge.key}" title="{label}">{icon_at(sprite, badge.icon)}'
        f'<span class="visually-hidden">{label}</span></li>'
    )
