"""The health check of reporting lines, among the first people of the directory."""

from app.contracts.checks import Check, Finding, ok, warning
from app.directory.line_walk import Kind
from app.directory.reporting_issues import ReportingIssues
from app.text.plurals import count_of, count_people

_COMMAND = "flask check-reporting-lines"
_HINT = "Run this for the names, or open Reporting-line issues (/org/issues) to mend them"
_KINDS = {
    Kind.CIRCLE: ("circle of people who report to each other", "circles of them"),
    Kind.UNKNOWN: ("manager who is nobody here", "managers who are nobody here"),
    Kind.LEFT: ("manager who has left", "managers who have left"),
}


def reporting_check(issues: ReportingIssues) -> Check:
    """Return the check."""
    return Check("Reporting lines", lambda: check_reporting(issues))


def check_reporting(issues: ReportingIssues) -> Finding:
    """Check that no one reports to nobody here, or round in a circle; bounded as a page is."""
    page = issues.check()
    people = count_people(page.examined)
    among = f"the first {people}; {_COMMAND} looks at all" if page.next else f"all {people}"
    if not page.issues:
        return ok(f"No circle, and no manager who is not here, among {among}.")
    found = []
    for kind, (one, several) in _KINDS.items():
        if number := sum(issue.kind is kind for issue in page.issues):
            found.append(count_of(number, one, several))
    return warning(f"Found {', '.join(found)}, among {among}.", _COMMAND, _HINT)
