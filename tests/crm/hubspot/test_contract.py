"""The HubSpot adapter keeps the contract, through the real SDK over real HTTP against the sandbox."""

from __future__ import annotations

import math
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from connector.crm.base import Crm, Query
from connector.crm.hubspot import connect
from connector.crm.hubspot.endpoints import VERSIONS
from connector.errors import AccessDenied, ConfigError, QuotaExhausted
from connector.models import Successor, Update, Value
from connector.redact import Secret
from connector.sandbox.hubspot import HubSpotPortal
from connector.sandbox.hubspot_tokens import TOKEN
from connector.sandbox.hubspot_types import PARTNERS
from connector.sandbox.serving import LocalServer
from connector.sandbox.windows import FixedWindow
from tests.crm.contract import CrmContract, Names
from tests.crm.edits import EditsContract
from tests.crm.patience import at_last

NAMES = Names(
    "contacts",
    "jobtitle",
    "phone",
    "lusha_seniority",
    "lusha_last_enriched",
    option="director",
    too_long="x" * 65_537,
)

PARTNER_NAMES = Names(
    PARTNERS.name,
    "partner_name",
    "phone",
    "tier",
    "lusha_last_enriched",
    option="gold",
    too_long="x" * 65_537,
)


def now() -> datetime:
    return datetime(2026, 7, 1, 12, tzinfo=UTC)


def row(id: int, **values: Value) -> dict[str, Any]:
    held = {name: str(value) for name, value in values.items() if value not in (None, "")}
    return {"id": str(id), "properties": {"createdate": "2026-01-01T00:00:00Z", **held}}


class SandboxBench:
    """A sandbox portal with no contacts but those that a test seeds."""

    more_than_a_page = 450
    bad_where = ({"propertyName": "nosuch", "operator": "EQ", "value": "x"},)
    unknown_paths = ("companies.domian", "deals.domain", "company.domain")
    conditional = False

    def __init__(self, portal: HubSpotPortal, url: str, wall: Wall, version: str = "v3", names: Names = NAMES) -> None:
        self.portal = portal
        self.names = names
        self.version = version
        self.wall = wall
        self.crm = self.connect(url)
        self._url = url

    def connect(self, url: str, token: str = TOKEN, reserve: float = 0.2) -> Crm:
        connection = {"access_token": Secret(token), "base_url": url, "api_version": self.version, "ca_file": None}
        return connect({**connection, "api_reserve": reserve}, sleep=lambda _seconds: None, clock=Ticks())

    def time(self) -> datetime:
        return self.wall.time

    def wait(self, seconds: float) -> None:
        self.wall.time += timedelta(seconds=seconds)

    def edit(self, id: str, values: Mapping[str, Value]) -> None:
        self.portal.edit(self.names.object, id, **{name: str(value or "") for name, value in values.items()})

    def seed(self, rows: Sequence[Mapping[str, Value]]) -> Sequence[str]:
        return self.seed_all([row(101 + place, **values) for place, values in enumerate(rows)])

    def seed_all(self, records: Sequence[dict[str, Any]], companies: Sequence[dict[str, Any]] = ()) -> Sequence[str]:
        world = SimpleNamespace(hubspot={self.names.object: records, "companies": companies})
        fresh = HubSpotPortal(world, clock=now)
        for name in ("tables", "_histories", "_survivors", "_indexes", "_unique"):
            setattr(self.portal, name, getattr(fresh, name))
        self.portal.requests.clear()
        return [one["id"] for one in records]

    def held(self, id: str) -> Mapping[str, Value]:
        properties: Mapping[str, Value] = self.portal.tables[self.names.object].rows[id]["properties"]
        return properties

    def received(self) -> Sequence[tuple[str, frozenset[str]]]:
        return [
            (one["id"], frozenset(one["properties"]))
            for request in self.portal.requests
            if request.path.endswith("/batch/update")
            for one in request.body["inputs"]
        ]

    def where(self, text: str) -> object:
        return [{"propertyName": self.names.text, "operator": "EQ", "value": text}]

    def unknown_id(self) -> str:
        return "999999"

    def delete(self, id: str) -> None:
        self.portal.delete(self.names.object, id)

    def merge(self, id: str, into: str) -> str:
        return self.portal.merge(self.names.object, into, id)

    def lose_next_answer(self) -> None:
        self.portal.drop_next(path=VERSIONS[self.version].batch_update.url(self.names.object))

    def exhaust(self) -> None:
        self.portal.daily = FixedWindow(1, 86_400, clock=lambda: now().timestamp())
        self.portal.daily.take()

    def wrong_key(self) -> Crm:
        return self.connect(self._url, "wrong")

    def nobody_home(self) -> Crm:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        return self.connect(f"http://127.0.0.1:{port}")


