"""Fault × call: whatever goes wrong with any one request of a run, its work is done, done once, and costs no more.

The run of a little world needs each kind of call that an adapter makes; undisturbed, it tells what must come of it.
``test_faults`` does the same for whatever Lusha charges; ``test_hostile`` lets everything go wrong at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import Config
from connector.crm.hubspot import wire
from connector.crm.salesforce import session
from connector.runtime import SyncReport
from connector.sandbox.faults import Fault
from tests.e2e.house import STAMPED, TIMES, rows
from tests.e2e.little import HUBSPOT, MERGED, SALESFORCE, alone, configured, contact_id, little_world, person_id
from tests.e2e.stage import Stage

NORMAL = (3,)
"""How a run ends that nothing disturbs: the record that is merged away meanwhile is told."""
ENRICH = "/v3/contacts/enrich"

# --- what may go wrong --------------------------------------------------------------------------------------------

HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
PORTAL = HTML.format("Sign in to the guest network")
TENTH, SECOND, DAY = "TEN_SECONDLY_ROLLING", "SECONDLY", "DAILY"
ANYWHERE = {
    "500 html": Fault(500, HTML.format("Internal Server Error")),
    "502 html after the work": Fault(502, HTML.format("Bad Gateway"), after_work=True),
    "503 html": Fault(503, HTML.format("Service Unavailable")),
    "reset before the work": Fault(how="close"),
    "reset after the work": Fault(how="close", after_work=True),
    "truncated": Fault(how="truncate", after_work=True),
    "html with 200": Fault(200, PORTAL),
    "html with 200 after the work": Fault(200, PORTAL, after_work=True),
    "nothing with 200 after the work": Fault(200, "", after_work=True),
    "another content type": Fault(how="mislabel", after_work=True),
}
OF_SALESFORCE = {
    "session ended": Fault(401, code="INVALID_SESSION_ID"),
    "daily calls used up": Fault(403, code="REQUEST_LIMIT_EXCEEDED"),
    "429": Fault(429, code="TOO_MANY_REQUESTS"),
    "server unavailable": Fault(503, code="SERVER_UNAVAILABLE"),
}
OF_HUBSPOT = {
    "429 ten seconds": Fault(429, code=TENTH),
    "429 second": Fault(429, code=SECOND),
    "429 day": Fault(429, code=DAY),
    "423": Fault(423, code="LOCKED"),
    "477": Fault(477, code="MIGRATION_IN_PROGRESS"),
}
STOPS = {"daily calls used up", "429 day"}
"""These end the run with 4; the next one goes on."""

# --- what a run asks ----------------------------------------------------------------------------------------------

DATA = "/services/data/v68.0"
CALLS: dict[str, dict[str, tuple[str, int]]] = {
    # org: the call's purpose: its path, and how many requests to that path come sooner
    "salesforce": {
        "sign-in": ("/services/oauth2/token", 0),
        "describe": (f"{DATA}/sobjects/Contact/describe", 0),
        "query": (f"{DATA}/query", 0),
        "next page": (f"{DATA}/query/*", 0),
        "history": (f"{DATA}/query", 1),
        "last edits": (f"{DATA}/composite/sobjects/Contact", 0),
        "re-read": (f"{DATA}/composite/sobjects/Contact", 1),
        "fate": (f"{DATA}/queryAll", 0),
        "its master": (f"{DATA}/queryAll", 1),
        "update": (f"{DATA}/composite/sobjects", 0),
        "update on condition": (f"{DATA}/sobjects/Contact/003*", 0),
    },
    "hubspot": {
        "account": ("/account-info/v3/details", 0),
        "properties": ("/crm/v3/properties/contacts", 0),
        "properties of companies": ("/crm/v3/properties/companies", 0),
        "search": ("/crm/v3/objects/contacts/search", 0),
        "companies": ("/crm/v3/objects/companies/batch/read", 0),
        "history": ("/crm/v3/objects/contacts/batch/read", 0),
        "re-read": ("/crm/v3/objects/contacts/batch/read", 1),
        "fate": ("/crm/v3/objects/contacts/batch/read", 2),
        "unique values": ("/crm/v3/objects/contacts/batch/read", 3),
        "update": ("/crm/v3/objects/contacts/batch/update", 0),
    },
}
CALLS["dated"] = {"renewal of the token": ("/oauth/2026-09/token", 0)}
WRITES = {"update", "update on condition"}
SLOW = ("re-read", "update")
WAIT = 0.5
"""Seconds until a client gives up, where an answer is held back: much longer than any that comes."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(little_world()) as started:
        yield started


