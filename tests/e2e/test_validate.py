"""``validate`` against both CRMs, and the same judgement at the start of every run: before a credit is spent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connector.sandbox import Sandbox
from tests.e2e.house import Said, configured, said_here

ACCOUNT, CONTACT, LEAD = (f"mappings/salesforce/{name}.yaml" for name in ("account", "contact", "lead"))
COMPANY, PERSON = "mappings/hubspot/company.yaml", "mappings/hubspot/contact.yaml"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=30, companies=8, limits=False) as sandbox:
        yield sandbox


def edit(file: Path, **swaps: str) -> None:
    """Replace text once; the keys only name what is done."""
    text = file.read_text("utf-8")
    for swap in swaps.values():
        old, _, new = swap.partition(" => ")
        assert old in text, old
        text = text.replace(old, new, 1)
    file.write_text(text, "utf-8")


def dead_lusha(box: Sandbox, config: str) -> None:
    """Nobody listens where the config looks for Lusha: whoever asks it fails."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        edit(Path(config), lusha=f"{box.lusha_url} => http://127.0.0.1:{sock.getsockname()[1]}")


def validate(config: str, *words: str) -> Said:
    return said_here("validate", "--config", config, *words)


def at(config: str, mapping: str, words: str, key: str = "") -> str:
    """``file:line:column`` of a key (or of the words) on the line of a mapping that holds these words."""
    lines = (Path(config).parent / mapping).read_text("utf-8").splitlines()
    number, line = next((number, line) for number, line in enumerate(lines, 1) if words in line)
    return f"{mapping}:{number}:{line.index(key or words.lstrip()) + 1}"


def test_files_that_fit_are_judged_without_asking_anybody(tmp_path: Path) -> None:
    with Sandbox(contacts=1, companies=1) as gone:
        config = configured(gone, tmp_path)
    said = validate(config)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        f"{config}  ok",
        *(f"acme  {mapping}  ok" for mapping in (ACCOUNT, CONTACT, LEAD)),
        *(f"beta  {mapping}  ok" for mapping in (COMPANY, PERSON)),
        "ok; only the files were read, --online also asks each CRM",
    ]
    assert not list(tmp_path.glob("state.db*"))


