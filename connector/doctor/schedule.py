"""The schedule of an org: what comes next, and whether runs were missed.

lusha-sync starts nothing by itself: ``schedule`` says in the config what somebody's scheduler does, read in UTC here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from connector.config.schedule import Schedule, parse_schedule
from connector.config.settings import OrgSettings
from connector.doctor.finding import Check, Finding
from connector.doctor.times import after, before
from connector.store.db import unstamp
from connector.store.runs import RunRow

SHOWN = 3
_LATE = timedelta(hours=14)
"""A scheduler may keep another zone's time, and start that much later than this reads: no run is missed before."""


def check_schedule(org: OrgSettings, last: RunRow | None, now: datetime) -> Iterator[Finding]:
    """``last``: the latest run of the org, None where none is known."""
    check = Check(org.name, "schedule")
    if org.schedule is None:
        yield check.passed("none in the config: run it by hand, or by your own scheduler")
        return
    schedule = parse_schedule(org.schedule)  # the config was refused if it is none
    begun = unstamp(last.started_at) if last else None
    if begun and (missed := _missed(schedule, begun, now)):
        mend = "see that your scheduler starts lusha-sync, and what it says: no run began then"
        yield check.warned(
            f"the last run began {_minute(begun)} UTC, and {missed} of '{org.schedule}' passed since", mend
        )
    coming = ", ".join(_minute(time) for time in islice(after(schedule, now.astimezone(UTC)), SHOWN))
    yield check.passed(f"next: {coming} UTC")


def _missed(schedule: Schedule, begun: datetime, now: datetime) -> str:
    """Two times or more without a run are no accident; empty where fewer were missed."""
    times = list(islice(before(schedule, now.astimezone(UTC) - _LATE), 100))
    count = sum(time > begun for time in times)
    return "" if count < 2 else f"{count} times" if count < 100 else "100 times or more"


def _minute(moment: datetime) -> str:
    return moment.strftime("%a %Y-%m-%d %H:%M")
