"""The schedule of an org against its last run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from connector.config.settings import OrgSettings
from connector.doctor.finding import Finding
from connector.doctor.schedule import check_schedule
from connector.store.runs import RunRow

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)  # a Friday
NEXT = "next: Mon 2026-11-30 03:00, Tue 2026-12-01 03:00, Wed 2026-12-02 03:00 UTC"


def found(schedule: str | None, last: str | None = None) -> list[Finding]:
    org = OrgSettings("acme", "salesforce", {}, (), cast(Any, None), schedule=schedule)
    run = RunRow(7, "acme", "contact.yaml", "done", last, None, {}, None) if last else None
    return list(check_schedule(org, run, NOW))


def test_three_times_are_shown() -> None:
    [one] = found("0 3 * * 1-5", "2026-11-27T03:00:04Z")
    assert (one.level, one.what, one.mend) == ("pass", NEXT, "")


def test_an_org_without_one_is_run_by_somebody() -> None:
    [one] = found(None)
    assert (one.level, one.what) == ("pass", "none in the config: run it by hand, or by your own scheduler")


def test_nights_without_a_run_are_told() -> None:
    late, coming = found("0 3 * * 1-5", "2026-11-24T03:00:04Z")
    assert (late.level, coming.what) == ("warn", NEXT)
    assert late.what == "the last run began Tue 2026-11-24 03:00 UTC, and 2 times of '0 3 * * 1-5' passed since"
    assert late.mend == "see that your scheduler starts lusha-sync, and what it says: no run began then"


@pytest.mark.parametrize("last", [None, "2026-11-25T03:00:04Z", "2026-11-26T22:00:00Z"])
def test_one_night_or_a_scheduler_in_another_zone_is_no_matter(last: str | None) -> None:
    assert [one.level for one in found("0 3 * * 1-5", last)] == ["pass"]


def test_a_year_of_missed_minutes_is_counted_no_further_than_matters() -> None:
    late, _ = found("* * * * *", "2025-11-24T03:00:04Z")
    assert "100 times or more of '* * * * *' passed since" in late.what
