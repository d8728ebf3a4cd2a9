"""The way in: one key, one connection, both generations of the API.

with LushaClient(Secret(os.environ["LUSHA_API_KEY"])) as lusha:
    print(lusha.v3.account().remaining)
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import httpx

from connector.clocks import utc_now
from connector.lusha.transport import BASE_URL, Sender
from connector.lusha.v2.client import LushaV2
from connector.lusha.v3.client import LushaV3
from connector.pacing import Sleep, Turns
from connector.redact import Secret


class LushaClient:
    """Lusha's API for one key, as ``v3`` and ``v2``.

    ``base_url`` may carry a path prefix. ``rate_limit``: requests per second and endpoint. ``turns``: whose turn it
    is, shared by all that use the key; of this client alone where left out. ``now``: the wall clock, which Lusha's is
    compared with. ``transport`` and ``sleep`` (seconds) are for tests. AccessDenied: a key that can be none.
    """

    def __init__(
        self,
        api_key: Secret,
        *,
        base_url: str = BASE_URL,
        rate_limit: int = 25,
        turns: Turns | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Sleep = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._sender = Sender(
            api_key, base_url=base_url, rate_limit=rate_limit, turns=turns, transport=transport, sleep=sleep,
            now=now,
        )  # fmt: skip
        self.v3 = LushaV3(self._sender)
        self.v2 = LushaV2(self._sender)

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, every repetition included."""
        return self._sender.calls

    def ahead(self) -> timedelta | None:
        """By how much our clock is ahead of Lusha's (``connector.clocks``); None before its first answer."""
        return self._sender.skew.ahead

    def generation(self, version: str) -> LushaV3 | LushaV2:
        """``v3`` or ``v2`` by its name in a config."""
        return self.v2 if version == "v2" else self.v3

    def close(self) -> None:
        """Give connections back."""
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
