"""Everything at once: hundreds of records in orgs that refuse, lock, delete, merge and edit them, behind a bad network.

Every good record is written, byte by byte what Lusha knows; every bad one keeps what it held and is told in the CRM's
own words; what somebody typed meanwhile stays; no datum is bought twice. Then the rules are mended, and nothing is
left. What must be in a record is reckoned here from Lusha's side of the world, never from the product's state.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest

from connector.engine.work import Options
from connector.runtime import SyncReport
from connector.sandbox.faults import Fault
from tests.e2e.house import said_here
from tests.e2e.little import configured
from tests.e2e.orgs import GONE, HUBSPOT, SALESFORCE, Org, hostile_world, orgs_of
from tests.e2e.stage import Stage

SEEDS = {"hubspot": 5, "dated": 7}
"""The seed of each story, by the HubSpot org (``connection.api_version``) in it."""
MOST_RUNS = 12
BAD_WEATHER = 0.3
"""So many requests meet a fault."""
UNTOLD = ("the run ended before the write", '"changes": []')
PAGE = "<html><h1>Bad Gateway</h1></html>"
ANYWHERE = [
    Fault(500, PAGE, after_work=True), Fault(502, PAGE), Fault(503, PAGE), Fault(), Fault(after_work=True),
    Fault(how="truncate", after_work=True), Fault(200, PAGE, after_work=True), Fault(200, "", after_work=True),
    Fault(how="mislabel", after_work=True),
]  # fmt: skip
TOO_MANY = '{{"statusCode": 429, "message": "{}"}}'
HOUR = TOO_MANY.format("Hourly API rate limit exceeded. Limit: 500 calls per hour. Reset in 30 seconds")
DAY = TOO_MANY.format("Daily API quota limit exceeded. Limit 5000 calls per day")
OWN: Sequence[Sequence[Fault]] = (
    (Fault(429), Fault(429, HOUR), Fault(503), Fault(499, after_work=True)),  # Lusha
    (Fault(503, code="SERVER_UNAVAILABLE"), Fault(429)),  # Salesforce
    (Fault(429, code="TEN_SECONDLY_ROLLING"), Fault(429, code="SECONDLY"), Fault(423)),  # HubSpot
)
STOPS = (Fault(429, DAY), Fault(403, code="REQUEST_LIMIT_EXCEEDED"), Fault(429, code="DAILY"))
"""Of each server: the day is over, which ends a run. Once in a story."""


@dataclass
class Weather:
    """Breaks a share of all requests, the same for a seed; never three in a row at one path, which ends a run."""

    stage: Stage
    rng: Random
    met: list[set[Fault]] = field(default_factory=lambda: [set(), set(), set()])
    decks: list[list[Fault]] = field(default_factory=lambda: [[], [], []])
    row: Counter[str] = field(default_factory=Counter)

    def __call__(self, place: int, path: str) -> None:
        if self.rng.random() >= BAD_WEATHER or self.row[path] == 2:
            self.row[path] = 0
            return
        self.row[path] += 1
        fault = self.rng.choice(ANYWHERE) if "oauth" in path else self._drawn(place)
        boxes = (self.stage.lusha, self.stage.salesforce, self.stage.hubspot)
        boxes[place].faults.arm(replace(fault, path=path))

    def _drawn(self, place: int) -> Fault:
        """Each once, in any order, before any of them comes again."""
        if not self.decks[place]:
            faults = [*ANYWHERE, *OWN[place], *([] if self.met[place] else [STOPS[place]])]
            self.decks[place] = self.rng.sample(faults, len(faults))
        self.met[place].add(fault := self.decks[place].pop())
        return fault


@dataclass
class Story:
    """A hostile world, and the runs that go through it."""

    stage: Stage
    orgs: Sequence[Org]
    folder: Path
    runs: list[SyncReport] = field(default_factory=list)
    told: dict[tuple[str, str], str] = field(default_factory=dict)

    def sync(self, **options: bool) -> SyncReport:
        self.runs.append(self.stage.sync(self.settings, options=Options(**options)))
        return self.runs[-1]

    def __post_init__(self) -> None:
        lenient = {"max_rejected_share": 1, "max_replaced_share": 1, "max_same_share": 1}
        mappings = {"salesforce": SALESFORCE, "hubspot": HUBSPOT}
        whole = configured(self.stage, self.folder, mappings, guards=lenient)
        # One call after the other: a seed tells the same story each time.
        orgs = {one.name: replace(whole.orgs[one.name], workers=1) for one in self.orgs}
        self.settings = replace(whole, orgs=orgs)

    def history(self, org: Org, id: str) -> str:
        """All that the state file tells of a record."""
        if (org.name, id) not in self.told:
            config = ("--json", "--config", str(self.folder / "config.yaml"))
            self.told[org.name, id] = said_here("history", org.name, org.object, id, *config).out
        return self.told[org.name, id]

    def writes(self) -> int:
        return sum(one.table.tally.writes.total() for one in self.orgs)


@pytest.fixture(scope="module", params=SEEDS)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The story up to the day on which a run gets to everything: tests below look at what it left."""
    world, seed = hostile_world(), SEEDS[request.param]
    random.seed(seed)  # how long is waited, which decides what is read again
    with Stage(world) as stage:
        stage.salesforce.page_size, stage.salesforce.session_calls = 20, 50
        stage.hubspot.tokens.token_calls = 50
        told = Story(stage, orgs_of(stage, request.param, Random(f"{seed}:orgs")), tmp_path_factory.mktemp("story"))
        for org in told.orgs:
            org.turn_hostile()
        stage.weather = weather = Weather(stage, Random(f"{seed}:weather"))
        while told.sync().exit_code != 3 and len(told.runs) < MOST_RUNS:
            assert told.runs[-1].exit_code in (4, 8), told.runs[-1].error
            stage.later(hours=25)
        stage.weather = None
        assert [len(met) for met in weather.met[1:]] == [len(ANYWHERE) + len(own) + 1 for own in OWN[1:]]
        yield told


