"""Texts that are tested together are what each is by itself."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from app.text.folding import are_lines, one_line


@given(st.lists(st.text("a |\t\u00a0é", max_size=6)))
@example(["a" * 200, "b"])
@example(["a" * 201])
@example([])
def test_lines_that_are_told_to_be_lines_are(texts: list[str]) -> None:
    if are_lines(texts):
        assert [one_line(text) for text in texts] == texts


def test_what_nearly_every_text_is_like_is_told_at_once() -> None:
    assert are_lines(["", "Ada Lovelace", "a|b", "Zoë"])
    assert not are_lines(["Ada", " Ada"])
    assert not are_lines(["Ada\tLovelace"])
