"""How a Salesforce org signs in: what each method takes, what it may not have, and what is warned of."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.config.signing_in import API_VERSIONS
from connector.crm.salesforce import soap
from connector.redact import Secret
from tests.config.samples import CONFIG, ENV, load, problems, swap
from tests.keys import UNFIT, pem, rsa_key

AT = "orgs.acme.connection"
CLIENT = """\
      auth: client_credentials     # see the table below
      client_id: ${SF_CLIENT_ID}
      client_secret: ${SF_CLIENT_SECRET}
"""
JWT = """\
      auth: jwt
      client_id: ${SF_CLIENT_ID}
      username: sync@acme.example
      private_key_file: keys/salesforce.key
"""
PASSWORD = """\
      auth: password
      username: sync@acme.example
      password: ${SF_PASSWORD}
      security_token: ${SF_SECURITY_TOKEN}
"""
SECRETS = {**ENV, "SF_PASSWORD": "pa55 & word", "SF_SECURITY_TOKEN": "t0ken"}
RETIRES = (
    f"config.yaml:19:7: {AT}.auth: signing in by password ends with Salesforce's Summer '27 release, "
    "and no API version after 64.0 has it; move to client_credentials or jwt"
)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A fit key where JWT looks for it, for its owner alone."""
    file = tmp_path / "keys" / "salesforce.key"
    file.parent.mkdir()
    file.write_bytes(pem(rsa_key()))
    file.chmod(0o600)
    return file


def signing_in(lines: str) -> str:
    return swap(CONFIG, CLIENT, lines)


def told(folder: Path, lines: str) -> list[str]:
    return problems(folder, signing_in(lines), env=SECRETS)


def test_jwt_as_settings(tmp_path: Path, key: Path) -> None:
    config = load(tmp_path, signing_in(JWT + "      sandbox: true\n"), env=SECRETS)
    assert config.orgs["acme"].connection.items() >= {
        ("auth", "jwt"),
        ("client_id", "sf-id"),
        ("username", "sync@acme.example"),
        ("private_key_file", key),
        ("sandbox", True),
        ("api_version", "68.0"),
    }
    assert config.warnings == ()


def test_password_as_settings_with_its_version_and_a_warning(tmp_path: Path) -> None:
    config = load(tmp_path, signing_in(PASSWORD), env=SECRETS)
    connection = config.orgs["acme"].connection
    assert (connection["username"], connection["api_version"]) == ("sync@acme.example", "64.0")
    assert (connection["password"], connection["security_token"]) == (Secret("pa55 & word"), Secret("t0ken"))
    assert [warning.replace(f"{tmp_path}/", "") for warning in config.warnings] == [RETIRES]


@pytest.mark.parametrize("line", ["", "      security_token: null\n"])
def test_a_password_goes_without_a_security_token(tmp_path: Path, line: str) -> None:
    text = signing_in(swap(PASSWORD, "      security_token: ${SF_SECURITY_TOKEN}\n", line))
    assert load(tmp_path, text, env=SECRETS).orgs["acme"].connection.get("security_token") is None


def test_the_default_version_is_the_last_that_has_login() -> None:
    assert API_VERSIONS == {"password": soap.LAST_VERSION}


@pytest.mark.parametrize("version", ["31.0", "64.0"])
def test_a_password_keeps_an_older_version(tmp_path: Path, version: str) -> None:
    config = load(tmp_path, signing_in(PASSWORD + f"      api_version: {version}\n"), env=SECRETS)
    assert config.orgs["acme"].connection["api_version"] == version


@pytest.mark.parametrize("version", ["65.0", "68.0", "30.0"])
def test_a_password_with_a_version_that_has_no_login_is_refused(tmp_path: Path, version: str) -> None:
    assert told(tmp_path, PASSWORD + f"      api_version: {version}\n") == [
        f"config.yaml:23:7: {AT}.api_version: auth: password works with 31.0 to 64.0 alone; take the line out"
    ]