class Wall:
    """The portal's clock: it stands still until somebody moves it."""

    def __init__(self) -> None:
        self.time = now()

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture(autouse=True)
def as_long_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock below runs far ahead at each look; what a re-read is worth is tested where time stands still."""
    monkeypatch.setattr("connector.crm.hubspot.transport.FRESH", math.inf)


class Ticks:
    """A clock on which nobody ever has to wait for a turn: the sandbox of these tests has no limits."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 10.0
        return self._now


@contextmanager
def opened(version: str = "v3", names: Names = NAMES) -> Iterator[SandboxBench]:
    wall = Wall()
    portal = HubSpotPortal(SimpleNamespace(hubspot={}), clock=wall, limits=False)
    server = LocalServer(portal.app(), clock=wall)
    server.start()
    try:
        bench = SandboxBench(portal, server.url, wall, version, names)
        yield bench
        bench.crm.close()
    finally:
        server.end()  # it stops by itself in a moment, and the next test need not wait


@pytest.fixture(params=VERSIONS)
def bench(request: pytest.FixtureRequest) -> Iterator[SandboxBench]:
    with opened(request.param) as bench:
        yield bench


class TestHubSpotKeepsTheContract(CrmContract, EditsContract):
    """The suites themselves stand in ``tests/crm``."""


class TestCustomObjectsKeepTheContract(CrmContract, EditsContract):
    """The same, of an object that the portal made."""

    @pytest.fixture
    def bench(self) -> Iterator[SandboxBench]:
        with opened(names=PARTNER_NAMES) as bench:
            yield bench


@pytest.fixture
def partners() -> Iterator[SandboxBench]:
    with opened("2026-09", PARTNER_NAMES) as bench:
        yield bench


@pytest.mark.parametrize("object", [PARTNERS.name, PARTNERS.type_id])
def test_a_custom_object_is_known_by_its_name_and_its_id(partners: SandboxBench, object: str) -> None:
    companies = [row(7, domain="acme.example.com"), row(8, domain="other.example.com")]
    partners.seed_all([row(1) | {"companies": ["7", "8"]}, row(2)], companies)
    (page,) = partners.crm.read(Query(object, ("partner_name", "companies.domain")))
    assert [record.values["companies.domain"] for record in page] == ["acme.example.com", None]
    assert partners.crm.update(object, [Update("1", {"partner_name": "Acme"})])[0].written == {"partner_name"}
    assert partners.crm.fetch(object, ["1"], ["partner_name"])["1"].version == partners.held("1")["hs_lastmodifieddate"]


def test_every_type_of_a_custom_object_is_written_and_read_back(partners: SandboxBench) -> None:
    partners.seed([{"regions": "amer"}])
    values: dict[str, Value] = {
        "code": "A-1", "phone": "+15550100", "hotline": "+15550101", "notes": "a\nb", "tier": "gold", "level": "2",
        "regions": "emea;apac", "owner": "77", "active": True, "since": "2026-01-31",
        "reviewed": "2026-01-31T10:00:00Z", "seats": 12, "share": 0.25, "fee": 1200.5,
    }  # fmt: skip
    [result] = partners.crm.update(PARTNERS.name, [Update("101", values)])
    assert (result.written, result.rejections) == (set(values), ())
    held = partners.crm.fetch(PARTNERS.name, ["101"], list(values))["101"].values
    assert held == {**values, "active": "true", "seats": "12", "share": "0.25", "fee": "1200.5",
                    "reviewed": "2026-01-31T10:00:00.000Z"}  # fmt: skip


def test_an_unknown_object_is_answered_with_those_that_there_are(bench: SandboxBench) -> None:
    with pytest.raises(ConfigError) as caught:
        bench.crm.schema("partner")
    assert caught.value.hint == (
        "did you mean 'p8800001_partner'? this portal has: contacts, companies, p8800001_partner"
    )
    bench.portal.fail_next(403, "MISSING_SCOPES", path=VERSIONS[bench.version].schemas.path)
    with pytest.raises(ConfigError, match="HubSpot knows no object 'invoices'") as caught:
        bench.crm.schema("invoices")
    assert caught.value.hint == (
        "contacts, companies, or the fully qualified name of a custom object (p123_name, 2-123)"
    )


