"""``lusha-sync forget`` on the command line, against the sandbox: real processes, real files."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from connector.sandbox import Sandbox
from connector.store.db import open_store
from tests.e2e.house import configured, rows, said_here

ASKED = {"env": {"COLUMNS": "400"}}


@dataclass(frozen=True, slots=True)
class Someone:
    """A contact of the Salesforce org whom a run filled, and what was written into it."""

    id: str
    email: str
    name: str
    phone: str

    @property
    def words(self) -> tuple[bytes, ...]:
        return (self.email.lower().encode(), self.name.encode(), self.phone.encode())


def _name(row: Any) -> str:
    return f"{row['FirstName']} {row['LastName']}"


@dataclass(frozen=True, slots=True)
class Synced:
    """A sandbox, its config, and the folder of the state file, after one sync; and all that this printed."""

    box: Sandbox
    config: str
    folder: Path
    printed: str

    def someone(self, place: int) -> Someone:
        """Different people by place: with a name of their own, an e-mail address and a phone."""
        store = open_store(next(self.folder.rglob("state.db")))
        matched = store.rows(
            "SELECT record FROM held WHERE org = 'acme' AND object = 'Contact' AND field = 'MobilePhone'"
            " AND value <> 'null' ORDER BY record"
        )
        store.close()
        table = self.box.salesforce.tables["Contact"].rows
        full = [_name(row) for row in table.values()]
        found = []
        for line in matched:
            row = table[line["record"]]
            if row["Email"] and full.count(_name(row)) == 1:
                found.append(Someone(row["Id"], row["Email"], _name(row), row["MobilePhone"]))
        return found[place]

    def run_of(self, mapping: str) -> int:
        """The first run of a mapping of the Salesforce org."""
        told = said_here("runs", "--json", "--config", self.config).document["runs"]
        return int(min(run["run"] for run in told if run["org"] == "acme" and mapping in run["mapping"]))

    def files_with(self, someone: Someone) -> set[str]:
        return {
            file.name
            for file in self.folder.rglob("state.db*")
            if any(word in file.read_bytes().replace(b"\\u00", b"").lower() for word in map(bytes.lower, someone.words))
        }


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synced]:
    folder = tmp_path_factory.mktemp("forget")
    with Sandbox(contacts=60, companies=15, limits=False) as box:
        config = configured(box, folder)
        said = said_here("sync", "-v", "--json", "--config", config)
        assert said.code in (0, 3)
        yield Synced(box, config, folder, said.out + said.err)


def forget(synced: Synced, *words: str, stdin: str | None = None, **more: Any) -> Any:
    return said_here("forget", *words, "--config", synced.config, stdin=stdin, **more)


def test_what_a_run_prints_and_logs_names_nobody(synced: Synced) -> None:
    printed = synced.printed.lower()
    contacts = synced.box.salesforce.tables["Contact"].rows.values()
    told = {str(row[name]).lower() for row in contacts for name in ("Email", "Phone", "MobilePhone") if row[name]}
    told |= {_name(row).lower() for row in contacts if row["FirstName"] and row["LastName"]}
    assert len(told) > 100
    assert [word for word in told if word in printed] == []
    for run in range(1, 5):
        said = said_here("show", str(run), "--json", "--config", synced.config).out.lower()
        assert [word for word in told if word in said] == []


def test_nothing_of_a_person_is_left_in_any_file_and_nobody_is_named(synced: Synced) -> None:
    who = synced.someone(0)
    assert "state.db" in synced.files_with(who)
    said = forget(synced, "--email", "-", "--yes", "--json", stdin=who.email + "\n")
    told = said.document["forgotten"]
    assert said.code == 0
    assert list(told) == ["profiles", "identities", "records", "changes", "suggestions", "answers", "suppressed"]
    assert (told["profiles"], told["records"] in (1, 2)) == (1, True)
    assert min(told["identities"], told["changes"], told["suppressed"]) > 1
    assert synced.files_with(who) == set()
    assert not any(word.decode() in said.out + said.err for word in who.words)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in synced.folder.rglob("state.db*")}
    assert any("-lease-" in name for name in modes) and any("-key-" in name for name in modes)
    assert any(name.endswith("-rates") for name in modes)
    assert set(modes.values()) == {0o600}
    again = forget(synced, "--email", "-", "--yes", "--json", stdin=who.email + "\n")
    assert again.document == {"forgotten": dict.fromkeys(told, 0)}


def test_a_later_run_leaves_them_alone_and_an_undo_says_why(synced: Synced) -> None:
    who = synced.someone(1)
    assert forget(synced, "--record", who.id[:15], "--org", "acme", "--yes").code == 0
    synced.box.salesforce.edit("Contact", who.id, Title=None, Phone=None, MobilePhone=None, Lusha_Id__c=None,
                               Lusha_Last_Enriched__c=None, Email="elsewhere@beta.example")  # fmt: skip
    before, spent = rows(synced.box)["salesforce Contact"][who.id], synced.box.lusha.used
    said = said_here("sync", "acme", "--mapping", "contact", "--json", "--record", who.id, "--config", synced.config)
    [run] = said.document["runs"]
    assert (said.code, run["suppressed"], run["due"], run["written"]) == (0, 1, 0, 0)
    assert synced.box.lusha.used == spent
    undone = said_here("undo", str(synced.run_of("contact")), "--record", who.id, "--config", synced.config, **ASKED)
    assert "not kept any more (older than state.keep_changes, or the person was forgotten)" in undone.out
    assert rows(synced.box)["salesforce Contact"][who.id] == before


def test_it_says_what_it_will_erase_and_asks(synced: Synced) -> None:
    who = synced.someone(2)
    said = forget(synced, "--email", who.email, **ASKED)
    assert said.code == 2
    assert "This erases 1 profile, " in said.err and "--yes" in said.err
    assert "Nobody is there to agree" in said.err
    assert "state.db" in synced.files_with(who)
    said = forget(synced, "--email", "-", stdin=who.email, **ASKED)
    assert (said.code, "Stdin carried who is meant" in said.err) == (2, True)
    assert who.email not in said.err
    assert "state.db" in synced.files_with(who)


def test_people_read_what_stays(synced: Synced) -> None:
    said = forget(synced, "--email", synced.someone(3).email, "--yes", **ASKED)
    assert said.code == 0
    words = " ".join(said.out.split())
    assert words.startswith("Erased 1 profile, ")
    assert "What stays: hashes, and that changes happened. The CRM and Lusha are not touched" in words
    said = forget(synced, "--email", "nobody-we-know@acme.example", "--yes", **ASKED)
    assert " ".join(said.out.split()).startswith("Nothing was known of them; 1 mark suppressed")


def test_by_hand_they_are_not_asked_for(synced: Synced) -> None:
    who = synced.someone(4)
    forget(synced, "--email", who.email, "--yes")
    spent = synced.box.lusha.used
    said = said_here("lusha", "person", who.email, "--yes", "--json", "--org", "acme", "--config", synced.config)
    assert said.document["error"] == "COMPLIANCE_RESTRICTED"
    assert synced.box.lusha.used == spent


def test_while_a_run_goes_on_nobody_is_forgotten(synced: Synced) -> None:
    who = synced.someone(5)
    [lock, *_] = synced.folder.rglob("state.db-lease-*")
    with FileLock(lock):
        said = forget(synced, "--email", who.email, "--yes", "--json")
    assert (said.code, said.document["error"]["exit"]) == (6, 6)
    assert "state.db" in synced.files_with(who)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nobody is named"),
        (("--email", "info@acme.example"), "number 1 of --email is not an e-mail address of one person"),
        (("--email", "a@acme.example", "--email", "half@"), "number 2 of --email is not"),
        (("--lusha-id", "not one"), "number 1 of --lusha-id is not a Lusha id"),
        (("--record", "77", "--org", "gamma"), "there is no such org"),
        (("--record", "77"), "a record of that id may be in 3 places"),
        (("--email", "-", "--record", "-"), "'-' stands twice"),
    ],
)
def test_who_can_be_nobody_is_refused_and_not_repeated(synced: Synced, words: tuple[str, ...], said: str) -> None:
    told = forget(synced, *words, "--yes", stdin="half@\n", **ASKED)
    assert told.code == 2
    assert said in told.err
    assert "half@" not in told.err
