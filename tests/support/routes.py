"""Every address of the application, who may use it, and what it may change.

A route that is not declared here fails the tests: whoever adds one says what it is for.
"""

from __future__ import annotations

from typing import NamedTuple


class Route(NamedTuple):
    """One rule: its methods (HEAD and OPTIONS come by themselves), who may use it, its effect."""

    methods: str
    who: str
    changes: str


EVERYONE = "everyone who reaches the machine"
PROBES = "load balancers and monitors"

ROUTES = {
    "/": Route("GET", EVERYONE, "nothing"),
    "/add": Route("GET POST", EVERYONE, "POST adds one person"),
    "/employee/<id:employee_id>": Route("GET", EVERYONE, "nothing (it may mend the index)"),
    "/edit/<id:employee_id>": Route("GET POST", EVERYONE, "POST changes one person"),
    "/delete/<id:employee_id>": Route("GET POST", EVERYONE, "POST deletes one person"),
    "/employee": Route("GET", EVERYONE, "nothing (it may mend the index)"),
    "/edit": Route("GET POST", EVERYONE, "POST changes one person"),
    "/delete": Route("GET POST", EVERYONE, "POST deletes one person"),
    "/vcard": Route("GET", EVERYONE, "nothing"),
    "/export.<any(csv, xlsx, jsonl, vcf):ending>": Route("GET", EVERYONE, "nothing"),
    "/vcard/<id:employee_id>": Route("GET", EVERYONE, "nothing"),
    "/menu/<any(location, department, job_title, badge):name>": Route("GET", EVERYONE, "nothing"),
    "/sample-data": Route("POST", EVERYONE, "adds sample people to an empty directory"),
    "/insights": Route("GET", EVERYONE, "nothing"),
    "/photos/<path:key>": Route("GET", EVERYONE, "nothing"),
    "/static/<digest>/<name>": Route("GET", EVERYONE, "nothing"),
    "/favicon.ico": Route("GET", EVERYONE, "nothing"),
    "/healthz": Route("GET", PROBES, "nothing"),
    "/readyz": Route("GET", PROBES, "nothing"),
    "/monitor": Route("GET", PROBES, "nothing"),
    "/info": Route("GET", EVERYONE, "nothing"),
    "/info/stress_cpu/<seconds>": Route("GET POST", EVERYONE, "POST makes this machine busy"),
    "/info/stress_cpu": Route("POST", EVERYONE, "makes this machine busy"),
    "/info/stress_stop": Route("POST", EVERYONE, "stops the load of a machine"),
    "/doctor": Route("GET", EVERYONE, "nothing (it puts and removes a small file among photos)"),
    "/import": Route("GET POST", EVERYONE, "POST keeps a file, to be compared"),
    "/import/template.<any(csv, xlsx):ending>": Route("GET", EVERYONE, "nothing"),
    "/import/<job_id>": Route("GET", EVERYONE, "nothing"),
    "/import/<job_id>/refused.csv": Route("GET", EVERYONE, "nothing"),
    "/import/<job_id>/columns": Route("POST", EVERYONE, "reads a file again, with other columns"),
    "/import/<job_id>/duplicates": Route("POST", EVERYONE, "reads a file again, with duplicates"),
    "/import/<job_id>/absent.csv": Route("GET", EVERYONE, "nothing"),
    "/import/<job_id>/progress": Route("GET", EVERYONE, "nothing"),
    "/import/<job_id>/go": Route("POST", EVERYONE, "adds and changes people as planned"),
    "/import/<job_id>/stop": Route("POST", EVERYONE, "stops an import"),
    "/import/<job_id>/undo": Route("GET POST", EVERYONE, "POST takes an import back"),
    "/import/<job_id>/forget": Route("POST", EVERYONE, "removes a file that changed nobody"),
}
