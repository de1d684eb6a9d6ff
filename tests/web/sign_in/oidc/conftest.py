"""A provider that says what the tests tell it."""

from collections.abc import Iterator

import pytest

from tests.support.servers.lying_provider import LyingProvider, lying_provider


@pytest.fixture
def idp() -> Iterator[LyingProvider]:
    with lying_provider() as provider:
        yield provider
