"""The decision after each answer or fault, as one table."""

from __future__ import annotations

import pytest

from connector.errors import AccessDenied, ConnectorError, InDoubt, QuotaExhausted, RequestRefused, VendorUnreachable
from connector.lusha import errors
from connector.lusha.errors import (
    BACK_OFF,
    USE,
    AccountInactive,
    DailyQuotaReached,
    DatapointsNotOnPlan,
    Decision,
    Fault,
    FullNameNeeded,
    HourlyLimitReached,
    InvalidKey,
    InvalidRequest,
    NoConnection,
    NotOnPlan,
    OutOfCredits,
    Restricted,
    ServerError,
    SessionExpired,
    TooManyRequests,
    TrialEnded,
    UnknownAnswer,
    UnknownEndpoint,
    decide,
)

HOURLY = "Hourly API rate limit exceeded. Limit: 500 calls per hour. Reset in {} seconds"
DAILY = "Daily API quota limit exceeded. Limit 5000 calls per day"
TRIAL = "You've reached your trial limit, please contact support for upgrade"
INACTIVE = "Your account is not active. Please reach out to support at support@lusha.com for assistance"
DATAPOINTS = "Your pricing version does not support requesting individual datapoints [revealEmails, revealPhones]"
DNC = (
    "Exclude DNC is not supported on your current plan. Please contact support or your account manager for assistance."
)
PAID, FREE = True, False


@pytest.mark.parametrize(
    ("seen", "words", "attempt", "paid", "expected"),
    [
        (200, "", 1, PAID, USE),
        (200, "", 1, FREE, USE),
        (201, "", 1, PAID, USE),
        (503, "", 1, PAID, BACK_OFF),
        (503, "", 4, PAID, BACK_OFF),
        (503, "", 5, PAID, ServerError),
        ("unsent", "", 1, PAID, BACK_OFF),
        ("unsent", "", 2, PAID, BACK_OFF),
        ("unsent", "", 3, PAID, NoConnection),
        ("cut", "", 1, PAID, InDoubt),
        ("unreadable", "", 1, PAID, InDoubt),
        (500, "", 1, PAID, InDoubt),
        (502, "", 1, PAID, InDoubt),
        (504, "", 1, PAID, InDoubt),
        (499, "", 1, PAID, InDoubt),
        (408, "", 1, PAID, InDoubt),
        ("cut", "", 4, FREE, BACK_OFF),
        ("cut", "", 5, FREE, ServerError),
        ("unreadable", "", 1, FREE, BACK_OFF),
        (500, "", 1, FREE, BACK_OFF),
        (500, "", 5, FREE, ServerError),
        (499, "", 1, FREE, BACK_OFF),
        (400, "", 1, PAID, InvalidRequest),
        (413, "", 1, PAID, InvalidRequest),
        (422, "", 1, PAID, InvalidRequest),
        (412, "", 1, PAID, FullNameNeeded),
        (410, "", 1, PAID, SessionExpired),
        (451, "We are unable to process this contact request due to our GDPR regulations", 1, PAID, Restricted),
        (451, "", 1, PAID, InvalidRequest),
        (401, "", 1, PAID, InvalidKey),
        (403, INACTIVE, 1, PAID, AccountInactive),
        (403, DATAPOINTS, 1, PAID, DatapointsNotOnPlan),
        (403, DNC, 1, PAID, NotOnPlan),
        (403, "", 1, FREE, NotOnPlan),
        (402, "", 1, PAID, OutOfCredits),
        (404, "", 1, PAID, UnknownEndpoint),
        (301, "", 1, PAID, UnknownEndpoint),
        (307, "", 1, FREE, UnknownEndpoint),
        (405, "", 1, PAID, UnknownAnswer),
        (405, "", 1, FREE, UnknownAnswer),
        (409, "", 1, PAID, UnknownAnswer),
        (418, "", 1, FREE, UnknownAnswer),
        (431, "", 1, PAID, UnknownAnswer),
        (429, "Too many requests. Please wait.", 1, PAID, BACK_OFF),
        (429, "", 1, FREE, BACK_OFF),
        (429, "", 4, PAID, BACK_OFF),
        (429, "", 5, PAID, TooManyRequests),
        (429, DAILY, 1, PAID, DailyQuotaReached),
        (429, TRIAL, 1, PAID, TrialEnded),
        (429, HOURLY.format(30), 1, PAID, Decision("retry", pause=30.0)),
        (429, HOURLY.format(120), 1, PAID, Decision("retry", pause=120.0)),
        (429, HOURLY.format(121), 1, PAID, HourlyLimitReached),
        (429, HOURLY.format(30), 5, PAID, TooManyRequests),
    ],
)
def test_decide(
    seen: int | Fault, words: str, attempt: int, paid: bool, expected: Decision | type[ConnectorError]
) -> None:
    decision = decide(seen, words, attempt, paid=paid)
    if isinstance(expected, Decision):
        assert decision == expected
    else:
        assert decision.action == "raise"
        assert type(decision.exception("POST /x")) is expected


