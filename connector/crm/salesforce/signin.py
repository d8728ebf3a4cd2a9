"""Who we are and over which wires: the requests Session and simple-salesforce's sign-in.

Stands below ``transport``, which alone sends. Timeouts, certificates and plain http on loopback are matters of
the mounted adapters, so that simple-salesforce's own calls obey them too.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed
from simple_salesforce.login import token_login

from connector.crm.trust import trusting
from connector.errors import ConfigError
from connector.hosts import is_loopback
from connector.redact import Secret

from .errors import Fault, Outcome

TIMEOUT = (10.0, 120.0)
"""Seconds to connect, and to wait for the next byte (Salesforce itself gives a query 120 s)."""
TOKEN_PATH = "/services/oauth2/token"


@dataclass(frozen=True, slots=True)
class Account:
    """How to sign in to one org. ``instance`` and ``login`` are host names with their port, if any."""

    instance: str
    login: str
    api_version: str
    access_token: Secret | None = None
    client_id: str = ""
    client_secret: Secret | None = None

    @property
    def renewable(self) -> bool:
        """Whether a refused session can be replaced by signing in."""
        return self.client_secret is not None


class SignInFailed(Exception):
    """The token endpoint answered, and not with a token."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


def account_of(connection: Mapping[str, Any]) -> Account:
    """The connection's keys as they are used.

    Raises:
        ConfigError: an address that is not https (http is for loopback only) or carries more than a host.
    """
    instance = _address("instance_url", str(connection["instance_url"]))
    login = connection.get("login_url")
    credentials = connection.get("auth") == "client_credentials"
    return Account(
        instance=instance.netloc,
        login=_address("login_url", str(login)).netloc if login else instance.netloc,
        api_version=str(connection.get("api_version") or "68.0"),
        access_token=None if credentials else connection["access_token"],
        client_id=str(connection["client_id"]) if credentials else "",
        client_secret=connection["client_secret"] if credentials else None,
    )


def open_session(connection: Mapping[str, Any]) -> requests.Session:
    """A Session with our timeouts and certificates, and plain http for exactly the loopback origins named."""
    ca_file: Path | None = connection.get("ca_file")
    session = requests.Session()
    session.auth = _unchanged
    session.mount("https://", _Timed(trusting(ca_file) if ca_file else None))
    for key in ("instance_url", "login_url"):
        if (url := connection.get(key)) and (parts := _address(key, str(url))).scheme == "http":
            session.mount(f"https://{parts.netloc}/", _Plain())
    return session


def sign_in(session: requests.Session, account: Account) -> Salesforce:
    """A signed-in simple-salesforce client: its base address, its headers and our Session.

    Raises:
        SignInFailed: the token endpoint refused, or its answer makes no sense.
        requests.RequestException: no answer.
    """
    if account.access_token is not None:
        return _client(session, account, account.access_token.reveal(), account.instance)
    secret = account.client_secret.reveal() if account.client_secret else ""
    data = {"grant_type": "client_credentials", "client_id": account.client_id, "client_secret": secret}
    post = _TokenPost(session)
    url = f"https://{account.login}{TOKEN_PATH}"
    try:
        token, _ = token_login(url, data, account.login, account.client_id, None, None, post)
    except SalesforceAuthenticationFailed as failed:
        words = failed.auth_message if isinstance(failed.code, str) else ""
        raise SignInFailed(Outcome(post.status, str(failed.code or ""), words)) from None
    return _client(session, account, token, account.instance)


def _client(session: requests.Session, account: Account, token: str, instance: str) -> Salesforce:
    return Salesforce(instance=instance, session_id=token, session=session, version=account.api_version)


class _TokenPost:
    """The Session as ``token_login`` knows it; keeps the status, which its exception drops.

    An answer that it would stumble over (no JSON object, no token, a redirect) is reported here.
    """

    def __init__(self, session: requests.Session) -> None:
        self._session = session
        self.status = 0

    def post(self, url: str, data: Mapping[str, str], **options: Any) -> requests.Response:
        response = self._session.post(url, data, allow_redirects=False, **options)
        self.status = response.status_code
        try:
            body = json.loads(response.content)
        except ValueError:
            body = None
        if self.status == 200 and not _is_token(body):
            raise SignInFailed(Outcome(200, words="the answer holds no token", fault=Fault.LOST))
        if not isinstance(body, dict):
            raise SignInFailed(Outcome(self.status))
        return response


def _is_token(body: object) -> bool:
    return isinstance(body, dict) and all(isinstance(body.get(k), str) for k in ("access_token", "instance_url"))


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    # A session without auth lets requests put a ~/.netrc password in place of our Authorization header.
    return request


class _Timed(HTTPAdapter):
    """No call without a time limit, and the company's own authority where ``ca_file`` names one."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        super().__init__()

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


def _address(key: str, url: str) -> SplitResult:
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
