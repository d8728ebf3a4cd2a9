"""``init`` against both CRMs: from nothing to a first run, without touching a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox import Sandbox
from connector.sandbox.salesforce_signin import PASSWORD, SECURITY_TOKEN, USERNAME
from tests.e2e.house import Said, said_here
from tests.keys import pem, public_pem, rsa_key


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=40, companies=10, limits=False) as sandbox:
        yield sandbox


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def keys(box: Sandbox) -> dict[str, str]:
    return {
        "LUSHA_API_KEY": box.lusha_key, "SF_CLIENT_ID": box.client_id, "SF_CLIENT_SECRET": box.client_secret,
        "HUBSPOT_TOKEN": box.hubspot_token,
    }  # fmt: skip


def init(box: Sandbox, crm: str, *words: str, **env: str) -> Said:
    """``init --no-input`` for the sandbox's org of a CRM."""
    address = ("--instance-url", box.salesforce_url) if crm == "salesforce" else ("--base-url", box.hubspot_url)
    given = ("--no-input", "--crm", crm, *address, "--lusha-base-url", box.lusha_url, *words)
    return said_here("init", *given, env={**keys(box), **env})


def test_both_crms_from_nothing_to_a_first_run(box: Sandbox, here: Path) -> None:
    objects = [word for name in ("Contact", "Lead", "account") for word in ("--object", name)]
    assert init(box, "salesforce", "--org", "acme", *objects).code == 0
    assert init(box, "hubspot", "--org", "beta").code == 0
    ran = from_doctor_to_sync(box, "acme/account", "acme/contact", "acme/lead", "beta/company", "beta/contact")
    assert all(run["written"] for run in ran["runs"] if run["matched"])
    assert sum(run["written"] for run in ran["runs"]) > 10


def from_doctor_to_sync(box: Sandbox, *mappings: str) -> dict[str, Any]:
    """Every command up to a first run, on the files as ``init`` left them; what the run says."""
    written = {path: path.read_bytes() for path in Path().rglob("*.yaml")}
    examined = said_here("doctor", "--json", env=keys(box))
    assert (examined.code, [one for one in examined.document["findings"] if one["level"] == "fail"]) == (0, [])
    found = said_here("validate", "--online", "--json", env=keys(box))
    assert (found.code, found.document["errors"], found.document["warnings"]) == (0, [], [])
    assert [(one["mapping"], one["errors"], one["warnings"]) for one in found.document["mappings"]] == [
        (f"mappings/{name}.yaml", [], []) for name in mappings
    ]
    assert said_here("plan", env=keys(box)).code == 0
    ran = said_here("sync", "--limit", "5", "--json", env=keys(box))
    assert ran.code in (0, 3), ran.err
    for org in dict.fromkeys(name.partition("/")[0] for name in mappings):
        assert said_here("config", "show", org, env=keys(box)).code == 0
    assert {path: path.read_bytes() for path in Path().rglob("*.yaml")} == written
    return ran.document


def test_the_commands_that_it_ends_with_work(box: Sandbox, here: Path) -> None:
    said = init(box, "hubspot", "--config", "deep/er/beta.yaml")
    assert said.code == 0
    commands = [line.partition(": lusha-sync ")[2].split() for line in said.out.splitlines() if ": lusha-sync " in line]
    assert len(commands) >= 2
    for command in commands:
        assert said_here(*command, env=keys(box)).code == 0, command


def test_the_document_tells_every_field_with_its_reason(box: Sandbox, here: Path) -> None:
    document = init(box, "salesforce", "--org", "acme", "--object", "Lead", "--json").document
    assert document["written"] == ["mappings/acme/lead.yaml", "config.yaml"]
    [lead] = document["mappings"]
    assert {"field": "Seniority__c", "from": "job_title.seniority", "policy": "refresh", "score": 100,
            "reason": "name 'Seniority__c' says 'seniority'; type picklist"} in lead["fields"]  # fmt: skip
    assert "State" in {one["field"] for one in lead["suggested"]}
    assert lead["stamp"] == {"Lusha_Id__c": "id", "Lusha_Last_Enriched__c": "enriched_at"}
    assert document["next"][-1] == "lusha-sync plan acme"


