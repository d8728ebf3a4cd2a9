"""What is said about a wrong mapping file, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.config import load_mapping, mapping_warnings
from connector.errors import ConfigError
from tests.config.samples import COMPANY, HUBSPOT_COMPANY, HUBSPOT_PERSON, PERSON, mapping_problems, swap

PERSON_KEYS = "id, linkedin_url, email, first_name, last_name, full_name, company_domain, company_name"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("policy: refresh", "policy: newest", "19:43: fields.Title.policy: no policy 'newest' — did you mean 'newer'?"),
        ("policy: refresh", "guard: lax", "19:43: fields.Title.guard: no guard 'lax' (known: strict)"),
        ("policy: refresh", "polcy: refresh", "19:43: fields.Title.polcy: unknown key — did you mean 'policy'?"),
        (
            "policy: refresh",
            "on_too_long: cutt",
            "19:43: fields.Title.on_too_long: no way to treat a long value 'cutt' — did you mean 'cut'?",
        ),
        ("{from: job_title.title, policy: refresh}", "{policy: refresh}", "19:3: fields.Title: needs the key 'from'"),
        (
            "{from: job_title.title, policy: refresh}",
            "job_title.title",
            "19:3: fields.Title: expected a map, found 'job_title.title'",
        ),
        (
            "Title:  ",
            "Account.Name:  ",
            '19:3: fields["Account.Name"]: is a field of a related record; only own fields are written',
        ),
        (
            "Title:  ",
            "Job Title:  ",
            "19:3: fields[\"Job Title\"]: expected the API name of a CRM field, found 'Job Title'",
        ),
        ("as: phone", "as: fone", "21:78: fields.Phone.as: no transform 'fone' — did you mean 'phone'?"),
        ("as: phone", "as: {fone: null}", "21:83: fields.Phone.as.fone: no transform 'fone' — did you mean 'phone'?"),
        ("as: phone", "as: [email, fone]", "21:90: fields.Phone.as[1]: no transform 'fone' — did you mean 'phone'?"),
        (
            "as: phone",
            "as: 7",
            "21:78: fields.Phone.as: no transform '7' (known: phone, email, domain, url, linkedin_url, "
            "country, state, picklist, int, number, date, text, join, title_case)",
        ),
        ("as: phone", "as: []", "21:78: fields.Phone.as: is an empty list"),
        ("as: phone", "as: {}", "21:78: fields.Phone.as: is empty"),
        (
            "as: phone",
            "as: {phone: null, email: null}",
            "21:78: fields.Phone.as: expected one transform in each map; write several as a list",
        ),
        (
            "as: phone",
            "as: {phone: {region: de}}",
            "21:91: fields.Phone.as.phone.region: expected a country code of two capital letters such as DE,"
            " found 'de'",
        ),
        (
            "as: phone",
            "as: {phone: {regin: DE}}",
            "21:91: fields.Phone.as.phone.regin: unknown key — did you mean 'region'?",
        ),
        ("as: phone", "as: {email: yes}", "21:83: fields.Phone.as.email: expected no argument, found 'yes'"),
        ("as: phone", "as: {text: ten}", "21:83: fields.Phone.as.text: expected a whole number, found 'ten'"),
        ("as: phone", "as: {text: 0}", "21:83: fields.Phone.as.text: expected 1 or more, found 0"),
        ("as: phone", "as: text", "21:78: fields.Phone.as: text needs an argument, such as {text: 80}"),
        (
            "as: phone",
            "as: [picklist]",
            "21:83: fields.Phone.as[0]: picklist needs an argument, such as {picklist: {C-Suite: Executive}}",
        ),
        ("as: phone", "as: {picklist: [a]}", "21:83: fields.Phone.as.picklist: expected a map, found a list"),
        (
            "as: phone",
            "as: {picklist: {Founder: [a]}}",
            "21:94: fields.Phone.as.picklist.Founder: expected text or nothing, found a list",
        ),
        (
            "as: phone",
            "as: {country: alpha2}",
            "21:83: fields.Phone.as.country: no way to write a country 'alpha2' — did you mean 'alpha_2'?",
        ),
        (
            "as: phone",
            "as: {state: long}",
            "21:83: fields.Phone.as.state: no way to write a state 'long' (known: code, name)",
        ),
        ("as: phone", "as: {date: DD/MM}", "21:83: fields.Phone.as.date: expected no argument, found 'DD/MM'"),
        ("{id: Lusha_Id__c}", "{idd: Lusha_Id__c}", "7:6: identify[0].idd: unknown key — did you mean 'id'?"),
        ("{id: Lusha_Id__c}", "{domain: Website}", f"7:6: identify[0].domain: unknown key (known: {PERSON_KEYS})"),
        ("{id: Lusha_Id__c}", "{}", "7:5: identify[0]: is empty"),
        ("{id: Lusha_Id__c}", "Lusha_Id__c", "7:5: identify[0]: expected a map, found 'Lusha_Id__c'"),
        (
            "{id: Lusha_Id__c}",
            "{id: Lusha_Id__c, email: Email}",
            "7:5: identify[0]: id and email are separate ways to identify; make each an entry of its own",
        ),
        (
            "{id: Lusha_Id__c}",
            "{first_name: A, last_name: B}",
            "7:5: identify[0]: a name needs company_domain or company_name",
        ),
        ("{id: Lusha_Id__c}", "{first_name: A, company_name: B}", "7:5: identify[0]: first_name needs last_name"),
        ("{id: Lusha_Id__c}", "{last_name: A, company_name: B}", "7:5: identify[0]: last_name needs first_name"),
        (
            "{id: Lusha_Id__c}",
            "{company_name: A}",
            "7:5: identify[0]: company_name needs first_name and last_name, or full_name",
        ),
        (
            "{id: Lusha_Id__c}",
            "{full_name: A, last_name: B, company_name: C}",
            "7:5: identify[0]: full_name stands beside last_name; keep one of the two",
        ),
        ('where: "IsEmailBounced = false"', "where: [a]", "13:3: select.where: expected text, found a list"),
        (
            'where: "IsEmailBounced = false"',
            'where: "where IsEmailBounced = false"',
            "13:3: select.where: expected the condition alone, such as Title != null; take WHERE out",
        ),
        ('where: "IsEmailBounced = false"', "where: ''", "13:3: select.where: is empty"),
        (
            "stale_after: 90d",
            "stale_after: 3m",
            "15:3: select.stale_after: expected a duration such as 90d or 12h, found '3m'",
        ),
        ("min_name: 80", "min_name: 101", "17:9: match.min_name: expected 100 or less, found 101"),
        (
            "on_job_change: suggest",
            "on_job_change: move",
            "17:23: match.on_job_change: no way to treat a job change 'move' (known: suggest, update, skip)",
        ),
        ("Lusha_Id__c: id", "title: id", "26:3: stamp.title: is also written by fields (line 19)"),
        ("Email:   ", "TITLE:   ", "20:3: fields.TITLE: is also written by fields (line 19)"),
        ("Lusha_Id__c: id", "Lusha_Id__c: [id]", "26:3: stamp.Lusha_Id__c: expected text, found a list"),
        (
            "Lusha_Id__c: id",
            "Account.Lusha_Id__c: id",
            '26:3: stamp["Account.Lusha_Id__c"]: is a field of a related record; only own fields are written',
        ),
        ("entity: person", "entity: persn", "5:1: entity: no entity 'persn' — did you mean 'person'?"),
        ("object: Contact\n", "", "2:1: needs the key 'object'"),
    ],
)
def test_one_problem(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert mapping_problems(tmp_path, swap(PERSON, old, new)) == [f"contact.yaml:{expected}"]


def test_converted_is_for_leads_alone(tmp_path: Path) -> None:
    follow = swap(PERSON, "select:\n", "select:\n  converted: follow\n")
    [problem] = mapping_problems(tmp_path, follow)
    assert problem.endswith("select.converted: converted is for mappings of Salesforce's Lead alone")
    lead = tmp_path / "lead.yaml"
    lead.write_text(swap(follow, "object: Contact", "object: Lead"), encoding="utf-8")
    assert load_mapping(lead, "lead.yaml").select.converted == "follow"


def test_newer_and_strict_are_read(tmp_path: Path) -> None:
    file = tmp_path / "contact.yaml"
    file.write_text(swap(PERSON, "policy: refresh", "policy: newer, guard: strict"), "utf-8")
    mapping = load_mapping(file, "contact.yaml")
    assert (mapping.fields["Title"].policy, mapping.fields["Title"].strict) == ("newer", True)
    assert not mapping.fields["Email"].strict
    assert mapping_warnings(mapping) == ()


def test_what_strict_and_newer_cannot_keep_is_said(tmp_path: Path) -> None:
    file = tmp_path / "company.yaml"
    file.write_text(
        swap(HUBSPOT_COMPANY, "{from: industry}", "{from: industry, policy: newer, guard: strict}"), "utf-8"
    )
    assert mapping_warnings(load_mapping(file, "company.yaml")) == (
        "company.yaml:8:45: fields.industry.guard: HubSpot has no conditional write: "
        "strict means the re-read right before the write, as for every field",
        "company.yaml:8:30: fields.industry.policy: Lusha dates no company's data: newer acts as refresh",
    )


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("name = 'x'", "7:3: select.where: expected a list, found 'name = 'x''"),
        ("[]", "7:3: select.where: is an empty list"),
        ("[{propertyName: a}]", "7:11: select.where[0]: needs the key 'operator'"),
        ("[{propertyName: a, operator: IN, value: b}]", "7:11: select.where[0]: this operator needs values"),
        ("[{propertyName: a, operator: EQ}]", "7:11: select.where[0]: this operator needs value"),
        (
            "[{propertyName: a, operator: BETWEEN, value: 1}]",
            "7:11: select.where[0]: operator: BETWEEN needs highValue",
        ),
        (
            "[{propertyName: a, operator: EQ, vale: 1}]",
            "7:43: select.where[0].vale: unknown key — did you mean 'value'?",
        ),
        (
            "[[{propertyName: a, operator: EQ, value: 1}], {propertyName: b, operator: EQ, value: 1}]",
            "7:56: select.where[1]: expected a list, found a map",
        ),
    ],
)
def test_a_wrong_filter(tmp_path: Path, new: str, expected: str) -> None:
    text = swap(HUBSPOT_PERSON, "[{propertyName: lifecyclestage, operator: IN, values: [lead]}]", new)
    assert f"contact.yaml:{expected}" in mapping_problems(tmp_path, text)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{email: Email}", "5:13: identify[0].email: unknown key (known: id, domain, name)"),
        (
            "{domain: Website, name: Name}",
            "5:12: identify[0]: domain and name are separate ways to identify; make each an entry of its own",
        ),
    ],
)
def test_a_wrong_identity_of_a_company(tmp_path: Path, entry: str, expected: str) -> None:
    assert mapping_problems(tmp_path, swap(COMPANY, "{domain: Website}", entry)) == [f"contact.yaml:{expected}"]


def test_hubspot_tells_names_apart_by_case(tmp_path: Path) -> None:
    text = HUBSPOT_PERSON + "  JobTitle: {from: job_title.title}\n"
    assert mapping_problems(tmp_path, text) == []


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_mapping(tmp_path / "contact.yaml", "mappings/contact.yaml")
    assert caught.value.message == "mappings/contact.yaml: 1 problem\nmappings/contact.yaml:1:1: no such file"


def test_a_word_may_be_mapped_to_nothing(tmp_path: Path) -> None:
    words = "{picklist: {C-Suite: Executive}}"
    assert mapping_problems(tmp_path, swap(PERSON, words, "{picklist: {C-Suite: Executive, Other: null}}")) == []


def test_an_age_that_the_state_file_alone_knows_is_said(tmp_path: Path) -> None:
    file = tmp_path / "contact.yaml"
    file.write_text(swap(PERSON, "  Lusha_Last_Enriched__c: enriched_at\n", ""), "utf-8")
    assert mapping_warnings(load_mapping(file, "contact.yaml")) == (
        "contact.yaml:15:3: select.stale_after: no stamp holds enriched_at, so the state file alone knows when"
        " a record "
        "was enriched",
    )


def warned(folder: Path, text: str) -> list[str]:
    """What is allowed in a mapping and hardly meant."""
    (folder / "contact.yaml").write_text(text, "utf-8")
    return list(mapping_warnings(load_mapping(folder / "contact.yaml", "contact.yaml")))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{linkedin_url: LinkedIn_URL__c}", "{id: Lusha_Id__c}",
         "8:5: identify[1]: is the same way as identify[0]; take one out"),
        ("{email: Email}", "{first_name: Name, last_name: Name, company_name: Account.Name}",
         "9:5: identify[2]: first_name and last_name read the same field 'Name'"),
        ("{email: Email}", "{email: E Mail}",
         "9:6: identify[2].email: expected the API name of a CRM field such as Email or Account.Website, found "
         "'E Mail'"),
    ],
)  # fmt: skip
def test_a_way_to_identify_that_is_none(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert mapping_problems(tmp_path, swap(PERSON, old, new)) == [f"contact.yaml:{expected}"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("company_name: Account.Name}", "company_domain: Account.Website, company_name: Account.Name}",
         "11:5: identify[4]: is never come to: identify[3] asks for less of the same fields; put it behind this one"),
        ("stale_after: 90d", "stale_after: 0d",
         "15:3: select.stale_after: a record is stale as soon as it is enriched, so that every run buys it anew"),
        ("retry_after: 30d", "retry_after: 0h",
         "16:3: select.retry_after: every run asks again about each record that Lusha did not know"),
        ("job_title.title, policy: refresh", "job_title.title, policy: suggest",
         "14:16: select.incomplete[0]: 'Title' is only suggested, so a record without it is due again after every "
         "retry_after"),
        ("location.country, policy: fill", "location.country, policy: suggest, guard: strict",
         "23:61: fields.MailingCountry.guard: policy: suggest writes nothing, so there is nothing to guard"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_said(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert warned(tmp_path, swap(PERSON, old, new)) == [f"contact.yaml:{expected}"]


IDS = """\
version: 1
crm: {crm}
object: Contact
entity: person
identify: [{ways}]
select: {{incomplete: [Title], where: {where}}}
fields: {{Title: {{from: job_title.title}}}}
"""


@pytest.mark.parametrize(
    ("crm", "ways", "where", "sentence"),
    [
        ("salesforce", "{email: Email}", "Email = NULL and Title = null",
         "select.where takes records without Email, so none has an identity"),
        ("salesforce", "{email: Email}, {id: X__c}", "Email = null or Title = null", None),
        ("salesforce", "{email: Email}, {id: X__c}", "Email = null", None),
        ("hubspot", "{email: email}", "[{propertyName: email, operator: NOT_HAS_PROPERTY}]",
         "select.where takes records without email, so none has an identity"),
        ("salesforce", "{id: X__c}", "Title = null",
         "only records that hold a Lusha id already can be asked for; add another way, such as email or name"),
    ],
)  # fmt: skip
def test_an_identity_that_can_never_be_filled(
    tmp_path: Path, crm: str, ways: str, where: str, sentence: str | None
) -> None:
    expected = [] if sentence is None else [f"contact.yaml:5:1: identify: {sentence}"]
    assert warned(tmp_path, IDS.format(crm=crm, ways=ways, where=where)) == expected


def test_a_key_without_a_space_behind_it(tmp_path: Path) -> None:
    text = swap(PERSON, "{from: location.country, policy: fill}", "{from:location.country, policy: fill}")
    assert mapping_problems(tmp_path, text) == [
        "contact.yaml:23:3: fields.MailingCountry: needs the key 'from'",
        'contact.yaml:23:20: fields.MailingCountry["from:location.country"]: unknown key — a space is missing behind '
        "'from:'",
    ]
