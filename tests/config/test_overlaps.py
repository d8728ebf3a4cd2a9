"""A field that two mappings of one org write."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.samples import COMPANY, CONFIG, PERSON, load, problems, swap

CONTACT = "mappings/salesforce/contact.yaml"
ACCOUNT = "mappings/salesforce/account.yaml"
HEAD = """\
version: 1
crm: salesforce
object: {object}
entity: person
identify: [{{email: Email}}]
select: {{incomplete: [Title]{where}}}
fields: {fields}
stamp: {{Lusha_Id__c: {stamp}}}
"""


def second(object: str = "contact", where: str = "", fields: str = "{TITLE: {from: job_title.title}}",
           stamp: str = "id") -> str:  # fmt: skip
    """Another mapping, in the place of the sample's second one."""
    return HEAD.format(object=object, where=where, fields=fields, stamp=stamp)


def test_the_same_field_of_the_same_records_is_refused(tmp_path: Path) -> None:
    text = second(where=', where: "IsEmailBounced = false"')
    assert problems(tmp_path, CONFIG, account=text) == [
        f"config.yaml:23:50: orgs.acme.mappings[1]: '{ACCOUNT}' writes TITLE of contact, as '{CONTACT}' does, for the "
        "same records; let one of them write a field, or part the records by select.where"
    ]


def test_many_fields_are_counted(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, CONFIG, account=PERSON)
    assert "writes Title, Email, Phone and 3 more fields of Contact" in problem


def test_records_that_may_be_others_are_a_warning(tmp_path: Path) -> None:
    text = second(where=', where: "IsEmailBounced = true"')
    found = load(tmp_path, CONFIG, account=text).warnings
    assert [line.replace(f"{tmp_path}/", "") for line in found
            if "as '" in line] == [
        f"config.yaml:23:50: orgs.acme.mappings[1]: '{ACCOUNT}' writes TITLE of contact, as '{CONTACT}' does; see to "
        "it that no record fits the select.where of both"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        second(object="Lead"),
        second(fields="{Fax: {from: job_title.title}}"),
        second(fields="{TITLE: {from: job_title.title, policy: suggest}}"),
        COMPANY,
    ],
    ids=["another object", "another field", "suggestions", "another entity"],
)
def test_what_contradicts_nothing(tmp_path: Path, text: str) -> None:
    text = text.replace("incomplete: [Title]", 'incomplete: [Title], where: "IsEmailBounced = false"')
    assert problems(tmp_path, CONFIG, account=text) == []


def test_two_stamps_contradict_each_other_by_their_sources(tmp_path: Path) -> None:
    text = second(fields="{Fax: {from: job_title.title}}", stamp="outcome", where=', where: "IsEmailBounced = false"')
    [problem] = problems(tmp_path, CONFIG, account=text)
    assert "writes Lusha_Id__c of contact" in problem


def test_a_mapping_that_two_orgs_share_is_none(tmp_path: Path) -> None:
    assert problems(tmp_path, swap(CONFIG, "budget: {per_run: 200}", "budget: {per_run: 100}")) == []
