"""What is indexed: the fields of an employee, or of a row to insert, that decide its entries."""

from typing import Protocol


class IndexedFields(Protocol):
    """The fields of an employee that decide its index entries, beside those that are searched."""

    @property
    def email(self) -> str:
        """The email address, or ""."""

    @property
    def employee_number(self) -> str:
        """The employee number, or ""."""

    @property
    def badges(self) -> tuple[str, ...]:
        """The keys of the badges."""

    @property
    def start_date(self) -> str:
        """The start date in ISO format, or ""."""

    @property
    def hidden(self) -> tuple[str, ...]:
        """The names of the hidden fields."""

    @property
    def left_on(self) -> str:
        """The last day, or ""."""

    @property
    def manager(self) -> str:
        """The id of the manager, or ""."""


class Named(Protocol):
    """The fields of an employee that decide the position in lists."""

    @property
    def id(self) -> str:
        """The id, which orders equal names."""

    @property
    def full_name(self) -> str:
        """The name."""

    @property
    def sort_as(self) -> str:
        """What takes its place in the order, or ""."""
