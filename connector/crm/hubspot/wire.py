"""One request and its answer, over the SDK's own HTTP client; nothing above this file sees urllib3 or the SDK.

The SDK's typed methods are left out on purpose: they parse 15 times slower, have no time-out, and open a pool each.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hubspot import HubSpot
from hubspot.crm.objects.exceptions import ApiException
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from connector.crm.hubspot.answers import Body
from connector.crm.hubspot.errors import Fault, Signal
from connector.crm.trust import trusting
from connector.redact import Secret

_TIMEOUTS = (10.0, 60.0)  # seconds to connect, seconds between bytes
LONGEST = sum(_TIMEOUTS)
"""Seconds within which a request has arrived, or never will."""
_CONNECTIONS = 64  # kept open: as many as there may be requests under way
_HANDSHAKE_FAULTS = ("CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER", "X509", "No such file")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the ``signal`` to decide by, the body if it is a JSON object, and the headers."""

    signal: Signal
    body: Body | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Wire:
    """Connections to one host. Threads may share it. ``ca_file``: believed besides the public authorities."""

    def __init__(self, host: str, ca_file: Path | None = None) -> None:
        self.host = host
        self._api = _api_client(host, ca_file)

    def send(self, method: str, path: str, token: Secret, body: Mapping[str, Any] | None = None) -> Reply:
        """A request signed with an access token; ``body`` goes as JSON."""
        return self._exchange(method, path, {"Authorization": f"Bearer {token.reveal()}"}, body=body)

    def send_form(self, path: str, form: Mapping[str, str]) -> Reply:
        """A form, unsigned: how tokens are asked for. Its fields stand in the body alone."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._exchange("POST", path, headers, post_params=dict(form))

    def close(self) -> None:
        """Give the connections back."""
        self._api.rest_client.pool_manager.clear()

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], **content: Any) -> Reply:
        try:
            response = self._api.rest_client.request(
                method,
                self.host + path,
                headers={"Accept": "application/json", **self._api.default_headers, **headers},
                _preload_content=False,
                _request_timeout=_TIMEOUTS,
                **content,
            )
            status, data, told = response.status, response.data, response.headers
        except ApiException as refusal:
            if not refusal.status:  # how the SDK wraps a TLS fault: status 0, and the cause in words
                return Reply(Signal(fault=_tls_fault(str(refusal.reason))))
            status, data, told = refusal.status, refusal.body, refusal.headers
        except (NewConnectionError, ConnectTimeoutError):
            return Reply(Signal(fault="connect"))
        except HTTPError:
            return Reply(Signal(fault="lost"))
        return _classify(status, data, told)


def whole(text: str | None) -> int | None:
    """A header that holds a whole number; None for any other."""
    return int(text) if text and text.strip().isdigit() else None


def _api_client(host: str, ca_file: Path | None) -> Any:
    # retry=False reaches urllib3 as retries=False: no hidden repeats of a GET, and a redirect comes back as it is
    # instead of carrying the token elsewhere. `crm.objects.batch_api` builds a client with a pool: taken once.
    # It is given no token: each request is signed with the one that is good at that moment.
    api = HubSpot(host=host, base_url=host, retry=False).crm.objects.batch_api.api_client
    api.rest_client.pool_manager.connection_pool_kw["maxsize"] = _CONNECTIONS
    if ca_file is not None:  # the SDK's own ssl_ca_cert would put the bundle in place of the public authorities
        api.rest_client.pool_manager.connection_pool_kw["ssl_context"] = trusting(ca_file)
    return api


def _classify(status: int, data: bytes, headers: Mapping[str, str]) -> Reply:
    try:
        body = json.loads(data)
    except ValueError:  # HTML of a proxy, a cut text, bytes that are no UTF-8
        body = None
    if not isinstance(body, Mapping):
        return Reply(Signal(fault="lost") if 200 <= status < 300 else Signal(status), headers=headers)
    policy = body.get("policyName")
    signal = Signal(
        status,
        policy=policy if isinstance(policy, str) else None,
        retry_after=whole(headers.get("Retry-After")),
    )
    return Reply(signal, body, headers)


def _tls_fault(reason: str) -> Fault:
    """These stop the handshake, so nothing was sent; any other TLS fault may have cut an answer off."""
    return "tls" if any(sign in reason for sign in _HANDSHAKE_FAULTS) else "lost"
