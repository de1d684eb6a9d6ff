"""The order of names in lists: that of the index, and that of the setting."""

from typing import NamedTuple

from app.text.person_names import SortBy


class StoredOrder(NamedTuple):
    """The order that the index knows of itself: the one in which its rows are written.

    ``is_mixed`` says that rows in another order remain: a reindex runs, or was stopped.
    """

    written: SortBy = SortBy.GIVEN
    is_mixed: bool = False

    @classmethod
    def parse(cls, written: object, mixed: object) -> "StoredOrder":
        """Return the order as stored; one that cannot be read is that of an index without it."""
        known = {each.value: each for each in SortBy}
        return cls(known.get(str(written), SortBy.GIVEN), bool(mixed))


class ListOrder(NamedTuple):
    """The order of lists, and ``wanted``, which SORT_BY asks for and a reindex makes."""

    stored: StoredOrder
    wanted: SortBy

    @property
    def problem(self) -> str:
        """Return what differs from the setting and what to do, in sentences; "" if nothing."""
        written = self.stored.written
        if self.stored.is_mixed:
            return (
                f"Lists are being put in order of {written.label}. Until flask reindex has ended, "
                "some people stand where they did before."
            )
        if written is not self.wanted:
            return (
                f"Lists are in order of {written.label}. For SORT_BY={self.wanted}, run "
                "flask reindex."
            )
        return ""