def test_no_secret_is_written_anywhere(box: Sandbox, here: Path) -> None:
    said = init(
        box, "salesforce", "--env", "client_secret=ACME_SECRET", ACME_SECRET=box.client_secret, SF_CLIENT_SECRET=""
    )
    assert said.code == 0
    texts = [said.out, said.err, *(path.read_text("utf-8") for path in here.rglob("*") if path.is_file())]
    assert not any(secret in text for text in texts for secret in (box.client_secret, box.lusha_key))
    assert "client_secret: ${ACME_SECRET}" in (here / "config.yaml").read_text("utf-8")


def test_a_second_org_leaves_every_byte_of_the_first(box: Sandbox, here: Path) -> None:
    init(box, "hubspot", "--org", "beta")
    before = (here / "config.yaml").read_text("utf-8")
    mine = before.replace("    per_run: 100\n", "    per_run: 77 # mine\n") + "# the end\n"
    (here / "config.yaml").write_text(mine, "utf-8")
    assert init(box, "hubspot", "--org", "gamma", "--object", "companies").code == 0
    after = (here / "config.yaml").read_text("utf-8")
    start = after.index("\n  gamma:")
    assert after[:start] + after[after.index("# the end") :] == mine


def test_an_org_of_a_config_without_a_shared_key_gets_one_of_its_own(box: Sandbox, here: Path) -> None:
    init(box, "hubspot", "--org", "beta")
    text = (here / "config.yaml").read_text("utf-8")
    begin, lusha, rest = text[: text.index("lusha:")], text[text.index("lusha:") : text.index("state:")], None
    rest = text[text.index("state:") :]
    own = "    lusha:\n" + "".join(f"    {line}\n" for line in lusha.strip().splitlines()[1:])
    (here / "config.yaml").write_text(begin + rest.replace("    mappings:", f"{own}    mappings:"), "utf-8")
    assert said_here("validate", env=keys(box)).code == 0
    assert init(box, "hubspot", "--org", "gamma").code == 0
    assert said_here("validate", "--online", env=keys(box)).code == 0


def test_an_org_added_where_the_older_api_is_asked_maps_what_that_tells(box: Sandbox, here: Path) -> None:
    init(box, "hubspot", "--org", "beta")
    config = here / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("lusha:\n", "lusha:\n  api_version: v2\n"), "utf-8")
    assert init(box, "hubspot", "--org", "gamma", "--object", "companies").code == 0
    assert "\n  phone:" not in (here / "mappings/gamma/company.yaml").read_text("utf-8")


def test_a_config_that_is_a_link_stays_one(box: Sandbox, here: Path) -> None:
    init(box, "hubspot", "--org", "beta", "--config", "real.yaml")
    (here / "config.yaml").symlink_to("real.yaml")
    assert init(box, "hubspot", "--org", "gamma").code == 0
    assert (here / "config.yaml").is_symlink()
    assert "gamma:" in (here / "real.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--org", "beta"), "config.yaml has an org 'beta' already"),
        (("--org", "delta"), "mappings/delta/company.yaml stands already and is left as it is"),
    ],
)
def test_what_stands_is_left_as_it_is(box: Sandbox, here: Path, words: tuple[str, ...], said: str) -> None:
    init(box, "hubspot", "--org", "beta", "--object", "contacts")
    (here / "mappings/delta").mkdir()
    (here / "mappings/delta/company.yaml").write_text("mine\n")
    stood = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    refused = init(box, "hubspot", "--object", "companies", *words)
    assert refused.code == 2
    assert said in refused.err
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == stood


def test_force_writes_a_mapping_anew(box: Sandbox, here: Path) -> None:
    (here / "mappings/beta").mkdir(parents=True)
    (here / "mappings/beta/company.yaml").write_text("old\n")
    assert init(box, "hubspot", "--org", "beta", "--force").code == 0
    assert (here / "mappings/beta/company.yaml").read_text("utf-8").startswith("# companies of beta")


