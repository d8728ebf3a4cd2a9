"""Time of a first pass with a network that takes its time and all vendor limits on, beside what its calls take at the
vendors' rates and beside a script's row by row.

``least_seconds``: the largest of (calls ÷ allowed rate) over the vendors, which the target is a multiple of. Windows
roll, and the first may be filled at once: what no pass can fall below is ``rolling_seconds``, the whole windows that
must pass before the last call may be sent. Neither counts start-up, nor the way of the first records and the last.
"""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from benchmarks.box import Box
from benchmarks.document import Row, chosen, options, tell
from benchmarks.measuring import instead, sync
from benchmarks.minimum import lanes

TARGET = 1.15
"""At most so many times the least."""


def measure(given: Namespace) -> list[Row]:
    """One row a CRM."""
    return [_crm(crm, given) for crm in chosen(given)]


def _crm(crm: str, given: Namespace) -> Row:
    with Box(crm=crm, due=given.records, latency=given.latency, limits=True, seed=given.seed) as box:
        done = sync(box, crm)
    with Box(crm=crm, due=given.instead, latency=given.latency, limits=True, seed=given.seed) as box:
        script = instead(box, crm)
    shared = lanes(done.calls)
    bound = max(shared, key=lambda name: shared[name].seconds)
    least = shared[bound].seconds
    each, script_each = done.spent.wall / given.records, script.spent.wall / given.instead
    return {
        "crm": crm, "records": given.records, "seconds": round(done.spent.wall, 1),
        "least_seconds": round(least, 1), "rolling_seconds": max(lane.least for lane in shared.values()),
        "bound_by": bound, "times_least": round(done.spent.wall / least, 2),
        "target": TARGET, "met": done.spent.wall <= TARGET * least,
        "lanes": {name: {**asdict(lane), "seconds": round(lane.seconds, 1)} for name, lane in shared.items()},
        "calls": {vendor: done.total(vendor) for vendor in done.calls}, "cpu_seconds": round(done.spent.cpu, 2),
        "records_per_second": round(1 / each, 1), "script_records_per_second": round(1 / script_each, 1),
        "ratio": round(script_each / each, 1), "sandbox_share": round(done.sandbox_share, 2),
    }  # fmt: skip


if __name__ == "__main__":
    tell("throughput", measure, options("throughput", __doc__, records=2000, instead=50, latency=0.2))
