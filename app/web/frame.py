"""The frame of every page: what its viewer may do, the account menu, and the line about access."""

import time
from collections.abc import Callable
from functools import lru_cache, partial
from urllib.parse import quote

from flask import Flask, g, request
from markupsafe import Markup
from werkzeug.local import LocalProxy

from app.access import rights
from app.access.modes import Mode
from app.access.rights import Right
from app.access.viewer import STRANGER, Origin, Role, Viewer
from app.model.employee import Employee
from app.model.errors import DirectoryError
from app.text.sanitizing import visible
from app.web.current import current_access, current_directory, current_settings, current_sight
from app.web.ui.html.links import mail_address
from app.web.ui.urls import person_address, sign_in_address

# Pages that are reached by the account menu, so it is marked as current on them.
_MENU_PAGES = frozenset(
    {"import", "leavers", "issues", "audit", "settings", "console", "doctor", "account"}
)
# Whoever is on one of these is about to sign in already.
_DOORS = ("/sign-in", "/sign-out", "/setup", "/invite")
_OWN_PHOTO_SECONDS = 60.0
_MAX_MENUS = 512
_WHO = {
    Role.COLLEAGUE: "everybody who is signed in",
    Role.EDITOR: "editors and administrators",
    Role.ADMIN: "administrators",
}
_MenuOf = Callable[[Viewer, str, str], Markup]


def register(app: Flask) -> None:
    """Offer to all templates what the frame of a page needs."""
    menu_of = lru_cache(_MAX_MENUS)(partial(_render_menu, app))
    line_of = lru_cache(partial(_render_line, app))
    own_photos = _OwnPhotos()
    app.extensions["own_photos"] = own_photos
    app.jinja_env.globals.update(
        viewer=LocalProxy(page_viewer),
        Right=Right,
        may=lambda right: rights.may(page_viewer(), right),
        may_edit=lambda employee_id: rights.may_edit(page_viewer(), employee_id),
        may_see_history=lambda employee_id: rights.may_see_history(page_viewer(), employee_id),
        who_may=_who_may,
        report_address=_report_address,
        account_menu=lambda nav: _account_menu(menu_of, own_photos, nav),
        access_line=lambda: _access_line(line_of) + _settings_line(line_of),
        search_hint=_search_hint,
    )


def page_viewer() -> Viewer:
    """Return who sees this page; a stranger where the request failed before that was known."""
    viewer: Viewer = g.get("viewer", STRANGER)
    return viewer


def _who_may(right: str) -> str:
    """Return who has a right in this directory, in words; of their own account, all have it."""
    if right not in frozenset(Right):
        return _WHO[Role.COLLEAGUE]
    editors_export = current_settings().sign_in.min_export_role is Role.EDITOR
    for role in (Role.COLLEAGUE, Role.EDITOR):
        somebody = Viewer(role=role, origin=Origin.SESSION)
        known = rights.under_policy(somebody, sign_in_exists=True, editors_export=editors_export)
        if rights.may(known, Right(right)):
            return _WHO[role]
    return _WHO[Role.ADMIN]


def _report_address(employee: Employee) -> str:
    """Return the mailto of a mistake on a person's page: to them, and to who keeps the directory.

    It is "" for who may mend it themselves, and where there is nobody to write to.
    """
    addresses = (employee.email, current_settings().sign_in.contact)
    mails = [mail.removeprefix("mailto:") for mail in map(mail_address, addresses) if mail]
    if not mails or rights.may_edit(page_viewer(), employee.id):
        return ""
    subject = f"Mistake in the directory: {visible(employee.full_name)}"
    return f"mailto:{','.join(mails)}?subject={quote(subject)}"


def _search_hint() -> str:
    """Return what the box of the search takes: the fields that find somebody for this viewer."""
    restricted = current_sight().restricted
    return _search_words("phone" not in restricted, "email" not in restricted)


@lru_cache
def _search_words(phone: bool, email: bool) -> str:
    words = ["Name", "job title", "location", *["phone"] * phone, *["email"] * email]
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _account_menu(
    menu_of: Callable[[Viewer, str, str], Markup], own_photos: "_OwnPhotos", nav: str
) -> Markup:
    viewer = page_viewer()
    if viewer.origin is Origin.ANONYMOUS:
        return _sign_in_link()
    return menu_of(viewer, own_photos.photo_key(viewer), nav if nav in _MENU_PAGES else "")


def _render_menu(app: Flask, viewer: Viewer, photo_key: str, nav: str) -> Markup:
    """Render the menu once for all pages of a viewer: its cost is not that of a page."""
    own_page = person_address(viewer.person_id) if viewer.person_id else ""
    macros = app.jinja_env.get_template("_account_menu.html").module
    menu: Markup = macros.menu(viewer, photo_key, nav, own_page)  # type: ignore[attr-defined]
    return menu


def _access_line(line_of: Callable[..., Markup]) -> Markup:
    """Return what everybody must know: that they all may change everything, or nobody may."""
    if page_viewer().origin is Origin.OPEN:
        return line_of("open" if current_access().policy().mode is Mode.OPEN else "laptop")
    if "viewer" not in g or request.path.startswith("/setup"):
        return Markup("")
    policy = current_access().policy()
    return line_of("unclaimed") if policy.is_known and not policy.is_claimed else Markup("")


def _settings_line(line_of: Callable[..., Markup]) -> Markup:
    """Return what is wrong with the settings, for who looks after them, or may be about to."""
    wrong = current_settings().wrong_values
    if not wrong or "viewer" not in g:
        return Markup("")
    if not rights.may(page_viewer(), Right.SEE_HEALTH):
        policy = current_access().policy()
        if policy.is_claimed or not policy.is_known:
            return Markup("")
    return line_of("settings", wrong)


def _render_line(app: Flask, kind: str, *words: tuple[str, ...]) -> Markup:
    macros = app.jinja_env.get_template("_access_line.html").module
    line: Markup = getattr(macros, kind)(*words)
    return line


def _sign_in_link() -> Markup:
    if request.path.startswith(_DOORS):
        return Markup("")
    return Markup('<a class="sign-in-link" href="{}">Sign in</a>').format(sign_in_address())


class _OwnPhotos:
    """The photo of each viewer who has a record, asked for once a minute."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, str]] = {}

    def photo_key(self, viewer: Viewer) -> str:
        """Return the key of the viewer's photo; "" without one, or while the store is down."""
        if not viewer.person_id:
            return ""
        now = time.monotonic()
        until, key = self._known.get(viewer.person_id, (0.0, ""))
        if now < until:
            return key
        try:
            key = current_directory().get(viewer, viewer.person_id).photo_key
        except DirectoryError:
            key = ""
        if len(self._known) >= _MAX_MENUS:
            self._known.clear()
        self._known[viewer.person_id] = (now + _OWN_PHOTO_SECONDS, key)
        return key

    def forget(self, person_id: str) -> None:
        """Ask again at the next page, because this person was changed here."""
        self._known.pop(person_id, None)
