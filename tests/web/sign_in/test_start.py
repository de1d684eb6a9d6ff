"""Nothing that only a sign-in needs is loaded before somebody signs in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.balancer import SETTINGS
from tests.support.environment import isolated
from tests.support.repository import ROOT

_LOADED = """
import json, sys
from app import create_app, make_ready
app = create_app()
make_ready(app)
app.test_client().get("/")
app.test_client().get("/sign-in")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
OIDC = {
    "OIDC_ISSUER": "https://example.okta.com",
    "OIDC_CLIENT_ID": "directory",
    "OIDC_CLIENT_SECRET": "s3cr3t-of-the-client",
    "PUBLIC_ADDRESS": "https://people.example.com",
}


@pytest.mark.parametrize("settings", [OIDC, SETTINGS], ids=["provider", "balancer"])
def test_no_library_of_a_sign_in_is_loaded_at_the_start(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _LOADED],
        cwd=ROOT,
        env=isolated({"INSTANCE_FOLDER": str(tmp_path), "ACCESS": "sign-in", **settings}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    loaded = set(json.loads(ended.stdout.splitlines()[-1]))
    assert "flask" in loaded
    assert loaded.isdisjoint({"authlib", "joserfc", "jwt", "requests"})
