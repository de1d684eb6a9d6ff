"""Files of the people whom a view shows, and a person's card for an address book."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from threading import BoundedSemaphore
from typing import cast

from flask import (
    Blueprint,
    Response,
    current_app,
    render_template,
    request,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from app.deadline import REQUEST_SECONDS
from app.errors import StorageUnavailable
from app.exports.formats import FORMATS, file_name
from app.exports.people_of_view import people_of_view
from app.exports.vcards import vcard
from app.web.current import current_directory
from app.web.error_pages import tell_operator
from app.web.list_request import read_request
from app.web.safety import request_id

# Of the eight threads of a process: whoever loads a million people keeps nobody from the list.
MOST_AT_ONCE = 3
exports = Blueprint("exports", __name__)


@exports.record
def _prepare(state: BlueprintSetupState) -> None:
    state.app.extensions["export_slots"] = BoundedSemaphore(MOST_AT_ONCE)


@exports.get("/export.<any(csv, xlsx, jsonl, vcf):ending>")
def view_file(ending: str) -> ResponseReturnValue:
    """Everyone whom the list with these parameters shows, as a file that is made as it goes out."""
    slots = cast(BoundedSemaphore, current_app.extensions["export_slots"])
    if not slots.acquire(blocking=False):
        return render_template("export_busy.html", most=MOST_AT_ONCE), 503, {"Retry-After": "30"}
    try:
        query = read_request(request.args).query
        pages = people_of_view(current_directory(), query, REQUEST_SECONDS)
        first = next(pages, ())  # a store that does not answer at all is told of by a page
    except BaseException:
        slots.release()
        raise
    kind = FORMATS[ending]
    pieces = _until_it_fails(kind.write(chain((first,), pages)), request_id())
    response = Response(pieces, content_type=kind.media_type)
    response.headers.set(
        "Content-Disposition", "attachment", filename=file_name(ending, datetime.now(UTC))
    )
    response.call_on_close(slots.release)
    return response


def _until_it_fails(pieces: Iterator[bytes], asked_as: str) -> Iterator[bytes]:
    """The pieces; when the store fails, the server cuts the connection, so that the file is broken
    for the browser too, and never looks whole."""
    try:
        yield from pieces
    except StorageUnavailable as error:
        tell_operator(error, asked_as)
        raise


@exports.get("/vcard/<id:employee_id>")
def person_card(employee_id: str) -> Response:
    """One person's card. Raises EmployeeNotFound."""
    person = current_directory().get(employee_id)
    response = Response(vcard(person), content_type=FORMATS["vcf"].media_type)
    name = " ".join((person.full_name or person.id).split())[:100].replace("/", "-")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.vcf")
    return response
