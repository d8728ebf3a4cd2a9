from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.identity import (
    all_spellings,
    company_domain,
    company_name,
    fingerprint,
    identify,
    identity_of,
    mark_over,
    profile_spellings,
    spellings,
)
from connector.models import Identity, Profile, Value

PERSON = [
    {"id": "Lusha_Id__c"},
    {"linkedin_url": "LinkedIn_URL__c"},
    {"email": "Email"},
    {"first_name": "FirstName", "last_name": "LastName", "company_domain": "Account.Website"},
    {"first_name": "FirstName", "last_name": "LastName", "company_name": "Account.Name"},
    {"full_name": "Name", "company_domain": "Account.Website"},
]
COMPANY = [{"id": "Lusha_Id__c"}, {"domain": "Website"}, {"name": "Name"}]
JANE: dict[str, Value] = {
    "Lusha_Id__c": "4389064654",
    "LinkedIn_URL__c": "http://uk.linkedin.com/in/Jane-Doe/",
    "Email": " Jane.Doe@Acme.example",
    "FirstName": " Zoë  Ann",
    "LastName": "O'Doe",
    "Account.Website": "https://www.acme.example/",
    "Account.Name": "Acme,  Inc.",
    "Name": "Zoë Ann O'Doe",
}


def test_every_complete_alternative_in_the_order_declared() -> None:
    assert identify("person", PERSON, JANE) == (
        Identity("person", id="4389064654"),
        Identity("person", linkedin_url="https://www.linkedin.com/in/jane-doe"),
        Identity("person", email="jane.doe@acme.example"),
        Identity("person", first_name="Zoë Ann", last_name="O'Doe", company_domain="acme.example"),
        Identity("person", first_name="Zoë Ann", last_name="O'Doe", company_name="Acme, Inc."),
    )
    assert identify("person", PERSON[::-1], JANE)[0].last_name == "O'Doe"


def test_a_company() -> None:
    values: dict[str, Value] = {"Lusha_Id__c": 16303253.0, "Website": "www.acme.example/about", "Name": "Acme"}
    assert identify("company", COMPANY, values) == (
        Identity("company", id="16303253"),
        Identity("company", domain="acme.example"),
        Identity("company", name="Acme"),
    )


@pytest.mark.parametrize(
    "email",
    [
        "info@acme.example",
        "no-reply@acme.example",
        "jane@acme",
        "a b@acme.example",
        "jané@acme.example",
        "none",
        "",
        None,
    ],
)
def test_an_email_that_is_no_persons_counts_as_blank(email: str | None) -> None:
    assert identify("person", [{"email": "Email"}], {"Email": email}) == ()


def test_each_of_several_addresses_is_an_identity() -> None:
    several: dict[str, Value] = {"Email": " Jane@acme.example;info@acme.example;;doe@beta.example;JANE@acme.example"}
    found = identify("person", [{"email": "Email"}], several)
    assert [identity.email for identity in found] == ["jane@acme.example", "doe@beta.example"]


def test_two_addresses_typed_as_one_word_mean_nobody() -> None:
    assert identity_of("person", "jane@acme.example;doe@acme.example") is None


@pytest.mark.parametrize(
    "change",
    [
        {"FirstName": None},
        {"FirstName": "x"},
        {"FirstName": "-"},
        {"FirstName": "12"},
        {"LastName": "[not provided]"},
        {"LastName": "Unknown"},
        {"LastName": "jane@acme.example"},
        {"Account.Website": "gmail.com"},
        {"Account.Website": "https://www.linkedin.com/company/acme"},
        {"Account.Website": "n/a"},
        {"Account.Website": "Acme"},
    ],
)
def test_an_incomplete_alternative_is_none(change: dict[str, Value]) -> None:
    assert identify("person", [PERSON[3]], {**JANE, **change}) == ()


@pytest.mark.parametrize(
    ("name", "complete"),
    [("Jane Doe", True), ("王 伟", True), ("王伟", False), ("Jane", False), ("Jane x", False), ("test test", False)],
)
def test_a_full_name_needs_two_parts(name: str, complete: bool) -> None:
    values: dict[str, Value] = {"Name": name, "Account.Website": "acme.example"}
    assert bool(identify("person", [PERSON[5]], values)) is complete


@pytest.mark.parametrize("page", ["https://www.linkedin.com/company/acme", "https://example.com/in/jane", "jane-doe"])
def test_a_page_that_is_no_persons_counts_as_blank(page: str) -> None:
    assert identify("person", [PERSON[1]], {"LinkedIn_URL__c": page}) == ()


