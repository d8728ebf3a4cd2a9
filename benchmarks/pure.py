"""CPU of what is pure on the way of one enriched record: no network, no state file. Microseconds a record, by step.

The records and Lusha's answers come from the sandbox once, before anything is measured. Then they take the steps in the
order of a run, a request's worth after the other, so that what is cached is cached as in a run. Told is the quickest
lot of each step: others on the machine only add.
"""

from __future__ import annotations

import time
from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from benchmarks.box import ORGS, Box
from benchmarks.document import Row, chosen, options, tell
from connector.config import load_config
from connector.config.settings import OrgSettings
from connector.crm.base import Crm, Query
from connector.engine.buying import doubt_about, moved, needed_data
from connector.engine.select import Due
from connector.lusha.calls import Call
from connector.lusha.client import LushaClient
from connector.lusha.prices import PriceList
from connector.lusha.profiles import from_json, merge, to_json
from connector.lusha.v3 import requests
from connector.lusha.v3.answers import enrich_answer, search_answer
from connector.mapping.companies import employer_of
from connector.mapping.compile import CompiledMapping
from connector.mapping.diff import diff
from connector.mapping.identity import all_spellings, identify, mark_over, profile_spellings
from connector.mapping.worth import Situation, may_be_given
from connector.models import Answer, Identity, Profile, Record, is_blank
from connector.runtime.clients import Clients
from connector.runtime.outside import Outside
from connector.runtime.runner import compiled

TARGET = 120.0
"""Microseconds a record, all steps together."""
_REVEAL = frozenset({"emails", "phones"})
_REQUEST = 100
_NOTHING = Answer((), None)


@dataclass(slots=True)
class Lot:
    """A request's worth of records, Lusha's two answers about them, and what the steps have made of them so far."""

    records: Sequence[Record]
    searched: dict[str, Any]
    enriched: dict[str, Any]
    due: list[Due] = field(default_factory=list)
    previews: Answer = _NOTHING
    bought: Answer = _NOTHING
    stored: list[str] = field(default_factory=list)
    whole: list[Profile] = field(default_factory=list)


class Steps:
    """The steps in their order, each over one lot."""

    def __init__(self, mapping: CompiledMapping, now: datetime) -> None:
        self.mapping, self.now = mapping, now

    def who(self, lot: Lot) -> None:
        """Not ours to count: reading, and who a record is."""
        for record in lot.records:
            identities = identify("person", self.mapping.settings.identify, record.values)
            every = all_spellings(identities)
            at = employer_of(self.mapping.settings.identify, record.values)
            lot.due.append(Due(record, identities, every, mark_over("person", every), at, None, {}, phones=True))

    def can_be_helped(self, lot: Lot) -> None:
        for due in lot.due:
            situation = Situation(False, due.first, due.phones, self.now)
            assert any(
                is_blank(due.record.values.get(name))
                and may_be_given(self.mapping, name, due.record, due.last, situation)
                for name in self.mapping.incomplete
            )

    def needed_before(self, lot: Lot) -> None:
        for due in lot.due:
            needed_data(self.mapping, due, moved=False, now=self.now)

    def read_search(self, lot: Lot) -> None:
        references = [str(place) for place in range(1, len(lot.records) + 1)]
        lot.previews = search_answer(lot.searched, "person", references, PriceList())

    def store_preview(self, lot: Lot) -> None:
        lot.stored = [to_json(merge(None, profile)) for profile in _profiles(lot.previews)]

    def judge_preview(self, lot: Lot) -> None:
        self._judge(lot, _profiles(lot.previews))

    def read_enrich(self, lot: Lot) -> None:
        ids = [profile.id for profile in _profiles(lot.previews)]
        lot.bought = enrich_answer(lot.enriched, "person", ids, _REVEAL)

    def unite(self, lot: Lot) -> None:
        stored = zip(lot.stored, _profiles(lot.bought), strict=True)
        lot.whole = [merge(from_json(old), new) for old, new in stored]

    def store_whole(self, lot: Lot) -> None:
        for profile in lot.whole:
            to_json(profile)

    def judge_whole(self, lot: Lot) -> None:
        self._judge(lot, lot.whole)

    def compare(self, lot: Lot) -> None:
        for due, profile in zip(lot.due, lot.whole, strict=True):
            found = diff(self.mapping, due.record, profile, due.last, Situation(False, True, True, self.now))
            assert len(found.changes) > 5

    def spell(self, lot: Lot) -> None:
        """Not ours to count: how profiles are found again."""
        for profile in lot.whole:
            profile_spellings(profile)

    def _judge(self, lot: Lot, profiles: Sequence[Profile]) -> None:
        for due, profile in zip(lot.due, profiles, strict=True):
            assert doubt_about(self.mapping, due, profile) is None
            needed_data(self.mapping, due, moved=moved(due, profile), now=self.now)