def test_a_variable_that_is_not_set_is_a_warning_until_somebody_is_asked(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(Path(config), key="sandbox-lusha-key => ${LUSHA_KEY_OF_NOBODY}")
    said = validate(config, "--json")
    [warning] = said.document["warnings"]
    assert said.code == 0
    assert warning.endswith("lusha.api_key: the environment variable LUSHA_KEY_OF_NOBODY is not set")
    for refused in (validate(config, "--online", "--json"), said_here("sync", "--config", config, "--json")):
        assert refused.code == 2
        assert "LUSHA_KEY_OF_NOBODY is not set" in refused.document["error"]["message"]
    assert validate(config, "--online").out.endswith("no CRM was asked, because the files must be mended first\n")


def test_every_mistake_of_every_file_comes_at_once(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(Path(config), key="budget: => budgett:")
    edit(tmp_path / CONTACT, path="job_title.title => job_titel", kind="as: phone => as: int")
    edit(tmp_path / PERSON, policy="policy: refresh => policy: fresh")
    said = validate(config)
    assert said.code == 2
    for words in (
        "unknown key — did you mean 'budget'?",
        f"error: {at(config, CONTACT, 'Title:', 'from')}: fields.Title.from: no person attribute 'job_titel'",
        f"error: {at(config, CONTACT, '  Phone:', 'as:')}: fields.Phone.as: the transform int can read nothing of ",
        f"error: {at(config, PERSON, 'jobtitle:', 'policy')}: fields.jobtitle.policy: no policy 'fresh'",
    ):
        assert words in said.out
    assert "4 errors; only the files were read" in said.out
    document = validate(config, "--json").document
    assert document["error"]["exit"] == 2
    assert {item["mapping"]: len(item["errors"]) for item in document["mappings"]} == {
        ACCOUNT: 0, CONTACT: 2, LEAD: 0, COMPANY: 0, PERSON: 1
    }  # fmt: skip


def test_online_each_crm_is_asked_and_nothing_else(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    dead_lusha(box, config)
    (tmp_path / "state.db").touch()  # another's, or older than the rates beside it
    said = validate(config, "--online", "--json")
    assert said.code == 0, said.out
    assert (said.document["online"], said.document["errors"], said.document["warnings"]) == (True, [], [])
    assert all(not item["errors"] for item in said.document["mappings"])
    warnings = {item["mapping"]: item["warnings"] for item in said.document["mappings"]}
    place = at(config, PERSON, "lusha_seniority:", "from")
    assert warnings[PERSON] == [
        f"{place}: fields.lusha_seniority.from: 5 of Lusha's words are no option of 'lusha_seniority' and will not be "
        "written but reported: Founder; Partner; Non-Manager; Intern; Other. Map each to an option, or to null to "
        "leave it out: as: {picklist: {WORD: OPTION}}"
    ]
    assert list(tmp_path.glob("state.db*")) == [tmp_path / "state.db"]


def test_a_mapping_that_does_not_fit_salesforce(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(
        tmp_path / CONTACT,
        unknown="  MailingCity: =>   MailingTown:",
        kind='  Department: {from: job_title.departments, policy: fill, as: {join: "; "}} '
        "=>   IsEmailBounced: {from: job_title.title}\n  DoNotCall: {from: location.is_eu}",
        stamp="Lusha_Last_Enriched__c: enriched_at => Title__c: enriched_at",
    )
    said = validate(config, "acme", "--online")
    assert said.code == 2
    for line in (
        f"{at(config, CONTACT, 'MailingTown')}: fields.MailingTown: Contact has no field 'MailingTown'",
        f"{at(config, CONTACT, 'IsEmailBounced:')}: fields.IsEmailBounced: Contact field 'IsEmailBounced' is read-only"
        ": this user may not edit it",
        f"{at(config, CONTACT, 'DoNotCall:')}: fields.DoNotCall: Contact field 'DoNotCall' is read-only: "
        "consent is for people to give",
        f"{at(config, CONTACT, 'Title__c:')}: stamp.Title__c: Contact has no field 'Title__c'",
    ):
        assert f"  error: {line}" in said.out
    assert "acme  mappings/salesforce/account.yaml  ok" in said.out
    assert "beta" not in said.out


def test_a_mapping_that_does_not_fit_hubspot(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(
        tmp_path / COMPANY,
        kind="numberofemployees: {from: employee_count.exact, policy: refresh, as: int} "
        "=> numberofemployees: {from: industry}",
        calculated="  city: => createdate: {from: domain}\n  city:".replace("createdate", "  createdate"),
    )
    said = validate(config, "beta", "--online")
    assert said.code == 2
    assert (
        f"error: {at(config, COMPANY, 'numberofemployees: {', 'from')}: fields.numberofemployees.from:"
        f" 'industry' is text such "
        "as 'Manufacturing', and companies field 'numberofemployees' takes numbers; map founded_year"
    ) in said.out
    assert "companies field 'createdate' is read-only: HubSpot sets it" in said.out


@pytest.mark.parametrize(
    ("mapping", "swap", "place"),
    [
        (CONTACT, "IsEmailBounced = false => IsEmailBounced =", "select.where: "),
        (CONTACT, "company_domain: Account.Website => company_domain: Account.Websit",
         "identify[3].company_domain: Account.Websit: no such field that this user may see — did you mean"),
        (PERSON, "  incomplete: =>   where: [{propertyName: lifecyclestag, operator: EQ, value: lead}]\n  incomplete:",
         "select.where: "),
        (PERSON, "company_domain: companies.domain => company_domain: companies.domian",
         "identify[4].company_domain: contacts has no field 'companies.domian' — did you mean 'companies.domain'?"),
        (CONTACT, "object: Contact => object: Kontact", "object: Salesforce has no object 'Kontact'"),
    ],
)  # fmt: skip
def test_what_only_the_crm_can_refuse(mapping: str, swap: str, place: str, box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(tmp_path / mapping, it=swap)
    said = validate(config, "--online")
    assert said.code == 2, said.out
    words = swap.partition(" => ")[2].splitlines()[0].strip()
    key = place.partition(": ")[0].rpartition(".")[2].removesuffix(":")
    assert f"  error: {at(config, mapping, words, key)}: {place}" in said.out
    if not place.startswith("object"):
        run = said_here("sync", "--mapping", mapping, "--config", config)
        assert run.code == 2
        assert f"{at(config, mapping, words, key)}: {place}" in run.err


def test_what_the_schema_refuses_hides_neither_what_the_crm_refuses_nor_warnings(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(
        tmp_path / CONTACT,
        field="  Title: => Titel:".replace("Titel", "  Titel"),
        where="IsEmailBounced = false => IsEmailBouncd = false",
        parent="Account.Website => Acount.Website",
        other="Account.Name => Account.Nmae",
    )
    said = validate(config, "acme", "--online", "--json").document
    [found] = [item for item in said["mappings"] if item["mapping"] == CONTACT]
    assert found["errors"] == [
        f"{at(config, CONTACT, 'Acount', 'company_domain')}: identify[3].company_domain: Acount.Website: no"
        f" such relationship — did you "
        "mean 'Account.Website'?",
        f"{at(config, CONTACT, 'Nmae', 'company_name')}: identify[4].company_name: Account.Nmae: no such field"
        f" that this user may see "
        "— did you mean 'Account.Name'?",
        f"{at(config, CONTACT, 'Bouncd', 'where')}: select.where: Salesforce answered INVALID_FIELD: No such column "
        "'IsEmailBouncd' on entity 'Contact'. — did you mean 'IsEmailBounced'?",
        f"{at(config, CONTACT, 'Titel:')}: fields.Titel: Contact has no field 'Titel' — did you mean 'Title'?",
    ]
    assert any("no option of 'Seniority__c'" in warning for warning in found["warnings"])


def test_a_key_that_is_refused_and_a_crm_that_does_not_answer(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(Path(config), secret="sandbox-secret => another-secret")
    said = validate(config, "--online")
    assert said.code == 7
    assert said.out.count("invalid client credentials") == said.out.count("  → ") == 1
    assert "beta  mappings/hubspot/contact.yaml  1 warning" in said.out
    assert "another-secret" not in said.out + said.err


class CountingSandbox(Sandbox):
    """A sandbox that counts how often somebody signs in to Salesforce."""

    sign_ins = 0

    def apps(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        lusha, salesforce, hubspot = super().apps()

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.sign_ins += str(scope.get("path")).endswith("/oauth2/token")
            await salesforce(scope, receive, send)

        return lusha, counted, hubspot


def test_a_wrong_secret_is_tried_once_however_many_mappings_there_are(tmp_path: Path) -> None:
    with CountingSandbox(contacts=1, companies=1, limits=False) as box:
        config = configured(box, tmp_path)
        edit(Path(config), secret="sandbox-secret => another-secret")
        assert validate(config, "acme", "--online").code == 7
        assert box.sign_ins == 1


def test_what_keeps_the_whole_config_from_use_is_told_of_other_orgs_too(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(tmp_path / CONTACT, policy="policy: refresh => policy: fresh")
    said = validate(config, "beta", "--online")
    assert said.code == 2
    assert f"error: {at(config, CONTACT, 'policy: fresh')}: fields.Title.policy: no policy 'fresh'" in said.out


def test_an_org_that_is_not_in_the_config(box: Sandbox, tmp_path: Path) -> None:
    said = validate(configured(box, tmp_path), "akme")
    assert said.code == 2
    assert "no org 'akme' in config.yaml" in said.err


def test_a_run_says_once_what_is_hardly_meant_and_reports_what_then_does_not_fit(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    words = ("sync", "beta", "--mapping", "contact", "--config", config, "--json")
    said = said_here(*words)
    [run] = said.document["runs"]
    [warning] = run["warnings"]
    assert "no option of 'lusha_seniority'" in warning
    assert said.err.replace("\n", " ").count("no option of 'lusha_seniority'") == 1
    assert f"warning: beta: {warning}" in said.err
    notes = said_here("show", str(run["run"]), "--config", config, "--json").document["notes"]
    assert any("is not an option of Lusha Seniority" in note for note in notes)
    document = said_here("plan", "beta", "--mapping", "contact", "--config", config, "--json").document
    assert document["plans"][0]["warnings"] == [warning]


@pytest.mark.parametrize("command", [("sync",), ("plan",), ("plan", "--buy"), ("plan", "--quote")])
def test_no_run_begins_with_a_mapping_that_does_not_fit(command: tuple[str, ...], box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    edit(
        tmp_path / PERSON,
        kind="  hs_linkedin_url: =>   associatedcompanyid: {from: job_title.title}\n  hs_linkedin_url:",
    )
    said = said_here(*command, "beta", "--mapping", "contact", "--config", config, "--json")
    assert said.code == 2
    assert "fields.associatedcompanyid.from: 'job_title.title' is text" in said.document["error"]["message"]
    assert sum(run["credits"]["charged"] for run in said.document["runs"]) == 0
