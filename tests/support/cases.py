"""Files as people have them, planned and imported into a fresh store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job, Phase
from app.imports.planning.lines import ADDED, Line
from app.model.employee import Employee
from app.model.fields import CONTENT_FIELDS
from tests.support.import_desk import Desk
from tests.support.workbooks import WORKBOOKS

FILES = Path(__file__).parents[1] / "cases" / "files"
NO_VALUES: Mapping[str, str] = {}
# A value of a field: text, or badge keys.
Person = dict[str, object]


@dataclass(frozen=True)
class Plan:
    """What an import would do, or has done, with each row of a file."""

    job: Job
    lines: list[Line]

    @property
    def people(self) -> list[Person]:
        """The values of each person to be added, in the order of the file, but for the manager."""
        added = [dict(line.new) for line in self.lines if line.outcome == ADDED]
        return [{name: one[name] for name in one if name != "manager"} for one in added]

    @property
    def managers(self) -> dict[str, str]:
        """The name of each person to be added who gets a manager, and that of the manager."""
        names = {line.id: line.name for line in self.lines}
        return {
            line.name: names[str(line.new["manager"])]
            for line in self.lines
            if line.outcome == ADDED and line.new.get("manager")
        }

    @property
    def ids(self) -> list[str]:
        """The id of each person to be added."""
        return [line.id for line in self.lines if line.outcome == ADDED]

    @property
    def outcomes(self) -> list[str]:
        """The outcome of each row."""
        return [line.outcome for line in self.lines]

    @property
    def problems(self) -> list[str]:
        """What each row is told that is not imported: its heading, and what to do."""
        return [
            "; ".join(problem.text for problem in line.problems)
            for line in self.lines
            if line.problems
        ]


class Cases:
    """The files of tests/cases/files, and a store that is empty at first."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def plan(self, name: str, values: Mapping[str, str] = NO_VALUES) -> Plan:
        """Plan the import of a file; ``values`` are given once for everyone who has none."""
        choices = Choices(defaults=tuple(values.items()))
        received = self.desk.take_in(content(name), go=False, name=name, choices=choices)
        job = self.desk.work(received)
        assert job.phase is Phase.READY, job.error
        return Plan(job, self.desk.lines(job))

    def error(self, name: str) -> str:
        """Return the sentence with which a file is refused."""
        job = self.desk.work(self.desk.take_in(content(name), go=False, name=name))
        assert job.phase is Phase.FAILED
        return job.error

    def run(self, name: str) -> Plan:
        """Import a file: everyone whom the plan adds is stored as planned, and all may leave."""
        plan = self.plan(name)
        self.desk.importer.resume(plan.job.id, leaving={"max_left": 100})
        job = self.desk.work(plan.job)
        assert job.phase is Phase.APPLIED, job.error
        lines = self.desk.lines(job)
        assert [line.outcome for line in lines] == plan.outcomes
        for line in lines:
            if line.outcome == ADDED:
                assert values_of(self.desk.store.get(line.id)) == line.new
        return Plan(job, lines)

    def expect(self, name: str, *people: Person) -> Plan:
        """Import a file that adds exactly these people, with these values and no others."""
        plan = self.plan(name)
        assert plan.people == list(people)
        return self.run(name)

    def stored(self) -> list[Person]:
        """The values of everyone who is stored, by name, with their ids."""
        people = (one for batch in self.desk.store.iter_batches() for one in batch.people)
        found = [{"id": one.id, **values_of(one)} for one in people]
        return sorted(found, key=lambda person: str(person["full_name"]))


def content(name: str) -> bytes:
    """Return the content of a file of tests/cases/files, or of a workbook that is made."""
    return WORKBOOKS[name]() if name in WORKBOOKS else (FILES / name).read_bytes()


def values_of(employee: Employee) -> Person:
    """Return the fields of an employee that are not empty."""
    values = {name: getattr(employee, name) for name in CONTENT_FIELDS}
    return {name: value for name, value in values.items() if value}
