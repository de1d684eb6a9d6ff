"""The history of a person: its pages, one change by itself, and its export."""

from collections.abc import Iterable, Iterator, Mapping

from flask import (
    Blueprint,
    Response,
    after_this_request,
    current_app,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.directory.histories import (
    ChangeNotFound,
    HistoryFilter,
    HistoryPage,
    author_key,
    iter_history,
    read_change,
    read_history,
)
from app.exports.csv_file import csv_of_rows
from app.exports.formats import FORMATS
from app.history.changes import Change, ChangeKind, Via
from app.history.sentences import author_name, field_label
from app.model.fields import CONTENT_FIELDS
from app.runtime import deadline
from app.runtime.deadline import REQUEST_SECONDS
from app.text.plurals import count_of
from app.web.current import current_directory, current_settings, current_viewer
from app.web.history.files import HISTORY_HEADINGS, history_rows
from app.web.history.filters import MAX_CHARACTERS, Filters, span_of, span_options
from app.web.history.lines import page_html
from app.web.history.wording import changes_kept_for, moment_of
from app.web.http.streaming import send
from app.web.ui import urls
from app.web.ui.display_names import display_name
from app.web.ui.html.change_words import WAY_OPTIONS
from app.web.ui.html.filter_menus import menus_html

histories = Blueprint("history", __name__)
histories.url_value_preprocessor(urls.read_id_key)
_FIELD_OPTIONS = tuple((name, field_label(name)) for name in CONTENT_FIELDS)
_FILTERS = ("field", "who", "how", "when")


@histories.get("/history", defaults={"employee_id": ""})
@histories.get("/employee/<id:employee_id>/history")
def history(employee_id: str) -> ResponseReturnValue:
    """Show what changed of a person, newest first."""
    after_this_request(_maintain_after)
    values = _values()
    filters, chosen = _filters(employee_id, values), _chosen(values)
    cursor = request.args.get("cursor")
    page = read_history(current_directory(), current_viewer(), employee_id, chosen, cursor)
    return render_template(
        "history.html",
        page=page,
        changes=page_html(page, current_viewer()),
        filters=filters,
        menus=_menus(filters, page, values["when"]),
        count=_count(page, cursor, filters),
        kept=changes_kept_for(current_settings().history_days),
        is_whole=page.older is None and not filters.is_set,
        older=filters.address(cursor=page.older) if page.older else "",
        position=_position(page),
        export=filters.address(f"{urls.history_address(employee_id).partition('?')[0]}.csv"),
    )


@histories.get("/history/<moment>", defaults={"employee_id": ""})
@histories.get("/employee/<id:employee_id>/history/<moment>")
def change(employee_id: str, moment: str) -> ResponseReturnValue:
    """Show one change of a person."""
    viewer = current_viewer()
    employee, found = read_change(current_directory(), viewer, employee_id, moment)
    changes = page_html(HistoryPage(employee=employee, changes=(found,)), viewer)
    return render_template("change.html", employee=employee, changes=changes)


@histories.get("/history.csv", defaults={"employee_id": ""})
@histories.get("/employee/<id:employee_id>/history.csv")
def history_file(employee_id: str) -> ResponseReturnValue:
    """Stream the changes that match the filters as a file, a line for each field."""
    directory, viewer = current_directory(), current_viewer()
    employee = directory.get(viewer, employee_id)

    def begin() -> Iterator[bytes]:
        pages = iter_history(directory, viewer, employee_id, _chosen(_values()))
        first = next(pages, ())  # a store that does not respond at all becomes an error page
        return csv_of_rows(_lines_of(first, pages))

    name = f"{display_name(employee.full_name, employee.id)[:100]} - history.csv"
    return send(begin, FORMATS["csv"].media_type, name)


def _lines_of(first: Iterable[Change], pages: Iterator[Iterable[Change]]) -> Iterator[list[str]]:
    yield HISTORY_HEADINGS
    yield from history_rows(first)
    while True:
        deadline.start(REQUEST_SECONDS)
        page = next(pages, None)
        if page is None:
            return
        yield from history_rows(page)


@histories.app_errorhandler(ChangeNotFound)
def _no_such_change(error: ChangeNotFound) -> ResponseReturnValue:
    return render_template("404.html", status=404), 404


def _maintain_after(response: Response) -> Response:
    """Look at the record once the response was sent: another program may have changed it."""
    response.call_on_close(current_directory().maintain)
    return response


def _values() -> dict[str, str]:
    """Return the filters of the address, without those that mean nothing."""
    values = {name: request.args.get(name, "")[:MAX_CHARACTERS] for name in _FILTERS}
    if values["field"] not in CONTENT_FIELDS:
        values["field"] = ""
    if values["how"] not in frozenset(Via):
        values["how"] = ""
    if not span_of(values["when"]).label:
        values["when"] = ""
    return values


def _chosen(values: Mapping[str, str]) -> HistoryFilter:
    span = span_of(values["when"])
    return HistoryFilter(values["field"], values["who"], values["how"], span.since, span.until)


def _filters(employee_id: str, values: Mapping[str, str]) -> Filters:
    path, _, query = urls.history_address(employee_id).partition("?")
    key = [("key", query.removeprefix("key="))] if query else []
    return Filters(path, values, key)


def _menus(filters: Filters, page: HistoryPage, when: str) -> Markup:
    authors = {author_key(each.author): author_name(each.author) for each in page.changes}
    authors.pop("", None)
    menus = (
        filters.menu("field", "Field", "Any", _FIELD_OPTIONS),
        filters.menu("who", "Who", "Anyone", sorted(authors.items(), key=lambda pair: pair[1])),
        filters.menu("how", "How", "Any way", WAY_OPTIONS),
        filters.menu("when", "When", "Any time", span_options(when)),
    )
    return menus_html(menus, current_app.extensions["sprite"])


def _count(page: HistoryPage, cursor: str | None, filters: Filters) -> str:
    """Return how many changes there are, and since when, as far as this page tells."""
    if cursor is not None or page.first is None or filters.is_set:
        return ""
    since = moment_of(page.first.moment).day
    if page.older is None:
        return f"{count_of(len(page.changes), 'change', 'changes')} since {since}"
    saves = page.employee.version - page.first.version + 1
    if page.first.kind is ChangeKind.ADDED and saves > len(page.changes):
        return f"{saves:,} changes since {since}"
    return f"Changes since {since}"


def _position(page: HistoryPage) -> str:
    """Return the days of the page, or how many changes the filters looked through."""
    if page.examined is not None:
        return f"Looked through {page.examined:,} changes"
    if not page.changes:
        return ""
    last, first = (moment_of(page.changes[at].moment).day for at in (0, -1))
    return last if first == last else f"{first} – {last}"
