"""Peak memory of our process at two sizes: is it flat? ``--share`` of the records are due, the others read and not
due."""

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
    passes = []
    for size in (given.small, given.large):
        due = round(size * given.share)
        with Box(crm=crm, due=due, resting=size - due, seed=given.seed) as box:
            passes.append(sync(box, crm))
    small, large = (done.spent.peak for done in passes)
    return {
        "crm": crm, "small": given.small, "large": given.large, "share": given.share, "small_mb": round(small, 1),
        "large_mb": round(large, 1), "growth": round(large / small, 2), "target_mb": MOST_MB,
        "target_growth": MOST_GROWTH, "met": large < MOST_MB and large < MOST_GROWTH * small,
        "large_cpu_seconds": round(passes[1].spent.cpu, 1), "large_wall_seconds": round(passes[1].spent.wall, 1),
        "sandbox_share": round(passes[1].sandbox_share, 2), "sandbox_mb": round(passes[1].sandbox_peak),
    }  # fmt: skip


if __name__ == "__main__":
    tell("memory", measure, options("memory", __doc__, small=2000, large=20_000, share=0.5))
