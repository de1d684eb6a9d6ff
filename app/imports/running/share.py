"""The share of the directory that an import marks as left: beyond a limit it asks again."""

from app.contracts.import_jobs import Job
from app.text.plurals import count_people


def leaving(job: Job) -> int:
    """Return how many people the job marks as left: by their rows, and for want of one."""
    return job.planned.left - len(job.contradicted) + job.departing


def share_of(number: int, job: Job) -> int:
    """Return a number of people as a share of the directory, in percent, rounded up."""
    return -(-100 * number // job.people) if job.people else 100


def share_refusal(job: Job) -> str:
    """Return why the job must be confirmed before it marks so many people as left; "" if not."""
    number = leaving(job)
    if number <= 0 or share_of(number, job) <= job.choices.max_left:
        return ""
    return (
        f"This would mark {number:,} of {count_people(job.people)} as left, "
        f"{share_of(number, job)} % of the directory and more than {job.choices.max_left} %."
    )