_STEPS: tuple[Callable[[Steps, Lot], None], ...] = (
    Steps.who, Steps.can_be_helped, Steps.needed_before, Steps.read_search, Steps.store_preview, Steps.judge_preview,
    Steps.read_enrich, Steps.unite, Steps.store_whole, Steps.spell, Steps.judge_whole, Steps.compare,
)  # fmt: skip
_OTHERS = frozenset({"who", "spell"})


def measure(given: Namespace) -> list[Row]:
    """A row a step, and one for all."""
    return [row for crm in chosen(given) for row in _crm(crm, given)]


def _crm(crm: str, given: Namespace) -> list[Row]:
    return rows(crm, walk(*prepared(crm, given.records, given.seed)))


def rows(crm: str, took: Mapping[str, Sequence[float]]) -> list[Row]:
    """What is told of the times of each step's lots."""
    each = {name: min(times) for name, times in took.items()}
    told: list[Row] = [{"crm": crm, "step": name, "us_per_record": round(us, 1)} for name, us in each.items()]
    total = sum(us for name, us in each.items() if name not in _OTHERS)
    return [
        *told,
        {"crm": crm, "step": "all", "us_per_record": round(total, 1), "target": TARGET, "met": total < TARGET},
    ]


def walk(mapping: CompiledMapping, lots: Sequence[Lot]) -> dict[str, list[float]]:
    """Microseconds a record of each lot, by step."""
    steps, took = Steps(mapping, datetime.now(UTC)), defaultdict[str, list[float]](list)
    for lot in lots:
        for step in _STEPS:
            began = time.process_time()
            step(steps, lot)
            took[step.__name__].append(1e6 * (time.process_time() - began) / len(lot.records))
    return took


def prepared(crm: str, records: int, seed: int) -> tuple[CompiledMapping, list[Lot]]:
    """The shipped contact mapping against the sandbox's schema, and its due records with Lusha's answers."""
    with Box(due=records, seed=seed) as box, ExitStack() as stack:
        org = load_config(box.config, env={}).orgs[ORGS[crm]]
        clients = Clients(Path(box.folder, "state.db"), Outside(), shared=False)
        opened, lusha = stack.enter_context(clients.crm(org)), stack.enter_context(clients.lusha(org.lusha))
        mapping = compiled(org, org.mappings[0], opened)
        found = _read(opened, org, mapping)
        return mapping, [_lot(lusha, found[start : start + _REQUEST]) for start in range(0, len(found), _REQUEST)]


def _read(crm: Crm, org: OrgSettings, mapping: CompiledMapping) -> list[Record]:
    settings = org.mappings[0]
    query = Query(settings.object, mapping.read_fields, where=settings.select.where)
    return [record for page in crm.read(query) for record in page]


def _lot(lusha: LushaClient, records: Sequence[Record]) -> Lot:
    pages = [_page(record) for record in records]
    references = [str(place) for place in range(1, len(records) + 1)]
    searched = _asked(lusha, requests.search_body("person", pages, references))
    ids = [result["id"] for result in sorted(searched["results"], key=lambda one: int(one["clientReferenceId"]))]
    return Lot(records, searched, _asked(lusha, requests.enrich_body("person", ids, _REVEAL)))


def _page(record: Record) -> Identity:
    url = record.values.get("hs_linkedin_url") or record.values.get("LinkedIn_URL__c")
    return Identity("person", linkedin_url=str(url))


def _asked(lusha: LushaClient, request: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    path, body = request
    return lusha.v3.send(Call("POST", path, lambda told: cast(dict[str, Any], told), body=body))


def _profiles(answer: Answer) -> list[Profile]:
    return [profile for item in answer.items if (profile := item.profile) is not None]


if __name__ == "__main__":
    tell("pure", measure, options("pure", __doc__, records=2000))
