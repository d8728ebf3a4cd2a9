"""How the sandbox's Salesforce org lets clients in: the token endpoint, SOAP ``login()``, and sessions that end.

Stands beside ``salesforce``, which asks ``Sessions`` about every call. The assertion of a JWT bearer request is
verified for good: signature, app, user, audience, end. Words of refusals:
https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flow_errors.htm
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connector.sandbox.salesforce_wire import basic_auth, oauth_error

TOKEN = "00DSB0000000001!sandbox"
CLIENT_ID, CLIENT_SECRET = "sandbox-client", "sandbox-secret"
USERNAME, PASSWORD, SECURITY_TOKEN = "integration@acme.example", "sandbox <&> password", "sandboxSecurityToken"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_LONGEST_ASSERTION = 5 * 60
_LAST_WITH_LOGIN = 64
_DISABLED = (
    "SOAP API login() is disabled by default in this org. Contact the org administrator to enable SOAP API login()."
)
_WRONG = "Invalid username, password, security token; or user locked out."
_TOKEN_NEEDED = (
    "When accessing Salesforce -- either via a desktop client or the API from outside of your company's trusted "
    "networks, you must add a security token to your password to log in."
)


class Sessions:
    """``tokens``: those that open the door. ``calls``: how many data calls a session lasts; None = without end."""

    def __init__(self) -> None:
        self.tokens = {TOKEN}
        self.calls: int | None = None
        self._used: Counter[str] = Counter()
        self._issued = count(1)

    def issue(self) -> str:
        """A new session of this org."""
        token = f"{TOKEN.partition('!')[0]}!issued-{next(self._issued)}"
        self.tokens.add(token)
        return token

    def admits(self, token: str) -> bool:
        """Whether a data call may come in, counted as one of its session's."""
        if token not in self.tokens:
            return False
        self._used[token] += 1
        if self.calls is None or self._used[token] <= self.calls:
            return True
        self.tokens.discard(token)
        return False


class SignIn:
    """The org's two doors and what a test may set on them.

    ``certificate``: the public key (PEM) registered with the app; None = the app takes no assertions. ``approved``:
    the users that may come by assertion. ``audience``: the authorization server this org is under; sandboxes are
    under ``test``. ``soap_login``: whether the org has SOAP ``login()`` switched on. ``trusted_network``: whether a
    password goes without a security token. ``api_enabled``: whether the edition has an API. ``attempts``: sign-ins.
    """

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime], identity: str) -> None:
        self.certificate: bytes | None = None
        self.approved = {USERNAME}
        self.audience = "https://test.salesforce.com"
        self.soap_login = True
        self.trusted_network = False
        self.api_enabled = True
        self.attempts = 0
        self._sessions = sessions
        self._clock = clock
        self._identity = identity

    async def token(self, request: Request) -> Response:
        """``POST /services/oauth2/token``."""
        self.attempts += 1
        form = await _form(request)
        match form.get("grant_type"):
            case "client_credentials":
                refusal = _refused_client(*(basic_auth(request) or (form.get("client_id", ""), _secret(form))))
            case grant if grant == JWT_GRANT:
                refusal = self._refused_assertion(form.get("assertion", ""))
            case _:
                refusal = ("unsupported_grant_type", "grant type not supported")
        return oauth_error(*refusal) if refusal else self._granted(request)

    async def revoke(self, request: Request) -> Response:
        """``POST /services/oauth2/revoke``: ends a session.

        https://developer.salesforce.com/docs/platform/mobile-sdk/guide/oauth-revoking-tokens.html
        """
        token = (await _form(request)).get("token")
        if token not in self._sessions.tokens:
            return oauth_error("invalid_token", "token was invalid")
        self._sessions.tokens.discard(token)
        return Response()

    def _granted(self, request: Request) -> Response:
        base = _base(request)
        issued = str(int(self._clock().timestamp() * 1000))
        return JSONResponse(
            {"access_token": self._sessions.issue(), "instance_url": base, "id": f"{base}/id/{self._identity}",
             "token_type": "Bearer", "issued_at": issued, "signature": "sandbox", "scope": "api"}
        )  # fmt: skip

    def _refused_assertion(self, assertion: str) -> tuple[str, str] | None:
        try:
            claims = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return "invalid_grant", "invalid assertion"
        if claims.get("iss") != CLIENT_ID:
            return "invalid_client_id", "client identifier invalid"
        if not self._signed(assertion):
            return "invalid_grant", "invalid assertion"
        if claims.get("aud") != self.audience:
            return "invalid_grant", "audience is invalid"
        if claims.get("sub") not in self.approved:
            return "invalid_grant", "user hasn't approved this consumer"
        return self._refused_end(claims.get("exp"))

    def _signed(self, assertion: str) -> bool:
        """Whether the registered key signed it, by RSA with SHA-256; everything else is looked at for itself."""
        unread = {f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
        try:
            jwt.decode(assertion, self.certificate or b"", algorithms=["RS256"], options=unread)  # type: ignore[arg-type]
        except (jwt.InvalidTokenError, jwt.InvalidKeyError):
            return False
        return True

    def _refused_end(self, ends: Any) -> tuple[str, str] | None:
        if not re.fullmatch(r"\d+", str(ends)):
            return "invalid_grant", "invalid assertion"
        left = int(ends) - self._clock().timestamp()
        if left <= 0:
            return "invalid_grant", "expired authorization code"
        return ("invalid_grant", "invalid assertion") if left > _LONGEST_ASSERTION else None

    async def soap(self, request: Request) -> Response:
        """``POST /services/Soap/u/{version}``: ``login()`` alone."""
        self.attempts += 1
        user, password = _login_of(await request.body())
        if refusal := self._refused_password(request.path_params["version"], user, password):
            return _soap(500, _FAULT.format(code=refusal[0], words=escape(refusal[1])))
        organization, _, user_id = self._identity.partition("/")
        url = f"{_base(request)}{request.url.path}/{organization[:15]}"
        told = {"organization": organization, "user": user_id, "name": escape(USERNAME), "url": escape(url)}
        return _soap(200, _LOGGED_IN.format(session=self._sessions.issue(), **told))

    def _refused_password(self, version: str, user: str | None, password: str | None) -> tuple[str, str] | None:
        number = re.fullmatch(r"(\d+)\.0", version)
        if number is None or int(number[1]) < 31:
            return "UNSUPPORTED_API_VERSION", f"Invalid Api version specified on URL: {version}"
        if int(number[1]) > _LAST_WITH_LOGIN:
            return "INVALID_OPERATION", f"SOAP API login() is not available in API version {version}."
        if not self.soap_login:
            return "INVALID_OPERATION", _DISABLED
        if not self.api_enabled:
            return "API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner"
        if user != USERNAME or password not in (PASSWORD, PASSWORD + SECURITY_TOKEN):
            return "INVALID_LOGIN", _WRONG
        if password == PASSWORD and not self.trusted_network:
            return "LOGIN_MUST_USE_SECURITY_TOKEN", _TOKEN_NEEDED
        return None


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode()))


