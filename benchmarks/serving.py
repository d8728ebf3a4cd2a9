"""The sandbox in a process of its own: started by ``benchmarks.box``, asked and ended through its standard input.

First line out: the addresses. Then, for each line in, one line out: the CPU seconds spent so far (building the world
included), the peak memory in MB, and the requests served so far by server and path. The end of the input ends it.
"""

from __future__ import annotations

import argparse
import gc
import json
import re
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from resource import RUSAGE_SELF, getrusage

from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.measuring import KIB
from benchmarks.world import Sizes, build
from connector.sandbox import Sandbox

VENDORS = ("lusha", "salesforce", "hubspot")
_ID = re.compile(r"/[^/]*\d{6}[^/]*")


class Counted(Sandbox):
    """The sandbox that counts what it serves, by server and by path (ids as ``*``)."""

    def apps(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        self.served: dict[str, Counter[str]] = {vendor: Counter() for vendor in VENDORS}
        lusha, salesforce, hubspot = super().apps()
        return self._counted("lusha", lusha), self._counted("salesforce", salesforce), self._counted("hubspot", hubspot)

    def _counted(self, vendor: str, app: ASGIApp) -> ASGIApp:
        counts = self.served[vendor]

        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            counts[f"{scope['method']} {_ID.sub('/*', scope['path'])}"] += 1
            await app(scope, receive, send)

        return served


def main() -> None:
    """Serve until the input ends."""
    options = _options()
    sizes = Sizes(options.due, options.resting, options.complete)

    def clock() -> datetime:
        return datetime.now(UTC) - timedelta(seconds=options.behind)

    gc.disable()  # what is built stays: a collector would look through all of it again and again
    world, directory = build(sizes, seed=options.seed, now=clock(), crm=options.crm)
    box = Counted(
        world=world, directory=directory, credits=10**9, limits=options.limits, latency=options.latency, clock=clock
    )
    gc.enable()
    gc.freeze()
    with box:
        _say({"lusha": box.lusha_url, "salesforce": box.salesforce_url, "hubspot": box.hubspot_url})
        for _ in sys.stdin:
            peak = getrusage(RUSAGE_SELF).ru_maxrss * KIB / 1e6
            _say({"cpu": time.process_time(), "peak": peak, "calls": box.served})


def _say(document: object) -> None:
    print(json.dumps(document), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    for kind in ("due", "resting", "complete"):
        parser.add_argument(f"--{kind}", type=int, default=0)
    parser.add_argument("--crm", default=None, help="whose records there are (default: every CRM's)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each request is served")
    parser.add_argument("--limits", action="store_true", help="refuse what exceeds the vendors' rates")
    parser.add_argument("--behind", type=float, default=0.0, help="seconds that the servers' clock is behind")
    return parser.parse_args()


if __name__ == "__main__":
    main()
