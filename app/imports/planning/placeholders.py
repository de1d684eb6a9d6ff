"""Cells that say that there is no value: ``n/a``, ``-``, ``none``, ``TBD``."""

from collections.abc import Sequence

from app.imports.files.headings import END_DATE
from app.model.fields import DATE_FIELDS

# Names of people are never nothing: somebody is called Null.
_NEVER = frozenset({"full_name", "about", "badges", ""})
# Ids, and what people choose for themselves, are nothing only if they are signs.
_SIGNS_ONLY = frozenset({"id", "first_name", "last_name", "preferred_name", "pronouns", "sort_as"})
_SIGNS_LISTED = (
    r"- -- --- – — . .. ... … ? ?? n/a n.a. n.a #n/a n\a n/d n.d. k.a. s/o <n/a> [n/a] (n/a) \n "
    "#nv #n/d #n/b #i/t #n/disp"
)
_SIGNS = frozenset(_SIGNS_LISTED.split())
_WORDS_LISTED = (
    "none null nil nan tbd tba tbc unknown undefined unassigned unspecified blank empty (blank) "
    "(empty) (none) (null) <null> [null] <none> <empty> keine unbekannt (leer) entfällt fehlt "
    "aucun aucune inconnu (vide) ninguno ninguna desconocido (vacías) nessuno (vuoto) nenhum geen "
    "onbekend (leeg) 無 无 なし 없음"
)
_WORDS = frozenset(_WORDS_LISTED.split())
_PHRASES_LISTED = (
    "not applicable, not available, not set, not specified, not provided, not assigned, no value, "
    "to be determined, to be confirmed, to be advised, nicht vorhanden, nicht bekannt, "
    "nicht zutreffend, non renseigné, no aplica, non applicabile, não aplicável"
)
_PHRASES = frozenset(_PHRASES_LISTED.split(", "))
# R writes NA. In other columns it may be North America.
_NA, _WITHOUT_NA = "na", frozenset({"location", "department", *_SIGNS_ONLY})
_DATES = frozenset((*DATE_FIELDS, END_DATE))
# Days that programs write where there is none.
_NO_DAYS_LISTED = (
    "0 0000-00-00 00/00/0000 00.00.0000 00-00-0000 0/0/0000 1/0/1900 01/00/1900 00/01/1900 "
    "1900-01-00 1900-01-01 1899-12-30 1899-12-31 00:00:00"
)
_NO_DAYS = frozenset(_NO_DAYS_LISTED.split())
_ALL = _SIGNS | _WORDS | _PHRASES | _NO_DAYS | {_NA}
_MAX_CHARACTERS = 20
# As people type them: a row without any of these is left alone at once.
_SPELLED = frozenset(
    f"{before}{spelled}{after}"
    for word in _ALL
    for spelled in (
        *(word, word.upper(), word.capitalize(), word.title()),
        *(word.replace(letter, letter.upper()) for letter in "na"),
    )
    for before in ("", " ")
    for after in ("", " ")
)


def is_placeholder(name: str, text: str) -> bool:
    """Return whether the text of a field says that there is no value."""
    if len(text) > _MAX_CHARACTERS or name in _NEVER:
        return False
    word = text.strip().lower()
    if name == "job_title" and word == "-":
        return False  # everyone needs a title, and some have this one
    if word in _SIGNS or (name in _DATES and word in _NO_DAYS):
        return True
    if word == _NA:
        return name not in _WITHOUT_NA
    return name not in _SIGNS_ONLY and (word in _WORDS or word in _PHRASES)


def without_placeholders(cells: Sequence[str], fields: Sequence[str]) -> Sequence[str]:
    """Return the cells of a row; those of these fields that say that there is no value are ""."""
    if _SPELLED.isdisjoint(cells):
        return cells  # nearly every row
    known = zip(fields, cells, strict=False)
    cleaned = ("" if is_placeholder(name, cell) else cell for name, cell in known)
    return (*cleaned, *cells[len(fields) :])
