"""Expressions of HCL, evaluated as Terraform would: the part of the language that our module uses.

What is not known here raises, so that nothing is compared by half.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from lark import Token, Tree

from tests.support.terraform.functions import FUNCTIONS

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


class Known:
    """An attribute that only AWS knows: its address in braces stands for it.

    ``given`` has what the tests say that AWS answered to a data source.
    """

    def __init__(self, address: str, given: Mapping[str, Any]) -> None:
        self.address, self._given = address, given

    def attribute(self, name: str) -> Any:
        address = f"{self.address}.{name}"
        return self._given.get(address, Known(address, self._given))

    def __str__(self) -> str:
        return "{" + self.address + "}"


class Scope:
    """Names that stand for something, and ``local``, which is evaluated when it is asked for."""

    def __init__(
        self, names: Mapping[str, Any], given: Mapping[str, Any], folder: str, lazy: Any = None
    ) -> None:
        self.names, self.given, self.folder, self._lazy = names, given, folder, lazy

    def with_names(self, **more: Any) -> "Scope":
        return Scope({**self.names, **more}, self.given, self.folder, self._lazy)

    def find(self, name: str) -> Any:
        if name in self.names:
            return self.names[name]
        if name == "path":
            return {"module": self.folder}
        if name == "local":
            return self._lazy
        assert name == "data" or name.startswith("aws_"), f"nothing is called {name}"
        return Known(name, self.given)


def children(tree: Tree[Token], *kinds: str) -> list[Tree[Token]]:
    """The subtrees, without what only lays out the text."""
    found = [one for one in tree.children if isinstance(one, Tree)]
    return [
        one
        for one in found
        if one.data != "new_line_or_comment" and (not kinds or one.data in kinds)
    ]


def evaluate(tree: Tree[Token], scope: Scope) -> Any:
    rule = _RULES.get(tree.data)
    assert rule, f"{tree.data} is not known to these tests: {tree}"
    return rule(tree, scope)


def text_of(value: Any) -> str:
    """As in a template: true and numbers spelt as Terraform does."""
    if isinstance(value, bool):
        return str(value).lower()
    assert isinstance(value, str | int | float | Known), f"not a text: {value!r}"
    return str(value)


def _inner(tree: Tree[Token], scope: Scope) -> Any:
    (only,) = children(tree)
    return evaluate(only, scope)


def _conditional(tree: Tree[Token], scope: Scope) -> Any:
    condition, yes, no = children(tree)
    decided = evaluate(condition, scope)
    assert isinstance(decided, bool), condition
    return evaluate(yes if decided else no, scope)


def _binary(tree: Tree[Token], scope: Scope) -> Any:
    left, term = children(tree)
    sign, right = children(term)
    (token,) = sign.children
    first = evaluate(left, scope)
    if token in ("&&", "||"):
        return first if first is (token == "||") else evaluate(right, scope)
    return _OPERATORS[str(token)](first, evaluate(right, scope))


def _unary(tree: Tree[Token], scope: Scope) -> Any:
    sign = str(tree.children[0])
    value = _inner(tree, scope)
    return (not value) if sign == "!" else -value


def _string(tree: Tree[Token], scope: Scope) -> Any:
    parts = [_part(one.children[0], scope) for one in children(tree, "string_part")]
    return parts[0] if len(parts) == 1 else "".join(map(text_of, parts))


def _part(part: Any, scope: Scope) -> Any:
    if isinstance(part, Tree):
        return _inner(part, scope)
    if part.type == "ESCAPED_INTERPOLATION":
        return part[1:]
    pieces = iter(str(part))
    return "".join(_ESCAPES[next(pieces)] if one == "\\" else one for one in pieces)


def _object(tree: Tree[Token], scope: Scope) -> dict[str, Any]:
    found = {}
    for element in children(tree, "object_elem"):
        key, value = children(element)
        (name,) = children(key)
        word = _word(name)
        found[word if word is not None else evaluate(name, scope)] = evaluate(value, scope)
    return found


def _word(tree: Tree[Token]) -> str | None:
    """The name, where an expression is nothing but a bare one."""
    if tree.data == "identifier":
        return str(tree.children[0])
    inner = children(tree)
    return _word(inner[0]) if tree.data == "expr_term" and len(inner) == 1 else None


def _identifier(tree: Tree[Token], scope: Scope) -> Any:
    return scope.find(str(tree.children[0]))


def _attribute(tree: Tree[Token], scope: Scope) -> Any:
    of, step = children(tree)
    value, name = evaluate(of, scope), str(children(step)[0].children[0])
    return value.attribute(name) if hasattr(value, "attribute") else value[name]


def _index(tree: Tree[Token], scope: Scope) -> Any:
    of, step = children(tree)
    value, index = evaluate(of, scope), _inner(step, scope)
    return value if isinstance(value, Known) else value[index]


def _literal(tree: Tree[Token], scope: Scope) -> Any:
    return {"true": True, "false": False, "null": None}[str(tree.children[0])]


def _call(tree: Tree[Token], scope: Scope) -> Any:
    name, *rest = children(tree)
    function = str(name.children[0])
    given = children(rest[0]) if rest else []
    if function == "can":
        try:
            evaluate(given[0], scope)
        except LookupError:
            return False
        return True
    return FUNCTIONS[function](*(evaluate(one, scope) for one in given))


def _rounds(tree: Tree[Token], scope: Scope) -> list[tuple[list[Tree[Token]], Scope]]:
    """The parts of a for expression behind its introduction, for each member that it takes."""
    introduction, *parts = children(tree)
    *names, over = children(introduction)
    words = [str(name.children[0]) for name in names]
    members = evaluate(over, scope)
    pairs = members.items() if isinstance(members, dict) else enumerate(members)
    conditions = [one for one in parts if one.data == "for_cond"]
    rounds = []
    for key, value in pairs:
        inner = scope.with_names(**dict(zip(words, [key, value][-len(words) :], strict=True)))
        if all(_inner(one, inner) for one in conditions):
            rounds.append(([one for one in parts if one.data != "for_cond"], inner))
    return rounds


def _for_tuple(tree: Tree[Token], scope: Scope) -> list[Any]:
    return [evaluate(parts[0], inner) for parts, inner in _rounds(tree, scope)]


def _for_object(tree: Tree[Token], scope: Scope) -> dict[str, Any]:
    groups = any(isinstance(one, Token) and one.type == "ELLIPSIS" for one in tree.children)
    found: dict[str, Any] = {}
    for (key, value), inner in _rounds(tree, scope):
        name, member = evaluate(key, inner), evaluate(value, inner)
        if groups:
            found.setdefault(name, []).append(member)
        else:
            found[name] = member
    return found


_RULES: Mapping[str, Callable[[Tree[Token], Scope], Any]] = {
    "expr_term": _inner,
    "conditional": _conditional,
    "binary_op": _binary,
    "unary_op": _unary,
    "string": _string,
    "int_lit": lambda tree, _: int(tree.children[0]),
    "float_lit": lambda tree, _: float(tree.children[0]),
    "literal_value": _literal,
    "tuple": lambda tree, scope: [evaluate(one, scope) for one in children(tree)],
    "object": _object,
    "identifier": _identifier,
    "get_attr_expr_term": _attribute,
    "index_expr_term": _index,
    "function_call": _call,
    "for_tuple_expr": _for_tuple,
    "for_object_expr": _for_object,
}
