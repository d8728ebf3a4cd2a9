"""Records out of a Bulk job's CSV are those that REST's JSON tells, value by value."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from connector.crm.base import Query
from connector.crm.salesforce.bulk_csv import records, result_set, value_of
from connector.models import FieldType, Record, Value
from connector.redact import Secret
from connector.sandbox.native import salesforce_id
from connector.sandbox.salesforce import SalesforceOrg
from tests.crm.salesforce.bench import SandboxBench, reply, sandbox_bench

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
NASTY = st.sampled_from(
    ["007", "1e5", "true", '"', '""', ",", "a\r\nb", "\n", "\r", " ", "Zoë", "#N/A", "2026-01-05Z", "𝕏"]
)
WORDS = st.none() | TEXT | NASTY
NUMBERS = st.none() | st.floats(-1e12, 1e12) | st.integers(-(10**9), 10**9)
TIMES = st.none() | st.datetimes(datetime(2001, 1, 1), datetime(2038, 1, 1), timezones=st.just(UTC))


@pytest.fixture(scope="module")
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench(page_size=1, bulk_read_from=1) as one:
        yield one


ACCOUNT = st.fixed_dictionaries(
    {
        "Name": TEXT, "Website": WORDS, "Industry": WORDS, "NumberOfEmployees": st.none() | st.integers(0, 10**8),
        "AnnualRevenue": NUMBERS, "Description": WORDS, "Lusha_Last_Enriched__c": TIMES,
    }
)  # fmt: skip
CONTACT = st.fixed_dictionaries(
    {"LastName": TEXT, "Title": WORDS, "Phone": WORDS, "HasOptedOutOfEmail": st.booleans(), "parent": st.booleans()}
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(accounts=st.lists(ACCOUNT, min_size=2, max_size=4), contacts=st.lists(CONTACT, min_size=2, max_size=4))
def test_a_record_is_the_same_by_bulk_and_by_rest(
    bench: SandboxBench, accounts: list[dict[str, Any]], contacts: list[dict[str, Any]]
) -> None:
    _seed(bench, accounts, contacts)
    rest = bench.connect(**_signed_in(bench), bulk_read_from=0)
    for query in (
        Query("Account", tuple(accounts[0])),
        Query("Contact", ("Title", "Phone", "HasOptedOutOfEmail", *(f"Account.{name}" for name in accounts[0]))),
        Query("Contact", ("account.numberofemployees", "ACCOUNT.AnnualRevenue", "account.lusha_last_enriched__c")),
    ):
        bench.org.query_jobs.jobs.clear()
        by_bulk, by_rest = _read(bench.crm, query), _read(rest, query)
        assert len(bench.org.query_jobs.jobs) == 1
        assert by_bulk == by_rest
        assert [_types(one) for one in by_bulk] == [_types(one) for one in by_rest]


def _seed(bench: SandboxBench, accounts: list[dict[str, Any]], contacts: list[dict[str, Any]]) -> None:
    firms = [{"Id": salesforce_id("001", n), **one} for n, one in enumerate(accounts, 1)]
    people = [
        {"Id": salesforce_id("003", n), **one, "AccountId": firms[0]["Id"] if one["parent"] else None}
        for n, one in enumerate(contacts, 1)
    ]
    for one in people:
        del one["parent"]
    seeded = SalesforceOrg(SimpleNamespace(salesforce={"Account": firms, "Contact": people}), clock=bench.wall)
    for name in ("Account", "Contact"):
        bench.org.tables[name].rows.clear()
        bench.org.tables[name].rows.update(seeded.tables[name].rows)


def _signed_in(bench: SandboxBench) -> Mapping[str, Any]:
    return {"auth": "token", "access_token": Secret(next(iter(bench.org.tokens)))}


def _read(crm: Any, query: Query) -> list[Record]:
    return [record for page in crm.read(query) for record in page]


def _types(record: Record) -> dict[str, str]:
    """A number is a number; whether it is written with a point says nothing."""
    number = {"float": "number", "int": "number"}
    return {path: number.get(type(v).__name__, type(v).__name__) for path, v in record.values.items()}


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("", "text", None), ("", "boolean", None), ("", "integer", None), ("007", "text", "007"), ("12", "phone", "12"),
        ("true", "boolean", True), ("false", "boolean", False), ("true", "text", "true"), ("250", "integer", 250),
        ("-3", "integer", -3), ("2.5E7", "integer", 25_000_000.0), ("4.0", "number", 4.0), ("3.5E8", "number", 3.5e8),
        ("many", "integer", "many"), ("2026-01-05", "date", "2026-01-05"), ("a;b", "multipicklist", "a;b"),
        ("2026-01-05T10:00:00.000Z", "datetime", "2026-01-05T10:00:00.000+0000"), ("00Z", "text", "00Z"),
        ("#N/A", "text", "#N/A"), ("10:00:00.000Z", "other", "10:00:00.000Z"),
    ],
)  # fmt: skip
def test_a_cell_by_its_type(text: str, kind: FieldType, value: Value) -> None:
    found = value_of(text, kind)
    assert (found, type(found)) == (value, type(value))


ROW = ["003000000000001AAA", "2026-01-01T00:00:00.000Z", 'Zoë, "CTO"\r\nof all']


def written(*rows: list[str], header: tuple[str, ...] = ("Id", "SystemModstamp", "Title")) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode()


def answer(body: bytes, number: str = "1", locator: str = "null", kind: str = "text/csv; charset=UTF-8") -> Any:
    return reply(200, body, Sforce_NumberOfRecords=number, Sforce_Locator=locator, Content_Type=kind)


READ = result_set(["Id", "SystemModstamp", "title"])


def test_a_whole_set_tells_its_records_and_what_follows() -> None:
    found = READ(answer(written(ROW), locator="MTAwMDA"))
    assert found is not None
    assert (found.count, found.locator) == (1, "MTAwMDA")
    (record,) = records(found, {"title": "text"})
    assert record == Record(ROW[0], {"title": ROW[2]}, "2026-01-01T00:00:00.000+0000")


@pytest.mark.parametrize("body", [b"", written(), b"Records not found for this query"])
def test_no_rows_no_records(body: bytes) -> None:
    found = READ(answer(body, number="0"))
    assert found is not None
    assert found.locator is None
    assert list(records(found, {"title": "text"})) == []


PLAIN = [*ROW[:2], "the last of all"]


@given(cut=st.integers(0, len(written(ROW, PLAIN)) - 2))
def test_a_set_that_was_cut_is_not_whole(cut: int) -> None:
    body = written(ROW, PLAIN)[:cut]
    assume(not body.endswith(b'Z",'))  # right before the very last cell: there only HTTP's own framing can tell
    assert READ(answer(body, number="2")) is None


@pytest.mark.parametrize(
    "broken",
    [
        answer(written(ROW), number="2"),
        answer(written(ROW), number=""),
        answer(written(ROW), kind="text/html"),
        answer(written(ROW, header=("Id", "SystemModstamp", "Name"))),
        answer(written(ROW[:2])),
        answer(written(ROW).replace("ë".encode(), b"\xeb")),
    ],
    ids=["too few rows", "no number", "no csv", "another column", "a short row", "no utf-8"],
)
def test_what_is_not_as_documented_is_not_whole(broken: Any) -> None:
    assert READ(broken) is None
