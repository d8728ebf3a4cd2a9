"""The shipped mappings in Salesforce orgs that are set up in other ways than the demo's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from tests.e2e.house import configured, lusha_sync


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=40, companies=24, limits=False) as running:
        yield running


def test_contacts_are_written_account_by_account(box: Sandbox, tmp_path: Path) -> None:
    lusha_sync("sync", "acme", "--mapping", "contact", "--config", configured(box, tmp_path))
    contacts = box.salesforce.tables["Contact"].rows
    sent = [request.body["records"] for request in box.salesforce.requests if request.method == "PATCH"]
    orders = [[(contacts[one["id"]]["AccountId"] or "none", one["id"]) for one in records] for records in sent]
    assert max(map(len, orders)) > 10
    assert orders == [sorted(order) for order in orders]


def test_states_and_countries_are_written_where_they_are_picklists(box: Sandbox, tmp_path: Path) -> None:
    box.salesforce.state_and_country_picklists()
    config, accounts = configured(box, tmp_path), box.salesforce.tables["Account"]
    blank = {id for id, row in accounts.rows.items() if not row["BillingState"]}
    words = ("sync", "acme", "--mapping", "account", "--json", "--config", config)
    [run] = lusha_sync(*words).document["runs"]
    assert (run["status"], run["rejected"]) == ("done", 0)
    filled = [row for id, row in accounts.rows.items() if id in blank and row["BillingState"]]
    assert filled
    assert all(row["BillingCountryCode"] and row["BillingStateCode"] for row in filled)
    [again] = lusha_sync(*words).document["runs"]
    assert (again["written"], again["credits"]["charged"]) == (0, 0)
