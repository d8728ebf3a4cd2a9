"""A mapping against the live schema: every problem in its place, all at once, and what is read and bought."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from connector.config import load_mapping
from connector.config.settings import MappingSettings
from connector.errors import ConfigError
from connector.mapping.compile import CompiledMapping, compile_mapping
from connector.models import FieldInfo, FieldType
from tests.config.samples import COMPANY, PERSON, swap

TYPES: dict[str, FieldType] = {
    "Id": "text", "FirstName": "text", "LastName": "text", "Email": "email", "Title": "text", "Phone": "phone",
    "MobilePhone": "phone", "MailingCountry": "text", "Seniority__c": "picklist", "LinkedIn_URL__c": "url",
    "Lusha_Id__c": "text", "Lusha_Last_Enriched__c": "datetime", "HasOptedOutOfEmail": "boolean",
    "DoNotCall": "boolean", "Notes__c": "text",
}  # fmt: skip
CONTACT = {name: FieldInfo(name, name, type) for name, type in TYPES.items()}
ACCOUNT = {name: FieldInfo(name, name, "text") for name in ("Website", "Industry")}


def settings(folder: Path, text: str = PERSON) -> MappingSettings:
    file = folder / "contact.yaml"
    file.write_text(text, "utf-8")
    return load_mapping(file, "contact.yaml")


def compiled(folder: Path, text: str = PERSON, **schema: FieldInfo) -> CompiledMapping:
    return compile_mapping(
        settings(folder, text), {**CONTACT, **schema}, opted_out=["HasOptedOutOfEmail"], do_not_call=["DoNotCall"]
    )


def problems(folder: Path, text: str = PERSON, *without: str, **schema: FieldInfo) -> list[str]:
    known = {name: info for name, info in {**CONTACT, **schema}.items() if name not in without}
    with pytest.raises(ConfigError) as caught:
        compile_mapping(settings(folder, text), known)
    assert caught.value.message == "\n".join(["contact.yaml does not fit the org", *caught.value.problems])
    return list(caught.value.problems)


def line(text: str, words: str) -> int:
    """The line, from 1, on which these words stand."""
    return text[: text.index(words)].count("\n") + 1


def test_a_mapping_that_fits_is_ready_to_run(tmp_path: Path) -> None:
    mapping = compiled(tmp_path)
    assert [field.name for field in mapping.fields] == [
        "Title", "Email", "Phone", "MobilePhone", "MailingCountry", "Seniority__c"
    ]  # fmt: skip
    assert mapping.incomplete == ("Title", "Phone", "MobilePhone")
    assert mapping.enriched_at == "Lusha_Last_Enriched__c"
    assert {stamp.name for stamp in mapping.stamps} == {"Lusha_Id__c", "Lusha_Last_Enriched__c"}
    assert (mapping.opted_out, mapping.do_not_call) == (("HasOptedOutOfEmail",), ("DoNotCall",))
    assert mapping.stamps[0].info is CONTACT["Lusha_Id__c"]


def test_every_field_that_a_stage_looks_at_is_read_once(tmp_path: Path) -> None:
    text = swap(PERSON, "policy: fill, as: phone}", "policy: fill, as: {phone: {region_from: Notes__c}}}")
    read = compiled(tmp_path, text).read_fields
    assert sorted(read) == sorted(
        {
            *("Lusha_Id__c", "LinkedIn_URL__c", "Email", "FirstName", "LastName", "Account.Website", "Account.Name"),
            *("Title", "Phone", "MobilePhone", "MailingCountry", "Seniority__c", "Lusha_Last_Enriched__c"),
            *("HasOptedOutOfEmail", "DoNotCall", "Notes__c"),
        }
    )


def test_consent_fields_that_the_org_lacks_are_left_out(tmp_path: Path) -> None:
    schema = {name: info for name, info in CONTACT.items() if name != "DoNotCall"}
    mapping = compile_mapping(settings(tmp_path), schema, opted_out=["HasOptedOutOfEmail"], do_not_call=["DoNotCall"])
    assert (mapping.opted_out, mapping.do_not_call) == (("HasOptedOutOfEmail",), ())
    assert "DoNotCall" not in mapping.read_fields


def test_what_must_be_paid_for_each_field_and_whose_it_is(tmp_path: Path) -> None:
    fields = {field.name: field for field in compiled(tmp_path).fields}
    assert {name: sorted(field.data) for name, field in fields.items()} == {
        "Title": ["preview"],
        "Email": ["emails"],
        "Phone": ["phones"],
        "MobilePhone": ["phones"],
        "MailingCountry": ["preview"],
        "Seniority__c": ["preview"],
    }
    assert {name for name, field in fields.items() if field.own} == {"Phone", "MobilePhone", "MailingCountry"}
    assert {name for name, field in fields.items() if field.phone} == {"Phone", "MobilePhone"}


def test_a_number_in_a_text_field_is_still_a_phone(tmp_path: Path) -> None:
    text = swap(PERSON, "  Title:          {from: job_title.title,", "  Notes__c: {from: 'phones[0].number',")
    text = swap(text, "incomplete: [Title,", "incomplete: [Notes__c,")
    mapping = compiled(tmp_path, text)
    assert {field.name for field in mapping.fields if field.phone} == {"Notes__c", "Phone", "MobilePhone"}


def test_a_field_that_nothing_fills_makes_no_record_due(tmp_path: Path) -> None:
    text = swap(PERSON, "incomplete: [Title,", "incomplete: [Notes__c,")
    mapping = compiled(tmp_path, text)
    assert mapping.incomplete == ("Phone", "MobilePhone")
    assert "Notes__c" in mapping.read_fields


def test_everything_of_a_company_is_its_own(tmp_path: Path) -> None:
    mapping = compile_mapping(settings(tmp_path, COMPANY), ACCOUNT)
    assert [field.own for field in mapping.fields] == [True]


def test_an_unknown_field_is_named_with_its_line_and_the_nearest_one(tmp_path: Path) -> None:
    text = swap(PERSON, "  MailingCountry:", "  MailingCuntry:")
    number = line(text, "MailingCuntry")
    assert problems(tmp_path, text) == [
        f"contact.yaml:{number}:3: fields.MailingCuntry: Contact has no field 'MailingCuntry' — did you mean"
        " 'MailingCountry'?"
    ]


def test_a_field_that_resembles_none_may_be_hidden_from_the_user(tmp_path: Path) -> None:
    text = swap(PERSON, "  MailingCountry:", "  Zzyzx__q:")
    number = line(text, "Zzyzx__q")
    assert problems(tmp_path, text) == [
        f"contact.yaml:{number}:3: fields.Zzyzx__q: Contact has no field 'Zzyzx__q' that this user may see"
    ]


def test_a_read_only_field_is_refused_in_fields_and_in_stamps(tmp_path: Path) -> None:
    fixed = {name: replace(CONTACT[name], writable=False) for name in ("Title", "Lusha_Id__c")}
    found = problems(tmp_path, PERSON, **fixed)
    assert found == [
        f"contact.yaml:{line(PERSON, '  Title: ')}:3: fields.Title: Contact field 'Title' is read-only for this user",
        f"contact.yaml:{line(PERSON, '  Lusha_Id__c: ')}:3: stamp.Lusha_Id__c: Contact field 'Lusha_Id__c' is read-only"
        " for this user",
    ]


def test_a_read_only_field_may_identify_and_make_due(tmp_path: Path) -> None:
    fixed = {name: replace(CONTACT[name], writable=False) for name in ("LinkedIn_URL__c", "Notes__c")}
    text = swap(PERSON, "incomplete: [Title,", "incomplete: [Notes__c,")
    assert compiled(tmp_path, text, **fixed).read_fields


def test_identity_incomplete_and_stamp_fields_must_exist_too(tmp_path: Path) -> None:
    found = problems(tmp_path, PERSON, "LinkedIn_URL__c", "MobilePhone", "Lusha_Last_Enriched__c")
    stamp = line(PERSON, "  Lusha_Last_Enriched__c: ")
    assert found == [
        f"contact.yaml:{line(PERSON, '  MobilePhone: ')}:3: fields.MobilePhone: Contact has no field 'MobilePhone'"
        " that this user may see",
        f"contact.yaml:{stamp}:3: stamp.Lusha_Last_Enriched__c: Contact has no field 'Lusha_Last_Enriched__c'"
        " that this user may see",
        f"contact.yaml:{line(PERSON, '- {linkedin_url')}:6: identify[1].linkedin_url: Contact has no field"
        " 'LinkedIn_URL__c' that this user may see",
        f"contact.yaml:{line(PERSON, '  incomplete:')}:3: select.incomplete: Contact has no field 'MobilePhone'"
        " that this user may see",
    ]


def test_an_unknown_attribute_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    text = swap(PERSON, "from: location.country", "from: mobile_phone")
    text = swap(text, "Lusha_Id__c: id", "Lusha_Id__c: idd.x")
    found = problems(tmp_path, text)
    assert found[0] == (
        f"contact.yaml:{line(text, '  MailingCountry')}:20: fields.MailingCountry.from: no person attribute"
        " 'mobile_phone' — did you mean 'phones'?"
    )
    place = f"contact.yaml:{line(text, 'Lusha_Id__c: idd')}:3: stamp.Lusha_Id__c: no person attribute 'idd.x'"
    assert found[1].startswith(place)
    assert len(found) == 2


def test_an_expression_that_cannot_be_read_is_shown_with_its_column(tmp_path: Path) -> None:
    text = swap(PERSON, "from: location.country", "from: \"emails[?type='work'\"")
    assert problems(tmp_path, text) == [
        f"contact.yaml:{line(text, '  MailingCountry')}:20: fields.MailingCountry.from: column 13: '=' compares "
        "nothing; write '=='\n    emails[?type='work'\n                ^"
    ]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("'job_title.title'", "'job_title.title' in quotes of its own is plain text, not the attribute; write "
         "job_title.title"),
        ("'Lusha'", "reads no person attribute, so every record would get the same value"),
        ("`5`", "reads no person attribute, so every record would get the same value"),
        ("phones[?type==mobile] | [0].number", "no person attribute 'phones.mobile' — did you mean the text 'mobile', "
         "in single quotes?"),
    ],
)  # fmt: skip
def test_what_quotes_make_of_an_expression(tmp_path: Path, source: str, sentence: str) -> None:
    text = swap(PERSON, "from: location.country", f'from: "{source}"')
    [problem] = problems(tmp_path, text)
    assert problem.endswith(f"fields.MailingCountry.from: {sentence}")


def test_a_transform_that_cannot_be_is_refused(tmp_path: Path) -> None:
    text = swap(PERSON, "policy: fill, as: phone}", "policy: fill, as: {phone: {region: ZZ}}}")
    found = problems(tmp_path, text)
    assert found == [
        f"contact.yaml:{line(text, '  Phone: ')}:78: fields.Phone.as: phone takes nothing, {{region: DE}} or"
        " {region_from: FIELD}"
    ]


def test_the_field_that_a_phones_country_is_read_from_must_exist(tmp_path: Path) -> None:
    text = swap(PERSON, "policy: fill, as: phone}", "policy: fill, as: {phone: {region_from: MailingCuntry}}}")
    assert problems(tmp_path, text) == [
        f"contact.yaml:{line(text, '  Phone: ')}:78: fields.Phone.as: Contact has no field 'MailingCuntry' —"
        f" did you mean"
        " 'MailingCountry'?"
    ]


def test_a_phones_country_may_stand_in_a_related_record(tmp_path: Path) -> None:
    text = swap(PERSON, "policy: fill, as: phone}", "policy: fill, as: {phone: {region_from: Account.BillingCountry}}}")
    assert "Account.BillingCountry" in compiled(tmp_path, text).read_fields


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    text = swap(PERSON, "from: location.country", "from: mobile_phone")
    text = swap(text, "policy: fill, as: phone}", "policy: fill, as: {phone: {region: ZZ}}}")
    found = problems(tmp_path, text, "Title", "Email")
    assert [problem.split(": ")[1] for problem in found] == [
        "fields.Phone.as", "fields.MailingCountry.from", "fields.Title", "fields.Email", "identify[2].email",
        "select.incomplete",
    ]  # fmt: skip


def test_a_misspelt_condition_is_refused_and_does_not_let_everything_through(tmp_path: Path) -> None:
    text = swap(PERSON, "phones[?!do_not_call]", "phones[?!do_not_cal]")
    [problem] = problems(tmp_path, text)
    assert problem.endswith(
        "fields.Phone.from: no person attribute 'phones.do_not_cal' — did you mean 'phones.do_not_call'?"
    )


def test_a_whole_object_is_refused_before_anything_is_bought(tmp_path: Path) -> None:
    text = swap(PERSON, "from: location.country", "from: location")
    [problem] = problems(tmp_path, text)
    assert problem.endswith(
        "this is an object, or a list of objects, which no field can hold; name one of its attributes"
    )


def test_salesforce_names_in_another_case_are_guessed(tmp_path: Path) -> None:
    text = swap(PERSON, "  Title:", "  TITLE:")
    assert any("did you mean 'Title'?" in problem for problem in problems(tmp_path, text))


@pytest.mark.parametrize(
    ("transforms", "sentence"),
    [
        ("[join, {picklist: {Sales: Vertrieb}}]", "picklist stands behind join, which makes one text of a list: its "
         "items are no longer known; put picklist first"),
        ("[title_case, title_case]", "title_case stands twice; take one out"),
        ("[{picklist: {Sales: Vertrieb}}, join, title_case, {text: 80}]", None),
    ],
)  # fmt: skip
def test_transforms_that_cannot_follow_each_other(tmp_path: Path, transforms: str, sentence: str | None) -> None:
    text = swap(PERSON, "job_title.title, policy: refresh", f"job_title.departments, as: {transforms}")
    if sentence is None:
        compiled(tmp_path, text)
        return
    [problem] = problems(tmp_path, text)
    assert problem.split(": ", 1)[1] == f"fields.Title.as: {sentence}"
