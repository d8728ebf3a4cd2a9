"""The state file of so many enriched records with the history of one run, made by the store's own functions: what it
takes, table by table, and how soon the commands that only look answer.

No vendor is asked and nothing is read from a CRM: the people are invented here. ``--keep FOLDER`` makes the file once.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks.box import ROOT
from benchmarks.document import Row, options, tell
from benchmarks.measuring import spend
from connector.lusha.profiles import to_json
from connector.models import Account, Change, Profile
from connector.redact import Secret
from connector.store import attempts, balances, explain, journal, ledger, people, records, runs
from connector.store.attempts import Attempt, Rest
from connector.store.db import Store, open_store
from connector.store.journal import Draft
from connector.store.ledger import Purpose
from connector.store.packing import packed
from connector.store.people import SavedProfile

NOW = datetime.now(UTC).replace(microsecond=0)
SCOPE = {"org": "beta", "object": "contacts"}
MAPPING = "mappings/hubspot/contact.yaml"
COMMANDS = {
    "status": ("status",),
    "history": ("history", "beta", "contacts", "88000000001"),
    "runs": ("runs",),
    "show": ("show", "1"),
}
_BATCH = 100
_KEY = Secret("sandbox-lusha-key")
_STALE = timedelta(days=90)
_TITLES = ("Lead, Support", "Manager, Research", "Head of Sales", "Account Executive", "Analyst", "Engineer")
_CITIES = (("Dublin", "Ireland", "IE"), ("Berlin", "Germany", "DE"), ("Boston", "United States", "US"))
_FIELDS = {
    "jobtitle": ("job_title.title", "refresh", "search"),
    "lusha_seniority": ("job_title.seniority", "refresh", "search"),
    "email": ("emails[?type=='work'] | [0].email", "fill", "emails"),
    "phone": ("phones[?type!='mobile' && !do_not_call] | [0].number", "fill", "phones"),
    "mobilephone": ("phones[?type=='mobile' && !do_not_call] | [0].number", "fill", "phones"),
    "city": ("location.city", "fill", "search"),
    "country": ("location.country", "fill", "search"),
    "lusha_id": ("id", "stamp", None),
    "lusha_last_enriched": ("enriched_at", "stamp", None),
}


def measure(given: Namespace) -> list[Row]:
    """One row: the file, and the commands."""
    with tempfile.TemporaryDirectory(prefix="lusha-bench-") as folder:
        path = Path(given.keep or folder) / "state.db"
        began = time.process_time()
        if not path.exists():
            with closing(open_store(path)) as store:
                fill(store, given.records)
        return [_row(path, given.records, time.process_time() - began)]


def _row(path: Path, many: int, made: float) -> Row:
    size, config = path.stat().st_size, _config(path.parent)
    return {
        "records": many,
        "bytes": size,
        "bytes_per_record": round(size / many),
        "bytes_per_record_of": tables(path, many),
        "made_in_ms_per_record": round(made / many * 1e3, 3),
        "seconds_in_the_store": {name: _least(path, look) for name, look in LOOKS.items()},
        "seconds_of_commands": {name: _seconds(config, *words) for name, words in COMMANDS.items()},
    }


def fill(store: Store, many: int) -> None:
    """So many enriched records of one run, in batches as a run makes them."""
    key = _KEY.fingerprint()
    run = runs.begin(store, invocation="i", org="beta", mapping=MAPPING, now=NOW)
    balances.save_account(store, key, Account(10**9, 10**9), asked=balances.mark(store, key), now=NOW)
    for start in range(1, many + 1, _BATCH):
        numbers = range(start, min(start + _BATCH, many + 1))
        _enrich(store, Purpose(key, "i", run, "beta", MAPPING), numbers)
    runs.end(store, run, status="done", report={"matched": many}, error=None, now=NOW)


def _enrich(store: Store, purpose: Purpose, numbers: range) -> None:
    entries = {"search": _booked(store, purpose, len(numbers), {"search": 4})}
    entries["emails"] = entries["phones"] = _booked(store, purpose, len(numbers), {"emails": 100, "phones": 500})
    everybody = [_person(number) for number in numbers]
    with store.transaction():
        _save(store, purpose.key, everybody, entries)
        drafts = [_drafts(number, one, entries) for number, one in zip(numbers, everybody, strict=True)]
        planned = journal.plan(store, run=purpose.run, **SCOPE, drafts=list(chain(*drafts)), now=NOW)
    with store.transaction():
        journal.intend(store, planned, run=purpose.run)
    with store.transaction():
        journal.landed(store, **SCOPE, entries=planned, now=NOW)
        journal.mark(store, [(entry.id, "written", None) for entry in planned], run=purpose.run)
        ends = [_ended(number) for number in numbers]
        attempts.save(store, **SCOPE, mapping=MAPPING, attempts=ends, now=NOW, rest=Rest(stale_after=_STALE))


def _booked(store: Store, purpose: Purpose, items: int, data: dict[str, int]) -> int:
    worst = sum(data.values())
    with store.transaction():
        entry = ledger.reserve(store, purpose, action="enrich", items=items, worst=worst, request={"ids": []}, now=NOW)
    ledger.settle(store, entry, charged=worst, now=NOW, data=data, brought=dict.fromkeys(data, items))
    return entry


def _save(store: Store, key: str, everybody: list[Profile], entries: dict[str, int]) -> None:
    at, paid = dict.fromkeys(("emails", "phones", "profile"), NOW), {**entries, "profile": entries["emails"]}
    saved = [SavedProfile(one.id, packed(to_json(one)), NOW, at, paid) for one in everybody]
    people.save_profiles(store, key=key, entity="person", profiles=saved)
    known = {spelling: one.id for one in everybody for spelling in _spellings(one)}
    people.save_identities(store, key=key, entity="person", known=known, now=NOW)


def _spellings(one: Profile) -> Iterator[str]:
    told = one.attributes
    name, company = told["full_name"].lower(), told["company"]
    yield f"id:{one.id}"
    yield f"linkedin:{told['social']['linkedin'].removeprefix('https://www.')}"
    yield f"email:{told['emails'][0]['email']}"
    yield f"name@domain:{name}|{company['domain']}"
    yield f"name@company:{name}|{company['name'].lower()}"


def _drafts(number: int, one: Profile, entries: dict[str, int]) -> Iterator[Draft]:
    for (name, (attribute, policy, datum)), value in zip(_FIELDS.items(), _values(one), strict=True):
        reason = "was blank" if datum else "stamp"
        change = Change(name, None, value, reason, attribute, policy, stamp=datum is None)
        yield Draft(_record(number), change, one.id, paid=(datum, entries[datum]) if datum else None)


def _values(one: Profile) -> tuple[str, ...]:
    told = one.attributes
    mobile, direct = (phone["number"] for phone in told["phones"])
    place, job = told["location"], told["job_title"]
    return (
        job["title"], job["seniority"].lower(), told["emails"][0]["email"], direct, mobile, place["city"],
        place["country"], one.id, f"{NOW:%Y-%m-%dT%H:%M:%SZ}",
    )  # fmt: skip


def _ended(number: int) -> Attempt:
    mark = f"{number * 2654435761 % 2**64:016x} {number * 40503 % 2**64:016x}"
    return Attempt(_record(number), "matched", mark, frozenset(_FIELDS), _id(number), lacking=False)


def _record(number: int) -> str:
    return str(88_000_000_000 + number)


def _id(number: int) -> str:
    return str(7_000_000_000 + number * 7919 % 999_999_937)  # in no order, as Lusha's ids come


def _person(number: int) -> Profile:
    """An invented person in our names, and in words like Lusha's."""
    first, last = (
        ["Ada", "Ben", "Cleo", "Dan", "Eve"][number % 5],
        f"{['Ba', 'Ce', 'Di', 'Fo', 'Gu'][number // 5 % 5]}{number:x}",
    )
    domain, day = f"firm{number // 7}.example.com", f"2026-0{number % 9 + 1}-1{number % 10}"
    city, country, iso = _CITIES[number % len(_CITIES)]
    numbers = [f"+1{area + number % 700}55501{number * step % 100:02}" for area, step in ((201, 1), (202, 7))]
    ours: dict[str, Any] = {
        "id": _id(number),
        "first_name": first,
        "last_name": last,
        "full_name": f"{first} {last}",
        "company": {"id": str(16_000_000 + number // 7), "name": f"Firm {number // 7} Holding", "domain": domain},
        "job_title": {"title": _TITLES[number % len(_TITLES)], "seniority": "Director", "departments": ["Other"]},
        "location": {"city": city, "country": country, "country_iso2": iso},
        "emails": [{"email": f"{first.lower()}.{number}@{domain}", "type": "work", "update_date": day}],
        "phones": [
            {"number": one, "type": kind, "do_not_call": False, "update_date": day}
            for one, kind in zip(numbers, ("mobile", "direct"), strict=True)
        ],
        "social": {"linkedin": f"https://www.linkedin.com/in/{first.lower()}-{number:07}"},
        "update_date": day,
    }
    theirs = {_camel(name): value for name, value in ours.items()}
    return Profile("person", _id(number), ours, frozenset({"emails", "phones", "profile"}), {}, theirs)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def tables(path: Path, many: int) -> dict[str, int]:
    """Bytes per record of each table and index that takes one at least; empty where SQLite was built without
    ``dbstat``."""
    sql = "SELECT name, sum(pgsize) / ? FROM dbstat GROUP BY name HAVING sum(pgsize) >= ? ORDER BY 2 DESC"
    try:
        with closing(sqlite3.connect(path)) as db:
            return dict(db.execute(sql, [many, many]))
    except sqlite3.OperationalError:
        return {}


def _status(store: Store) -> None:
    key = _KEY.fingerprint()
    records.counted(store, org="beta")
    for since in (ledger.start_of_day(NOW), ledger.start_of_month(NOW)):
        ledger.booked(store, key=key, org="beta", since=since)
    balances.balance(store, key)
    runs.listed(store, org="beta", limit=1)


def _history(store: Store) -> None:
    explain.history(store, **SCOPE, record=_record(1))


LOOKS: dict[str, Callable[[Store], None]] = {"open": lambda _: None, "status": _status, "history": _history}


def _least(path: Path, look: Callable[[Store], None]) -> float:
    """The best of three, with opening the file."""
    took = []
    for _ in range(3):
        began = time.perf_counter()
        with closing(open_store(path)) as store:
            look(store)
        took.append(time.perf_counter() - began)
    return round(min(took), 4)


def _config(folder: Path) -> Path:
    org = {
        "crm": "hubspot",
        "connection": {"access_token": "sandbox-hubspot-token"},
        "mappings": [str(ROOT / MAPPING)],
    }
    lusha, state = {"api_key": _KEY.reveal()}, {"path": "state.db"}
    config = folder / "config.yaml"
    config.write_text(json.dumps({"version": 1, "lusha": lusha, "state": state, "orgs": {"beta": org}}), "utf-8")
    return config


def _seconds(config: Path, *words: str) -> float:
    """The best of three, start-up included."""
    done = [spend(["-m", "connector", *words, "--config", str(config), "--json"]) for _ in range(3)]
    return round(min(one.wall for one in done), 3)


if __name__ == "__main__":
    parser = options("statefile", __doc__, records=100_000)
    parser.add_argument("--keep", default=None, help="a folder: the file is made there once, and used again")
    tell("statefile", measure, parser)
