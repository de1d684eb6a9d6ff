"""Tell from a row whether somebody has left: by a status, a last day, or a closed account."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache

from app.imports.files.columns import Columns
from app.imports.files.headings import (
    ACCOUNT_CONTROL,
    BLOCKED,
    ENABLED,
    END_DATE,
    STATUS,
)
from app.imports.planning.dates import DayOrder, parse_date
from app.imports.planning.lines import Problem, problem_at
from app.imports.planning.row_cells import split_remark
from app.text.folding import fold

_INACTIVE_WORDS = (
    "inactive terminated leaver left former ex departed resigned retired dismissed fired "
    "discharged separated deceased offboarded suspended deactivated disabled deprovisioned "
    "archived deleted removed revoked blocked expired closed withdrawn ended quit alumni redundant "
    # German, French
    "inaktiv ausgeschieden ausgetreten ehemalig ehemalige ehemaliger gesperrt deaktiviert beendet "
    "entlassen pensioniert verrentet verstorben inactif inactive parti partie sorti sortie ancien "
    "ancienne licencie licenciee demissionnaire desactive desactivee suspendu suspendue retraite "
    "retraitee bloque "
    # Spanish, Italian, Portuguese
    "inactivo inactiva cesado cesada despedido despedida desactivado desactivada suspendido "
    "suspendida retirado retirada jubilado jubilada bloqueado bloqueada desvinculado desvinculada "
    "inattivo inattiva cessato cessata dimesso dimessa licenziato licenziata disattivato "
    "disattivata sospeso sospesa pensionato pensionata inativo inativa demitido demitida desligado "
    "desligada desativado desativada suspenso aposentado aposentada "
    # Dutch, Scandinavian, Polish
    "inactief vertrokken ontslagen gedeactiveerd geblokkeerd gepensioneerd sluttet slutat "
    "nieaktywny nieaktywna zwolniony zwolniona"
)
_NEGATED = (
    "not active, non active, no longer, not employed, non actif, nicht aktiv, nicht mehr, "
    "no activo, non attivo, nao ativo, laid off, uit dienst, baja definitiva, baja voluntaria, "
    "退職, 離職, 無効, 离职, 停用, 퇴사, 퇴직"
)
_ACTIVE_WORDS = (
    "active employed current aktiv beschaftigt angestellt actif active activo activa attivo attiva "
    "ativo ativa actief werkzaam aktywny aktywna 在職 在籍 在职 재직"
)
_YES_WORDS = "true yes y 1 x on t ja j oui o vrai wahr si s sim verdadero vero waar tak"
_NO_WORDS = "false no n 0 off f nein non faux falsch falso nao nee onwaar nie"
_INACTIVE = frozenset(_INACTIVE_WORDS.split())
_INACTIVE_PHRASES = tuple(_NEGATED.split(", "))
# What is inactive as a whole text, but not as a word: "baja médica" is a sick leave. "T" and "I"
# are the codes of payrolls for terminated and inactive.
_INACTIVE_TEXTS = frozenset(("baja", "de baja", "t", "i"))
_NOT = ("not ", "no ", "nicht ", "non ", "nao ", "niet ")
_ACTIVE = frozenset(_ACTIVE_WORDS.split())
_YES, _NO = frozenset(_YES_WORDS.split()), frozenset(_NO_WORDS.split())
# The bit of a disabled account in userAccountControl of Active Directory.
_DISABLED_BIT = 2
_MAX_TEXT_CHARACTERS = 100
# Programs write an earlier day for no day.
_FIRST_YEAR = 1950
_NOT_WORDS = re.compile(r"\W+|_")
_Check = Callable[[str], bool]


@lru_cache(maxsize=1024)
def _words(cell: str) -> str:
    return _NOT_WORDS.sub(" ", fold(cell[:_MAX_TEXT_CHARACTERS])).strip()


@lru_cache(maxsize=1024)
def is_inactive(cell: str) -> bool:
    """Return whether a status says that somebody has left, or that their account is closed."""
    text = _words(cell)
    if text in _INACTIVE_TEXTS or any(phrase in text for phrase in _INACTIVE_PHRASES):
        return True
    if text.partition(" ")[0] in _ACTIVE:
        return False
    return not text.startswith(_NOT) and not _INACTIVE.isdisjoint(text.split())


def is_inactive_remark(remark: str) -> bool:
    """Return whether a remark behind a name says it: "Terminated", and not "ex Smith"."""
    words = _words(remark)
    return is_inactive(remark) and (
        words in _INACTIVE_PHRASES or _INACTIVE.issuperset(words.split())
    )


def _is_active(cell: str) -> bool:
    return not is_inactive(cell) and not _ACTIVE.isdisjoint(_words(cell).split())


def _is_off(cell: str) -> bool:
    words = _words(cell)
    return words in _NO or (words not in _YES and is_inactive(cell))


def _is_on(cell: str) -> bool:
    return _words(cell) in _YES or is_inactive(cell)


def _is_disabled_account(cell: str) -> bool:
    text = cell.strip()
    return text.isascii() and text.isdigit() and len(text) < 10 and bool(int(text) & _DISABLED_BIT)


_CHECKS: Mapping[str, _Check] = {
    STATUS: is_inactive,
    ENABLED: _is_off,
    BLOCKED: _is_on,
    ACCOUNT_CONTROL: _is_disabled_account,
}


class LeaverCheck:
    """Checks the rows of one file against one day."""

    def __init__(self, columns: Columns, order: DayOrder, today: date) -> None:
        self._columns = columns
        self._order = order
        self._today = today
        positions = columns.positions
        self._checks = [
            (position, check)
            for name, check in _CHECKS.items()
            for position in positions.get(name, ())
        ]
        self._statuses = positions.get(STATUS, ())
        self._end_dates = positions.get(END_DATE, ())
        self._names = (*positions.get("full_name", ()), *columns.loose_names)

    def reason(self, cells: Sequence[str], start_date: str = "") -> Problem | None:
        """Return what says that somebody has left, or None.

        A last day counts from the day after; not beside a status that says active, nor where the
        person started again after it. Until then a status says nothing of leaving.
        """
        for position, check in self._checks:
            if (cell := cells[position]) and check(cell) and not self._is_early(position, cells):
                return self._problem(position, cell)
        for position in self._names:
            remark = split_remark(cells[position])[1]
            if remark and is_inactive_remark(remark):
                return self._problem(position, remark)
        if self._end_dates and not any(_is_active(cells[position]) for position in self._statuses):
            return self._ended(cells, start_date)
        return None

    def _is_early(self, position: int, cells: Sequence[str]) -> bool:
        """Return whether a status speaks of a last day that is still to come."""
        today = self._today.isoformat()
        return position in self._statuses and any(
            min(self._days(cells[each]), default="") >= today for each in self._end_dates
        )

    def _ended(self, cells: Sequence[str], start_date: str) -> Problem | None:
        yesterday = (self._today - timedelta(days=1)).isoformat()
        for position in self._end_dates:
            days = self._days(cells[position])
            if days and all(
                f"{_FIRST_YEAR}" <= day <= yesterday and day >= start_date for day in days
            ):
                return self._problem(position, cells[position])
        return None

    def _days(self, cell: str) -> list[str]:
        """Return the day in a cell, or the two that it may mean; nothing if it is none."""
        text = cell.strip()
        if not text:
            return []
        orders = self._order, DayOrder(day_first=True), DayOrder(month_first=True)
        day, *others = (parse_date(text, order)[0] for order in orders)
        return [day] if day else list(filter(None, others))

    def _problem(self, position: int, cell: str) -> Problem:
        return problem_at(self._columns.heading_at(position), "", cell)
