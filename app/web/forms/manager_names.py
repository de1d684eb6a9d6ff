"""Names of managers, for pages that know their ids."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from app.contracts import MAX_BATCH
from app.web.current import current_lines, current_viewer
from app.web.ui.display_names import display_name
from app.web.ui.html.changed_values import Row, row_of


def manager_names(employee_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of those of the ids who are here, for whoever may know of them."""
    ids = list(dict.fromkeys(filter(None, employee_ids)))  # without any, nothing is read
    names: dict[str, str] = {}
    for start in range(0, len(ids), MAX_BATCH):
        found = current_lines().names(current_viewer(), ids[start : start + MAX_BATCH])
        names |= {key: display_name(name, key) for key, name in found.items()}
    return names


def managers_in(values: Collection[Mapping[str, Any]]) -> dict[str, str]:
    """Return the names of the managers in contents of records, such as those before a change."""
    return manager_names(str(each.get("manager", "")) for each in values)


def with_name(values: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the content of a record with the name of the manager instead of the id."""
    manager = str(values.get("manager", ""))
    return {**values, "manager": names[manager]} if manager in names else values


def rows_of(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Row]:
    """Return what each of these fields was and becomes, with managers by name."""
    names = managers_in([was, now])
    before, after = with_name(was, names), with_name(now, names)
    return [row_of(name, before[name], after[name]) for name in now]
