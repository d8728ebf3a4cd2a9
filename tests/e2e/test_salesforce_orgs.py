"""The shipped mappings in Salesforce orgs that are set up in other ways than the demo's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from connector.sandbox.salesforce_schema import SalesforceField
from tests.e2e.house import configured, said_here


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=40, companies=24, limits=False) as running:
        yield running


def test_contacts_are_written_account_by_account(box: Sandbox, tmp_path: Path) -> None:
    said_here("sync", "acme", "--mapping", "contact", "--config", configured(box, tmp_path))
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
    [run] = said_here(*words).document["runs"]
    assert (run["status"], run["rejected"]) == ("done", 0)
    filled = [row for id, row in accounts.rows.items() if id in blank and row["BillingState"]]
    assert filled
    assert all(row["BillingCountryCode"] and row["BillingStateCode"] for row in filled)
    [again] = said_here(*words).document["runs"]
    assert (again["written"], again["credits"]["charged"]) == (0, 0)


def test_a_record_gets_the_options_of_its_record_type_alone(box: Sandbox, tmp_path: Path) -> None:
    org, config, accounts = box.salesforce, configured(box, tmp_path), box.salesforce.tables["Account"].rows
    closed = org.record_type("Account", "Closed", Industry=("Other",))
    for number, id in enumerate(accounts):
        org.edit("Account", id, RecordTypeId=(closed, None)[number % 2], Industry=None)
    said = said_here("sync", "acme", "--mapping", "account", "--config", config)
    held = {bool(row["RecordTypeId"]): set[str]() for row in accounts.values()}
    for row in accounts.values():
        held[bool(row["RecordTypeId"])].add(row["Industry"])
    assert held[True] <= {None, "Other"}
    assert len(held[False]) > 2
    assert "does not go with 'Closed' of RecordTypeId" in " ".join((said.out + said.err).split())


def test_a_record_type_that_salesforce_cannot_tell_of_stops_no_run(box: Sandbox, tmp_path: Path) -> None:
    org, config, accounts = box.salesforce, configured(box, tmp_path), box.salesforce.tables["Account"].rows
    broken = org.record_type("Account", "Broken", Industry=("Other",))
    closed = org.record_type("Account", "Closed", Industry=("Other",))
    for number, id in enumerate(accounts):
        org.edit("Account", id, RecordTypeId=(broken, closed)[number % 2], Industry=None)
    org.fail_next(500, path=f"/services/data/*/picklist-values/{broken}", times=99)
    said = said_here("sync", "acme", "--mapping", "account", "--config", config)
    words = " ".join((said.out + said.err).split())
    assert said.code == 0
    assert "which options of Industry a record of 'Broken' may hold" in words
    assert "does not go with 'Closed' of RecordTypeId" in words
    assert {row["Industry"] for row in accounts.values() if row["RecordTypeId"] == closed} <= {None, "Other"}
    assert any(row["Industry"] for row in accounts.values() if row["RecordTypeId"] == broken)
    for mended in (False, True):
        if mended:
            org.faults.clear()
        [again] = said_here("sync", "acme", "--mapping", "account", "--json", "--config", config).document["runs"]
        assert (again["status"], again["due"]) == ("done", 0)


def test_an_amount_in_dollars_is_not_written_beside_amounts_in_euros(box: Sandbox, tmp_path: Path) -> None:
    codes = SalesforceField("CurrencyIsoCode", "Currency", "picklist", 3, options=("USD", "EUR"), restricted=True)
    box.salesforce.having("Account", codes)
    config, accounts = configured(box, tmp_path), box.salesforce.tables["Account"].rows
    for number, id in enumerate(accounts):
        box.salesforce.edit("Account", id, CurrencyIsoCode=("USD", "EUR")[number % 2], AnnualRevenue=None)
    file = tmp_path / "mappings/salesforce/account.yaml"
    fields = "fields:\n  AnnualRevenue: {from: revenue.min, policy: fill}\n"
    file.write_text(file.read_text("utf-8").replace("\nfields:\n", f"\n{fields}"), encoding="utf-8")
    said = said_here("sync", "acme", "--mapping", "account", "--config", config)
    filled = {row["CurrencyIsoCode"] for row in accounts.values() if row["AnnualRevenue"]}
    assert filled == {"USD"}
    assert "AnnualRevenue: an amount in USD, and the record's are in EUR" in " ".join((said.out + said.err).split())


def sample(title: str) -> str:
    """The YAML of a section of ``docs/salesforce.md``."""
    section = Path("docs/salesforce.md").read_text("utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    return section.partition("```yaml\n")[2].partition("```")[0]


def with_mapping(box: Sandbox, folder: Path, name: str, text: str) -> str:
    """A config whose org has a mapping of this name in the place of the leads'."""
    config = Path(configured(box, folder))
    (folder / f"mappings/salesforce/{name}.yaml").write_text(text, encoding="utf-8")
    config.write_text(config.read_text("utf-8").replace("salesforce/lead.yaml", f"salesforce/{name}.yaml"), "utf-8")
    return str(config)


