"""Everything that can be asked by hand, by the real clients of both generations on the sandbox's Lusha."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import Budget
from connector.engine.inquiries import Inquiries
from connector.engine.payer import Limits, Till
from connector.errors import ConfigError, RequestRefused
from connector.lusha.client import LushaClient
from connector.lusha.prices import PriceList
from connector.models import Found, Identity, Signals
from connector.redact import Secret
from connector.sandbox.lusha import lusha_app
from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.serving import LocalServer
from connector.sandbox.world import World, build_world
from connector.store import answers, balances, people
from connector.store.db import Store, open_store
from connector.store.ledger import Purpose

KEY = "sandbox-lusha-key"
NOW = datetime(2026, 11, 2, 9, 30, 12, 250_000, tzinfo=UTC)
LONG_AGO = date(2024, 1, 1)
SEARCH = {"v3": "/v3/contacts/search", "v2": "/api/signals/contacts/search"}
SIGNALS = {"v3": "/v3/contacts/signals", "v2": "/api/signals/contacts"}


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(seed=3, contacts=80, companies=20)


class Bench:
    """A sandbox account, one client for it, a state file, and somebody who agrees to every cost."""

    def __init__(self, world: World, url: str, account: LushaAccount, store: Store, generation: str) -> None:
        self.world, self.account, self.store, self.now = world, account, store, NOW
        self.agreed: list[int] = []
        self.trued = 0
        self.client = LushaClient(Secret(KEY), base_url=url)
        lusha = self.client.generation(generation)
        limits = (Limits("lusha.budget", Budget()),)
        till = Till(store, Purpose("k", "by hand", 0, "", "lusha"), lambda: self.now, lambda _: None, lusha, limits)
        self.lusha = Inquiries(
            till, lusha, PriceList(), generation, timedelta(days=90), self.agreed.append, self._correct
        )
        asked = balances.mark(store, "k")
        balances.save_account(store, "k", lusha.account(), asked=asked, now=NOW)

    def people(self, count: int) -> list[tuple[str, str]]:
        """(id, e-mail) of people of whom Lusha may tell."""
        found = [(id, one.profile["emails"][0]["email"]) for id, one in self.world.people.items()
                 if one.profile["emails"] and not one.restricted]  # fmt: skip
        return found[:count]

    def domains(self, count: int) -> list[Identity]:
        return [
            Identity("company", domain=one.profile["domain"]) for one in list(self.world.companies.values())[:count]
        ]

    def bookings(self) -> list[tuple[str, int, int | None]]:
        rows = self.store.rows("SELECT action, worst, charged FROM ledger ORDER BY id")
        return [(row["action"], row["worst"], row["charged"]) for row in rows]

    def saved(self) -> list[str]:
        return [row["action"] for row in self.store.rows("SELECT action FROM answers ORDER BY id")]

    def _correct(self) -> int:
        self.trued += 1
        return 0


@pytest.fixture(params=["v3", "v2"])
def bench(request: pytest.FixtureRequest, world: World, tmp_path: Path) -> Iterator[Bench]:
    yield from _bench(world, tmp_path, request.param)


@pytest.fixture
def v3(world: World, tmp_path: Path) -> Iterator[Bench]:
    yield from _bench(world, tmp_path, "v3")


@pytest.fixture
def v2(world: World, tmp_path: Path) -> Iterator[Bench]:
    yield from _bench(world, tmp_path, "v2")


def _bench(world: World, folder: Path, generation: str) -> Iterator[Bench]:
    account = LushaAccount(world, key=KEY, clock=lambda: NOW, limits=False)
    server = LocalServer(lusha_app(account))
    server.start()
    bench = Bench(world, server.url, account, open_store(folder / "state.db"), generation)
    try:
        yield bench
    finally:
        bench.client.close()
        bench.store.close()
        server.stop()


def mails(people: list[tuple[str, str]]) -> list[Identity]:
    return [Identity("person", email=email) for _, email in people]


def signals(bench: Bench, identities: list[Identity], **more: Any) -> list[Signals]:
    reply = bench.lusha.signals("person", identities, ["allSignals"], since=LONG_AGO, **more)
    return list(reply.answer.items)


def with_phones(bench: Bench) -> Found:
    """A page of people who have phones."""
    name = "existing_data_points" if bench.lusha.generation == "v2" else "existingDataPoints"
    return bench.lusha.prospect("person", {"contacts": {"include": {name: ["phone"]}}}, size=10).answer


def test_signals_of_ten_unknown_people_are_one_search_and_one_request(v3: Bench) -> None:
    people = v3.people(10)
    told = signals(v3, mails(people))
    assert [item.id for item in told] == [id for id, _ in people]
    assert (v3.account.calls[SEARCH["v3"]], v3.account.calls[SIGNALS["v3"]]) == (1, 1)
    assert v3.agreed == [1 + 10 * 2]
    assert v3.bookings()[0] == ("search", 1, 1)
    assert v3.bookings()[1][:2] == ("signals", 20)


def test_whom_lusha_does_not_know_has_an_item_and_ends_nothing(v3: Bench) -> None:
    [(id, email), (other, _)] = v3.people(2)
    nobody = Identity("person", email="nobody@nowhere.example")
    asked = [nobody, Identity("person", email=email), Identity("person", id=other), nobody]
    told = signals(v3, asked)
    assert [(item.id, item.error) for item in told] == [
        (None, "NOT_FOUND"), (id, None), (other, None), (None, "NOT_FOUND"),
    ]  # fmt: skip
    again = v3.lusha.signals("person", asked, ["allSignals"], since=LONG_AGO)
    assert again.saved
    assert [(item.id, item.error, item.signals) for item in again.answer.items] == [
        (item.id, item.error, item.signals) for item in told
    ]
    assert v3.account.calls[SEARCH["v3"]] == 1


def test_nobody_known_at_all_costs_no_signals(v3: Bench) -> None:
    [told] = signals(v3, [Identity("person", email="nobody@nowhere.example")])
    assert told.error == "NOT_FOUND"
    assert v3.bookings() == [("search", 1, 0)]


def test_who_is_known_already_is_not_searched_for(bench: Bench) -> None:
    [(id, email)] = bench.people(1)
    bench.lusha.find(Identity("person", email=email))
    calls = dict(bench.account.calls)
    [told] = signals(bench, [Identity("person", email=email)])
    assert told.id == id
    new = {path: count - calls.get(path, 0) for path, count in bench.account.calls.items()}
    assert {path for path, count in new.items() if count and "filters" not in path and "types" not in path} == {
        SIGNALS[bench.lusha.generation]
    }


def test_a_wrong_type_is_refused_before_the_search_is_paid_for(bench: Bench) -> None:
    with pytest.raises(RequestRefused, match="did you mean 'promotion'"):
        bench.lusha.signals("person", mails(bench.people(2)), ["promotoin"])
    assert (bench.bookings(), bench.agreed) == ([], [])


@pytest.mark.parametrize("count", [0, 101])
def test_more_than_a_request_holds_is_refused_before_anything_is_booked(bench: Bench, count: int) -> None:
    identities = [Identity("person", id=str(n)) for n in range(1, count + 1)]
    with pytest.raises(ConfigError, match=f"signals are told of 1 to 100 at once, not of {count}"):
        bench.lusha.signals("person", identities, ["promotion"])
    assert (bench.bookings(), bench.agreed) == ([], [])


def test_ids_and_other_words_mix_and_repeat(bench: Bench) -> None:
    [(first, _), (second, email), (third, _)] = bench.people(3)
    asked = [Identity("person", id=first), Identity("person", id=third), Identity("person", email=email),
             Identity("person", id=first), Identity("person", id="2")]  # fmt: skip
    told = signals(bench, asked)
    assert [item.id for item in told[:4]] == [first, third, second, first]
    assert told[4].error == "NO_ANSWER"


def test_suppressed_people_are_answered_without_a_call_and_refused_as_seeds(bench: Bench) -> None:
    [barred, *others] = mails(bench.people(6))
    with bench.store.transaction():
        people.suppress(bench.store, entity="person", spellings=[f"email:{barred.email}"], reason="forgotten", now=NOW)
    calls = bench.account.calls.total()
    [told] = signals(bench, [barred])
    assert told.error == "COMPLIANCE_RESTRICTED"
    with pytest.raises(ConfigError, match="seeds: number 2 may not be sent to Lusha"):
        bench.lusha.lookalikes("person", [others[0], barred, *others[1:]])
    with pytest.raises(ConfigError, match="excluded: number 1 may not be sent to Lusha"):
        bench.lusha.lookalikes("person", others, exclude=[barred])
    assert (bench.account.calls.total(), bench.agreed) == (calls, [])
    assert [item.error for item in signals(bench, [others[0], barred])] == [None, "COMPLIANCE_RESTRICTED"]
    assert not any(barred.email in str(request) for request in bench.account.requests)


def test_signals_refused_by_law_are_remembered_where_one_is_meant(bench: Bench) -> None:
    [(id, _), (other, _)] = bench.people(2)
    both = [Identity("person", id=id), Identity("person", id=other)]
    bench.account.fail_next(451)
    with pytest.raises(RequestRefused) as error:
        signals(bench, both)
    assert error.value.hint == "Lusha does not say who of them is meant: ask for each alone, and that one is remembered"
    bench.account.fail_next(451)
    assert signals(bench, both[:1])[0].error == "COMPLIANCE_RESTRICTED"
    assert [item.error for item in signals(bench, both)] == ["COMPLIANCE_RESTRICTED", None]


def test_who_is_restricted_in_a_search_is_remembered(v3: Bench) -> None:
    restricted = next(one for one in v3.world.people.values() if one.restricted and one.emails)
    asked = [Identity("person", email=restricted.emails[0]), *mails(v3.people(1))]
    assert [item.error for item in signals(v3, asked)] == ["COMPLIANCE_RESTRICTED", None]
    calls = v3.account.calls.total()
    assert signals(v3, asked[:1])[0].error == "COMPLIANCE_RESTRICTED"
    assert v3.account.calls.total() == calls


def test_an_answer_of_the_last_day_is_told_again_for_nothing(bench: Bench) -> None:
    lusha, seeds = bench.lusha, bench.domains(5)
    criteria = {"companies": {"include": {"sizes": [{"min": 1, "max": 100_000}]}}}

    def ask(anew: bool = False) -> list[Any]:
        return [
            lusha.signals("company", seeds, ["riskNews", "peopleNews"], since=LONG_AGO, anew=anew),
            lusha.lookalikes("company", seeds, limit=3, anew=anew),
            lusha.prospect("company", criteria, size=10, anew=anew),
        ]

    first = ask()
    assert [reply.saved for reply in first] == [False] * 3
    assert bench.saved() == ["signals", "lookalikes", "prospecting"]
    calls, charged = bench.account.calls.total(), lusha.charged
    bench.now += timedelta(hours=23)
    again = ask()
    assert [reply.saved for reply in again] == [True] * 3
    assert [reply.answer for reply in again] == [reply.answer for reply in first]
    assert [reply.answer.items[0].raw for reply in again[:1]] == [first[0].answer.items[0].raw]
    assert (bench.account.calls.total(), lusha.charged) == (calls, charged)
    assert [reply.saved for reply in ask(anew=True)] == [False] * 3
    bench.now += timedelta(hours=25)
    assert [reply.saved for reply in ask()] == [False] * 3
    assert answers.purge(bench.store, before=bench.now) == 6
    assert len(bench.saved()) == 3


def test_another_question_is_another_answer(bench: Bench) -> None:
    seeds = bench.domains(6)
    asked = [bench.lusha.lookalikes("company", seeds[:5], limit=limit) for limit in (2, 3)]
    asked.append(bench.lusha.lookalikes("company", seeds, limit=3))
    assert [reply.saved for reply in asked] == [False] * 3


def test_a_session_goes_on_each_time_it_is_asked(bench: Bench) -> None:
    seeds = bench.domains(5)
    first = bench.lusha.lookalikes("company", seeds, limit=2).answer
    more = [bench.lusha.lookalikes("company", seeds, limit=2, session=first.session).answer for _ in range(2)]
    names = [profile.attributes["name"] for answer in (first, *more) for profile in answer.profiles]
    assert len(names) == len(set(names)) == 6


def test_an_answer_that_cannot_be_saved_stays_booked_at_its_worst(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(answers, "save", full)
    with pytest.raises(OSError, match="the disk is full"):
        bench.lusha.lookalikes("company", bench.domains(5), limit=3)
    assert bench.bookings() == [("lookalikes", 3, None)]


@pytest.mark.parametrize(("generation", "named"), [("v3", "types"), ("v2", "names")])
def test_a_filter_on_signals_is_booked_for_each_type_and_result(
    world: World, tmp_path: Path, generation: str, named: str
) -> None:
    for bench in _bench(world, tmp_path, generation):
        bench.account.signals_by_type = True
        criteria = {"contacts": {"include": {"signals": {named: ["promotion", "companyChange"]}}}}
        bench.lusha.prospect("person", criteria, size=20)
        bench.lusha.prospect("person", {"contacts": {"include": {"signals": {named: ["allSignals"]}}}}, size=20)
        every = len(bench.lusha.signal_types("company")) - 1
        bench.lusha.prospect("company", {"companies": {"include": {"signals": {named: ["allSignals"]}}}}, size=10)
        assert bench.agreed == [1 + 20 * 2, 1 + 20 * 2, 1 + 10 * every]
        assert all(charged is None or charged <= worst for _, worst, charged in bench.bookings())


def test_anew_books_what_the_account_owns_at_its_offer(v3: Bench) -> None:
    [(_, email)] = v3.people(1)
    v3.lusha.find(Identity("person", email=email), ["emails"])
    v3.now += timedelta(seconds=30)
    found = v3.lusha.find(Identity("person", email=email), ["emails"], anew=True)
    assert not found.saved
    assert v3.bookings()[2:] == [("search", 1, 1), ("enrich emails", 0, 0)]


def test_what_v2_never_tells_is_refused_and_costs_nothing(v2: Bench) -> None:
    for _ in range(2):
        with pytest.raises(ConfigError, match="Lusha's API V2 never tells competitors of a company"):
            v2.lusha.find(v2.domains(1)[0], ["competitors"])
    assert (v2.bookings(), v2.agreed) == ([], [])


def test_results_of_a_search_are_revealed_once(bench: Bench) -> None:
    found = with_phones(bench)
    ids = [profile.id for profile in found.profiles[:3]]
    first = bench.lusha.enrich("person", [*ids, ids[0]], ["phones"], search=found.request_id)
    profiles = [item.profile for item in first.answer.items]
    assert all(profile and profile.attributes["phones"] for profile in profiles)
    assert profiles[3] == profiles[0]
    assert bench.agreed[-1] == 15
    assert sum(times for (_, datum), times in bench.account.purchases.items() if datum == "phones") == 3
    calls = bench.account.calls.total()
    again = bench.lusha.enrich("person", [*ids, ids[0]], ["phones"], search=found.request_id)
    assert again.saved
    assert [item.profile and item.profile.attributes for item in again.answer.items] == [
        profile and profile.attributes for profile in profiles
    ]
    assert bench.account.calls.total() == calls


def test_companies_found_come_whole_and_are_known_from_then_on(bench: Bench) -> None:
    criteria = {"companies": {"include": {"sizes": [{"min": 1, "max": 100_000}]}}}
    found = bench.lusha.prospect("company", criteria, size=10).answer
    [told] = bench.lusha.enrich("company", [found.profiles[0].id], search=found.request_id).answer.items
    assert told.profile is not None
    assert "company" in told.profile.revealed
    known = bench.lusha.find(Identity("company", domain=told.profile.attributes["domain"]), ["company"])
    assert known.saved


def test_a_plan_without_unified_credits_sells_results_whole(v2: Bench) -> None:
    v2.account.unified = False
    found = with_phones(v2)
    [told] = v2.lusha.enrich("person", [found.profiles[0].id], ["phones"], search=found.request_id).answer.items
    assert told.profile is not None
    assert v2.agreed[-2:] == [5, 6]
    assert told.profile.revealed >= {"emails", "phones"}
    assert v2.saved() == ["prospecting", "enrich", "enrich"]  # under the narrow question and the wide one
    calls = v2.account.calls.total()
    for reveal in (["phones"], ["emails", "phones"]):
        assert v2.lusha.enrich("person", [found.profiles[0].id], reveal, search=found.request_id).saved
    assert v2.account.calls.total() == calls


@pytest.mark.parametrize(
    ("ids", "reveal", "search", "words"),
    [
        ([], ["emails"], True, "1 to 100 can be enriched at once, not 0"),
        (["1"], [], True, "nothing of these people is to be revealed"),
        (["1"], ["emails"], False, "API V[23] takes"),
    ],
)
def test_what_cannot_be_enriched_is_refused(
    bench: Bench, ids: list[str], reveal: list[str], search: bool, words: str
) -> None:
    right = "the search" if bench.lusha.generation == "v2" else None
    wrong = None if right else "the search"
    with pytest.raises(ConfigError, match=words):
        bench.lusha.enrich("person", ids, reveal, search=right if search else wrong)
    assert bench.bookings() == []


def test_the_account_is_asked_once_for_what_was_paid_since(bench: Bench) -> None:
    bench.lusha.settle()
    bench.lusha.filter_values("person", "departments")
    bench.lusha.settle()
    assert bench.trued == 0
    bench.lusha.lookalikes("company", bench.domains(5), limit=2)
    bench.lusha.settle()
    bench.lusha.settle()
    assert bench.trued == 1
