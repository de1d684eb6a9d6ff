"""What people paste around a value, and the placeholders that they leave in it."""

from __future__ import annotations

import re
from enum import Enum, auto

# A secret that is kept elsewhere; see secret_references.py.
REFERENCE = re.compile(r"\s*(ssm|secretsmanager):(\S.*?)\s*", re.DOTALL)
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_SPACES = re.compile(r"[\u00a0\u2007\u202f]")
_COMMENT = re.compile(r"\s+#.*$")
_QUOTED = re.compile(
    r"(?:\"(?P<a>[^\"]*)\"|'(?P<b>[^']*)'|[“”„](?P<c>[^“”]*)[“”]|[‘’‚](?P<d>[^‘’]*)[‘’]"
    r"|«(?P<e>[^»]*)»|`(?P<f>[^`]*)`)(?:\s+#.*)?"
)
_WHOLE = re.compile(r"<[^<>]*>")
_IN_TEXT = re.compile(r"<[^<>]*>|\{\{[^}]*\}\}|\$\{?[A-Z][A-Z0-9_]*\}?|INSERT\s.*")
_INSIDE = re.compile(
    r"<[^<>]*>|\{\{|\$\{|\$[A-Z]|\bINSERT\b|\[[^\]]*\s[^\]]*\]"
    r"|(?i:^(change|replace)[-_ ]?me$|^(todo|tbd|fixme|xxx+)$)"
)
# A name such as PROD_EMPLOYEES, your-photos or https://people.your.com may be a true one.
_CAPITALS = re.compile(r"(?:YOUR|MY)(?:_[A-Z]{2,})+|[A-Z]{2,}(?: [A-Z]{2,})+")


class Kind(Enum):
    """How much of a value is given, and so what in it can only be a placeholder."""

    PLAIN = auto()  # a name, a number, an address or a word of ours
    TEXT = auto()  # for people, or a path: it may have capitals, a number sign or the word "your"
    SECRET = auto()  # anything may be in it, so it is taken as it is


def clean(value: str, kind: Kind = Kind.PLAIN) -> str:
    """Return the value without quotes, a comment and invisible characters around it."""
    if kind is Kind.SECRET:
        return value.strip("\r\n\ufeff")
    value = _trim(_SPACES.sub(" ", value))
    if quoted := _QUOTED.fullmatch(value):
        return _trim(quoted[quoted.lastgroup or 0])
    if kind is Kind.PLAIN:
        value = _COMMENT.sub("", f" {value}").strip()
    return value


def has_placeholder(value: str, kind: Kind = Kind.PLAIN) -> bool:
    """Return whether somebody still has to fill in this value, or a part of it."""
    if kind is Kind.SECRET:
        return bool(_WHOLE.fullmatch(value.strip()))
    if kind is Kind.TEXT:
        return bool(_IN_TEXT.fullmatch(value)) or "${" in value
    return bool(_INSIDE.search(value) or _CAPITALS.fullmatch(value))


def _trim(value: str) -> str:
    before = None
    while before != value:
        before, value = value, value.strip().strip(_INVISIBLE)
    return value
