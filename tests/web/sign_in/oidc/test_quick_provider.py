"""A whole sign-in at a provider that somebody else wrote, after another reading of the standard."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.support.servers.live_app import LiveApp
from tests.support.servers.quick_provider import running_quick_provider
from tests.support.servers.server_process import HOST, free_port

pytestmark = pytest.mark.slow


def test_ana_signs_in(tmp_path: Path) -> None:
    port = free_port()
    with running_quick_provider(tmp_path, f"http://{HOST}:{port}") as provider:
        instance = str(tmp_path / "instance")
        settings = {"INSTANCE_FOLDER": instance, "ACCESS": "sign-in", **provider}
        app = LiveApp(settings, log=tmp_path / "app.log", port=port)
        app.start()
        try:
            browser = requests.Session()
            form = browser.get(f"{app.url}/sign-in/with/oidc?next=/me", timeout=20)
            page = browser.post(form.url, data={"sub": "ana"}, timeout=20)
        finally:
            app.kill()
    assert (page.status_code, page.url) == (200, f"{app.url}/me")
    assert "Ana Ruiz" in page.text
