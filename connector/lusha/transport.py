"""The one send path to Lusha: take a turn → sign → send → classify → decide.

Calls are built, and their answers read, by ``v2`` and ``v3``; this file alone holds the connection, the clock and the
key. Safe to use from several threads.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

import httpx

from connector.clocks import Skew, utc_now
from connector.errors import AccessDenied, RequestRefused
from connector.hosts import is_loopback
from connector.lusha.calls import Call, Undocumented
from connector.lusha.cleaning import mapping, texts
from connector.lusha.errors import Decision, Fault, TooManyRequests, decide
from connector.lusha.limits import PlanLimits
from connector.pacing import LocalTurns, Rate, Sleep, Turns, backoff, held_by, noted
from connector.redact import Secret, redact

BASE_URL = "https://api.lusha.com"
USAGE_ENDPOINTS = frozenset({"/v3/account/usage", "/account/usage"})
_SLACK = 0.05
"""Seconds by which our windows are longer than Lusha's: requests that leave in time may arrive closer together."""
USAGE_RATE = Rate(5, 60.0 + _SLACK)
"""Lusha's own limit for these (https://docs.lusha.com/apis/openapi, "Rate Limiting")."""

_TIMEOUT = httpx.Timeout(connect=10.0, read=60.0, write=60.0, pool=10.0)
_CONNECTIONS = 64
"""Kept open: as many as there may be requests under way."""
_UNSENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_LONGEST_WORDS = 300
_SOON = 10.0
"""Seconds that even an impatient call waits for its turn: the back-off after a fault, not a minute's window."""

_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came back: a status with a readable answer, or a fault; ``words`` are the other side's own."""

    seen: int | Fault
    payload: Any = None
    words: str = ""


