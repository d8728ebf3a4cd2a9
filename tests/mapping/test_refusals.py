"""What a field can never hold is refused before anything is bought for it, with its line and what would do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connector.config import load_mapping
from connector.config.settings import MappingSettings
from connector.mapping.refusals import offline_problems, org_problems
from connector.models import Entity, FieldInfo, FieldType

HEAD = """\
version: 1
crm: salesforce
object: {object}
entity: {entity}
identify: [{identify}]
select: {{incomplete: [F]}}
fields:
  F: {rule}
stamp: {stamp}
"""


def mapping(
    folder: Path,
    rule: str = "{from: location.city}",
    *,
    entity: Entity = "person",
    stamp: str = "{}",
    identify: str | None = None,
) -> MappingSettings:
    object, default = ("Contact", "{email: E}") if entity == "person" else ("Account", "{domain: E}")
    file = folder / "m.yaml"
    file.write_text(
        HEAD.format(object=object, entity=entity, rule=rule, stamp=stamp, identify=identify or default), "utf-8"
    )
    return load_mapping(file, "m.yaml")


def schema(**types: FieldType) -> Mapping[str, FieldInfo]:
    return {name: FieldInfo(name, name, kind) for name, kind in ({"E": "email", "F": "text"} | types).items()}


def refused(folder: Path, kind: FieldType, rule: str, entity: Entity = "person") -> list[str]:
    return list(org_problems(mapping(folder, rule, entity=entity), schema(F=kind)))


@pytest.mark.parametrize(
    ("kind", "rule", "entity", "sentence"),
    [
        ("integer", "{from: job_title.title}", "person",
         "'job_title.title' is text such as 'Director of Operations', and Contact field 'F' takes whole numbers; no "
         "person attribute is such, so choose another field"),
        ("number", "{from: industry}", "company",
         "'industry' is text such as 'Manufacturing', and Account field 'F' takes numbers; map founded_year, "
         "employee_count.exact or employee_count.min to it, or choose another field"),
        ("date", "{from: job_title.title}", "person",
         "'job_title.title' is text such as 'Director of Operations', and Contact field 'F' takes dates; map "
         "job_start_date, emails[0].update_date or phones[0].update_date to it, or choose another field"),
        ("datetime", "{from: founded_year}", "company",
         "'founded_year' is a number such as 1999, and Account field 'F' takes dates and times; map "
         "funding.rounds[0].date or funding.last_round_date to it, or choose another field"),
        ("boolean", "{from: funding.total_rounds}", "company",
         "'funding.total_rounds' is a number such as 1, and Account field 'F' takes true or false; map funding.is_ipo "
         "to it, or choose another field"),
        ("phone", "{from: founded_year}", "company",
         "'founded_year' is a number such as 1999, and Account field 'F' takes phone numbers; map phone to it, or "
         "choose another field"),
        ("phone", "{from: update_date}", "person",
         "'update_date' is a date such as 2026-04-23, and Contact field 'F' takes phone numbers; map phones[0].number "
         "to it, or choose another field"),
        ("email", "{from: 'phones[*].number'}", "person",
         "'phones[*].number' is text such as '+49 30 23125 101', and Contact field 'F' takes e-mail addresses; map "
         "emails[0].email to it, or choose another field"),
        ("url", "{from: location.is_eu}", "person",
         "'location.is_eu' is true or false, and Contact field 'F' takes web addresses; map company.domain, "
         "social.linkedin or social.x to it, or choose another field"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind(kind: FieldType, rule: str, entity: Entity, sentence: str, tmp_path: Path) -> None:
    assert refused(tmp_path, kind, rule, entity) == [f"m.yaml:8:7: fields.F.from: {sentence}"]


@pytest.mark.parametrize(
    ("kind", "rule", "entity"),
    [
        ("text", "{from: job_title.departments}", "person"),
        ("text", "{from: location.is_eu}", "person"),
        ("text", "{from: employee_count.exact, as: int}", "company"),
        ("picklist", "{from: employee_count.exact}", "company"),
        ("number", "{from: employee_count.exact}", "company"),
        ("number", "{from: location.zip_code}", "company"),  # the digits of most countries
        ("integer", "{from: website_traffic.mom_change_percent}", "company"),  # may be whole
        ("integer", "{from: job_title.seniority, as: {picklist: {C-Suite: 1, Director: 2}}}", "person"),
        ("integer", "{from: job_title.seniority, as: {picklist: {Founder: 1}}}", "person"),
        ("boolean", "{from: location.is_eu}", "person"),
        ("boolean", "{from: location.continent, as: {picklist: {Africa: 'yes', Asia: 'no'}}}", "person"),
        ("date", "{from: 'emails[0].update_date'}", "person"),
        ("datetime", "{from: update_date}", "person"),
        ("phone", "{from: 'phones[0].number'}", "person"),
        ("phone", "{from: \"phones[?type=='fax'] | [0].number\"}", "person"),  # nothing found: nothing to judge by
        ("phone", "{from: \"join('; ', phones[].number)\"}", "person"),  # of one number it is one
        ("email", "{from: 'emails[*].email'}", "person"),
        ("url", "{from: company.domain}", "person"),
        ("other", "{from: company.domain}", "person"),
    ],
)
def test_what_may_fit_is_not_refused(kind: FieldType, rule: str, entity: Entity, tmp_path: Path) -> None:
    assert refused(tmp_path, kind, rule, entity) == []


def test_options_and_lengths_are_no_kind(tmp_path: Path) -> None:
    setting = mapping(tmp_path, "{from: 'emails[0].email'}")
    tight = FieldInfo("F", "F", "email", length=3, restricted=True)
    assert list(org_problems(setting, {**schema(), "F": tight})) == []


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("{from: job_title.title, as: int}",
         "8:30: fields.F.as: the transform int can read nothing of 'job_title.title', which is text such as"
         " 'Director of Operations'"),
        ("{from: 'phones[0].number', as: email}",
         "8:33: fields.F.as: the transform email can read nothing of 'phones[0].number', which is text such as"
         " '+49 30 23125 101'"),
        ("{from: job_title.departments, as: [{join: ', '}, number]}",
         "8:36: fields.F.as: the transform number can read nothing of 'job_title.departments', which is text"
         " such as 'Operations'"),
    ],
)  # fmt: skip
def test_a_transform_that_can_read_nothing_is_refused_without_the_org(rule: str, sentence: str, tmp_path: Path) -> None:
    setting = mapping(tmp_path, rule)
    assert list(offline_problems(setting)) == [f"m.yaml:{sentence}"]
    assert list(org_problems(setting, schema(F="integer"))) == []  # said once


def test_what_cannot_be_read_is_not_judged_again(tmp_path: Path) -> None:
    setting = mapping(tmp_path, "{from: job_titel, as: {phone: {region: ZZ}}}")
    assert [problem.split(": ")[1] for problem in offline_problems(setting)] == ["fields.F.from", "fields.F.as"]
    assert list(org_problems(setting, schema(F="integer"))) == []


@pytest.mark.parametrize(
    ("stamp", "kind", "sentence"),
    [
        ("enriched_at", "integer", "'enriched_at' is a date such as 2026-01-31T12:00:00Z, and Contact field 'S' takes "
         "whole numbers"),
        ("outcome", "boolean", "'outcome' is text such as 'matched', and Contact field 'S' takes true or false"),
        ("job_title.title", "number", "'job_title.title' is text such as 'Director of Operations', and Contact field "
         "'S' takes numbers; no person attribute is such, so choose another field"),
    ],
)  # fmt: skip
def test_a_stamp_of_another_kind(stamp: str, kind: FieldType, sentence: str, tmp_path: Path) -> None:
    setting = mapping(tmp_path, stamp=f"{{S: {stamp}}}")
    assert list(org_problems(setting, schema(S=kind))) == [f"m.yaml:9:9: stamp.S: {sentence}"]


@pytest.mark.parametrize(
    ("stamp", "kind"), [("enriched_at", "date"), ("enriched_at", "datetime"), ("outcome", "text"), ("id", "text")]
)
def test_a_stamp_that_fits(stamp: str, kind: FieldType, tmp_path: Path) -> None:
    assert list(org_problems(mapping(tmp_path, stamp=f"{{S: {stamp}}}"), schema(S=kind))) == []


@pytest.mark.parametrize(
    ("identify", "kind", "sentence"),
    [
        ("{email: X}", "boolean", "identify[0].email: Contact field 'X' holds true or false, which identify nobody by "
         "email"),
        ("{id: X}", "datetime", "identify[0].id: Contact field 'X' holds dates and times, which identify nobody by id"),
        ("{linkedin_url: X}", "number", "identify[0].linkedin_url: Contact field 'X' holds numbers, which identify "
         "nobody by linkedin_url"),
    ],
)  # fmt: skip
def test_a_field_that_identifies_nobody(identify: str, kind: FieldType, sentence: str, tmp_path: Path) -> None:
    assert list(org_problems(mapping(tmp_path, identify=identify), schema(X=kind))) == [f"m.yaml:5:13: {sentence}"]


def test_an_id_may_be_kept_as_a_number(tmp_path: Path) -> None:
    assert list(org_problems(mapping(tmp_path, identify="{id: X}"), schema(X="number"))) == []


def test_a_phones_country_is_read_from_a_field_that_can_name_one(tmp_path: Path) -> None:
    setting = mapping(tmp_path, "{from: 'phones[0].number', as: {phone: {region_from: X}}}")
    assert list(org_problems(setting, schema(X="boolean"))) == [
        "m.yaml:8:33: fields.F.as: Contact field 'X' holds true or false, which name no country"
    ]


@pytest.mark.parametrize(
    ("info", "consent", "words"),
    [
        ({"writable": False}, (), "is read-only for this user"),
        ({"writable": False, "why_read_only": "Salesforce numbers it"}, (), "is read-only: Salesforce numbers it"),
        ({}, ("F",), "is read-only: consent is for people to give"),
    ],
)
def test_a_field_that_is_not_ours_to_write_says_why(
    info: dict[str, Any], consent: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    fields = {**schema(), "F": FieldInfo("F", "F", "text", **info)}
    assert list(org_problems(mapping(tmp_path), fields, consent=consent)) == [
        f"m.yaml:8:3: fields.F: Contact field 'F' {words}"
    ]
