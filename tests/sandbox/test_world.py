"""The demo world: the same for the same seed, and as messy as promised."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.directory import Directory, plain, plain_company, plain_domain
from connector.sandbox.entries import AS_OF
from connector.sandbox.lusha.checker import is_email
from connector.sandbox.native import salesforce_id
from connector.sandbox.pools import INDUSTRIES, RARE_INDUSTRY
from connector.sandbox.world import World, build_world

SENIORITIES = {"C-Suite", "Vice President", "Director", "Manager", "Senior", "Entry", "Executive"}
INVENTED = re.compile(r"\.test$|(^|\.)example\.(com|org|net)$|^example$")


@pytest.fixture(scope="module")
def world() -> World:
    return build_world()


def contacts(world: World) -> list[dict[str, Any]]:
    return list(world.salesforce["Contact"])


def properties(world: World, kind: str) -> list[dict[str, str]]:
    return [row["properties"] for row in world.hubspot[kind]]


def item(row: dict[str, Any]) -> dict[str, str]:
    """The Salesforce contact as a search item."""
    named = {"email": row["Email"], "linkedinUrl": row["LinkedIn_URL__c"]}
    return {key: value for key, value in named.items() if value}


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    assert build_world(7, 40, 10) == build_world(7, 40, 10)
    assert build_world(7, 40, 10) != build_world(8, 40, 10)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), people=st.integers(1, 80), firms=st.integers(1, 20))
def test_every_size_is_kept_exactly_and_every_id_is_there_once(seed: int, people: int, firms: int) -> None:
    made = build_world(seed, people, firms)
    for rows, size in (
        (made.salesforce["Contact"], people),
        (made.salesforce["Account"], firms),
        (made.hubspot["contacts"], people),
        (made.hubspot["companies"], firms),
    ):
        assert len(rows) == size
        assert len({row.get("Id", row.get("id")) for row in rows}) == size


def test_salesforce_ids_carry_the_check_letters_and_prefixes(world: World) -> None:
    assert salesforce_id("001", 1) == "001SB0000000001YAA"
    assert all(re.fullmatch(r"003[A-Za-z0-9]{15}", row["Id"]) for row in contacts(world))
    accounts = {row["Id"] for row in world.salesforce["Account"]}
    assert all(re.fullmatch(r"001[A-Za-z0-9]{15}", id) for id in accounts)
    assert {row["AccountId"] for row in contacts(world)} <= accounts | {None}


def test_salesforce_never_holds_empty_text_and_hubspot_only_text(world: World) -> None:
    for rows in world.salesforce.values():
        assert all(value != "" for row in rows for value in row.values())
    for kind in world.hubspot:
        assert all(
            isinstance(value, str) and value.strip() for row in properties(world, kind) for value in row.values()
        )


def test_half_of_titles_phones_and_mobiles_is_blank(world: World) -> None:
    for field in ("Title", "Phone", "MobilePhone"):
        blank = sum(row[field] is None for row in contacts(world))
        assert 0.35 < blank / 300 < 0.7, (field, blank)
    for field in ("Website", "Industry", "NumberOfEmployees"):
        assert any(row[field] is None for row in world.salesforce["Account"])
        assert any(row[field] is not None for row in world.salesforce["Account"])


def test_phones_come_in_ten_spellings_of_which_the_org_rule_accepts_nearly_all_mobiles(world: World) -> None:
    shapes = {re.sub(r"\d+", "9", row["Phone"]) for row in contacts(world) if row["Phone"]}
    assert len(shapes) >= 10
    mobiles = [row["MobilePhone"] for row in contacts(world) if row["MobilePhone"]]
    legacy = [mobile for mobile in mobiles if not mobile.startswith("+")]
    assert 0 < len(legacy) < len(mobiles) / 10


def test_every_number_lusha_tells_is_a_possible_one(world: World) -> None:
    for person in world.people.values():
        for phone in person.profile["phones"]:
            assert phonenumbers.is_possible_number(phonenumbers.parse(phone["number"]))


def test_nobody_is_real(world: World) -> None:
    addresses = [email for person in world.people.values() for email in person.emails]
    addresses += [row["Email"] for row in contacts(world) if row["Email"] and "@" in row["Email"]]
    domains = {address.rpartition("@")[2].lower() for address in addresses} - {""}
    domains |= {plain_domain(company.profile["domain"]) for company in world.companies.values()}
    assert [domain for domain in domains if not INVENTED.search(domain)] == []


def test_people_of_whom_lusha_knows_nothing_or_may_not_tell(world: World) -> None:
    directory = Directory(world)
    asked = [item(row) for row in contacts(world) if is_email(row["Email"] or "")]
    unknown = sum(directory.person(one) is None for one in asked)
    assert 0.12 < unknown / len(asked) < 0.3
    assert 2 <= sum(person.restricted for person in world.people.values()) <= 10
    assert any(row["HasOptedOutOfEmail"] for row in contacts(world))


def test_about_one_in_twelve_has_changed_job_and_is_still_found_by_the_old_address(world: World) -> None:
    moved = [person for person in world.people.values() if person.profile["previousEmployment"]]
    assert 0.05 < len(moved) / len(world.people) < 0.12
    directory = Directory(world)
    for person in moved:
        former = plain_domain(person.profile["previousEmployment"][0]["company"]["domain"])
        assert plain_company(person.profile["company"]["name"]) != former
        old = next(email for email in person.emails if email.endswith(f"@{former}"))
        assert directory.person({"email": old.upper()}) == person.profile["id"]


def test_the_same_person_stands_in_one_crm_twice_and_three_times(world: World) -> None:
    directory = Directory(world)
    found = Counter(directory.person(item(row)) for row in contacts(world) if item(row))
    del found[None]
    times = Counter(found.values())
    assert times[2] >= 3
    spelled = Counter(row["Email"].lower() for row in contacts(world) if row["Email"])
    assert max(spelled.values()) >= 2


def test_hubspot_holds_no_email_twice_and_only_valid_ones_in_lower_case(world: World) -> None:
    emails = [row["email"] for row in properties(world, "contacts") if "email" in row]
    assert len(emails) == len(set(emails))
    assert all(is_email(email) and email == email.lower() for email in emails)


def test_the_two_crms_describe_mostly_the_same_people(world: World) -> None:
    salesforce = {row["Email"].lower() for row in contacts(world) if row["Email"]}
    hubspot = {row["email"] for row in properties(world, "contacts") if "email" in row}
    assert len(salesforce & hubspot) > 0.6 * len(hubspot)
    assert hubspot - salesforce
    assert salesforce - hubspot


def test_names_with_accents_and_in_chinese_and_records_without_identity(world: World) -> None:
    names = " ".join(row["LastName"] for row in contacts(world))
    assert re.search(r"[äöüßéñłøÅ]", names)
    assert re.search(r"[一-鿿]", names)
    nameless = [
        row
        for row in contacts(world)
        if not (row["Email"] or row["LinkedIn_URL__c"] or row["AccountId"] or row["Lusha_Id__c"])
    ]
    assert len(nameless) >= 5
    boxes = [row for row in contacts(world) if re.match(r"(info|sales|office|support)@", row["Email"] or "")]
    assert len(boxes) >= 4
    broken = [row["Email"] for row in contacts(world) if row["Email"] and not is_email(row["Email"])]
    assert len(broken) >= 5
    assert {"[not provided]", "Unknown"} & {row["LastName"] for row in contacts(world)}


def test_lusha_has_a_few_values_that_a_crm_cannot_take(world: World) -> None:
    jobs = [person.profile["jobTitle"] for person in world.people.values()]
    assert 1 <= sum(len(job["title"]) > 128 for job in jobs) <= 6
    odd = {job["seniority"] for job in jobs if "seniority" in job} - SENIORITIES
    assert odd
    assert odd <= {"Founder", "Partner", "Intern"}
    trades = {company.profile["industry"] for company in world.companies.values()}
    assert RARE_INDUSTRY[0] in trades
    assert trades <= {row[0] for row in INDUSTRIES} | {RARE_INDUSTRY[0]}


def test_titles_filled_by_people_agree_or_differ_and_some_numbers_must_not_be_called(world: World) -> None:
    directory = Directory(world)
    verdicts: Counter[bool] = Counter()
    for row in contacts(world):
        id = directory.person(item(row))
        if row["Title"] and id:
            verdicts[row["Title"] == world.people[id].profile["jobTitle"]["title"]] += 1
    assert verdicts[True] > 20
    assert verdicts[False] > 20
    phones = [phone for person in world.people.values() for phone in person.profile["phones"]]
    assert any(phone["doNotCall"] for phone in phones)


def test_times_are_fixed_instants_before_november_2026(world: World) -> None:
    rows = [*contacts(world), *world.salesforce["Account"]]
    assert all(row["CreatedDate"] < row["SystemModstamp"] < "2026-11-01" for row in rows)
    companies = properties(world, "companies")
    assert all(row["createdate"] < row["hs_lastmodifieddate"] < "2026-11-01" for row in companies)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Müller-Groß", "muller gross"), ("Łukasz", "lukasz"), ("王伟", "王伟"), ("O'Brien", "o brien"), ("", "")],
)
def test_names_are_compared_without_case_and_accents(text: str, folded: str) -> None:
    assert plain(text) == folded


@pytest.mark.parametrize(
    "name", ["Kestrel Analytics", "KESTREL ANALYTICS, INC.", "Kestrel Analytics GmbH", "kestrel analytics Pty Ltd"]
)
def test_legal_forms_do_not_matter(name: str) -> None:
    assert plain_company(name) == "kestrel analytics"


def test_the_world_is_as_old_on_any_day() -> None:
    """Who is stale follows from ages: the demo must not change with the calendar."""
    then, later = build_world(1, 60, 15), build_world(1, 60, 15, today=AS_OF + timedelta(days=500))
    for one, other in zip(then.salesforce["Contact"], later.salesforce["Contact"], strict=True):
        assert one["Email"] == other["Email"]
        before, after = one["Lusha_Last_Enriched__c"], other["Lusha_Last_Enriched__c"]
        assert (before is None) == (after is None)
        if before is not None:
            assert datetime.fromisoformat(after) - datetime.fromisoformat(before) == timedelta(days=500)
