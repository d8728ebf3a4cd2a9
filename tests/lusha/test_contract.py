"""The fake cannot lie: the same calls to it and to the real client, over HTTP, on the sandbox give the same answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from connector.errors import AccessDenied, InDoubt, QuotaExhausted, RequestRefused, VendorUnreachable
from connector.lusha.attributes import REVEALS
from connector.lusha.client import LushaClient
from connector.lusha.v3.client import LushaV3
from connector.lusha.v3.profiles import enriched_company, enriched_contact
from connector.models import Answer, Entity, Identity
from connector.pacing import LocalTurns
from connector.redact import Secret
from connector.sandbox.lusha import lusha_app
from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.limits import Limits, Plan
from connector.sandbox.serving import LocalServer
from connector.sandbox.world import World, build_world
from tests.lusha.fakes import FakeLusha, Known

KEY = "sandbox-lusha-key"


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(seed=3, contacts=60, companies=20)


@dataclass
class Pair:
    """The fake and the real client on the sandbox, told the same world."""

    fake: FakeLusha
    client: LushaV3
    url: str
    account: LushaAccount

    def search(self, entity: Entity, identities: list[Identity]) -> Answer:
        faked, real = self.fake.search(entity, identities), self.client.search(entity, identities)
        assert faked.charged == real.charged
        for ours, theirs in zip(faked.items, real.items, strict=True):
            assert (ours.error, ours.profile) == (theirs.error, theirs.profile)
        return real

    def enrich(self, entity: Entity, ids: list[str], reveal: set[str]) -> Answer:
        faked, real = self.fake.enrich(entity, ids, reveal), self.client.enrich(entity, ids, reveal)
        assert faked.charged == real.charged
        for ours, theirs in zip(faked.items, real.items, strict=True):
            assert (ours.error, ours.profile) == (theirs.error, theirs.profile)
        return real


@pytest.fixture
def pair(world: World) -> Iterator[Pair]:
    account = LushaAccount(world, key=KEY, clock=lambda: datetime(2026, 11, 1, tzinfo=UTC))
    with serving(account) as url, connect(url) as client:
        yield Pair(fake_of(world), client, url, account)


@contextmanager
def serving(account: LushaAccount) -> Iterator[str]:
    server = LocalServer(lusha_app(account))
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@contextmanager
def connect(url: str, key: str = KEY) -> Iterator[LushaV3]:
    with LushaClient(Secret(key), base_url=url, sleep=no_sleep) as client:
        yield client.v3


def no_sleep(seconds: float) -> None:
    raise AssertionError(f"would sleep {seconds} s")


def fake_of(world: World) -> FakeLusha:
    return FakeLusha(
        people=[
            Known(
                enriched_contact(person.profile, REVEALS["person"]).attributes,
                also=tuple(Identity("person", email=email) for email in person.emails),
                error="COMPLIANCE_RESTRICTED" if person.restricted else None,
            )
            for person in world.people.values()
        ],
        companies=[
            Known(enriched_company(company.profile, REVEALS["company"]).attributes)
            for company in world.companies.values()
        ],
    )


def people(world: World, count: int, *, restricted: bool = False) -> list[str]:
    return [id for id, person in world.people.items() if person.restricted is restricted][:count]


def emails(world: World, ids: list[str]) -> list[Identity]:
    return [Identity("person", email=world.people[id].emails[0]) for id in ids]


def test_search_people_in_the_order_asked(pair: Pair, world: World) -> None:
    found, secret = people(world, 40), people(world, 1, restricted=True)
    nobody = Identity("person", email="nobody@nowhere.example.com")
    answer = pair.search("person", [nobody, *emails(world, found), *emails(world, secret)])
    assert [item.error for item in answer.items] == ["NOT_FOUND", *[None] * 40, "COMPLIANCE_RESTRICTED"]
    assert [item.profile.id for item in answer.items if item.profile] == found
    assert answer.charged == 2
    assert all("emails" not in item.profile.attributes for item in answer.items if item.profile)


@pytest.mark.parametrize("key", ["id", "linkedin_url", "domain", "name"])
def test_search_people_by_every_kind_of_identity(pair: Pair, world: World, key: str) -> None:
    identities = []
    for id in people(world, 10):
        told = enriched_contact(world.people[id].profile, []).attributes
        names = {"first_name": told["first_name"], "last_name": told["last_name"]}
        company = told["company"]
        identities.append(
            {
                "id": Identity("person", id=id),
                "linkedin_url": Identity("person", linkedin_url=told["social"]["linkedin"]),
                "domain": Identity("person", company_domain=company["domain"], **names),
                "name": Identity("person", company_name=company["name"], **names),
            }[key]
        )
    answer = pair.search("person", identities)
    assert all(item.profile for item in answer.items)


def test_search_companies(pair: Pair, world: World) -> None:
    ids = list(world.companies)[:10]
    domains = [str(world.companies[id].profile["domain"]).removeprefix("www.") for id in ids]
    answer = pair.search("company", [Identity("company", domain=domain) for domain in domains])
    assert [item.profile.id for item in answer.items if item.profile] == ids
    assert answer.charged == 1


def test_enrich_is_charged_once_and_by_datum(pair: Pair, world: World) -> None:
    ids = people(world, 12)
    first = pair.enrich("person", ids, {"emails"})
    assert first.charged == sum(bool(world.people[id].profile["emails"]) for id in ids)
    again = pair.enrich("person", ids, {"emails", "phones"})
    assert again.charged == 5 * sum(bool(world.people[id].profile["phones"]) for id in ids)
    assert pair.enrich("person", ids, {"emails", "phones"}).charged == 0
    previews = pair.search("person", [Identity("person", id=id) for id in ids])
    assert {price for item in previews.items if item.profile for price in (item.profile.offers or {}).values()} == {0}
    assert +pair.fake.purchases == +pair.account.purchases
    assert set(pair.account.purchases.values()) == {1}


def test_enrich_companies_and_unknown_ids(pair: Pair, world: World) -> None:
    ids = list(world.companies)[:5]
    assert pair.enrich("company", ids, {"company"}).charged == 5
    answer = pair.enrich("company", [*ids, "999"], {"company", "competitors", "intent", "employeesByDepartment"})
    assert answer.items[-1].error == "NOT_FOUND"
    assert +pair.fake.purchases == +pair.account.purchases
    assert pair.enrich("person", ["999"], {"phones"}).items[0].error == "NOT_FOUND"


def test_balance_and_prices(pair: Pair, world: World) -> None:
    pair.enrich("person", people(world, 3), {"emails"})
    faked, real = pair.fake.account(), pair.client.account()
    assert (faked.remaining, faked.total, faked.used) == (real.remaining, real.total, real.used)
    assert real.prices["api_search"].of(26) == 2
    assert pair.fake.calls == pair.client.calls == 2


def test_out_of_credits(pair: Pair, world: World) -> None:
    pair.fake.remaining = 0
    pair.account.used = pair.account.total
    for lusha in (pair.fake, pair.client):
        with pytest.raises(QuotaExhausted, match="402: Insufficient credits for this operation"):
            lusha.enrich("person", people(world, 3), {"emails"})


def test_a_lost_answer_was_charged_and_costs_nothing_again(pair: Pair, world: World) -> None:
    ids = people(world, 5)
    pair.fake.lose_answer_next()
    pair.account.drop_next()
    for lusha in (pair.fake, pair.client):
        with pytest.raises(InDoubt):
            lusha.enrich("person", ids, {"emails"})
    assert pair.fake.charged_total == pair.account.used > 0
    assert pair.enrich("person", ids, {"emails"}).charged == 0


def test_fail_next_does_and_charges_nothing(pair: Pair, world: World) -> None:
    pair.fake.fail_next(RequestRefused("no", code="451"))
    pair.account.fail_next(451)
    for lusha in (pair.fake, pair.client):
        with pytest.raises(RequestRefused) as refused:
            lusha.search("person", emails(world, people(world, 1)))
        assert refused.value.code == "451"
    assert pair.fake.charged_total == pair.account.used == 0


# --- the client alone, over real HTTP


def test_truncated_answers_are_in_doubt(pair: Pair, world: World) -> None:
    pair.account.drop_next(how="truncate")
    with pytest.raises(InDoubt, match=r"failed: the answer cannot be read \(not JSON\)$"):
        pair.client.search("person", emails(world, people(world, 1)))


def test_a_wrong_key(pair: Pair, world: World) -> None:
    with connect(pair.url, "another-key") as client, pytest.raises(AccessDenied) as denied:
        client.account()
    assert denied.value.message == "Lusha: GET /v3/account/usage answered 401: Invalid API key"


def test_a_port_nobody_listens_on() -> None:
    with socket.socket() as taken_then_free:
        taken_then_free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken_then_free.getsockname()[1]}"
    pauses: list[float] = []
    turns = LocalTurns(clock=lambda: sum(pauses))
    with LushaClient(Secret(KEY), base_url=url, turns=turns, sleep=pauses.append) as client:
        with pytest.raises(VendorUnreachable, match=r"no connection could be made .*\(3 attempts\)$"):
            client.v3.account()
        assert client.calls == 0


def test_the_hourly_limit_ends_the_run_before_the_next_call(pair: Pair, world: World) -> None:
    pair.account.limits = Limits(Plan(per_hour=1))
    identities = emails(world, people(world, 1))
    pair.client.search("person", identities)
    with pytest.raises(QuotaExhausted, match=r"^Lusha: the hourly limit of 1 requests is used up$"):
        pair.client.search("person", identities)
    assert pair.client.calls == 1


def test_a_used_up_trial(pair: Pair, world: World) -> None:
    pair.account.limits = Limits(Plan(trial=0))
    with pytest.raises(QuotaExhausted, match="trial limit"):
        pair.client.search("person", emails(world, people(world, 1)))