def test_a_unique_value_that_is_taken_stops_only_itself(partners: SandboxBench) -> None:
    partners.seed([{"code": "A"}, {"code": "B"}, {}, {}])
    updates = [
        Update("102", {"code": "A", "notes": "x"}),
        Update("103", {"code": "C", "notes": "x"}),
        Update("104", {"code": "C", "notes": "x"}),
    ]
    results = at_last(partners.crm, PARTNERS.name, updates)
    assert [result.written for result in results] == [{"notes"}, {"code", "notes"}, {"notes"}]
    told = [one for result in results for one in result.rejections]
    assert [(one.code, one.message) for one in told] == [
        ("DUPLICATE_VALUE", 'record 101 already holds this value of "code"'),
        ("DUPLICATE_VALUE", 'record 103 already holds this value of "code"'),
    ]


def test_a_unique_value_taken_between_look_up_and_write(partners: SandboxBench) -> None:
    partners.seed([{}, {}, {}])

    def take(_ids: Sequence[str]) -> None:
        partners.portal.before_write = None
        partners.portal.edit(PARTNERS.name, "103", code="A")

    partners.portal.before_write = take
    updates = [Update("101", {"code": "A", "notes": "x"}), Update("102", {"code": "B"})]
    first, second = at_last(partners.crm, PARTNERS.name, updates)
    assert (first.written, second.written) == ({"notes"}, {"code"})
    [told] = first.rejections
    assert (told.code, told.message) == ("DUPLICATE_VALUE", 'record 103 already holds this value of "code"')


def test_what_an_administrator_requires_is_asked_since_the_dated_paths(bench: SandboxBench) -> None:
    bench.seed([{"jobtitle": "A"}, {"jobtitle": "B"}])
    bench.portal.required.append(
        lambda _type, after: "city" if after.get("jobtitle") == "Boss" and not after.get("city") else None
    )
    updates = [Update("101", {"jobtitle": "Boss"}), Update("102", {"jobtitle": "Engineer"})]
    refused, landed = at_last(bench.crm, "contacts", updates)
    assert landed.written == {"jobtitle"}
    if bench.version == "v3":
        assert refused.written == {"jobtitle"}
    else:
        [told] = refused.rejections
        assert (told.field, told.message) == (None, 'Property "city" is required')


def test_options_are_replaced_and_never_added_to(partners: SandboxBench) -> None:
    partners.seed([{"regions": "amer"}])
    [result] = partners.crm.update(PARTNERS.name, [Update("101", {"regions": ";emea", "notes": "x"})])
    assert (result.written, partners.held("101")["regions"]) == ({"notes"}, "amer")
    assert [one.code for one in result.rejections] == ["INVALID_OPTION"]


def test_the_primary_company_comes_with_the_contact(bench: SandboxBench) -> None:
    contacts = [row(1, associatedcompanyid=7), row(2), row(3, associatedcompanyid=7)]
    bench.seed_all(contacts, [row(7, domain="acme.example.com")])
    (page,) = bench.crm.read(Query("contacts", ("jobtitle", "companies.domain")))
    assert [record.values["companies.domain"] for record in page] == ["acme.example.com", None, "acme.example.com"]


def test_more_than_ten_thousand_records_are_all_read(bench: SandboxBench) -> None:
    ids = bench.seed_all([row(number) for number in range(1, 10_302)])
    for way in (Query("contacts", ("jobtitle",)), Query("contacts", ("jobtitle",), blank=("jobtitle",))):
        assert [record.id for page in bench.crm.read(way) for record in page] == ids


