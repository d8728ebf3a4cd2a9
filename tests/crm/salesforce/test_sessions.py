"""Every sign-in against the sandbox: who comes in, who does not and why, and sessions that end in mid-run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.crm.base import Crm, Query
from connector.errors import AccessDenied, NotDone, VendorUnreachable
from connector.models import Update
from connector.redact import Secret
from connector.sandbox.salesforce import CLIENT_ID, CLIENT_SECRET, TOKEN
from connector.sandbox.salesforce_signin import PASSWORD, SECURITY_TOKEN, USERNAME
from tests.crm.patience import patiently
from tests.crm.salesforce.bench import INSTANCE, SandboxBench, described, refusal, reply, sandbox_bench, scripted
from tests.crm.salesforce.test_transport import cut
from tests.keys import pem, public_pem, rsa_key

RENEWABLE = ("client_credentials", "jwt", "password")


@pytest.fixture
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench() as one:
        one.org.sign_in.certificate = public_pem(rsa_key())
        yield one


@pytest.fixture
def ways(tmp_path: Path) -> Mapping[str, dict[str, Any]]:
    """A good connection of each method, less the address."""
    key = tmp_path / "salesforce.key"
    key.write_bytes(pem(rsa_key()))
    jwt = {"client_id": CLIENT_ID, "username": USERNAME, "private_key_file": key, "sandbox": True}
    password = {"username": USERNAME, "password": Secret(PASSWORD), "security_token": Secret(SECURITY_TOKEN)}
    ways = {
        "token": {"access_token": Secret(TOKEN)},
        "client_credentials": {"client_id": CLIENT_ID, "client_secret": Secret(CLIENT_SECRET)},
        "jwt": jwt,
        "password": password,
    }
    return {auth: {"auth": auth, **keys} for auth, keys in ways.items()}


def denied(crm: Crm) -> AccessDenied:
    with pytest.raises(AccessDenied) as refused:
        crm.schema("Contact")
    return refused.value


@pytest.mark.parametrize("auth", ["token", *RENEWABLE])
def test_each_way_in_reads_and_writes(bench: SandboxBench, ways: Mapping[str, Any], auth: str) -> None:
    (id,) = bench.seed([{"Title": "CTO"}])
    crm = bench.connect(**ways[auth])
    (page,) = crm.read(Query("Contact", ("Title",)))
    assert [record.values for record in page] == [{"Title": "CTO"}]
    (result,) = crm.update("Contact", [Update(id, {"Title": "CEO"})])
    assert result.written == {"Title"}
    assert crm.tenant_id() == "00DSB0000000001"
    version = "v64.0" if auth == "password" else "v68.0"
    paths = {request.path.split("/")[3] for request in bench.org.requests if request.path.startswith("/services/data")}
    assert paths == {version}


@pytest.mark.parametrize(
    ("parts", "words", "part"),
    [
        ({"client_id": "other"}, "invalid_client_id: client identifier invalid", "check connection.client_id"),
        ({"username": "nobody@acme.example"}, "invalid_grant: user hasn't approved this consumer", "pre-authorize"),
        ({"sandbox": False}, "invalid_grant: audience is invalid", "connection.sandbox: true"),
        ({"audience": "https://acme.example"}, "invalid_grant: audience is invalid", "connection.sandbox: true"),
    ],
)
def test_a_wrong_assertion_is_told_in_salesforces_words(
    bench: SandboxBench, ways: Mapping[str, Any], parts: dict[str, Any], words: str, part: str
) -> None:
    refused = denied(bench.connect(**{**ways["jwt"], **parts}))
    host = bench.url.removeprefix("http://")
    assert refused.message == f"Salesforce refused POST /services/oauth2/token ({host}) with 400: {words}"
    assert part in str(refused.hint)
    assert bench.org.sign_in.attempts == 1


def test_a_key_that_the_app_does_not_know_is_refused(bench: SandboxBench, ways: Mapping[str, Any]) -> None:
    bench.org.sign_in.certificate = public_pem(rsa_key(1))
    refused = denied(bench.connect(**ways["jwt"]))
    assert refused.message.endswith("with 400: invalid_grant: invalid assertion")
    assert "certificate of the app" in str(refused.hint)


@pytest.mark.parametrize(
    ("behind", "words"),
    [(timedelta(minutes=4), "expired authorization code"), (timedelta(hours=-1), "invalid assertion")],
)
def test_a_clock_that_is_wrong_is_told(
    bench: SandboxBench, ways: Mapping[str, Any], behind: timedelta, words: str
) -> None:
    ours = bench.wall.time
    crm = bench.connect(**ways["jwt"], now=lambda: ours - behind)
    refused = denied(crm)
    assert refused.message.endswith(f"with 400: invalid_grant: {words}")
    assert "clock" in str(refused.hint)


@pytest.mark.parametrize("parts", [{"password": Secret("wrong")}, {"username": "x@acme.example"}])
def test_a_wrong_password_is_tried_once(bench: SandboxBench, ways: Mapping[str, Any], parts: dict[str, Any]) -> None:
    refused = denied(bench.connect(**{**ways["password"], **parts}))
    host = bench.url.removeprefix("http://")
    assert refused.message == (
        f"Salesforce refused POST /services/Soap/u/64.0 ({host}) with 500: "
        "INVALID_LOGIN: Invalid username, password, security token; or user locked out."
    )
    assert "connection.security_token" in str(refused.hint) or "security_token" in str(refused.hint)
    assert bench.org.sign_in.attempts == 1


def test_without_a_security_token_only_a_trusted_network_will_do(bench: SandboxBench, ways: Mapping[str, Any]) -> None:
    connection = {**ways["password"], "security_token": None}
    refused = denied(bench.connect(**connection))
    assert "with 500: LOGIN_MUST_USE_SECURITY_TOKEN: " in refused.message
    assert refused.hint == "set connection.security_token, or let the org trust this network's addresses"
    bench.org.sign_in.trusted_network = True
    assert "Title" in bench.connect(**connection).schema("Contact")


@pytest.mark.parametrize(
    ("switch", "words", "hint"),
    [
        (
            "soap_login",
            "INVALID_OPERATION: SOAP API login() is disabled by default in this org.",
            "use auth: client_credentials or jwt, or let the Salesforce administrator enable SOAP API login()",
        ),
        (
            "api_enabled",
            "API_DISABLED_FOR_ORG: API is not enabled for this Organization or Partner",
            "this edition or user has no API access: ask the Salesforce administrator",
        ),
    ],
)
def test_an_org_that_is_closed_says_so(
    bench: SandboxBench, ways: Mapping[str, Any], switch: str, words: str, hint: str
) -> None:
    setattr(bench.org.sign_in, switch, False)
    refused = denied(bench.connect(**ways["password"]))
    assert words in refused.message
    assert refused.hint == hint
    assert bench.org.sign_in.attempts == 1


def test_a_version_without_login_is_refused_by_salesforce_too(bench: SandboxBench, ways: Mapping[str, Any]) -> None:
    refused = denied(bench.connect(**ways["password"], api_version="65.0"))
    assert "with 500: INVALID_OPERATION: SOAP API login() is not available in API version 65.0." in refused.message


@pytest.mark.parametrize("auth", RENEWABLE)
def test_a_session_that_ended_is_renewed_and_every_header_sent_again(
    bench: SandboxBench, ways: Mapping[str, Any], auth: str
) -> None:
    (id,) = bench.seed([{"Title": "CTO"}])
    crm = bench.connect(**ways[auth], duplicate_rules="allow")
    seen = crm.fetch("Contact", [id], ["Title"])[id].modified
    bench.org.tokens.clear()
    (result,) = crm.update("Contact", [Update(id, {"Title": "CEO"}, seen=seen, strict=True)])
    assert result.written == {"Title"}
    first, again = (request for request in bench.org.requests if request.method == "PATCH")
    assert first.headers == again.headers
    assert again.headers["sforce-auto-assign"] == "FALSE"
    assert again.headers["sforce-duplicate-rule-header"] == "allowSave=true"
    assert again.headers["if-unmodified-since"]
    assert again.headers["x-prettyprint"] == "0"


@pytest.mark.parametrize("auth", RENEWABLE)
def test_sessions_that_end_every_few_calls_end_no_run(bench: SandboxBench, ways: Mapping[str, Any], auth: str) -> None:
    ids = bench.seed([{"Title": "CTO"} for _ in range(12)])
    bench.org.session_calls = 3
    crm = bench.connect(**ways[auth])
    for number, id in enumerate(ids):
        assert crm.fetch("Contact", [id], ["Title"])[id].values == {"Title": "CTO"}
        (result,) = patiently(crm, "Contact", [Update(id, {"Title": f"T{number}"})])
        assert result.written == {"Title"}
    assert bench.org.sign_in.attempts > 5


def test_a_token_that_ended_is_not_renewed(bench: SandboxBench, ways: Mapping[str, Any]) -> None:
    bench.org.session_calls = 1
    crm = bench.connect(**ways["token"])
    crm.schema("Contact")
    with pytest.raises(AccessDenied) as refused:
        crm.fetch("Contact", [bench.unknown_id()], ["Title"])
    assert refused.value.hint == (
        "a token cannot renew itself: renew connection.access_token, or use auth: client_credentials or jwt"
    )
    assert bench.org.sign_in.attempts == 0


# Against a script: what no honest server does

EXPIRED = refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")
BY_PASSWORD = {"auth": "password", "username": "u@acme.example", "password": Secret("s3cret")}
LOGGED_IN = """<Envelope><Body><loginResponse><result><serverUrl>{url}/services/Soap/u/64.0/00D</serverUrl>
<sessionId>00D000000000001!soap</sessionId></result></loginResponse></Body></Envelope>"""


def logged_in(url: str = INSTANCE) -> Any:
    return reply(200, LOGGED_IN.format(url=url).encode())


def test_a_password_goes_to_the_login_host_in_soap_and_calls_to_the_instance() -> None:
    crm, script = scripted(logged_in(), described(), login_url="https://login.salesforce.com", **BY_PASSWORD)
    crm.schema("Contact")
    first, second = script.requests
    assert first.url == "https://login.salesforce.com/services/Soap/u/64.0"
    assert (first.headers["SOAPAction"], first.headers["Content-Type"]) == ("login", "text/xml; charset=UTF-8")
    assert second.url == f"{INSTANCE}/services/data/v64.0/sobjects/Contact/describe"
    assert second.headers["Authorization"] == "Bearer 00D000000000001!soap"


def test_a_session_of_another_org_names_the_right_address() -> None:
    elsewhere = "https://acme--uat.sandbox.my.salesforce.com"
    crm, script = scripted(logged_in(elsewhere), EXPIRED, logged_in(elsewhere), EXPIRED, **BY_PASSWORD)
    refused = denied(crm)
    assert refused.hint == f"Salesforce says that this user's org is {elsewhere}: make that connection.instance_url"
    assert {request.url.partition("/services")[0] for request in script.requests if request.url} == {INSTANCE}


def test_a_fresh_session_that_its_own_org_refuses_is_a_matter_of_settings() -> None:
    crm, _ = scripted(logged_in(), EXPIRED, logged_in(), EXPIRED, **BY_PASSWORD)
    assert "session settings" in str(denied(crm).hint)


def test_a_session_that_ends_while_a_busy_org_is_waited_for_is_renewed_again() -> None:
    crm, script = scripted(
        logged_in(), EXPIRED, logged_in(), reply(503, b""), EXPIRED, logged_in(), described(), **BY_PASSWORD
    )
    assert "Title" in crm.schema("Contact")
    assert len(script.slept) == 1


def test_an_unknown_fault_is_not_tried_again() -> None:
    fault = b"<Fault><exceptionCode>PASSWORD_LOCKOUT</exceptionCode><exceptionMessage>wait</exceptionMessage></Fault>"
    crm, script = scripted(reply(500, fault), **BY_PASSWORD)
    refused = denied(crm)
    assert refused.message.endswith("with 500: PASSWORD_LOCKOUT: wait")
    assert refused.hint == "check the credentials of this connection"
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "step",
    [
        reply(500, b"<html>"), reply(503, b""), reply(200, b"<html/>"), reply(200, b"no xml"), cut(),
        reply(200, b"<a><sessionId>x</sessionId></a>"),
        reply(500, b"<Fault><exceptionCode>SERVER_UNAVAILABLE</exceptionCode></Fault>"),
    ],
)  # fmt: skip
def test_a_stumbling_login_is_asked_again(step: Any) -> None:
    crm, script = scripted(step, logged_in(), described(), **BY_PASSWORD)
    assert "Title" in crm.schema("Contact")
    assert len(script.slept) == 1


def test_a_write_whose_session_ended_waits_for_a_new_look() -> None:
    id = "003000000000001AAA"
    crm, _ = scripted(logged_in(), EXPIRED, **BY_PASSWORD)
    with pytest.raises(NotDone):
        crm.update("Contact", [Update(id, {"Title": "CEO"})])


def test_no_secret_stands_in_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    crm, _ = scripted(*[reply(503, b"")] * 5, **BY_PASSWORD)
    with pytest.raises(VendorUnreachable) as unreachable:
        crm.schema("Contact")
    assert "s3cret" not in f"{unreachable.value} {unreachable.value.hint} {caplog.text}"
