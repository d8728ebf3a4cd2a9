"""From what came back to what is done about it: the one table of Salesforce's statuses, codes and faults.

``decide`` is pure; ``transport`` obeys it, and ``failure`` words the error that names the recovery. Statuses and
codes: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from connector.errors import (
    AccessDenied,
    ConfigError,
    ConnectorError,
    InDoubt,
    QuotaExhausted,
    RequestRefused,
    VendorUnreachable,
)
from connector.redact import redact


class Fault(Enum):
    """Why there is no answer to read."""

    UNREACHED = "no connection: nothing was sent"
    UNTRUSTED = "the certificate does not check out: nothing was sent"
    LOST = "bytes were sent, and no readable answer came"


Action = Literal["accept", "retry", "sign_in", "denied", "quota", "config", "refused", "unreachable", "doubt"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one request came to: a status with Salesforce's own code and words, or a fault.

    ``settled``: the refusal was about the one record written, and is the answer.
    """

    status: int = 0
    code: str = ""
    words: str = ""
    fault: Fault | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """``tries`` in all, and ``then`` what to do when they are used up."""

    then: Action
    tries: int = 1


class ConfigRefused(ConfigError):
    """Salesforce did nothing, and the configuration can be mended; ``outcome`` is what it said."""

    def __init__(self, message: str, *, hint: str | None, outcome: Outcome) -> None:
        super().__init__(message, hint=hint)
        self.outcome = outcome


class Denied(AccessDenied):
    """Salesforce did nothing, for want of a right; ``outcome`` is what it said."""

    def __init__(self, message: str, *, hint: str | None, outcome: Outcome) -> None:
        super().__init__(message, hint=hint)
        self.outcome = outcome


CONNECT = Rule("unreachable", tries=3)
LOST_READ = Rule("unreachable", tries=3)
BUSY = Rule("unreachable", tries=5)
DOUBT = Rule("doubt")
CODES: Mapping[str, Rule] = {
    "REQUEST_LIMIT_EXCEEDED": Rule("quota"),
    "CONCURRENT_LIMIT": BUSY,
    "UNABLE_TO_LOCK_ROW": BUSY,
    "SERVER_UNAVAILABLE": BUSY,
    "QUERY_TIMEOUT": Rule("config", tries=3),
    "MALFORMED_QUERY": Rule("config"),
    "INVALID_FIELD": Rule("config"),
    "INVALID_TYPE": Rule("config"),
    "INVALID_QUERY_FILTER_OPERATOR": Rule("config"),
    "QUERY_TOO_COMPLICATED": Rule("config"),
    "INVALID_QUERY_LOCATOR": Rule("unreachable"),  # the cursor expired (two days): a new run reads anew
    "INVALID_SESSION_ID": Rule("denied"),
    "API_DISABLED_FOR_ORG": Rule("denied"),
    "API_CURRENTLY_DISABLED": Rule("denied"),
    "INSUFFICIENT_ACCESS": Rule("denied"),
    # Words of the token endpoint, RFC 6749 5.2 and Salesforce's own.
    "invalid_client": Rule("denied"),
    "invalid_client_id": Rule("denied"),
    "invalid_grant": Rule("denied"),
    "invalid_request": Rule("denied"),
    "unauthorized_client": Rule("denied"),
    "unsupported_grant_type": Rule("denied"),
    "inactive_user": Rule("denied"),
    "inactive_org": Rule("denied"),
    "unknown_error": BUSY,
    "server_error": BUSY,
    "temporarily_unavailable": BUSY,
}
STATUSES: Mapping[int, Rule] = {
    401: Rule("denied"),
    403: Rule("denied"),
    404: Rule("config"),
    414: Rule("config"),
    429: Rule("quota", tries=5),
    431: Rule("config"),
    503: BUSY,
}
UNFIT = frozenset({400, 405, 406, 410, 411, 413, 415, 422})
"""Statuses that say of a read: not as you ask it."""


def decide(outcome: Outcome, attempt: int, *, writes: bool, renewable: bool = False, signs_in: bool = False) -> Action:
    """What to do after try ``attempt`` (from 1).

    ``writes``: a lost answer is then a doubt, never a reason to repeat; a 503 did nothing and may be repeated.
    ``renewable``: a refused session may be renewed by signing in. ``signs_in``: the request is the one that does.
    Only a write is ever ``refused``: of a read there is no item to send alone.
    """
    if outcome.settled or (outcome.fault is None and 200 <= outcome.status < 300):
        return "accept"
    if renewable and (outcome.status == 401 or outcome.code == "INVALID_SESSION_ID"):
        return "sign_in"
    if signs_in and outcome.code and outcome.code not in CODES:
        return "denied"  # a SOAP fault comes with 500, and each further try counts towards locking the user out
    rule = _rule(outcome, writes) or _unknown(outcome.status, writes, signs_in)
    return "retry" if attempt < rule.tries else rule.then


