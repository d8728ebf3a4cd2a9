"""The one send path to HubSpot: take a turn → sign → send → classify → decide.

The SDK's own HTTP client signs and sends; its typed methods are left out on purpose: they parse 15 times slower, have
no time-out, and open a pool each. Nothing above this file sees urllib3 or the SDK.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

from hubspot import HubSpot
from hubspot.crm.objects.exceptions import ApiException
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from connector.crm.base import Calls
from connector.crm.hubspot.answers import Body
from connector.crm.hubspot.endpoints import Endpoint
from connector.crm.hubspot.errors import Fault, Signal, decide, failure
from connector.crm.trust import trusting
from connector.errors import NotDone, QuotaExhausted
from connector.pacing import Clock, Pacer, Rate, Sleep
from connector.redact import Secret

_TIMEOUTS = (10.0, 60.0)  # seconds to connect, seconds between bytes
_RATE = Rate(190, 10.0)
_SEARCH_RATE = Rate(4, 1.0)  # HubSpot allows 5 a second to the whole account: one is left to others
_LAST = 1_000  # an attempt after which nothing is tried again
_CROWDED = 0.1  # share of the window left, below which we slow down for other integrations
_log = logging.getLogger(__name__)
_HANDSHAKE_FAULTS = ("CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER", "X509", "No such file")


@dataclass(frozen=True, slots=True)
class _Reply:
    signal: Signal
    body: Body | None = None


class Transport:
    """Sends requests to one portal. Threads may share it.

    ``reserve``: share of the day's calls that is left to others; QuotaExhausted once it is reached.
    """

    def __init__(
        self,
        token: Secret,
        base_url: str,
        *,
        ca_file: Path | None = None,
        reserve: float = 0.0,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
    ) -> None:
        self.host = base_url.rstrip("/")
        self.calls = Calls()
        self._reserve = reserve
        self._clock = clock
        self._sleep = sleep
        self._pacer = Pacer(_RATE, clock=clock, sleep=sleep)
        self._search_pacer = Pacer(_SEARCH_RATE, clock=clock, sleep=sleep)
        self._turns = Lock()
        self._search_turns = Lock()
        self._daily: tuple[int, int] | None = None
        self._api = _api_client(token, self.host, ca_file)

    def send(
        self,
        endpoint: Endpoint,
        object: str = "",
        body: Mapping[str, Any] | None = None,
        *,
        finishing: bool = False,
    ) -> Body:
        """The readable answer of a 2xx.

        ``finishing``: part of a write that has begun, so the reserve does not stop it half-way.
        Refused (a write) or ReadRefused: 4xx other than the following. AccessDenied: 401, 403. QuotaExhausted: the
        day's calls or a lasting 429.
        VendorUnreachable: no usable answer after the capped attempts. InDoubt: a write without a readable answer.
        NotDone: a write that HubSpot did nothing of, and the wait that it asked for is over or begun: it is sent once,
        since the records must be looked at first.
        """
        for attempt in count(1):
            if not finishing:
                self.check_reserve()
            self._take_turn(endpoint)
            begun = self._clock()
            reply = self._once(endpoint, object, body)
            self._note(endpoint, reply.signal, begun)
            decision = decide(reply.signal, attempt, write=endpoint.write)
            if decision.action == "accept" and reply.body is not None:
                return reply.body
            if decision.action != "retry":
                raise failure(
                    decision.action,
                    reply.signal,
                    str(endpoint),
                    reply.body,
                    host=self.host,
                    write=endpoint.write,
                    tries=attempt,
                )
            self._hold(endpoint, decision.seconds, shared=decision.shared)
            if endpoint.write:
                end = decide(reply.signal, _LAST, write=True).action
                raise NotDone(failure(end, reply.signal, str(endpoint), reply.body, host=self.host, write=True))
        raise AssertionError("unreachable")  # pragma: no cover

    def check_reserve(self) -> None:
        """QuotaExhausted: the day's calls are down to the share that is left to others."""
        if self._daily is None:
            return
        daily, remaining = self._daily
        if remaining < daily * self._reserve:
            raise QuotaExhausted(
                f"HubSpot's daily calls are down to {remaining:,} of {daily:,}; "
                f"{self._reserve:.0%} are left to other integrations",
                hint="run again tomorrow, or lower connection.api_reserve",
            )

    def time(self) -> float:
        """Seconds on the clock that times calls."""
        return self._clock()

    def close(self) -> None:
        """Give the connections back."""
        self._api.rest_client.pool_manager.clear()

    def _take_turn(self, endpoint: Endpoint) -> None:
        if endpoint.search:
            with self._search_turns:
                self._search_pacer.wait()
        with self._turns:
            self._pacer.wait()

    def _note(self, endpoint: Endpoint, signal: Signal, begun: float) -> None:
        """Log one request, and count it if it was sent."""
        took = 1000 * (self._clock() - begun)
        _log.debug("%s %s: %s in %.0f ms", endpoint.method, endpoint.path, signal.fault or signal.status, took)
        if signal.fault in ("connect", "tls"):  # nothing was sent
            return
        with self._turns:
            if endpoint.write:
                self.calls.write += 1
            else:
                self.calls.read += 1

    def _hold(self, endpoint: Endpoint, seconds: float, *, shared: bool) -> None:
        if not shared:
            self._sleep(seconds)
        elif endpoint.search:
            with self._search_turns:
                self._search_pacer.pause(seconds)
        else:
            with self._turns:
                self._pacer.pause(seconds)

    def _once(self, endpoint: Endpoint, object: str, body: Mapping[str, Any] | None) -> _Reply:
        headers = {"Accept": "application/json", **self._api.default_headers}
        self._api.update_params_for_auth(headers, [], ["oauth2"])
        try:
            response = self._api.rest_client.request(
                endpoint.method,
                self.host + endpoint.url(object),
                headers=headers,
                body=body,
                _preload_content=False,
                _request_timeout=_TIMEOUTS,
            )
            status, data, told = response.status, response.data, response.headers
        except ApiException as refusal:
            if not refusal.status:  # how the SDK wraps a TLS fault: status 0, and the cause in words
                return _Reply(Signal(fault=_tls_fault(str(refusal.reason))))
            status, data, told = refusal.status, refusal.body, refusal.headers
        except (NewConnectionError, ConnectTimeoutError):
            return _Reply(Signal(fault="connect"))
        except HTTPError:
            return _Reply(Signal(fault="lost"))
        self._note_limits(told)
        return _classify(status, data, told)

    def _note_limits(self, headers: Mapping[str, str]) -> None:
        """Search answers carry no limit headers, OAuth answers no daily ones: the last known figures stay."""
        prefix = "X-HubSpot-RateLimit-"
        daily, remaining, most, left = (
            _whole(headers.get(prefix + name)) for name in ("Daily", "Daily-Remaining", "Max", "Remaining")
        )
        with self._turns:
            if daily and remaining is not None:
                self._daily = (daily, remaining)
            if most and left is not None and left < most * _CROWDED:
                self._pacer.pause(1.0)


