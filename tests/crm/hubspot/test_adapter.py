"""Reading: pages, selection, related companies, re-reading; and what is refused before anything is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.crm.base import Consent, Query
from connector.errors import AccessDenied, ConfigError, QuotaExhausted, VendorUnreachable
from connector.models import Record
from tests.crm.hubspot.portal import StubPortal, definition


@pytest.fixture
def portal() -> StubPortal:
    return StubPortal()


def read(crm: Any, object: str = "contacts", fields: Sequence[str] = ("jobtitle",), **query: Any) -> list[Record]:
    return [record for page in crm.read(Query(object, tuple(fields), **query)) for record in page]


def ids(records: Sequence[Record]) -> list[str]:
    return [record.id for record in records]


def test_who_we_are(portal: StubPortal) -> None:
    crm = portal.connect()
    assert (crm.name, crm.write_batch, crm.consent) == ("hubspot", 100, Consent(opted_out=("hs_email_optout",)))
    assert crm.tenant_id() == "8800001"


@pytest.mark.parametrize("answer", [(403, {"message": "no"}), (404, {"message": "no"}), (200, {})])
def test_a_portal_that_does_not_tell_its_id(portal: StubPortal, answer: Any) -> None:
    portal.script.append(answer)
    assert portal.connect().tenant_id() is None


def test_a_wrong_token_is_no_missing_id(portal: StubPortal) -> None:
    portal.script.append((401, {"message": "no"}))
    with pytest.raises(AccessDenied):
        portal.connect().tenant_id()


def test_the_schema_is_read_once(portal: StubPortal) -> None:
    crm = portal.connect()
    assert crm.schema("contact") is crm.schema("Contacts") is crm.schema("contacts")
    assert [path for _, path, _ in portal.requests] == ["/crm/v3/properties/contacts"]
    assert crm.schema("contacts")["phone"].type == "phone"


def test_an_archived_property_is_no_field(portal: StubPortal) -> None:
    portal.properties["contacts"] = [definition("jobtitle"), definition("old_title", archived=True)]
    assert set(portal.connect().schema("contacts")) == {"jobtitle"}


def test_an_unknown_object(portal: StubPortal) -> None:
    with pytest.raises(ConfigError) as caught:
        portal.connect().schema("gadgets")
    assert caught.value.message == (
        "HubSpot knows no object 'gadgets': HubSpot refused the request: "
        "GET /crm/v3/properties/{object} answered 404: Unable to infer object type"
    )


def test_pages_by_id_past_ten_thousand_equal_times(portal: StubPortal) -> None:
    for one in range(1, 10_402):
        portal.add("contacts", str(one), lastmodifieddate="2026-10-01T00:00:00Z")
    crm = portal.connect()
    pages = list(crm.read(Query("contacts", ("jobtitle",), blank=("jobtitle",))))
    assert [len(page) for page in pages] == [200] * 52 + [1]
    assert [int(record.id) for page in pages for record in page] == list(range(1, 10_402))
    assert len(portal.sent("/search")) == 53
    assert pages[0][0] == Record("1", {"jobtitle": None}, "2026-10-01T00:00:00Z")


def test_records_that_change_while_we_read_are_read_once(portal: StubPortal) -> None:
    for one in range(1, 500):
        portal.add("contacts", str(one))
    pages = portal.connect().read(Query("contacts", ("jobtitle",), blank=("jobtitle",)))
    seen = ids(next(pages))
    for id in seen:
        portal.rows["contacts"][id]["jobtitle"] = "Engineer"
    seen += [record.id for page in pages for record in page]
    assert seen == [str(one) for one in range(1, 500)]


def test_a_search_that_does_not_move_on_is_stopped(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    page = {"total": 900, "results": [{"id": "5", "properties": {}}]}
    portal.script.extend([(200, page), (200, page)])
    with pytest.raises(VendorUnreachable, match="does not move past record 5"):
        read(crm, blank=("jobtitle",))


def test_selection(portal: StubPortal) -> None:
    old, new = "1790000000000", "1799000000000"
    portal.add("contacts", "1", jobtitle="Chemist", phone="+1 555 0100", stamp=new)
    portal.add("contacts", "2", jobtitle="Chemist", phone="+1 555 0101", stamp=old)
    portal.add("contacts", "3", jobtitle="Chemist", stamp=new)
    portal.add("contacts", "4", jobtitle="", phone="+1 555 0102", stamp=new)
    portal.add("contacts", "5", jobtitle="Chemist", phone="+1 555 0103")
    crm = portal.connect()
    stale = ("stamp", datetime(2026, 11, 1, tzinfo=UTC))
    chemists = [{"propertyName": "jobtitle", "operator": "EQ", "value": "Chemist"}]
    assert ids(read(crm, blank=("jobtitle", "phone"))) == ["3", "4"]
    assert ids(read(crm, stale=stale)) == ["2"]
    assert ids(read(crm, blank=("phone",), stale=stale)) == ["2", "3"]
    assert ids(read(crm, where=chemists, blank=("jobtitle", "phone"))) == ["3"]
    assert ids(read(crm, where=chemists)) == ["1", "2", "3", "5"]
    assert ids(read(crm, ids=("5", "4", "77", "5"))) == ["5", "4"]
    assert ids(read(crm, ids=("4", "5"), where=chemists)) == ["5"]
    assert ids(read(crm, ids=())) == []


def test_many_ids_in_chunks_of_a_hundred(portal: StubPortal) -> None:
    for one in range(1, 251):
        portal.add("contacts", str(one))
    crm = portal.connect()
    some = [{"propertyName": "hs_object_id", "operator": "GT", "value": "0"}]
    assert len(read(crm, ids=tuple(str(one) for one in range(1, 251)), where=some)) == 250
    assert [len(body["filterGroups"][0]["filters"][1]["values"]) for body in portal.sent("/search")] == [100, 100, 50]


def test_more_properties_than_a_search_takes_come_by_batch_read(portal: StubPortal) -> None:
    names = tuple(f"a_rather_long_property_name_{number}" for number in range(100))
    portal.properties["pets"] = [definition(name) for name in names]
    for one in range(1, 251):
        portal.add("pets", str(one), **{names[7]: f"seven {one}"}, hs_lastmodifieddate="2026-10-01T00:00:00Z")
    records = read(portal.connect(), "pets", names, blank=(names[0],))
    assert ids(records) == [str(one) for one in range(1, 251)]
    assert records[249].values == dict.fromkeys(names) | {names[7]: "seven 250"}
    assert records[249].version == "2026-10-01T00:00:00Z"
    assert [len(body["inputs"]) for body in portal.sent("batch/read")] == [100, 100, 50]


def test_a_stamp_kept_as_text_reads_more_rather_than_less(portal: StubPortal) -> None:
    portal.add("contacts", "1", jobtitle="Chemist", stamp_text="2026-01-01T00:00:00Z")
    stale = ("stamp_text", datetime(2026, 11, 1, tzinfo=UTC))
    assert ids(read(portal.connect(), blank=("jobtitle",), stale=stale)) == ["1"]


def test_values_as_they_stand(portal: StubPortal) -> None:
    portal.add("contacts", "1", jobtitle="  ", phone="", hs_email_optout="true")
    [record] = read(portal.connect(), fields=("jobtitle", "phone", "hs_email_optout"))
    assert record.values == {"jobtitle": "  ", "phone": None, "hs_email_optout": "true"}


def test_unknown_properties_are_told_with_a_suggestion(portal: StubPortal) -> None:
    with pytest.raises(ConfigError) as caught:
        read(portal.connect(), fields=("jobtitel", "phone"), blank=("zzz",))
    assert caught.value.message == ("HubSpot contacts have no such property\njobtitel — did you mean 'jobtitle'?\nzzz")
    assert portal.sent("/search") == []


def test_a_filter_that_hubspot_refuses_is_the_mappings_fault(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    portal.script.append((400, {"message": "There was a problem with the request: unknown operator"}))
    with pytest.raises(ConfigError, match=r"^select\.where: HubSpot refused the request: .*unknown operator$"):
        read(crm, where=[{"propertyName": "jobtitle", "operator": "LIKE", "value": "x"}])


# Refusals of reads: each names its recovery, and none looks like a mistake of ours.

READS: dict[str, Callable[[Any], object]] = {
    "tenant_id": lambda crm: crm.tenant_id(),
    "schema": lambda crm: crm.schema("pets"),
    "read": lambda crm: read(crm, blank=("jobtitle",)),
    "read all": lambda crm: read(crm),
    "read some": lambda crm: read(crm, ids=("1",)),
    "read in full": lambda crm: read(crm, "pets", ("name",)),
    "related": lambda crm: read(crm, fields=("companies.domain",)),
    "fetch": lambda crm: crm.fetch("contacts", ["1"], ["jobtitle"]),
}


@pytest.mark.parametrize("place", ["details", "properties", "search", "read", "contacts", "associations"])
@pytest.mark.parametrize("call", READS)
def test_no_4xx_to_a_read_is_a_request_refused(portal: StubPortal, call: str, place: str) -> None:
    portal.add("contacts", "1")
    for status in (*range(400, 432), 451, 477, 499):
        portal.refused.clear()
        crm = portal.connect()
        if place != "properties":
            for object in ("contacts", "companies", "pets"):
                crm.schema(object)
        portal.refused[place] = (status, {"message": "no such luck"})
        try:
            READS[call](crm)
        except (AccessDenied, ConfigError, QuotaExhausted, VendorUnreachable) as refused:
            assert "no such luck" in refused.message
            assert refused.hint


def test_a_search_refused_without_a_condition_does_not_blame_one(portal: StubPortal) -> None:
    portal.refused["search"] = (400, {"message": "bad sort"})
    with pytest.raises(ConfigError, match=r"^HubSpot refused the request: POST .*/search answered 400: bad sort$"):
        read(portal.connect(), blank=("jobtitle",))


def test_a_property_read_refused_for_something_else_does_not_blame_the_object(portal: StubPortal) -> None:
    portal.refused["properties"] = (415, {"message": "odd"})
    with pytest.raises(
        ConfigError, match=r"^HubSpot refused the request: GET /crm/v3/properties/.* answered 415: odd$"
    ):
        portal.connect().schema("contacts")


# Re-reading


def test_fetch_is_a_batch_read_by_id(portal: StubPortal) -> None:
    for one in range(1, 151):
        portal.add("contacts", str(one), jobtitle=f"T{one}", lastmodifieddate="2026-10-01T00:00:00Z")
    crm = portal.connect()
    found = crm.fetch("contact", [*(str(one) for one in range(1, 151)), "999", "1"], ["jobtitle"])
    assert list(found) == [str(one) for one in range(1, 151)]
    assert found["7"] == Record("7", {"jobtitle": "T7"}, "2026-10-01T00:00:00Z")
    assert [len(body["inputs"]) for body in portal.sent("batch/read")] == [100, 51]
    assert portal.sent("/search") == []


def test_a_merged_record_is_absent(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    portal.script.append((200, {"results": [{"id": "2", "properties": {"jobtitle": "Winner"}}]}))
    assert crm.fetch("contacts", ["1"], ["jobtitle"]) == {}


def test_only_not_found_makes_a_record_absent(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    portal.script.append((207, {"results": [], "errors": [{"category": "INTERNAL_ERROR", "message": "shard down"}]}))
    with pytest.raises(VendorUnreachable, match="HubSpot could not read all records: shard down"):
        crm.fetch("contacts", ["1"], ["jobtitle"])


def test_companies_keep_their_time_elsewhere(portal: StubPortal) -> None:
    portal.add("companies", "1", hs_lastmodifieddate="2026-10-02T00:00:00Z")
    crm = portal.connect()
    assert crm.fetch("company", ["1"], ["domain"])["1"].version == "2026-10-02T00:00:00Z"
    assert read(crm, "companies", ("domain",))[0].version == "2026-10-02T00:00:00Z"
