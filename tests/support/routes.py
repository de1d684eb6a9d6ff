"""Every address of the application, who may use it, and what it may change.

A route that is not declared here fails the tests: whoever adds one says what it is for.
"""

from __future__ import annotations

from typing import NamedTuple

from app.access.viewer import Role


class Route(NamedTuple):
    """One rule: its methods (HEAD and OPTIONS come by themselves), who may use it, its effect."""

    methods: str
    who: str
    changes: str


# Who may use it: the least role, as app/access/viewer.py orders them.
PROBES = "load balancers, monitors and browsers, in every mode"
READER = Role.VISITOR
COLLEAGUE = Role.COLLEAGUE
PUBLIC = "everybody, in every mode"
SIGNED_IN = "whoever has an account"
OWNER = "who it is about, and editors"
EDITOR = Role.EDITOR
ADMIN = Role.ADMIN

ROUTES = {
    "/settings": Route("GET", ADMIN, "nothing"),
    "/settings/access": Route("GET POST", ADMIN, "POST changes who may use the directory"),
    "/settings/accounts": Route("GET", ADMIN, "nothing"),
    "/settings/org": Route("GET POST", ADMIN, "POST changes who is at the top of the org chart"),
    "/settings/accounts/new": Route("GET POST", ADMIN, "POST adds an account"),
    "/settings/accounts/<account_id>": Route("GET POST", ADMIN, "POST changes an account"),
    "/": Route("GET", READER, "nothing"),
    "/add": Route("GET POST", EDITOR, "POST adds one person"),
    "/find-manager": Route("GET", EDITOR, "nothing"),
    "/employee/<id:employee_id>": Route("GET", READER, "nothing (it may mend the index)"),
    "/edit/<id:employee_id>": Route("GET POST", OWNER, "POST changes one person"),
    "/delete/<id:employee_id>": Route("GET POST", ADMIN, "POST deletes one person"),
    "/employee/<id:employee_id>/history": Route("GET", OWNER, "nothing (it may mend the index)"),
    "/employee/<id:employee_id>/history.csv": Route("GET", OWNER, "nothing"),
    "/employee/<id:employee_id>/history/<moment>": Route("GET", OWNER, "nothing"),
    "/employee/<id:employee_id>/history/<moment>/undo": Route(
        "GET POST", OWNER, "POST takes one change of a person back"
    ),
    "/history": Route("GET", OWNER, "nothing (it may mend the index)"),
    "/history.csv": Route("GET", OWNER, "nothing"),
    "/history/<moment>": Route("GET", OWNER, "nothing"),
    "/history/<moment>/undo": Route("GET POST", OWNER, "POST takes one change of a person back"),
    "/employee": Route("GET", READER, "nothing (it may mend the index)"),
    "/edit": Route("GET POST", OWNER, "POST changes one person"),
    "/delete": Route("GET POST", ADMIN, "POST deletes one person"),
    "/leave": Route("GET POST", EDITOR, "POST gives somebody a last day"),
    "/leave/<id:employee_id>": Route("GET POST", EDITOR, "POST gives somebody a last day"),
    "/restore": Route("GET POST", EDITOR, "POST takes a last day away"),
    "/restore/<id:employee_id>": Route("GET POST", EDITOR, "POST takes a last day away"),
    "/merge": Route("GET POST", EDITOR, "POST makes two records one"),
    "/merge/<id:employee_id>": Route("GET POST", EDITOR, "POST makes two records one"),
    "/unmerge": Route("GET POST", EDITOR, "POST takes a merge back"),
    "/unmerge/<id:employee_id>": Route("GET POST", EDITOR, "POST takes a merge back"),
    "/bulk-edit": Route("GET POST", EDITOR, "POST stores an edit to be previewed"),
    "/leavers": Route("GET", EDITOR, "nothing"),
    "/leavers.<any(csv, xlsx):ending>": Route("GET", EDITOR, "nothing"),
    "/vcard": Route("GET", COLLEAGUE, "nothing"),
    "/export.<any(csv, xlsx, jsonl, vcf):ending>": Route("GET", COLLEAGUE, "nothing"),
    "/vcard/<id:employee_id>": Route("GET", COLLEAGUE, "nothing"),
    "/menu/<any(location, department, job_title, badge):name>": Route("GET", READER, "nothing"),
    "/sample-data": Route("POST", EDITOR, "adds sample people to an empty directory"),
    "/count-below": Route("GET", READER, "nothing"),
    "/org": Route("GET", READER, "nothing (it may mend the index)"),
    "/org/<id:employee_id>": Route("GET", READER, "nothing (it may mend the index)"),
    "/add-reports": Route("GET POST", EDITOR, "POST gives people another manager"),
    "/add-reports/<id:employee_id>": Route("GET POST", EDITOR, "POST gives people another manager"),
    "/org-svg": Route("GET", READER, "nothing (it may mend the index)"),
    "/org-svg/<id:employee_id>": Route("GET", READER, "nothing (it may mend the index)"),
    "/org/issues": Route("GET", EDITOR, "nothing"),
    "/insights": Route("GET", READER, "nothing"),
    "/photos/<path:key>": Route("GET", READER, "nothing"),
    "/static/<digest>/<name>": Route("GET", PROBES, "nothing"),
    "/favicon.ico": Route("GET", PROBES, "nothing"),
    "/healthz": Route("GET", PROBES, "nothing"),
    "/readyz": Route("GET", PROBES, "nothing"),
    "/monitor": Route("GET", PROBES, "nothing"),
    "/info": Route("GET", READER, "nothing"),
    "/info/stress_cpu/<seconds>": Route("GET POST", ADMIN, "POST makes this machine busy"),
    "/info/stress_cpu": Route("POST", ADMIN, "makes this machine busy"),
    "/info/stress_stop": Route("POST", ADMIN, "stops the load of a machine"),
    "/doctor": Route("GET", ADMIN, "nothing (it puts and removes a small file among photos)"),
    "/audit": Route("GET", EDITOR, "nothing"),
    "/audit.csv": Route("GET", EDITOR, "nothing"),
    "/import": Route("GET POST", EDITOR, "POST keeps a file, to be compared"),
    "/import/template.<any(csv, xlsx):ending>": Route("GET", EDITOR, "nothing"),
    "/import/<job_id>": Route("GET", EDITOR, "nothing"),
    "/import/<job_id>/refused.csv": Route("GET", EDITOR, "nothing"),
    "/import/<job_id>/columns": Route("POST", EDITOR, "reads a file again, with other columns"),
    "/import/<job_id>/duplicates": Route("POST", EDITOR, "reads a file again, with duplicates"),
    "/import/<job_id>/absent.csv": Route("GET", EDITOR, "nothing"),
    "/import/<job_id>/progress": Route("GET", EDITOR, "nothing"),
    "/import/<job_id>/go": Route("POST", EDITOR, "adds and changes people as planned"),
    "/import/<job_id>/stop": Route("POST", EDITOR, "stops an import"),
    "/import/<job_id>/undo": Route("GET POST", EDITOR, "POST takes an import back"),
    "/import/<job_id>/forget": Route("POST", EDITOR, "removes a file that changed nobody"),
    "/sign-in": Route("GET", PUBLIC, "nothing"),
    "/sign-in/with/<key>": Route("GET", PUBLIC, "nothing (a sign-in begins at a provider)"),
    "/sign-in/back": Route("GET", PUBLIC, "begins a session of who comes back from a provider"),
    "/sign-in/ended": Route("POST", PUBLIC, "ends the sessions that a provider's token names"),
    "/sign-in/password": Route("POST", PUBLIC, "begins a session, or counts a wrong password"),
    "/sign-out": Route("GET POST", PUBLIC, "POST ends the session of this browser"),
    "/setup": Route("GET POST", PUBLIC, "POST with the code makes the first administrator"),
    "/setup/<code>": Route("GET POST", PUBLIC, "POST with the code makes the first administrator"),
    "/invite/<code>": Route("GET POST", PUBLIC, "POST with the code sets a password, once"),
    "/me": Route("GET", SIGNED_IN, "nothing"),
    "/me/password": Route("POST", SIGNED_IN, "changes one's password, or counts a wrong one"),
    "/me/sign-out-others": Route("POST", SIGNED_IN, "ends one's other sessions"),
}

# There only if a setting says so.
OPTIONAL_ROUTES = {
    "/metrics": Route("GET", "who has the token, or asks from a network that is named", "nothing"),
}
