"""The values of a menu that contain what is typed into its box."""

from flask import Blueprint, current_app, request

from app.text.folding import LINE_CHARACTERS
from app.web.current import current_directory, current_viewer
from app.web.ui.html.menus import found_values
from app.web.ui.list_query import read_request

menus = Blueprint("menus", __name__)


@menus.get("/menu/<any(location, department, job_title, badge):name>")
def values(name: str) -> str:
    """Return the rows of a menu of the list with these parameters, as its panel shows them."""
    directory, viewer = current_directory(), current_viewer()
    listing = read_request(request.args)
    counts = None
    if not listing.under:  # which no count tells of
        counts = directory.count_matches(viewer, listing.query).by_filter[name]
    return found_values(
        name,
        request.args.get("find", "")[:LINE_CHARACTERS],
        listing,
        counts,
        directory.facets(viewer),
        current_app.extensions["sprite"],
    )
