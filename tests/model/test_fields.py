"""The table of fields is whole, and what stands elsewhere agrees with it."""

import dataclasses

from app.contracts import Facets, Query
from app.imports.files.columns import field_of
from app.model.employee import Card, Employee
from app.model.facets import FACETS, TEXT_FACETS
from app.model.fields import CONTENT_FIELDS, FIELD, FIELDS, TYPED_FIELDS
from app.model.kinds import Kind

# What revisions of the first release hold, in forms that are open and imports that can be undone.
FIRST_RELEASE = (
    "full_name", "preferred_name", "pronouns", "job_title", "department", "location", "email",
    "phone", "start_date", "about", "badges", "photo_key",
)  # fmt: skip


def test_an_employee_has_the_fields_of_the_table() -> None:
    own = {"id", "version", "updated_at", "generation", "history"}
    assert {each.name for each in dataclasses.fields(Employee)} == {*CONTENT_FIELDS, *own}
    defaults = {each.name: each.default for each in dataclasses.fields(Employee)}
    tuples = ("badges", "hidden")
    empty = {name: () if name in tuples else "" for name in CONTENT_FIELDS if name != "full_name"}
    assert {name: defaults[name] for name in empty} == empty


def test_a_card_has_the_fields_that_the_table_puts_into_it() -> None:
    assert set(Card._fields) == {"id", "hidden", *(field.name for field in FIELDS if field.in_card)}


def test_the_position_of_a_field_in_a_revision_never_changes() -> None:
    by_digest = {field.digest: field.name for field in FIELDS}
    assert sorted(by_digest) == list(range(len(FIELDS)))
    assert tuple(by_digest[number] for number in range(12)) == FIRST_RELEASE


def test_no_two_fields_share_a_word() -> None:
    for words in (
        [field.label for field in FIELDS],
        [field.dynamodb_attribute for field in FIELDS],
    ):
        assert len(set(words)) == len(words)


def test_facets_are_those_of_a_query_and_of_the_counts() -> None:
    names = [each.name for each in dataclasses.fields(Query) if each.init]
    assert names == ["words", *(facet.name for facet in FACETS), "manager", "left"]
    counts = [each.name for each in dataclasses.fields(Facets) if each.compare]
    assert counts == ["total", *(facet.counts for facet in FACETS), "left", "leaving"]
    assert {facet.name for facet in TEXT_FACETS} <= set(TYPED_FIELDS)
    assert all(facet.label == FIELD[facet.name].label for facet in TEXT_FACETS)


def test_every_text_is_exported_and_imported() -> None:
    for field in FIELDS:
        if field.kind not in (Kind.PHOTO, Kind.NAMES) and field.section:
            assert field.export_width, field.name
            assert field_of(field.label) == field.name
