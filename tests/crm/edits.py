"""What every CRM adapter tells of the history of its records: a part of the contract, for all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connector.errors import ConfigError
from connector.models import Edit, Update
from tests.crm.contract import Bench

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def last_edit(bench: Bench, id: str, field: str) -> Edit:
    told = bench.crm.last_edits(bench.names.object, [id], [field])[id][field]
    assert told.at.tzinfo is not None
    assert told.at.utcoffset() == timedelta(0)
    return told


class EditsContract:
    """The suite. Subclasses define ``bench`` as a pytest fixture."""

    def test_an_edit_by_a_person_is_told_with_its_time(self, bench: Bench) -> None:
        n = bench.names
        edited, other = bench.seed([{n.text: "A"}, {n.text: "B"}])
        bench.wait(3600)
        bench.edit(edited, {n.text: "New"})
        at = bench.time()
        bench.wait(3600)
        told = bench.crm.last_edits(n.object, [edited, other], [n.text])
        assert told[edited][n.text].by == "person"
        assert at - SECOND <= told[edited][n.text].at <= at + SECOND
        assert told[other][n.text].at <= at - HOUR + SECOND

    def test_the_last_of_several_edits_counts(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        for value in ("B", "A", "C"):
            bench.wait(3600)
            bench.edit(id, {n.text: value})
        assert abs(last_edit(bench, id, n.text).at - bench.time()) <= SECOND

    def test_a_write_of_ours_is_an_edit_of_its_field_alone(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A", n.phone: "+15550100"}])
        bench.wait(3600)
        bench.edit(id, {n.text: "New"})
        bench.wait(3600)
        bench.crm.update(n.object, [Update(id, {n.phone: "+15550101"})])
        assert last_edit(bench, id, n.phone).at >= bench.time() - SECOND
        assert abs(last_edit(bench, id, n.text).at - (bench.time() - HOUR)) <= SECOND

    def test_saving_the_value_that_is_there_is_no_edit(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        bench.wait(3600)
        bench.edit(id, {n.text: "New"})
        bench.wait(3600)
        bench.crm.update(n.object, [Update(id, {n.text: "New"})])
        told = last_edit(bench, id, n.text)
        assert told.by == "person"
        assert abs(told.at - (bench.time() - HOUR)) <= SECOND

    def test_a_field_that_somebody_cleared_was_edited_then(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        bench.wait(3600)
        bench.edit(id, {n.text: None})
        at = bench.time()
        bench.wait(3600)
        assert abs(last_edit(bench, id, n.text).at - at) <= SECOND

    def test_a_field_that_never_had_a_value_is_absent(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A", n.phone: None}])
        told = bench.crm.last_edits(n.object, [id], [n.text, n.phone, n.picklist])
        assert set(told[id]) == {n.text}

    def test_records_that_are_not_there_are_absent(self, bench: Bench) -> None:
        n = bench.names
        kept, deleted = bench.seed([{n.text: "A"}, {n.text: "B"}])
        bench.delete(deleted)
        assert set(bench.crm.last_edits(n.object, [deleted, kept, bench.unknown_id(), kept], [n.text])) == {kept}

    def test_many_ids_are_asked_for_in_lots(self, bench: Bench) -> None:
        n = bench.names
        ids = bench.seed([{n.text: "A"} for _ in range(bench.more_than_a_page)])
        bench.wait(3600)
        edited = [ids[0], ids[len(ids) // 2], ids[-1]]
        for id in edited:
            bench.edit(id, {n.text: "New"})
        told = bench.crm.last_edits(n.object, ids, [n.text, n.phone])
        assert list(told) == list(ids)
        recent = [id for id, edits in told.items() if edits[n.text].at >= bench.time() - SECOND]
        assert recent == edited

    def test_edits_of_nothing_call_nothing(self, bench: Bench) -> None:
        n = bench.names
        (id,) = bench.seed([{n.text: "A"}])
        bench.crm.schema(n.object)
        before = bench.crm.calls.read
        assert bench.crm.last_edits(n.object, [], [n.text]) == {}
        assert bench.crm.last_edits(n.object, [id], []) == {}
        assert bench.crm.calls.read == before

    def test_an_unknown_field_is_a_configuration_error_here_too(self, bench: Bench) -> None:
        n = bench.names
        with pytest.raises(ConfigError, match=n.unknown):
            bench.crm.last_edits(n.object, [bench.unknown_id()], [n.unknown])
