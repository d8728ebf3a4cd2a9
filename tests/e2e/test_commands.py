"""The commands as a person types them, against a running sandbox; and every mistake with its message and exit code."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from tests.e2e.house import configured, lusha_sync, said_here

SYNC_KEYS = {
    "run", "org", "mapping", "status", "read", "due", "matched", "no_match", "suppressed", "no_identity", "left",
    "changed", "written", "fields_written", "unchanged", "conflicts", "rejected", "credits", "calls",
    "notes", "seconds",
}  # fmt: skip


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=60, companies=15, limits=False) as sandbox:
        yield sandbox


def test_demo_prints_one_document_whose_second_pass_writes_and_spends_nothing(tmp_path: Path) -> None:
    said = lusha_sync("demo", "--json", "--dir", str(tmp_path))
    assert said.code == 0, said.err
    first, second = said.document["passes"]
    assert sum(run["written"] for run in first["runs"]) > 300
    assert sum(run["credits"]["charged"] for run in first["runs"]) > 300
    assert [(run["written"], run["fields_written"], run["credits"]["charged"]) for run in second["runs"]] == [
        (0, 0, 0)
    ] * 5
    assert all(rate["after"] >= rate["before"] for item in said.document["fill"] for rate in item["fields"].values())
    assert Path(said.document["state"]).is_file()
    assert _table_of_the_readme() == {
        (run["org"], Path(run["mapping"]).stem): [
            *(run[name] for name in ("read", "due", "matched", "no_match", "written", "fields_written", "left")),
            run["conflicts"] + run["rejected"],
            run["credits"]["charged"],
        ]
        for run in first["runs"]
    }


def _table_of_the_readme() -> dict[tuple[str, str], list[int]]:
    """The figures that the README shows of the demo."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    rows = [line.split() for line in readme.splitlines() if line.startswith(("acme ", "beta ")) and "done" in line]
    return {(row[0], row[1]): [int(figure.replace(",", "")) for figure in row[2:-1]] for row in rows}


def test_sync_reports_every_figure_and_the_parts_add_up(box: Sandbox, tmp_path: Path) -> None:
    said = lusha_sync("sync", "--json", "--timings", "--config", configured(box, tmp_path))
    runs = said.document["runs"]
    assert [run["mapping"] for run in runs] == [
        "mappings/salesforce/account.yaml", "mappings/salesforce/contact.yaml", "mappings/salesforce/lead.yaml",
        "mappings/hubspot/company.yaml", "mappings/hubspot/contact.yaml",
    ]  # fmt: skip
    for run in runs:
        assert run.keys() >= SYNC_KEYS
        assert run["due"] == run["matched"] + run["no_match"] + run["no_identity"] + run["left"]
        assert run["matched"] == run["changed"] + run["unchanged"]
        timings = run["timings"]
        assert timings["bound_by"] and timings["stages"].keys() >= {"read", "select", "buy", "plan", "write"}
        assert sum(stage["busy"] + stage["waited"] for stage in timings["stages"].values()) <= timings["seconds"] + 0.1
    assert sum(run["credits"]["charged"] for run in runs) == box.lusha.used
    assert runs[-1]["credits"]["balance"] == box.lusha.remaining
    assert said.code == (3 if any(run["rejected"] + run["conflicts"] for run in runs) else 0)


