"""A module of Terraform with its variables given: the resources that a plan would have."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from lark import Token, Tree

from tests.support.terraform.expressions import Known, Scope, children, evaluate

# Terraform's own, the same for every resource.
META = ("count", "for_each", "depends_on", "lifecycle")


@cache
def parsed(path: Path) -> Tree[Token]:
    import hcl2  # half a second, which a quick run does not spend

    tree: Tree[Token] = hcl2.parses_to_tree(path.read_text())
    return tree


class Block:
    """A block with its kind and labels, its attributes as expressions, and the blocks in it."""

    def __init__(self, tree: Tree[Token]) -> None:
        *head, body = children(tree)
        self.kind, *self.labels = (_label(one) for one in head)
        self.attributes, self.blocks = _inside(body)


def _label(tree: Tree[Token]) -> str:
    part = tree.children[1] if tree.data == "string" else tree
    assert isinstance(part, Tree)
    return str(part.children[0])


def _inside(body: Tree[Token]) -> tuple[dict[str, Tree[Token]], list[Block]]:
    pairs = (children(one) for one in children(body, "attribute"))
    attributes = {str(name.children[0]): value for name, value in pairs}
    return attributes, [Block(one) for one in children(body, "block")]


class _Locals:
    """``local``: each evaluated when it is asked for, whatever the order in the files."""

    def __init__(self, expressions: Mapping[str, Tree[Token]]) -> None:
        self._expressions, self._found = expressions, dict[str, Any]()
        self.scope = Scope({}, {}, "")

    def attribute(self, name: str) -> Any:
        if name not in self._found:
            self._found[name] = evaluate(self._expressions[name], self.scope)
        return self._found[name]


class Module:
    """``given`` are answers of data sources, by address; variables left out have their defaults."""

    def __init__(self, folder: Path, given: Mapping[str, Any], **variables: Any) -> None:
        self.files = sorted(folder.glob("*.tf"))
        blocks = [one for path in self.files for one in _inside(children(parsed(path))[0])[1]]
        self.variables = {one.labels[0]: one for one in blocks if one.kind == "variable"}
        self.outputs_declared = {one.labels[0]: one for one in blocks if one.kind == "output"}
        self._resources = [one for one in blocks if one.kind == "resource"]
        self._data = [one for one in blocks if one.kind == "data"]
        lazy = _Locals(
            {k: v for one in blocks if one.kind == "locals" for k, v in one.attributes.items()}
        )
        nothing = Scope({}, {}, str(folder))
        defaults = {
            name: evaluate(one.attributes["default"], nothing)
            for name, one in self.variables.items()
            if "default" in one.attributes
        }
        assert variables.keys() <= self.variables.keys(), "no variables of the module"
        self.scope = Scope({"var": defaults | variables}, given, str(folder), lazy)
        lazy.scope = self.scope

    def refusals(self) -> list[str]:
        """What validations and preconditions say of the variables."""
        checks = [(self.scope, check) for one in self.variables.values() for check in one.blocks]
        for resource in self._resources:
            for lifecycle in (one for one in resource.blocks if one.kind == "lifecycle"):
                checks += [(self.scope, one) for one in lifecycle.blocks]
        return [
            evaluate(check.attributes["error_message"], scope)
            for scope, check in checks
            if not evaluate(check.attributes["condition"], scope)
        ]

    def resources(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Every resource that is made, by its type and name; what is null is left out."""
        return {
            (one.labels[0], one.labels[1] + _key(scope)): _filled_in(one, scope)
            for one in self._resources
            for scope in self._instances(one)
        }

    def declared(self) -> list[Block]:
        """Every resource and data source, made or not."""
        return [*self._resources, *self._data]

    def data(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {
            (one.labels[0], one.labels[1]): _filled_in(one, scope)
            for one in self._data
            for scope in self._instances(one)
        }

    def outputs(self) -> dict[str, Any]:
        return {
            name: plain(evaluate(one.attributes["value"], self.scope))
            for name, one in self.outputs_declared.items()
        }

    def _instances(self, block: Block) -> Iterator[Scope]:
        if "count" in block.attributes:
            yield from [self.scope] * evaluate(block.attributes["count"], self.scope)
        elif "for_each" in block.attributes:
            for key, value in evaluate(block.attributes["for_each"], self.scope).items():
                yield self.scope.with_names(each={"key": key, "value": value})
        else:
            yield self.scope


def _key(scope: Scope) -> str:
    return f'["{scope.names["each"]["key"]}"]' if "each" in scope.names else ""


def _filled_in(block: Block, scope: Scope) -> dict[str, Any]:
    """The attributes, and a list of what each kind of block in it has."""
    found = {
        name: plain(evaluate(value, scope))
        for name, value in block.attributes.items()
        if name not in META
    }
    for inner in block.blocks:
        if inner.kind == "dynamic":
            (content,) = inner.blocks
            members = evaluate(inner.attributes["for_each"], scope)
            pairs = members.items() if isinstance(members, dict) else enumerate(members)
            for key, value in pairs:
                names = {inner.labels[0]: {"key": key, "value": value}}
                filled_in = _filled_in(content, scope.with_names(**names))
                found.setdefault(inner.labels[0], []).append(filled_in)
        elif inner.kind not in META:
            found.setdefault(inner.kind, []).append(_filled_in(inner, scope))
    return {name: value for name, value in found.items() if value is not None}


def plain(value: Any) -> Any:
    """With the addresses of what only AWS knows as texts."""
    if isinstance(value, Known):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value
