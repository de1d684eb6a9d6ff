"""The words of a status that say whether somebody is there, in several languages."""

import re
from functools import lru_cache

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
# Of who is there all the same, and of kinds of employment.
_PRESENT_WORDS = (
    "leave absence vacation sabbatical maternity paternity parental sick probation probationary "
    "notice staged provisioned recovery locked password pending invited onboarding pre hire hired "
    "new joined joiner member owner guest admin full part time fulltime parttime regular permanent "
    "temporary temp contract contractor fixed term casual seasonal freelance freelancer intern "
    "trainee apprentice consultant external internal remote on unlocked unblocked enabled verified "
    "approved confirmed working available staff employee l p a f "
    "probezeit elternzeit mutterschutz vollzeit teilzeit krank beurlaubt urlaub befristet "
    "unbefristet praktikant auszubildende auszubildender werkstudent werkstudentin minijob ruhend "
    "conge conges maladie maternite paternite parental cdi cdd interim stage stagiaire essai "
    "apprenti permiso excedencia medica vacaciones indefinido temporal practicas prueba ferie "
    "malattia maternita aspettativa determinato indeterminato prova tirocinante ferias licenca "
    "afastado estagiario efetivo verlof ziek proeftijd vast tijdelijk stagiair "
    "休職 休職中 育休 育休中 産休 産休中 試用期間 正社員 契約社員 休假 试用 试用期 正式 휴직"
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
_PRESENT = frozenset(_PRESENT_WORDS.split())
_YES, _NO = frozenset(_YES_WORDS.split()), frozenset(_NO_WORDS.split())
# The bit of a disabled account in userAccountControl of Active Directory.
_DISABLED_BIT = 2
_MAX_TEXT_CHARACTERS = 100
_NOT_WORDS = re.compile(r"\W+|_")


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


def is_active(cell: str) -> bool:
    """Return whether a status says that somebody is there."""
    return not is_inactive(cell) and not _ACTIVE.isdisjoint(_words(cell).split())


def is_off(cell: str) -> bool:
    """Return whether a cell says that an account is not enabled."""
    words = _words(cell)
    return words in _NO or (words not in _YES and is_inactive(cell))


def is_on(cell: str) -> bool:
    """Return whether a cell says that an account is blocked."""
    return _words(cell) in _YES or is_inactive(cell)


def is_disabled_account(cell: str) -> bool:
    """Return whether a number of Active Directory says that an account is disabled."""
    text = cell.strip()
    return text.isascii() and text.isdigit() and len(text) < 10 and bool(int(text) & _DISABLED_BIT)


def is_known_status(cell: str) -> bool:
    """Return whether a status says something that is understood, of leaving or of being there."""
    if is_inactive(cell) or is_active(cell):
        return True
    text = _words(cell)
    return text.startswith(_NOT) or not _PRESENT.isdisjoint(text.split())


def is_known_answer(cell: str) -> bool:
    """Return whether a cell says yes or no, or is a known status."""
    return _words(cell) in _YES | _NO or is_known_status(cell)


def is_known_control(cell: str) -> bool:
    """Return whether a cell is a number of Active Directory."""
    text = cell.strip()
    return text.isascii() and text.isdigit() and len(text) < 10
