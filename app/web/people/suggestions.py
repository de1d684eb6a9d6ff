"""Similar people, ready for the list: cards with their reasons, and the count."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.directory.fuzzy import Suggestions
from app.web.ui.html.cards import grid, rows
from app.web.ui.list_query import TABLE, ListRequest


@dataclass(frozen=True, slots=True)
class SuggestionsView:
    """The suggestions below the matches; ``searches`` are other searches and their URLs."""

    people: Markup
    searches: tuple[tuple[str, str], ...]
    beyond_page: bool


def suggestions_view(asked: ListRequest, close: Suggestions, sprite: str) -> SuggestionsView | None:
    """Return the similar people and searches, if there are any."""
    if not close.people and not close.searches:
        return None
    cards = [match.card for match in close.people]
    reasons = {match.card.id: match.reasons for match in close.people}
    draw = rows if asked.view == TABLE else grid
    return SuggestionsView(
        people=draw(cards, sprite, reasons=reasons),
        searches=tuple((words, asked.address_but("q", words)) for words in close.searches),
        beyond_page=close.beyond_page,
    )


def with_close(count: str, matching: int, close: Suggestions) -> str:
    """Add the number of similar people, or of later matches by name, to the count sentence."""
    number = len(close.people)
    if not number:
        return count
    people = f"more than {number}" if close.more else f"{number}"
    has = "has a similar name" if people == "1" else "have similar names"
    if close.beyond_page and matching:
        return f"{count}, and {people} more by name"
    if close.beyond_page:
        who = "1 person matches" if people == "1" else f"{people} people match"
        return f"{who[:1].upper()}{who[1:]} by name"
    if matching:
        return f"{count}, and {people} {has}"
    return f"{count}, but {people} {'person' if people == '1' else 'people'} {has}"
