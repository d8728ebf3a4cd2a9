"""Signing in: which host is asked, how, and what its answer is worth.

Stands below ``transport``, which alone decides what a refusal leads to. The signed-in client (base address, headers)
is simple-salesforce's. Its sign-in functions are not used: they build their address from ``salesforce.com`` alone,
leave the security token unescaped, drop the status of a refusal, stumble over answers that are no JSON or XML, and
warn on stderr with the client id.

Salesforce takes a sign-in of every kind at the org's My Domain, which is ``instance_url``, and many orgs close
``login.salesforce.com`` to their users; so that is the host asked unless ``login_url`` names another. Calls go to
``instance_url``, whatever host an answer names: a session is sent nowhere that the configuration does not say. That
other host is kept for the message, should the session turn out to be of another org.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from simple_salesforce.api import Salesforce

from . import soap
from .credentials import Credentials, Password, Token, credentials_of
from .errors import Fault, Outcome
from .session import address

TOKEN_PATH = "/services/oauth2/token"
API_VERSION = "68.0"
NO_TOKEN = "the answer holds no token"


@dataclass(frozen=True, slots=True)
class Account:
    """How to sign in to one org. ``instance`` and ``login`` are host names with their port, if any."""

    instance: str
    login: str
    api_version: str
    credentials: Credentials

    @property
    def renewable(self) -> bool:
        """Whether a refused session can be replaced by signing in."""
        return not isinstance(self.credentials, Token)

    @property
    def path(self) -> str:
        """Where a sign-in goes, below the login host."""
        soap_path = f"/services/Soap/u/{self.api_version}"
        return soap_path if isinstance(self.credentials, Password) else TOKEN_PATH


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session. ``home``: the host that Salesforce names as the org's own, "" for a token that was given."""

    client: Salesforce
    home: str = ""


class SignInFailed(Exception):
    """The endpoint answered, and not with a session."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


def account_of(connection: Mapping[str, Any]) -> Account:
    """The connection's keys as they are used.

    Raises:
        ConfigError: an address that is not https (http is for loopback only) or carries more than a host, or a
            private key that cannot sign.
    """
    instance = address("instance_url", str(connection["instance_url"]))
    login = connection.get("login_url")
    credentials = credentials_of(connection)
    default = soap.LAST_VERSION if isinstance(credentials, Password) else API_VERSION
    return Account(
        instance=instance.netloc,
        login=address("login_url", str(login)).netloc if login else instance.netloc,
        api_version=str(connection.get("api_version") or default),
        credentials=credentials,
    )


def sign_in(session: requests.Session, account: Account, now: datetime) -> SignedIn:
    """A session of the account's user, over our own Session. ``now``: UTC, the time that an assertion is signed at.

    Raises:
        SignInFailed: the endpoint refused, or its answer makes no sense.
        requests.RequestException: no answer.
    """
    credentials, home = account.credentials, ""
    if isinstance(credentials, Token):
        token = credentials.access_token.reveal()
    elif isinstance(credentials, Password):
        token, home = _by_soap(_post(session, account, soap.login_envelope(credentials), soap.HEADERS))
    else:
        token, home = _by_token(_post(session, account, credentials.form(now)))
    client = Salesforce(instance=account.instance, session_id=token, session=session, version=account.api_version)
    return SignedIn(client, urlsplit(home).netloc)


def _post(
    session: requests.Session, account: Account, data: Any, headers: Mapping[str, str] | None = None
) -> requests.Response:
    url = f"https://{account.login}{account.path}"
    return session.post(url, data, headers=headers, allow_redirects=False)


def _by_token(response: requests.Response) -> tuple[str, str]:
    """The access token and the org's address in the answer of the token endpoint."""
    try:
        body = json.loads(response.content)
    except ValueError:
        body = None
    said = {name: value for name, value in body.items() if isinstance(value, str)} if isinstance(body, dict) else {}
    if response.status_code != 200:
        code, words = said.get("error", ""), said.get("error_description", "")
        raise SignInFailed(Outcome(response.status_code, code, words))
    return _session(said.get("access_token"), said.get("instance_url"))


def _by_soap(response: requests.Response) -> tuple[str, str]:
    """The session id and the org's address in the answer of ``login()``."""
    said = soap.texts(response.content)
    if response.status_code != 200:
        code, words = said.get("exceptionCode", ""), said.get("exceptionMessage", "")
        raise SignInFailed(Outcome(response.status_code, code, words))
    return _session(said.get("sessionId"), said.get("serverUrl"))


def _session(token: str | None, home: str | None) -> tuple[str, str]:
    if not token or not home:
        raise SignInFailed(Outcome(200, words=NO_TOKEN, fault=Fault.LOST))
    return token, home
