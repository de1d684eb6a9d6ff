"""axe, asked of a page: nothing that it knows may be wrong, and no page scrolls sideways."""

from __future__ import annotations

import json

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# A theme changes the colours and nothing else; a narrow window, how large things are.
VIEWS = (
    (1280, "light", RULES),
    (1280, "dark", ("color-contrast", "link-in-text-block")),
    (390, "dark", RULES),
    (320, "light", ("target-size",)),
)
_RUN = """async options => (await axe.run(options)).violations.flatMap(
  rule => rule.nodes.map(node => [rule.id, node.html, node.failureSummary]))"""


def check(page: Page, rules: tuple[str, ...] = RULES, *, without: tuple[str, ...] = ()) -> None:
    """As the page is shown now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = {
        "resultTypes": ["violations"],
        "runOnly": rules,
        "rules": {rule: {"enabled": False} for rule in without},
    }
    assert page.evaluate(_RUN, options) == [], json.dumps(page.viewport_size)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


def check_views(page: Page) -> None:
    """The same page wide and narrow, light and dark."""
    for width, scheme, rules in VIEWS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        check(page, rules)
