"""The Salesforce adapter keeps the contract, over real HTTP against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from connector.crm.base import Query
from connector.crm.salesforce.errors import SIGN_IN_AGAIN
from connector.errors import AccessDenied, ConfigError, InDoubt, QuotaExhausted
from connector.models import Update
from connector.redact import Secret
from connector.sandbox.salesforce import CLIENT_ID, TOKEN
from connector.sandbox.salesforce_duplicates import DuplicateRule
from tests.crm.conditional import ConditionalContract
from tests.crm.contract import CrmContract
from tests.crm.edits import EditsContract
from tests.crm.patience import patiently
from tests.crm.salesforce.bench import SandboxBench, sandbox_bench


@pytest.fixture
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench() as one:
        yield one


class TestSalesforceKeepsTheContract(CrmContract, EditsContract, ConditionalContract):
    """The suites themselves stand in ``tests/crm``."""


@pytest.mark.parametrize("strict", [False, True])
def test_writing_never_runs_assignment_rules(bench: SandboxBench, strict: bool) -> None:
    (id,) = bench.seed([{"Title": "CTO"}])
    owner = bench.held(id)["OwnerId"]
    seen = bench.crm.fetch("Contact", [id], ["Title"])[id].modified
    bench.crm.update("Contact", [Update(id, {"Title": "CEO"}, seen=seen, strict=strict)])
    assert len(bench.alone()) == strict
    assert bench.held(id)["OwnerId"] == owner


def test_contacts_are_read_by_account_and_a_re_read_names_it(bench: SandboxBench) -> None:
    accounts = ["001000000000002AAA", None, "001000000000001AAA", "001000000000002AAA"]
    ids = bench.seed([{"Title": "CTO", "AccountId": account} for account in accounts])
    pages = bench.crm.read(Query("Contact", ("Title",)))
    assert [record.id for page in pages for record in page] == [ids[2], ids[0], ids[3], ids[1]]
    found = bench.crm.fetch("Contact", ids, ["Title"])
    assert [found[id].parent for id in ids] == accounts


def test_an_expired_session_is_renewed_once_and_the_write_sent_again_with_all_headers(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"Title": "CTO"}])
    bench.crm.schema("Contact")
    bench.org.tokens.clear()
    (result,) = patiently(bench.crm, "Contact", [Update(id, {"Title": "CEO"})])
    assert result.written == {"Title"}
    paths = [(request.method, request.path.rpartition("/")[2]) for request in bench.org.requests[-3:]]
    assert paths == [("PATCH", "sobjects"), ("POST", "token"), ("PATCH", "sobjects")]
    assert bench.org.requests[-1].headers["sforce-auto-assign"] == "FALSE"
    assert bench.org.requests[-1].headers["x-prettyprint"] == "0"


def test_a_static_token_that_expired_is_access_denied(bench: SandboxBench) -> None:
    crm = bench.connect(auth="token", access_token=Secret(TOKEN))
    crm.schema("Contact")
    bench.org.tokens.clear()
    with pytest.raises(AccessDenied) as denied:
        crm.fetch("Contact", [bench.unknown_id()], ["Title"])
    assert denied.value.hint == SIGN_IN_AGAIN


@pytest.mark.parametrize(
    ("client", "words", "hint"),
    [
        (("wrong", "wrong"), "invalid_client_id: client identifier invalid", "check connection.client_id"),
        ((CLIENT_ID, "wrong"), "invalid_client: invalid client credentials", "check connection.client_secret"),
    ],
)
def test_wrong_client_credentials_are_told_in_salesforces_words(
    bench: SandboxBench, client: tuple[str, str], words: str, hint: str
) -> None:
    crm = bench.connect(auth="client_credentials", client_id=client[0], client_secret=Secret(client[1]))
    with pytest.raises(AccessDenied) as denied:
        crm.schema("Contact")
    host = bench.url.removeprefix("http://")
    assert denied.value.message == f"Salesforce refused POST /services/oauth2/token ({host}) with 400: {words}"
    assert denied.value.hint == hint
    assert crm.calls.read == 1


def test_the_tenant_id_is_the_organisation_by_its_token_or_by_query(bench: SandboxBench) -> None:
    assert bench.crm.tenant_id() == "00DSB0000000001"
    opaque = Secret("opaque-token")
    bench.org.tokens.add(opaque.reveal())
    assert bench.connect(auth="token", access_token=opaque).tenant_id() == "00DSB0000000001"


def test_related_values_come_with_the_record_and_a_missing_parent_is_none(bench: SandboxBench) -> None:
    with_parent, without = bench.seed([{"Title": "A", "AccountId": "001SB0000000001AAA"}, {"Title": "B"}])
    account = {"Name": "Acme", "Website": "acme.example", "IsDeleted": False}
    bench.org.tables["Account"].put("001SB0000000001AAA", {"Id": "001SB0000000001AAA", **account})
    (page,) = bench.crm.read(Query("Contact", ("Account.Website", "account.name", "Title")))
    assert {record.id: dict(record.values) for record in page} == {
        with_parent: {"Account.Website": "acme.example", "account.name": "Acme", "Title": "A"},
        without: {"Account.Website": None, "account.name": None, "Title": "B"},
    }


def test_the_reserve_stops_before_the_next_call_with_the_figures(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"Title": "CTO"}])
    bench.org.daily.requests = 5
    sent = bench.org.daily.used
    with pytest.raises(QuotaExhausted) as stopped:
        for number in range(10):
            bench.crm.update("Contact", [Update(id, {"Title": f"T{number}"})])
    assert stopped.value.message == (
        "Salesforce: 5 of 5 daily API calls are used, and api_reserve leaves 20% of them to others"
    )
    assert stopped.value.hint == "resume tomorrow, or lower connection.api_reserve"
    assert bench.org.daily.used - sent == 5


def test_a_validation_rule_refuses_its_record_in_the_crms_words(bench: SandboxBench) -> None:
    one, other = bench.seed([{"Title": "A"}, {"Title": "B"}])
    refused, landed = bench.crm.update(
        "Contact", [Update(one, {"MobilePhone": "555 0100"}), Update(other, {"MobilePhone": "+15550100"})]
    )
    (rejection,) = refused.rejections
    assert (rejection.code, rejection.field) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", None)
    assert rejection.message == "Mobile phone must be in international format"
    assert landed.written == {"MobilePhone"}


def test_half_an_answer_to_a_write_is_a_doubt_and_to_a_read_is_asked_again(bench: SandboxBench) -> None:
    (id,) = bench.seed([{"Title": "A"}])
    bench.crm.schema("Contact")
    bench.org.drop_next(how="truncate")
    (page,) = bench.crm.read(Query("Contact", ("Title",)))
    assert page[0].values == {"Title": "A"}
    bench.org.drop_next(how="truncate")
    with pytest.raises(InDoubt):
        bench.crm.update("Contact", [Update(id, {"Title": "B"})])
    assert bench.received() == [(id, frozenset({"Title"}))]


def test_a_condition_that_is_no_soql_is_refused_in_salesforces_words(bench: SandboxBench) -> None:
    with pytest.raises(ConfigError, match="MALFORMED_QUERY") as refused:
        list(bench.crm.read(Query("Contact", ("Title",), where="Title = 'A' ORDER")))
    assert refused.value.hint == "mend select.where of the mapping"


def test_threads_that_start_together_sign_in_once(bench: SandboxBench) -> None:
    ids = bench.seed([{"Title": "A"} for _ in range(8)])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda id: bench.crm.fetch("Contact", [id], ["Title"]), ids))
    assert [list(one) for one in found] == [[id] for id in ids]
    assert [request.path for request in bench.org.requests].count("/services/oauth2/token") == 1
    assert bench.crm.calls.read == len(bench.org.requests)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("way", ["enforce", "allow"])
def test_a_duplicate_is_reported_unless_the_connection_allows_it(bench: SandboxBench, way: str, strict: bool) -> None:
    one, other, fine = bench.seed([{"Title": "A"}, {"Title": "B"}, {"Title": "C"}])
    bench.org.duplicate_rules.append(DuplicateRule("Contact", ("Phone",)))
    bench.edit(other, {"Phone": "+15550100"})
    crm = bench.connect(auth="token", access_token=Secret(TOKEN), duplicate_rules=way)
    seen = crm.fetch("Contact", [one], ["Phone"])[one].modified if strict else None
    duplicate, landed = crm.update(
        "Contact", [Update(one, {"Phone": "+15550100"}, seen=seen, strict=strict), Update(fine, {"Title": "D"})]
    )
    assert landed.written == {"Title"}
    assert duplicate.written == ({"Phone"} if way == "allow" else frozenset())
    told = [(rejection.code, rejection.message, rejection.transient) for rejection in duplicate.rejections]
    assert told == ([] if way == "allow" else [("DUPLICATES_DETECTED", "Use one of these records?", False)])
    headers = {request.headers.get("sforce-duplicate-rule-header") for request in bench.org.requests[-3:]}
    assert ("allowSave=true" in headers) is (way == "allow")


def test_allowing_duplicates_lifts_no_rule_that_blocks(bench: SandboxBench) -> None:
    one, other = bench.seed([{"Title": "A"}, {"Title": "B"}])
    bench.org.duplicate_rules.append(DuplicateRule("Contact", ("Phone",), action="block", message="Already known"))
    bench.edit(other, {"Phone": "+15550100"})
    crm = bench.connect(auth="token", access_token=Secret(TOKEN), duplicate_rules="allow")
    (refused,) = crm.update("Contact", [Update(one, {"Phone": "+15550100"})])
    assert [rejection.message for rejection in refused.rejections] == ["Already known"]


def test_reads_never_carry_the_duplicate_header(bench: SandboxBench) -> None:
    bench.seed([{"Title": "A"}])
    crm = bench.connect(auth="token", access_token=Secret(TOKEN), duplicate_rules="allow")
    list(crm.read(Query("Contact", ("Title",))))
    assert all("sforce-duplicate-rule-header" not in request.headers for request in bench.org.requests)
