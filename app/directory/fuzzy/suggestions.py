"""Suggestions of a fuzzy search: similar employees, each with the reasons."""

from dataclasses import dataclass

from app.model.employee import Card


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of the employee that matches a word typed, as its nickname or as a similar word.

    If ``matched`` is "", the word typed was ignored.
    """

    matched: str
    typed: str
    is_other_form: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested employee, and the reasons."""

    card: Card
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Similar employees, most similar first, and whether there are more.

    ``searches`` are the rewritten searches that find them, or may find some on later pages. If
    ``beyond_page``, they match exactly, but are beyond the page that the search reached.
    """

    people: tuple[Suggestion, ...] = ()
    more: bool = False
    searches: tuple[str, ...] = ()
    beyond_page: bool = False
