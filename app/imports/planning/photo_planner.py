"""Work out what the photos of an archive would do: whose each is, and what it replaces."""

from collections.abc import Iterator, Sequence

from app.contracts import EmployeeStore
from app.contracts.batching import find_by_emails, find_by_ids, find_by_numbers
from app.imports.files.photo_archive import PhotoArchive
from app.imports.files.rows import Row
from app.imports.planning.lines import CHANGED, REJECTED, UNCHANGED, Line, problem_at
from app.imports.planning.row_photos import RowPhotos
from app.model.employee import Employee
from app.model.errors import PhotoRejected
from app.model.revision import revision_of
from app.text.search_keys import email_key, number_key

_NOBODY = "Nobody has this id, employee number or email. Name the file after the person"
_SEVERAL = "The name means several people: {}. Name the file after the id of the right one"
_MAX_NAMED = 3

# The people whom a key names, by id.
_People = dict[str, Employee]


class PhotoPlanner:
    """Plans the photos of one archive in chunks, from the first to the last."""

    def __init__(self, store: EmployeeStore, archive: PhotoArchive, photos: RowPhotos) -> None:
        self._store = store
        self._archive = archive
        self._photos = photos
        self._first_numbers: dict[str, int] = {}

    def plan(self, rows: Sequence[Row]) -> list[Line]:
        """Return the planned line of each photo."""
        readable = [row for row in rows if not row.problem]
        matches = iter(self._match([self._archive.name_of(row.number).keys for row in readable]))
        return [
            self._rejected(row, row.problem) if row.problem else self._line(row, next(matches))
            for row in rows
        ]

    @property
    def contradicted(self) -> tuple[int, ...]:
        """No rows: by a photo nobody leaves."""
        return ()

    def remember(self, line: Line) -> None:
        """Note the employee of a line, so that a later photo of the same one is rejected."""
        if line.outcome != REJECTED:
            self._first_numbers.setdefault(line.id, line.number)

    def _line(self, row: Row, people: _People) -> Line:
        if not people:
            return self._rejected(row, _NOBODY)
        if len(people) > 1:
            names = (f"{each.full_name} ({each.id})" for each in people.values())
            return self._rejected(row, _SEVERAL.format(", ".join(list(names)[:_MAX_NAMED])))
        [employee] = people.values()
        if first := self._first_numbers.get(employee.id):
            other = self._archive.name_of(first).path
            return self._rejected(row, f"{other} is of the same person. Keep only one of them")
        try:
            image = self._archive.read_photo(row, self._photos.max_bytes)
            # Also if it is rejected then: to decode one photo takes seconds, and there are many.
            self._first_numbers[employee.id] = row.number
            key = self._photos.take(row.number, image, employee)
        except PhotoRejected as error:
            return self._rejected(row, str(error).rstrip("."))
        return self._compared(row, employee, key)

    def _compared(self, row: Row, employee: Employee, key: str) -> Line:
        name = f"{employee.full_name or employee.id} ({row.cells[0]})"
        if key == employee.photo_key:
            return Line(row.number, UNCHANGED, employee.id, name)
        new, old = {"photo_key": key}, {"photo_key": employee.photo_key}
        return Line(row.number, CHANGED, employee.id, name, revision_of(employee), new, old)

    def _rejected(self, row: Row, reason: str) -> Line:
        return Line(row.number, REJECTED, name=row.cells[0], problems=(problem_at("", reason),))

    def _match(self, keys_of_rows: Sequence[Sequence[str]]) -> Iterator[_People]:
        """Yield the people whom the keys of each row name: as an id, a number or an email."""
        keys = list(dict.fromkeys(key for names in keys_of_rows for key in names))
        numbers = find_by_numbers(self._store, keys)
        emails = find_by_emails(self._store, (key for key in keys if "@" in key))
        ids = [each for key in keys for each in _spellings(key)]
        ids += [each for owners in (*numbers.values(), *emails.values()) for each in owners]
        employees = find_by_ids(self._store, ids)
        for keys_of_row in keys_of_rows:
            people: _People = {}
            for key in keys_of_row:
                by_id = next((each for each in _spellings(key) if each in employees), "")
                owners = (*numbers.get(number_key(key), ()), *emails.get(email_key(key), ()))
                people |= {each: employees[each] for each in (by_id, *owners) if each in employees}
            yield people


def _spellings(key: str) -> tuple[str, ...]:
    """Return an id as it stands, in small and in capital letters."""
    return (key, key.lower(), key.upper())
