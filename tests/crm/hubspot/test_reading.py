"""Which way is taken to read records, and what it costs: by id, by listing, by search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.crm.base import Query
from connector.errors import VendorUnreachable
from tests.crm.hubspot.portal import StubPortal, definition

LONG_AGO = ("stamp", datetime(2026, 11, 1, tzinfo=UTC))
ENGINEERS = [{"propertyName": "jobtitle", "operator": "EQ", "value": "Engineer"}]


@pytest.fixture
def portal() -> StubPortal:
    portal = StubPortal()
    for one in range(1, 451):
        portal.add("contacts", str(one), jobtitle="Engineer", stamp="1")
    return portal


def sizes(portal: StubPortal, *fields: str, **query: Any) -> list[int]:
    """How many records each page has."""
    return [len(page) for page in portal.connect().read(Query("contacts", fields or ("jobtitle",), **query))]


def asked(portal: StubPortal) -> list[str]:
    """The paths asked, less those of schemas."""
    return [path.rpartition("contacts")[2] for _, path, _ in portal.requests if "properties" not in path]


SOME = tuple(str(one) for one in range(450, 200, -1))


@pytest.mark.parametrize(
    ("query", "calls"),
    [
        ({}, [""] * 5),
        ({"where": []}, [""] * 5),
        ({"where": [[], ENGINEERS]}, [""] * 5),
        ({"stale": ("stamp_text", LONG_AGO[1])}, [""] * 5),
        ({"blank": ("jobtitle", "phone", "email", "badge", "firstname", "level")}, [""] * 5),
        ({"ids": SOME}, ["/batch/read"] * 3),
        ({"where": ENGINEERS}, ["/search"] * 3),
        ({"where": ENGINEERS, "ids": SOME}, ["/search"] * 3),
        ({"stale": LONG_AGO}, ["/search"] * 3),
        ({"blank": ("phone",)}, ["/search"] * 3),
    ],
)
def test_what_is_filtered_is_searched_for_and_nothing_else(
    portal: StubPortal, query: dict[str, Any], calls: Sequence[str]
) -> None:
    assert sum(sizes(portal, **query)) == (250 if "ids" in query else 450)
    assert asked(portal) == calls


def test_two_lists_make_a_page(portal: StubPortal) -> None:
    assert sizes(portal) == [200, 200, 50]
    assert portal.sent("objects/contacts")[1] == {
        "limit": "100",
        "properties": "jobtitle,lastmodifieddate",
        "after": "100",
    }


def test_records_that_come_and_go_while_they_are_listed(portal: StubPortal) -> None:
    pages = portal.connect().read(Query("contacts", ("jobtitle",)))
    seen = [record.id for record in next(pages)]
    del portal.rows["contacts"]["7"], portal.rows["contacts"]["300"]
    portal.add("contacts", "451")
    seen += [record.id for page in pages for record in page]
    assert seen == [str(one) for one in range(1, 452) if one != 300]


def test_more_properties_than_an_address_holds(portal: StubPortal) -> None:
    names = [f"a_rather_long_property_name_{number}" for number in range(250)]
    portal.properties["contacts"] = [*portal.properties["contacts"], *map(definition, names)]
    assert sizes(portal, *names[:150]) == [200, 200, 50]
    assert set(asked(portal)) == {""}
    portal.requests.clear()
    assert sizes(portal, *names) == [200, 200, 50]
    assert asked(portal) == ["/search", "/batch/read", "/batch/read"] * 2 + ["/search", "/batch/read"]


def test_a_list_that_does_not_move_on_is_stopped(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    page = {"results": [{"id": "5", "properties": {}}], "paging": {"next": {"after": "5"}}}
    portal.script.extend([(200, page), (200, page)])
    with pytest.raises(VendorUnreachable, match="HubSpot's list of contacts does not move past 5"):
        list(crm.read(Query("contacts", ("jobtitle",))))
