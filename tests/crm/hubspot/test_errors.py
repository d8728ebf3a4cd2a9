"""The decision table, row by row, and the words of each ending."""

from __future__ import annotations

from typing import Any

import pytest

from connector.crm.hubspot.errors import Decision, Forbidden, ReadRefused, Refused, Signal, decide, failure
from connector.errors import AccessDenied, ConfigError, InDoubt, QuotaExhausted, VendorUnreachable

PLACE = "POST /crm/v3/objects/{object}/batch/update"
READ, WRITE = False, True


def retry(seconds: float, *, shared: bool = False) -> Decision:
    return Decision("retry", seconds, shared)


@pytest.mark.parametrize(
    ("signal", "attempt", "write", "expected"),
    [
        (Signal(200), 1, WRITE, Decision("accept")),
        (Signal(201), 1, WRITE, Decision("accept")),
        (Signal(207), 1, WRITE, Decision("accept")),
        (Signal(fault="connect"), 1, WRITE, retry(1.0)),
        (Signal(fault="connect"), 2, WRITE, retry(2.0)),
        (Signal(fault="connect"), 3, WRITE, Decision("unreachable")),
        (Signal(fault="tls"), 1, READ, Decision("unreachable")),
        (Signal(fault="lost"), 1, WRITE, Decision("in_doubt")),
        (Signal(fault="lost"), 1, READ, retry(1.0)),
        (Signal(fault="lost"), 5, READ, Decision("unreachable")),
        (Signal(500), 1, WRITE, Decision("in_doubt")),
        (Signal(502), 1, WRITE, Decision("in_doubt")),
        (Signal(504), 1, WRITE, Decision("in_doubt")),
        (Signal(408), 1, WRITE, Decision("in_doubt")),
        (Signal(500), 3, READ, retry(4.0)),
        (Signal(500), 5, READ, Decision("unreachable")),
        (Signal(503), 1, WRITE, retry(1.0)),
        (Signal(503), 5, WRITE, Decision("unreachable")),
        (Signal(429, policy="TEN_SECONDLY_ROLLING"), 1, WRITE, retry(10.0, shared=True)),
        (Signal(429, policy="TEN_SECONDLY_ROLLING"), 11, WRITE, retry(10.0, shared=True)),
        (Signal(429, policy="TEN_SECONDLY_ROLLING"), 12, WRITE, Decision("quota")),
        (Signal(429, policy="SECONDLY"), 11, READ, retry(1.0, shared=True)),
        (Signal(429, policy="DAILY"), 1, READ, Decision("quota")),
        (Signal(429, policy="SOMETHING_NEW"), 1, READ, retry(10.0, shared=True)),
        (Signal(429), 1, READ, retry(10.0, shared=True)),
        (Signal(429, policy="SECONDLY"), 12, READ, Decision("quota")),
        (Signal(429), 5, READ, Decision("quota")),
        (Signal(423), 1, WRITE, retry(2.0, shared=True)),
        (Signal(423), 2, WRITE, retry(4.0, shared=True)),
        (Signal(423), 5, WRITE, Decision("unreachable")),
        (Signal(477, retry_after=30), 1, WRITE, retry(30, shared=True)),
        (Signal(477, retry_after=86_400), 1, WRITE, Decision("unreachable")),
        (Signal(401), 1, READ, Decision("denied")),
        (Signal(403), 1, WRITE, Decision("denied")),
        (Signal(400), 1, WRITE, Decision("refused")),
        (Signal(404), 1, READ, Decision("refused")),
        (Signal(409), 1, WRITE, Decision("refused")),
        (Signal(415), 1, READ, Decision("refused")),
        (Signal(418), 1, READ, Decision("unreachable")),
        (Signal(418), 1, WRITE, Decision("refused")),
        (Signal(302), 1, WRITE, Decision("unreachable")),
        (Signal(None), 1, WRITE, Decision("unreachable")),
    ],
)
def test_decide(signal: Signal, attempt: int, write: bool, expected: Decision) -> None:
    assert decide(signal, attempt, write=write, jitter=lambda: 0.0) == expected


