"""Options that an org lacks: the rule to paste loads, and cures what it is offered for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector.config.loader import load_mapping
from connector.config.settings import FieldRule, MappingSettings
from connector.doctor.finding import Check, Finding
from connector.doctor.options import check_options, shortfalls
from connector.doctor.pasting import rule_lines
from connector.models import Dependency, FieldInfo, Option

CHECK = Check("acme", "options contact")
HEAD = """version: 1
crm: salesforce
object: Contact
entity: person
identify: [{email: Email}]
select: {incomplete: [Level__c]}
fields:
"""
RULE = "  Level__c: {from: job_title.seniority, policy: refresh, guard: strict, as: {picklist: {C-Suite: Chief}}}"


def settings(folder: Path, fields: str) -> MappingSettings:
    file = folder / "contact.yaml"
    file.write_text(HEAD + fields + "\n", "utf-8")
    return load_mapping(file, "contact.yaml")


def picklist(*options: str, name: str = "Level__c", **more: Any) -> FieldInfo:
    listed = tuple(Option(one, one) for one in options)
    return FieldInfo(name, name, "picklist", options=listed, **{"restricted": True, **more})


def found(mapping: MappingSettings, info: FieldInfo) -> list[Finding]:
    return list(check_options(CHECK, mapping, {info.name: info}))


def test_a_gap_is_told_with_the_rule_that_closes_it(tmp_path: Path) -> None:
    info = picklist(
        "Chief", "Vice Presidents", "Director", "Manager", "Senior", "Non-Manager", "Entry", "Intern", "Other"
    )
    mapping = settings(tmp_path, RULE)
    [one] = found(mapping, info)
    assert (one.level, one.what) == (
        "warn",
        "contact.yaml:8:3: fields.Level__c: 3 of Lusha's words are no option of 'Level__c' and will not be written but "
        "reported: Founder; Vice President; Partner",
    )
    assert one.mend == "check the map below, and put it in the place of fields.Level__c in contact.yaml"
    assert (
        one.paste
        == """\
  Level__c:
    from: job_title.seniority
    policy: refresh
    guard: strict
    as:
      - picklist:
          C-Suite: Chief
          Founder: null # no option is like it: left out
          Vice President: Vice Presidents # 99 of 100 alike: check it
          Partner: null # no option is like it: left out"""
    )
    assert [sentence in one.what for sentence in shortfalls(mapping, {info.name: info})] == [True]
    [cured] = found(settings(tmp_path, one.paste), info)
    assert (cured.level, cured.what, cured.mend) == ("pass", "9 of Lusha's words have their option", "")


def test_an_unrestricted_field_takes_words_that_nobody_chose(tmp_path: Path) -> None:
    [one] = found(settings(tmp_path, RULE), picklist("Chief", restricted=False))
    assert "will be written all the same: it is not restricted" in one.what


def test_options_that_a_record_type_does_not_offer(tmp_path: Path) -> None:
    words = ("Founder", "C-Suite", "Vice President", "Partner", "Director", "Manager", "Senior", "Non-Manager", "Entry",
             "Intern", "Other")  # fmt: skip
    types = Dependency("RecordTypeId", {"": words, "012A": words[:9]}, {"012A": "Reseller"})
    mapping = settings(tmp_path, "  Level__c: {from: job_title.seniority}")
    [one] = found(mapping, picklist(*words, depends=(types,)))
    assert (one.level, one.what, one.mend) == (
        "warn",
        "records of type Reseller may not hold Intern; Other in 'Level__c', so it is not written there",
        "let the CRM offer it to Reseller, or leave it so: it is reported, never forced",
    )


def test_countries_in_words_that_nobody_reads(tmp_path: Path) -> None:
    info = picklist("Germany (DACH)", "France", name="Land__c")
    [one] = found(settings(tmp_path, "  Land__c: {from: location.country}\n  Level__c: {from: job_title.title}"), info)
    assert one.what == "contact.yaml:8:3: fields.Land__c: options of 'Land__c' that nobody reads as a country: " \
        "Germany (DACH) (Germany?)"  # fmt: skip
    [cured] = found(settings(tmp_path, one.paste + "\n  Level__c: {from: job_title.title}"), info)
    assert cured.level == "pass"


def test_a_mapping_without_picklists_needs_none(tmp_path: Path) -> None:
    mapping = settings(tmp_path, "  Level__c: {from: job_title.title}")
    [one] = found(mapping, FieldInfo("Level__c", "Level", "text"))
    assert (one.level, one.what) == ("pass", "none is needed")


WORDS = st.text(min_size=1, max_size=12).filter(lambda text: text.strip() == text and text.isprintable())


@given(words=st.dictionaries(WORDS, st.none() | WORDS, min_size=1, max_size=4), strict=st.booleans())
def test_whatever_words_are_in_a_rule_it_reads_back_the_same(
    words: dict[str, Any], strict: bool, tmp_path_factory: Any
) -> None:
    steps = (("title_case", None), ("picklist", words), ("text", 40))
    rule = FieldRule("job_title.seniority", "newer", steps, "cut", strict)
    lines = rule_lines("Level__c", rule, dict.fromkeys(words, "a remark"))
    assert settings(tmp_path_factory.mktemp("rule"), lines).fields["Level__c"] == rule
