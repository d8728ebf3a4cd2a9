"""Addresses, certificates, plain http on loopback, and the token endpoint's odd answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from connector.crm.salesforce.session import TIMEOUT, open_session
from connector.crm.salesforce.signin import account_of
from connector.errors import AccessDenied, ConfigError, VendorUnreachable
from connector.redact import Secret
from tests.crm.salesforce.bench import (
    BY_CLIENT,
    INSTANCE,
    Step,
    described,
    no_sleep,
    refusal,
    reply,
    scripted,
    token_reply,
)


def connection(**parts: Any) -> dict[str, Any]:
    return {"auth": "token", "instance_url": INSTANCE, "access_token": Secret("t"), **parts}


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://acme.my.salesforce.com", "acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com/", "acme.my.salesforce.com"),
        ("https://acme--uat.sandbox.my.salesforce.com", "acme--uat.sandbox.my.salesforce.com"),
        ("https://acme-dev-ed.develop.my.salesforce.com", "acme-dev-ed.develop.my.salesforce.com"),
        ("http://127.0.0.1:8123", "127.0.0.1:8123"),
        ("http://localhost:8123", "localhost:8123"),
        ("http://[::1]:8123", "[::1]:8123"),
    ],
)
def test_good_addresses(url: str, host: str) -> None:
    account = account_of(connection(instance_url=url))
    assert (account.instance, account.login, account.api_version) == (host, host, "68.0")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://acme.my.salesforce.com", "http:// would send the key unencrypted; use https://"),
        ("http://127.0.0.1.evil.example", "http:// would send the key unencrypted; use https://"),
        ("https://user:pw@acme.example", "only scheme and host belong here, such as https://acme.example"),
        ("https://acme.example/services", "only scheme and host belong here, such as https://acme.example"),
        ("https://acme.example?x=1", "only scheme and host belong here, such as https://acme.example"),
        ("acme.example", "'acme.example' is no address; write https://acme.my.salesforce.com"),
        ("https://acme.example:port", "'https://acme.example:port' is no address"),
        ("ftp://acme.example", "'ftp://acme.example' is no address; write https://acme.my.salesforce.com"),
    ],
)
@pytest.mark.parametrize("key", ["instance_url", "login_url"])
def test_bad_addresses(key: str, url: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        account_of(connection(**{key: url}))
    assert refused.value.message == f"connection.{key}: {message}"


def test_a_missing_ca_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"connection.ca_file: there is no file .*nowhere\.pem"):
        open_session(connection(ca_file=tmp_path / "nowhere.pem"))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, dict[str, Any]]]:
    """What reaches requests' own adapter: the address and the options."""
    seen: list[tuple[str | None, dict[str, Any]]] = []

    def send(_self: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        seen.append((request.url, options))
        answer = reply(200, {})
        answer.request, answer.url = request, str(request.url)
        return answer

    monkeypatch.setattr(HTTPAdapter, "send", send)
    return seen


def test_every_call_has_a_time_limit_and_is_verified(sent: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    open_session(connection()).post(f"{INSTANCE}/x")
    ((url, options),) = sent
    assert url == f"{INSTANCE}/x"
    assert (options["timeout"], options["verify"]) == (TIMEOUT, True)


def test_only_the_named_loopback_origin_is_spoken_to_in_plain_http(sent: list[Any]) -> None:
    session = open_session(connection(instance_url="http://127.0.0.1:8123"))
    for url in ("https://127.0.0.1:8123/x", "https://127.0.0.1:8124/x", "https://acme.my.salesforce.com/x"):
        session.get(url)
    assert sent[0][1]["proxies"] is None
    assert [url for url, _ in sent] == [
        "http://127.0.0.1:8123/x",
        "https://127.0.0.1:8124/x",
        "https://acme.my.salesforce.com/x",
    ]


def test_a_netrc_file_never_replaces_the_token(
    sent: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine acme.my.salesforce.com login jane password none\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    answer = open_session(connection()).get(f"{INSTANCE}/x", headers={"Authorization": "Bearer t"})
    assert answer.request.headers["Authorization"] == "Bearer t"


def test_client_credentials_go_to_the_login_host_and_calls_to_the_instance_of_the_config() -> None:
    crm, script = scripted(
        token_reply(instance="https://acme--eu.my.salesforce.com"),
        described(),
        login_url="https://login.acme.example",
        **BY_CLIENT,
    )
    crm.schema("Contact")
    first, second = script.requests
    assert first.url == "https://login.acme.example/services/oauth2/token"
    assert first.body == "grant_type=client_credentials&client_id=app&client_secret=s3cret"
    assert second.url == "https://acme.my.salesforce.com/services/data/v68.0/sobjects/Contact/describe"
    assert second.headers["Authorization"] == "Bearer 00D000000000001!t1"
    assert crm.calls.read == 2


@pytest.mark.parametrize(
    ("steps", "slept"),
    [
        ([reply(503, b"<html>busy</html>")], 1),
        ([reply(500, [{"not": "an object"}])], 1),
        ([reply(200, {"access_token": "t"})], 1),
        ([reply(200, b"<html>")], 1),
        ([reply(400, {"error": "unknown_error", "error_description": "retry your request"})], 1),
        ([requests.ReadTimeout(), requests.ConnectionError("cut")], 2),
    ],
)
def test_a_stumbling_token_endpoint_is_asked_again(steps: list[Step], slept: int) -> None:
    crm, script = scripted(*steps, token_reply(), described(), **BY_CLIENT)
    crm.schema("Contact")
    assert len(script.slept) == slept


@pytest.mark.parametrize(
    ("step", "kind", "message"),
    [
        (
            reply(400, {"error": "invalid_grant", "error_description": "no client credentials user enabled"}),
            AccessDenied,
            "with 400: invalid_grant: no client credentials user enabled",
        ),
        (reply(302, b"", Location="https://elsewhere.example"), ConfigError, "with 302"),
        (reply(404, b"<html>"), ConfigError, "with 404"),
        (refusal(403, "X"), AccessDenied, "with 403"),
    ],
)
def test_a_refusing_token_endpoint_is_not_asked_again(step: Step, kind: type[Exception], message: str) -> None:
    crm, script = scripted(step, **BY_CLIENT)
    with pytest.raises(kind) as refused:
        crm.schema("Contact")
    prefix = "Salesforce refused POST /services/oauth2/token (acme.my.salesforce.com) "
    assert str(refused.value) == prefix + message
    assert "s3cret" not in str(refused.value)
    assert len(script.requests) == 1


def test_a_dead_token_endpoint_is_given_up_on() -> None:
    crm, script = scripted(*[reply(503, b"")] * 5, **BY_CLIENT)
    with pytest.raises(VendorUnreachable, match="with 503 after 5 attempts"):
        crm.schema("Contact")
    assert len(script.slept) == 4


def test_connecting_sends_nothing() -> None:
    from connector.crm.salesforce import connect

    crm = connect(connection(api_reserve=None), sleep=no_sleep)
    assert (crm.name, crm.write_batch, crm.calls.read, crm.calls.write) == ("salesforce", 200, 0, 0)
    assert crm.consent.opted_out == ("HasOptedOutOfEmail", "PersonHasOptedOutOfEmail")
    assert crm.consent.do_not_call == ("DoNotCall", "PersonDoNotCall")
    crm.close()
