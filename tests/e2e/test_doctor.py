"""``doctor`` against a sandbox: everything fine, and each thing that can be amiss with its mend, word for word."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.clocks import utc_now
from connector.config.loader import load_mapping
from connector.doctor import Finding, examine, worst
from connector.runtime import Outside
from connector.sandbox import Sandbox
from connector.store.layout import code
from tests.e2e.house import Said, configured, said_here


def of_mapping(name: str) -> list[str]:
    """The checks of one mapping."""
    return [f"rights {name}", f"schema {name}", f"options {name}"]


AFTER = ["api calls", "clock", "schedule", "open work"]
ORG_CHECKS = {
    "acme": ["sign-in", *of_mapping("account"), *of_mapping("contact"), *of_mapping("lead"), *AFTER],
    "beta": ["sign-in", *of_mapping("company"), *of_mapping("contact"), *AFTER],
}  # fmt: skip
SHARED = ["config", "secrets", "state", "lusha key", "balance", "prices", "budgets", "requests", "clock"]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=30, companies=8, limits=False) as sandbox:
        yield sandbox


def edit(file: Path | str, **swaps: str) -> None:
    """Replace text once; the keys only name what is done."""
    text = Path(file).read_text("utf-8")
    for swap in swaps.values():
        old, _, new = swap.partition(" => ")
        assert old in text, old
        text = text.replace(old, new, 1)
    Path(file).write_text(text, "utf-8")


def nobody() -> str:
    """An address where nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{sock.getsockname()[1]}"


def doctor(config: str, *words: str) -> Said:
    return said_here("doctor", "--config", config, *words)


def rows(said: Said, org: str | None, check: str | None = None) -> list[Row]:
    """The findings of one org, or of what orgs share."""
    return [one for one in said.document["findings"] if one["org"] == org and check in (None, one["check"])]


def one(said: Said, org: str | None, check: str) -> tuple[str, str, str | None]:
    """The one finding of a check: level, what, mend."""
    [row] = rows(said, org, check)
    return row["level"], row["what"], row["mend"]


def found_at(config: str, **outside: Any) -> list[Finding]:
    return list(examine(Path(config), {}, outside=Outside(**outside)))


