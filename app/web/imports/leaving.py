"""The panel of a preview about who leaves: those who are not in the file, and a large share."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.contracts.import_jobs import Job, Phase
from app.imports.choices import last_day_value, percent_value
from app.imports.importer import Importer
from app.imports.planning.lines import Line
from app.imports.running.share import leaving, share_of
from app.text.plurals import count_people

MAX_FACES = 8


class Face(NamedTuple):
    """Somebody who is not in the file."""

    id: str
    name: str
    photo_key: str


class LeavingPanel(NamedTuple):
    """What a preview says of who leaves, and asks.

    ``absent`` is a sentence about those who are not in the file, "" if all are; ``faces`` are the
    first of them. ``question`` asks to confirm a ``share`` in percent, "" where it is small;
    ``always_asks`` says that those who leave by their rows are many, without the others.
    """

    absent: str
    number: int
    faces: Sequence[Face]
    marks_left: bool
    last_day: str
    question: str
    always_asks: bool
    share: int
    limit: int


def leaving_panel(importer: Importer, job: Job, args: Mapping[str, str]) -> LeavingPanel | None:
    """Return the panel of a job that is READY; None if nobody leaves, or may have left."""
    if job.phase is not Phase.READY or not (job.absent or job.planned.left):
        return None
    number = leaving(job) - job.departing + job.absent
    share = share_of(number, job)
    is_large = number > 0 and share > job.choices.max_left
    if not (job.absent or is_large):
        return None
    verb = "is" if job.absent == 1 else "are"
    question = f"Yes, mark {number:,} of {count_people(job.people)} as left ({share} %)"
    return LeavingPanel(
        f"{job.absent:,} of your people {verb} not in this file" if job.absent else "",
        job.absent,
        [_face(line) for line in importer.absent(job, 0, MAX_FACES)] if job.absent else (),
        marks_left=args.get("absent", "left" if job.choices.mark_left else "") == "left",
        last_day=args.get("last_day", job.choices.last_day)[:20],
        question=question if is_large else "",
        always_asks=share_of(number - job.absent, job) > job.choices.max_left,
        share=share,
        limit=job.choices.max_left,
    )


def leaving_from(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the choices about who leaves in a sent form, as fields of Choices.

    Raises ImportNotPossible for a day or a share that is none.
    """
    chosen: dict[str, Any] = {}
    if "absent" in form:
        marks_left = form["absent"] == "left"
        typed = form.get("last_day", "") if marks_left else ""
        chosen |= {"mark_left": marks_left, "last_day": last_day_value(typed)}
    if "confirm_left" in form:
        chosen["max_left"] = percent_value(form["confirm_left"])
    return chosen


def _face(line: Line) -> Face:
    key = line.old.get("photo_key", "")
    return Face(line.id, line.name, key if isinstance(key, str) else "")
