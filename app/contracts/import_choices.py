"""What a person decides about one import: its columns, values for all rows, and duplicates."""

from dataclasses import dataclass

# Of one import, chosen one by one on its pages.
MAX_ADDED_ROWS = 1_000
TOO_MANY_COLUMNS = "Too many columns were chosen by hand. Rename them in the file."
# Of a job, whose whole state has 64 KB in MySQL: some 300 columns.
_MAX_COLUMNS_BYTES = 16_000

# The share of the directory that an import marks as left without being told to, in percent.
MAX_LEFT_PERCENT = 10

# Pairs of texts, as jobs store mappings.
Pairs = tuple[tuple[str, str], ...]


def has_too_many(columns: Pairs) -> bool:
    """Return whether these headings and fields are more than a job has room for."""
    characters = "".join(text for pair in columns for text in pair)
    return len(characters.encode("utf-8", "replace")) + 6 * len(columns) > _MAX_COLUMNS_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The decisions about one import; without any, the file is read as its headings say.

    ``columns`` are headings with the field that each fills; "" ignores the column. ``defaults`` are
    fields with the value of every new person whose row has none. ``is_complete`` says that the file
    lists everyone. ``add_duplicates`` adds all possible duplicates, and ``added_rows`` those of
    these rows, at most MAX_ADDED_ROWS. ``remember`` the columns for the next file with the same
    headings. ``mark_left`` marks those as left who are not in a complete list, with the day
    ``last_day``, "" for the day on which it is done. Of all people, the import marks at most
    ``max_left`` percent as left.
    """

    columns: Pairs = ()
    defaults: Pairs = ()
    is_complete: bool = False
    add_duplicates: bool = False
    added_rows: tuple[int, ...] = ()
    remember: bool = False
    mark_left: bool = False
    last_day: str = ""
    max_left: int = MAX_LEFT_PERCENT
