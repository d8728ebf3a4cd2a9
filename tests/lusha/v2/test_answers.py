"""Answers of people and companies: one item for each thing asked, whatever Lusha leaves out, and what it cost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.lusha.calls import Undocumented
from connector.lusha.prices import PriceList
from connector.lusha.probe import PROBE
from connector.lusha.v2.answers import error_item
from connector.lusha.v2.requests import look_up, look_up_one
from connector.models import Answer, Identity, Price
from tests.lusha.v2 import telling

PRICES = PriceList({"emails": Price(2), "phones": Price(7), "company": Price(3)})
BOTH = {"emails", "phones"}
EMPTY = {"error": {"code": 3, "name": "EMPTY_DATA", "message": "Could not find requested data"}}


def contact(number: int, **change: Any) -> dict[str, Any]:
    """An entry of the bulk answer: person 1000000000 + number, who works for company ``number``."""
    data, _ = telling.person_in_bulk({**PROBE["person"], "id": str(1000000000 + number)})
    return {"error": None, "isCreditCharged": True, "data": {**data, "companyId": number}, **change}


def employer(number: int) -> dict[str, Any]:
    return {"name": f"Employer {number}", "fqdn": f"www.employer-{number}.example.com"}


def ask_people(payload: Any, count: int, reveal: set[str] | None = BOTH) -> Answer:
    identities = [Identity("person", id=str(1000000000 + number)) for number in range(count)]
    references = [f"r{number}" for number in range(count)]
    return look_up("person", identities, references, reveal, PRICES).read(payload)


def ask_person(payload: Any, reveal: set[str] | None = BOTH, identity: Identity | None = None) -> Answer:
    asked = identity or Identity("person", email="ada@acme.example.com")
    return look_up_one("person", asked, reveal, PRICES).read(payload)


@given(st.permutations(range(6)), st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)), st.booleans())
def test_people_keep_their_places(order: list[int], left_out: set[int], failed: set[int], foreign: bool) -> None:
    contacts = {
        f"r{number}": EMPTY if number in failed else contact(number) for number in order if number not in left_out
    }
    if foreign:
        contacts["elsewhere"] = contact(99)
    companies = {str(number): employer(number) for number in reversed(order)}
    answer = ask_people({"contacts": contacts, "companies": companies}, 6)
    for number, item in enumerate(answer.items):
        if number in left_out:
            assert item.error == "NO_ANSWER"
        elif number in failed:
            assert item.error == "NOT_FOUND"
        else:
            assert item.profile and item.profile.id == str(1000000000 + number)
            assert item.profile.attributes["company"] == {
                "id": str(number),
                "name": f"Employer {number}",
                "domain": f"employer-{number}.example.com",
            }
    assert answer.charged == 9 * sum(item.profile is not None for item in answer.items)
    assert answer.estimated


def test_the_employer_is_joined_and_nothing_of_the_answer_is_lost() -> None:
    entry = contact(7)
    payload = {"contacts": {"r0": entry}, "companies": {"7": employer(7), "8": employer(8)}}
    [item] = ask_people(payload, 1).items
    assert item.profile and item.profile.raw == {**entry, "company": employer(7)}
    assert item.profile.revealed == {"emails", "phones", "profile"}
    assert item.profile.offers is None


def test_an_employer_that_is_not_told() -> None:
    [item] = ask_people({"contacts": {"r0": contact(7)}, "companies": {}}, 1).items
    assert item.profile and item.profile.attributes["company"] == {"id": "7"}
    assert item.profile.raw == contact(7)


@pytest.mark.parametrize(
    ("change", "reveal", "charged"),
    [
        ({}, BOTH, 9),
        ({}, {"emails"}, 2),
        ({}, {"phones"}, 7),
        ({}, None, 9),
        ({"isCreditCharged": False}, BOTH, 0),
        ({"isCreditCharged": None}, BOTH, 9),
        (EMPTY, BOTH, 9),
        ({"data": {"personId": 1}}, BOTH, 9),
        ({"data": {"personId": 1, "emailAddresses": [{"email": "ada@example.net"}]}}, BOTH, 9),
        ({"isCreditCharged": None, "data": {"personId": 1, "emailAddresses": [{"email": "a@example.net"}]}}, BOTH, 2),
        ({"isCreditCharged": None, "data": None, **EMPTY}, BOTH, 0),
        ({"data": None, **EMPTY}, BOTH, 9),
    ],
)
def test_what_a_person_costs(change: dict[str, Any], reveal: set[str] | None, charged: int) -> None:
    payload = {"contacts": {"r0": contact(7, **change)}, "companies": {}}
    assert ask_people(payload, 1, reveal).charged == charged
    assert ask_person({"contact": contact(7, **change)}, reveal).charged == charged


def test_no_word_on_charging_is_the_price() -> None:
    entry = contact(7)
    del entry["isCreditCharged"]
    assert ask_person({"contact": entry}).charged == 9


def test_what_was_asked_is_held_even_if_it_came_empty_and_what_came_unasked_too() -> None:
    thin = {"data": {"personId": 1}}
    [item] = ask_person({"contact": contact(7, **thin)}, {"phones"}).items
    assert item.profile and item.profile.revealed == {"phones", "profile"}
    [item] = ask_person({"contact": contact(7)}, {"phones"}).items
    assert item.profile and item.profile.revealed == {"phones", "emails", "profile"}
    [item] = ask_person({"contact": contact(7, **thin)}, None).items
    assert item.profile and item.profile.revealed == {"phones", "emails", "profile"}


def test_a_person_alone_has_the_employer_inside() -> None:
    entry = {"error": None, "isCreditCharged": False, "data": telling.person_alone(PROBE["person"])}
    answer = ask_person({"contact": entry})
    [item] = answer.items
    assert item.profile and item.profile.attributes == PROBE["person"]
    assert item.profile.raw == entry
    assert (answer.charged, answer.estimated) == (0, True)


def test_the_id_asked_for_stands_in_for_one_that_is_not_told() -> None:
    entry = contact(7)
    del entry["data"]["personId"]
    [item] = ask_person({"contact": entry}, identity=Identity("person", id="1000000007")).items
    assert item.profile and item.profile.id == item.profile.attributes["id"] == "1000000007"
    answer = ask_person({"contact": entry})
    assert (answer.items[0].error, answer.charged) == ("NO_ANSWER", 9)


@pytest.mark.parametrize(
    ("error", "expected", "message"),
    [
        (EMPTY["error"], "NOT_FOUND", "Could not find requested data"),
        (
            {"code": 451, "message": "We are unable to process it"},
            "COMPLIANCE_RESTRICTED",
            "We are unable to process it",
        ),
        ({"code": 9, "name": "GDPR_CONTACT", "message": "no"}, "COMPLIANCE_RESTRICTED", "no"),
        (
            {"code": 9, "name": "OTHER", "message": "due to our GDPR regulations"},
            "COMPLIANCE_RESTRICTED",
            "due to our GDPR regulations",
        ),
        (
            {"code": 5, "name": "BROKEN", "message": "zoe@acme.example.com failed"},
            "ENRICH_FAILED",
            "BROKEN: ***@*** failed",
        ),
        ({"code": 5}, "ENRICH_FAILED", "5"),
        ({"message": "Company not found"}, "NOT_FOUND", "Company not found"),
        ("Something went wrong", "ENRICH_FAILED", "Something went wrong"),
        (["one", "two"], "ENRICH_FAILED", "one, two"),
    ],
)
def test_errors_of_an_item(error: Any, expected: str, message: str) -> None:
    item = error_item(error)
    assert item and (item.error, item.message) == (expected, message)


@pytest.mark.parametrize("error", [None, {}, "", [], {"code": None, "name": "", "message": None}])
def test_no_error(error: Any) -> None:
    assert error_item(error) is None


def test_an_entry_without_data_is_nobody() -> None:
    assert ask_person({"contact": {"error": None, "isCreditCharged": False}}).items[0].error == "NOT_FOUND"


@pytest.mark.parametrize("payload", [None, [], {}, {"contacts": []}, {"contacts": None}, "text"])
def test_people_of_another_shape(payload: Any) -> None:
    with pytest.raises(Undocumented):
        ask_people(payload, 1)


@pytest.mark.parametrize("payload", [None, [], {}, {"contact": None}, {"contact": []}])
def test_a_person_of_another_shape(payload: Any) -> None:
    with pytest.raises(Undocumented):
        ask_person(payload)


def ask_companies(payload: Any, identities: list[Identity], references: list[str]) -> Answer:
    return look_up("company", identities, references, {"company"}, PRICES).read(payload)


def test_companies_cost_their_price_whoever_they_fit() -> None:
    payload = {"1": {"id": 5, "name": "Acme"}, "2": {}, "9": {"id": 6, "name": "Unasked"}}
    identities = [Identity("company", name="Acme"), Identity("company", name="Other")]
    answer = ask_companies(payload, identities, ["1", "2"])
    assert [item.error for item in answer.items] == [None, "NOT_FOUND"]
    assert (answer.charged, answer.estimated) == (6, True)


def by_id(*entries: dict[str, Any]) -> dict[str, Any]:
    """An answer keyed by Lusha's ids, 901 and on, each told beside the key too."""
    return {str(id): {"lushaCompanyId": str(id), **told} for id, told in enumerate(entries, start=901)}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Identity("company", name="Acme"), {"name": "Acme Inc."}),
        (Identity("company", domain="acme.io"), {"name": "Acme", "fqdn": "www.acme.com"}),
        (Identity("company", id="77"), {"name": "Acme", "fqdn": "www.acme.com"}),
    ],
)
def test_a_paid_company_that_is_called_otherwise_is_the_one_asked_for(asked: Identity, told: dict[str, Any]) -> None:
    answer = ask_companies(by_id(told), [asked], ["1"])
    [profile] = [item.profile for item in answer.items]
    assert profile and (profile.id, answer.charged, answer.extra) == ("901", 3, ())


