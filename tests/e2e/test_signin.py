"""Each way into a Salesforce org, from the command line: it works, it survives short sessions, and no secret shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml

from connector.sandbox import Sandbox
from connector.sandbox.salesforce_duplicates import DuplicateRule
from connector.sandbox.salesforce_signin import PASSWORD, SECURITY_TOKEN, USERNAME
from tests.e2e.house import Said, configured, said_here
from tests.keys import pem, public_pem, rsa_key

RENEWABLE = ("client_credentials", "jwt", "password")
ENV = {"SF_PASSWORD": PASSWORD, "SF_SECURITY_TOKEN": SECURITY_TOKEN, "SF_TOKEN": Sandbox.salesforce_token}
WAYS: dict[str, dict[str, Any]] = {
    "token": {"access_token": "${SF_TOKEN}"},
    "client_credentials": {"client_id": Sandbox.client_id, "client_secret": Sandbox.client_secret},
    "jwt": {
        "client_id": Sandbox.client_id,
        "username": USERNAME,
        "private_key_file": "keys/salesforce.key",
        "sandbox": True,
    },
    "password": {"username": USERNAME, "password": "${SF_PASSWORD}", "security_token": "${SF_SECURITY_TOKEN}"},
}


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=40, companies=12, limits=False) as sandbox:
        sandbox.salesforce.sign_in.certificate = public_pem(rsa_key())
        yield sandbox


@pytest.fixture
def sync(box: Sandbox, tmp_path: Path) -> Callable[..., Said]:
    """Runs a sync of the Salesforce org's contacts, signed in by ``auth``; ``parts``: its connection's further keys."""
    file = Path(configured(box, tmp_path))
    key = tmp_path / "keys" / "salesforce.key"
    key.parent.mkdir()
    key.write_bytes(pem(rsa_key()))
    key.chmod(0o600)

    def run(auth: str, *words: str, **parts: Any) -> Said:
        config = yaml.safe_load(file.read_text())
        connection = {"instance_url": box.salesforce_url, "auth": auth, **WAYS[auth], **parts}
        config["orgs"]["acme"]["connection"] = connection
        file.write_text(yaml.safe_dump(config))
        return said_here("sync", "acme", "--mapping", "contact", *words, "--json", "--config", str(file), env=ENV)

    return run


def secrets(box: Sandbox) -> list[str]:
    """What must be seen nowhere: what was configured, every session, and every assertion that was sent."""
    private = pem(rsa_key()).decode().splitlines()[1:-1]
    sent = [str(request.body) for request in box.salesforce.requests if request.path.endswith("/token")]
    assertions = [body.partition("assertion=")[2] for body in sent if "assertion=" in body]
    assert all(jwt.get_unverified_header(one)["alg"] == "RS256" for one in assertions)
    sessions = box.salesforce.tokens | {f"00DSB0000000001!issued-{number}" for number in range(1, 60)}
    return [PASSWORD, SECURITY_TOKEN, Sandbox.client_secret, *sessions, *private, *assertions]


@pytest.mark.parametrize("auth", WAYS)
def test_a_sync_by_each_way_in(box: Sandbox, sync: Callable[..., Said], tmp_path: Path, auth: str) -> None:
    said = sync(auth, "-v")
    assert said.code in (0, 3), said.err
    (run,) = said.document["runs"]
    assert run["written"] > 5
    assert ("ends with Salesforce's Summer '27 release" in said.err) is (auth == "password")
    state = b"".join(file.read_bytes() for file in tmp_path.glob("state.db*"))
    for secret in secrets(box):
        assert secret not in said.out + said.err
        assert secret.encode() not in state


@pytest.mark.parametrize("auth", RENEWABLE)
def test_sessions_that_end_every_few_calls_end_no_sync(box: Sandbox, sync: Callable[..., Said], auth: str) -> None:
    box.salesforce.session_calls = 3
    said = sync(auth)
    assert said.code in (0, 3), said.err
    assert said.document["runs"][0]["written"] > 5
    assert box.salesforce.sign_in.attempts > 1


@pytest.mark.parametrize(
    ("auth", "parts", "code", "words"),
    [
        ("token", {"access_token": "00DSB0000000001!old"}, 7, "a token cannot renew itself"),
        ("jwt", {"username": "nobody@acme.example"}, 7, "pre-authorize the user"),
        ("jwt", {"sandbox": False}, 7, "connection.sandbox: true"),
        ("jwt", {"private_key_file": "config.yaml"}, 2, "'config.yaml' holds no private key in PEM that can be read"),
        ("jwt", {"private_key_file": "keys/none.key"}, 2, "no file 'keys/none.key'"),
        ("password", {"password": "wrong-pa55word"}, 7, "INVALID_LOGIN"),
        ("password", {"security_token": None}, 7, "set connection.security_token"),
        ("password", {"api_version": "68.0"}, 2, "auth: password works with 31.0 to 64.0 alone"),
        ("jwt", {"client_secret": "wrong-pa55word"}, 2, "belongs to auth: client_credentials; this is auth: jwt"),
    ],
)
def test_a_closed_door_is_one_clear_message(
    box: Sandbox, sync: Callable[..., Said], auth: str, parts: dict[str, Any], code: int, words: str
) -> None:
    said = sync(auth, "-v", **parts)
    assert said.code == code
    assert words in f"{said.document['error']}"
    assert "Traceback" not in said.err
    for secret in [*secrets(box), "wrong-pa55word", "00DSB0000000001!old"]:
        assert secret not in said.out + said.err


@pytest.mark.parametrize("way", ["enforce", "allow"])
def test_duplicates_are_parked_unless_the_connection_allows_them(
    box: Sandbox, sync: Callable[..., Said], way: str
) -> None:
    box.salesforce.rules.clear()
    box.salesforce.duplicate_rules.append(DuplicateRule("Contact", ("MailingCountry",)))
    said = sync("client_credentials", duplicate_rules=way)
    run = said.document["runs"][0]
    assert (said.code, run["rejected"] > 0) == ((3, True) if way == "enforce" else (0, False)), said.err