@pytest.mark.parametrize(
    ("seen", "words", "attempt", "message", "hint"),
    [
        (401, "Invalid API key", 1, "answered 401: Invalid API key",
         "check lusha.api_key; keys are made in the Lusha dashboard under API settings"),
        (403, "Your account is not active.", 1, "answered 403: Your account is not active.",
         "Lusha's support (support@lusha.com) can tell why"),
        (403, "", 1, "answered 403", "the account's plan does not include this, or the account is not active; "
         "Lusha's support (support@lusha.com) can tell why"),
        (402, "Insufficient credits", 1, "answered 402: Insufficient credits (out of credits)",
         "buy credits or wait for the next billing cycle, then run again; nothing is lost"),
        (404, "", 1, "answered 404", "nothing of Lusha's API is there: check lusha.base_url"),
        (302, "", 1, "answered 302", "nothing of Lusha's API is there: check lusha.base_url"),
        (405, "", 1, "answered 405", "Lusha answered something undocumented; run again later, and if it stays, Lusha's "
         "support (support@lusha.com) can tell why"),
        (409, "Conflict", 1, "answered 409: Conflict", "Lusha answered something undocumented; run again later, and if "
         "it stays, Lusha's support (support@lusha.com) can tell why"),
        (503, "", 5, "answered 503 (5 attempts)", "run again later"),
        (400, "contacts must be an array", 1, "answered 400: contacts must be an array", None),
        (429, HOURLY.format(1800), 1, f"answered 429: {HOURLY.format(1800)}",
         "run again in 30 minutes; nothing is lost"),
        (429, "Too many", 5, "answered 429: Too many (5 attempts)",
         "others use this key too, or lusha.rate_limit is too high; run again later, nothing is lost"),
        ("unsent", "ConnectError: refused", 3,
         "failed: no connection could be made (ConnectError: refused) (3 attempts)",
         "check the network, the proxy and lusha.base_url; nothing was sent"),
        ("cut", "ReadTimeout", 1, "failed: the connection ended without an answer (ReadTimeout)",
         "Lusha may have charged it: the worst case stays booked until it is asked once more"),
        ("unreadable", "not JSON", 1, "failed: the answer cannot be read (not JSON)",
         "Lusha may have charged it: the worst case stays booked until it is asked once more"),
    ],
)  # fmt: skip
def test_messages(seen: int | Fault, words: str, attempt: int, message: str, hint: str | None) -> None:
    error = decide(seen, words, attempt, paid=True).exception("POST /v3/contacts/search")
    assert error.message == f"Lusha: POST /v3/contacts/search {message}"
    assert error.hint == hint


def test_a_refused_request_carries_its_status_as_code() -> None:
    error = decide(451, "GDPR", 1, paid=True).exception("POST /v3/contacts/enrich")
    assert isinstance(error, RequestRefused)
    assert error.code == "451"


def test_a_paid_call_whose_bytes_went_out_is_never_repeated() -> None:
    statuses = (status for status in range(200, 600) if status not in (429, 503))
    certain: list[int | Fault] = ["cut", "unreadable", *statuses]
    for seen in certain:
        for attempt in range(1, 7):
            assert decide(seen, "", attempt, paid=True).action != "retry", (seen, attempt)


def test_only_an_address_that_is_none_blames_the_address() -> None:
    for status in (*range(300, 429), *range(430, 500)):
        hint = decide(status, "", 9, paid=True).hint or ""
        assert ("base_url" in hint) == (status < 400 or status == 404), status


@pytest.mark.parametrize("words", ["", HOURLY.format(120)])
def test_an_impatient_call_never_waits_for_a_limit(words: str) -> None:
    decision = decide(429, words, 1, paid=False, patient=False)
    assert isinstance(decision.exception("GET /v3/account/usage"), TooManyRequests)


def test_every_class_names_its_recovery() -> None:
    """What the engine and the command line know of: refused for good, mend it, run again later, unreachable, doubt."""
    named = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ConnectorError)}
    recoveries = (RequestRefused, AccessDenied, QuotaExhausted, VendorUnreachable, InDoubt)
    assert all(issubclass(kind, recoveries) for kind in named - {ConnectorError})
    assert {kind.exit_code for kind in named if issubclass(kind, QuotaExhausted)} == {4}
    assert {kind.exit_code for kind in named if issubclass(kind, AccessDenied)} == {7}