class Sender:
    """Sends calls for one key.

    ``base_url`` may carry a path prefix. ``rate_limit``: requests per second and endpoint. ``turns``: whose turn it
    is, shared by all that use the key; of this process alone where left out. ``transport`` and ``sleep`` (seconds)
    are for tests. Raises the tree of ``connector.lusha.errors``.
    """

    def __init__(
        self,
        api_key: Secret,
        *,
        base_url: str = BASE_URL,
        rate_limit: int = 25,
        turns: Turns | None = None,
        transport: httpx.BaseTransport | None = None,
        sleep: Sleep = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.skew = Skew()
        self._now = now
        self._key = _checked(api_key)
        self._owner = self._key.fingerprint()
        self._sleep = sleep
        self._rate = Rate(rate_limit, 1.0 + _SLACK)
        self._turns = turns or LocalTurns()
        self._plan = PlanLimits(self._turns, self._owner)
        self._lock = Lock()
        self._calls = 0
        for name in ("httpx", "httpcore"):  # they log addresses, and at DEBUG headers
            logging.getLogger(name).setLevel(logging.WARNING)
        self._http = httpx.Client(
            base_url=base_url,
            transport=transport,
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_keepalive_connections=_CONNECTIONS),
            follow_redirects=False,
            mounts=_past_proxies(base_url),
            headers={"accept": "application/json", "user-agent": "lusha-crm-connector"},
        )

    @property
    def calls(self) -> int:
        """HTTP requests sent so far, every repetition included."""
        return self._calls

    def learn(self, rate_limits: Mapping[str, Any]) -> None:
        """Take what the account says of its windows: which are used up, and when they end."""
        self._plan.learn(rate_limits)

    def close(self) -> None:
        """Give connections back."""
        self._http.close()

    def send(self, call: Call[T]) -> T:
        """One request until there is an answer or an error; only what certainly did nothing, or is free, is
        repeated."""
        attempt = 0
        while True:
            attempt += 1
            self._take_turn(call)
            begun = time.monotonic()
            reply = self._attempt(call)
            took = 1000 * (time.monotonic() - begun)
            _log.debug("%s: %s in %.0f ms, attempt %d", call.name, reply.seen, took, attempt)
            if reply.seen == 404 and call.absent is not None and isinstance(reply.payload, Mapping):
                return call.absent()
            decision = decide(reply.seen, reply.words, attempt, paid=call.paid, patient=call.patient)
            if decision.action == "use":
                try:
                    return call.read(reply.payload)
                except Undocumented as error:
                    decision = decide("unreadable", str(error), attempt, paid=call.paid)
            if decision.action == "raise":
                raise decision.exception(call.name)
            self._pause(call, decision, attempt)

    def _take_turn(self, call: Call[Any]) -> None:
        lane, usage = self._lane(call), call.endpoint in USAGE_ENDPOINTS
        rates = (self._rate, USAGE_RATE) if usage else (self._rate,)
        while True:
            # The usage endpoints have a limit of their own and do not count in the plan's windows.
            seconds = 0.0 if usage else self._plan.wait()
            if seconds <= 0 and (seconds := self._turns.take(lane, rates)) <= 0:
                return
            if seconds > _SOON and not call.patient:
                hint = "the account may be asked five times a minute: wait a minute, then run again"
                raise TooManyRequests(f"Lusha: {call.name} has its next turn in {seconds:.0f} seconds", hint=hint)
            if seconds > 1.0:
                _log.info("waiting %.0f s for the next turn at Lusha", seconds)
            with held_by(f"Lusha, {self._rate.requests} requests a second at each endpoint"):
                self._sleep(seconds)

    def _lane(self, call: Call[Any]) -> str:
        return f"{self._owner} {call.endpoint}"

    def _pause(self, call: Call[Any], decision: Decision, attempt: int) -> None:
        seconds = backoff(attempt) if decision.pause is None else decision.pause
        if decision.pause is not None:
            noted("Lusha", lambda: self._plan.resets_in(seconds))
        if not noted("Lusha", lambda: self._turns.close(self._lane(call), seconds)):
            self._sleep(seconds)

    def _attempt(self, call: Call[Any]) -> _Reply:
        sent = self._now()
        try:
            response = self._http.request(
                call.method, call.path, params=call.query or None, json=call.body, auth=self._sign
            )
        except UnicodeEncodeError:
            raise RequestRefused(
                f"Lusha: {call.name} holds half a character, which is no text; nothing was sent", code="400"
            ) from None
        except _UNSENT as error:
            noted("Lusha", lambda: self._turns.give_back(self._lane(call)))  # Lusha counts what reaches it
            return _Reply("unsent", words=self._words(f"{type(error).__name__}: {error}"))
        except httpx.DecodingError:
            self._count()
            return _Reply("unreadable", words="broken compression")
        except httpx.TransportError as error:
            self._count()
            return _Reply("cut", words=type(error).__name__)
        self._count()
        self.skew.note(response.headers.get("Date"), sent, self._now())
        if call.endpoint not in USAGE_ENDPOINTS:
            noted("Lusha", lambda: self._plan.observe(response.headers))
        return self._classify(response)

    def _sign(self, request: httpx.Request) -> httpx.Request:
        request.headers["api_key"] = self._key.reveal()
        return request

    def _count(self) -> None:
        with self._lock:
            self._calls += 1

    def _classify(self, response: httpx.Response) -> _Reply:
        try:
            payload = response.json()
            if b"\\ud" in response.content.lower():  # half a character, legal in JSON, can be stored nowhere
                payload = json.loads(json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace"))
        except ValueError:
            return _Reply("unreadable", words="not JSON") if response.is_success else _Reply(response.status_code)
        return _Reply(response.status_code, payload, self._words(_said(payload)))

    def _words(self, said: str) -> str:
        """The other side's own words, fit for a message: one line, no key, no personal data."""
        line = " ".join(said.replace(self._key.reveal(), "***").split())
        return redact(line)[:_LONGEST_WORDS]


def _said(payload: Any) -> str:
    """Lusha's message in either shape: ``{statusCode, message, errors?}`` or ``{error: {code, message}}``."""
    told = mapping(payload)
    nested = mapping(told.get("error"))
    words = texts(told.get("message")) or texts(nested.get("message")) or texts(told.get("error"))
    return "; ".join([*words, *texts(told.get("errors"))])


def _checked(key: Secret) -> Secret:
    """The key without white space around it (keys read from files end in a newline)."""
    value = key.reveal().strip()
    if not value or any(not "!" <= char <= "~" for char in value):
        raise AccessDenied("the Lusha API key is blank or holds characters that no key has", hint="check lusha.api_key")
    return Secret(value)


def _past_proxies(base_url: str) -> dict[str, None] | None:
    """A proxy of the environment never stands between us and a local server."""
    host = httpx.URL(base_url).host
    named = f"[{host}]" if ":" in host else host
    return {f"all://{named}": None} if is_loopback(host) else None
