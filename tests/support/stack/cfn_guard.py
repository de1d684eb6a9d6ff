"""cfn-guard and the rules of AWS Control Tower, both in a package of AWS's in the npm registry."""

import json
import platform
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.needs import do_without
from tests.support.npm_packages import fetched

PURPOSE = "cfn-guard, which judges stacks by the rules of AWS Control Tower"
PACKAGE = "@cdklabs/cdk-validator-cfnguard@0.0.62"
SHA512 = "Sg2k8067B0AIJ82QFSLhHTUIqxOYTKABvVrTHiyc6j0rE2NHli2diIYqf+w+DkuDKCYYgMIOga3OrYMOHUw0mQ=="
SYSTEMS = {"linux": "ubuntu", "darwin": "macos"}
PROCESSORS = {"x86_64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


def rules_broken(stacks: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[str, set[str]]:
    """For each stack, by its name, the rules that its resources do not keep."""
    program, rules = _unpacked(folder)
    data = folder / "stacks"
    data.mkdir()
    for name, resources in stacks.items():
        (data / f"{name}.json").write_text(json.dumps({"Resources": resources}))
    judge = [str(program), "validate", "--rules", str(rules), "--data", str(data)]
    done = subprocess.run(
        [*judge, "--structured", "--output-format", "json", "--show-summary", "none"],
        capture_output=True,
        text=True,
        check=False,  # 19 where a rule is broken
        timeout=60,
    )
    assert done.stdout, done.stderr
    return {
        Path(one["name"]).stem: {broken["Rule"]["name"] for broken in one["not_compliant"]}
        for one in json.loads(done.stdout)
    }


def _unpacked(folder: Path) -> tuple[Path, Path]:
    """The program, and the folder of the rules."""
    system, processor = SYSTEMS.get(sys.platform), PROCESSORS.get(platform.machine())
    if system is None or processor is None:
        do_without("Linux or macOS on x86-64 or ARM", PURPOSE)
    with tarfile.open(fetched(PACKAGE, SHA512, PURPOSE)) as archive:
        archive.extractall(folder, filter="data")
    program = folder / "package" / "bin" / system / processor / "cfn-guard"
    program.chmod(0o755)
    return program, folder / "package" / "rules" / "control-tower" / "cfn-guard"
