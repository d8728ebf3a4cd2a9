"""An account without limits, and its client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.lusha.api import Api, account


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api(account())
    with made.http:
        yield made
