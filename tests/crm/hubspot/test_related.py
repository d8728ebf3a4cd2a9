"""Fields of the primary company: where it is known from, and what is asked for it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pytest

from connector.crm.base import Query
from connector.errors import ConfigError
from connector.models import Record
from tests.crm.hubspot.portal import StubPortal


@pytest.fixture
def portal() -> StubPortal:
    return StubPortal()


def read(crm: Any, object: str = "contacts", fields: Sequence[str] = ("jobtitle",)) -> list[Record]:
    return [record for page in crm.read(Query(object, tuple(fields))) for record in page]


def test_the_primary_company_of_contacts(portal: StubPortal) -> None:
    for one in range(1, 301):
        portal.add("contacts", str(one), associatedcompanyid=str(one % 3) if one % 3 else None)
    portal.add("companies", "1", domain="one.example.com", name="One", employees="7")
    portal.add("companies", "2", domain="", name="Two")
    crm = portal.connect()
    records = read(crm, fields=("jobtitle", "companies.domain", "companies.name"))
    assert records[0].values == {"jobtitle": None, "companies.domain": "one.example.com", "companies.name": "One"}
    assert records[1].values == {"jobtitle": None, "companies.domain": None, "companies.name": "Two"}
    assert records[2].values == {"jobtitle": None, "companies.domain": None, "companies.name": None}
    [body] = portal.sent("companies/batch/read")
    assert [one["id"] for one in body["inputs"]] == ["1", "2"]  # once, for two pages of contacts
    assert "associatedcompanyid" in portal.sent("objects/contacts")[0]["properties"]


def test_a_deleted_company_is_no_company(portal: StubPortal) -> None:
    portal.add("contacts", "1", associatedcompanyid="9")
    assert read(portal.connect(), fields=("companies.domain",))[0].values == {"companies.domain": None}


def test_other_objects_go_by_their_associations(portal: StubPortal) -> None:
    primary = {"category": "HUBSPOT_DEFINED", "typeId": 991, "label": "Primary"}
    plain = {"category": "HUBSPOT_DEFINED", "typeId": 990, "label": None}
    for one in range(1, 5):
        portal.add("pets", str(one), name=f"Pet {one}")
        portal.add("companies", str(one), domain=f"c{one}.example.com")
    portal.associations = {
        "1": [{"toObjectId": 1, "associationTypes": [plain]}, {"toObjectId": 2, "associationTypes": [plain, primary]}],
        "2": [{"toObjectId": 3, "associationTypes": [plain]}],
        "3": [{"toObjectId": 1, "associationTypes": [plain]}, {"toObjectId": 4, "associationTypes": [plain]}],
    }
    records = read(portal.connect(), "pets", ("companies.domain",))
    assert [record.values["companies.domain"] for record in records] == ["c2.example.com", "c3.example.com", None, None]
    assert portal.sent("/crm/v4/associations/pets/companies/batch/read")


def test_other_related_paths_are_refused(portal: StubPortal) -> None:
    paths = ("deals.amount", "companies.", "companies.owner.name", "company.domain", "companies.domain")
    with pytest.raises(ConfigError) as caught:
        read(portal.connect(), fields=paths)
    assert caught.value.message == (
        "HubSpot contacts have no such related field\n"
        "deals.amount\n"
        "companies.\n"
        "companies.owner.name\n"
        "company.domain — did you mean 'companies.domain'?"
    )
    assert caught.value.hint == "a related field is companies.<property>, read from the primary company"


def test_a_company_has_no_related_company(portal: StubPortal) -> None:
    with pytest.raises(ConfigError) as caught:
        read(portal.connect(), "company", ("companies.domain",))
    assert caught.value.message == "HubSpot companies have no such related field\ncompanies.domain"
    assert caught.value.hint == "companies have no related fields here"


def test_an_unknown_property_of_the_company(portal: StubPortal) -> None:
    with pytest.raises(ConfigError) as caught:
        read(portal.connect(), fields=("companies.domian", "companies.zzz"))
    assert caught.value.message == (
        "HubSpot companies have no such property\ncompanies.domian — did you mean 'companies.domain'?\ncompanies.zzz"
    )


LINKS = "/crm/v4/associations/contacts/companies/batch/read"


def link(company: int) -> list[dict[str, Any]]:
    return [{"toObjectId": company, "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": 1}]}]


def test_a_property_that_nobody_fills_is_made_up_for_by_associations(portal: StubPortal) -> None:
    for one in range(1, 402):
        portal.add("contacts", str(one))
    portal.add("companies", "7", domain="acme.example.com")
    portal.associations = {"200": link(7), "401": link(7)}
    records = read(portal.connect(), fields=("companies.domain",))
    with_company = [one.id for one in records if one.values["companies.domain"] == "acme.example.com"]
    assert with_company == ["200", "401"]
    assert [len(body["inputs"]) for body in portal.sent(LINKS)] == [200, 200, 1]


def test_where_associations_know_nothing_either_they_are_asked_once_a_read(portal: StubPortal) -> None:
    for one in range(1, 402):
        portal.add("contacts", str(one))
    portal.add("contacts", "402", associatedcompanyid="7")
    portal.add("companies", "7", domain="acme.example.com")
    crm = portal.connect()
    records = read(crm, fields=("companies.domain",))
    assert records[-1].values == {"companies.domain": "acme.example.com"}
    assert len(portal.sent(LINKS)) == 1


def test_a_property_that_is_filled_needs_no_associations(portal: StubPortal) -> None:
    for one in range(1, 402):
        portal.add("contacts", str(one), associatedcompanyid="7" if one == 200 else None)
    read(portal.connect(), fields=("companies.domain",))
    assert portal.sent(LINKS) == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((404, {"message": "No such path"}), "HubSpot refused the request: {} answered 404: No such path"),
        ((403, {"message": "Not yours"}), "HubSpot's access token lacks a right: {} answered 403: Not yours"),
    ],
)
def test_a_portal_without_associations_knows_no_companies(
    portal: StubPortal, caplog: pytest.LogCaptureFixture, answer: Any, told: str
) -> None:
    for one in range(1, 301):
        portal.add("pets", str(one), name="Rex")
    portal.refused["associations"] = answer
    crm = portal.connect()
    for _ in range(2):
        records = read(crm, "pets", ("name", "companies.domain"))
        assert {(one.values["name"], one.values["companies.domain"]) for one in records} == {("Rex", None)}
    assert len(portal.sent("/crm/v4/associations/pets/companies/batch/read")) == 1
    place = "POST /crm/v4/associations/{object}/companies/batch/read"
    assert [(one.levelname, one.getMessage()) for one in caplog.records if one.levelno >= logging.WARNING] == [
        ("WARNING", f"no company is known of HubSpot pets in this run: {told.format(place)}")
    ]