@pytest.mark.parametrize(
    ("policy", "longest"), [("SECONDLY", 2.0), ("TEN_SECONDLY_ROLLING", 13.0), ("SOMETHING_NEW", 13.0), (None, 13.0)]
)
def test_those_who_share_a_limit_do_not_come_back_together(policy: str | None, longest: float) -> None:
    assert decide(Signal(429, policy=policy), 1, write=READ, jitter=lambda: 1.0) == retry(longest, shared=True)
    half = decide(Signal(429, policy=policy), 1, write=READ, jitter=lambda: 0.5)
    assert longest > half.seconds > decide(Signal(429, policy=policy), 1, write=READ, jitter=lambda: 0.0).seconds


def fail(
    action: Any, signal: Signal, body: dict[str, Any] | None = None, tries: int = 1, *, write: bool = WRITE
) -> Any:
    return failure(action, signal, PLACE, body, host="https://api.hubapi.com", write=write, tries=tries)


def test_a_refused_token_says_where_to_look() -> None:
    body = {"message": "Authentication credentials not found."}
    error = failure("denied", Signal(401), PLACE, body, host="h", write=False, sign_in_hint="look here")
    assert type(error) is AccessDenied
    assert error.message == (
        f"HubSpot does not accept the access token: {PLACE} answered 401: Authentication credentials not found."
    )
    assert error.hint == "look here"


def test_missing_scopes_are_named() -> None:
    body = {
        "message": "This app hasn't been granted all required scopes to make this call.",
        "category": "MISSING_SCOPES",
        "errors": [{"message": "m", "context": {"requiredGranularScopes": ["crm.objects.contacts.write"]}}],
    }
    error = fail("denied", Signal(403), body)
    assert isinstance(error, Forbidden)
    assert error.message == (
        f"HubSpot's access token lacks a right: {PLACE} answered 403: This app hasn't been granted all required "
        "scopes to make this call. (needs crm.objects.contacts.write)"
    )


def test_vendor_words_are_redacted_and_cut() -> None:
    said = "Contact ada@example.com is odd " + "x" * 400
    error = fail("refused", Signal(400), {"message": said})
    assert isinstance(error, Refused)
    assert "ada@example.com" not in error.message
    assert "***@***" in error.message
    assert len(error.message) < 400
    assert (error.code, error.http_status) == ("400", 400)


def test_a_refused_read_is_for_the_configuration_to_mend() -> None:
    error = fail("refused", Signal(400), {"message": "Unknown thing"}, write=READ)
    assert isinstance(error, ReadRefused)
    assert isinstance(error, ConfigError)
    assert error.message == f"HubSpot refused the request: {PLACE} answered 400: Unknown thing"
    assert error.hint == "check `object`, the fields and select.where of the mapping, and connection.base_url"
    assert error.http_status == 400


def test_a_daily_limit_can_be_told_from_a_lasting_rate_limit() -> None:
    daily = fail("quota", Signal(429, policy="DAILY"), {"message": "You have reached your daily limit."})
    assert isinstance(daily, QuotaExhausted)
    assert daily.message == (
        f"HubSpot's daily calls are used up: {PLACE} answered 429: You have reached your daily limit."
    )
    assert daily.hint == "run again tomorrow"
    assert fail("quota", Signal(429)).message == f"HubSpot's rate is used up: {PLACE} answered 429"


def test_in_doubt_and_unreachable() -> None:
    doubt = fail("in_doubt", Signal(fault="lost"))
    assert isinstance(doubt, InDoubt)
    assert doubt.message == f"HubSpot may or may not have done this write: {PLACE}: no readable answer came"
    gone = fail("unreachable", Signal(fault="connect"), tries=3)
    assert type(gone) is VendorUnreachable
    assert gone.message == (
        f"HubSpot cannot be reached at https://api.hubapi.com after 3 tries: {PLACE}: no connection"
    )
    assert gone.hint == "check connection.base_url and the network"
    assert fail("unreachable", Signal(fault="tls")).hint == "name your CA bundle as connection.ca_file"
    assert fail("unreachable", Signal(302)).hint == "check connection.base_url: it answers with a redirect"