@pytest.mark.parametrize("id", ["", " ", "n/a", "unknown", "12 34", None])
def test_an_id_that_is_none(id: str | None) -> None:
    assert identify("person", [PERSON[0]], {"Lusha_Id__c": id}) == ()


def test_company_names_and_domains() -> None:
    for text in ("Self-Employed", "freelance", "n/a", "?", "", "株式会社", "[not provided]"):
        assert company_name(text) is None, text
    assert company_name("  3M  ") == "3M"
    assert company_domain("jane@acme.example") == "acme.example"
    assert company_domain("linkedin.com") == "linkedin.com"
    assert company_domain("facebook.com/acme") is None
    assert company_domain("jane@gmail.com") is None


def test_spellings() -> None:
    found = [spelling for identity in identify("person", PERSON, JANE) for spelling in spellings(identity)]
    assert found == [
        "id:4389064654",
        "linkedin:in/jane-doe",
        "email:jane.doe@acme.example",
        "name@domain:zoe ann odoe|acme.example",
        "name@company:zoe ann odoe|acme",
    ]
    assert spellings(Identity("company", domain="acme.example")) == ("domain:acme.example",)
    assert spellings(Identity("company", name="Acme, Inc.")) == ("company:acme",)


def test_a_persons_profile_is_found_again_under_each_of_its_spellings() -> None:
    profile = Profile(
        "person",
        "4389064654",
        {
            "first_name": "Zoë Ann",
            "last_name": "O'Doe",
            "full_name": "Zoë O'Doe",
            "emails": [{"email": "Jane.Doe@acme.example"}, {"email": "info@acme.example"}, {"type": "work"}],
            "social": {"linkedin": "https://linkedin.com/in/Jane-Doe"},
            "company": {"name": "Acme Inc", "domain": "www.acme.example"},
        },
    )
    assert profile_spellings(profile) == (
        "id:4389064654",
        "linkedin:in/jane-doe",
        "email:jane.doe@acme.example",
        "name@domain:zoe ann odoe|acme.example",
        "name@company:zoe ann odoe|acme",
        "name@domain:zoe odoe|acme.example",
        "name@company:zoe odoe|acme",
    )
    for identity in identify("person", PERSON, JANE):
        assert set(spellings(identity)) <= set(profile_spellings(profile))


def test_a_companys_profile_is_found_again_under_each_of_its_spellings() -> None:
    profile = Profile(
        "company",
        "7",
        {"name": "Acme GmbH", "domain": "acme.example", "alternative_domains": ["acme.test", "gmail.com"]},
    )
    assert profile_spellings(profile) == ("id:7", "domain:acme.example", "domain:acme.test", "company:acme")
    assert profile_spellings(Profile("company", "7", {})) == ("id:7",)
    assert profile_spellings(Profile("person", "7", {"full_name": "Jane Doe", "company": {}})) == ("id:7",)


def test_the_fingerprint_tells_that_an_identity_changed() -> None:
    found = fingerprint("person", PERSON, JANE)
    assert found == fingerprint("person", PERSON[::-1], JANE)
    assert found == "364fd5de62c89864"  # state files hold it
    spelled = {**JANE, "Email": "JANE.DOE@acme.example", "FirstName": "ZOE ANN", "Account.Name": "ACME"}
    assert fingerprint("person", PERSON, spelled) == found
    assert fingerprint("person", PERSON, {**JANE, "Email": "jane@beta.example"}) != found
    assert fingerprint("person", PERSON, {}) == fingerprint("company", COMPANY, {}) == "e3b0c44298fc1c14"
    assert fingerprint("person", PERSON, {"Lusha_Id__c": "7"}) != fingerprint("company", COMPANY, {"Lusha_Id__c": "7"})


TEXTS = st.one_of(
    st.none(),
    st.text(max_size=15),
    st.sampled_from(
        ["Jane Doe", "jane@acme.example", "linkedin.com/in/jane", "acme.example", "n/a", "株式会社", "Ltd", "ͺa", "ͺ"]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(JANE, TEXTS)))
def test_every_identity_has_a_spelling_and_survives_being_read_again(values: dict[str, Value]) -> None:
    identities = identify("person", PERSON, values)
    assert fingerprint("person", PERSON, values) == mark_over("person", all_spellings(identities))
    for identity in identities:
        assert spellings(identity)
        if identity.email:
            assert identify("person", PERSON[2:3], {"Email": identity.email}) == (identity,)
        if identity.linkedin_url:
            assert identify("person", PERSON[1:2], {"LinkedIn_URL__c": identity.linkedin_url}) == (identity,)
    company = {"Website": values["Account.Website"], "Name": values["Account.Name"]}
    for identity in identify("company", COMPANY[1:], company):
        assert spellings(identity)