def test_no_call_carries_a_field_that_did_not_change(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    runs = lusha_sync("sync", "--json", "--config", config).document["runs"]
    tables = [*box.salesforce.tables.values(), *box.hubspot.tables.values()]
    assert [table.tally.fields_unchanged for table in tables] == [[]] * len(tables)
    assert sum(table.tally.fields_received.total() for table in tables) == sum(run["fields_written"] for run in runs)
    assert sum(table.tally.writes.total() for table in tables) == sum(run["written"] for run in runs)
    assert max(times for table in tables for times in table.tally.writes.values()) == 1


def test_the_calls_reported_are_the_calls_that_the_servers_saw(box: Sandbox, tmp_path: Path) -> None:
    runs = lusha_sync("sync", "--json", "--config", configured(box, tmp_path)).document["runs"]
    before_a_run = ("/oauth2/token", "/describe", "/properties/", "/account-info/")  # once for each org
    seen = [one.path for server in (box.salesforce, box.hubspot) for one in server.requests]
    in_runs = [path for path in seen if not any(part in path for part in before_a_run)]
    assert sum(run["calls"]["crm_read"] + run["calls"]["crm_write"] for run in runs) == len(in_runs)
    assert sum(run["calls"]["lusha"] for run in runs) == sum(
        n for path, n in box.lusha.calls.items() if "usage" not in path
    )


def test_plan_buys_nothing_and_bounds_what_sync_then_spends(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    plan = lusha_sync("plan", "acme", "--mapping", "contact", "--json", "--config", config)
    assert plan.code == 0, plan.err
    [forecast] = plan.document["plans"]
    assert box.lusha.used == 0
    assert {path for path in box.lusha.calls if "usage" not in path} == set()
    sync = lusha_sync("sync", "acme", "--mapping", "contact", "--json", "--config", config)
    [run] = sync.document["runs"]
    assert (forecast["read"], forecast["due"]) == (run["read"], run["due"])
    assert run["credits"]["charged"] <= forecast["credits"]["worst_case"]


def test_the_table_runs_status_and_show_speak_of_the_same_run(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    sync = lusha_sync("sync", "beta", "--mapping", "company.yaml", "--config", config)
    assert "beta  company" in sync.out
    runs = lusha_sync("runs", "--json", "--config", config).document["runs"]
    assert [(run["org"], run["mapping"]) for run in runs] == [("beta", "mappings/hubspot/company.yaml")]
    show = lusha_sync("show", str(runs[0]["run"]), "--json", "--config", config).document
    written = sum(change["changes"] for change in show["changes"] if change["state"] == "written")
    assert written == runs[0]["fields_written"] > 0
    assert "industry" in lusha_sync("show", str(runs[0]["run"]), "--config", config).out
    status = {org["org"]: org for org in lusha_sync("status", "--json", "--config", config).document["orgs"]}
    assert status["acme"]["last_run"] is None
    assert status["beta"]["credits_today"] == box.lusha.used


def test_limit_and_record_narrow_a_run(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    [run] = lusha_sync("sync", "acme", "--mapping", "account", "--limit", "3", "--json", "--config", config).document[
        "runs"
    ]
    assert run["due"] == 3
    id = next(
        id for id, row in box.salesforce.tables["Contact"].rows.items() if row.get("Email") and not row.get("Title")
    )
    said = lusha_sync("sync", "acme", "--mapping", "contact", "--record", id, "--json", "--config", config)
    assert [run["read"] for run in said.document["runs"]] == [1]
    nobody = ("--record", "003000000000000AAA")
    [run] = said_here("sync", "acme", "--mapping", "contact", *nobody, "--json", "--config", config).document["runs"]
    assert run["notes"] == {"a record named is no Contact there, or select.where leaves it out": 1}


def test_the_state_file_is_its_owners_alone_and_holds_no_key(box: Sandbox, tmp_path: Path) -> None:
    lusha_sync("sync", "--config", configured(box, tmp_path))
    for file in tmp_path.glob("state.db*"):
        assert file.stat().st_mode & 0o777 == 0o600, file
    held = (tmp_path / "state.db").read_bytes()
    assert not [
        secret for secret in (b"sandbox-lusha-key", b"sandbox-secret", b"sandbox-hubspot-token") if secret in held
    ]


# --- mistakes: one clear message, the right exit code, no traceback, nothing lost ---


def _closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _edit(file: str, old: str, new: str) -> Callable[[Path, Sandbox], None]:
    def edit(folder: Path, box: Sandbox) -> None:
        path = folder / file
        text = path.read_text()
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1))

    return edit


def _nobody_listens(url: str) -> Callable[[Path, Sandbox], None]:
    def edit(folder: Path, box: Sandbox) -> None:
        path = folder / "config.yaml"
        path.write_text(path.read_text().replace(getattr(box, url), f"http://127.0.0.1:{_closed_port()}"))

    return edit


MISTAKES = [
    ("bad YAML", _edit("config.yaml", "orgs:", "orgs: ["), 2, "config.yaml:"),
    ("missing variable", _edit("config.yaml", "sandbox-lusha-key", "${LUSHA_KEY_OF_NOBODY}"), 2, "LUSHA_KEY_OF_NOBODY"),
    ("unknown key", _edit("config.yaml", "budget:", "budgett:"), 2, "did you mean 'budget'?"),
    ("duplicate key", _edit("config.yaml", "orgs:", "version: 1\norgs:"), 2, "config.yaml:"),
    ("missing mapping", _edit("config.yaml", "contact.yaml", "kontact.yaml"), 2, "kontact.yaml"),
    ("unknown CRM field", _edit("mappings/salesforce/contact.yaml", "MailingCity:", "MailingTown:"), 2,
     "mappings/salesforce/contact.yaml:"),
    ("unknown attribute", _edit("mappings/salesforce/contact.yaml", "job_title.title", "job_titel.title"), 2,
     "did you mean 'job_title.title'?"),
    ("unknown transform", _edit("mappings/salesforce/contact.yaml", "as: phone", "as: fone"), 2,
     "did you mean 'phone'?"),
    ("wrong Lusha key", _edit("config.yaml", "sandbox-lusha-key", "another-key"), 7, "Lusha"),
    ("wrong Salesforce secret", _edit("config.yaml", "sandbox-secret", "another-secret"), 7, "Salesforce"),
    ("wrong HubSpot token", _edit("config.yaml", "sandbox-hubspot-token", "another-token"), 7, "HubSpot"),
    ("Lusha unreachable", _nobody_listens("lusha_url"), 8, "Lusha"),
    ("Salesforce unreachable", _nobody_listens("salesforce_url"), 8, "Salesforce"),
    ("HubSpot unreachable", _nobody_listens("hubspot_url"), 8, "HubSpot"),
    ("bad where", _edit("mappings/salesforce/contact.yaml", "IsEmailBounced = false", "IsEmailBounced ="), 2,
     "Salesforce"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "code", "words"), [pytest.param(*m[1:], id=m[0]) for m in MISTAKES])
def test_a_mistake_gets_one_message_and_its_exit_code(
    edit: Callable[[Path, Sandbox], None], code: int, words: str, box: Sandbox, tmp_path: Path
) -> None:
    config = configured(box, tmp_path)
    edit(tmp_path, box)
    said = said_here("sync", "--config", config, "-q")
    assert said.code == code, said.err
    assert words in said.err
    assert "Traceback" not in said.err
    assert not [
        secret for secret in ("another-key", "another-secret", "another-token") if secret in said.err + said.out
    ]
    document = said_here("sync", "--config", config, "-q", "--json").document
    assert document["error"]["exit"] == code
    assert words in document["error"]["message"] + (document["error"]["hint"] or "")


def test_one_failing_org_does_not_stop_the_other(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    _edit("config.yaml", "sandbox-secret", "another-secret")(tmp_path, box)
    said = lusha_sync("sync", "--config", config, "--json")
    assert said.code == 7
    assert {run["org"]: run["status"] for run in said.document["runs"]} == {"acme": "failed", "beta": "done"}


def test_a_missing_config_says_how_to_begin(tmp_path: Path) -> None:
    said = lusha_sync("sync", cwd=tmp_path)
    assert said.code == 2
    assert "there is no config file config.yaml" in said.err
    assert "lusha-sync sandbox --write-config try" in said.err


def test_a_reader_that_has_seen_enough_is_no_failure(box: Sandbox, tmp_path: Path) -> None:
    words = f"plan -q --json --config {configured(box, tmp_path)}"
    command = f"{sys.executable} -m connector {words} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.stderr) == ("0", "")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sync", "akme"), "no org 'akme'"),
        (("sync", "--mapping", "deal"), "no mapping 'deal'"),
        (("sync", "--limit", "0"), "--limit"),
        (("show", "99"), "no run 99"),
        (("plan", "--buy", "--quote"), "--quote buys nothing and --buy does"),
    ],
)
def test_usage_mistakes_leave_with_two(words: tuple[str, ...], message: str, box: Sandbox, tmp_path: Path) -> None:
    said = lusha_sync(*words, "--config", configured(box, tmp_path))
    assert said.code == 2
    assert message in said.err
    assert "Traceback" not in said.err


def test_the_mapping_of_the_readme_runs(box: Sandbox, tmp_path: Path) -> None:
    config = configured(box, tmp_path)
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    mapping = readme.partition("```yaml\n")[2].partition("```")[0]
    (tmp_path / "mappings" / "salesforce" / "contact.yaml").write_text(mapping, encoding="utf-8")
    said = lusha_sync("sync", "acme", "--mapping", "contact", "--json", "--config", config)
    assert said.code in (0, 3), said.err
    [run] = said.document["runs"]
    assert run["written"] > 10
    received = box.salesforce.tables["Contact"].tally.fields_received
    assert set(received) == {"Title", "Phone", "Lusha_Id__c", "Lusha_Last_Enriched__c"}
