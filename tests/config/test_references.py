"""What ``${…}`` stands for: variables, their defaults, files, the keyring, and ``.env``."""

from __future__ import annotations

from pathlib import Path

import keyring
import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend

from connector.config import inspect_config, load_config
from connector.config.document import parse_document
from connector.config.references import Sources, resolve_references
from connector.errors import ConfigError
from connector.redact import Secret
from tests.config.samples import CONFIG as SAMPLE
from tests.config.samples import ENV, swap, write

TOKEN = "access_token: ${HUBSPOT_TOKEN}"


class Ring(KeyringBackend):
    """A keyring of this test alone."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, held: dict[tuple[str, str], str], broken: bool = False) -> None:
        super().__init__()
        self.held, self.broken, self.asked = held, broken, 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        if self.broken:
            raise keyring.errors.KeyringLocked("Failed to unlock the collection!\nmore")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Ring:
    ring = Ring({("lusha-sync", "beta/token"): " from-keyring\n", ("lusha-sync", "blank"): " "})
    monkeypatch.setattr(keyring, "get_password", ring.get_password)
    return ring


def token(folder: Path, reference: str, env: dict[str, str] | None = None) -> str:
    """The HubSpot token of the sample, written with this reference."""
    path = write(folder, swap(SAMPLE, TOKEN, f"access_token: {reference}"))
    secret = load_config(path, env=ENV if env is None else env).orgs["beta"].connection["access_token"]
    assert isinstance(secret, Secret)
    return secret.reveal()


def refused(folder: Path, reference: str, env: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        token(folder, reference, env)
    [problem] = caught.value.problems
    place = f"{folder}/config.yaml:29:18: orgs.beta.connection.access_token: "
    assert problem.startswith(place), problem
    return problem.removeprefix(place).replace(str(folder), ".")


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("${HUBSPOT_TOKEN}", "hs-token"),
        ("${GONE:-instead}", "instead"),
        ("${BLANK:-instead}", "instead"),
        ("${HUBSPOT_TOKEN:-instead}", "hs-token"),
        ("pre-${GONE:-a:b-c}-post", "pre-a:b-c-post"),
        ('"${GONE:-$}"', "$"),
        ("$${HUBSPOT_TOKEN}", "${HUBSPOT_TOKEN}"),
        ("${file:secrets/token}", "from-file"),
        ("${keyring:lusha-sync/beta/token}", "from-keyring"),
    ],
)
def test_what_a_reference_stands_for(tmp_path: Path, ring: Ring, reference: str, value: str) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/token").write_text("\n from-file\n")
    assert token(tmp_path, reference, {**ENV, "BLANK": " "}) == value


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("${GONE}", "the environment variable GONE is not set"),
        ("${BLANK}", "the environment variable BLANK is empty"),
        ("${file:gone}", "no file 'gone'"),
        ("${file:secrets}", "'secrets' cannot be read: Is a directory"),
        ("${file:blank}", "the file 'blank' is empty"),
        ("${file:binary}", "'binary' cannot be read: is not UTF-8 text"),
        ("${file:large}", "'large' is too large to be a secret"),
        ("${keyring:lusha-sync/gone}", "the keyring holds nothing: run 'keyring set lusha-sync gone'"),
        ("${keyring:lusha-sync/blank}", "the keyring holds nothing: run 'keyring set lusha-sync blank'"),
        *(
            (f"'{text}'", f"'{text}' is no reference; write ${{NAME}}, ${{NAME:-default}}, ${{file:PATH}} or "
                          "${keyring:SERVICE/NAME}, or '$${' for the characters themselves")
            for text in ("${9}", "${file:}", "${keyring:lusha-sync}", "${vault:a/b}", "${A-b}", "${A:b}", "${ A }")
        ),
    ],
)  # fmt: skip
def test_what_a_reference_lacks(tmp_path: Path, ring: Ring, reference: str, sentence: str) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "blank").write_text(" \n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large").write_text("x" * 70_000)
    assert refused(tmp_path, reference, {**ENV, "BLANK": " "}) == sentence


def test_a_keyring_that_does_not_say_why_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(service: str, name: str) -> str | None:
        raise keyring.errors.InitError

    monkeypatch.setattr(keyring, "get_password", silent)
    assert refused(tmp_path, "${keyring:a/b}") == "the keyring of this machine cannot be read: InitError"


def test_a_keyring_that_stays_locked_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_password", Ring({}, broken=True).get_password)
    assert refused(tmp_path, "${keyring:a/b}") == (
        "the keyring of this machine cannot be read: Failed to unlock the collection!"
    )


def test_without_the_package_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    assert refused(tmp_path, "${keyring:a/b}") == (
        "references to the keyring need a package: pip install 'lusha-crm-connector[keyring]'"
    )


def test_a_keyring_that_is_left_alone_is_neither_asked_nor_missed(tmp_path: Path, ring: Ring) -> None:
    path = write(tmp_path, swap(SAMPLE, TOKEN, "access_token: ${keyring:a/b}"))
    found = inspect_config(path, env=ENV, keyring=None)
    assert (found.unset, found.problems, ring.asked) == ((), (), 0)


def test_a_secret_file_is_relative_to_the_file_that_names_it(tmp_path: Path) -> None:
    text = SAMPLE.replace("api_key: ${LUSHA_API_KEY}", "rate_limit: 20").replace("rate_limit: 25  ", "# ")
    path = write(tmp_path, text.replace("version: 1\n", "version: 1\ninclude: keys/lusha.yaml\n"))
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/lusha.yaml").write_text("version: 1\nlusha: {api_key: '${file:key}'}\n")
    (tmp_path / "keys/key").write_text("from-file")
    assert load_config(path, env=ENV).orgs["acme"].lusha.api_key == Secret("from-file")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("HUBSPOT_TOKEN=plain", "plain"),
        ('export HUBSPOT_TOKEN="quoted#value"  # comment', "quoted#value"),
        ("HUBSPOT_TOKEN='${LUSHA_API_KEY}'", "${LUSHA_API_KEY}"),
        ("# a comment\n\nHUBSPOT_TOKEN = spaced", "spaced"),
    ],
)
def test_variables_may_stand_in_a_file_beside_the_config(tmp_path: Path, line: str, value: str) -> None:
    (tmp_path / ".env").write_text(line + "\n")
    rest = {name: text for name, text in ENV.items() if name != "HUBSPOT_TOKEN"}
    assert token(tmp_path, "${HUBSPOT_TOKEN}", rest) == value


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HUBSPOT_TOKEN=from-file\n")
    assert token(tmp_path, "${HUBSPOT_TOKEN}") == "hs-token"


def test_a_line_that_sets_nothing_is_refused_without_showing_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\nsecret-without-name\n'=3\n")
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path), env=ENV)
    assert caught.value.problems == (".env:2:1: expected NAME=value", ".env:3:1: expected NAME=value")


def test_an_env_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("A=ä".encode("utf-16"))
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path), env=ENV)
    assert caught.value.problems == (".env:1:1: is not UTF-8 text; save it as UTF-8",)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20))
def test_any_text_is_a_value_or_a_problem(text: str) -> None:
    quoted = text.replace("'", "''")
    document, _ = parse_document(f"a: '{quoted}'\n", "f.yaml")
    if document.whole:
        resolved, unset, malformed = resolve_references(document, Sources({"A": "1"}, Path("/nowhere"), None))
        assert isinstance(resolved.value["a"], str)
        assert bool(unset or malformed) == bool(resolved.unknown)
