"""What Terraform's provider for AWS knows: the arguments and blocks of the resources that we use.

The provider cannot be fetched everywhere, so what it knows of our resources is kept in
aws_provider.json. It was read from the provider's classes in a package of PyPI. After the module
has got a resource or a block that is not in it, read it again, with the package unpacked:

    pip download --no-deps cdktf-cdktf-provider-aws==21.22.1
    unzip cdktf_cdktf_provider_aws-*.whl '*.tgz' && tar xzf cdktf_cdktf_provider_aws/_jsii/*.tgz
    python -m tests.support.terraform.provider package
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.support.stack.template import DEPLOY
from tests.support.terraform.module import META, Block, Module

KNOWLEDGE = Path(__file__).with_name("aws_provider.json")
_ENTRY = re.compile(r"(\w+): \{\s*value: (.*?),\s*isBlock: (true|false),", re.DOTALL)


def complaints(block: Block, known: dict[str, Any], where: str) -> list[str]:
    """Arguments and blocks that the provider does not know, and those that it misses."""
    given = [name for name in block.attributes if name not in META]
    inner = [one for one in block.blocks if one.kind not in META]
    kinds = [one.labels[0] if one.kind == "dynamic" else one.kind for one in inner]
    found = [f"{where} has no {name}" for name in given if name not in known["arguments"]]
    found += [f"{where} has no block {kind}" for kind in kinds if kind not in known["blocks"]]
    needed = {name for name, need in known["arguments"].items() if need == "required"}
    missing = needed - {*given, *kinds}
    found += [f"{where} needs {name}" for name in sorted(missing)]
    for one, kind in zip(inner, kinds, strict=True):
        content = one.blocks[0] if one.kind == "dynamic" else one
        if known["blocks"].get(kind):
            found += complaints(content, known["blocks"][kind], f"{where}.{kind}")
    return found


def knowledge() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(KNOWLEDGE.read_text())
    return found


class _Class:
    """One resource of the provider in the package: its program and its types."""

    def __init__(self, package: Path, block: Block) -> None:
        name = block.labels[0].removeprefix("aws_")
        folder = ("data-aws-" if block.kind == "data" else "") + name.replace("_", "-")
        self._program = (package / "lib" / folder / "index.js").read_text()
        self._types = (package / "lib" / folder / "index.d.ts").read_text()

    def knows(self, block: Block) -> dict[str, Any]:
        """Everything of the resource itself, and of the blocks in it those that are used."""
        start = self._program.index("extends cdktf.Terraform")
        main = self._program[start:]
        body = main[main.index("synthesizeHclAttributes()") :]
        (config,) = re.findall(r"export interface (\w+Config) extends", self._types)
        found = self._of(body, config, block)
        readable = re.findall(r"""\.get\w+Attribute\(['"](\w+)['"]\)""", main)
        found["readable"] = sorted({*readable, *found["arguments"], "id"})
        return found

    def _of(self, body: str, interface: str, block: Block) -> dict[str, Any]:
        body = body[: body.index("};")]
        needs = self._needs(interface)
        used = _with_contents(block)
        arguments: dict[str, str] = {}
        blocks: dict[str, Any] = {}
        for name, value, is_block in _ENTRY.findall(body):
            if is_block == "true":
                inside = [content for kind, content in used if kind == name]
                blocks[name] = self._inner(value, inside) if inside else None
            if is_block == "false" or needs.get(_camel(name)):
                arguments[name] = "required" if needs.get(_camel(name)) else "optional"
        return {"arguments": arguments, "blocks": blocks}

    def _inner(self, value: str, contents: list[Block]) -> dict[str, Any]:
        (function,) = re.findall(r"(\w+)ToHclTerraform\b", value)[:1]
        body = self._program.split(f"function {function}ToHclTerraform(struct)", 1)[1]
        merged: dict[str, Any] = {"arguments": {}, "blocks": {}}
        for content in contents:
            one = self._of(body, function[0].upper() + function[1:], content)
            merged["arguments"] |= one["arguments"]
            known = {name: inner for name, inner in one["blocks"].items() if inner}
            merged["blocks"] = {**one["blocks"], **merged["blocks"], **known}
        return merged

    def _needs(self, interface: str) -> dict[str, bool]:
        body = re.split(rf"export interface {interface}\b", self._types, maxsplit=1)[1]
        body = body[: body.index("\n}")]
        return {name: not optional for name, optional in re.findall(r"readonly (\w+)(\?)?:", body)}


def _with_contents(block: Block) -> list[tuple[str, Block]]:
    return [
        (one.labels[0], one.blocks[0]) if one.kind == "dynamic" else (one.kind, one)
        for one in block.blocks
    ]


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def main(package: Path) -> None:
    """Write aws_provider.json anew, for what the module uses."""
    version = re.search(r"provider version ([\d.]+)", (package / "README.md").read_text())
    assert version
    known: dict[str, Any] = {"provider": version[1], "resource": {}, "data": {}}
    for block in Module(DEPLOY / "terraform", {}).declared():
        if block.labels[0].startswith("aws_"):
            kind = known[block.kind].setdefault(block.labels[0], {})
            _merge(kind, _Class(package, block).knows(block))
    KNOWLEDGE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    """What one use of a resource showed, added to what others did."""
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        elif value is not None or name not in into:
            into[name] = value


if __name__ == "__main__":
    main(Path(sys.argv[1]))
