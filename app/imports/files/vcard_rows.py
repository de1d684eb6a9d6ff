"""A file of vCards as rows: one for each card, under the headings of our exports."""

import io
import tempfile
from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast
from weakref import finalize

from app.imports.files.encodings import detect_encoding
from app.imports.files.rows import Row
from app.imports.files.vcard_cards import read_cards
from app.imports.files.vcard_cells import contents_of
from app.model import validation
from app.model.errors import PhotoRejected
from app.text.plurals import count_of

_LABELS = {"id": "Id", **validation.LABELS}
# Line ends and spaces take 4 % of a folded photo.
_MAX_FOLDING = 1.1
# Of the labels of what is not read; files of phones have properties of many programs.
_MAX_IGNORED = 40
_PIECE_CHARACTERS = 256 * 1024
_SAMPLE_BYTES = 64 * 1024


class VcardRows:
    """A vCard file as rows of cells; a cell of a row is empty where the card says nothing.

    Only fields that some card has are columns. ``notices`` say what is not read of the cards.
    Raises FileTooLarge.
    """

    counts_from_1904 = False
    has_remarks = False
    ends_early = False
    is_slow = False
    unpacked_bytes = 0  # nothing is compressed
    sheets = ("",)
    hidden: frozenset[int] = frozenset()
    width = 0

    def __init__(self, file: BinaryIO) -> None:
        self._encoding = detect_encoding(file)
        self._file = file
        if self._encoding.startswith(("utf-16", "utf-32")) or _ends_lines_with_cr(file):
            self._file, self._encoding = _as_utf8(file, self._encoding), "utf-8"
            finalize(self, self._file.close)
        self._encoding = self._encoding.removesuffix("-sig")
        versions: set[str] = set()
        filled = {"full_name"}
        ignored: dict[str, None] = {}
        self._photos = 0
        for card in read_cards(self._file, self._encoding):
            contents = contents_of(card)
            versions.add(card.version or "2.1")
            filled |= contents.cells.keys()
            if len(ignored) < _MAX_IGNORED:
                ignored |= dict.fromkeys(contents.ignored)
            self._photos += contents.photo is not None
        self._versions = sorted(versions)[:5]
        self._fields = [name for name in _LABELS if name in filled]
        unread = ", ".join(tuple(ignored)[:_MAX_IGNORED])
        self.notices = (f"Not read of the contacts: {unread}.",) if unread else ()

    def hidden_columns(self, _sheet: int) -> frozenset[int]:
        """Return the positions of hidden columns: a card has none."""
        return frozenset()

    def describe(self, sheets: Sequence[str]) -> str:
        """Return the versions and the number of photos for the user."""
        photos = f", {count_of(self._photos, 'photo', 'photos')}" if self._photos else ""
        return f"Contacts (vCard {', '.join(self._versions)}){photos}"

    def rows(self, sheet: int = 0) -> Iterator[Row]:
        """Yield the headings, and a row for every card; cards are numbered from 1."""
        yield Row(0, tuple(_LABELS[name] for name in self._fields))
        for number, card in enumerate(read_cards(self._file, self._encoding), 1):
            cells, photo, _, problem = contents_of(card)
            texts = tuple(cells.get(name, "") for name in self._fields)
            yield Row(number, texts, problem, photo=photo, is_sparse=True)

    def read_photo(self, span: tuple[int, int], max_bytes: int) -> bytes:
        """Return a photo of at most so many bytes from its place. Raises PhotoRejected."""
        begin, end = span
        if (end - begin) * 3 // 4 > max_bytes * _MAX_FOLDING:
            raise PhotoRejected(f"The photo has more than {max_bytes >> 20} MB. Make it smaller.")
        self._file.seek(begin)
        text = b"".join(self._file.read(end - begin).split())
        value = text.partition(b":")[2]
        if value[:5].lower() == b"data:":
            value = value.partition(b",")[2]
        try:
            return b64decode(value, validate=True)
        except ValueError as error:
            raise PhotoRejected("The photo is damaged. Export the contacts again.") from error


def _ends_lines_with_cr(file: BinaryIO) -> bool:
    """Return whether lines end as on a Mac of the last century."""
    file.seek(0)
    sample = file.read(_SAMPLE_BYTES)
    return b"\r" in sample and b"\n" not in sample


def _as_utf8(file: BinaryIO, encoding: str) -> BinaryIO:
    """Return a temporary copy in UTF-8 with usual line ends; the caller closes it."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline=None)
    copy = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
    try:
        while piece := text.read(_PIECE_CHARACTERS):
            copy.write(piece.encode("utf-8", "replace"))
    finally:
        text.detach()  # the caller closes the file
    return copy
