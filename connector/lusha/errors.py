"""Lusha's errors by name, and what to do about one answer or fault: a pure function, tested as a table.

    RequestRefused             the request did nothing and never will as it stands
    ├── InvalidRequest             400, 413, 422   mend the item that is meant
    ├── FullNameNeeded             412             give first and last name
    ├── SessionExpired             410             begin anew without the session
    └── Restricted                 451             never ask for this person again
    AccessDenied               nothing works before a person mends it
    ├── InvalidKey                 401             mend the key
    ├── AccountInactive            403             ask Lusha's support
    └── NotOnPlan                  403             the plan lacks what was asked for
        └── DatapointsNotOnPlan                    ask for all of a person's data at once
    QuotaExhausted             run again later, nothing is lost
    ├── OutOfCredits               402             buy credits, or wait for the next cycle
    ├── TrialEnded                 429             ask Lusha for a larger plan
    ├── DailyQuotaReached          429             run again tomorrow
    ├── HourlyLimitReached         429             run again when the hour is over
    └── TooManyRequests            429             others use the key too
    VendorUnreachable          mend the network or the address, or run again later
    ├── NoConnection               nothing was sent
    ├── UnknownEndpoint            404, 3xx
    ├── UnknownAnswer              any other 4xx
    └── ServerError                499, 5xx, or no readable answer to a free request
    InDoubt                    as ServerError, to a paid request: it may have been charged

Sources: https://docs.lusha.com/apis/openapi ("Error Codes"). 429 and 503 did nothing; anything unknown fails and is
never retried. A paid request whose bytes went out and that has no readable answer is never repeated here: whoever
pays resolves it under a reservation of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from connector.errors import (
    AccessDenied,
    ConnectorError,
    InDoubt,
    QuotaExhausted,
    RequestRefused,
    VendorUnreachable,
)

Fault = Literal["unsent", "cut", "unreadable"]
"""No connection was made · it broke, or timed out, after bytes were sent · the answer cannot be read."""

CONNECT_ATTEMPTS = 3
ATTEMPTS = 5
LONGEST_WAIT = 120.0
"""Seconds that a run waits for a limit to pass; for a longer one it ends, resumable."""


class InvalidRequest(RequestRefused):
    """An item is malformed; the whole request was refused."""


class FullNameNeeded(RequestRefused):
    """A name without a valid first and last part."""


class SessionExpired(RequestRefused):
    """The session of a lookalike search is unknown or older than 30 days."""


class Restricted(RequestRefused):
    """Lusha may not process this person (GDPR): never ask again."""


class InvalidKey(AccessDenied):
    """Lusha does not know the key."""


class AccountInactive(AccessDenied):
    """The account exists and is switched off."""


class NotOnPlan(AccessDenied):
    """The account's plan does not include what was asked for."""


class DatapointsNotOnPlan(NotOnPlan):
    """The plan sells a person's e-mails and phones together only (V2 without unified credits)."""


class OutOfCredits(QuotaExhausted):
    """The balance does not cover the request; nothing was charged."""


class TrialEnded(QuotaExhausted):
    """All requests of a trial account are used up."""


class DailyQuotaReached(QuotaExhausted):
    """All requests of the day are used up."""


class HourlyLimitReached(QuotaExhausted):
    """All requests of the hour are used up, and it is too long to wait for the next."""


class TooManyRequests(QuotaExhausted):
    """Refused for the rate, again and again."""


class NoConnection(VendorUnreachable):
    """No connection was made; nothing was sent."""


class UnknownEndpoint(VendorUnreachable):
    """There is no such address: nothing of Lusha's API is there."""


class UnknownAnswer(VendorUnreachable):
    """Lusha answered with a status that it documents nowhere: nobody knows what it means."""


