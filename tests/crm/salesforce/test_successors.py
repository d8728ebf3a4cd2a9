"""Leads that were converted, and records merged away: over the sandbox, where queryAll tells of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from connector.crm.base import Query
from connector.models import Successor, Update
from tests.crm.salesforce.bench import SandboxBench, sandbox_bench


@pytest.fixture
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench() as one:
        yield one


def leads(bench: SandboxBench, number: int) -> Sequence[str]:
    return bench.org.put("Lead", [{"LastName": f"Doe {n}", "Company": "Acme"} for n in range(number)])


def test_a_converted_lead_is_read_by_nothing(bench: SandboxBench) -> None:
    open_, converted = leads(bench, 2)
    bench.org.convert(converted)
    pages = bench.crm.read(Query("Lead", ("LastName",), where="LastName LIKE 'Doe%'"))
    assert [record.id for page in pages for record in page] == [open_]
    assert list(bench.crm.read(Query("Lead", ("LastName",), ids=(converted,)))) == []
    assert set(bench.crm.fetch("Lead", [open_, converted], ["LastName"])) == {open_}


def test_a_lead_that_was_converted_right_before_the_write_is_gone_and_not_refused(bench: SandboxBench) -> None:
    (id,) = leads(bench, 1)
    contact = bench.org.convert(id)
    (result,) = bench.crm.update("Lead", [Update(id, {"Title": "CTO"})])
    assert (result.gone, result.rejections) == (True, ())
    assert bench.crm.successors("Lead", [id]) == {id: Successor("Contact", contact, "converted")}


def test_a_lead_that_was_merged_and_then_converted_leads_to_where_the_contact_is_today(bench: SandboxBench) -> None:
    first, second = leads(bench, 2)
    bench.org.delete("Lead", first, merged_into=second)
    contact = bench.org.convert(second)
    (master,) = bench.org.put("Contact", [{"LastName": "Doe"}])
    bench.org.delete("Contact", contact, merged_into=master)
    end = Successor("Contact", master, "converted")
    assert bench.crm.successors("Lead", [first, second]) == {first: end, second: end}


def test_a_lead_whose_contact_was_deleted_was_converted_all_the_same(bench: SandboxBench) -> None:
    (id,) = leads(bench, 1)
    bench.org.delete("Contact", bench.org.convert(id))
    assert bench.crm.successors("Lead", [id]) == {id: Successor("Contact", None, "converted")}


def test_records_merged_in_a_circle_end(bench: SandboxBench) -> None:
    first, second = leads(bench, 2)
    bench.org.delete("Lead", first, merged_into=second)
    bench.org.delete("Lead", second, merged_into=first)
    assert bench.crm.successors("Lead", [first]) == {}


def test_ids_are_understood_in_the_short_spelling(bench: SandboxBench) -> None:
    first, second = leads(bench, 2)
    bench.org.delete("Lead", first, merged_into=second)
    asked = [first[:15], second[:15]]
    assert bench.crm.successors("Lead", asked) == {first[:15]: Successor("Lead", second, "merged")}


def test_an_object_that_knows_no_such_fate_is_not_asked(bench: SandboxBench) -> None:
    (id,) = bench.org.put("Partner__c", [{"Name": "Acme Reselling"}])
    bench.crm.schema("Partner__c")
    before = bench.crm.calls.read
    assert bench.crm.successors("Partner__c", [id]) == {}
    assert bench.crm.calls.read == before
