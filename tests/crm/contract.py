"""What every CRM adapter promises the engine, as tests: subclass ``CrmContract`` and give it a ``bench`` fixture.

The fake, Salesforce and HubSpot all run it, with ``EditsContract`` of ``tests.crm.edits``; those that can write on
condition also ``ConditionalContract`` of ``tests.crm.conditional``. A bench is one live CRM with an object to play
with, and the switches that make things go wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from connector.crm.base import Crm, Query
from connector.errors import AccessDenied, ConfigError, InDoubt, QuotaExhausted, VendorUnreachable
from connector.models import Record, Successor, Update, Value
from tests.crm.patience import at_last

OLD = "2026-01-05T10:00:00Z"
NEW = "2026-06-05T10:00:00Z"
BETWEEN = datetime(2026, 3, 1, tzinfo=UTC)
MORE_THAN_A_CALL = 2_001
"""Records: one more than any of them gives by id in one call."""


@dataclass(frozen=True, slots=True)
class Names:
    """The object, and its fields by the part they play; ``stamp`` is a date-and-time field.

    ``option`` is one of the restricted ``picklist``; ``too_long`` is more than ``text`` takes.
    """

    object: str
    text: str
    phone: str
    picklist: str
    stamp: str
    option: str
    bad_option: str = "No Such Option"
    too_long: str = "x" * 500
    unknown: str = "NoSuchField__c"


class Bench(Protocol):
    """One CRM under test, and its switches."""

    crm: Crm
    names: Names
    more_than_a_page: int
    """So many records do not fit one page."""
    bad_where: object
    """A condition that the CRM itself refuses."""
    unknown_paths: Sequence[str]
    """Related paths that lead nowhere, for different reasons."""
    conditional: bool
    """Whether this CRM can write on condition."""

    def time(self) -> datetime:
        """What the CRM's clock shows: it stands still."""

    def wait(self, seconds: float) -> None:
        """Let time pass for the CRM."""

    def edit(self, id: str, values: Mapping[str, Value]) -> None:
        """Change a record as a person would."""

    def seed(self, rows: Sequence[Mapping[str, Value]]) -> Sequence[str]:
        """Make these the object's only records, as a person would have typed them; their ids, in order."""

    def held(self, id: str) -> Mapping[str, Value]:
        """The values that the CRM holds now."""

    def received(self) -> Sequence[tuple[str, frozenset[str]]]:
        """Every accepted write since ``seed``: record id and the fields that came."""

    def where(self, text: str) -> object:
        """The native condition that the text field equals ``text``."""

    def unknown_id(self) -> str:
        """An id of the right form that no record has."""

    def delete(self, id: str) -> None:
        """Delete a record, as a person would."""

    def merge(self, id: str, into: str) -> str:
        """Merge a record away into another one, as a person would; the id of the record that is left."""

    def lose_next_answer(self) -> None:
        """The next write is done, and its answer lost."""

    def exhaust(self) -> None:
        """From now on the daily calls are used up."""

    def wrong_key(self) -> Crm:
        """The same CRM through a key that it does not know."""

    def nobody_home(self) -> Crm:
        """An adapter to an address where nobody listens."""


def _all(crm: Crm, query: Query) -> list[Record]:
    return [record for page in crm.read(query) for record in page]


def _ids(crm: Crm, query: Query) -> set[str]:
    found = [record.id for record in _all(crm, query)]
    assert len(found) == len(set(found)), "a record was read twice"
    return set(found)


