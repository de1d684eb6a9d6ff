"""The pages of the org chart: whom to begin with, and the chart around somebody."""

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.contracts import Query
from app.model.errors import EmployeeNotFound
from app.text.folding import LINE_CHARACTERS, one_line
from app.text.sanitizing import clean_line
from app.web.current import current_counting, current_directory, current_viewer
from app.web.org.chart_page import chart_page
from app.web.ui import urls

org = Blueprint("org", __name__)
org.url_value_preprocessor(urls.read_id_key)


@org.get("/org", defaults={"employee_id": ""})
@org.get("/org/<id:employee_id>")
def chart(employee_id: str) -> ResponseReturnValue:
    """Show the chart around somebody; without an id, around the viewer, or ask whom to begin with.

    With ``q`` it finds people, and leads to the chart around the only one who is found.
    """
    if employee_id or request.args.get("key"):
        return _show(employee_id)
    words = one_line(clean_line(request.args.get("q", "")[: 10 * LINE_CHARACTERS]))
    if words:
        return _find(words)
    own_id = current_viewer().person_id
    if own_id:
        try:
            return _show(own_id)
        except EmployeeNotFound:
            pass  # the account is linked to somebody who is not here any more
    return render_template("org_start.html", words="", cards=None, others=(), more="")


def _show(employee_id: str) -> ResponseReturnValue:
    page = request.args.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 0
    is_open = request.args.get("depth") == "2"
    view = chart_page(employee_id, request.args.get("cursor") or None, number, is_open=is_open)
    response = make_response(render_template("org.html", view=view))
    response.call_on_close(current_directory().maintain)
    if view.is_uncounted:
        response.call_on_close(current_counting().note_uncounted)
    return response


def _find(words: str) -> ResponseReturnValue:
    page, suggestions = current_directory().search(current_viewer(), Query(words))
    if len(page.cards) == 1 and not page.next and not request.args.get("as"):
        return redirect(urls.org_address(page.cards[0].id), 303)
    return render_template(
        "org_start.html",
        words=words,
        cards=page.cards,
        others=tuple(each.card for each in suggestions.people),
        more=urls.list_address(q=words) if page.next else "",
    )
