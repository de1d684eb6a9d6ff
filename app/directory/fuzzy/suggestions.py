"""People who are close to what was typed, each with the reasons."""

from __future__ import annotations

from dataclasses import dataclass

from app.model.employee import Card


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of the person, the word typed that it stands for, and whether by another form of it.

    Otherwise it is a letter or two away; or ``found`` is "", and the word typed was left out.
    """

    found: str
    typed: str
    is_other_form: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A person, and why they are shown."""

    card: Card
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """People close to a search, the closest first; whether there are more of them.

    ``searches`` are the words that find them, or may further on, to be searched for instead.
    ``beyond_page``: they are what was typed, and stand further on in the list than the search came.
    """

    people: tuple[Suggestion, ...] = ()
    more: bool = False
    searches: tuple[str, ...] = ()
    beyond_page: bool = False