def test_paid_companies_that_may_be_anybodys_are_kept_and_nobody_is_remembered_as_unknown() -> None:
    payload = by_id({"name": "Acme"}, {"name": "Renamed"}, {"name": "Sold"})
    identities = [Identity("company", name=name) for name in ("Acme", "Old Name", "Other")]
    answer = ask_companies(payload, identities, ["1", "2", "3"])
    assert [item.error for item in answer.items] == [None, "NO_ANSWER", "NO_ANSWER"]
    assert [(profile.id, profile.attributes["name"]) for profile in answer.extra] == [
        ("902", "Renamed"),
        ("903", "Sold"),
    ]
    assert all(profile.revealed == {"company", "intent"} for profile in answer.extra)
    assert [profile.raw for profile in answer.extra] == [payload["902"], payload["903"]]
    assert answer.charged == 9


def test_in_a_map_by_ids_the_key_is_the_id_where_none_is_told() -> None:
    payload = {"901": {"name": "Acme"}, "902": {"name": "Renamed"}}
    identities = [Identity("company", name=name) for name in ("acme", "Old Name", "Other")]
    answer = ask_companies(payload, identities, ["1", "2", "3"])
    assert answer.items[0].profile and answer.items[0].profile.id == "901"
    assert [profile.id for profile in answer.extra] == ["902"]


