"""What a CRM promises that can write on condition: a part of the contract, for benches that are ``conditional``."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from connector.crm.base import Query
from connector.models import Record, Update
from tests.crm.contract import OLD, Bench
from tests.crm.patience import at_last


def read(bench: Bench, id: str) -> Record:
    """The record as it is now, and some time later."""
    found = bench.crm.fetch(bench.names.object, [id], [bench.names.text])[id]
    bench.wait(5)
    return found


def strict(record: Record, values: dict[str, str], stamps: frozenset[str] = frozenset()) -> Update:
    assert record.modified is not None
    return Update(record.id, dict(values), stamps, seen=record.modified, strict=True)


class ConditionalContract:
    """The suite. Subclasses define ``bench`` as a pytest fixture."""

    def test_fetch_tells_when_a_record_was_modified(self, bench: Bench) -> None:
        n = bench.names
        assert bench.conditional
        (id,) = bench.seed([{n.text: "A"}])
        before = read(bench, id)
        assert before.modified is not None
        assert before.modified.tzinfo is UTC
        assert set(before.values) == {n.text}
        bench.edit(id, {n.text: "B"})
        after = read(bench, id)
        assert after.modified is not None
        assert after.modified > before.modified

    def test_reading_pages_tells_no_modified(self, bench: Bench) -> None:
        n = bench.names
        bench.seed([{n.text: "A"}])
        ((record,),) = bench.crm.read(Query(n.object, (n.text,)))
        assert record.modified is None

    def test_an_edit_that_came_first_survives_and_is_told(self, bench: Bench) -> None:
        n = bench.names
        edited, *others = bench.seed([{n.text: "A"}, {n.text: "B"}, {n.text: "C"}])
        seen = {id: read(bench, id) for id in (edited, *others)}
        bench.edit(edited, {n.text: "Typed"})
        ours = {n.text: "Ours", n.phone: "+15550100"}
        results = bench.crm.update(n.object, [strict(one, ours) for one in seen.values()])
        assert [bool(result.again) for result in results] == [True, False, False]
        assert [bool(result.written) for result in results] == [False, True, True]
        assert not any(result.gone or result.rejections for result in results)
        assert (bench.held(edited)[n.text], bench.held(edited).get(n.phone)) == ("Typed", None)
        assert all(bench.held(id)[n.text] == "Ours" for id in others)

    def test_what_nobody_touched_lands(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        (result,) = bench.crm.update(n.object, [strict(read(bench, id), {n.text: "B"})])
        assert (result.written, result.again) == ({n.text}, None)
        assert bench.held(id)[n.text] == "B"

    def test_after_a_move_a_new_look_lets_it_land(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        first = read(bench, id)
        bench.edit(id, {n.phone: "+15550100"})
        assert bench.crm.update(n.object, [strict(first, {n.text: "B"})])[0].again
        assert bench.crm.update(n.object, [strict(read(bench, id), {n.text: "B"})])[0].written == {n.text}

    def test_conditions_and_plain_updates_keep_their_order(self, bench: Bench) -> None:
        n = bench.names
        ids = bench.seed([{n.text: "A"} for _ in range(6)])
        seen = [read(bench, id) for id in ids]
        bench.edit(ids[2], {n.text: "Typed"})
        updates = [
            strict(one, {n.text: f"New {one.id}"}) if place % 2 == 0 else Update(one.id, {n.text: f"New {one.id}"})
            for place, one in enumerate(seen)
        ]
        results = bench.crm.update(n.object, updates)
        assert [result.id for result in results] == list(ids)
        assert [bool(result.again) for result in results] == [False, False, True, False, False, False]
        assert [bench.held(id)[n.text] for id in ids] == ["Typed" if id == ids[2] else f"New {id}" for id in ids]

    def test_without_a_need_for_it_nothing_is_compared(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        seen = read(bench, id)
        bench.wait(3600)
        bench.edit(id, {n.phone: "+15550100"})
        (result,) = bench.crm.update(n.object, [replace(strict(seen, {n.text: "B"}), strict=False)])
        assert (result.written, result.again) == ({n.text}, None)

    def test_a_refused_field_of_a_conditional_write_is_dropped_and_the_rest_lands(self, bench: Bench) -> None:
        n = bench.names
        poor, alone, stamped = (read(bench, id) for id in bench.seed([{n.text: "A"}, {n.text: "B"}, {n.text: "C"}]))
        results = at_last(
            bench.crm,
            n.object,
            [
                strict(poor, {n.text: n.too_long, n.phone: "+15550100"}),
                strict(alone, {n.text: n.too_long}),
                strict(stamped, {n.picklist: n.bad_option, n.stamp: OLD}, frozenset({n.stamp})),
            ],
        )
        assert [result.written for result in results] == [{n.phone}, set(), set()]
        assert [[one.field for one in result.rejections] for result in results] == [[n.text], [n.text], [n.picklist]]
        assert not any(result.again or result.gone for result in results)
        assert (bench.held(poor.id)[n.text], bench.held(poor.id)[n.phone]) == ("A", "+15550100")

    def test_a_deleted_record_is_gone_on_condition_too(self, bench: Bench) -> None:
        n = bench.names
        kept, deleted = (read(bench, id) for id in bench.seed([{n.text: "A"}, {n.text: "B"}]))
        bench.delete(deleted.id)
        results = bench.crm.update(n.object, [strict(deleted, {n.text: "New"}), strict(kept, {n.text: "New"})])
        assert [(result.gone, bool(result.again), bool(result.written)) for result in results] == [
            (True, False, False),
            (False, False, True),
        ]
