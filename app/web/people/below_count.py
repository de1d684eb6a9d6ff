"""The count of everyone below somebody, which the script of their list asks for step by step."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app.web.current import current_below, current_viewer
from app.web.people.below_list import below_sentence, cut_note
from app.web.people.reporting import shown_name
from app.web.ui.list_query import read_request

below_counts = Blueprint("below_counts", __name__)


@below_counts.get("/count-below")
def count() -> ResponseReturnValue:
    """Count on from a cursor, at most some thousand people; ``next`` continues, "" at the end."""
    listing = read_request(request.args)
    page = current_below().count(current_viewer(), listing.under, listing.query, listing.cursor)
    return jsonify(
        {
            "count": below_sentence(page, listing, shown_name(listing.under)),
            "note": cut_note(page),
            "looked": page.looked,
            "next": listing.count_address(page.next) if page.next else "",
        }
    )
