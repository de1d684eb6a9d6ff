"""Exports of the people in a view, and the vCard of one person."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.exports.formats import FORMATS, file_name
from app.exports.people_of_view import people_of_view
from app.exports.vcards import vcard
from app.runtime.deadline import REQUEST_SECONDS
from app.web.current import current_directory
from app.web.http.streaming import attach, register, send
from app.web.ui import urls
from app.web.ui.display_names import display_name
from app.web.ui.list_query import read_request

exports = Blueprint("exports", __name__)
exports.record(lambda state: register(state.app))
exports.url_value_preprocessor(urls.read_id_key)


@exports.get("/export.<any(csv, xlsx, jsonl, vcf):ending>")
def view_file(ending: str) -> ResponseReturnValue:
    """Stream everyone in the list with these parameters as a file."""
    kind = FORMATS[ending]

    def begin() -> Iterator[bytes]:
        query = read_request(request.args).query
        pages = people_of_view(current_directory(), query, REQUEST_SECONDS)
        first = next(pages, ())  # a store that does not respond at all becomes an error page
        return kind.write(chain((first,), pages))

    return send(begin, kind.media_type, file_name(ending, datetime.now(UTC)))


@exports.get("/vcard", defaults={"employee_id": ""})
@exports.get("/vcard/<id:employee_id>")
def person_card(employee_id: str) -> Response:
    """Return the vCard of one person. Raises EmployeeNotFound."""
    person = current_directory().get(employee_id)
    response = Response(vcard(person), content_type=FORMATS["vcf"].media_type)
    attach(response, f"{display_name(person.full_name, person.id)[:100]}.vcf")
    return response