@pytest.fixture(scope="module")
def settings(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Config:
    return configured(stage, tmp_path_factory.mktemp("config"), {"salesforce": SALESFORCE, "hubspot": HUBSPOT})


@pytest.fixture(scope="module")
def undisturbed(stage: Stage, settings: Config, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a run comes to that nothing disturbs, by org: the records, the credits, what was asked."""
    found = {}
    for org in CALLS:
        begin(stage)
        assert stage.sync(alone(settings, org, tmp_path_factory.mktemp(org))).exit_code in NORMAL
        found[org] = (outcome(stage), stage.lusha.used, list(stage.asked))
    return found


def begin(stage: Stage) -> None:
    stage.begin(little_world())
    stage.salesforce.page_size = 3
    stage.meanwhile(ENRICH, lambda: merge(stage))


def merge(stage: Stage) -> None:
    stage.salesforce.delete("Contact", contact_id(MERGED), merged_into=contact_id(MERGED - 1))
    stage.hubspot.delete("contacts", person_id(MERGED), merged_into=person_id(MERGED - 1))


def outcome(stage: Stage) -> dict[str, Any]:
    return rows(stage, without=TIMES | STAMPED)


def check(stage: Stage, expected: tuple[Any, int, Any]) -> None:
    """The records as in a run that nothing disturbs, for the same credits, and no value written twice."""
    crm, credits, _ = expected
    assert outcome(stage) == crm
    assert stage.lusha.used == credits
    assert stage.lusha.stats()["charged_more_than_once"] == []
    tables = (stage.salesforce.tables["Contact"], stage.hubspot.tables["contacts"])
    assert [one for table in tables for one in table.tally.fields_unchanged] == []


def writes(stage: Stage) -> int:
    return sum(table.tally.writes.total() for box in (stage.salesforce, stage.hubspot) for table in box.tables.values())


def disturbed(stage: Stage, settings: Config, org: str, call: str, fault: Fault, times: int = 1) -> SyncReport:
    """A sync whose ``call`` meets the fault."""
    begin(stage)
    path, sooner = CALLS[org][call]
    faults = (stage.salesforce if org == "salesforce" else stage.hubspot).faults
    stage.meanwhile(path, lambda: faults.arm(fault, times), sooner=sooner)
    report = stage.sync(settings)
    faults.clear()
    return report


def cells() -> Iterator[Any]:
    for org, calls in CALLS.items():
        faults = ANYWHERE | (OF_SALESFORCE if org == "salesforce" else OF_HUBSPOT)
        for call in calls:
            for name in faults if call != "sign-in" else ANYWHERE:
                yield pytest.param(org, call, faults[name], name, id=f"{org}-{call}-{name}")


@pytest.mark.parametrize(("org", "call", "fault", "name"), list(cells()))
def test_a_fault_costs_nothing_but_time(
    org: str, call: str, fault: Fault, name: str, stage: Stage, settings: Config, undisturbed: Any, tmp_path: Path
) -> None:
    own = alone(settings, org, tmp_path)
    report = disturbed(stage, own, org, call, fault, times=1_000 if name in STOPS else 1)
    assert report.exit_code in ((4,) if name in STOPS else NORMAL), report.error
    assert sum(stage.slept) <= 60
    if report.exit_code == 4:
        stage.later(days=1)
        assert stage.sync(own).exit_code in (*NORMAL, 0)
    check(stage, undisturbed[org])
    if call in WRITES:
        before = writes(stage)
        assert stage.sync(own).exit_code == 0
        assert (writes(stage), stage.lusha.used) == (before, undisturbed[org][1])


@pytest.mark.parametrize(("org", "call"), [(org, call) for org in ("salesforce", "hubspot") for call in SLOW])
def test_an_answer_that_does_not_come_is_a_lost_one(
    org: str, call: str, stage: Stage, settings: Config, undisturbed: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(session, "TIMEOUT", (10.0, WAIT))
    monkeypatch.setattr(wire, "_TIMEOUTS", (10.0, WAIT))
    fault = Fault(how="hold", after_work=call in WRITES)
    report = disturbed(stage, alone(settings, org, tmp_path), org, call, fault)
    assert report.exit_code in NORMAL, report.error
    check(stage, undisturbed[org])


@pytest.mark.parametrize("org", CALLS)
def test_no_call_of_a_run_is_left_out(org: str, undisturbed: Any) -> None:
    """A call that an adapter begins to make belongs into ``CALLS``."""
    asked = [path for _, path in undisturbed[org][2] if not path.startswith("/v3/")]  # those are Lusha's
    if org == "dated":  # the same calls as "hubspot", by other paths, and one before them
        asked = [path for path in asked if "oauth" in path]
    for path, times in Counter(asked).items():
        assert sorted(sooner for known, sooner in CALLS[org].values() if fnmatchcase(path, known)) == [*range(times)]
