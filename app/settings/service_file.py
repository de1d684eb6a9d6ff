"""Lines of the service's file of settings that systemd leaves out, because a hand wrote them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

PATH = Path("/etc/employee-directory/env")
_MAX_BYTES = 1_000_000
_LINE = re.compile(
    r"\s*(?P<shell>\ufeff\s*(?:export\s)?|export\s)?\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*"
)
_ESCAPE = re.compile(r"\\([\"\\`$])")


def lines_left_out(env: Mapping[str, str], path: Path = PATH) -> dict[str, str]:
    """Return the settings of lines that begin with ``export`` or a byte order mark.

    Of a process that has the others of this file; nothing that it has is among them.
    """
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            lines = file.read(_MAX_BYTES).splitlines()
    except OSError:
        return {}
    found = [match for match in map(_LINE.fullmatch, lines) if match]
    read = {match[2]: _value(match[3]) for match in found if not match["shell"]}
    if not read or any(env.get(name) != value for name, value in read.items()):
        return {}
    return {match[2]: _value(match[3]) for match in found if match["shell"] and match[2] not in env}


def _value(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1]
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return _ESCAPE.sub(r"\1", text[1:-1])
    return re.sub(r"\\(.)", r"\1", text)
