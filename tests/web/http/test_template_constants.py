"""Icons and addresses of style sheets are part of a compiled template."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.small_app import small_app


def test_a_constant_is_the_same_as_the_call_and_costs_none(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    names = {"asset": "list.css", "icon": "search"}
    for function, name in names.items():
        for quote in ("'", '"'):
            template = app.jinja_env.from_string(f"{{{{ {function}({quote}{name}{quote}) }}}}")
            assert template.render() == str(app.jinja_env.globals[function](name))
            assert template.render(**{function: None}) == template.render(), "it calls nothing"
    dynamic = app.jinja_env.from_string("{{ icon(name) }}")
    assert dynamic.render(name="search") == str(app.jinja_env.globals["icon"]("search"))


def test_an_icon_that_is_none_is_told_when_the_template_is_compiled(tmp_path: Path) -> None:
    app = small_app(tmp_path)
    with pytest.raises(ValueError, match="no icon"):
        app.jinja_env.from_string('{% if false %}{{ icon("nothing") }}{% endif %}')
