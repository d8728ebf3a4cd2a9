"""Who we are, and refusals of reads: each names its recovery, and none looks like a mistake of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from connector.crm.base import Consent, Query
from connector.errors import AccessDenied, ConfigError, QuotaExhausted, VendorUnreachable
from connector.redact import Secret
from tests.crm.salesforce.bench import described, refusal, scripted

ID = "003000000000001AAA"
ACCOUNT_ID = {"name": "AccountId", "type": "reference", "relationshipName": "Account", "referenceTo": ["Account"]}
READS: dict[str, Callable[[Any], object]] = {
    "schema": lambda crm: crm.schema("Lead"),
    "read": lambda crm: list(crm.read(Query("Contact", ("Title",)))),
    "fetch": lambda crm: crm.fetch("Contact", [ID], ["Title"]),
}


def test_who_we_are() -> None:
    crm, _ = scripted()
    assert (crm.name, crm.write_batch) == ("salesforce", 200)
    assert crm.consent == Consent(
        opted_out=("HasOptedOutOfEmail", "PersonHasOptedOutOfEmail"), do_not_call=("DoNotCall", "PersonDoNotCall")
    )


@pytest.mark.parametrize("call", READS)
def test_no_4xx_to_a_read_is_a_request_refused(call: str) -> None:
    for status in (*range(400, 432), 451, 499):
        answers = [refusal(status, "SOMETHING_NEW", "no such luck") for _ in range(6)]
        crm, _ = scripted(described(), *answers)
        crm.schema("Contact")
        with pytest.raises((AccessDenied, ConfigError, QuotaExhausted, VendorUnreachable)) as refused:
            READS[call](crm)
        assert "no such luck" in refused.value.message or status == 404
        assert refused.value.hint


@pytest.mark.parametrize("status", [400, 405, 410, 418])
def test_the_tenants_id_is_none_or_the_crm_out_of_reach(status: int) -> None:
    crm, _ = scripted(refusal(status, "SOMETHING_NEW"), access_token=Secret("opaque"))
    if status == 418:
        with pytest.raises(VendorUnreachable):
            crm.tenant_id()
    else:
        assert crm.tenant_id() is None


def test_a_query_refused_for_its_condition_names_select_where() -> None:
    words = "\nContact WHERE (Titel = 'A')\n ^\nERROR at Row:1:Column:9\nNo such column 'Titel' on entity 'Contact'. "
    words += "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
    crm, _ = scripted(described(), refusal(400, "INVALID_FIELD", words))
    with pytest.raises(ConfigError) as refused:
        list(crm.read(Query("Contact", ("Title",), where="Titel = 'A'")))
    assert refused.value.message == (
        "select.where: Salesforce answered INVALID_FIELD: No such column 'Titel' on entity 'Contact'. "
        "— did you mean 'Title'?"
    )
    assert refused.value.hint == "mend select.where of the mapping"


@pytest.mark.parametrize(("status", "code"), [(400, "INVALID_TYPE"), (404, "NOT_FOUND"), (302, "")])
def test_a_query_refused_for_something_else_does_not(status: int, code: str) -> None:
    crm, _ = scripted(described(), refusal(status, code))
    with pytest.raises(ConfigError, match=r"^Salesforce refused GET query"):
        list(crm.read(Query("Contact", ("Title",), where="Title = 'A'")))


def test_an_unknown_relationship_costs_no_call() -> None:
    crm, script = scripted(described(ACCOUNT_ID))
    with pytest.raises(ConfigError) as unknown:
        crm.read(Query("Contact", ("Title", "Acount.Website"), blank=("Titel",)))
    assert unknown.value.message == (
        "Salesforce's Contact cannot be read as the mapping says:\n"
        "Titel: no such field — did you mean 'Title'?\n"
        "Acount.Website: no such relationship — did you mean 'Account.Website'?"
    )
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("describe", "why"),
    [
        (described({"name": "Website", "type": "url"}), " — did you mean 'Account.Website'?"),
        (
            refusal(403, "INSUFFICIENT_ACCESS"),
            ": Salesforce answered INVALID_FIELD: No such column 'Websiet' on entity 'Account'.",
        ),
    ],
)
def test_an_unknown_field_of_a_parent_is_named_with_the_nearest_one_or_in_salesforces_words(
    describe: requests.Response, why: str
) -> None:
    words = "ERROR at Row:1:Column:28\nNo such column 'Websiet' on entity 'Account'."
    crm, _ = scripted(described(ACCOUNT_ID), refusal(400, "INVALID_FIELD", words), describe)
    with pytest.raises(ConfigError) as unknown:
        list(crm.read(Query("Contact", ("Title", "Account.Websiet"), where="Title = 'A'")))
    assert unknown.value.message == f"Account.Websiet: no such field that this user may see{why}"
