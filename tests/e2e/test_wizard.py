"""``init`` as somebody answers it: wrong answers are asked for again, in the vendor's own words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from connector.sandbox.salesforce_signin import USERNAME
from tests.e2e.house import Said, said_here
from tests.keys import pem, public_pem, rsa_key

KEYS = ("LUSHA_API_KEY", "SF_CLIENT_ID", "SF_CLIENT_SECRET", "HUBSPOT_TOKEN")


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=20, companies=5, limits=False) as sandbox:
        yield sandbox


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def answered(box: Sandbox, *answers: str, words: tuple[str, ...] = (), env: dict[str, str] | None = None) -> Said:
    given = ("--base-url", box.hubspot_url) if "hubspot" in (*answers[:1], *words) else ()
    return said_here(
        "init", "--lusha-base-url", box.lusha_url, *given, *words, stdin="".join(f"{one}\n" for one in answers), env=env
    )


def test_salesforce_from_nothing(box: Sandbox, here: Path) -> None:
    said = answered(
        box, "sales", "acme.my.salesforce.com", box.salesforce_url, "acme", "", box.client_id, box.client_secret,
        box.lusha_key, "Contact, oportunity", "contact, lead", "y", "y",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "expected an absolute URL such as https://host.example" in said.err
    assert "not known: oportunity" in said.err
    assert "credits are left" in said.err
    assert sorted(path.name for path in (here / "mappings/acme").iterdir()) == ["contact.yaml", "lead.yaml"]
    assert "client_secret: ${SF_CLIENT_SECRET}" in (here / "config.yaml").read_text("utf-8")
    kept = here / ".env"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.read_text("utf-8").splitlines() == [
        f"SF_CLIENT_ID={box.client_id}", f"SF_CLIENT_SECRET={box.client_secret}", f"LUSHA_API_KEY={box.lusha_key}"
    ]  # fmt: skip
    assert "next: lusha-sync doctor acme" in said.out
    assert not any(secret in said.out + said.err for secret in (box.client_secret, box.lusha_key))


def test_a_key_that_is_refused_is_asked_for_again(box: Sandbox, here: Path) -> None:
    said = answered(
        box, "hubspot", "", "", "wrong", "", "", box.hubspot_token, "wrong-too", box.lusha_key, "companies", "n", "y"
    )
    assert said.code == 0, said.err
    assert "HubSpot does not accept the access token" in said.err
    assert "Lusha" in said.err
    assert not (here / ".env").exists()
    assert "First: export HUBSPOT_TOKEN=… LUSHA_API_KEY=…" in said.out
    assert box.hubspot_token not in said.out + said.err


def test_keys_of_the_environment_are_not_asked_for(box: Sandbox, here: Path) -> None:
    env = {"HUBSPOT_TOKEN": box.hubspot_token, "LUSHA_API_KEY": box.lusha_key}
    said = answered(box, "hubspot", "beta", "", "contacts", "y", env=env)
    assert said.code == 0, said.err
    assert "access token: from HUBSPOT_TOKEN" in said.err
    assert not (here / ".env").exists()


def test_a_second_org_of_one_crm_gets_variables_of_its_own(box: Sandbox, here: Path) -> None:
    env = {"HUBSPOT_TOKEN": box.hubspot_token, "LUSHA_API_KEY": box.lusha_key}
    answered(box, "hubspot", "beta", "", "contacts", "y", env=env)
    said = answered(box, "hubspot", "beta", "gamma-2", "", box.hubspot_token, "contacts", "y", "y", env=env)
    assert said.code == 0, said.err
    assert "the config has an org 'beta' already" in said.err
    assert "access_token: ${GAMMA_2_HUBSPOT_TOKEN}" in (here / "config.yaml").read_text("utf-8")
    assert (here / ".env").read_text("utf-8") == f"GAMMA_2_HUBSPOT_TOKEN={box.hubspot_token}\n"


def test_what_lacks_in_hubspot_is_made_when_somebody_says_so(box: Sandbox, here: Path) -> None:
    ours = box.hubspot.types["companies"].by_name["lusha_id"]
    box.hubspot.drop_property("companies", "lusha_id")
    box.hubspot.tokens.lacking.add("crm.schemas.companies.write")
    env = {"HUBSPOT_TOKEN": box.hubspot_token, "LUSHA_API_KEY": box.lusha_key}
    refused = answered(box, "hubspot", "beta", "", "companies", "y", "y", env=env)
    assert refused.code == 0, refused.err
    assert "needs crm.schemas.companies.write" in refused.err
    assert "going on without them" in refused.err
    assert "#   lusha_id: id" in (here / "mappings/beta/company.yaml").read_text("utf-8")
    box.hubspot.tokens.lacking.clear()
    said = answered(box, "hubspot", "gamma", "", box.hubspot_token, "companies", "y", "y", "y", env=env)
    assert said.code == 0, said.err
    assert "  lusha_id: id" in (here / "mappings/gamma/company.yaml").read_text("utf-8")
    box.hubspot.drop_property("companies", "lusha_id")
    box.hubspot.add_property("companies", ours)


@pytest.mark.parametrize("answers", [("hubspot",), ("hubspot", "beta", "", "token"), ()])
def test_answers_that_end_too_early_write_nothing(box: Sandbox, here: Path, answers: tuple[str, ...]) -> None:
    said = answered(box, *answers)
    assert (said.code, list(here.iterdir())) == (2, [])
    assert "--no-input takes all answers from options" in said.err


def test_a_no_at_the_end_writes_nothing(box: Sandbox, here: Path) -> None:
    env = {"HUBSPOT_TOKEN": box.hubspot_token, "LUSHA_API_KEY": box.lusha_key}
    said = answered(box, "hubspot", "beta", "", "contacts", "n", env=env)
    assert (said.code, list(here.iterdir())) == (130, [])
    assert "nothing was written" in said.err


def test_options_answer_beforehand(box: Sandbox, here: Path) -> None:
    env = {"HUBSPOT_TOKEN": box.hubspot_token, "LUSHA_API_KEY": box.lusha_key}
    words = ("--crm", "hubspot", "--org", "beta", "--auth", "token", "--object", "companies", "--json")
    said = answered(box, "y", words=words, env=env)
    assert said.code == 0, said.err
    assert said.document["written"] == ["mappings/beta/company.yaml", "config.yaml"]


def test_a_config_with_mistakes_gets_no_org(box: Sandbox, here: Path) -> None:
    (here / "config.yaml").write_text("version: 1\norgs: {}\n")
    said = answered(box, "hubspot")
    assert (said.code, "is not right yet" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--crm", "salesforce", "--create-fields"), "--create-fields is not for salesforce"),
        (("--crm", "hubspot", "--object", "deals"), "--object: no mapping is shipped for 'deals'"),
        (("--crm", "dynamics"), "no CRM 'dynamics'"),
    ],
)
def test_wrong_options_are_told_before_anything_is_asked(
    box: Sandbox, here: Path, words: tuple[str, ...], said: str
) -> None:
    refused = answered(box, words=words)
    assert (refused.code, said in refused.err) == (2, True)
    assert "What to call" not in refused.err


def test_what_is_kept_is_enough_for_every_command_and_another_org(box: Sandbox, here: Path) -> None:
    first = answered(box, "hubspot", "beta", "", box.hubspot_token, box.lusha_key, "companies", "y", "y")
    assert first.code == 0, first.err
    assert said_here("doctor").code == said_here("plan").code == 0
    words = ("--no-input", "--crm", "hubspot", "--org", "gamma", "--object", "contacts")
    second = answered(box, words=words)
    assert second.code == 0, second.err
    assert said_here("validate", "--online").code == 0


def test_by_a_key_that_signs(box: Sandbox, here: Path) -> None:
    box.salesforce.sign_in.certificate = public_pem(rsa_key())
    (here / "sf.key").write_bytes(pem(rsa_key()))
    (here / "sf.key").chmod(0o600)
    said = answered(
        box, "salesforce", box.salesforce_url, "acme", "jwt", "no.key", "sf.key", "yes", box.client_id, USERNAME,
        box.lusha_key, "contact", "y", "y",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "there is no file 'no.key'" in said.err
    text = (here / "config.yaml").read_text("utf-8")
    assert "private_key_file: sf.key" in text
    assert "sandbox: true" in text
    assert said_here("validate", "--online").code == 0
