"""What a run takes from the world beside the vendors, so that a test can hand in its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.clocks import utc_now

if TYPE_CHECKING:
    from connector.engine.payer import Now
    from connector.engine.work import Counts
    from connector.pacing import Clock, Sleep

Progress = Callable[[str, str, "Counts"], None]
"""Called with (org, mapping, counts) as records pass."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Time, waiting, a person's Ctrl-C, an audience. ``wall``: seconds since 1970, as rates that processes share are
    counted. ``warn``: called with (org, sentence) before a run begins, for what a mapping may hardly mean there."""

    now: Now = utc_now
    clock: Clock = time.monotonic
    wall: Clock = time.time
    sleep: Sleep = time.sleep
    interrupted: Callable[[], bool] = lambda: False
    progress: Progress = lambda org, mapping, counts: None
    warn: Callable[[str, str], None] = lambda org, sentence: None
