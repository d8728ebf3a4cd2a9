"""The one send path to Salesforce: leave the reserve → sign in → send → classify → decide.

The adapter above builds calls; ``errors`` decides; nothing else sends. May be used from several threads.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from threading import Lock
from typing import Any

import requests
from simple_salesforce.api import Salesforce

from connector.clocks import Skew, utc_now
from connector.crm.base import Calls, Quota
from connector.errors import ConfigError, NotDone, QuotaExhausted
from connector.pacing import Clock, Sleep, backoff, held_by

from .credentials import hint
from .errors import Fault, Outcome, decide, failure
from .faults import fault_of
from .signin import Account, SignedIn, SignInFailed, sign_in

WRITE_HEADERS = {"Sforce-Auto-Assign": "FALSE"}
"""Without it an update re-runs assignment rules and re-routes leads and cases: the header defaults to TRUE."""
ALLOW_DUPLICATES = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
"""Saves what a duplicate rule would only warn a person of; a rule that blocks still refuses. From API 52.0 on.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm"""
MISSING = "check `object` of the mapping, connection.instance_url and connection.api_version"
_USAGE = re.compile(r"(?<![\w-])api-usage=(\d+)/(\d+)")
_LAST = 1_000
"""An attempt after which nothing is tried again."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``path``: under ``/services/data/vXX.0``, or from the root where it begins with ``/``.

    ``template`` stands for the path in messages; ``expect``: the type of a good answer, None for a 204, which
    has no body; ``missing``: what a 404 means, where that is known. ``headers`` go with every attempt. ``refusal_of``
    reads the status and JSON of a refusal: what it says of the one record written, None if it is about the request.
    ``answer_of`` reads a good answer that is no JSON, its headers included: None if it is not what the API documents.
    ``job``: it is about a bulk job of our own and changes no record by itself. ``begun``: it sees a started job to its
    end, and the reserve does not stop it: a doubt would cost more calls. ``tries``: at most so many, for what can be
    done without.
    """

    method: str
    path: str
    template: str
    expect: type | None
    params: Mapping[str, str] | None = None
    body: object = None
    missing: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    refusal_of: Callable[[int, object], Any] | None = None
    answer_of: Callable[[requests.Response], Any] | None = None
    job: bool = False
    begun: bool = False
    tries: int = _LAST

    @property
    def writes(self) -> bool:
        """Whether the CRM may be changed by it (the POSTs we send only read)."""
        return self.method == "PATCH" and not self.job


class Transport:
    """Sends calls to one org, signed in at the first of them.

    ``reserve``: the share of the daily calls that is left to others. ``write_headers``: what every write carries.
    ``clock`` tells the log how long a call took, ``now`` is the UTC time that a sign-in may be signed at.
    """

    def __init__(
        self,
        session: requests.Session,
        account: Account,
        *,
        reserve: float,
        write_headers: Mapping[str, str] = WRITE_HEADERS,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.calls = Calls()
        self.skew = Skew()
        self._session = session
        self._account = account
        self._reserve = reserve
        self._write_headers = write_headers
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._lock = Lock()
        self._counting = Lock()
        self._signed: SignedIn | None = None
        self._usage: tuple[int, int] | None = None

    def send(self, call: Call) -> Any:
        """The answer's JSON, of the type ``call.expect`` (None where there is none), or what ``call.answer_of`` made of
        it, or ``call.refusal_of`` of a refusal.

        A write without a condition is sent once: where Salesforce did nothing and it may be sent again, NotDone is
        raised once the wait is over, since the records must be looked at first.

        Raises:
            ConnectorError: of the class that names the recovery; InDoubt and NotDone only for a write.
        """
        attempt, renewed = 1, False
        while True:
            if not call.begun:
                self._leave_reserve()
            signed = self._signed_in()
            client = signed.client
            begun = self._clock()
            outcome, data = self._once(client, call)
            self._note(call, outcome, begun)
            renewable = self._account.renewable and not renewed
            reached = attempt if attempt < call.tries else _LAST
            action = decide(outcome, reached, writes=call.writes, renewable=renewable)
            if action == "accept":
                return data
            what = f"{call.method} {call.template} ({client.sf_instance})"
            if action == "sign_in":
                renewed = self._forget(signed)
            elif action == "retry":
                self.wait(backoff(attempt), "Salesforce, which asked to wait or did not answer")
                attempt, renewed = attempt + 1, False  # the session may have ended while we waited
            elif call.missing and outcome.status == 404:
                raise ConfigError(call.missing, hint=MISSING)
            else:
                raise failure(action, outcome, what, attempt, self._foreign(signed, outcome))
            if call.writes and not call.headers:
                end = decide(outcome, _LAST, writes=True)
                raise NotDone(failure(end, outcome, what, 1))

    def wait(self, seconds: float, what: str) -> None:
        """Let time pass before something is asked again; ``what`` takes that long, in words."""
        with held_by(what):
            self._sleep(seconds)

    def access_token(self) -> str:
        """The token in use, for the organisation id that it begins with."""
        return str(self._signed_in().client.session_id)

    def quota(self) -> Quota | None:
        """The day's calls, as the last answer told them."""
        return Quota(*self._usage, self._reserve) if self._usage else None

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def _signed_in(self) -> SignedIn:
        with self._lock:
            if self._signed is None:
                self._signed = self._sign_in()
            return self._signed

    def _forget(self, signed: SignedIn) -> bool:
        """Give a refused session up; False where another thread has signed in meanwhile: that session is untried."""
        with self._lock:
            ours = self._signed is signed
            if ours:
                self._signed = None
            return ours

    def _foreign(self, signed: SignedIn, outcome: Outcome) -> str | None:
        """The hint where a session is refused by the host that it was not opened for."""
        if outcome.code != "INVALID_SESSION_ID" or not self._account.renewable:
            return None
        if signed.home.lower() == self._account.instance.lower():
            return "let the integration user's profile and session settings allow API calls from this machine"
        return f"Salesforce says that this user's org is https://{signed.home}: make that connection.instance_url"

    def _sign_in(self) -> SignedIn:
        account = self._account
        call = Call("POST", account.path, account.path, dict)
        for attempt in count(1):
            begun = self._clock()
            signed, outcome = self._try_sign_in()
            if account.renewable:  # a token that was given needs no request
                self._note(call, outcome, begun)
            if signed is not None:
                return signed
            action = decide(outcome, attempt, writes=False, signs_in=True)
            if action != "retry":
                what = f"POST {account.path} ({account.login})"
                known = hint(account.credentials, outcome.code, outcome.words)
                raise failure(action, outcome, what, attempt, known)
            self._sleep(backoff(attempt))
        raise AssertionError("unreachable")  # pragma: no cover

    def _try_sign_in(self) -> tuple[SignedIn | None, Outcome]:
        try:
            return sign_in(self._session, self._account, self._now()), Outcome(200)
        except SignInFailed as failed:
            return None, failed.outcome
        except requests.RequestException as error:
            return None, fault_of(error)

    def _once(self, client: Salesforce, call: Call) -> tuple[Outcome, Any]:
        root, sent = f"https://{client.sf_instance}", self._now()
        try:
            response = self._session.request(
                call.method,
                root + call.path if call.path.startswith("/") else client.base_url + call.path,
                params=call.params,
                data=_bytes(call.body),
                headers={
                    **client.headers,
                    "X-PrettyPrint": "0",
                    **(self._write_headers if call.writes else {}),
                    **call.headers,
                },
                allow_redirects=False,
            )
        except requests.RequestException as error:
            return fault_of(error), None
        self.skew.note(response.headers.get("Date"), sent, self._now())
        if used := _USAGE.search(response.headers.get("Sforce-Limit-Info", "")):
            self._usage = int(used[1]), int(used[2])
        return _read(response, call)

    def _note(self, call: Call, outcome: Outcome, begun: float) -> None:
        """Log one request, and count it if it was sent."""
        took = 1000 * (self._clock() - begun)
        seen = outcome.fault.name.lower() if outcome.fault else outcome.status
        _log.debug("%s %s: %s in %.0f ms", call.method, call.template, seen, took)
        if outcome.fault in (Fault.UNREACHED, Fault.UNTRUSTED):
            return
        with self._counting:
            if call.writes:
                self.calls.write += 1
            else:
                self.calls.read += 1

    def _leave_reserve(self) -> None:
        if self._usage is None:
            return
        used, limit = self._usage
        if used > limit * (1 - self._reserve):
            raise QuotaExhausted(
                f"Salesforce: {used:,} of {limit:,} daily API calls are used, "
                f"and api_reserve leaves {self._reserve:.0%} of them to others",
                hint="resume tomorrow, or lower connection.api_reserve",
            )