def _rule(outcome: Outcome, writes: bool) -> Rule | None:
    if outcome.fault is Fault.UNREACHED:
        return CONNECT
    if outcome.fault is Fault.UNTRUSTED:
        return Rule("unreachable")
    if outcome.fault is Fault.LOST:
        return DOUBT if writes else LOST_READ
    if rule := CODES.get(outcome.code) or STATUSES.get(outcome.status):
        return rule
    if outcome.status >= 500:
        return DOUBT if writes else BUSY
    return Rule("config") if 300 <= outcome.status < 400 else None


def _unknown(status: int, writes: bool, signs_in: bool) -> Rule:
    if signs_in:
        return Rule("denied")
    if writes:
        return Rule("refused")
    return Rule("config" if status in UNFIT else "unreachable")


SIGN_IN_AGAIN = "a token cannot renew itself: renew connection.access_token, or use auth: client_credentials or jwt"
MEND_WHERE = "mend select.where of the mapping"
HINTS: Mapping[str, str] = {
    "REQUEST_LIMIT_EXCEEDED": "the daily API calls of this org are used up: resume tomorrow",
    "QUERY_TIMEOUT": "narrow select.where, or filter on an indexed field",
    "MALFORMED_QUERY": MEND_WHERE,
    "INVALID_FIELD": "mend the field names or select.where of the mapping, or the user's field-level security",
    "INVALID_TYPE": "mend `object` of the mapping, or give the user the right to read it",
    "INVALID_QUERY_FILTER_OPERATOR": MEND_WHERE,
    "QUERY_TOO_COMPLICATED": "shorten select.where or the field list of the mapping",
    "INVALID_SESSION_ID": SIGN_IN_AGAIN,
    "API_DISABLED_FOR_ORG": "this edition or user has no API access: ask the Salesforce administrator",
    "invalid_client_id": "check connection.client_id",
    "unsupported_grant_type": "use the org's My Domain as instance_url: login.salesforce.com has no such flow",
}
MOVED = "check connection.instance_url: it must be the org's own My Domain"
STATUS_HINTS: Mapping[int, str] = {
    401: "check the credentials of this connection",
    403: "give the integration user the permission that Salesforce names",
    404: "check connection.instance_url and connection.api_version",
    414: "shorten select.where or the field list of the mapping",
    429: "wait, or run when fewer integrations do",
}
ACTION_HINTS: Mapping[Action, str] = {
    "config": "check `object`, the fields and select.where of the mapping, and connection.api_version",
    "denied": STATUS_HINTS[401],
    "unreachable": "run again later; nothing is lost",
}
FAULT_HINTS: Mapping[Fault, str] = {
    Fault.UNREACHED: "check connection.instance_url and the network",
    Fault.UNTRUSTED: "behind a company proxy, name its CA bundle in connection.ca_file",
    Fault.LOST: "run again; nothing is lost",
}


def failure(action: Action, outcome: Outcome, what: str, tries: int, hint: str | None = None) -> ConnectorError:
    """The error for an ``action`` that ends the call; ``what``: method, path template and host. ``hint``: where the
    caller knows better than these tables what to do."""
    message, hint = _sentence(outcome, what, tries), hint or _hint(action, outcome)
    if action == "refused":
        return RequestRefused(message, code=outcome.code or str(outcome.status), hint=hint)
    if action == "config":
        return ConfigRefused(message, hint=hint, outcome=outcome)
    if action == "denied":
        return Denied(message, hint=hint, outcome=outcome)
    kinds: Mapping[Action, type[ConnectorError]] = {"quota": QuotaExhausted, "doubt": InDoubt}
    return kinds.get(action, VendorUnreachable)(message, hint=hint)


def _sentence(outcome: Outcome, what: str, tries: int) -> str:
    after = f" after {tries} attempts" if tries > 1 else ""
    words = redact(" ".join(outcome.words.split()))  # Salesforce draws a query and a pointer over several lines
    if outcome.fault is Fault.UNREACHED:
        return f"Salesforce could not be reached{after}: {what}: {words}"
    if outcome.fault is Fault.UNTRUSTED:
        return f"Salesforce's certificate was refused: {what}: {words}"
    if outcome.fault is Fault.LOST:
        return f"Salesforce's answer was lost{after}: {what}: {words}"
    told = ": ".join(part for part in (outcome.code, words) if part)
    return f"Salesforce refused {what} with {outcome.status}{after}" + (f": {told}" if told else "")


def _hint(action: Action, outcome: Outcome) -> str | None:
    if outcome.fault is not None:
        return FAULT_HINTS[outcome.fault]
    if 300 <= outcome.status < 400:
        return MOVED
    return HINTS.get(outcome.code) or STATUS_HINTS.get(outcome.status) or ACTION_HINTS.get(action)