def test_mappings_that_the_config_does_not_name_are_told(box: Sandbox, here: Path) -> None:
    assert init(box, "hubspot", "--org", "beta").code == 0
    (here / "mappings/beta").rename(here / "mappings/own")
    config = here / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("mappings/beta/", "mappings/own/"), "utf-8")
    said = init(box, "hubspot", "--org", "beta", "--force")
    assert said.code == 0, said.err
    shown = said.err + said.out
    assert "config.yaml names other mappings for beta. To use these, write into orgs.beta:" in shown
    assert "  mappings: [mappings/beta/company.yaml, mappings/beta/contact.yaml]" in shown
    again = init(box, "hubspot", "--org", "beta", "--force", "--json").document
    assert again["unused"] == ["mappings/beta/company.yaml", "mappings/beta/contact.yaml"]


@pytest.mark.parametrize(
    ("crm", "env", "code", "said"),
    [
        ("hubspot", {"HUBSPOT_TOKEN": "wrong"}, 7, "HubSpot does not accept the access token"),
        ("salesforce", {"SF_CLIENT_SECRET": "wrong"}, 7, "invalid client credentials"),
        ("hubspot", {"LUSHA_API_KEY": "wrong"}, 7, "Lusha"),
        ("hubspot", {"HUBSPOT_TOKEN": ""}, 2, "the environment variable HUBSPOT_TOKEN is empty"),
    ],
)
def test_a_sign_in_that_does_not_work_is_told_and_nothing_is_written(
    box: Sandbox, here: Path, crm: str, env: dict[str, str], code: int, said: str
) -> None:
    refused = init(box, crm, **env)
    assert (refused.code, list(here.rglob("*"))) == (code, [])
    assert said in refused.err


def test_options_that_lack_or_contradict_are_told_at_once(here: Path) -> None:
    refused = said_here("init", "--no-input")
    assert (refused.code, "--crm is missing" in refused.err) == (2, True)
    refused = said_here(
        "init", "--no-input", "--crm", "salesforce", "--auth", "jwt", "--base-url", "x", "--org", "a b",
        "--object", "Opportunity", "--env", "secret",
    )  # fmt: skip
    assert refused.code == 2
    for option in ("--instance-url is missing", "--private-key-file is missing", "--base-url is not for salesforce",
                   "--org: ", "--object: no mapping is shipped for 'Opportunity'", "--env: "):  # fmt: skip
        assert option in refused.err


def test_an_address_that_is_none_is_told_without_a_place_in_a_file(here: Path) -> None:
    refused = said_here(
        "init", "--no-input", "--crm", "salesforce", "--instance-url", "acme.my.salesforce.com",
        env={"SF_CLIENT_ID": "x", "SF_CLIENT_SECRET": "y", "LUSHA_API_KEY": "z"},
    )  # fmt: skip
    assert refused.code == 2
    assert "instance_url: expected an absolute URL" in refused.err
    assert "config.yaml:" not in refused.err


@pytest.fixture
def bare(box: Sandbox) -> Iterator[Sandbox]:
    """A portal without the properties of ours, and an org without the fields."""
    ours = {(kind, one.name): one for kind in ("contacts", "companies")
            for one in box.hubspot.types[kind].properties if one.name.startswith("lusha_")}  # fmt: skip
    for kind, name in ours:
        box.hubspot.drop_property(kind, name)
    objects = dict(box.salesforce.objects)
    for name, spec in objects.items():
        fields = tuple(one for one in spec.fields if not one.name.startswith("Lusha_"))
        box.salesforce.objects[name] = replace(spec, fields=fields, _by_name={}, times=set())
    yield box
    box.salesforce.objects.update(objects)
    for (kind, name), one in ours.items():
        box.hubspot.drop_property(kind, name)
        box.hubspot.add_property(kind, one)


def test_hubspot_properties_are_made_on_the_word_of_an_option(bare: Sandbox, here: Path) -> None:
    document = init(bare, "hubspot", "--org", "beta", "--create-fields", "--json").document
    assert [one["made"] for one in document["mappings"]] == [
        ["lusha_id", "lusha_last_enriched"], ["lusha_id", "lusha_last_enriched", "lusha_seniority"]
    ]  # fmt: skip
    assert all(not one["missing"] for one in document["mappings"])
    assert "lusha_seniority" in {one["field"] for one in document["mappings"][1]["fields"]}
    from_doctor_to_sync(bare, "beta/company", "beta/contact")


