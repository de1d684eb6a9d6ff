"""Deletes what a directory keeps of somebody beside their record: traces, and words of the search.

What the history and the audit log tell goes with the record; see EmployeeStore.delete.
"""

from dataclasses import replace
from itertools import chain, islice

from app.access.viewer import Viewer
from app.contracts import EmployeeStore, Query
from app.contracts.history import HistoryStore
from app.contracts.traces import Traces
from app.directory.former_selves import former_selves
from app.history.authors import written_by
from app.history.changes import Author, Through, Write
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound
from app.model.revision import revision_of
from app.model.search_words import vocabulary_words

# Each is a query. More are of somebody whose names were changed a hundred times.
_MAX_WORDS = 500


class Erasure:
    """The traces of people in one directory; ``places`` are those that others keep."""

    def __init__(self, employees: EmployeeStore, history: HistoryStore | None = None) -> None:
        self._employees = employees
        self._history = history
        self.places: tuple[Traces, ...] = ()

    def write_of(self, viewer: Viewer, employee_id: str, write_id: str, through: Through) -> Write:
        """Return the deletion by the viewer, without a name if it is their own."""
        write = written_by(viewer, write_id, through)
        return replace(write, author=Author()) if viewer.is_person(employee_id) else write

    def before(self, viewer: Viewer, employee_id: str, revision: str | None) -> list[str]:
        """Remove the traces of somebody who is about to be deleted.

        Nothing is removed of who is not there, or was changed since; the deletion itself says so.
        Returns the words that nobody else has, which the vocabulary has no more.
        """
        try:
            person = self._employees.get(employee_id)
        except EmployeeNotFound:
            return []
        if revision not in (None, revision_of(person)):
            return []
        return self.erase_traces(viewer, person)

    def erase_traces(self, viewer: Viewer, person: Employee) -> list[str]:
        """Remove what other places keep of a person; return the words that nobody else has."""
        former = former_selves(self._employees, self._history, person)
        for place in self.places:
            place.erase(person, by=viewer, former=former)
        theirs = chain.from_iterable(map(vocabulary_words, (person, *former)))
        words = [word for word in islice(dict.fromkeys(theirs), _MAX_WORDS)
                 if not self._has_other(word, person)]  # fmt: skip
        if words:
            self._employees.forget_words(words)
        return words

    def _has_other(self, word: str, person: Employee) -> bool:
        """Return whether somebody else in lists has exactly this word: they come first."""
        cards = self._employees.browse(Query().with_words([word]), None, 2).cards
        others = [card.id for card in cards if card.id != person.id]
        found = self._employees.get_many(others) if others else {}
        return any(word in vocabulary_words(each) for each in found.values())