def test_everything_is_fine_free_and_without_a_trace(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    before = box.lusha.used
    said = doctor(config, "--json")
    assert (said.code, said.err, box.lusha.used) == (0, "", before)
    document = said.document
    assert [row["check"] for row in rows(said, None)] == SHARED
    assert {org: list(dict.fromkeys(row["check"] for row in rows(said, org))) for org in ORG_CHECKS} == ORG_CHECKS
    assert "error" not in document
    assert (document["failed"], document["passed"] + document["warned"]) == (0, len(document["findings"]))
    assert all(row["mend"] for row in document["findings"] if row["level"] != "pass")
    assert not list(tmp_path.glob("state.db*"))


def test_people_read_the_same(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    said = doctor(config, "beta")
    lines = said.out.splitlines()
    assert lines[0] == "shared by all orgs"
    assert "  pass  config            config.yaml loads: 2 orgs, 5 mappings" in lines
    assert "beta" in lines and "acme" not in lines
    assert "  pass  sign-in           signed in to hubspot, tenant 8800001" in lines
    assert lines[-1].endswith("0 failed; ready: lusha-sync plan says what a run would do")


def test_an_org_that_is_not_in_the_config(box: Sandbox, tmp_path: Path) -> None:
    said = doctor(configured(box, tmp_path), "akme", "--json")
    assert said.code == 2
    assert said.document["error"]["message"] == "no org 'akme' in config.yaml"


def test_files_that_do_not_load_are_all_that_is_judged(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(config, key="sandbox-lusha-key => ${LUSHA_KEY_OF_NOBODY}", budget="budget: => budgett:")
    said = doctor(config, "--json")
    unset, wrong = rows(said, None, "config")
    assert said.code == 2
    assert unset["what"].endswith("lusha.api_key: the environment variable LUSHA_KEY_OF_NOBODY is not set")
    assert unset["mend"] == (
        "put it where the reference looks: the environment, .env beside the config, the file or the keyring"
    )
    assert wrong["what"].endswith("unknown key — did you mean 'budget'?")
    assert wrong["mend"] == "mend that line; lusha-sync validate says the same until it is right"
    assert one(said, None, "rest") == (
        "warn", "skipped: nothing else can be asked by these files", "mend them first"
    )  # fmt: skip


def test_a_lusha_key_that_is_refused(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(config, key="sandbox-lusha-key => another-key")
    said = doctor(config, "--json")
    assert said.code == 7
    level, what, mend = one(said, None, "lusha key")
    assert (level, mend) == ("fail", "check lusha.api_key; keys are made in the Lusha dashboard under API settings")
    assert what.startswith("Lusha")
    for check in ("balance", "prices", "budgets", "requests", "clock"):
        assert one(said, None, check) == (
            "warn", "skipped: Lusha does not tell the account", "mend the key or the connection first"
        )  # fmt: skip
    assert [row["level"] for row in rows(said, "acme", "sign-in")] == ["pass"]
    assert "another-key" not in said.out


def test_lusha_is_down(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(config, lusha=f"{box.lusha_url} => {nobody()}")
    found = found_at(config, sleep=lambda seconds: None)
    error = worst(found)
    assert error is not None and error.exit_code == 8
    assert [one.check for one in found if one.level == "fail"] == ["lusha key"]
    assert {one.org for one in found if one.check == "sign-in" and one.level == "pass"} == {"acme", "beta"}


def test_a_crm_is_down(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(config, beta=f"{box.hubspot_url} => {nobody()}")
    found = found_at(config, sleep=lambda seconds: None)
    error = worst(found)
    assert error is not None and error.exit_code == 8
    of_beta = {one.check: one for one in found if one.org == "beta"}
    assert of_beta["sign-in"].level == "fail"
    for check in (*of_mapping("company"), *of_mapping("contact"), "api calls", "clock"):
        assert (of_beta[check].what, of_beta[check].mend) == ("skipped: nobody is signed in", "mend sign-in first")
    assert not [one for one in found if one.org == "acme" and one.level == "fail"]


def test_a_secret_that_salesforce_refuses(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(config, secret="sandbox-secret => another-secret")
    said = doctor(config, "acme", "--json")
    assert said.code == 7
    level, what, mend = one(said, "acme", "sign-in")
    assert level == "fail" and "invalid client credentials" in what and mend
    assert "another-secret" not in said.out


def test_a_crm_that_falls_silent_between_two_mappings(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    box.salesforce.fail_next(503, times=20, path="/services/data/v68.0/sobjects/Account/describe")
    found = found_at(config, sleep=lambda seconds: None)
    box.salesforce.faults.clear()
    of_acme = {one.check: one for one in found if one.org == "acme"}
    assert of_acme["rights account"].failure is not None
    assert of_acme["rights account"].failure.exit_code == 8
    for check in ("schema account", "options account", *of_mapping("contact"), *of_mapping("lead")):
        assert of_acme[check].what == "skipped: the CRM does not answer"
        assert of_acme[check].mend == "mend the failure above first"
    assert of_acme["api calls"].level == of_acme["clock"].level == "pass"


@pytest.mark.parametrize(
    ("ahead", "level", "words"),
    [
        (timedelta(seconds=30), "pass", "agrees with Lusha's"),
        (timedelta(seconds=200), "warn",
         "this machine's is 3 minutes ahead of Lusha's, so edits of that time may be read late or twice"),
        (timedelta(minutes=-20), "fail", "this machine's is 20 minutes behind Lusha's"),
    ],
)  # fmt: skip
def test_a_clock_that_is_wrong(ahead: timedelta, level: str, words: str, box: Sandbox, tmp_path: Path) -> None:
    found = found_at(configured(box, tmp_path), now=lambda: utc_now() + ahead)
    clocks = {one.org: one for one in found if one.check == "clock"}
    assert {org: one.level for org, one in clocks.items()} == {None: level, "acme": level, "beta": level}
    assert clocks[None].what == words
    if level != "pass":
        mend = "set this machine's clock: let it follow a time server (timedatectl set-ntp true)"
        assert {one.mend for one in clocks.values()} == {mend}
    error = worst(found)
    assert (error.exit_code if error else 0) == (2 if level == "fail" else 0)


def test_a_state_file_that_is_none(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    state = tmp_path / "state.db"
    state.write_bytes(b"no database at all" * 300)
    state.chmod(0o600)
    said = doctor(config, "--json")
    assert said.code == 2
    assert one(said, None, "state") == (
        "fail",
        f"state file {state}: file is not a database",
        "it is no state file, or a broken one: restore a backup, or name another state.path",
    )
    assert one(said, "acme", "open work")[1:] == (
        "skipped: the state file cannot be read as it stands", "mend the state file first"
    )  # fmt: skip
    assert one(said, None, "budgets")[1:] == (
        "skipped: the state file, which counts what was spent, cannot be read", "mend the state file first"
    )  # fmt: skip
    assert one(said, None, "balance")[0] == one(said, "beta", "sign-in")[0] == "pass"
    assert state.read_bytes() == b"no database at all" * 300


def test_a_state_file_after_a_run_is_whole_and_stays_as_it_is(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    assert said_here("plan", "--buy", "beta", "--limit", "1", "--config", config, "--json").code == 0
    state = tmp_path / "state.db"
    before = state.read_bytes()
    said = doctor(config, "--json")
    assert said.code == 0
    assert one(said, None, "state")[1].startswith(f"state file {state}: whole, ")
    assert one(said, "beta", "open work") == ("pass", "none", None)
    assert state.read_bytes() == before
    assert not (tmp_path / "state.db-wal").exists()


def test_an_org_whose_connection_leads_to_another_tenant(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    assert said_here("plan", "--buy", "beta", "--limit", "1", "--config", config, "--json").code == 0
    with sqlite3.connect(tmp_path / "state.db") as db:
        db.execute("UPDATE leases SET tenant = '4711'")
    said = doctor(config, "beta", "--json")
    assert said.code == 2
    assert one(said, "beta", "sign-in") == (
        "fail",
        "org beta was 4711 until now, and its connection leads to 8800001: its records would be taken for those of "
        "another tenant",
        "give the other tenant a name of its own in the config, or use another state file",
    )


def test_what_a_dead_run_left_is_told_with_what_to_do(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    assert said_here("plan", "--buy", "beta", "--limit", "3", "--config", config, "--json").code == 0
    with sqlite3.connect(tmp_path / "state.db") as db:
        db.execute("UPDATE runs SET status = 'running' WHERE id = 1")
        first, *rest = [id for (id,) in db.execute("SELECT id FROM changes ORDER BY id LIMIT 3")]
        db.execute("UPDATE changes SET state = ? WHERE id = ?", [code("intended"), first])
        db.executemany("UPDATE changes SET state = ? WHERE id = ?", [(code("unresolved"), id) for id in rest])
        db.execute("UPDATE attempts SET parked = 'mark' WHERE id = (SELECT min(id) FROM attempts)")
    said = doctor(config, "beta", "--json")
    assert said.code == 0
    assert [(row["level"], row["what"], row["mend"]) for row in rows(said, "beta", "open work")] == [
        ("warn", "without an end: run 1", "let it end; if it died, lusha-sync sync beta finishes its work"),
        ("warn", "nobody knows yet what became of 1 change", "lusha-sync sync beta reads them again and settles it"),
        ("warn", "what became of 2 changes could not be found out",
         "lusha-sync show 1 names the records; look at them in the CRM"),
        ("warn", "1 record rests because the CRM refused what was to be written",
         "lusha-sync runs and show RUN say why; mend the cause, then lusha-sync sync beta --retry-parked"),
    ]  # fmt: skip


def test_one_document_even_where_the_exit_code_is_not_0(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(config, secret="sandbox-secret => another-secret")
    said = doctor(config, "acme", "--json")
    error = json.loads(said.out)["error"]
    assert error["exit"] == said.code == 7
    assert error["message"] == one(said, "acme", "sign-in")[1]


@pytest.mark.parametrize(
    ("org", "mapping", "field"),
    [
        ("acme", "mappings/salesforce/contact.yaml", "Seniority__c"),
        ("beta", "mappings/hubspot/contact.yaml", "lusha_seniority"),
    ],
)
def test_the_rule_to_paste_cures_the_warning(org: str, mapping: str, field: str, box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    [row] = rows(doctor(config, org, "--json"), org, "options contact")
    assert row["level"] == "warn"
    assert row["mend"] == f"check the map below, and put it in the place of fields.{field} in {mapping}"
    assert f"fields.{field}: 5 of Lusha's words are no option of '{field}'" in row["what"]
    file = tmp_path / mapping
    text, entries = re.subn(rf"^  {field}:.*\n(   .*\n)*", f"{row['paste']}\n", file.read_text("utf-8"), flags=re.M)
    assert entries == 1
    file.write_text(text, "utf-8")
    said = doctor(config, org, "--json")
    assert one(said, org, "options contact")[0] == one(said, org, "schema contact")[0] == "pass"
    assert said.document["warned"] == 0
    assert row["paste"] in doctor(configured(box, tmp_path / "again"), org).out


def test_a_field_that_the_user_may_not_edit(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    contact = box.salesforce.objects["contact"]
    title = contact.find("Title")
    assert title is not None
    box.salesforce.having("Contact", replace(title, withheld=True))
    try:
        said = doctor(config, "acme", "--json")
    finally:
        box.salesforce.having("Contact", title)
    assert said.code == 7
    assert one(said, "acme", "rights contact") == (
        "fail",
        "this user may not edit Contact.Title",
        "in Setup, open a permission set of the integration user, Object Settings, Contact, Field Permissions: grant "
        "Edit Access to Title",
    )
    assert one(said, "acme", "schema contact")[:2] == ("pass", "all fits Contact but what the rights lack")
    assert one(said, "acme", "rights account") == (
        "pass", f"Account may be read, and its {fields_of(tmp_path, 'account')} fields edited", None
    )  # fmt: skip


def fields_of(folder: Path, name: str) -> int:
    mapping = load_mapping(folder / "mappings" / "salesforce" / f"{name}.yaml", name)
    return len({*mapping.fields, *mapping.stamp})


def test_a_system_field_is_a_mistake_of_the_mapping(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    added = "\nstamp: => \n  IsEmailBounced: {from: location.is_eu}\nstamp:"
    edit(tmp_path / "mappings/salesforce/contact.yaml", field=added)
    said = doctor(config, "acme", "--json")
    assert said.code == 2
    assert one(said, "acme", "rights contact")[0] == "pass"
    level, what, mend = one(said, "acme", "schema contact")
    assert level == "fail" and what.endswith("Contact field 'IsEmailBounced' is read-only: this user may not edit it")
    assert mend == "mend that line of the mapping, or the field in the CRM"


def test_an_object_that_the_user_may_not_edit(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    lead = box.salesforce.objects["lead"]
    box.salesforce.objects["lead"] = replace(lead, updateable=False)
    try:
        said = doctor(config, "acme", "--json")
    finally:
        box.salesforce.objects["lead"] = lead
    assert said.code == 7
    assert one(said, "acme", "rights lead") == (
        "fail",
        "this user may not edit any Lead",
        "in Setup, open a permission set of the integration user, Object Settings, Lead: grant Edit",
    )
    assert one(said, "acme", "schema lead")[:2] == ("pass", "all fits Lead but what the rights lack")


def test_a_scope_that_the_token_lacks(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    box.hubspot.tokens.lacking.add("crm.objects.companies.write")
    try:
        said = doctor(config, "beta", "--json")
    finally:
        box.hubspot.tokens.lacking.clear()
    assert said.code == 7
    assert one(said, "beta", "rights company") == (
        "fail",
        "the token may not edit companies",
        "add the scope crm.objects.companies.write to the service key or app in HubSpot; an OAuth app is then "
        "installed again",
    )
    assert one(said, "beta", "rights contact")[0] == "pass"


def test_a_token_whose_scopes_hubspot_does_not_tell(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    path = "/oauth/v2/private-apps/get/access-token-info"
    box.hubspot.fail_next(404, path=path, times=2)
    said = doctor(config, "beta", "--json")
    assert said.code == 0
    assert one(said, "beta", "rights company") == (
        "warn",
        "the CRM does not tell whether companies may be edited",
        "see that the token has the scopes crm.objects.companies.read, crm.objects.companies.write",
    )
    [asked, *_] = [one for one in box.hubspot.requests if one.path == path]
    assert asked.body == {"tokenKey": "sandbox-hubspot-token"}


def test_an_object_that_is_not_there(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(tmp_path / "mappings/salesforce/contact.yaml", it="object: Contact => object: Kontact")
    said = doctor(config, "acme", "--json")
    assert said.code == 2
    for check in ("rights contact", "options contact"):
        assert one(said, "acme", check) == (
            "warn", "skipped: there is no Kontact to look at", "mend the object first"
        )  # fmt: skip
    assert "object: Salesforce has no object 'Kontact'" in one(said, "acme", "schema contact")[1]


@pytest.fixture
def daily(box: Sandbox) -> Iterator[Any]:
    """Salesforce's calls of the day, put back afterwards."""
    most = box.salesforce.daily.requests
    yield box.salesforce.daily
    box.salesforce.daily.requests = most


def test_few_calls_of_the_day_are_left(daily: Any, box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    daily.requests = 2 * daily.used + 500
    said = doctor(config, "acme", "--json")
    level, what, mend = one(said, "acme", "api calls")
    assert (said.code, level) == (0, "warn")
    assert re.fullmatch(
        r"[\d,]+ of [\d,]+ are left today, \d+ of them to us: a long run would end early, resumable", what
    )
    assert mend == "run tomorrow, or lower connection.api_reserve"


def test_the_calls_of_the_day_are_used_up_but_for_what_is_left_to_others(
    daily: Any, box: Sandbox, tmp_path: Path
) -> None:
    config = configured(box, tmp_path)
    daily.requests = daily.used + 5
    said = doctor(config, "acme", "--json")
    assert said.code == 4
    [first, *_] = [row for row in rows(said, "acme") if row["level"] == "fail"]
    assert (first["check"], first["mend"]) == ("schema account", "resume tomorrow, or lower connection.api_reserve")
    assert one(said, "acme", "options account")[1] == "skipped: the CRM does not answer"
    level, what, mend = one(said, "acme", "api calls")
    assert (level, mend) == ("fail", "run tomorrow, or lower connection.api_reserve")
    assert what.endswith(", 0 of them to us: api_reserve leaves 20% to others")
    assert one(said, "acme", "schema contact")[1] == "skipped: the CRM does not answer"
