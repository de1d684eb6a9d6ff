"""An edit conflict: both versions side by side, and the choices between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from app.model.employee import BADGES, Badge, Employee
from app.model.fields import FIELD, TYPED_FIELDS
from app.model.revision import fields_changed_since
from app.model.validation import LABELS
from app.web.forms.fields import EmployeeForm, posted_manager
from app.web.forms.managers import manager_shown
from app.web.ui.html.word_diff import highlight_differences

MINE, THEIRS = "mine", "theirs"
_CHOOSE = "choose-"
_OTHER_FIELDS = ("csrf_token", "form_id", "revision")
# Under the names of the form: of the photo only its removal can be chosen.
_LABELS = {
    **LABELS,
    "remove_photo": FIELD["photo_key"].label,
    "hidden": FIELD["hidden"].label,
}


@dataclass(frozen=True, slots=True)
class Side:
    """One version of a field: the values that the form posts, and how they are shown."""

    values: tuple[str, ...]
    text: Markup | None = None
    badges: tuple[tuple[Badge, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs, and the side that is selected at first."""

    name: str
    label: str
    mine: Side
    theirs: Side
    chosen: str


@dataclass(frozen=True, slots=True)
class EqualField:
    """A field that is equal in both versions."""

    name: str
    label: str
    values: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """The content of a conflict page."""

    stored: Employee
    differing: tuple[Difference, ...]
    same: tuple[EqualField, ...]


def find_conflict(form: EmployeeForm, stored: Employee, revision: str) -> Conflict:
    """Compare the input, based on the record of that revision, with what is stored now."""
    edited = form.changed(stored)
    changed_by_me = fields_changed_since(revision, edited)
    changed_by_them = fields_changed_since(revision, stored)

    def choice(name: str) -> str:
        return MINE if name in changed_by_me and name not in changed_by_them else THEIRS

    differing = []
    same = []
    for name in TYPED_FIELDS:
        my_text, stored_text = getattr(edited, name), getattr(stored, name)
        if my_text == stored_text:
            same.append(_same_text(name, my_text))
        else:
            side = _manager_side if name == "manager" else _text_side
            sides = side(my_text, stored_text), side(stored_text, my_text)
            differing.append(Difference(name, _LABELS[name], *sides, choice(name)))
    if edited.known_badges == stored.known_badges:
        same.append(_same_badges(edited.known_badges))
    else:
        sides = _badge_side(edited, stored), _badge_side(stored, edited)
        differing.append(Difference("badges", _LABELS["badges"], *sides, choice("badges")))
    if edited.hidden == stored.hidden:
        same.append(_same_hidden(edited.hidden))
    else:
        sides = _hidden_side(edited.hidden), _hidden_side(stored.hidden)
        differing.append(Difference("hidden", _LABELS["hidden"], *sides, choice("hidden")))
    if form.remove_photo.data and stored.photo_key:
        differing.append(_photo_difference("photo_key" in changed_by_them))
    return Conflict(stored, tuple(differing), tuple(same))


def _text_side(text: str, other: str) -> Side:
    return Side((text,), highlight_differences(text, other))


def _manager_side(employee_id: str, other: str) -> Side:
    return Side((posted_manager(employee_id),), Markup("{}").format(manager_shown(employee_id)))


def _badge_side(employee: Employee, other: Employee) -> Side:
    badges = [badge for badge in BADGES if badge.key in employee.badges]
    return Side(employee.known_badges, badges=tuple((b, b.key not in other.badges) for b in badges))


def _hidden_side(names: Sequence[str]) -> Side:
    labels = ", ".join(FIELD[name].label for name in names)
    return Side(("", *names), Markup("{}").format(labels))  # "" says that it was asked


def _same_text(name: str, text: str) -> EqualField:
    if name != "manager":
        return EqualField(name, _LABELS[name], (text,), text)
    return EqualField(name, _LABELS[name], (posted_manager(text),), manager_shown(text))


def _same_hidden(names: Sequence[str]) -> EqualField:
    labels = ", ".join(FIELD[name].label for name in names)
    return EqualField("hidden", _LABELS["hidden"], ("", *names), labels)


def _same_badges(keys: Sequence[str]) -> EqualField:
    labels = ", ".join(badge.label for badge in BADGES if badge.key in keys)
    return EqualField("badges", _LABELS["badges"], tuple(keys), labels)


def _photo_difference(changed_by_them: bool) -> Difference:
    return Difference(
        "remove_photo",
        _LABELS["remove_photo"],
        Side(("y",), Markup("No photo")),
        Side((), Markup("The saved photo")),
        THEIRS if changed_by_them else MINE,
    )


def holds_choices(posted: MultiDict[str, str]) -> bool:
    """Return whether the form comes from a conflict page."""
    return "keep" in posted


def chosen_values(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the form values that the choices amount to, as if they had been typed."""
    keep = posted.get("keep")
    result: MultiDict[str, str] = MultiDict()
    for name in _OTHER_FIELDS:
        result.setlist(name, posted.getlist(name))
    for name in _LABELS:
        choice = posted.get(f"{_CHOOSE}{name}")
        if choice is None:
            values = posted.getlist(name)
        else:
            side = keep if keep in (MINE, THEIRS) else choice
            values = posted.getlist(f"{MINE if side == MINE else THEIRS}-{name}")
        if values:
            result.setlist(name, values)
    return result
