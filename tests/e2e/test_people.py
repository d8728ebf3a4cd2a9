"""What people and vendors do while a run goes on: edits, a search index that lags, assignment rules."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from connector.sandbox import Sandbox
from tests.e2e.house import configured, said_here


class MeddlingSandbox(Sandbox):
    """A sandbox in which somebody does something once, right before the first request to ``path`` is served."""

    def __init__(self, path: str, meddle: Callable[[Sandbox], None]) -> None:
        super().__init__(contacts=60, companies=15, limits=False)
        self._path, self._meddle, self.done = path, meddle, False

    def apps(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        lusha, salesforce, hubspot = super().apps()
        return lusha, self._watched(salesforce), self._watched(hubspot)

    def _watched(self, app: ASGIApp) -> ASGIApp:
        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            if not self.done and scope["type"] == "http" and scope["path"].endswith(self._path):
                self.done = True
                self._meddle(self)
            await app(scope, receive, send)

        return served


def _type_titles_in_salesforce(box: Sandbox) -> None:
    for id in box.salesforce.tables["Contact"].rows:
        box.salesforce.edit("Contact", id, Title="Typed just now")


def _type_titles_in_hubspot(box: Sandbox) -> None:
    for id in box.hubspot.tables["contacts"].rows:
        box.hubspot.edit("contacts", id, jobtitle="Typed just now")


def test_what_a_person_types_between_our_read_and_our_write_survives_in_salesforce(tmp_path: Path) -> None:
    with MeddlingSandbox("/composite/sobjects/Contact", _type_titles_in_salesforce) as box:
        said = said_here("sync", "acme", "--mapping", "contact", "--json", "--config", configured(box, tmp_path))
        [run] = said.document["runs"]
        assert box.done
        assert {row["Title"] for row in box.salesforce.tables["Contact"].rows.values()} == {"Typed just now"}
    assert (said.code, run["conflicts"] > 5, run["written"] > 20) == (3, True, True)


def test_what_a_person_types_between_our_read_and_our_write_survives_in_hubspot(tmp_path: Path) -> None:
    with MeddlingSandbox("/objects/contacts/batch/read", _type_titles_in_hubspot) as box:
        said = said_here("sync", "beta", "--mapping", "contact", "--json", "--config", configured(box, tmp_path))
        [run] = said.document["runs"]
        assert box.done
        rows = box.hubspot.tables["contacts"].rows.values()
        assert {row["properties"]["jobtitle"] for row in rows} == {"Typed just now"}
    assert (said.code, run["conflicts"] > 5, run["written"] > 20) == (3, True, True)


def test_a_search_index_that_lags_makes_nobody_due_again(tmp_path: Path) -> None:
    with Sandbox(contacts=60, companies=15, limits=False) as box:
        box.hubspot.search_lag = math.inf
        config = configured(box, tmp_path)
        first = said_here("sync", "beta", "--json", "--config", config).document["runs"]
        spent = box.lusha.used
        second = said_here("sync", "beta", "--json", "--config", config).document["runs"]
    assert sum(run["written"] for run in first) > 40
    assert [(run["due"], run["written"], run["credits"]["charged"]) for run in second] == [(0, 0, 0), (0, 0, 0)]
    assert box.lusha.used == spent


def test_a_contact_is_known_by_its_other_addresses_too(tmp_path: Path) -> None:
    with Sandbox(contacts=60, companies=15, limits=False) as box:
        rows = box.hubspot.tables["contacts"].rows
        id, address = next(
            (id, row["properties"]["email"])
            for id, row in rows.items()
            if row["properties"].get("hs_linkedin_url") and row["properties"].get("email")
        )
        others = f"office@example.com;{address}"
        nothing = dict.fromkeys(("hs_linkedin_url", "lusha_id", "associatedcompanyid", "company", "jobtitle"), "")
        box.hubspot.edit("contacts", id, **nothing, email="info@example.com", hs_additional_emails=others)
        words = ("sync", "beta", "--mapping", "contact", "--record", id)
        [run] = said_here(*words, "--json", "--config", configured(box, tmp_path)).document["runs"]
    assert (run["due"], run["matched"], run["no_identity"]) == (1, 1, 0)


def test_enrichment_moves_nobody_to_another_owner(tmp_path: Path) -> None:
    """Salesforce runs assignment rules on updates unless told not to."""
    with Sandbox(contacts=60, companies=15, limits=False) as box:
        before = {id: row["OwnerId"] for id, row in box.salesforce.tables["Contact"].rows.items()}
        said_here("sync", "acme", "--config", configured(box, tmp_path))
        after = {id: row["OwnerId"] for id, row in box.salesforce.tables["Contact"].rows.items()}
    assert after == before
