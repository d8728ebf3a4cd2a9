"""Big orgs: nobody who is due is missed and nobody is done twice, though all records were modified at one moment and
people edit them while the run goes on.

``CONNECTOR_SCALE``: how many contacts and leads there are (12,000; ``make scale``: 60,000, of which 25,000 are due).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.crowd import (
    COUNTRY,
    LEADS,
    TITLE,
    TYPED,
    Busy,
    BusySandbox,
    Spelling,
    email_of,
    kind_of,
    lacks_only_the_country,
)
from tests.e2e.house import configured, said_here

SIZE = int(os.environ.get("CONNECTOR_SCALE", "12000"))


@pytest.fixture(scope="module")
def box() -> Iterator[BusySandbox]:
    with BusySandbox(SIZE) as running:
        running.hubspot.search_lag = 2.0
        yield running


def mapping_of(crm: str, one: Spelling) -> dict[str, Any]:
    return {
        "version": 1,
        "crm": crm,
        "object": one.object,
        "entity": "person",
        "identify": [{"linkedin_url": one.linkedin}],
        "select": {"incomplete": [one.title], "stale_after": "90d"},
        "fields": {
            one.title: {"from": "job_title.title", "policy": "fill"},
            one.email: {"from": "emails[0].email", "policy": "fill"},
            one.country: {"from": "location.country", "policy": "fill"},
        },
        "stamp": {one.stamp: "enriched_at"},
    }


def config_of(box: BusySandbox, folder: Path, org: str, one: Spelling) -> str:
    file = Path(configured(box, folder))
    config = yaml.safe_load(file.read_text("utf-8"))
    crm = config["orgs"][org]["crm"]
    (folder / "mappings" / crm / "crowd.yaml").write_text(yaml.safe_dump(mapping_of(crm, one)), "utf-8")
    # People edit at each request here: one beside another would edit between a re-read and its write, which a CRM
    # without conditional writes lets nobody see.
    workers = 1 if crm == "hubspot" else 16
    config["orgs"] = {org: {**config["orgs"][org], "mappings": [f"mappings/{crm}/crowd.yaml"], "workers": workers}}
    config["lusha"]["budget"] = {"keep": 100}
    file.write_text(file.read_text("utf-8").splitlines()[0] + "\n" + yaml.safe_dump(config), "utf-8")
    return str(file)


@pytest.mark.parametrize("org", ["acme", "beta"])
def test_none_is_missed_and_none_is_done_twice(org: str, box: BusySandbox, tmp_path: Path) -> None:
    busy = box.at_work[org]
    config = config_of(box, tmp_path, org, busy.spelling)
    box.lusha.purchases.clear()
    box.lusha.revealed.clear()
    first = said_here("sync", "--config", config, "--json", "-q")
    assert first.code in (0, 3), first.err  # 3: somebody typed what we were about to write
    [run] = first.document["runs"]
    assert (run["status"], run["left"], run["rejected"]) == ("done", 0, 0)
    busy.working = False
    box.hubspot.index_now()

    second = said_here("sync", "--config", config, "--json", "-q")
    assert second.code == 0, second.err
    [after] = second.document["runs"]
    assert after["due"] <= after["read"] <= len(busy.cleared)  # what changed meanwhile, and nothing else
    judged(box, busy)
    third = said_here("sync", "--config", config, "--json", "-q")
    assert [third.document["runs"][0][name] for name in ("due", "written")] == [0, 0]


def judged(box: BusySandbox, busy: Busy) -> None:
    """Every record is what the world and the edits say it must be."""
    one, wrong = busy.spelling, Counter[str]()
    tally = (box.salesforce if one is LEADS else box.hubspot).tables[one.object].tally
    for number in range(1, SIZE + 1):
        id, kind = one.id(number), kind_of(number)
        typed, cleared = number in busy.typed, number in busy.cleared
        title = TYPED if typed else TITLE if cleared or kind == "blank" else "Tester"
        wrong[f"title of {kind}"] += busy.value(id, one.title) != title
        country = None if lacks_only_the_country(number) else COUNTRY if kind == "stale" else "Wales"
        wrong[f"country of {kind}"] += busy.value(id, one.country) != country
        wrong[f"e-mail of {kind}"] += not typed and busy.value(id, one.email) != email_of(number)
        due = cleared or kind != "complete"
        wrong[f"writes of {kind}"] += tally.writes[id] not in ((0, 1) if typed else (due,))
    assert not +wrong
    assert busy.typed and busy.cleared
    bought = sum(kind_of(number) != "complete" for number in range(1, SIZE + 1))
    assert bought - len(busy.typed) <= len(box.lusha.purchases) <= bought
    assert set(box.lusha.purchases.values()) == {1}
    assert not tally.fields_unchanged