def test_without_that_word_they_are_left_out_and_named(bare: Sandbox, here: Path) -> None:
    said = init(bare, "hubspot", "--org", "beta")
    assert said.code == 0
    assert "no field yet for: id (lusha_id), enriched_at (lusha_last_enriched)" in said.out
    assert "--create-fields" in said.out
    assert "lusha_id" not in bare.hubspot.types["contacts"].by_name
    from_doctor_to_sync(bare, "beta/company", "beta/contact")


def test_a_token_that_may_not_make_properties_is_told_and_nothing_is_written(bare: Sandbox, here: Path) -> None:
    bare.hubspot.tokens.lacking.add("crm.schemas.companies.write")
    refused = init(bare, "hubspot", "--create-fields")
    bare.hubspot.tokens.lacking.clear()
    assert (refused.code, list(here.rglob("*"))) == (7, [])
    assert "needs crm.schemas.companies.write" in refused.err


def test_salesforce_fields_are_for_an_administrator_to_deploy(bare: Sandbox, here: Path) -> None:
    said = init(bare, "salesforce", "--org", "acme", *(f"--object={name}" for name in ("Account", "Contact", "Lead")))
    assert said.code == 0
    assert "sf project deploy start --manifest package.xml --target-org acme" in said.out
    field = here / "salesforce-fields/acme/force-app/main/default/objects/Contact/fields/Lusha_Id__c.field-meta.xml"
    assert "<length>64</length>" in field.read_text("utf-8")
    from_doctor_to_sync(bare, "acme/account", "acme/contact", "acme/lead")


def test_fields_made_later_are_put_to_work_by_the_command_that_it_names(bare: Sandbox, here: Path) -> None:
    said = init(bare, "hubspot", "--org", "beta", "--object", "companies")
    config = (here / "config.yaml").read_bytes()
    [command] = [line.partition("lusha-sync ")[2] for line in said.out.splitlines() if "--create-fields" in line]
    again = said_here(*command.split(), "--json", env=keys(bare))
    assert again.code == 0, again.err
    assert [one["object"] for one in again.document["mappings"]] == ["companies"]
    assert again.document["mappings"][0]["made"] == ["lusha_id", "lusha_last_enriched"]
    assert (here / "config.yaml").read_bytes() == config
    assert "\n  lusha_id: id\n" in (here / "mappings/beta/company.yaml").read_text("utf-8")
    from_doctor_to_sync(bare, "beta/company")


def test_a_forced_org_is_of_the_crm_that_the_config_says(box: Sandbox, here: Path) -> None:
    init(box, "hubspot", "--org", "beta")
    refused = said_here("init", "--no-input", "--force", "--org", "beta", "--crm", "salesforce", env=keys(box))
    assert (refused.code, "the org 'beta' is of hubspot" in refused.err) == (2, True)


@pytest.mark.parametrize(
    ("auth", "words", "env"),
    [
        ("jwt", ("--username", USERNAME, "--private-key-file", "keys/sf.key", "--sandbox"), {}),
        ("token", ("--env", "access_token=MY_TOKEN"), {"MY_TOKEN": Sandbox.salesforce_token}),
        (
            "password",
            ("--username", USERNAME, "--env", "security_token=SF_SECURITY_TOKEN"),
            {"SF_PASSWORD": PASSWORD, "SF_SECURITY_TOKEN": SECURITY_TOKEN},
        ),
    ],
)
def test_every_way_into_salesforce(
    box: Sandbox, here: Path, auth: str, words: tuple[str, ...], env: dict[str, str]
) -> None:
    box.salesforce.sign_in.certificate = public_pem(rsa_key())
    (here / "keys").mkdir()
    (here / "keys/sf.key").write_bytes(pem(rsa_key()))
    (here / "keys/sf.key").chmod(0o600)
    said = init(box, "salesforce", "--org", "acme", "--auth", auth, *words, "--config", "deep/config.yaml", **env)
    assert said.code == 0, said.err
    checked = said_here("validate", "--online", "--config", "deep/config.yaml", env={**keys(box), **env})
    assert checked.code == 0, checked.out