def test_a_custom_object_is_known_by_its_account_too(box: Sandbox, tmp_path: Path) -> None:
    accounts = box.salesforce.tables["Account"].rows
    with_site = [id for id, row in accounts.items() if row["Website"]]
    partners = box.salesforce.put("Partner__c", [{"Name": "A partner", "Account__c": id} for id in with_site])
    config = with_mapping(box, tmp_path, "partner", sample("Custom objects"))
    words = ("sync", "acme", "--mapping", "partner", "--json", "--config", config)
    [run] = said_here(*words).document["runs"]
    assert (run["read"], run["rejected"]) == (len(partners), 0)
    rows = [box.salesforce.row("Partner__c", id) for id in partners]
    filled = [row for row in rows if row["Lusha_Id__c"]]
    assert len(filled) == run["written"] > 0
    assert all(row["Website__c"] and row["Employees__c"] for row in filled)
    assert any(row["Technologies__c"] for row in filled)
    [again] = said_here(*words).document["runs"]
    assert (again["written"], again["credits"]["charged"]) == (0, 0)


def with_people(box: Sandbox) -> tuple[str, str]:
    """Switch person accounts on, and keep somebody whom the org has as a contact as one of them: the ids of the account
    and of the contact behind it."""
    org = box.salesforce
    org.person_accounts()
    known = next(row for row in org.tables["Contact"].rows.values() if row["Email"] and not row["Title"])
    names = {name: known[name] for name in ("FirstName", "LastName")}
    person = {**names, "Name": f"{names['FirstName']} {names['LastName']}", "IsPersonAccount": True}
    (account,) = org.put("Account", [{**person, "PersonEmail": known["Email"]}])
    (contact,) = org.put("Contact", [{**person, "Email": known["Email"], "AccountId": account}])
    return account, contact


def test_person_accounts_are_people_and_no_companies(box: Sandbox, tmp_path: Path) -> None:
    account, contact = with_people(box)
    config = with_mapping(box, tmp_path, "person", sample("Person accounts"))
    runs = said_here("sync", "acme", "--json", "--config", config).document["runs"]
    by_mapping = {Path(run["mapping"]).stem: run for run in runs}
    person = by_mapping["person"]
    assert (person["read"], person["written"], person["rejected"]) == (1, 1, 0)
    row = box.salesforce.row("Account", account)
    assert row["PersonTitle"]
    assert not row["Industry"]
    assert not box.salesforce.row("Contact", contact)["Title"]
    box.salesforce.edit("Account", account, PersonHasOptedOutOfEmail=True, PersonTitle=None)
    words = ("sync", "acme", "--mapping", "person", "--record", account, "--json", "--config", config)
    [again] = said_here(*words).document["runs"]
    assert (again["suppressed"], again["written"]) == (1, 0)
