"""The options of ``init`` as answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.cli.given import Given, answers_of, beside, default_org

SALESFORCE = Given(Path("config.yaml"), crm="salesforce", instance_url="https://acme.my.salesforce.com")


def test_salesforce_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answers = answers_of(SALESFORCE)
    assert (answers.org, answers.objects) == ("acme", ("Account", "Contact"))
    assert answers.connection == {
        "instance_url": "https://acme.my.salesforce.com", "auth": "client_credentials",
        "client_id": "${SF_CLIENT_ID}", "client_secret": "${SF_CLIENT_SECRET}",
    }  # fmt: skip
    assert answers.lusha == {"api_key": "${LUSHA_API_KEY}"}
    assert answers.variables == ("SF_CLIENT_ID", "SF_CLIENT_SECRET", "LUSHA_API_KEY")


@pytest.mark.parametrize(
    ("auth", "keys"),
    [
        ("jwt", {"client_id": "${SF_CLIENT_ID}", "username": "ada@example.com", "private_key_file": "keys/sf.pem"}),
        ("token", {"access_token": "${SF_ACCESS_TOKEN}", "username": "ada@example.com"}),
        ("password", {"username": "ada@example.com", "password": "${MY_PASSWORD}", "security_token": "${TOKEN}"}),
    ],
)
def test_every_way_to_sign_in(auth: str, keys: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    given = Given(
        Path("config.yaml"), crm="salesforce", instance_url="https://a.example.com", auth=auth,
        username="ada@example.com", private_key_file=Path("keys/sf.pem") if auth == "jwt" else None,
        env=("password=MY_PASSWORD", "security_token=TOKEN") if auth == "password" else (),
    )  # fmt: skip
    connection = dict(answers_of(given).connection)
    assert connection.pop("auth") == auth
    del connection["instance_url"]
    assert connection == keys


@pytest.mark.parametrize(
    ("url", "said", "is_sandbox"),
    [("https://a--uat.sandbox.my.salesforce.com", False, True), ("https://a.my.salesforce.com", False, False),
     ("https://a.example.com", True, True)],
)  # fmt: skip
def test_a_sandbox_is_told_or_known_by_its_address(url: str, said: bool, is_sandbox: bool, tmp_path: Path) -> None:
    given = Given(
        tmp_path / "config.yaml",
        crm="salesforce",
        instance_url=url,
        auth="jwt",
        private_key_file=Path("x"),
        sandbox=said,
    )
    assert answers_of(given).connection.get("sandbox", False) is is_sandbox


def test_hubspot_by_oauth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answers = answers_of(Given(Path("config.yaml"), crm="hubspot", auth="oauth", objects=("contact", "company")))
    assert answers.objects == ("companies", "contacts")
    assert answers.connection == {
        key: f"${{HUBSPOT_{key.upper()}}}" for key in ("client_id", "client_secret", "refresh_token")
    }


def test_files_are_named_from_the_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert beside(Path("sub/ca.pem"), tmp_path / "sub") == "ca.pem"
    assert beside(Path("ca.pem"), tmp_path / "sub") == str(tmp_path / "ca.pem")


@pytest.mark.parametrize(
    ("url", "name"), [("https://10.0.0.1", "salesforce"), ("nonsense", "salesforce"), ("https://a.b.example", "a")]
)
def test_an_org_is_called_by_its_address(url: str, name: str) -> None:
    assert default_org("salesforce", url) == name
