"""What the sandbox costs in a world of a size: building it, its memory, and CPU per request of each kind, with the
share of a core that it takes at the rate the vendor allows."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from benchmarks.box import Box
from benchmarks.document import Row, chosen, options, tell
from benchmarks.kinds import HubSpot, Kind, Lusha, Salesforce


def measure(given: Namespace) -> list[Row]:
    """For each CRM one row for the world, then one for each kind of request."""
    return [row for crm in chosen(given) for row in _crm(crm, given)]


def _crm(crm: str, given: Namespace) -> Iterator[Row]:
    due = given.records // 10
    with Box(crm=crm, due=due, resting=given.records - due, seed=given.seed) as box:
        built = box.told()
        world = {"crm": crm, "records": given.records, "built_cpu_seconds": round(built.cpu, 1)}
        asked = HubSpot(box, given.records) if crm == "hubspot" else Salesforce(box, given.records)
        rows = [_row(box, kind, given.times) for kind in asked.kinds()]
        rows += [_row(box, kind, given.times) for kind in Lusha(box, given.records, given.seed).kinds()]
        yield world | {"built_mb": round(built.peak), "peak_mb": round(box.told().peak)}
    yield from ({"crm": crm} | row for row in rows)


def _row(box: Box, kind: Kind, times: int) -> Row:
    """The first request of a kind stands apart: it may look at every record, where the next ones need not."""
    first = _cpu_ms(box, kind, range(1))
    each = _cpu_ms(box, kind, range(1, times + 1)) / times
    row = {
        "request": kind.name, "records_each": kind.records, "first_cpu_ms": round(first, 2), "cpu_ms": round(each, 2),
        "cpu_us_per_record": round(1000 * each / kind.records, 1),
    }  # fmt: skip
    return row | ({"rate": kind.rate, "share_at_rate": round(each * kind.rate / 1000, 3)} if kind.rate else {})


def _cpu_ms(box: Box, kind: Kind, numbers: range) -> float:
    """What the sandbox takes for these requests, one after the other."""
    before = box.told().cpu
    for number in numbers:
        kind.ask(number)
    return 1000 * (box.told().cpu - before)


if __name__ == "__main__":
    tell("sandbox", measure, options("sandbox", __doc__, records=20_000, times=20))
