"""What to do about one answer or fault: a pure function, tested as a table.

The client asks after every attempt. Unknown → fail, never retry. A paid POST whose bytes went out and that has no
readable answer is in doubt, and is never repeated here: the engine resolves it under a reservation of its own.
Statuses and texts: https://docs.lusha.com/apis/openapi ("Error Codes"); 429 and 503 did nothing.
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

ACCOUNT_HINT = "the account may be asked five times a minute: wait a minute, then run again"

_RESET = re.compile(r"reset in (\d+(?:\.\d+)?)\s*seconds?", re.IGNORECASE)
_USED_UP = re.compile(r"daily api quota|daily quota|trial limit", re.IGNORECASE)
_REFUSED = frozenset({400, 412, 413, 422, 451})
_FAULTS = {
    "unsent": "no connection could be made",
    "cut": "the connection ended without an answer",
    "unreadable": "the answer cannot be read",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Use the answer, retry after ``pause`` seconds (None: back off), or raise ``error`` with what it says.

    ``reason`` follows "Lusha: METHOD PATH" in the message.
    """

    action: Literal["use", "retry", "raise"]
    pause: float | None = None
    error: type[ConnectorError] = VendorUnreachable
    reason: str = ""
    code: str = ""
    hint: str | None = None

    def exception(self, request: str) -> ConnectorError:
        """The error to raise, for a request given as method and path template."""
        message = f"Lusha: {request} {self.reason}"
        if self.error is RequestRefused:
            return RequestRefused(message, code=self.code, hint=self.hint)
        return self.error(message, hint=self.hint)


USE = Decision("use")
BACK_OFF = Decision("retry")


def decide(seen: int | Fault, words: str, attempt: int, *, paid: bool) -> Decision:
    """What to do about the answer to try number ``attempt`` (from 1).

    ``seen``: HTTP status, or what broke. ``words``: Lusha's own message or the fault's, already redacted.
    ``paid``: a repetition might be charged again.
    """
    if isinstance(seen, str):
        return _after_fault(seen, words, attempt, paid)
    if 200 <= seen < 300:
        return USE
    said = f"answered {seen}" + (f": {words}" if words else "")
    if seen == 429:
        # The caller of a free endpoint does without an answer: waiting a minute for one would help nobody.
        if not paid:
            return Decision("raise", error=QuotaExhausted, reason=said, hint=ACCOUNT_HINT)
        return _after_429(said, words, attempt)
    if seen == 503:
        return _again_until(ATTEMPTS, attempt, said)
    if seen in _REFUSED:
        return Decision("raise", error=RequestRefused, reason=said, code=str(seen))
    if seen in (401, 402, 403):
        return _account_trouble(seen, said, paid)
    if seen >= 500 or seen in (408, 499):
        return _unknown_outcome(said, attempt, paid)
    return Decision("raise", reason=said, hint="nothing of Lusha's API is there: check lusha.base_url")


def _after_fault(fault: Fault, words: str, attempt: int, paid: bool) -> Decision:
    reason = f"failed: {_FAULTS[fault]}" + (f" ({words})" if words else "")
    if fault == "unsent":
        hint = "check the network, the proxy and lusha.base_url; nothing was sent"
        return _again_until(CONNECT_ATTEMPTS, attempt, reason, hint)
    return _unknown_outcome(reason, attempt, paid)


def _again_until(most: int, attempt: int, reason: str, hint: str | None = None) -> Decision:
    if attempt < most:
        return BACK_OFF
    return Decision("raise", reason=f"{reason} ({attempt} attempts)", hint=hint or "run again later")


def _unknown_outcome(reason: str, attempt: int, paid: bool) -> Decision:
    if not paid:
        return _again_until(ATTEMPTS, attempt, reason)
    hint = "Lusha may have charged it: the worst case stays booked until it is asked once more"
    return Decision("raise", error=InDoubt, reason=reason, hint=hint)


def _account_trouble(status: int, said: str, paid: bool) -> Decision:
    if status == 402:
        hint = "buy credits or wait for the next billing cycle, then run again; nothing is lost"
        return Decision("raise", error=QuotaExhausted, reason=f"{said} (out of credits)", hint=hint)
    if status == 403 and not paid:  # the plan may lack this endpoint alone
        return Decision("raise", reason=said, hint="the account's balance and prices cannot be read with this key")
    hint = (
        "check lusha.api_key; keys are made in the Lusha dashboard under API settings"
        if status == 401
        else "the account is not active, or its plan does not include this; Lusha's support can tell which"
    )
    return Decision("raise", error=AccessDenied, reason=said, hint=hint)


def _after_429(said: str, words: str, attempt: int) -> Decision:
    if _USED_UP.search(words):
        hint = "run again when the quota is renewed, or ask Lusha for a larger one; nothing is lost"
        return Decision("raise", error=QuotaExhausted, reason=said, hint=hint)
    told = _RESET.search(words)
    pause = float(told[1]) if told else None
    if pause is not None and pause > LONGEST_WAIT:
        hint = f"run again in {-(-pause // 60):.0f} minutes; nothing is lost"
        return Decision("raise", error=QuotaExhausted, reason=said, hint=hint)
    if attempt >= ATTEMPTS:
        hint = "others use this key too, or lusha.rate_limit is too high; run again later, nothing is lost"
        return Decision(
            "raise", error=QuotaExhausted, reason=said + (f" ({attempt} attempts)" if attempt > 1 else ""), hint=hint
        )
    return Decision("retry", pause=pause)