def test_bad_emails_and_taken_ones_stop_only_themselves(bench: SandboxBench) -> None:
    bench.seed_all([row(number, email=f"p{number}@example.com") for number in range(1, 101)])
    addresses = {str(number): f"q{number}@example.com" for number in range(1, 101)}
    updates = [Update(id, {"jobtitle": "Engineer", "email": email}) for id, email in addresses.items()]
    updates[10] = Update("11", {"jobtitle": "Engineer", "email": "not an address"})
    updates[20] = Update("21", {"jobtitle": "Engineer", "email": "P30@Example.com"})
    updates[40] = Update("41", {"jobtitle": "Engineer", "email": "also@bad"})
    results = at_last(bench.crm, "contacts", updates)
    told = {result.id: result.rejections[0] for result in results if result.rejections}
    assert {id: (one.code, one.field) for id, one in told.items()} == {
        "11": ("INVALID_EMAIL", "email"),
        "21": ("DUPLICATE_VALUE", "email"),
        "41": ("INVALID_EMAIL", "email"),
    }
    assert told["21"].message == 'record 30 already holds this value of "email"'
    assert all("jobtitle" in result.written for result in results)
    assert bench.crm.calls.write == 2
    assert bench.held("21")["jobtitle"] == "Engineer"


def test_an_address_taken_between_look_up_and_write(bench: SandboxBench) -> None:
    bench.seed_all([row(number) for number in range(1, 9)])

    def take(_ids: Sequence[str]) -> None:
        bench.portal.before_write = None
        bench.portal.edit("contacts", "8", email="eve@example.com")

    bench.portal.before_write = take
    updates = [Update(str(number), {"email": f"q{number}@example.com"}) for number in range(1, 7)]
    results = at_last(bench.crm, "contacts", [*updates, Update("7", {"email": "eve@example.com", "jobtitle": "Boss"})])
    assert [result.id for result in results if result.rejections] == ["7"]
    assert results[6].written == {"jobtitle"}
    assert results[6].rejections[0].message == 'record 8 already holds this value of "email"'


@pytest.mark.parametrize("found", [True, False])
def test_an_address_that_another_contact_has_besides_its_first(bench: SandboxBench, found: bool) -> None:
    eve = row(500, email="eve@example.com", hs_additional_emails="e@example.com;eve.2@example.com")
    bench.seed_all([*(row(number) for number in range(1, 101)), eve])
    bench.portal.finds_other_emails = found
    updates = [Update(str(number), {"email": f"q{number}@example.com", "jobtitle": "Boss"}) for number in range(1, 101)]
    updates[41] = Update("42", {"email": "Eve.2@example.com", "jobtitle": "Boss"})
    bench.crm.schema("contacts")
    before = bench.crm.calls.read
    results = at_last(bench.crm, "contacts", updates)
    assert [result.id for result in results if result.written != {"email", "jobtitle"}] == ["42"]
    assert results[41].written == {"jobtitle"}
    assert results[41].rejections[0].message == 'record 500 already holds this value of "email"'
    assert (bench.crm.calls.read - before, bench.crm.calls.write) == ((1, 1) if found else (2, 2))


@pytest.mark.parametrize("way", [{}, {"blank": ("phone",)}, {"ids": ("103", "104")}])
def test_a_record_tells_which_ones_were_merged_into_it(bench: SandboxBench, way: dict[str, Any]) -> None:
    first, second, other = bench.seed([{"jobtitle": "A"}, {"jobtitle": "B"}, {"jobtitle": "C"}])
    left = bench.merge(first, second)
    (page,) = bench.crm.read(Query("contacts", ("jobtitle",), **way))
    assert {record.id: record.merged for record in page} == {other: (), left: (second, first)}


def test_merges_of_the_old_kind_keep_the_id_of_the_one_that_is_left(bench: SandboxBench) -> None:
    first, second, last = bench.seed([{"jobtitle": "A"}, {"jobtitle": "B"}, {"jobtitle": "C"}])
    bench.portal.delete("contacts", first, merged_into=second)
    bench.portal.delete("contacts", second, merged_into=last)
    end = Successor("contacts", last, "merged")
    assert bench.crm.successors("contacts", [first, second, last]) == {first: end, second: end}


def test_a_rule_of_the_portal_refuses_its_record_in_its_words(bench: SandboxBench) -> None:
    bench.seed([{"jobtitle": "A"}, {"jobtitle": "B"}])
    bench.portal.rules.append(lambda _type, after: "No bosses here" if after.get("jobtitle") == "Boss" else None)
    refused, landed = bench.crm.update(
        "contacts", [Update("101", {"jobtitle": "Boss"}), Update("102", {"jobtitle": "Engineer"})]
    )
    (rejection,) = refused.rejections
    assert (rejection.code, rejection.message, rejection.field) == ("VALIDATION_ERROR", "No bosses here", None)
    assert landed.written == {"jobtitle"}


