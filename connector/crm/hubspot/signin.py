"""By which token a request is signed: a static one, or access tokens that OAuth renews every half hour.

Stands below ``transport``, which sends what is asked for here.
https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, Protocol

from connector.crm.hubspot.answers import Body, words
from connector.crm.hubspot.errors import Signal
from connector.errors import AccessDenied, VendorUnreachable
from connector.pacing import Clock
from connector.redact import Secret, hide

Ask = Callable[[Mapping[str, str]], Body]
"""Sends a form to the token endpoint and returns its answer, or raises."""

EARLY = 60.0
"""Seconds before its end at which a token is renewed: a request's turn and its way may take that long."""
_BAD_CLIENT = ("BAD_CLIENT_ID", "BAD_CLIENT_SECRET", "invalid_client", "unauthorized_client")
_INSTALL_AGAIN = "install the app in HubSpot again and set connection.refresh_token to the token it then gets"


class SignIn(Protocol):
    """Where the token of the next request comes from. Threads may share it."""

    hint: str
    """What to do where HubSpot accepts none of its tokens."""

    app: str
    """Tells the app, in this portal, from others, and gives no token away."""

    def token(self, ask: Ask) -> Secret:
        """The token to sign with now; ``ask`` is used only if another is needed."""

    def replace(self, refused: Secret) -> bool:
        """Whether another token can be had in place of this one, which a 401 refused."""

    def portal(self) -> str | None:
        """The portal's id, as far as signing in told it."""

    def scopes(self) -> frozenset[str] | None:
        """What its tokens may do, as far as signing in told it."""

    def why(self, signal: Signal, body: Body | None, place: str) -> AccessDenied:
        """The error for a refusal of the token endpoint."""


class StaticToken:
    """A service key or private-app token: good until somebody takes it back."""

    hint = "check connection.access_token: a service key or private-app token of this portal"

    def __init__(self, token: Secret) -> None:
        self._token = token
        self.app = token.fingerprint()

    def token(self, ask: Ask) -> Secret:
        return self._token

    def replace(self, refused: Secret) -> bool:
        return False

    def portal(self) -> str | None:
        return None

    def scopes(self) -> frozenset[str] | None:
        return None

    def why(self, signal: Signal, body: Body | None, place: str) -> AccessDenied:
        raise AssertionError("a static token is never asked for")  # pragma: no cover


class RefreshedToken:
    """Access tokens by an app's refresh token; each lives for as long as HubSpot says when it gives it.

    HubSpot's refresh tokens do not expire and are not used up. Should an answer bring another all the same, it is
    used for as long as this process lives.
    """

    hint = _INSTALL_AGAIN

    def __init__(self, client_id: str, client_secret: Secret, refresh_token: Secret, *, clock: Clock) -> None:
        self._client_id, self._client_secret, self._refresh = client_id, client_secret, refresh_token
        self.app = refresh_token.fingerprint()
        self._clock = clock
        self._lock = Lock()  # others wait for the one that renews, and use what it got
        self._access: Secret | None = None
        self._ends = 0.0
        self._portal: str | None = None
        self._scopes: frozenset[str] | None = None

    def token(self, ask: Ask) -> Secret:
        with self._lock:
            if self._access is None or self._clock() >= self._ends:
                self._access = self._renewed(ask)
            return self._access

    def replace(self, refused: Secret) -> bool:
        with self._lock:
            if self._access == refused:  # else another thread has replaced it meanwhile
                self._access = None
        return True

    def portal(self) -> str | None:
        return self._portal

    def scopes(self) -> frozenset[str] | None:
        return self._scopes

    def why(self, signal: Signal, body: Body | None, place: str) -> AccessDenied:
        codes = [str(body[key]) for key in ("status", "error") if body and body.get(key) not in (None, "error")]
        said = ": ".join(part for part in (*codes[:1], self._hidden(words(body))) if part)
        return AccessDenied(
            f"HubSpot does not renew the access token: {place} answered {signal.status}"
            + (f": {said}" if said else ""),
            hint="check connection.client_id and connection.client_secret"
            if any(code in _BAD_CLIENT for code in codes)
            else _INSTALL_AGAIN,
        )

    def _renewed(self, ask: Ask) -> Secret:
        begun = self._clock()
        answer = ask(
            {
                "grant_type": "refresh_token",
                "client_id": self._client_id,
                "client_secret": self._client_secret.reveal(),
                "refresh_token": self._refresh.reveal(),
            }
        )
        access, refresh, portal = (answer.get(key) for key in ("access_token", "refresh_token", "hub_id"))
        if not isinstance(access, str) or not access:
            raise VendorUnreachable("HubSpot's answer to the renewal holds no access token", hint="run again later")
        if isinstance(refresh, str) and refresh:
            self._refresh = Secret(refresh)
        self._portal = str(portal) if portal else self._portal
        self._scopes = scopes_of(answer) or self._scopes
        lives = _seconds(answer.get("expires_in"))
        self._ends = begun + max(lives - EARLY, lives / 2)
        return Secret(access)

    def _hidden(self, text: str) -> str:
        return hide(text, [self._client_id, self._client_secret.reveal(), self._refresh.reveal()])


def sign_in(connection: Mapping[str, Any], *, clock: Clock) -> SignIn:
    """By the keys of a connection: ``access_token``, or ``client_id``, ``client_secret`` and ``refresh_token``."""
    if connection.get("access_token") is not None:
        return StaticToken(connection["access_token"])
    return RefreshedToken(
        str(connection["client_id"]), connection["client_secret"], connection["refresh_token"], clock=clock
    )


def scopes_of(answer: Body) -> frozenset[str] | None:
    """The scopes that an answer lists; None where it lists none, which the token endpoint did not before 2025-08-18.

    https://developers.hubspot.com/changelog/additional-details-returned-when-generating-oauth-access-tokens
    """
    listed = answer.get("scopes")
    return frozenset(str(one) for one in listed) if isinstance(listed, list) else None


def _seconds(told: object) -> float:
    """How long a token lives; half an hour, as HubSpot documents it, where the answer does not tell."""
    return float(told) if isinstance(told, int | float) and not isinstance(told, bool) and told > 0 else 1_800.0
