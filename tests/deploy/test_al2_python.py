"""Amazon Linux 2 gets its Python by uv, which pip fetches; both are stood in for here."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.machines.archives import ROOT

pytestmark = pytest.mark.slow

INSTALL = ROOT / "deploy" / "install"

# Does as uv does with `python install --no-bin --install-dir FOLDER 3.13`.
UV = """\
#!/bin/bash
[[ "$1 $2 $3 $4 $6" == "python install --no-bin --install-dir 3.13" ]] || exit 1
mkdir -p "$5/cpython-3.13.9-linux-x86_64-gnu/bin"
printf '#!/bin/bash\\necho "Python 3.13.9"\\n' >"$5/cpython-3.13.9-linux-x86_64-gnu/bin/python3.13"
chmod +x "$5/cpython-3.13.9-linux-x86_64-gnu/bin/python3.13"
"""

# The system's Python with its pip: writes down what it is asked for, and hands out a wheel.
PYTHON3 = """\
#!/bin/bash
echo "$*" >>{asked}
case "$*" in
  "-m pip --version") ;;
  "-m pip download"*)
    while [[ $1 != --dest ]]; do shift; done
    mkdir -p "$2" && cp {wheel} "$2/" ;;
  *) exec {python} "$@" ;;
esac
"""


def provide_python(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    wheel = tmp_path / "uv-0.13.9-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
    with zipfile.ZipFile(wheel, "w") as made:
        made.writestr("uv-0.13.9.data/scripts/uv", UV)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python3").write_text(
        PYTHON3.format(asked=tmp_path / "asked", wheel=wheel, python=sys.executable)
    )
    (programs / "python3").chmod(0o755)
    script = (
        f"set -Eeuo pipefail; ROOT={tmp_path}; RELEASE={ROOT}; . {INSTALL}/al2.sh\n"
        'provide_python /nowhere; "$PYTHON" --version; provide_python /nowhere; ls "$ROOT"'
    )
    return subprocess.run(
        ["bash", "-c", script],
        env={"PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_uv_is_fetched_with_its_hash_and_installs_python_once(tmp_path):
    done = provide_python(tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Python 3.13.9\n")
    assert "\nuv\n" not in done.stdout, "what fetched it is left behind"
    downloads = [
        line for line in (tmp_path / "asked").read_text().splitlines() if "download" in line
    ]
    assert len(downloads) == 1
    assert "--require-hashes --only-binary :all:" in downloads[0]
    assert downloads[0].endswith(f"--requirement {ROOT}/deploy/uv.lock")
