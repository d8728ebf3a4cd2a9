"""A Lusha in memory for engine tests: what the engine asks of either generation, charging as Lusha's documents say.

``tests/lusha/test_contract.py`` runs the same tests against it and against the real client over the sandbox.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from connector.errors import InDoubt, QuotaExhausted
from connector.lusha.attributes import BASE, DATUM_ROOTS, REVEALS, attributes_under
from connector.lusha.cleaning import full_name
from connector.lusha.errors import DatapointsNotOnPlan
from connector.lusha.prices import PriceList
from connector.lusha.v3.requests import enrich_body, search_body
from connector.models import Account, Answer, Entity, Identity, Item, ItemError, Price, Profile, is_blank


@dataclass(frozen=True, slots=True)
class Known:
    """One person or company that the fake knows: its whole canonical profile, ``id`` included.

    Found by everything its own attributes tell (id, LinkedIn, e-mails, names with company; domain, name), and by
    ``also``. ``error``: what a search answers for it instead of a preview.
    """

    attributes: Mapping[str, Any]
    also: tuple[Identity, ...] = ()
    error: ItemError | None = None

    @property
    def id(self) -> str:
        return str(self.attributes["id"])


class FakeLusha:
    """``remaining``: credits. ``prices``: the account's own, under the vendor's names.

    ``purchases`` counts what was charged by (id, datum), ``asked`` what was asked for, charged or not.
    ``searches`` and ``enriches`` hold the requests as they came in.
    """

    previews = True

    def __init__(
        self,
        people: Iterable[Known] = (),
        companies: Iterable[Known] = (),
        *,
        prices: Mapping[str, Price] | None = None,
        remaining: int = 10_000,
    ) -> None:
        self.known: dict[Entity, dict[str, Known]] = {
            "person": {known.id: known for known in people},
            "company": {known.id: known for known in companies},
        }
        self.told_prices = dict(prices or {})
        self.prices = PriceList(self.told_prices)
        self.remaining = self.total = remaining
        self.purchases: Counter[tuple[str, str]] = Counter()
        self.asked: Counter[tuple[str, str]] = Counter()
        self.searches: list[tuple[Identity, ...]] = []
        self.enriches: list[tuple[tuple[str, ...], frozenset[str]]] = []
        self.charged_total = 0
        self.calls = 0
        self.closed = False
        self._faults: list[Exception] = []
        self._lost = 0
        self._lock = Lock()

    def fail_next(self, error: Exception, times: int = 1) -> None:
        """The next calls raise ``error`` before anything is done or charged."""
        self._faults += [error] * times

    def lose_answer_next(self, times: int = 1) -> None:
        """The next paid calls are done and charged, and their answers lost."""
        self._lost += times

    def account(self) -> Account:
        with self._lock:
            self._begin()
            return Account(self.remaining, self.total, self.total - self.remaining, self.told_prices)

    def search(self, entity: Entity, identities: Sequence[Identity]) -> Answer:
        search_body(entity, identities, [str(place) for place in range(len(identities))])
        with self._lock:
            self._begin()
            self.searches.append(tuple(identities))
            items = tuple(self._found(entity, identity) for identity in identities)
            hits = sum(item.profile is not None for item in items)
            return self._answer(items, self.prices.search(entity, hits))

    def enrich(self, entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> Answer:
        enrich_body(entity, ids, reveal)
        data = frozenset(reveal) & REVEALS[entity] | {BASE[entity]}
        with self._lock:
            self._begin()
            self.enriches.append((tuple(ids), frozenset(reveal)))
            bought = self._bought(entity, ids, data)
            cost = sum(self.prices.of(datum) for _, datum in bought)
            return self._answer(tuple(self._enriched(entity, id, data) for id in ids), cost, bought)

    def purchase(self, entity: Entity, wanted: Collection[str]) -> frozenset[str]:
        return frozenset(wanted)

    def look_up(self, entity: Entity, identities: Sequence[Identity], reveal: Collection[str]) -> Answer:
        raise AssertionError("with previews, nothing is bought unseen")

    def close(self) -> None:
        self.closed = True

    def _begin(self) -> None:
        self.calls += 1
        if self._faults:
            raise self._faults.pop(0)

    def _found(self, entity: Entity, identity: Identity) -> Item:
        wanted = _key(identity)
        for known in self.known[entity].values():
            if wanted in _keys(entity, known):
                return Item(error=known.error) if known.error else Item(self._preview(entity, known))
        return Item(error="NOT_FOUND", message="not found")

    def _preview(self, entity: Entity, known: Known) -> Profile:
        offers = {
            datum: 0 if (known.id, datum) in self.purchases else self.prices.of(datum)
            for datum in sorted(REVEALS[entity])
            if _has(known, datum)
        }
        if entity == "company":
            offers["company"] = self.prices.of("company")
        told = _cut(entity, known.attributes, {"preview"})
        if entity == "person" and (name := full_name(told.get("first_name"), told.get("last_name"))):
            told["full_name"] = name  # a preview has no full name of its own
        return Profile(entity, known.id, told, offers=offers)

    def _bought(self, entity: Entity, ids: Sequence[str], data: Collection[str]) -> list[tuple[str, str]]:
        """What this request is charged for: data that exist and were not revealed before."""
        exist = [
            (id, datum)
            for id in dict.fromkeys(ids)
            if (known := self.known[entity].get(id)) and not known.error
            for datum in sorted(data)
            if datum == "company" or (datum != "profile" and _has(known, datum))
        ]
        self.asked.update(exist)
        return [purchase for purchase in exist if purchase not in self.purchases]

    def _enriched(self, entity: Entity, id: str, data: frozenset[str]) -> Item:
        known = self.known[entity].get(id)
        if known is None or known.error:
            return Item(error=known.error if known and known.error else "NOT_FOUND", message="not found")
        return Item(Profile(entity, id, _cut(entity, known.attributes, data | {"preview"}), revealed=data))

    def _answer(self, items: tuple[Item, ...], cost: int, bought: Sequence[tuple[str, str]] = ()) -> Answer:
        if cost > self.remaining:
            raise QuotaExhausted("Lusha: answered 402: Insufficient credits for this operation")
        self.remaining -= cost
        self.charged_total += cost
        self.purchases.update(bought)
        if self._lost:
            self._lost -= 1
            raise InDoubt("Lusha: failed: the connection ended without an answer")
        return Answer(items, cost)


class FakeLushaV2(FakeLusha):
    """Without previews: ``look_up`` finds and buys in one. ``look_ups`` holds the requests as they came in.

    ``separate=False``: a plan that sells e-mails and phones together only. ``surcharge``: credits that every answer
    costs beyond what it says, as only the balance tells.
    """

    previews = False

    def __init__(self, *args: Any, separate: bool = True, surcharge: int = 0, **more: Any) -> None:
        super().__init__(*args, **more)
        self.plan_is_unified, self.separate = separate, True
        self.surcharge = surcharge
        self.look_ups: list[tuple[tuple[Identity, ...], frozenset[str]]] = []

    def search(self, entity: Entity, identities: Sequence[Identity]) -> Answer:
        raise AssertionError("this generation has no search")

    def enrich(self, entity: Entity, ids: Sequence[str], reveal: Collection[str]) -> Answer:
        return self.look_up(entity, [Identity(entity, id=id) for id in ids], reveal)

    def purchase(self, entity: Entity, wanted: Collection[str]) -> frozenset[str]:
        if entity == "company":
            return frozenset({"company"})
        if not self.separate:
            return REVEALS["person"]
        return (frozenset(wanted) & REVEALS["person"]) or frozenset({"emails"})

    def look_up(self, entity: Entity, identities: Sequence[Identity], reveal: Collection[str]) -> Answer:
        assert set(reveal) == self.purchase(entity, reveal)
        data = frozenset(reveal) | {BASE[entity]}
        with self._lock:
            self._begin()
            if entity == "person" and not self.plan_is_unified and not set(reveal) >= REVEALS["person"]:
                self.separate = False
                raise DatapointsNotOnPlan("Lusha: answered 403: requesting individual datapoints")
            self.look_ups.append((tuple(identities), frozenset(reveal)))
            found = [self._found(entity, identity) for identity in identities]
            ids = [item.profile.id if item.profile else "" for item in found]
            bought = self._bought(entity, ids, data)
            told = sum(self.prices.of(datum) for _, datum in bought)
            items = tuple(
                self._enriched(entity, id, data) if item.profile else item for id, item in zip(ids, found, strict=True)
            )
            self._answer(items, told + self.surcharge, bought)
            return Answer(items, told, estimated=True)


def _has(known: Known, datum: str) -> bool:
    return not is_blank(known.attributes.get(DATUM_ROOTS.get(datum, datum)))


def _cut(entity: Entity, attributes: Mapping[str, Any], data: Collection[str], at: str = "") -> dict[str, Any]:
    """The attributes whose datum is among ``data``."""
    kept: dict[str, Any] = {}
    for name, value in attributes.items():
        told = {attribute.datum in data for attribute in attributes_under(entity, at + name)}
        if told == {True, False} and isinstance(value, Mapping):
            value = _cut(entity, value, data, f"{at}{name}.")
        if True in told and not is_blank(value):
            kept[name] = value
    return kept


def _plain(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _address(url: str | None) -> str:
    return _plain(url).split("://")[-1].removeprefix("www.").rstrip("/")


def _key(identity: Identity) -> tuple[str, ...]:
    name = f"{_plain(identity.first_name)} {_plain(identity.last_name)}"
    for kind, key in (
        ("id", _plain(identity.id)),
        ("linkedin", _address(identity.linkedin_url)),
        ("email", _plain(identity.email)),
        ("domain", _address(identity.domain)),
        ("name", _plain(identity.name)),
    ):
        if key:
            return kind, key
    if identity.company_domain:
        return "domain", _address(identity.company_domain), name
    return "company", _plain(identity.company_name), name


def _keys(entity: Entity, known: Known) -> set[tuple[str, ...]]:
    told = known.attributes
    keys = {("id", known.id), *(_key(identity) for identity in known.also)}
    if entity == "company":
        return keys | {("domain", _address(told.get("domain"))), ("name", _plain(told.get("name")))}
    name = f"{_plain(told.get('first_name'))} {_plain(told.get('last_name'))}"
    company = told.get("company", {})
    keys |= {("email", _plain(email["email"])) for email in told.get("emails", ())}
    keys.add(("linkedin", _address(told.get("social", {}).get("linkedin"))))
    keys.add(("domain", _address(company.get("domain")), name))
    keys.add(("company", _plain(company.get("name")), name))
    return keys