class CrmContract:
    """The suite. Subclasses define ``bench`` as a pytest fixture."""

    # --- reading ---

    def test_reads_all_pages_and_each_record_once(self, bench: Bench) -> None:
        n = bench.names
        ids = bench.seed([{n.text: f"Title {i}"} for i in range(bench.more_than_a_page)])
        pages = list(bench.crm.read(Query(n.object, (n.text,))))
        assert len(pages) > 1
        assert sorted(r.id for page in pages for r in page) == sorted(ids)
        assert {r.values[n.text] for page in pages for r in page} == {f"Title {i}" for i in range(len(ids))}

    def test_reading_twice_gives_the_same_order(self, bench: Bench) -> None:
        n = bench.names
        bench.seed([{n.text: f"Title {i}"} for i in range(20)])
        query = Query(n.object, (n.text,))
        assert [r.id for r in _all(bench.crm, query)] == [r.id for r in _all(bench.crm, query)]

    def test_a_record_has_exactly_the_fields_asked_for_and_a_version(self, bench: Bench) -> None:
        n = bench.names
        bench.seed([{n.text: "CTO", n.phone: "+15550100"}])
        (record,) = _all(bench.crm, Query(n.object, (n.text, n.picklist)))
        assert dict(record.values) == {n.text: "CTO", n.picklist: None}
        assert record.version

    def test_no_records_no_pages(self, bench: Bench) -> None:
        bench.seed([])
        assert _all(bench.crm, Query(bench.names.object, (bench.names.text,))) == []

    def test_null_and_empty_are_the_same_blank(self, bench: Bench) -> None:
        n = bench.names
        null, empty, filled = bench.seed([{n.text: None}, {n.text: ""}, {n.text: "CTO"}])
        found = {r.id: r.values[n.text] for r in _all(bench.crm, Query(n.object, (n.text,), blank=(n.text,)))}
        assert found == {null: None, empty: None}
        assert bench.crm.fetch(n.object, [filled], [n.text])[filled].values == {n.text: "CTO"}

    def test_any_blank_field_selects(self, bench: Bench) -> None:
        n = bench.names
        a, b, _ = bench.seed([{n.text: "CTO"}, {n.phone: "+15550100"}, {n.text: "CTO", n.phone: "+15550101"}])
        assert _ids(bench.crm, Query(n.object, (n.text,), blank=(n.text, n.phone))) == {a, b}

    def test_stale_selects_stamps_before_the_time_and_no_blank_ones(self, bench: Bench) -> None:
        n = bench.names
        old, _, _ = bench.seed([{n.stamp: OLD}, {n.stamp: NEW}, {n.stamp: None}])
        assert _ids(bench.crm, Query(n.object, (n.text,), stale=(n.stamp, BETWEEN))) == {old}

    def test_blank_or_stale_selects(self, bench: Bench) -> None:
        n = bench.names
        old, blank, _ = bench.seed(
            [{n.text: "A", n.stamp: OLD}, {n.stamp: NEW}, {n.text: "B", n.stamp: NEW}],
        )
        query = Query(n.object, (n.text,), blank=(n.text,), stale=(n.stamp, BETWEEN))
        assert _ids(bench.crm, query) == {old, blank}

    def test_since_leaves_out_incomplete_records_that_rested_and_no_stale_ones(self, bench: Bench) -> None:
        n = bench.names
        _, touched, stale, complete = bench.seed([{n.phone: "1"}, {n.phone: "2"}, {n.stamp: OLD}, {n.text: "A"}])
        bench.edit(stale, {n.text: "B"})
        bench.wait(3600)
        since = bench.time()
        bench.wait(60)
        bench.edit(touched, {n.phone: "+15550100"})
        bench.edit(complete, {n.phone: "+15550101"})
        query = Query(n.object, (n.text,), blank=(n.text,), stale=(n.stamp, BETWEEN), since=since)
        assert _ids(bench.crm, query) == {touched, stale}

    def test_since_counts_the_very_moment_and_many_records_of_it_once_each(self, bench: Bench) -> None:
        n = bench.names
        ids = bench.seed([{n.phone: f"+1555010{i:04}"} for i in range(bench.more_than_a_page)])
        bench.wait(3600)
        since = bench.time()
        for id in ids:
            bench.edit(id, {n.phone: None})
        assert _ids(bench.crm, Query(n.object, (n.text,), blank=(n.text, n.phone), since=since)) == set(ids)

    def test_where_holds_for_every_selection(self, bench: Bench) -> None:
        n = bench.names
        wanted, _, _ = bench.seed(
            [{n.text: "A", n.stamp: OLD}, {n.text: "B", n.stamp: OLD}, {n.text: "A", n.phone: "+15550100"}],
        )
        query = Query(n.object, (n.text,), where=bench.where("A"), blank=(n.phone,), stale=(n.stamp, BETWEEN))
        assert _ids(bench.crm, query) == {wanted}
        assert len(_ids(bench.crm, Query(n.object, (n.text,), where=bench.where("A")))) == 2

    def test_ids_select_and_repeats_or_unknown_ones_do_no_harm(self, bench: Bench) -> None:
        n = bench.names
        a, b, _ = bench.seed([{n.text: "A"}, {n.text: "B"}, {n.text: "C"}])
        query = Query(n.object, (n.text,), ids=(b, a, b, bench.unknown_id()))
        assert _ids(bench.crm, query) == {a, b}
        assert _ids(bench.crm, Query(n.object, (n.text,), ids=())) == set()

    def test_many_ids_are_read_in_lots(self, bench: Bench) -> None:
        n = bench.names
        ids = bench.seed([{n.text: "A"} for _ in range(bench.more_than_a_page)])
        assert _ids(bench.crm, Query(n.object, (n.text,), ids=tuple(ids[1:]))) == set(ids[1:])

    def test_an_unknown_field_is_a_configuration_error_that_names_it(self, bench: Bench) -> None:
        n = bench.names
        with pytest.raises(ConfigError, match=n.unknown):
            _all(bench.crm, Query(n.object, (n.text, n.unknown)))

    def test_an_unknown_related_path_is_a_configuration_error_that_names_it(self, bench: Bench) -> None:
        n = bench.names
        bench.seed([{n.text: "A"}])
        for path in bench.unknown_paths:
            with pytest.raises(ConfigError, match=re.escape(path)):
                _all(bench.crm, Query(n.object, (n.text, path)))

    def test_a_condition_that_the_crm_refuses_is_a_configuration_error_that_names_it(self, bench: Bench) -> None:
        n = bench.names
        bench.seed([{n.text: "A"}])
        with pytest.raises(ConfigError, match=r"^select\.where: "):
            _all(bench.crm, Query(n.object, (n.text,), where=bench.bad_where))

    def test_a_query_is_checked_without_reading_anything(self, bench: Bench) -> None:
        n = bench.names
        bench.seed([{n.text: "A"}])
        bench.crm.check(Query(n.object, (n.text,), where=bench.where("A"), blank=(n.phone,), stale=(n.stamp, BETWEEN)))
        with pytest.raises(ConfigError, match=r"^select\.where: "):
            bench.crm.check(Query(n.object, (n.text,), where=bench.bad_where))
        for path in bench.unknown_paths:
            with pytest.raises(ConfigError, match=re.escape(path)):
                bench.crm.check(Query(n.object, (n.text, path)))

    def test_an_unknown_object_is_a_configuration_error_that_names_it(self, bench: Bench) -> None:
        with pytest.raises(ConfigError, match="NoSuchThing"):
            bench.crm.schema("NoSuchThing")

    # --- the schema ---

    def test_the_schema_tells_types_limits_and_options(self, bench: Bench) -> None:
        n = bench.names
        schema = bench.crm.schema(n.object)
        assert schema[n.text].type == "text"
        assert schema[n.phone].type == "phone"
        assert schema[n.stamp].type == "datetime"
        assert schema[n.picklist].type == "picklist"
        assert schema[n.picklist].restricted
        assert n.option in {option.value for option in schema[n.picklist].options}
        assert all(schema[name].writable for name in (n.text, n.phone, n.picklist, n.stamp))
        assert all(name == info.name for name, info in schema.items())

    def test_what_may_be_edited_lacks_no_right(self, bench: Bench) -> None:
        n = bench.names
        rights = bench.crm.rights(n.object, [n.text], [n.text, n.phone, n.picklist, n.stamp])
        assert (rights.lacks, rights.untold) == ((), "")

    def test_quota_and_clock_are_told_by_what_was_asked_before_and_ask_nothing(self, bench: Bench) -> None:
        assert bench.crm.ahead() is None
        bench.crm.schema(bench.names.object)
        bench.crm.fetch(bench.names.object, [], [])
        before = bench.crm.calls.read
        quota, ahead = bench.crm.quota(), bench.crm.ahead()
        assert bench.crm.calls.read == before
        assert quota is None or 0 <= quota.ours <= quota.most - quota.used
        assert ahead is None or isinstance(ahead, timedelta)

    def test_the_schema_is_read_once(self, bench: Bench) -> None:
        bench.crm.schema(bench.names.object)
        before = bench.crm.calls.read
        bench.crm.schema(bench.names.object)
        assert bench.crm.calls.read == before

    def test_the_tenant_tells_its_id(self, bench: Bench) -> None:
        assert bench.crm.tenant_id()

    # --- fetching ---

    def test_fetch_leaves_out_deleted_and_unknown_records(self, bench: Bench) -> None:
        n = bench.names
        kept, deleted = bench.seed([{n.text: "A"}, {n.text: "B"}])
        bench.delete(deleted)
        found = bench.crm.fetch(n.object, [kept, deleted, bench.unknown_id()], [n.text])
        assert {id: dict(record.values) for id, record in found.items()} == {kept: {n.text: "A"}}

    def test_more_records_than_a_call_takes_are_fetched_and_one_named_twice_is_there_once(self, bench: Bench) -> None:
        n = bench.names
        ids = bench.seed([{n.text: f"Title {i}"} for i in range(MORE_THAN_A_CALL)])
        found = bench.crm.fetch(n.object, [ids[0], *ids], [n.text])
        assert {id: record.values[n.text] for id, record in found.items()} == {
            id: f"Title {i}" for i, id in enumerate(ids)
        }

    def test_fetch_of_nothing_calls_nothing(self, bench: Bench) -> None:
        bench.crm.schema(bench.names.object)
        before = bench.crm.calls.read
        assert bench.crm.fetch(bench.names.object, [], [bench.names.text]) == {}
        assert bench.crm.calls.read - before <= 1

    def test_fetch_sees_a_write_at_once_and_the_version_moves(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        before = bench.crm.fetch(n.object, [id], [n.text])[id]
        bench.crm.update(n.object, [Update(id, {n.text: "B"})])
        after = bench.crm.fetch(n.object, [id], [n.text])[id]
        assert after.values == {n.text: "B"}
        assert after.version != before.version

    # --- writing ---

    def test_update_gives_one_result_for_each_update_in_order(self, bench: Bench) -> None:
        n = bench.names
        ids = bench.seed([{n.text: f"T{i}"} for i in range(7)])
        order = [ids[i] for i in (3, 0, 6, 1, 5, 2, 4)]
        results = bench.crm.update(n.object, [Update(id, {n.text: f"New {id}"}) for id in order])
        assert [result.id for result in results] == order
        assert all(result.written == {n.text} and not result.rejections for result in results)
        assert all(bench.held(id)[n.text] == f"New {id}" for id in order)

    def test_a_full_batch_costs_one_write_call(self, bench: Bench) -> None:
        n = bench.names
        ids = bench.seed([{n.text: "T"} for _ in range(bench.crm.write_batch)])
        before = bench.crm.calls.write
        results = bench.crm.update(n.object, [Update(id, {n.text: "New"}) for id in ids])
        assert bench.crm.calls.write - before == 1
        assert all(result.written for result in results)

    def test_more_than_a_batch_or_a_record_twice_is_never_sent(self, bench: Bench) -> None:
        n = bench.names
        ids = bench.seed([{n.text: "T"} for _ in range(bench.crm.write_batch + 1)])
        bench.crm.schema(n.object)
        before = bench.crm.calls.write
        for wrong in (ids, [ids[0], ids[1], ids[0]]):
            with pytest.raises(ValueError, match=f"^{len(wrong)} updates: "):
                bench.crm.update(n.object, [Update(id, {n.text: "New"}) for id in wrong])
        assert bench.crm.calls.write == before
        assert bench.received() == []

    def test_only_the_given_fields_are_written(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "CTO", n.phone: "+15550100"}])
        bench.crm.update(n.object, [Update(id, {n.text: "CEO"})])
        assert bench.received() == [(id, frozenset({n.text}))]
        assert bench.held(id)[n.phone] == "+15550100"

    def test_none_clears_a_field(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "CTO"}])
        (result,) = bench.crm.update(n.object, [Update(id, {n.text: None})])
        assert result.written == {n.text}
        assert bench.crm.fetch(n.object, [id], [n.text])[id].values == {n.text: None}

    def test_a_stamp_is_written_and_found_stale_later(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "CTO"}])
        (result,) = bench.crm.update(n.object, [Update(id, {n.stamp: OLD})])
        assert result.written == {n.stamp}
        value = bench.crm.fetch(n.object, [id], [n.stamp])[id].values[n.stamp]
        assert datetime.fromisoformat(str(value)) == datetime.fromisoformat(OLD)

    @pytest.mark.parametrize("bad", ["too_long", "bad_option"])
    def test_a_refused_field_is_dropped_and_the_rest_lands(self, bench: Bench, bad: str) -> None:
        n = bench.names
        refused, value = (n.text, n.too_long) if bad == "too_long" else (n.picklist, n.bad_option)
        poor, good = bench.seed([{n.text: "A"}, {n.text: "B"}])
        results = at_last(
            bench.crm, n.object, [Update(poor, {refused: value, n.phone: "+15550100"}), Update(good, {n.text: "C"})]
        )
        assert results[0].written == {n.phone}
        assert [rejection.field for rejection in results[0].rejections] == [refused]
        assert results[0].rejections[0].code
        assert results[0].rejections[0].message
        assert results[1].written == {n.text}
        assert bench.held(poor)[n.phone] == "+15550100"
        assert bench.held(poor).get(n.text) == "A"

    def test_nothing_is_sent_again_before_the_caller_has_looked_at_it(self, bench: Bench) -> None:
        n = bench.names
        poor, good = bench.seed([{n.text: "A"}, {n.text: "B"}])
        bench.crm.schema(n.object)
        before = bench.crm.calls.write
        spoilt = Update(poor, {n.text: n.too_long, n.phone: "+15550100"})
        results = bench.crm.update(n.object, [spoilt, Update(good, {n.text: "C"})])
        assert bench.crm.calls.write - before == 1
        assert not any(result.again and result.written for result in results)
        assert all(result.again or result.written for result in results)

    def test_a_record_of_refused_fields_alone_is_left_as_it_was(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        (result,) = bench.crm.update(n.object, [Update(id, {n.text: n.too_long})])
        assert result.written == frozenset()
        assert not result.gone
        assert [rejection.field for rejection in result.rejections] == [n.text]
        assert bench.held(id)[n.text] == "A"

    def test_stamps_are_not_written_when_all_that_they_vouch_for_was_refused(self, bench: Bench) -> None:
        n = bench.names
        poor, good, part = bench.seed([{n.text: "A"}, {n.text: "B"}, {n.text: "C"}])
        stamped = frozenset({n.stamp})
        results = at_last(
            bench.crm,
            n.object,
            [
                Update(poor, {n.text: n.too_long, n.stamp: OLD}, stamped),
                Update(good, {n.text: "New", n.stamp: OLD}, stamped),
                Update(part, {n.text: n.too_long, n.phone: "+15550100", n.stamp: OLD}, stamped),
            ],
        )
        assert [result.written for result in results] == [set(), {n.text, n.stamp}, {n.phone, n.stamp}]
        assert [[one.field for one in result.rejections] for result in results] == [[n.text], [], [n.text]]
        assert not any(one.transient for result in results for one in result.rejections)
        assert bench.crm.fetch(n.object, [poor], [n.text, n.stamp])[poor].values == {n.text: "A", n.stamp: None}

    def test_stamps_that_were_meant_to_go_alone_do(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        (result,) = bench.crm.update(n.object, [Update(id, {n.stamp: OLD}, frozenset({n.stamp}))])
        assert result.written == {n.stamp}

    def test_a_deleted_record_stops_no_other(self, bench: Bench) -> None:
        n = bench.names
        first, deleted, last = bench.seed([{n.text: "A"}, {n.text: "B"}, {n.text: "C"}])
        bench.delete(deleted)
        results = bench.crm.update(n.object, [Update(id, {n.text: "New"}) for id in (first, deleted, last)])
        assert [result.gone for result in results] == [False, True, False]
        assert [bool(result.written) for result in results] == [True, False, True]
        assert bench.held(first)[n.text] == bench.held(last)[n.text] == "New"

    # --- what became of records ---

    def test_a_merged_record_is_gone_and_its_master_is_told(self, bench: Bench) -> None:
        n = bench.names
        master, lost, deleted = bench.seed([{n.text: "A"}, {n.text: "B"}, {n.text: "C"}])
        left = bench.merge(lost, master)
        bench.delete(deleted)
        assert set(bench.crm.fetch(n.object, [master, lost, deleted, left], [n.text])) == {left}
        assert bench.crm.fetch(n.object, [left], [n.text])[left].values == {n.text: "A"}
        (result,) = bench.crm.update(n.object, [Update(lost, {n.text: "New"})])
        assert result.gone
        asked = [master, lost, deleted, left, bench.unknown_id()]
        there = Successor(n.object, left, "merged")
        assert bench.crm.successors(n.object, asked) == {one: there for one in (master, lost) if one != left}

    def test_a_chain_of_merges_is_followed_to_its_end(self, bench: Bench) -> None:
        n = bench.names
        first, second, last = bench.seed([{n.text: "A"}, {n.text: "B"}, {n.text: "C"}])
        then = bench.merge(first, second)
        end = Successor(n.object, bench.merge(then, last), "merged")
        assert bench.crm.successors(n.object, [first, then]) == {first: end, then: end}

    def test_the_fate_of_nobody_calls_nothing(self, bench: Bench) -> None:
        bench.crm.schema(bench.names.object)
        before = bench.crm.calls.read
        assert bench.crm.successors(bench.names.object, []) == {}
        assert bench.crm.calls.read == before

    # --- when things go wrong ---

    def test_a_lost_answer_is_a_doubt_and_the_write_is_not_repeated(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        bench.crm.schema(n.object)
        bench.lose_next_answer()
        with pytest.raises(InDoubt):
            bench.crm.update(n.object, [Update(id, {n.text: "B"})])
        assert bench.received() == [(id, frozenset({n.text}))]
        assert bench.crm.fetch(n.object, [id], [n.text])[id].values == {n.text: "B"}

    def test_an_exhausted_day_stops_cleanly_and_writes_nothing(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        bench.crm.schema(n.object)
        bench.exhaust()
        with pytest.raises(QuotaExhausted):
            bench.crm.update(n.object, [Update(id, {n.text: "B"})])
        assert bench.held(id)[n.text] == "A"

    def test_a_wrong_key_is_access_denied_and_not_repeated(self, bench: Bench) -> None:
        crm = bench.wrong_key()
        with pytest.raises(AccessDenied) as denied:
            _all(crm, Query(bench.names.object, (bench.names.text,)))
        assert denied.value.hint
        assert crm.calls.read == 1

    def test_nobody_listening_is_unreachable(self, bench: Bench) -> None:
        crm = bench.nobody_home()
        with pytest.raises(VendorUnreachable) as unreachable:
            _all(crm, Query(bench.names.object, (bench.names.text,)))
        assert not isinstance(unreachable.value, InDoubt)
        assert crm.calls.read == crm.calls.write == 0
