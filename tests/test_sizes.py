"""Functions and modules stay small; see CONTRIBUTING.md."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_APP = Path(__file__).parents[1] / "app"
MAX_FUNCTION_LINES = 40
MAX_P90_FUNCTION_LINES = 16
MAX_MODULE_LINES = 250


class Function(NamedTuple):
    lines: int
    name: str


@lru_cache(maxsize=1)
def sources() -> dict[str, str]:
    return {str(path.relative_to(_APP)): path.read_text("utf-8") for path in _APP.rglob("*.py")}


def functions() -> list[Function]:
    """Every function of app/, from its ``def`` to its last line: decorators do not count."""
    return [
        Function((node.end_lineno or 0) - node.lineno + 1, f"{path}: {node.name}")
        for path, source in sources().items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_function_is_long() -> None:
    found = functions()
    assert len(found) > 1_000
    assert [each for each in found if each.lines > MAX_FUNCTION_LINES] == []


def test_nine_functions_in_ten_are_short() -> None:
    lengths = sorted(each.lines for each in functions())
    assert lengths[len(lengths) * 9 // 10] <= MAX_P90_FUNCTION_LINES


def test_no_module_is_long() -> None:
    lines = {path: source.count("\n") for path, source in sources().items()}
    assert {path: n for path, n in lines.items() if n > MAX_MODULE_LINES} == {}
