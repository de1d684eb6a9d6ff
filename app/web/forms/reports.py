"""People who can come to report to somebody: found by name, with whom they report to now."""

from collections.abc import Collection, Mapping

from app.model.employee import Employee
from app.text.sanitizing import visible
from app.web.current import current_directory, current_viewer
from app.web.forms.managers import Option, find_managers
from app.web.ui.display_names import display_name


def find_reports(words: str, manager_id: str) -> tuple[Option, ...]:
    """Return the first of those whom a search finds, each with their manager."""
    found = [option for option in find_managers(words) if option.id != manager_id]
    known = report_options([option.id for option in found], manager_id)
    return tuple(known[option.id] for option in found if option.id in known)


def report_options(employee_ids: Collection[str], manager_id: str) -> dict[str, Option]:
    """Return those of at most MAX_BATCH ids who work here, each with whom they report to now."""
    directory, viewer = current_directory(), current_viewer()
    people = directory.get_many(viewer, employee_ids)
    above = {person.manager for person in people.values() if person.manager} - people.keys()
    managers = {**people, **directory.get_many(viewer, above)}
    if missing := above - managers.keys():
        managers |= directory.get_many(viewer, missing, left=True)
    return {key: _option(person, managers, manager_id) for key, person in people.items()}


def _option(person: Employee, managers: Mapping[str, Employee], manager_id: str) -> Option:
    line, is_fixed = "", person.manager == manager_id
    if person.manager:
        manager = managers.get(person.manager)
        name = visible(person.manager)[:100]
        if manager is not None:
            name = display_name(manager.full_name, manager.id)
        line = f"reports to {name} {'already' if is_fixed else 'now'}"
    return Option(
        person.id,
        display_name(person.full_name, person.id),
        " · ".join(filter(None, (person.job_title, person.location, line))),
        person.photo_key,
        manager=person.manager,
        version=person.version,
        is_fixed=is_fixed,
    )