def test_allowing_duplicates_needs_a_version_that_can(tmp_path: Path) -> None:
    allow = "      duplicate_rules: allow\n"
    config = load(tmp_path, signing_in(CLIENT + allow + "      api_version: 52.0\n"))
    assert config.orgs["acme"].connection["duplicate_rules"] == "allow"
    assert told(tmp_path, CLIENT + allow + "      api_version: 51.0\n") == [
        f"config.yaml:23:7: {AT}.api_version: duplicate_rules: allow needs 52.0 or later"
    ]
    assert told(tmp_path, CLIENT + allow + "      bulk_write_from: 2000\n") == [
        f"config.yaml:23:7: {AT}.bulk_write_from: a bulk job has no way to say duplicate_rules: allow; "
        "take one of the two out"
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "      auth: jwt\n",
            [
                f"17:5: {AT}: auth: jwt needs client_id",
                f"17:5: {AT}: auth: jwt needs private_key_file",
                f"17:5: {AT}: auth: jwt needs username",
            ],
        ),
        (
            "      auth: password\n",
            [f"17:5: {AT}: auth: password needs password", f"17:5: {AT}: auth: password needs username"],
        ),
        (
            JWT + "      client_secret: s\n      passwort: p\n",
            [
                f"23:7: {AT}.client_secret: belongs to auth: client_credentials; this is auth: jwt",
                f"24:7: {AT}.passwort: unknown key — did you mean 'password'?",
            ],
        ),
        (
            PASSWORD + "      private_key_file: x\n      access_token: t\n",
            [
                f"23:7: {AT}.private_key_file: belongs to auth: jwt; this is auth: password",
                f"24:7: {AT}.access_token: belongs to auth: token; this is auth: password",
            ],
        ),
        (
            CLIENT + "      username: u\n",
            [f"22:7: {AT}.username: belongs to auth: jwt or password; this is auth: client_credentials"],
        ),
        (
            "      client_id: a\n      client_secret: b\n      security_token: c\n",
            [f"21:7: {AT}.security_token: belongs to auth: password; this is auth: client_credentials, the default"],
        ),
        (
            JWT + "      audience: login.salesforce.com\n",
            [
                f"23:7: {AT}.audience: expected an absolute URL such as https://host.example, found"
                f" 'login.salesforce.com'"
            ],
        ),
        ("      auth: jtw\n", [f"19:7: {AT}.auth: no sign-in method 'jtw' — did you mean 'jwt'?"]),
    ],
)
@pytest.mark.usefixtures("key")
def test_keys_that_are_missing_or_do_not_belong(tmp_path: Path, lines: str, expected: list[str]) -> None:
    assert told(tmp_path, lines) == [f"config.yaml:{line}" for line in expected]


def test_a_missing_key_file_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, JWT) == [f"config.yaml:22:7: {AT}.private_key_file: no file 'keys/salesforce.key'"]


@pytest.mark.parametrize(("content", "reason"), UNFIT.values(), ids=UNFIT)
def test_a_file_without_a_key_to_sign_with_is_told(tmp_path: Path, key: Path, content: bytes, reason: str) -> None:
    key.write_bytes(content)
    assert told(tmp_path, JWT) == [f"config.yaml:22:7: {AT}.private_key_file: 'keys/salesforce.key' {reason}"]


def test_a_key_that_others_can_read_is_warned_of(tmp_path: Path, key: Path) -> None:
    key.chmod(0o644)
    (warning,) = load(tmp_path, signing_in(JWT), env=SECRETS).warnings
    assert warning.endswith(
        f"{AT}.private_key_file: others on this machine can read the key; chmod 600 keeps it to you"
    )


def test_no_secret_stands_in_a_message(tmp_path: Path) -> None:
    text = PASSWORD.replace("${SF_PASSWORD}", "[pa55]").replace("${SF_SECURITY_TOKEN}", "''")
    assert told(tmp_path, text) == [
        f"config.yaml:21:7: {AT}.password: expected text, found a value",
        f"config.yaml:22:7: {AT}.security_token: is empty",
    ]
