"""Whether an answer is about the person or company of the record: what is left to people, and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.doubts import company_doubt, person_doubt
from connector.mapping.identity import identify
from connector.models import Profile, Value

COMPANY = [{"id": "Lusha_Id"}, {"domain": "Website"}, {"name": "Name"}]
BY_NAME = [{"name": "Name"}, {"domain": "Website"}]


def about(alternatives: list[dict[str, str]], told: dict[str, Any], **values: Value) -> str | None:
    identities = identify("company", alternatives, values)
    return company_doubt(alternatives, identities, values, Profile("company", "7", told))


GLOBEX = {"name": "Globex Holdings", "domain": "acme.example"}


def test_a_company_found_by_domain_must_agree_in_name() -> None:
    words = "found by domain acme.example, but Lusha calls it 'Globex Holdings' and the record 'Initech'"
    assert about(COMPANY, GLOBEX, Website="www.acme.example", Name="Initech") == words
    abc = {"name": "Alphabet", "domain": "abc.example"}
    assert about(COMPANY, abc, Website="abc.example", Name="Google") is not None
    globex = {"name": "Globex", "domain": "globex.example"}
    assert about(COMPANY, globex, Website="globex.example", Name="Initech") is not None


@pytest.mark.parametrize(
    ("told", "values"),
    [
        (GLOBEX, {"Name": "Globex"}),
        (GLOBEX, {"Name": "GLOBEX GmbH"}),
        (GLOBEX, {"Name": None}),
        (GLOBEX, {"Name": "[not provided]"}),
        (GLOBEX, {"Name": "Acme"}),
        (GLOBEX, {"Name": "株式会社グロベックス"}),
        ({"domain": "acme.example"}, {"Name": "Initech"}),
        ({**GLOBEX, "name": "Unknown"}, {"Name": "Initech"}),
        ({**GLOBEX, "alternative_name": "Initech Ltd."}, {"Name": "Initech"}),
        ({**GLOBEX, "alternative_domains": ["initech.example"]}, {"Name": "Initech"}),
        ({"name": "International Business Machines"}, {"Name": "IBM"}),
        ({"name": "ARX International", "domain": "acme-robotics.example"}, {"Name": "Acme Robotics"}),
        (GLOBEX, {"Name": "Initech", "Lusha_Id": "7"}),
    ],
)
def test_a_true_company_is_not_doubted(told: dict[str, Any], values: dict[str, Value]) -> None:
    assert about(COMPANY, told, Website="acme.example", **values) is None


def test_a_record_called_as_the_domain_that_found_it_is_not_doubted() -> None:
    told = {"name": "ARX International", "domain": "arx.example"}
    assert about(COMPANY, told, Website="acme-robotics.example", Name="Acme Robotics") is None
    assert about(COMPANY, told, Website="acme.example", Name="Acme Robotics") is not None


def test_a_stamped_id_that_is_not_the_answers_proves_nothing() -> None:
    assert about(COMPANY, GLOBEX, Website="acme.example", Name="Initech", Lusha_Id="8") is not None


def test_a_company_found_by_name_must_agree_in_domain() -> None:
    told = {"name": "Acme Robotics", "domain": "acme-robotics.example"}
    words = "found by name, but Lusha knows it at acme-robotics.example and the record says acme.example"
    assert about(BY_NAME, told, Name="Acme", Website="acme.example") == words
    assert about(BY_NAME, told, Name="Acme Robotics, Inc.", Website="acme.example") is None
    assert about(BY_NAME, {**told, "alternative_name": "ACME"}, Name="Acme", Website="acme.example") is None
    assert (
        about(BY_NAME, {**told, "alternative_domains": ["acme.example"]}, Name="Acme", Website="acme.example") is None
    )
    assert about(BY_NAME, {**told, "domain": "shop.acme.example"}, Name="Acme", Website="acme.example") is None
    assert about(BY_NAME, told, Name="Acme", Website=None) is None
    assert about(BY_NAME, told, Name="Acme", Website="gmail.com") is None
    assert about(BY_NAME, {"name": "Acme Robotics"}, Name="Acme", Website="acme.example") is None


def test_a_company_found_by_name_is_called_so() -> None:
    words = "found by name, but Lusha calls it 'Globex' and the record 'Acme'"
    assert about(BY_NAME, {"name": "Globex"}, Name="Acme") == words
    assert about(BY_NAME, {"name": "Globex", "alternative_name": "Acme"}, Name="Acme") is None


PERSON = [
    {"id": "Lusha_Id"},
    {"linkedin_url": "LinkedIn"},
    {"email": "Email"},
    {"first_name": "First", "last_name": "Last", "company_domain": "Website"},
    {"first_name": "First", "last_name": "Last", "company_name": "Company"},
]
NAMED_FIRST = [*PERSON[3:], *PERSON[:3]]
JANE: dict[str, Value] = {"First": "Jane", "Last": "Doe", "Company": "Acme"}
MOVED: dict[str, Any] = {
    "full_name": "Jane Doe",
    "company": {"name": "Globex", "domain": "globex.example"},
    "previous_job": {"company": {"name": "Initech", "domain": "initech.example"}},
}
NAMESAKE = "found by name alone: Lusha knows this name at Globex, the record says Acme"


def person(
    told: dict[str, Any], alternatives: list[dict[str, str]] | None = None, *, before: bool = False, **values: Value
) -> str | None:
    ways, all_values = alternatives or PERSON, {**JANE, **values}
    identities = identify("person", ways, all_values)
    profile = Profile("person", "7", told)
    return person_doubt(ways, identities, all_values, profile, least=80, before=before)


def test_somebody_found_by_name_at_another_company_may_be_a_namesake() -> None:
    assert person(MOVED) == NAMESAKE
    assert person(MOVED, Website="acme.example", Company=None) == NAMESAKE.replace("Acme", "acme.example")
    assert person({**MOVED, "company": {"domain": "globex.example"}}, Company=None, Website="acme.example") == (
        "found by name alone: Lusha knows this name at globex.example, the record says acme.example"
    )


@pytest.mark.parametrize(
    "previous",
    [
        {"name": "Acme, Inc."},
        {"name": "Acme Robotics", "domain": "acme.example"},
        {"domain": "acme.example"},
    ],
)
def test_a_previous_job_at_the_records_company_makes_it_a_job_change(previous: dict[str, str]) -> None:
    assert person({**MOVED, "previous_job": {"company": previous}}) is None


@pytest.mark.parametrize(
    "previous",
    [
        {},
        {"company": {}},
        {"company": {"domain": "gmail.com"}},
        {"job_title": {"title": "CTO"}},
    ],
)
def test_where_the_previous_job_is_not_told_they_are_taken_for_one_who_moved(previous: dict[str, Any]) -> None:
    assert person({**MOVED, "previous_job": previous}, Website="gmail.com") is None


@pytest.mark.parametrize(
    "company",
    [
        {"name": "Acme GmbH", "domain": "acme.test"},
        {"name": "Globex", "alternative_name": "Acme"},
        {"domain": "gmail.com"},
        {},
    ],
)
def test_somebody_found_by_name_at_the_same_or_at_no_known_company_is_not_doubted(company: dict[str, Any]) -> None:
    assert person({**MOVED, "company": company}) is None


@pytest.mark.parametrize(
    "values",
    [
        {"Lusha_Id": "7"},
        {"LinkedIn": "linkedin.com/in/jane-doe"},
        {"Email": "jane@home.example"},
        {"Email": "jane.doe@gmail.com"},
        {"Lusha_Id": "8", "Email": "jane@home.example"},
    ],
)
def test_who_was_asked_for_by_what_is_theirs_alone_has_changed_the_job(values: dict[str, Value]) -> None:
    assert person(MOVED, **values) is None


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"LinkedIn": "https://de.linkedin.com/in/Jane-Doe/"}, {"social": {"linkedin": "linkedin.com/in/jane-doe"}}),
        ({"Email": "Jane@Home.example"}, {"emails": [{"email": "x@globex.example"}, {"email": "jane@home.example"}]}),
        ({"Lusha_Id": "7"}, {}),
    ],
)
def test_an_address_that_the_answer_has_too_is_as_good(values: dict[str, Value], told: dict[str, Any]) -> None:
    assert person({**MOVED, **told}, NAMED_FIRST, **values) is None


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"Lusha_Id": "8"}, {}),
        ({"LinkedIn": "linkedin.com/in/jane-doe"}, {"social": {"linkedin": "linkedin.com/in/jane-doe-2"}}),
        ({"LinkedIn": "linkedin.com/company/acme"}, {"social": {"linkedin": "linkedin.com/company/acme"}}),
        ({"Email": "jane@home.example"}, {"emails": [{"email": "jane@globex.example"}]}),
        ({"Email": "info@acme.example"}, {"emails": [{"email": "info@acme.example"}]}),
        ({"Email": "jane@home.example"}, {}),
    ],
)
def test_another_address_or_a_shared_one_is_not(values: dict[str, Value], told: dict[str, Any]) -> None:
    assert person({**MOVED, **told}, NAMED_FIRST, **values) == NAMESAKE


def test_a_shared_mailbox_is_not_asked_for_and_proves_nothing() -> None:
    assert person(MOVED, Email="info@acme.example") == NAMESAKE


def test_who_was_matched_before_is_known() -> None:
    assert person(MOVED, before=True) is None
    assert person({**MOVED, "full_name": "Grace Hopper"}, before=True) is not None


def test_a_name_is_held_against_every_answer() -> None:
    other = person({"full_name": "Grace Hopper"}, Lusha_Id="7")
    assert other is not None
    assert other.startswith("the names agree to ")
    assert other.endswith(" of 100, 80 is asked")
    assert person({"full_name": "Grace Hopper"}, First=None, Last=None, Lusha_Id="7") is None


NAMES = st.sampled_from([None, "", "Jane", "Doe", "Grace"])
PLACES = st.sampled_from([None, "", "Acme", "Globex", "acme.example", "globex.example", "gmail.com"])
RECORDS = st.fixed_dictionaries({"First": NAMES, "Last": NAMES, "Company": PLACES, "Website": PLACES})


@settings(max_examples=200, deadline=None)
@given(RECORDS, st.sampled_from(["Jane Doe", "Grace Doe", "", "Zoe Quux"]), PLACES)
def test_reasons_name_no_person(values: dict[str, Value], name: str, company: str | None) -> None:
    told = {"full_name": name, "company": {"name": company} if company else {}}
    words = person_doubt(PERSON, identify("person", PERSON, values), values, Profile("person", "7", told), least=80)
    assert words is None or not any(part in words for part in ("Zoe", "Quux", "Jane", "Doe", "Grace"))
