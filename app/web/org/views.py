"""The org chart: whom to begin with, and the chart around somebody, as a page or a picture."""

from flask import Blueprint, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.contracts import Query
from app.model.errors import EmployeeNotFound
from app.text.digits import small_number
from app.text.folding import LINE_CHARACTERS, one_line
from app.text.sanitizing import clean_line
from app.web.current import current_counting, current_directory, current_viewer
from app.web.http.streaming import attach
from app.web.org.beginning import chosen_top, proposal, with_counts
from app.web.org.branches import MAX_OPEN, Opening
from app.web.org.chart_page import ChartPage, chart_page
from app.web.org.drawing import draw_chart
from app.web.ui import urls
from app.web.ui.display_names import display_name
from app.web.ui.list_query import MAX_PAGE_DIGITS

_MAX_FILE_NAME = 60
# Opened on its own, a picture is a picture and nothing else.
_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
org = Blueprint("org", __name__)
org.url_value_preprocessor(urls.read_id_key)


@org.get("/org", defaults={"employee_id": ""})
@org.get("/org/<id:employee_id>")
def chart(employee_id: str) -> ResponseReturnValue:
    """Show the chart around somebody; without an id, the top, or the viewer, or ask.

    The top are those whom an administrator chose.
    With ``q`` it finds people, and leads to the chart around the only one who is found.
    """
    if employee_id or request.args.get("key"):
        return _show(employee_id)
    words = one_line(clean_line(request.args.get("q", "")[: 10 * LINE_CHARACTERS]))
    if words:
        return _find(words)
    return _begin()


def _begin() -> ResponseReturnValue:
    """Show who is at the top, else the chart around the viewer, else ask whom to begin with."""
    people = chosen_top()
    if len(people) == 1:
        return _show(people[0].id)
    own_id = current_viewer().person_id
    if people:
        return _start(top=with_counts(people), own_id=own_id)
    if own_id:
        try:
            return _show(own_id)
        except EmployeeNotFound:
            pass  # the account is linked to somebody who is not here any more
    return _start(proposal=proposal())


def _start(**shown: object) -> str:
    """Show the page without a chart: who is at the top, who was found, or a question."""
    others = {"words": "", "cards": None, "others": (), "more": ""}
    nothing = {"top": None, "own_id": "", "proposal": None}
    return render_template("org_start.html", **{**others, **nothing, **shown})


@org.get("/org-svg", defaults={"employee_id": ""})
@org.get("/org-svg/<id:employee_id>")
def drawing(employee_id: str) -> ResponseReturnValue:
    """Download the chart around somebody as a picture: what the same page shows."""
    view = _asked_page(employee_id)
    if view.is_concealed:
        abort(404)
    response = make_response(draw_chart(view))
    response.mimetype = "image/svg+xml"
    name = display_name(view.person.full_name, view.person.id)
    attach(response, f"{name[:_MAX_FILE_NAME]} - org chart.svg")
    response.headers["Content-Security-Policy"] = _POLICY
    response.call_on_close(current_directory().maintain)
    return response


def _asked_page(employee_id: str) -> ChartPage:
    number = small_number(request.args.get("page", ""), MAX_PAGE_DIGITS)
    keys = () if (is_all := request.args.get("depth") == "2") else request.args.getlist("open")
    opening = Opening(is_all, tuple(dict.fromkeys(keys[:MAX_OPEN])))
    return chart_page(employee_id, request.args.get("cursor") or None, number, opening)


def _show(employee_id: str) -> ResponseReturnValue:
    view = _asked_page(employee_id)
    response = make_response(render_template("org.html", view=view))
    response.call_on_close(current_directory().maintain)
    if view.is_uncounted:
        response.call_on_close(current_counting().note_uncounted)
    return response


def _find(words: str) -> ResponseReturnValue:
    page, suggestions = current_directory().search(current_viewer(), Query(words))
    if len(page.cards) == 1 and not page.next and not request.args.get("as"):
        return redirect(urls.org_address(page.cards[0].id), 303)
    return _start(
        words=words,
        cards=page.cards,
        others=tuple(each.card for each in suggestions.people),
        more=urls.list_address(q=words) if page.next else "",
    )
