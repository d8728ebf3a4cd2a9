"""Unique values are looked up before they are written: one that is taken would refuse the whole batch."""

from __future__ import annotations

import pytest

from connector.models import Rejection, Update
from tests.crm.hubspot.portal import StubPortal
from tests.crm.patience import at_last


@pytest.fixture
def portal() -> StubPortal:
    stub = StubPortal()
    for one in range(1, 101):
        stub.add("contacts", str(one), jobtitle="Chemist")
    return stub


def test_unique_values_are_looked_up_first(portal: StubPortal) -> None:
    crm = portal.connect()
    portal.rows["contacts"]["50"] |= {"email": "ada@example.com", "badge": "B1"}
    results = at_last(
        crm,
        "contacts",
        [
            Update("1", {"email": "Ada@Example.com", "jobtitle": "Engineer"}),
            Update("2", {"email": "new@example.com"}),
            Update("3", {"badge": "B1"}),
            Update("50", {"badge": "B1", "email": ""}),
        ],
    )
    taken = 'record 50 already holds this value of "{}"'
    assert results[0].written == {"jobtitle"}
    assert results[1].written == {"email"}
    assert results[2].rejections == (Rejection("DUPLICATE_VALUE", taken.format("badge"), "badge"),)
    assert results[3].written == {"badge", "email"}
    assert [body["idProperty"] for body in portal.sent("batch/read")] == ["email", "badge"]
    assert crm.calls.write == 1


def test_a_neighbour_in_the_batch_is_first(portal: StubPortal) -> None:
    crm = portal.connect()
    same = [Update(str(one), {"email": text}) for one, text in ((4, "eve@example.com"), (5, "EVE@example.com "))]
    first, second = at_last(crm, "contacts", same)
    assert first.written == {"email"}
    assert second.rejections == (Rejection("DUPLICATE_VALUE", 'record 4 already holds this value of "email"', "email"),)


def test_a_secondary_address_counts_as_held(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    found = {"id": "9", "properties": {"email": "a@example.com", "hs_additional_emails": "x@example.com;b@example.com"}}
    portal.script.append((200, {"results": [found]}))
    taken, own = at_last(
        crm, "contacts", [Update("1", {"email": "b@example.com"}), Update("9", {"email": "x@example.com"})]
    )
    assert [one.code for one in taken.rejections] == ["DUPLICATE_VALUE"]
    assert own.written == {"email"}


def test_a_value_too_odd_to_look_up_is_left_to_the_write(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    portal.script.append((400, {"message": "Invalid email"}))
    [result] = at_last(crm, "contacts", [Update("1", {"email": "odd"})])
    assert result.written == {"email"}
