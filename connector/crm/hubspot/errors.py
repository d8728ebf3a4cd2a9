"""What one send to HubSpot means: the decision table (pure), and the error that each ending becomes.

Stands between ``transport`` (which sends) and everything that calls it. Unknown statuses fail and are never repeated.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from connector.crm.hubspot.answers import Body, Complaint, complaints, scopes, words
from connector.errors import (
    AccessDenied,
    ConfigError,
    ConnectorError,
    InDoubt,
    QuotaExhausted,
    RequestRefused,
    VendorUnreachable,
)
from connector.pacing import backoff

Fault = Literal["connect", "tls", "lost"]
Action = Literal["accept", "retry", "refused", "denied", "quota", "unreachable", "in_doubt"]

CONNECT_ATTEMPTS = 3
ATTEMPTS = 5
RATE_ATTEMPTS = 12
_LONGEST_WAIT = 60.0
_LOCKED_WAIT = 2.0
# Least and most seconds: others share these limits, and whoever waits exactly as long as they do meets them again.
_POLICY_WAITS = {"TEN_SECONDLY_ROLLING": (10.0, 13.0), "SECONDLY": (1.0, 2.0)}
_UNKNOWN_POLICY_WAIT = (10.0, 13.0)
_UNFIT = (400, 404, 405, 406, 410, 411, 413, 414, 415, 422, 431)  # of a read: not as you ask it

_FAULTS: dict[Fault, str] = {
    "connect": "no connection",
    "tls": "its certificate was not accepted",
    "lost": "no readable answer came",
}


@dataclass(frozen=True, slots=True)
class Signal:
    """What one send brought: an HTTP status, or the fault that stood in its place.

    ``connect`` and ``tls``: nothing was sent. ``lost``: the request went out and no readable answer came.
    ``policy`` is the ``policyName`` of a 429; ``retry_after`` is in seconds.
    """

    status: int | None = None
    fault: Fault | None = None
    policy: str | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do. ``seconds`` to wait before a retry; ``shared``: every request has to wait, not this one alone."""

    action: Action
    seconds: float = 0.0
    shared: bool = False


class Refused(RequestRefused):
    """HubSpot did nothing of a write, and says what is wrong with it. ``http_status`` is its 4xx."""

    def __init__(self, message: str, *, status: int, complaints: tuple[Complaint, ...]) -> None:
        super().__init__(message, code=str(status))
        self.http_status = status
        self.complaints = complaints


class ReadRefused(ConfigError):
    """HubSpot will not answer this read as it is asked. ``http_status`` is its 4xx."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(
            message, hint="check `object`, the fields and select.where of the mapping, and connection.base_url"
        )
        self.http_status = status


class Forbidden(AccessDenied):
    """A 403: the token is good, but not for this."""


def decide(signal: Signal, attempt: int, *, write: bool, jitter: Callable[[], float] = random.random) -> Decision:
    """The next step after try number ``attempt`` (from 1).

    ``write``: a repeat could change a record twice. ``jitter``: from 0 to 1, so that waits differ.
    """
    if signal.fault == "connect":
        return _again(attempt, CONNECT_ATTEMPTS, backoff(attempt, jitter=jitter))
    if signal.fault == "tls":
        return Decision("unreachable")
    status = signal.status or 0
    if 200 <= status < 300:
        return Decision("accept")
    if status in (401, 403):
        return Decision("denied")
    if status == 429:
        return _after_429(signal, attempt, jitter())
    if status in (423, 477):
        return _after_hold(signal, attempt)
    if status == 503:  # documented as "temporarily unavailable": nothing was done
        return _again(attempt, ATTEMPTS, backoff(attempt, jitter=jitter))
    if signal.fault == "lost" or status == 408 or status >= 500:
        return Decision("in_doubt") if write else _again(attempt, ATTEMPTS, backoff(attempt, jitter=jitter))
    return Decision("refused" if status in _UNFIT or (write and 400 <= status < 500) else "unreachable")


def failure(
    action: Action,
    signal: Signal,
    place: str,
    body: Body | None,
    *,
    host: str,
    write: bool,
    tries: int = 1,
    sign_in_hint: str | None = None,
) -> ConnectorError:
    """The error for an ending other than ``accept`` and ``retry``. ``place``: method and path template.

    ``sign_in_hint``: what to do about a token that is not accepted.
    """
    said = words(body)
    told = f"{place} answered {signal.status}" + (f": {said}" if said else "")
    if action == "refused":
        message, status = f"HubSpot refused the request: {told}", signal.status or 0
        if write:
            return Refused(message, status=status, complaints=complaints(body))
        return ReadRefused(message, status=status)
    if action == "denied":
        return _denied(signal, told, body, sign_in_hint)
    if action == "quota":
        return QuotaExhausted(
            f"HubSpot's {'daily calls are' if signal.policy == 'DAILY' else 'rate is'} used up: {told}",
            hint="run again tomorrow" if signal.policy == "DAILY" else "run again later",
        )
    what = f"{place}: {_FAULTS[signal.fault]}" if signal.fault else told
    if action == "in_doubt":
        return InDoubt(f"HubSpot may or may not have done this write: {what}")
    return _unreachable(signal, what, host, tries)


def _again(attempt: int, most: int, seconds: float) -> Decision:
    return Decision("retry", seconds) if attempt < most else Decision("unreachable")


def _after_429(signal: Signal, attempt: int, jitter: float) -> Decision:
    known = signal.policy in _POLICY_WAITS
    if signal.policy == "DAILY" or attempt >= (RATE_ATTEMPTS if known else ATTEMPTS):
        return Decision("quota")
    least, most = _POLICY_WAITS.get(signal.policy or "", _UNKNOWN_POLICY_WAIT)
    return Decision("retry", least + (most - least) * jitter, shared=True)


def _after_hold(signal: Signal, attempt: int) -> Decision:
    """423: the portal is locked under load, wait at least 2 s. 477: it is being moved, Retry-After tells how long."""
    seconds = max(signal.retry_after or 0.0, _LOCKED_WAIT * attempt)
    if seconds > _LONGEST_WAIT or attempt >= ATTEMPTS:
        return Decision("unreachable")
    return Decision("retry", seconds, shared=True)


def _denied(signal: Signal, told: str, body: Body | None, sign_in_hint: str | None) -> AccessDenied:
    if signal.status == 401:
        return AccessDenied(f"HubSpot does not accept the access token: {told}", hint=sign_in_hint)
    lacking = scopes(body)
    return Forbidden(
        f"HubSpot's access token lacks a right: {told}" + (f" (needs {', '.join(lacking)})" if lacking else ""),
        hint="grant the scopes to the app in HubSpot, then run again",
    )


def _unreachable(signal: Signal, what: str, host: str, tries: int) -> VendorUnreachable:
    after = f" after {tries} tries" if tries > 1 else ""
    hints = {"tls": "name your CA bundle as connection.ca_file", "connect": "check connection.base_url and the network"}
    moved = "check connection.base_url: it answers with a redirect" if 300 <= (signal.status or 0) < 400 else None
    hint = hints.get(signal.fault or "") or moved or "run again later"
    return VendorUnreachable(f"HubSpot cannot be reached at {host}{after}: {what}", hint=hint)
