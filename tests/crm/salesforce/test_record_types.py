"""Which options a record may hold by its record type, as the sandbox's describe and User Interface API tell it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from connector.crm.base import Query
from connector.errors import Interrupted, VendorUnreachable
from connector.models import Option, Update
from connector.sandbox.salesforce_schema import SalesforceField
from tests.crm.salesforce.bench import SandboxBench, Step, described, refusal, reply, sandbox_bench, scripted

KIND = SalesforceField("Kind__c", "Kind", "picklist", 255, options=("Gold", "Silver"), restricted=True)


@pytest.fixture
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench() as one:
        one.org.having("Contact", KIND)
        yield one


def test_each_type_offers_its_own_options_and_no_type_all(bench: SandboxBench) -> None:
    partner = bench.org.record_type("Contact", "Partner", Kind__c=("Silver",))
    fields = bench.crm.schema("Contact")
    (found,) = fields["Kind__c"].depends
    assert (found.controller, found.allowed) == ("RecordTypeId", {"": ("Gold", "Silver"), partner: ("Silver",)})
    assert found.names == {partner: "Partner"}
    assert fields["Kind__c"].options == (Option("Gold", "Gold"), Option("Silver", "Silver"))


def test_salesforce_refuses_what_the_type_does_not_offer(bench: SandboxBench) -> None:
    partner = bench.org.record_type("Contact", "Partner", Kind__c=("Silver",))
    one, other = bench.org.put("Contact", [{"LastName": "Doe", "RecordTypeId": partner}, {"LastName": "Roe"}])
    refused, landed = bench.crm.update("Contact", [Update(id, {"Kind__c": "Gold"}) for id in (one, other)])
    assert refused.rejections[0].code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert landed.written == {"Kind__c"}


def test_an_object_with_the_master_type_alone_is_not_asked_about(bench: SandboxBench) -> None:
    assert bench.crm.schema("Contact")["Kind__c"].depends == ()
    assert bench.crm.calls.read == 2  # sign-in, describe


@pytest.mark.parametrize(
    "answer",
    [refusal(404, "INVALID_TYPE"), refusal(403, "INSUFFICIENT_ACCESS"), refusal(400, "BAD_INPUT"), reply(200, {})],
)
def test_what_is_not_told_is_left_to_salesforce(answer: Step) -> None:
    crm, _ = scripted(with_a_type(), answer)
    assert crm.schema("Contact")["Kind__c"].depends == ()


def picklist_values(id: str) -> str:
    return f"/services/data/v68.0/ui-api/object-info/Contact/picklist-values/{id}"


def test_a_type_that_is_answered_with_500_for_good_is_not_told_and_stops_nothing(bench: SandboxBench) -> None:
    broken = bench.org.record_type("Contact", "Broken", Kind__c=("Gold",))
    partner = bench.org.record_type("Contact", "Partner", Kind__c=("Silver",))
    bench.org.fail_next(500, path=picklist_values(broken), times=99)
    (found,) = bench.crm.schema("Contact")["Kind__c"].depends
    assert found.allowed == {"": ("Gold", "Silver"), partner: ("Silver",)}
    assert (found.untold, found.names) == ({broken}, {broken: "Broken", partner: "Partner"})
    one, other = bench.org.put("Contact", [{"LastName": "Doe", "RecordTypeId": broken}, {"LastName": "Roe"}])
    refused, landed = bench.crm.update("Contact", [Update(id, {"Kind__c": "Silver"}) for id in (one, other)])
    assert refused.rejections[0].code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    assert landed.written == {"Kind__c"}


def test_a_hiccup_is_waited_for(bench: SandboxBench) -> None:
    partner = bench.org.record_type("Contact", "Partner", Kind__c=("Silver",))
    bench.org.fail_next(500, path=picklist_values(partner), times=2)
    (found,) = bench.crm.schema("Contact")["Kind__c"].depends
    assert (found.untold, found.allowed[partner]) == (frozenset(), ("Silver",))


def test_where_nothing_is_answered_each_further_type_is_asked_for_once(bench: SandboxBench) -> None:
    types = {bench.org.record_type("Contact", name, Kind__c=("Silver",)) for name in ("A", "B", "C")}
    bench.org.fail_next(503, path=picklist_values("*"), times=99)
    (found,) = bench.crm.schema("Contact")["Kind__c"].depends
    assert (found.untold, found.allowed) == (types, {"": ("Gold", "Silver")})
    assert bench.crm.calls.read == 2 + 3 + 1 + 1  # sign-in and describe; the first type three times


@pytest.mark.parametrize("answer", [refusal(503, "SERVER_UNAVAILABLE"), requests.ConnectionError("no route to host")])
def test_an_outage_of_all_of_salesforce_still_ends_the_reading(answer: Step) -> None:
    crm, _ = scripted(with_a_type(), *[answer] * 9)
    with pytest.raises(VendorUnreachable):
        list(crm.read(Query("Contact", ("Title",))))


def test_ctrl_c_while_it_is_asked_is_heard() -> None:
    def interrupted(_seconds: float) -> None:
        raise Interrupted("interrupted")

    crm, _ = scripted(with_a_type(), refusal(500, "UNKNOWN_EXCEPTION"), sleep=interrupted)
    with pytest.raises(Interrupted):
        crm.schema("Contact")


def with_a_type() -> Step:
    """The describe of an object with one record type and a picklist."""
    return described(
        {"name": "RecordTypeId", "type": "reference"},
        {"name": "Kind__c", "type": "picklist", "updateable": True, "picklistValues": [{"value": "Gold"}]},
        types=[{"recordTypeId": "012000000000001AAA", "name": "Partner"}],
    )
