"""Who may ask the sandbox's HubSpot portal: its service key, and the access tokens that its OAuth app was given.

Stands below ``hubspot``, which asks ``admit`` for every request and serves ``renew``.
https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from connector.sandbox.hubspot_schema import PORTAL_ID
from connector.sandbox.hubspot_wire import ApiError
from connector.sandbox.tables import Now

TOKEN = "sandbox-hubspot-token"
CLIENT_ID = "sandbox-hubspot-client"
CLIENT_SECRET = "sandbox-hubspot-secret"
REFRESH_TOKEN = "na1-sandbox-hubspot-refresh"

_KINDS = ("contacts", "companies", "custom")
OBJECT_SCOPES = tuple(f"crm.objects.{kind}.{right}" for kind in _KINDS for right in ("read", "write"))
SCHEMA_SCOPES = tuple(f"crm.schemas.{kind}.{right}" for kind in _KINDS for right in ("read", "write"))
OAUTH_SCOPES = ("oauth", *OBJECT_SCOPES)
TOKEN_INFO_PATH = "/oauth/v2/private-apps/get/access-token-info"
TOKEN_PATHS = tuple(f"/oauth/{version}/token" for version in ("2026-09", "2026-03", "v3", "v1"))
_FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class _Given:
    """An access token: when it ends, and how many requests it is still good for."""

    ends: datetime
    calls: int | None


class PortalTokens:
    """The tokens of one portal.

    ``token_seconds``: how long an access token lives. ``token_calls``: requests after which it ends before its time
    (None: only time ends it). ``revoked``: the app was uninstalled. ``lacking``: scopes that no token was granted; an
    OAuth token has those of ``OAUTH_SCOPES`` alone.
    """

    def __init__(self, *, clock: Now) -> None:
        self.token_seconds = 1_800.0
        self.token_calls: int | None = None
        self.revoked = False
        self.lacking: set[str] = set()
        self._clock = clock
        self._given: dict[str, _Given] = {}

    def admit(self, authorization: str) -> bool:
        """Whether it is an OAuth token (else the service key). Raises ApiError 401."""
        scheme, _, token = authorization.partition(" ")
        if scheme == "Bearer" and token == TOKEN:
            return False
        given = self._given.get(token) if scheme == "Bearer" else None
        if given is None or self.revoked:
            message = "Authentication credentials not found or invalid. Check the access token of the app."
            raise ApiError(401, message, "INVALID_AUTHENTICATION")
        late = (self._clock() - given.ends).total_seconds()
        if late >= 0 or given.calls == 0:
            message = f"The OAuth token used to make this call expired {max(0, int(late))} second(s) ago."
            raise ApiError(401, message, "EXPIRED_AUTHENTICATION")
        given.calls = None if given.calls is None else given.calls - 1
        return True

    def info(self, token: object) -> dict[str, Any]:
        """What the service key may do. Raises ApiError for any other token.

        https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview
        """
        if token != TOKEN:
            raise ApiError(404, "resource not found")
        granted = [scope for scope in (*OBJECT_SCOPES, *SCHEMA_SCOPES) if scope not in self.lacking]
        return {"userId": 1, "hubId": PORTAL_ID, "appId": 1, "scopes": granted}

    def check_scope(self, scope: str, *, oauth: bool) -> None:
        """Raises ApiError 403 where a token lacks a scope."""
        if scope not in self.lacking and (not oauth or scope in OAUTH_SCOPES):
            return
        told = {"message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": [scope]}}  # fmt: skip
        message = "This app hasn't been granted all required scopes to make this call."
        raise ApiError(403, message, "MISSING_SCOPES", errors=[told])

    def expire(self) -> None:
        """End every access token given so far."""
        for given in self._given.values():
            given.calls = 0

    def renew(self, content_type: str, content: bytes, query: str) -> dict[str, Any]:
        """The token endpoint's answer to a refresh. Raises ApiError in HubSpot's words."""
        if query or not content_type.startswith(_FORM):
            raise _refusal(400, "invalid_request", "BAD_REQUEST", "parameters belong into a form in the body")
        form = dict(parse_qsl(content.decode(errors="replace")))
        _check_form(form, revoked=self.revoked)
        token = f"sandbox-hubspot-access-{len(self._given) + 1}"
        self._given[token] = _Given(_later(self._clock(), self.token_seconds), self.token_calls)
        return {
            "token_type": "bearer", "access_token": token, "refresh_token": REFRESH_TOKEN,
            "expires_in": int(self.token_seconds), "hub_id": PORTAL_ID, "user_id": 1,
            "scopes": [scope for scope in OAUTH_SCOPES if scope not in self.lacking],
        }  # fmt: skip

    @property
    def renewals(self) -> int:
        """How many access tokens were given."""
        return len(self._given)


def _check_form(form: Mapping[str, str], *, revoked: bool) -> None:
    if form.get("grant_type") != "refresh_token":
        raise _refusal(400, "unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type")
    if form.get("client_id") != CLIENT_ID:
        raise _refusal(400, "invalid_client", "BAD_CLIENT_ID", "missing or unknown client id")
    if form.get("client_secret") != CLIENT_SECRET:
        raise _refusal(400, "invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret")
    if form.get("refresh_token") != REFRESH_TOKEN or revoked:
        raise _refusal(400, "invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")


def _refusal(status: int, error: str, code: str, message: str) -> ApiError:
    """https://developers.hubspot.com/changelog/new-oauth-v3-api-endpoints-and-standardized-error-responses"""
    refusal = ApiError(status, message, error=error, error_description=message)
    refusal.body["status"] = code
    return refusal


def _later(now: datetime, seconds: float) -> datetime:
    return datetime.fromtimestamp(now.timestamp() + seconds, now.tzinfo)
