"""Similar people, ready for the list: cards with their reasons, and the count."""

from dataclasses import dataclass
from functools import partial

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


def suggestions_view(
    listing: ListRequest, suggestions: Suggestions, sprite: str, without: frozenset[str]
) -> SuggestionsView | None:
    """Return the similar people and searches, if there are any."""
    if not suggestions.people and not suggestions.searches:
        return None
    cards = [suggestion.card for suggestion in suggestions.people]
    reasons = {suggestion.card.id: suggestion.reasons for suggestion in suggestions.people}
    draw = partial(rows, without=without) if listing.view == TABLE else grid
    return SuggestionsView(
        people=draw(cards, sprite, reasons=reasons),
        searches=tuple((words, listing.address_with("q", words)) for words in suggestions.searches),
        beyond_page=suggestions.beyond_page,
    )


def count_with_suggestions(count: str, matching: int, suggestions: Suggestions) -> str:
    """Add the number of similar people, or of later matches by name, to the count sentence."""
    number = len(suggestions.people)
    if not number:
        return count
    people = f"more than {number}" if suggestions.more else f"{number}"
    has = "has a similar name" if people == "1" else "have similar names"
    if suggestions.beyond_page and matching:
        return f"{count}, and {people} more by name"
    if suggestions.beyond_page:
        sentence = "1 person matches" if people == "1" else f"{people} people match"
        return f"{sentence[:1].upper()}{sentence[1:]} by name"
    if matching:
        return f"{count}, and {people} {has}"
    return f"{count}, but {people} {'person' if people == '1' else 'people'} {has}"