def _secret(form: Mapping[str, str]) -> str:
    return form.get("client_secret", "")


def _refused_client(client_id: str, secret: str) -> tuple[str, str] | None:
    if client_id != CLIENT_ID:
        return "invalid_client_id", "client identifier invalid"
    return None if secret == CLIENT_SECRET else ("invalid_client", "invalid client credentials")


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


_PARTNER = "{urn:partner.soap.sforce.com}"


def _login_of(content: bytes) -> tuple[str | None, str | None]:
    """User name and password of a ``login`` request; None for what it lacks."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return None, None
    login = next(root.iter(f"{_PARTNER}login"), None)
    if login is None:
        return None, None
    return login.findtext(f"{_PARTNER}username"), login.findtext(f"{_PARTNER}password")


def _soap(status: int, body: str) -> Response:
    return Response(_ENVELOPE.format(body=body), status, media_type="text/xml; charset=utf-8")


_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'
)
_FAULT = (
    "<soapenv:Fault><faultcode>sf:{code}</faultcode><faultstring>{code}: {words}</faultstring><detail>"
    '<sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{code}</sf:exceptionCode>'
    "<sf:exceptionMessage>{words}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>"
)
_LOGGED_IN = (
    "<loginResponse><result><metadataServerUrl>{url}</metadataServerUrl><passwordExpired>false</passwordExpired>"
    "<sandbox>true</sandbox><serverUrl>{url}</serverUrl><sessionId>{session}</sessionId><userId>{user}</userId>"
    "<userInfo><organizationId>{organization}</organizationId><organizationName>Sandbox Org</organizationName>"
    "<sessionSecondsValid>7200</sessionSecondsValid><userEmail>{name}</userEmail>"
    "<userFullName>Integration User</userFullName><userId>{user}</userId><userName>{name}</userName>"
    "<userTimeZone>UTC</userTimeZone><userType>Standard</userType></userInfo></result></loginResponse>"
)
"""https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_login_loginresult.htm"""
