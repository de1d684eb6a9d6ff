"""The facets by which lists are filtered; all code reads this table."""

from app.model.field_types import Facet
from app.model.fields import TEXT_FIELDS

FACETS = (
    Facet("letter", "Letter", "letters", "letters", "a", "letter"),
    Facet("location", "Location", "locations", "locations", "l", "location"),
    Facet("department", "Department", "departments", "departments", "d", "department"),
    Facet("job_title", "Job title", "job titles", "job_titles", "t", "title"),
    Facet("badge", "Badge", "badges", "badges", "b", "badge"),
    Facet("joined", "Start month", "start months", "joined", "j", "joined"),
)
FACET = {facet.name: facet for facet in FACETS}
# The facets of text fields, which match every spelling of the same facet key.
TEXT_FACETS = tuple(facet for facet in FACETS if facet.name in TEXT_FIELDS)
