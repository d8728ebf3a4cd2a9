"""Who we are: the four ways to sign in, each as a value that knows what it sends and what a refusal of it means.

Pure but for reading the private key, once. ``signin`` sends; secrets are revealed where a request is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt

from connector.errors import ConfigError
from connector.private_key import read_private_key
from connector.redact import Secret

PRODUCTION, SANDBOX = "https://login.salesforce.com", "https://test.salesforce.com"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ASSERTION_AGE = timedelta(minutes=3)
"""How long an assertion is good for: Salesforce refuses one that ends more than five minutes from its own now."""


@dataclass(frozen=True, slots=True)
class Token:
    """A session that somebody else opened: it cannot be renewed."""

    access_token: Secret


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """An app's own id and secret; Salesforce picks the user.

    https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_client_credentials_flow.htm
    """

    client_id: str
    client_secret: Secret

    def form(self, _now: datetime) -> Mapping[str, str]:
        """What the token endpoint is sent."""
        secret = self.client_secret.reveal()
        return {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": secret}


@dataclass(frozen=True, slots=True)
class SignedAssertion:
    """An app's id and a user, vouched for by a signature: ``auth: jwt``. Nothing secret travels.

    ``audience`` names the authorization server that is meant, not the host that is asked.
    https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_jwt_flow.htm
    """

    client_id: str
    username: str
    private_key: Secret
    audience: str

    def form(self, now: datetime) -> Mapping[str, str]:
        """What the token endpoint is sent: an assertion signed at ``now`` (UTC), good for ``ASSERTION_AGE``."""
        ends = int((now + ASSERTION_AGE).timestamp())
        claims = {"iss": self.client_id, "sub": self.username, "aud": self.audience, "exp": ends}
        return {"grant_type": JWT_GRANT, "assertion": jwt.encode(claims, self.private_key.reveal(), "RS256")}


@dataclass(frozen=True, slots=True)
class Password:
    """A user's own password, with the security token that Salesforce asks for outside the networks it trusts."""

    username: str
    password: Secret
    security_token: Secret | None = None


Credentials = Token | ClientCredentials | SignedAssertion | Password


def credentials_of(connection: Mapping[str, Any]) -> Credentials:
    """The connection's own way to sign in.

    Raises:
        ConfigError: ``private_key_file`` holds no key that can sign.
    """
    match connection.get("auth"):
        case "client_credentials":
            return ClientCredentials(str(connection["client_id"]), connection["client_secret"])
        case "jwt":
            key = _private_key(Path(connection["private_key_file"]))
            audience = connection.get("audience") or (SANDBOX if connection.get("sandbox") else PRODUCTION)
            return SignedAssertion(str(connection["client_id"]), str(connection["username"]), key, str(audience))
        case "password":
            token = connection.get("security_token")
            return Password(str(connection["username"]), connection["password"], token)
        case _:
            return Token(connection["access_token"])


def _private_key(file: Path) -> Secret:
    try:
        return Secret(read_private_key(file))
    except ConfigError as error:
        raise ConfigError(f"connection.private_key_file: {file} {error.message}") from None


_BY_CLIENT: Mapping[str, str] = {
    "invalid_client": "check connection.client_secret",
    "invalid_grant": (
        "enable the Client Credentials Flow of the connected app, give it a run-as user, "
        "and use the org's My Domain as instance_url"
    ),
}
_BY_ASSERTION: Mapping[str, str] = {
    "user hasn't approved this consumer": (
        "let the app's policies pre-authorize the user of connection.username, by profile or permission set"
    ),
    "audience is invalid": "set connection.sandbox: true for a sandbox, and leave it out for a production org",
    "expired authorization code": "set this machine's clock: an assertion is good for three minutes",
    "invalid assertion": (
        "check that the certificate of the app belongs to connection.private_key_file, and this machine's clock"
    ),
    "invalid_client": "check that the certificate of the app belongs to connection.private_key_file",
    "invalid_grant": "check connection.username and connection.sandbox, and that the app lets this user in",
}
_BY_PASSWORD: Mapping[str, str] = {
    "INVALID_LOGIN": (
        "check connection.username, password and security_token (a new password brings a new token); "
        "connection.instance_url must be the user's own org"
    ),
    "LOGIN_MUST_USE_SECURITY_TOKEN": "set connection.security_token, or let the org trust this network's addresses",
    "INVALID_OPERATION": (
        "use auth: client_credentials or jwt, or let the Salesforce administrator enable SOAP API login()"
    ),
    "UNSUPPORTED_API_VERSION": "take connection.api_version out, or use auth: client_credentials or jwt",
}


def hint(credentials: Credentials, code: str, words: str) -> str | None:
    """What to do about a refused sign-in, by Salesforce's words or else its code; None where neither is known."""
    match credentials:
        case SignedAssertion():
            known = _BY_ASSERTION
        case Password():
            known = _BY_PASSWORD
        case _:
            known = _BY_CLIENT
    return known.get(words) or known.get(code)