def _api_client(token: Secret, host: str, ca_file: Path | None) -> Any:
    # retry=False reaches urllib3 as retries=False: no hidden repeats of a GET, and a redirect comes back as it is
    # instead of carrying the token elsewhere. `crm.objects.batch_api` builds a client with a pool: taken once.
    client = HubSpot(
        access_token=token.reveal(),
        host=host,
        base_url=host,
        retry=False,
    )
    api = client.crm.objects.batch_api.api_client
    if ca_file is not None:  # the SDK's own ssl_ca_cert would put the bundle in place of the public authorities
        api.rest_client.pool_manager.connection_pool_kw["ssl_context"] = trusting(ca_file)
    return api


def _classify(status: int, data: bytes, headers: Mapping[str, str]) -> _Reply:
    try:
        body = json.loads(data)
    except ValueError:  # HTML of a proxy, a cut text, bytes that are no UTF-8
        body = None
    if not isinstance(body, Mapping):
        return _Reply(Signal(fault="lost") if 200 <= status < 300 else Signal(status))
    policy = body.get("policyName")
    return _Reply(
        Signal(
            status,
            policy=policy if isinstance(policy, str) else None,
            retry_after=_whole(headers.get("Retry-After")),
        ),
        body,
    )


def _tls_fault(reason: str) -> Fault:
    """These stop the handshake, so nothing was sent; any other TLS fault may have cut an answer off."""
    return "tls" if any(sign in reason for sign in _HANDSHAKE_FAULTS) else "lost"


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None
