"""The one send path to HubSpot: have a token → take a turn → send → classify → decide."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from threading import Lock
from typing import Any

from connector.clocks import Skew, utc_now
from connector.crm.base import FRESH, Calls, Quota
from connector.crm.hubspot.answers import Body
from connector.crm.hubspot.endpoints import TOKEN_INFO, TOKENS, Endpoint, Endpoints
from connector.crm.hubspot.errors import Decision, ReadRefused, Signal, decide, failure
from connector.crm.hubspot.limits import Limits
from connector.crm.hubspot.signin import SignIn, scopes_of
from connector.crm.hubspot.wire import Reply, Wire
from connector.errors import AccessDenied, ConnectorError, NotDone, VendorUnreachable
from connector.pacing import Clock, Sleep, Turns, held_by
from connector.redact import Secret

_LAST = 1_000  # an attempt after which nothing is tried again
_log = logging.getLogger(__name__)


class Transport:
    """Sends requests to one portal. Threads may share it.

    ``endpoints``: the paths of the API version it speaks. ``turns``: whose turn it is, shared by all that use the app.
    ``reserve``: share of the day's calls that is left to others; QuotaExhausted once it is reached.
    """

    def __init__(
        self,
        sign_in: SignIn,
        wire: Wire,
        endpoints: Endpoints,
        *,
        turns: Turns,
        reserve: float = 0.0,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.endpoints = endpoints
        self.calls = Calls()
        self.skew = Skew()
        self._sign_in = sign_in
        self._wire = wire
        self._limits = Limits(turns, sign_in.app, reserve=reserve, clock=clock, sleep=sleep)
        self._clock = clock
        self._sleep = sleep
        self._now = now
        self._counting = Lock()
        self._token_endpoint = TOKENS[0]

    def send(
        self,
        endpoint: Endpoint,
        object: str = "",
        body: Mapping[str, Any] | None = None,
        *,
        query: str = "",
        finishing: bool = False,
    ) -> Body:
        """The readable answer of a 2xx.

        ``query``: of the URL, encoded. ``finishing``: part of a write that has begun, so the reserve does not stop it
        half-way.
        Refused (a write) or ReadRefused: 4xx other than the following. AccessDenied: 401 (once a token that can be
        renewed was renewed), 403. QuotaExhausted: the day's calls or a lasting 429.
        VendorUnreachable: no usable answer after the capped attempts. InDoubt: a write without a readable answer.
        NotDone: a write that HubSpot did nothing of, or whose turn came too late; the wait that HubSpot asked for is
        over or begun. It is sent once, since the records must be looked at first.
        """
        renewed, begun = False, self._clock()
        for attempt in count(1):
            if not finishing:
                self.check_reserve()
            token = self._sign_in.token(self._ask_for_token)  # first: no place stands for as long as a renewal may take
            with self._limits.turn(endpoint):
                if endpoint.write and self._clock() - begun > FRESH:
                    raise NotDone(VendorUnreachable(f"{endpoint}: its turn came too late"))
                reply = self._once(endpoint, object, query, token, body)
            decision = decide(reply.signal, attempt, write=endpoint.write)
            if decision.action == "accept" and reply.body is not None:
                return reply.body
            if reply.signal.status == 401 and not renewed and self._sign_in.replace(token):
                renewed = True
            elif decision.action != "retry":
                raise self._failure(decision, reply, endpoint, attempt)
            else:
                self._hold(endpoint, reply.signal.policy, decision)
            if endpoint.write:
                raise NotDone(self._failure(decide(reply.signal, _LAST, write=True), reply, endpoint, 1))
        raise AssertionError("unreachable")  # pragma: no cover

    def quota(self) -> Quota | None:
        """The day's calls, where HubSpot told of them."""
        return self._limits.quota()

    def check_reserve(self) -> None:
        """QuotaExhausted: the day's calls are down to the share that is left to others."""
        self._limits.check_reserve()

    def portal(self) -> str | None:
        """The portal's id as signing in told it; None where it does not tell."""
        return self._sign_in.portal()

    def scopes(self) -> frozenset[str] | None:
        """What the token in use may do; None where HubSpot does not tell it.

        The one request whose body holds the token: it goes where every request's header takes it.
        """
        token = self._sign_in.token(self._ask_for_token)
        if (told := self._sign_in.scopes()) is not None:
            return told
        try:
            return scopes_of(self.send(TOKEN_INFO, body={"tokenKey": token.reveal()}))
        except (AccessDenied, ReadRefused):  # a token of another kind: only the calls themselves will tell
            return None

    def close(self) -> None:
        """Give the connections back."""
        self._wire.close()

    def _once(
        self, endpoint: Endpoint, object: str, query: str, token: Secret, body: Mapping[str, Any] | None
    ) -> Reply:
        begun, sent = self._clock(), self._now()
        path = endpoint.url(object) + (f"?{query}" if query else "")
        reply = self._wire.send(endpoint.method, path, token, body)
        self._limits.note(reply.headers)
        self.skew.note(reply.headers.get("Date"), sent, self._now())
        self._note(endpoint, reply.signal, begun)
        return reply

    def _ask_for_token(self, form: Mapping[str, str]) -> Body:
        """An answer of the token endpoint: outside the limits of the app and of the day, so it takes no turn.

        AccessDenied: it refuses. VendorUnreachable, QuotaExhausted: as in ``send``.
        """
        for attempt in count(1):
            begun = self._clock()
            reply = self._wire.send_form(self._token_endpoint.path, form)
            self._note(self._token_endpoint, reply.signal, begun)
            decision = decide(reply.signal, attempt, write=False)
            if decision.action == "accept" and reply.body is not None:
                return reply.body
            if reply.signal.status == 404 and self._token_endpoint is not TOKENS[-1]:
                self._token_endpoint = TOKENS[-1]
            elif decision.action in ("refused", "denied"):
                raise self._sign_in.why(reply.signal, reply.body, str(self._token_endpoint))
            elif decision.action != "retry":
                raise self._failure(decision, reply, self._token_endpoint, attempt)
            else:
                self._sleep(decision.seconds)
        raise AssertionError("unreachable")  # pragma: no cover

    def _failure(self, decision: Decision, reply: Reply, endpoint: Endpoint, tries: int) -> ConnectorError:
        return failure(
            decision.action,
            reply.signal,
            str(endpoint),
            reply.body,
            host=self._wire.host,
            write=endpoint.write,
            tries=tries,
            sign_in_hint=self._sign_in.hint,
        )

    def _note(self, endpoint: Endpoint, signal: Signal, begun: float) -> None:
        """Log one request, and count it if it was sent."""
        took = 1000 * (self._clock() - begun)
        _log.debug("%s %s: %s in %.0f ms", endpoint.method, endpoint.path, signal.fault or signal.status, took)
        if signal.fault not in ("connect", "tls"):  # else nothing was sent
            with self._counting:
                self.calls.write += endpoint.write
                self.calls.read += not endpoint.write

    def _hold(self, endpoint: Endpoint, policy: str | None, decision: Decision) -> None:
        if decision.shared:
            self._limits.hold(endpoint, policy, decision.seconds)
        else:
            with held_by("HubSpot, which asked to wait or did not answer"):
                self._sleep(decision.seconds)
