"""Peak memory of our process at two sizes, half of the records due and half read and not due: is it flat?"""

from __future__ import annotations

from argparse import Namespace

from benchmarks.box import Box
from benchmarks.document import Row, chosen, options, tell
from benchmarks.measuring import sync

MOST_MB, MOST_GROWTH = 250, 1.3


def measure(given: Namespace) -> list[Row]:
    """One row a CRM."""
    return [_crm(crm, given) for crm in chosen(given)]


def _crm(crm: str, given: Namespace) -> Row:
    peaks = []
    for size in (given.small, given.large):
        with Box(crm=crm, due=size // 2, resting=size - size // 2, seed=given.seed) as box:
            done = sync(box, crm)
        peaks.append(done.spent.peak)
    small, large = peaks
    return {
        "crm": crm, "small": given.small, "large": given.large, "small_mb": round(small, 1),
        "large_mb": round(large, 1), "growth": round(large / small, 2), "target_mb": MOST_MB,
        "target_growth": MOST_GROWTH, "met": large < MOST_MB and large < MOST_GROWTH * small,
        "sandbox_share": round(done.sandbox_share, 2),
    }  # fmt: skip


if __name__ == "__main__":
    tell("memory", measure, options("memory", __doc__, small=2000, large=20_000))