def test_it_ends_with_3_sooner_or_later(story: Story) -> None:
    assert [run.exit_code for run in story.runs][-1] == 3, [run.error and run.error.message for run in story.runs]


def test_every_record_holds_what_it_must_byte_by_byte(story: Story) -> None:
    for org in story.orgs:
        assert org.held() == {id: org.expected(id) for id in org.ids}


def test_what_was_bought_was_bought_once(story: Story) -> None:
    assert story.stage.lusha.stats()["charged_more_than_once"] == []


def test_the_bad_are_told_in_the_crms_own_words(story: Story) -> None:
    notes: Counter[str] = Counter()
    for run in story.runs:
        notes.update(run.notes)
    for org in story.orgs:
        for words, ids in org.refused().items():
            assert sum(count for note, count in notes.items() if words in note) >= len(ids) > 0, words
            assert [id for id in ids[:3] if words not in story.history(org, id)] == []


def test_the_gone_are_told_gone_unless_they_were_before_a_run_came_to_write_them(story: Story) -> None:
    for org in story.orgs:
        gone = org.of(*GONE)
        told = [id for id in gone if org.fate(id) in story.history(org, id)]
        assert {org.fate(id) for id in told} == {org.fate(id) for id in gone}
        untold = [story.history(org, id) for id in gone if id not in told]
        assert [one for one in untold if not any(words in one for words in UNTOLD)] == []


def test_the_next_run_writes_and_buys_nothing_and_mended_orgs_get_the_rest(story: Story) -> None:
    before, spent = story.writes(), story.stage.lusha.used
    assert story.sync().exit_code in (0, 3)
    assert (story.writes(), story.stage.lusha.used) == (before, spent)
    for org in story.orgs:
        org.mend()
    assert story.sync(retry_parked=True).exit_code == 0, story.runs[-1].notes
    for org in story.orgs:
        assert org.held() == {id: org.expected(id) for id in org.ids}
    assert story.stage.lusha.used == spent
    before = story.writes()
    assert story.sync().exit_code == 0
    assert story.writes() == before
