"""Dependent picklists and state and country fields, as the sandbox's describe tells them and as we read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.crm.salesforce.describe import object_schema
from connector.crm.salesforce.picklists import dependency
from connector.models import Option
from connector.sandbox.salesforce_schema import SalesforceField, SalesforceObject
from tests.crm.salesforce.bench import SandboxBench, sandbox_bench


@pytest.fixture
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench() as one:
        yield one


@given(st.dictionaries(st.sampled_from("ABCD"), st.sets(st.integers(0, 29)), min_size=1))
def test_the_bits_that_the_sandbox_tells_are_read_back(valid: dict[str, set[int]]) -> None:
    rulers = tuple(f"R{number}" for number in range(30))
    spec = SalesforceObject("Thing__c", "a02", (
        SalesforceField("Ruler__c", "Ruler", "picklist", options=rulers),
        SalesforceField("Ruled__c", "Ruled", "picklist", options=tuple(valid), controller="Ruler__c",
                        valid_for=tuple(tuple(rulers[place] for place in places) for places in valid.values())),
    ))  # fmt: skip
    (found,) = object_schema("Thing__c", spec.describe()).fields["Ruled__c"].depends
    assert found.controller == "Ruler__c"
    for place, ruler in enumerate(rulers):
        assert set(found.allowed[ruler]) == {option for option, places in valid.items() if place in places}


def test_salesforces_own_example_is_read_from_the_highest_bit() -> None:
    fields = {"C": {"name": "C", "type": "picklist", "picklistValues": [{"value": word} for word in "abcdefghij"]}}
    raw = {"dependentPicklist": True, "controllerName": "C", "picklistValues": [{"value": "x", "validFor": "gEAA"}]}
    (found,) = dependency(raw, fields)
    assert [ruler for ruler, allowed in found.allowed.items() if allowed] == ["a", "j"]


@pytest.mark.parametrize("valid_for", [None, "", "no base64!"])
def test_an_option_whose_bits_are_not_told_goes_with_nothing(valid_for: str | None) -> None:
    raw = {"dependentPicklist": True, "controllerName": "C", "picklistValues": [{"value": "x", "validFor": valid_for}]}
    (found,) = dependency(raw, {"C": {"name": "C", "type": "boolean"}})
    assert found.allowed == {"false": (), "true": ()}


def test_a_controller_that_the_user_may_not_see_rules_nothing() -> None:
    assert dependency({"dependentPicklist": True, "controllerName": "Hidden__c"}, {}) == ()


def test_states_and_countries_are_picklists_by_code_and_by_label(bench: SandboxBench) -> None:
    bench.org.state_and_country_picklists()
    for object, prefix in (("Account", "Billing"), ("Contact", "Mailing"), ("Lead", "")):
        fields = bench.crm.schema(object)
        code, text = fields[f"{prefix}CountryCode"], fields[f"{prefix}Country"]
        assert (code.type, text.type, text.restricted) == ("picklist", "picklist", True)
        assert Option("DE", "Germany") in code.options
        assert Option("Germany", "Germany") in text.options
        (by_code,), (by_label,) = fields[f"{prefix}StateCode"].depends, fields[f"{prefix}State"].depends
        assert (by_code.controller, by_label.controller) == (f"{prefix}CountryCode", f"{prefix}Country")
        assert "NY" in by_code.allowed["US"]
        assert "New York" in by_label.allowed["United States"]
        assert by_code.allowed["DE"] == by_label.allowed["Germany"] == ()
        assert "WA" in by_code.allowed["AU"] and "WA" in by_code.allowed["US"]
        assert "Western Australia" in by_label.allowed["Australia"]
        assert "Western Australia" not in by_label.allowed["United States"]


def test_without_the_switch_they_are_text(bench: SandboxBench) -> None:
    assert bench.crm.schema("Account")["BillingState"].type == "text"
