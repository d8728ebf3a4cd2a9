"""API calls of a first pass, per CRM and for Lusha, beside the fewest possible and beside a script's row by row."""

from __future__ import annotations

from argparse import Namespace

from benchmarks.box import Box
from benchmarks.document import Row, chosen, options, tell
from benchmarks.measuring import instead, sync
from benchmarks.minimum import allowed, fewest


def measure(given: Namespace) -> list[Row]:
    """Two rows a CRM: its own calls and Lusha's."""
    return [row for crm in chosen(given) for row in _crm(crm, given)]


def _crm(crm: str, given: Namespace) -> list[Row]:
    with Box(crm=crm, due=given.records, seed=given.seed) as box:
        done = sync(box, crm)
    with Box(crm=crm, due=given.instead, seed=given.seed) as box:
        script = instead(box, crm)
    rows = []
    for vendor, least in fewest(crm, done.report, looked_up=done.report["written"]).items():
        calls, most = done.total(vendor), allowed(least)
        each = script.total(vendor) / given.instead
        rows.append({
            "crm": crm, "vendor": vendor, "records": given.records, "calls": calls, "fewest": least, "target": most,
            "met": calls <= most, "by_path": done.calls[vendor], "script_calls_per_record": round(each, 3),
            "ratio": round(each / (calls / given.records), 1), "sandbox_share": round(done.sandbox_share, 2),
        })  # fmt: skip
    return rows


if __name__ == "__main__":
    tell("calls", measure, options("calls", __doc__, records=2000, instead=100))
