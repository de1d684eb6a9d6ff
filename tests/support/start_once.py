"""What each application computes anew at its start, computed once for those of all tests."""

from __future__ import annotations

import functools
from collections.abc import Callable

from werkzeug.routing import Rule

from app.web.http import assets


def compile_once() -> None:
    """Share what compiles routes and compresses assets: most of the time of a start went there."""
    Rule._compile_builder = _builder  # type: ignore[method-assign]
    assets.gzipped = functools.cache(assets.gzipped)


_compile = Rule._compile_builder
_known: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}


def _builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """Return what builds addresses: a function of a rule, the same for all rules of one text."""
    if rule.defaults:
        return _compile(rule, append_unknown)
    key = (rule.rule, append_unknown, *rule._trace)
    if key not in _known:
        _known[key] = _compile(rule, append_unknown)
    return _known[key]
