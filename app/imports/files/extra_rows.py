"""Recognize rows of a report that are about nobody: totals, rules and remarks at its end."""

import re
from collections.abc import Sequence

# Rows with more filled cells are those of people; tables with fewer columns have no such rows.
_MAX_FILLED = 2
_MIN_COLUMNS = 3
_TOTALS = (
    r"(?:(?:grand|sub|overall)[ -]?)?(?:totals?|sum|count|headcount|records?|rows|employees|people|"
    r"users|members|summe|gesamt(?:summe|zahl)?|anzahl|somme|nombre|suma|recuento)"
)
_OF = r"(?: (?:of|number of|no\. of|de|der|des)(?: [\w]+){1,3})?"
_NOUN = r"(?:[ -](?:records?|rows?|employees?|people|users|count|headcount|workers|staff|members))?"
_REMARK = re.compile(
    rf"(?:{_TOTALS}{_OF}{_NOUN}\s*(?:[:=]\s*[\d.,' ]*|[\d.,' ]+)"
    rf"|(?:(?:grand|sub|overall)[ -]?)?totals?{_OF}{_NOUN}"
    r"|\(?[\d.,]+ (?:rows?|records?|employees?|people|users|workers|members)\b.*"
    r"|[-*= ]*end of (?:the )?(?:report|list|file|data|table|export)\b.*"
    r"|(?:page|seite|página) \d+.*"
    r"|(?:report )?(?:generated|printed|exported|created|prepared|downloaded|run|erstellt) "
    r"(?:by|on|at|from|date|time|am|von|für|:).*"
    r"|(?:strictly |company |internal and )*confidential\b.*|for internal use\b.*"
    r"|(?:effective )?as of [\d\w].*|report (?:date|run|time|name|parameters)\b.*"
    r"|(?:copyright|©|\(c\)).*|filters?(?: applied)?\s*:.*|(?:source|notes?|disclaimer)\s*:.*)",
    re.IGNORECASE | re.DOTALL,
)
_RULES = ("---", "===", "___", ":--")
_RULE = re.compile(r"[-=_*~+|.:# ]{3,}")
_NUMBER = re.compile(r"[\d.,' ]+")


def is_about_nobody(cells: Sequence[str], columns: int) -> bool:
    """Return whether a row of a table with this many columns is a total, a rule or a remark."""
    if not cells:
        return False
    first = cells[0] or (cells[1] if len(cells) > 1 else "")  # rows may begin with a bar
    if first.lstrip().startswith(_RULES) and _are_rules(cells):
        return True
    if columns < _MIN_COLUMNS or len(cells) - cells.count("") > _MAX_FILLED:  # nearly every row
        return False
    filled = [text for cell in cells if (text := cell.strip())]
    if not filled or not all(_NUMBER.fullmatch(text) for text in filled[1:]):
        return False
    return bool(_REMARK.fullmatch(filled[0]) or _RULE.fullmatch(filled[0]))


def _are_rules(cells: Sequence[str]) -> bool:
    return all(not cell.strip() or _RULE.fullmatch(cell.strip()) for cell in cells)
