"""Exports of the people in a view, and the vCard of one person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.access.rights import Right, require
from app.access.viewer import Viewer
from app.exports.card_photos import read_photo
from app.exports.formats import FORMATS, file_name
from app.exports.people_of_view import People, people_below, people_of_view
from app.exports.vcards import CardWriter
from app.model.errors import StorageUnavailable
from app.runtime.deadline import REQUEST_SECONDS
from app.web.current import current_below, current_directory, current_settings, current_viewer
from app.web.http.middleware import log_store_failure, request_id
from app.web.http.streaming import attach, register, send
from app.web.ui import urls
from app.web.ui.display_names import display_name
from app.web.ui.list_query import ListRequest, read_request

exports = Blueprint("exports", __name__)
exports.record(lambda state: register(state.app))
exports.url_value_preprocessor(urls.read_id_key)


@exports.get("/export.<any(csv, xlsx, jsonl, vcf):ending>")
def view_file(ending: str) -> ResponseReturnValue:
    """Stream everyone in the list with these parameters as a file."""
    kind = FORMATS[ending]
    cards = _card_writer()
    viewer = current_viewer()

    def begin() -> Iterator[bytes]:
        pages = _people_of(read_request(request.args), viewer)
        first = next(pages, ())  # a store that does not respond at all becomes an error page
        return kind.write(chain((first,), pages), cards)

    return send(begin, kind.media_type, file_name(ending, datetime.now(UTC)))


def _people_of(listing: ListRequest, viewer: Viewer) -> Iterator[People]:
    directory, query, top = current_directory(), listing.query, listing.under
    if top:
        return people_below(current_below(), directory, viewer, top, query, REQUEST_SECONDS)
    return people_of_view(directory, viewer, query, REQUEST_SECONDS, listing.sort)


@exports.get("/vcard", defaults={"employee_id": ""})
@exports.get("/vcard/<id:employee_id>")
def person_card(employee_id: str) -> Response:
    """Return the vCard of one person, without the photo while its store does not answer.

    Raises EmployeeNotFound.
    """
    viewer = current_viewer()
    require(viewer, Right.EXPORT)
    person = current_directory().get(viewer, employee_id)
    try:
        card = _card_writer().card(person)
    except StorageUnavailable as error:
        log_store_failure(error, request_id())
        card = _card_writer().card(replace(person, photo_key=""))
    response = Response(card, content_type=FORMATS["vcf"].media_type)
    attach(response, f"{display_name(person.full_name, person.id)[:100]}.vcf")
    return response


def _card_writer() -> CardWriter:
    """Return a writer of cards that lead to the pages: at the public address, or this request's."""
    settings = current_settings()
    root = settings.sign_in.public_address or request.host_url.rstrip("/")
    return CardWriter(
        company=settings.company_name,
        page_of=lambda employee_id: root + urls.person_address(employee_id),
        read_photo=partial(read_photo, current_directory().photos),
    )
