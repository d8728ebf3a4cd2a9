"""The steps that ``benchmarks.pure`` measures are those of a run: each record comes out with its changes."""

from __future__ import annotations

from benchmarks import pure


def test_every_step_is_told_and_the_sum_leaves_out_what_is_not_pure_cpu_of_enriching() -> None:
    mapping, lots = pure.prepared("hubspot", 150, seed=1)
    assert [len(lot.records) for lot in lots] == [100, 50]
    took = pure.walk(mapping, lots)
    assert next(iter(took)) == "who" and list(took)[-1] == "compare"
    assert all(len(times) == 2 for times in took.values())
    rows = pure.rows("hubspot", {"who": [9.0], "read_search": [2.0, 1.5], "compare": [3.0]})
    assert rows[-1] == {"crm": "hubspot", "step": "all", "us_per_record": 4.5, "target": pure.TARGET, "met": True}
