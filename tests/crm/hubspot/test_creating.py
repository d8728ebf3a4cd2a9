"""Properties made in the sandbox's portal: once, with the answers lost, and where the right is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.crm.base import MakesFields, NewField
from connector.crm.hubspot import connect
from connector.crm.hubspot.adapter import HubSpotCrm
from connector.crm.hubspot.endpoints import VERSIONS
from connector.errors import AccessDenied, InDoubt, RequestRefused
from connector.redact import Secret
from connector.sandbox import Sandbox
from tests.crm.hubspot.portal import FakeTime

ID = NewField("note_id", "Note id", "text", "An id.")
FIELDS = (
    ID,
    NewField("note_at", "Note at", "datetime", "A time."),
    NewField("note_level", "Note level", "picklist", "A level.", options=("C-Suite", "Director")),
)


@pytest.fixture(scope="module")
def servers() -> Iterator[Sandbox]:
    with Sandbox(contacts=2, companies=1, limits=False) as box:
        yield box


@pytest.fixture
def box(servers: Sandbox) -> Iterator[Sandbox]:
    yield servers
    servers.hubspot.tokens.lacking.clear()
    for kind in ("contacts", "companies"):
        servers.hubspot.groups[kind].pop("lusha", None)
        for field in FIELDS:
            servers.hubspot.drop_property(kind, field.name)


def crm_of(box: Sandbox, version: str = "v3") -> HubSpotCrm:
    time = FakeTime()
    connection = {
        "access_token": Secret(box.hubspot_token), "base_url": box.hubspot_url, "api_version": version,
        "ca_file": None, "api_reserve": 0.0,
    }  # fmt: skip
    crm = connect(connection, clock=time.clock, sleep=time.sleep)
    assert isinstance(crm, HubSpotCrm)
    return crm


@pytest.mark.parametrize("version", sorted(VERSIONS))
@pytest.mark.parametrize("object", ["contacts", "company"])
def test_what_lacks_is_made_and_nothing_twice(box: Sandbox, version: str, object: str) -> None:
    crm = crm_of(box, version)
    assert isinstance(crm, MakesFields)
    assert "note_id" not in crm.schema(object)
    assert crm.make_fields(object, FIELDS) == ["note_id", "note_at", "note_level"]
    schema = crm.schema(object)
    assert [(schema[one.name].type, schema[one.name].custom) for one in FIELDS] == [
        ("text", True), ("datetime", True), ("picklist", True)
    ]  # fmt: skip
    assert [one.value for one in schema["note_level"].options] == ["C-Suite", "Director"]
    assert crm.make_fields(object, FIELDS) == []


def test_they_stand_in_a_group_of_our_own(box: Sandbox) -> None:
    crm_of(box).make_fields("contacts", [ID])
    assert box.hubspot.groups["contacts"]["lusha"] == "Lusha"
    assert box.hubspot.types["contacts"].by_name["note_id"].group == "lusha"


def test_a_lost_answer_is_asked_for_again(box: Sandbox) -> None:
    box.hubspot.drop_next(path="/crm/v3/properties/contacts", after_work=True)
    crm = crm_of(box)
    crm._schemas["contacts"] = {}  # else the read that comes first loses its answer
    assert crm.make_fields("contacts", [ID]) == ["note_id"]


def test_a_busy_portal_is_asked_again_and_one_that_stays_silent_is_not(box: Sandbox) -> None:
    crm = crm_of(box)
    crm.schema("contacts")
    box.hubspot.fail_next(503, path="/crm/v3/properties/contacts")
    assert crm.make_fields("contacts", [ID]) == ["note_id"]
    crm.schema("companies")
    box.hubspot.fail_next(500, path="/crm/v3/properties/companies", times=3)
    with pytest.raises(InDoubt):
        crm.make_fields("companies", [ID])


def test_what_somebody_made_meanwhile_is_left(box: Sandbox) -> None:
    first, second = crm_of(box), crm_of(box)
    second.schema("contacts")
    first.make_fields("contacts", [ID])
    assert second.make_fields("contacts", [ID]) == []


def test_a_missing_scope_is_named(box: Sandbox) -> None:
    box.hubspot.tokens.lacking.add("crm.schemas.contacts.write")
    with pytest.raises(AccessDenied, match=r"needs crm\.schemas\.contacts\.write"):
        crm_of(box).make_fields("contacts", [ID])


def test_hubspots_word_on_a_property_that_it_will_not_make(box: Sandbox) -> None:
    with pytest.raises(RequestRefused, match="is not valid"):
        crm_of(box).make_fields("contacts", [NewField("Note", "Note", "text", "x")])
