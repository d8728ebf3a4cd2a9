"""Over which wires: the requests Session with our timeouts, certificates, and plain http on loopback.

These are matters of the mounted adapters, so that whoever uses the Session obeys them.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter

from connector.crm.trust import trusting
from connector.errors import ConfigError
from connector.hosts import is_loopback

TIMEOUT = (10.0, 120.0)
"""Seconds to connect, and to wait for the next byte (Salesforce itself gives a query 120 s)."""
CONNECTIONS = 64
"""Kept open: as many as there may be requests under way."""


def open_session(connection: Mapping[str, Any]) -> requests.Session:
    """A Session with our timeouts and certificates, and plain http for exactly the loopback origins named."""
    ca_file: Path | None = connection.get("ca_file")
    session = requests.Session()
    session.auth = _unchanged
    session.mount("https://", _Timed(trusting(ca_file) if ca_file else None))
    for key in ("instance_url", "login_url"):
        if (url := connection.get(key)) and (parts := address(key, str(url))).scheme == "http":
            session.mount(f"https://{parts.netloc}/", _Plain())
    return session


def address(key: str, url: str) -> SplitResult:
    """The parts of a connection's address.

    Raises:
        ConfigError: it is not https (http is for loopback only) or carries more than a host.
    """
    try:
        parts = urlsplit(url.rstrip("/"))
        port_is_a_number = parts.port is None or parts.port >= 0
    except ValueError:
        raise ConfigError(f"connection.{key}: {url!r} is no address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_a_number:
        raise ConfigError(f"connection.{key}: {url!r} is no address; write https://acme.my.salesforce.com")
    if parts.username or parts.password or parts.path or parts.query or parts.fragment:
        raise ConfigError(f"connection.{key}: only scheme and host belong here, such as https://{parts.hostname}")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ConfigError(f"connection.{key}: http:// would send the key unencrypted; use https://")
    return parts


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    # A session without auth lets requests put a ~/.netrc password in place of our Authorization header.
    return request


class _Timed(HTTPAdapter):
    """No call without a time limit, and the company's own authority where ``ca_file`` names one."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        super().__init__(pool_maxsize=CONNECTIONS)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        if self._context is not None:
            options["ssl_context"] = self._context
        super().init_poolmanager(*args, **options)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        options["timeout"] = options.get("timeout") or TIMEOUT
        return super().send(request, *args, **options)


class _Plain(_Timed):
    """Speaks http to the one loopback origin it is mounted at; simple-salesforce knows https only."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        request.url = "http" + str(request.url).removeprefix("https")
        options["proxies"] = None  # a proxy's loopback is not ours
        return super().send(request, *args, **options)