@pytest.mark.parametrize("body", ["<html>Request blocked</html>", '{"status": "error", "message": "Prop'])
def test_a_refusal_without_a_readable_word_is_no_verdict_on_a_record(bench: SandboxBench, body: str) -> None:
    bench.seed([{"jobtitle": "A"}])
    path = VERSIONS[bench.version].batch_update.url("contacts")
    bench.portal.fail_next(400, path=path, body=body)
    (told,) = bench.crm.update("contacts", [Update("101", {"jobtitle": "Boss"})])
    assert [(one.code, one.transient) for one in told.rejections] == [("400", True)]
    (landed,) = bench.crm.update("contacts", [Update("101", {"jobtitle": "Boss"})])
    assert landed.written == {"jobtitle"}


def test_a_write_is_seen_by_fetch_while_search_lags(bench: SandboxBench) -> None:
    bench.seed([{"jobtitle": "A"}])
    bench.portal.search_lag = 60.0
    bench.crm.update("contacts", [Update("101", {"jobtitle": "B"})])
    ((found,),) = bench.crm.read(Query("contacts", ("jobtitle",), where=bench.where("A")))
    assert found.values == {"jobtitle": "A"}
    assert bench.crm.fetch("contacts", ["101"], ["jobtitle"])["101"].values == {"jobtitle": "B"}
    for unfiltered in (Query("contacts", ("jobtitle",)), Query("contacts", ("jobtitle",), ids=("101",))):
        ((found,),) = bench.crm.read(unfiltered)
        assert found.values == {"jobtitle": "B"}


def test_a_truncated_answer_to_a_read_is_asked_for_again(bench: SandboxBench) -> None:
    bench.seed([{"jobtitle": "A"}])
    bench.crm.schema("contacts")
    bench.portal.drop_next(how="truncate")
    bench.portal.drop_next()
    ((found,),) = bench.crm.read(Query("contacts", ("jobtitle",)))
    assert found.values == {"jobtitle": "A"}


def test_the_reserve_stops_before_the_next_call_with_the_figures(bench: SandboxBench) -> None:
    bench.seed([{"jobtitle": "A"}])
    bench.portal.daily.requests = 10
    with pytest.raises(QuotaExhausted) as stopped:
        for _ in range(20):
            bench.crm.fetch("contacts", ["101"], ["jobtitle"])
    assert stopped.value.message == ("HubSpot's daily calls are down to 1 of 10; 20% are left to other integrations")
    assert bench.portal.daily.used == 9


def test_a_missing_scope_is_told(bench: SandboxBench) -> None:
    bench.portal.fail_next(403, "MISSING_SCOPES")
    with pytest.raises(AccessDenied, match=r"lacks a right: GET /crm/.*properties"):
        bench.crm.schema("contacts")


def test_histories_are_read_fifty_records_a_call(bench: SandboxBench) -> None:
    ids = bench.seed([{"jobtitle": "A"} for _ in range(120)])
    bench.crm.schema("contacts")
    before = bench.crm.calls.read
    bench.crm.last_edits("contacts", ids, ["jobtitle", "phone"])
    assert bench.crm.calls.read - before == 3
    bodies = [request.body for request in bench.portal.requests if request.path.endswith("/batch/read")]
    assert [len(body["inputs"]) for body in bodies] == [50, 50, 20]
    assert {tuple(body["propertiesWithHistory"]) for body in bodies} == {("jobtitle", "phone")}


def test_a_machine_is_told_from_a_person(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"jobtitle": "A", "phone": "+15550100"}])
    bench.wait(60)
    bench.crm.update("contacts", [Update(id, {"jobtitle": "B"})])
    bench.edit(id, {"phone": "+15550101"})
    told = bench.crm.last_edits("contacts", [id], ["jobtitle", "phone"])[id]
    assert {name: edit.by for name, edit in told.items()} == {"jobtitle": "machine", "phone": "person"}


def test_hubspot_has_no_conditional_write_and_does_not_pretend(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"jobtitle": "A"}])
    found = bench.crm.fetch("contacts", [id], ["jobtitle"])[id]
    assert found.modified is None
    bench.wait(60)
    bench.edit(id, {"phone": "+15550101"})
    (result,) = bench.crm.update("contacts", [Update(id, {"jobtitle": "B"}, seen=now(), strict=True)])
    assert (result.written, result.again) == ({"jobtitle"}, None)
