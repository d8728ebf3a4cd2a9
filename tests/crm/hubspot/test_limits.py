"""Whom a wait that HubSpot asks for holds."""

from __future__ import annotations

import pytest

from connector.crm.hubspot.endpoints import VERSIONS, Endpoint
from connector.crm.hubspot.limits import Limits
from tests.crm.hubspot.portal import FakeTime

SEARCH, READ, WRITE = VERSIONS["v3"].search, VERSIONS["v3"].batch_read, VERSIONS["v3"].batch_update


@pytest.mark.parametrize(
    ("policy", "asked", "other_waits"),
    [
        ("SECONDLY", SEARCH, 0.0),
        ("SECONDLY", READ, 10.0),
        ("TEN_SECONDLY_ROLLING", SEARCH, 10.0),
        ("TEN_SECONDLY_ROLLING", READ, 10.0),
        (None, SEARCH, 10.0),
    ],
)
def test_a_limit_of_the_app_holds_whatever_it_was_told_to(
    policy: str | None, asked: Endpoint, other_waits: float
) -> None:
    time = FakeTime()
    limits = Limits(reserve=0.2, clock=time.clock, sleep=time.sleep)
    limits.hold(asked, policy, 10.0)
    limits.take_turn(READ if asked is SEARCH else SEARCH)
    assert sum(time.slept) == pytest.approx(other_waits)
    limits.take_turn(SEARCH if asked is SEARCH else READ)
    assert sum(time.slept) == pytest.approx(10.0)


def test_the_days_calls_are_told_once_hubspot_told_them() -> None:
    time = FakeTime()
    limits = Limits(reserve=0.2, clock=time.clock, sleep=time.sleep)
    limits.note({"X-HubSpot-RateLimit-Max": "190"})
    assert limits.quota() is None
    limits.note({"X-HubSpot-RateLimit-Daily": "1000", "X-HubSpot-RateLimit-Daily-Remaining": "300"})
    quota = limits.quota()
    assert quota is not None
    assert (quota.used, quota.most, quota.ours) == (700, 1000, 100)
    limits.note({"X-HubSpot-RateLimit-Daily": "1000", "X-HubSpot-RateLimit-Daily-Remaining": "150"})
    assert (quota := limits.quota()) is not None and quota.ours == 0


def test_a_write_finds_a_place_where_a_read_would_wait() -> None:
    time = FakeTime()
    limits = Limits(reserve=0.2, clock=time.clock, sleep=time.sleep)
    while not time.slept:
        limits.take_turn(READ)
    time.slept.clear()
    limits.take_turn(WRITE)
    assert time.slept == []