class ServerError(VendorUnreachable):
    """Lusha failed, or what it said cannot be read."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Use the answer, retry after ``pause`` seconds (None: back off), or raise ``error`` with what it says.

    ``reason`` follows "Lusha: METHOD PATH" in the message.
    """

    action: Literal["use", "retry", "raise"]
    pause: float | None = None
    error: type[ConnectorError] = ServerError
    reason: str = ""
    code: str = ""
    hint: str | None = None

    def exception(self, request: str) -> ConnectorError:
        """The error to raise, for a request given as method and path template."""
        message = f"Lusha: {request} {self.reason}"
        if issubclass(self.error, RequestRefused):
            return self.error(message, code=self.code, hint=self.hint)
        return self.error(message, hint=self.hint)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A documented answer that no repetition changes: ``words`` must be in Lusha's message, whatever their case.

    ``means``: what the status says, where Lusha's own message may not.
    """

    statuses: frozenset[int]
    error: type[ConnectorError]
    hint: str | None
    words: str = ""
    means: str = ""


def _rule(
    *statuses: int, error: type[ConnectorError], hint: str | None = None, words: str = "", means: str = ""
) -> _Rule:
    return _Rule(frozenset(statuses), error, hint, words, means)


_SUPPORT = "Lusha's support (support@lusha.com) can tell why"
_UNDOCUMENTED = f"Lusha answered something undocumented; run again later, and if it stays, {_SUPPORT}"
_RULES = (
    _rule(400, 413, 422, error=InvalidRequest),
    _rule(412, error=FullNameNeeded),
    _rule(404, *range(300, 400), error=UnknownEndpoint, hint="nothing of Lusha's API is there: check lusha.base_url"),
    _rule(410, error=SessionExpired, hint="begin anew without the session: it is kept for 30 days"),
    _rule(451, error=Restricted),
    _rule(
        401,
        error=InvalidKey,
        hint="check lusha.api_key; keys are made in the Lusha dashboard under API settings",
    ),
    _rule(402, error=OutOfCredits, means=" (out of credits)",
          hint="buy credits or wait for the next billing cycle, then run again; nothing is lost"),
    _rule(403, words="individual datapoints", error=DatapointsNotOnPlan,
          hint="the plan sells e-mails and phones together only"),
    _rule(403, words="not active", error=AccountInactive, hint=_SUPPORT),
    _rule(403, error=NotOnPlan, hint="the account's plan does not include this, or the account is not active; "
          + _SUPPORT),
    _rule(429, words="trial limit", error=TrialEnded, hint="ask Lusha for a larger plan; nothing is lost"),
    _rule(429, words="daily api quota", error=DailyQuotaReached,
          hint="run again when the quota is renewed, or ask Lusha for a larger one; nothing is lost"),
    _rule(429, words="daily quota", error=DailyQuotaReached,
          hint="run again when the quota is renewed, or ask Lusha for a larger one; nothing is lost"),
)  # fmt: skip

USE = Decision("use")
BACK_OFF = Decision("retry")

_RESET = re.compile(r"reset in (\d+(?:\.\d+)?)\s*seconds?", re.IGNORECASE)
_FAULTS = {
    "unsent": "no connection could be made",
    "cut": "the connection ended without an answer",
    "unreadable": "the answer cannot be read",
}


def decide(seen: int | Fault, words: str, attempt: int, *, paid: bool, patient: bool = True) -> Decision:
    """What to do about the answer to try number ``attempt`` (from 1).

    ``seen``: HTTP status, or what broke. ``words``: Lusha's own message or the fault's, already redacted.
    ``paid``: a repetition might be charged again. ``patient``: a limit that passes soon is waited for.
    """
    if isinstance(seen, str):
        return _after_fault(seen, words, attempt, paid)
    if 200 <= seen < 300:
        return USE
    said = f"answered {seen}" + (f": {words}" if words else "")
    if seen == 451 and not words:  # a proxy's page is no verdict on a person
        return Decision("raise", error=InvalidRequest, reason=f"{said} without a word of Lusha's", code="400")
    for rule in _RULES:
        if seen in rule.statuses and rule.words in words.lower():
            return Decision("raise", error=rule.error, reason=said + rule.means, code=str(seen), hint=rule.hint)
    if seen == 429:
        return _after_429(said, words, attempt, patient)
    if seen == 503:
        return _again_until(ATTEMPTS, attempt, ServerError, said)
    if seen >= 500 or seen in (408, 499):
        return _unknown_outcome(said, attempt, paid)
    return Decision("raise", error=UnknownAnswer, reason=said, hint=_UNDOCUMENTED)


def _after_fault(fault: Fault, words: str, attempt: int, paid: bool) -> Decision:
    reason = f"failed: {_FAULTS[fault]}" + (f" ({words})" if words else "")
    if fault == "unsent":
        hint = "check the network, the proxy and lusha.base_url; nothing was sent"
        return _again_until(CONNECT_ATTEMPTS, attempt, NoConnection, reason, hint)
    return _unknown_outcome(reason, attempt, paid)


def _again_until(
    most: int, attempt: int, error: type[ConnectorError], reason: str, hint: str = "run again later"
) -> Decision:
    if attempt < most:
        return BACK_OFF
    return Decision("raise", error=error, reason=f"{reason} ({attempt} attempts)", hint=hint)


def _unknown_outcome(reason: str, attempt: int, paid: bool) -> Decision:
    if not paid:
        return _again_until(ATTEMPTS, attempt, ServerError, reason)
    hint = "Lusha may have charged it: the worst case stays booked until it is asked once more"
    return Decision("raise", error=InDoubt, reason=reason, hint=hint)


def _after_429(said: str, words: str, attempt: int, patient: bool) -> Decision:
    told = _RESET.search(words)
    pause = float(told[1]) if told else None
    if pause is not None and pause > LONGEST_WAIT:
        hint = f"run again in {-(-pause // 60):.0f} minutes; nothing is lost"
        return Decision("raise", error=HourlyLimitReached, reason=said, hint=hint)
    if attempt < ATTEMPTS and patient:
        return Decision("retry", pause=pause)
    tried = f" ({attempt} attempts)" if attempt > 1 else ""
    hint = "others use this key too, or lusha.rate_limit is too high; run again later, nothing is lost"
    return Decision("raise", error=TooManyRequests, reason=said + tried, hint=hint)
