"""The audit log: its page and its export."""

from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.contracts.history import AuditEntry, AuditPage, AuditQuery
from app.directory.histories import author_key, iter_audit, read_audit
from app.exports.csv_file import csv_of_rows
from app.exports.formats import FORMATS
from app.history.changes import Via
from app.history.sentences import author_name
from app.runtime import deadline
from app.runtime.deadline import REQUEST_SECONDS
from app.web.current import current_accounts, current_directory, current_settings, current_viewer
from app.web.history.audit_lines import days_of
from app.web.history.audit_wording import EVENT_OPTIONS
from app.web.history.files import AUDIT_HEADINGS, audit_rows
from app.web.history.filters import MAX_CHARACTERS, Filters, span_of, span_options
from app.web.history.wording import kept_for, moment_of
from app.web.http.streaming import send
from app.web.ui.html.change_words import WAY_OPTIONS
from app.web.ui.html.filter_menus import menus_html

audit = Blueprint("audit", __name__)
_FILTERS = ("q", "who", "what", "how", "when")
_MAX_ACCOUNT_CHARACTERS = 64


@audit.get("/audit")
def log() -> ResponseReturnValue:
    """Show what changed in the directory, newest first."""
    filters, cursor = Filters("/audit", _values()), request.args.get("cursor")
    page = read_audit(current_directory(), current_viewer(), _query(), cursor)
    return render_template(
        "audit.html",
        page=page,
        days=days_of(page, _AccountNames(), is_first=cursor is None),
        filters=filters,
        words=_values()["q"],
        hidden=[pair for pair in _values().items() if pair[0] != "q" and pair[1]],
        menus=_menus(filters, page),
        kept=kept_for(current_settings().history_days),
        older=filters.address(cursor=page.older) if page.older else "",
        position=_position(page),
        export=filters.address("/audit.csv"),
    )


@audit.get("/audit.csv")
def log_file() -> ResponseReturnValue:
    """Stream the entries that match the filters as a file."""
    directory, viewer, query = current_directory(), current_viewer(), _query()
    name_of = _AccountNames()

    def begin() -> Iterator[bytes]:
        pages = iter_audit(directory, viewer, query)
        first = next(pages, ())  # a store that does not respond at all becomes an error page

        def rows() -> Iterator[list[str]]:
            yield AUDIT_HEADINGS
            page: tuple[AuditEntry, ...] | None = first
            while page is not None:
                yield from audit_rows(page, name_of)
                deadline.start(REQUEST_SECONDS)
                page = next(pages, None)

        return csv_of_rows(rows())

    today = datetime.now(UTC).date().isoformat()
    return send(begin, FORMATS["csv"].media_type, f"audit log {today}.csv")


class _AccountNames:
    """The names of accounts by their ids, each asked for once in a request."""

    def __init__(self) -> None:
        self._accounts = current_accounts()
        self._known: dict[str, str] = {}

    def __call__(self, account_id: str) -> str:
        """Return the name of an account; "" if there is none (any more)."""
        if account_id not in self._known:
            self._known[account_id] = self._ask(account_id)
        return self._known[account_id]

    def _ask(self, account_id: str) -> str:
        is_id = account_id.isascii() and account_id.isalnum()
        if not is_id or len(account_id) > _MAX_ACCOUNT_CHARACTERS:
            return ""
        account = self._accounts.get(account_id)
        return account.name if account else ""


def _values() -> dict[str, str]:
    """Return the filters of the address, without those that mean nothing."""
    values = {name: request.args.get(name, "").strip()[:MAX_CHARACTERS] for name in _FILTERS}
    if values["what"] not in dict(EVENT_OPTIONS):
        values["what"] = ""
    if values["how"] not in frozenset(Via):
        values["how"] = ""
    if not span_of(values["when"]).label:
        values["when"] = ""
    return values


def _query() -> AuditQuery:
    values = _values()
    who, span = values["who"], span_of(values["when"])
    is_account = who.startswith("account:")
    return AuditQuery(
        words=values["q"],
        account_id=who.removeprefix("account:") if is_account else "",
        author="" if is_account else who,
        via=values["how"],
        event=values["what"],
        since=span.since,
        until=span.until,
    )


def _menus(filters: Filters, page: AuditPage) -> Markup:
    authors = {}
    for entry in page.entries:
        if entry.author.name and author_key(entry.author):
            key = f"account:{entry.author.account_id}"
            authors[key if entry.author.account_id else entry.author.name] = author_name(
                entry.author
            )
    menus = (
        filters.menu("who", "Who", "Anyone", sorted(authors.items(), key=lambda pair: pair[1])),
        filters.menu("what", "What", "Everything", EVENT_OPTIONS),
        filters.menu("how", "How", "Any way", WAY_OPTIONS),
        filters.menu("when", "When", "Any time", span_options(_values()["when"])),
    )
    return menus_html(menus, current_app.extensions["sprite"])


def _position(page: AuditPage) -> str:
    """Return the days of the page, or how many entries the filters looked through."""
    if page.examined is not None:
        return f"Looked through {page.examined:,} entries"
    if not page.entries:
        return ""
    last, first = (moment_of(page.entries[at].moment).day for at in (0, -1))
    return last if first == last else f"{first} – {last}"
