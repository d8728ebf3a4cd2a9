"""People and companies in one object: which of them a query is about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.crm.base import Query
from connector.sandbox.salesforce_schema import SalesforceField
from tests.crm.salesforce.bench import SandboxBench, sandbox_bench


@pytest.fixture
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench() as one:
        one.org.person_accounts()
        one.org.put("Account", [{"Name": "Acme"}, {"Name": "Ann Lee", "LastName": "Lee", "IsPersonAccount": True}])
        one.org.put("Contact", [{"LastName": "Doe"}, {"LastName": "Lee", "IsPersonAccount": True}])
        yield one


def names(bench: SandboxBench, query: Query) -> list[object]:
    return sorted(str(record.values[query.fields[0]]) for page in bench.crm.read(query) for record in page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query("Account", ("Name",)), ["Acme"]),
        (Query("account", ("Name", "PersonHasOptedOutOfEmail", "PersonDoNotCall")), ["Acme"]),
        (Query("Account", ("Name", "LastName")), ["Ann Lee"]),
        (Query("Account", ("Name", "PersonEmail"), blank=("PersonTitle",)), ["Ann Lee"]),
        (Query("Account", ("Name", "LinkedIn_URL__pc")), ["Ann Lee"]),
        (Query("Account", ("Name",), where="isPersonAccount = true OR Name != null"), ["Acme", "Ann Lee"]),
        (Query("Contact", ("LastName",)), ["Doe"]),
    ],
)
def test_a_query_is_about_people_or_about_companies(bench: SandboxBench, query: Query, found: list[str]) -> None:
    assert names(bench, query) == found


def test_a_companys_own_field_may_begin_like_one_of_people(bench: SandboxBench) -> None:
    bench.org.having("Account", SalesforceField("Personnel_Count__c", "Personnel count", "double"))
    assert names(bench, Query("Account", ("Name",), blank=("Personnel_Count__c",))) == ["Acme"]


def test_a_contact_behind_an_account_is_not_fetched(bench: SandboxBench) -> None:
    doe, lee = bench.org.tables["Contact"].rows
    assert list(bench.crm.fetch("Contact", [doe, lee], ["LastName"])) == [doe]


def test_an_org_without_them_is_not_asked() -> None:
    with sandbox_bench() as other:
        other.org.put("Account", [{"Name": "Acme"}])
        assert names(other, Query("Account", ("Name",))) == ["Acme"]
