"""What happened, in the words of the audit log."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.contracts.history import AuditEntry
from app.history.changes import Author, Via
from app.history.sentences import SOMEBODY, Part, Sentence, author_name, listed
from app.text.plurals import count_of, count_people
from app.web.ui.html import change_words
from app.web.ui.html.change_words import WAYS

NameOf = Callable[[str], str]  # the name of the account with this id
_STEPS = {
    "added": (" added ", ""),
    "left": (" marked ", " as left"),
    "restored": (" restored ", ""),
}
_COUNTS = {
    "added": "{} added", "changed": "{} changed", "left": "{} left", "restored": "{} restored",
    "unchanged": "{} unchanged", "skipped": "{} skipped",
}  # fmt: skip


class EventWords(NamedTuple):
    """An event without a person: what stands after its author, its icon, and where it happens."""

    sentence: str  # {account}, {role} and so on are its details
    icon: str = "shield-lock"
    way: str = "Settings"


EVENTS = {
    "role-changed": EventWords(" gave {account} the role {role}"),
    "account-added": EventWords(" added the account of {account}", "person-plus"),
    "account-disabled": EventWords(" disabled the account of {account}"),
    "account-enabled": EventWords(" enabled the account of {account}"),
    "person-linked": EventWords(" linked the account of {account} to a person"),
    "person-unlinked": EventWords(" linked the account of {account} to nobody"),
    "one-time-link-made": EventWords(" made a one-time link for {account}", "key"),
    "password-set": EventWords(" chose a password", "key", "Sign-in"),
    "sessions-ended": EventWords(" signed {account} out everywhere"),
    "access-changed": EventWords(" changed who may use the directory, and see what", "gear"),
    "org-top-changed": EventWords(" chose who is at the top of the org chart", "gear"),
    "directory-claimed": EventWords(" claimed the directory", "shield-lock", "Setup"),
    "claim-refused": EventWords("A claim of the directory was refused", "exclamation-triangle-fill",
                                "Setup"),
    "account-locked": EventWords("The account of {account} was locked for {seconds} seconds",
                                 "exclamation-triangle-fill", "Sign-in"),
    "sign-in-refused": EventWords("Failed sign-in", "exclamation-triangle-fill", "Sign-in"),
    "thinned": EventWords("Changes before {before} were removed", "clock-history", "Retention"),
}  # fmt: skip
# Those that nobody did, so that they begin with what happened.
WITHOUT_AUTHOR = frozenset({"claim-refused", "account-locked", "sign-in-refused", "thinned"})
# The menu "What": each value of an entry's event with its label.
EVENT_OPTIONS = (
    ("added", "Added"), ("changed", "Changed"), ("left", "Marked as left"),
    ("restored", "Restored"), ("erased", "Deleted permanently"), ("import", "Imports"),
    ("bulk", "Bulk edits"), ("undo", "Undone jobs"), ("role-changed", "Roles"),
    ("account-added", "New accounts"), ("account-disabled", "Disabled accounts"),
    ("access-changed", "Access"), ("sign-in-refused", "Failed sign-ins"),
    ("account-locked", "Locked accounts"), ("directory-claimed", "Claims"),
)  # fmt: skip


def sentence_of(entry: AuditEntry, name_of: NameOf) -> Sentence:
    """Return what an entry says happened."""
    if entry.event in EVENTS:
        return _event(entry, name_of)
    who = Part(author_name(entry.author), is_strong=True)
    person = _person(entry)
    if entry.through.job or entry.event in ("import", "bulk"):
        return _job(entry, who)
    if entry.event in _STEPS:
        before, after = _STEPS[entry.event]
        if entry.through.via is Via.OUTSIDE:
            return (person, Part(f" was {entry.event} outside the directory"))
        return (who, Part(before), person, *([Part(after)] if after else []))
    if entry.event == "erased":
        return (who, Part(" deleted a person permanently"))
    if entry.event not in ("changed", "undo"):
        return (who, Part(f": {entry.event}"))
    return _change(entry, who, person)


def _change(entry: AuditEntry, who: Part, person: Part) -> Sentence:
    of = (Part(" of "), person) if entry.full_name or entry.employee_id else ()
    if entry.through.via is Via.OUTSIDE:
        verb = " was" if len(entry.fields) == 1 else " were"
        return (*listed(entry.fields), *of, Part(f"{verb} changed outside the directory"))
    is_undo = entry.through.via is Via.UNDO or entry.event == "undo"
    did = " undid a change of " if is_undo else " changed "
    return (who, Part(did), *listed(entry.fields), *of)


def _person(entry: AuditEntry) -> Part:
    return Part(entry.full_name or "a person", is_strong=True)


def _job(entry: AuditEntry, who: Part) -> Sentence:
    source = Part(entry.through.source or "a file", is_strong=True)
    if entry.event == "undo" or entry.through.via is Via.UNDO:
        return (who, Part(" undid "), source)
    if entry.event == "bulk":
        number = dict(entry.counts).get("changed", 0)
        of = (Part(" of "), Part(count_people(number)))
        return (who, Part(" changed "), *listed(entry.fields), *of)
    return (who, Part(" imported "), source)


def _event(entry: AuditEntry, name_of: NameOf) -> Sentence:
    words, details = EVENTS[entry.event], dict(entry.details)
    values = {
        **{name: details.get(name, "") for name in ("role", "seconds", "before")},
        "account": name_of(details.get("account", "")) or "an unknown account",
    }
    if entry.event == "sign-in-refused":
        return _refused(details, values["account"])
    if entry.event == "account-added" and not entry.author.name:
        return (Part(values["account"], is_strong=True), Part(" signed in for the first time"))
    told = tuple(_with_values(words.sentence, values))
    if entry.event in WITHOUT_AUTHOR:
        return told
    return (Part(_event_author(entry.author, name_of), is_strong=True), *told)


def _refused(details: Mapping[str, str], account: str) -> Sentence:
    number = details.get("number", "1")
    times = count_of(int(number) if number.isascii() and number.isdigit() else 1,
                     "failed sign-in", "failed sign-ins")  # fmt: skip
    if not details.get("account"):
        return (Part(times, is_strong=True), Part(" of nobody who is known"))
    return (Part(times, is_strong=True), Part(" for "), Part(account, is_strong=True))


def _event_author(author: Author, name_of: NameOf) -> str:
    return author.name or name_of(author.account_id) or SOMEBODY


def _with_values(sentence: str, values: Mapping[str, str]) -> list[Part]:
    parts = []
    for piece in sentence.replace("{", "\0{").replace("}", "}\0").split("\0"):
        name = piece[1:-1] if piece.startswith("{") else ""
        if piece:
            parts.append(Part(values[name], is_strong=True) if name else Part(piece))
    return parts


def second_line(entry: AuditEntry, name_of: NameOf) -> str:
    """Return what stands below the sentence: the figures of a job, or more about an event."""
    if entry.counts:
        told = [_count_words(name, number, entry) for name, number in entry.counts if number]
        asked = [entry.through.source] if entry.event == "bulk" else []
        return " · ".join([*asked, *told]) or "Nobody was changed"
    details = dict(entry.details)
    if entry.event in EVENTS:
        lines = [f"Was {details['was']}"] if details.get("was") else []
        lines += [details["reason"]] if details.get("reason") else []
        lines += [f"from {details['peer']}"] if details.get("peer") else []
        lines += [f"mode {details['mode']}"] if details.get("mode") else []
        lines += [f"by {details['provider']}"] if details.get("provider") else []
        return " · ".join(lines)
    if entry.author.person_id and entry.author.person_id == entry.employee_id:
        return "Own profile"
    return " · ".join(f"{label} {text}".strip() for label, text in entry.details)


def _count_words(name: str, number: int, entry: AuditEntry) -> str:
    if name == "rejected" and entry.event == "bulk":
        return f"{number:,} could not be changed"
    if name == "rejected":
        return count_of(number, "row with errors", "rows with errors")
    return _COUNTS.get(name, f"{{}} {name}").format(f"{number:,}")


def way_of(entry: AuditEntry) -> tuple[str, str]:
    """Return the icon and the label of the way by which it came."""
    if entry.event in EVENTS and entry.through.via is Via.PAGE:
        words = EVENTS[entry.event]
        return {"Settings": "gear", "Sign-in": "door-closed"}.get(words.way, words.icon), words.way
    way = WAYS[entry.through.via]
    return way.icon, way.label


def glyph_of(entry: AuditEntry) -> str:
    """Return the icon of an entry that shows no face."""
    if entry.event in EVENTS:
        return EVENTS[entry.event].icon
    return change_words.glyph_of(entry.through.via)
