"""What each sign-in sends, and what a refusal of it means; no wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.crm.salesforce.credentials import (
    ClientCredentials,
    Credentials,
    Password,
    SignedAssertion,
    Token,
    credentials_of,
    hint,
)
from connector.crm.salesforce.signin import account_of
from connector.crm.salesforce.soap import login_envelope, texts
from connector.errors import ConfigError
from connector.redact import Secret
from tests.crm.salesforce.bench import INSTANCE
from tests.keys import UNFIT, pem, public_pem, rsa_key

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
XML_TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters=[chr(0xFFFE), chr(0xFFFF)])).filter(
    lambda text: all(char >= " " for char in text)
)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "salesforce.key"
    file.write_bytes(pem(rsa_key()))
    return file


def by_jwt(key_file: Path, **parts: Any) -> dict[str, Any]:
    return {"auth": "jwt", "client_id": "app", "username": "sync@acme.example", "private_key_file": key_file, **parts}


@pytest.mark.parametrize(
    ("parts", "audience"),
    [
        ({}, "https://login.salesforce.com"),
        ({"sandbox": False}, "https://login.salesforce.com"),
        ({"sandbox": True}, "https://test.salesforce.com"),
        ({"sandbox": True, "audience": "https://acme.example/customers"}, "https://acme.example/customers"),
    ],
)
def test_an_assertion_says_who_for_whom_and_until_when(key_file: Path, parts: dict[str, Any], audience: str) -> None:
    credentials = credentials_of(by_jwt(key_file, **parts))
    assert isinstance(credentials, SignedAssertion)
    form = credentials.form(NOW)
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert jwt.get_unverified_header(form["assertion"])["alg"] == "RS256"
    public = public_pem(rsa_key()).decode()
    claims = jwt.decode(form["assertion"], public, ["RS256"], audience=audience, options={"verify_exp": False})
    ends = int((NOW + timedelta(minutes=3)).timestamp())
    assert claims == {"iss": "app", "sub": "sync@acme.example", "aud": audience, "exp": ends}


@pytest.mark.parametrize(("content", "reason"), UNFIT.values(), ids=UNFIT)
def test_a_key_that_cannot_sign_is_refused_at_once(key_file: Path, content: bytes, reason: str) -> None:
    key_file.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        account_of({"instance_url": INSTANCE, **by_jwt(key_file)})
    assert refused.value.message == f"connection.private_key_file: {key_file} {reason}"


def test_no_credential_shows_itself(key_file: Path) -> None:
    signed = credentials_of(by_jwt(key_file))
    shown = [
        repr(one)
        for one in (signed, Password("u", Secret("s3cret"), Secret("s3cret")), Token(Secret("s3cret")),
                    ClientCredentials("app", Secret("s3cret")))
    ]  # fmt: skip
    assert all("***" in text and "s3cret" not in text and "KEY" not in text for text in shown)


@pytest.mark.parametrize(
    ("connection", "version", "path", "renewable"),
    [
        ({"auth": "token", "access_token": Secret("t")}, "68.0", "/services/oauth2/token", False),
        (
            {"auth": "client_credentials", "client_id": "a", "client_secret": Secret("b")},
            "68.0", "/services/oauth2/token", True,
        ),
        ({"auth": "password", "username": "u", "password": Secret("p")}, "64.0", "/services/Soap/u/64.0", True),
        (
            {"auth": "password", "username": "u", "password": Secret("p"), "api_version": "58.0"},
            "58.0", "/services/Soap/u/58.0", True,
        ),
    ],
)  # fmt: skip
def test_version_and_path_of_each_method(connection: dict[str, Any], version: str, path: str, renewable: bool) -> None:
    account = account_of({"instance_url": INSTANCE, **connection})
    assert (account.api_version, account.path, account.renewable) == (version, path, renewable)


@given(user=XML_TEXT, password=XML_TEXT, token=st.none() | XML_TEXT)
def test_whatever_a_password_holds_arrives_as_it_is(user: str, password: str, token: str | None) -> None:
    envelope = login_envelope(Password(user, Secret(password), Secret(token) if token is not None else None))
    login = next(ElementTree.fromstring(envelope).iter("{urn:partner.soap.sforce.com}login"))
    sent = [element.text or "" for element in login]
    assert sent == [user, password + (token or "")]


def test_an_answer_is_read_by_its_elements_whatever_their_prefix() -> None:
    fault = b"""<a:Envelope xmlns:a="x"><a:Fault><sf:exceptionCode xmlns:sf="y"> INVALID_LOGIN </sf:exceptionCode>
        <exceptionMessage>no &amp; no</exceptionMessage></a:Fault></a:Envelope>"""
    assert texts(fault) == {
        "Envelope": "", "Fault": "", "exceptionCode": "INVALID_LOGIN", "exceptionMessage": "no & no",
    }  # fmt: skip


@given(st.binary())
def test_what_is_no_xml_reads_as_nothing(content: bytes) -> None:
    assert texts(content) == {} or b"<" in content


@pytest.mark.parametrize("content", [b"", b"<html>", b'<?xml version="1.0" encoding="klingon"?><a/>', b"\xff\xfe"])
def test_a_broken_answer_reads_as_nothing(content: bytes) -> None:
    assert texts(content) == {}


PASSWORD = Password("u", Secret("p"))
ASSERTION = SignedAssertion("app", "u", Secret("k"), "https://login.salesforce.com")
CLIENT = ClientCredentials("app", Secret("s"))


@pytest.mark.parametrize(
    ("credentials", "code", "words", "part"),
    [
        (ASSERTION, "invalid_grant", "user hasn't approved this consumer", "pre-authorize the user"),
        (ASSERTION, "invalid_grant", "audience is invalid", "connection.sandbox: true"),
        (ASSERTION, "invalid_grant", "expired authorization code", "clock"),
        (ASSERTION, "invalid_grant", "invalid assertion", "connection.private_key_file"),
        (ASSERTION, "invalid_grant", "something new", "connection.username"),
        (ASSERTION, "invalid_client", "invalid client credentials", "connection.private_key_file"),
        (PASSWORD, "INVALID_LOGIN", "", "connection.username"),
        (PASSWORD, "LOGIN_MUST_USE_SECURITY_TOKEN", "", "connection.security_token"),
        (PASSWORD, "INVALID_OPERATION", "", "client_credentials or jwt"),
        (CLIENT, "invalid_client", "", "connection.client_secret"),
        (CLIENT, "invalid_grant", "", "run-as user"),
    ],
)
def test_a_refusal_says_what_to_do(credentials: Credentials, code: str, words: str, part: str) -> None:
    assert part in (hint(credentials, code, words) or "")


def test_an_unknown_refusal_has_no_hint_of_its_own() -> None:
    assert hint(PASSWORD, "SOMETHING_NEW", "words") is None
    assert hint(CLIENT, "INVALID_LOGIN", "words") is None
