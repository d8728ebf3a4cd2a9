"""Every row of Lusha's error table, on every paid endpoint of both generations: nothing paid is lost, nothing is paid
twice, nothing loops, and the run after it finishes the work.

Real clients over HTTP against the sandbox; time is ours, so that waiting costs none.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from connector.config import load_config
from connector.config.settings import Config
from connector.runtime import Connector, Outside, SyncReport
from connector.sandbox import Sandbox
from connector.store import ledger
from tests.e2e.house import STAMPED, TIMES, configured, rows

WORLD = {"contacts": 16, "companies": 5}
NORMAL = (0, 3)
"""How a run ends that nothing disturbs: some records of the world are refused by their CRM."""
MOST_CALLS = 12
"""No run of this world may need more at one endpoint, whatever happens to one of them."""

TRIAL = "You've reached your trial limit, please contact support for upgrade"
DAILY = "Daily API quota limit exceeded. Limit 5000 calls per day"
HOURLY = "Hourly API rate limit exceeded. Limit: 500 calls per hour. Reset in {} seconds"
INACTIVE = "Your account is not active. Please reach out to support at support@lusha.com for assistance"
HTML = "<html><body>502 Bad Gateway</body></html>"


@dataclass
class House:
    """One org of a sandbox, on a clock that only waiting and ``later`` move."""

    box: Sandbox
    settings: Config
    now: datetime = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds, microseconds=1)  # a datetime knows no less: it must not stand still

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def seconds(self) -> float:
        return self.now.timestamp()

    @contextmanager
    def connector(self) -> Iterator[Connector]:
        outside = Outside(now=lambda: self.now, clock=self.seconds, wall=self.seconds, sleep=self.sleep)
        with Connector(self.settings, outside=outside) as connector:
            yield connector

    def sync(self) -> SyncReport:
        with self.connector() as connector:
            return connector.sync(["acme"])

    def booked(self) -> int:
        with self.connector() as connector:
            key = connector.config.orgs["acme"].lusha.api_key.fingerprint()
            return ledger.booked(connector.store, key=key)


@contextmanager
def house(generation: str, folder: Path) -> Iterator[House]:
    with Sandbox(**WORLD, limits=False) as box:
        config = Path(configured(box, folder))
        text = config.read_text("utf-8").replace("lusha:\n", f"lusha:\n  api_version: {generation}\n", 1)
        config.write_text(text, "utf-8")
        yield House(box, load_config(config, env=os.environ))


@cache
def undisturbed(generation: str) -> tuple[dict[str, Any], int]:
    """(final CRM, credits) of a run that nothing disturbs."""
    with house(generation, Path(mkdtemp())) as at:
        assert at.sync().exit_code in NORMAL
        assert at.booked() == at.box.lusha.used
        return rows(at.box, without=TIMES | STAMPED), at.box.lusha.used


PEOPLE = [("v3", "/v3/contacts/search"), ("v3", "/v3/contacts/enrich"), ("v2", "/v2/person")]
COMPANIES = [("v3", "/v3/companies/search"), ("v3", "/v3/companies/enrich"), ("v2", "/v2/company")]
ROWS: list[tuple[str, int | str, str, bool, int | None]] = [
    # name, status or how the answer is lost, words, after the work was done, exit code (None: as undisturbed)
    ("400", 400, "", False, None),
    ("401", 401, "", False, 7),
    ("402", 402, "", False, 4),
    ("403", 403, INACTIVE, False, 7),
    ("404", 404, "", False, 8),
    ("412", 412, "", False, None),
    ("429 trial", 429, TRIAL, False, 4),
    ("429 daily", 429, DAILY, False, 4),
    ("429 hourly, long", 429, HOURLY.format(1800), False, 4),
    ("429 hourly, short", 429, HOURLY.format(30), False, None),
    ("429", 429, "", False, None),
    ("451", 451, "", False, None),
    ("499", 499, "", False, None),
    ("499 after the work", 499, "", True, None),
    ("500", 500, "", False, None),
    ("500 after the work", 500, "", True, None),
    ("502 html after the work", 502, HTML, True, None),
    ("503", 503, "", False, None),
    ("cut after the work", "close", "", True, None),
    ("truncated after the work", "truncate", "", True, None),
]


def arm(box: Sandbox, path: str, seen: int | str, words: str, after: bool, times: int) -> None:
    if isinstance(seen, str):
        box.lusha.drop_next(times, path, how=seen)  # type: ignore[arg-type]
        return
    body = words if words.startswith("<") or not words else f'{{"statusCode": {seen}, "message": "{words}"}}'
    box.lusha.fail_next(seen, times, path, after_charge=after, body=body or None)


def check(at: House, generation: str) -> None:
    """The work is whole, and as cheap as if nothing had happened, but for search fees that may be paid twice."""
    crm, credits = undisturbed(generation)
    assert rows(at.box, without=TIMES | STAMPED) == crm
    assert at.box.lusha.stats()["charged_more_than_once"] == []
    assert at.booked() >= at.box.lusha.used
    assert at.box.lusha.used <= credits + 2


CASES = [(*endpoint, row) for endpoint in PEOPLE for row in ROWS]
CASES += [(*endpoint, row) for endpoint in COMPANIES for row in ROWS if row[0] in ("400", "402", "cut after the work")]


@pytest.mark.parametrize(("generation", "path", "row"), CASES, ids=[f"{path} {row[0]}" for _, path, row in CASES])
def test_once(generation: str, path: str, row: tuple[str, int | str, str, bool, int | None], tmp_path: Path) -> None:
    _, seen, words, after, expected = row
    with house(generation, tmp_path) as at:
        arm(at.box, path, seen, words, after, times=1)
        report = at.sync()
        assert report.exit_code in (NORMAL if expected is None else (expected,)), report.error
        assert at.box.lusha.calls[path] <= MOST_CALLS
        assert sum(at.slept) <= 130
        at.later(hours=2)
        if expected is not None:
            assert at.sync().exit_code in NORMAL
        check(at, generation)
        spent = at.box.lusha.used
        assert at.sync().exit_code in NORMAL
        assert at.box.lusha.used == spent


@pytest.mark.parametrize("seen", [500, "close", "truncate"])
@pytest.mark.parametrize(("generation", "path"), PEOPLE + COMPANIES, ids=[path for _, path in PEOPLE + COMPANIES])
def test_answers_that_stay_lost_stop_the_run_and_the_next_resolves_them(
    generation: str, path: str, seen: int | str, tmp_path: Path
) -> None:
    with house(generation, tmp_path) as at:
        arm(at.box, path, seen, "", True, times=50)
        report = at.sync()
        assert report.exit_code == 4
        assert report.error is not None
        assert report.error.hint is not None
        assert at.box.lusha.calls[path] <= MOST_CALLS
        assert at.booked() >= at.box.lusha.used
        at.box.lusha.faults.clear()
        at.later(hours=2)
        assert at.sync().exit_code in NORMAL
        crm, _ = undisturbed(generation)
        assert rows(at.box, without=TIMES | STAMPED) == crm
        assert at.box.lusha.stats()["charged_more_than_once"] == []
        assert at.booked() >= at.box.lusha.used


@pytest.mark.parametrize("status", [429, 500, 503, 403, 404])
@pytest.mark.parametrize(("generation", "path"), [("v3", "/v3/account/usage"), ("v2", "/account/usage")])
def test_an_account_that_does_not_answer_ends_nothing(generation: str, path: str, status: int, tmp_path: Path) -> None:
    with house(generation, tmp_path) as at:
        at.sync()
        crm, _ = undisturbed(generation)
        assert rows(at.box, without=TIMES | STAMPED) == crm
        at.later(hours=2)
        arm(at.box, path, status, "", False, times=50)
        assert at.sync().exit_code in NORMAL
        assert at.box.lusha.calls[path] <= MOST_CALLS