@given(
    st.permutations(range(6)),
    st.lists(st.sampled_from(["same", "renamed", "left out", "failed"]), min_size=6, max_size=6),
    st.booleans(),
)
def test_companies_keep_their_places_and_nothing_paid_is_lost(
    order: list[int], fates: list[str], by_reference: bool
) -> None:
    def told(number: int) -> dict[str, Any]:
        if fates[number] == "failed":
            return {"errors": {"message": "Something went wrong"}}
        name = f"Company {number}" if fates[number] == "same" else f"Another {chr(97 + number)}"
        return {"lushaCompanyId": str(901 + number), "name": name}

    there = [
        number for number in order if fates[number] not in ({"left out"} if by_reference else {"left out", "failed"})
    ]
    payload = {f"r{number}" if by_reference else str(901 + number): told(number) for number in there}
    identities = [Identity("company", name=f"company {number}") for number in range(6)]
    answer = ask_companies(payload, identities, [f"r{number}" for number in range(6)])
    assert len(answer.items) == 6
    bought = [item.profile.id for item in answer.items if item.profile] + [profile.id for profile in answer.extra]
    paid = {str(901 + number) for number in there if fates[number] != "failed"}
    assert (sorted(bought), answer.charged) == (sorted(paid), 3 * len(paid))
    renamed = fates.count("renamed")
    for number, item in enumerate(answer.items):
        if fates[number] == "same" or (by_reference and fates[number] == "renamed"):
            assert item.profile and item.profile.id == str(901 + number)
        elif fates[number] == "failed" and by_reference:
            assert item.error == "ENRICH_FAILED"
        elif item.profile is None:
            assert item.error == ("NOT_FOUND" if by_reference or not renamed else "NO_ANSWER")


def test_a_company_in_bulk_goes_by_its_public_id() -> None:
    entry = telling.company_in_bulk(PROBE["company"])
    answer = ask_companies({"1": entry}, [Identity("company", domain="acme.example.com")], ["1"])
    profile = answer.items[0].profile
    assert profile and profile.id == profile.attributes["id"] == "2000000001"
    assert profile.revealed == {"company", "intent"}
    assert profile.raw == entry


def test_companies_that_lusha_left_out_are_not_found() -> None:
    answer = ask_companies({}, [Identity("company", name="Acme")], ["1"])
    assert (answer.items[0].error, answer.charged) == ("NOT_FOUND", 0)


@pytest.mark.parametrize("payload", [None, [], {"message": "no"}])
def test_companies_of_another_shape(payload: Any) -> None:
    with pytest.raises(Undocumented):
        ask_companies(payload, [Identity("company", name="Acme")], ["1"])


def ask_company(payload: Any) -> Answer:
    return look_up_one("company", Identity("company", name="Acme"), None, PRICES).read(payload)


def test_a_company_alone() -> None:
    data = telling.company_alone(PROBE["company"])
    answer = ask_company({"data": data, "meta": {}})
    profile = answer.items[0].profile
    assert profile and (profile.id, profile.raw, answer.charged) == ("2000000001", data, 3)


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        ({"errors": {"message": "Something went wrong"}}, "ENRICH_FAILED"),
        ({"errors": {"message": "Company not found"}}, "NOT_FOUND"),
        ({"data": {"id": 1, "name": "Acme"}, "errors": [{"message": "no"}, "late"]}, "ENRICH_FAILED"),
        ({"data": None}, "NOT_FOUND"),
        ({"data": {"name": "Acme"}}, "NO_ANSWER"),
    ],
)
def test_a_company_alone_that_is_not_there(payload: Any, error: str) -> None:
    answer = ask_company(payload)
    assert answer.items[0].error == error
    assert answer.charged == (3 if error == "NO_ANSWER" else 0)


def test_a_company_alone_of_another_shape() -> None:
    with pytest.raises(Undocumented):
        ask_company({"meta": {}})