def _bytes(body: object) -> bytes | None:
    """A request's body: JSON, or what is bytes already."""
    return body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()


def _read(response: requests.Response, call: Call) -> tuple[Outcome, Any]:
    good = 200 <= response.status_code < 300
    data = call.answer_of(response) if good and call.answer_of else _json(response)
    if not good:
        told = call.refusal_of(response.status_code, data) if call.refusal_of else None
        return _refusal(response.status_code, data, settled=told is not None), told
    if not (response.status_code == 204 if call.expect is None else isinstance(data, call.expect)):
        return Outcome(response.status_code, words="its body is not what the API documents", fault=Fault.LOST), None
    return Outcome(response.status_code), data


def _json(response: requests.Response) -> Any:
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def _refusal(status: int, data: object, *, settled: bool) -> Outcome:
    error = data[0] if isinstance(data, list) and data else data
    if not isinstance(error, dict):
        return Outcome(status, settled=settled)
    code = str(error.get("errorCode") or error.get("error") or "")
    words = str(error.get("message") or error.get("error_description") or "")
    if code == "REQUEST_LIMIT_EXCEEDED" and words.startswith("Concurrent"):
        code = "CONCURRENT_LIMIT"  # too many at the same time, not the day's total: this one passes by waiting
    return Outcome(status, code, words, settled=settled)
