"""Every mistake of all files in one go, whatever somebody did to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.errors import ConfigError
from connector.runtime.validation import Validation, validate
from tests.config.samples import CONFIG, ENV, PERSON, swap, write
from tests.config.test_mutations import PLACED, VALUES, mutated, parsed, places

CONTACT = "mappings/salesforce/contact.yaml"


def judged(folder: Path, mapping: str) -> list[str]:
    """The errors about one mapping file of the sample configuration, offline."""
    config = write(folder)
    (folder / CONTACT).write_text(mapping, "utf-8")
    return [line for line in validate(config, ENV).all_errors if line.startswith(CONTACT)]


def test_the_rest_of_a_mapping_with_mistakes_is_judged_too(tmp_path: Path) -> None:
    text = swap(PERSON, "policy: refresh}", "policy: fresh}")
    text = swap(text, "emails[?type=='work'] | [0].email", "emials[0]")
    text = swap(text, "Lusha_Last_Enriched__c: enriched_at", "Lusha_Last_Enriched__c: enriched")
    assert [line.partition(": ")[2] for line in judged(tmp_path, text)] == [
        "fields.Title.policy: no policy 'fresh' — did you mean 'refresh'?",
        "fields.Email.from: no person attribute 'emials' — did you mean 'emails'?",
        "stamp.Lusha_Last_Enriched__c: no stamp 'enriched' — did you mean 'enriched_at'?",
    ]


def test_a_mistake_of_a_field_hides_no_other_of_the_same_field(tmp_path: Path) -> None:
    text = swap(PERSON, "{from: job_title.title, policy: refresh}", "{from: job_titel, policy: fresh, as: fone}")
    assert [line.partition(": ")[2] for line in judged(tmp_path, text)] == [
        "fields.Title.from: no person attribute 'job_titel' — did you mean 'job_title'?",
        "fields.Title.policy: no policy 'fresh' — did you mean 'refresh'?",
        "fields.Title.as: no transform 'fone' — did you mean 'phone'?",
    ]


def test_a_field_that_stands_twice_hides_no_other_mistake(tmp_path: Path) -> None:
    text = swap(PERSON, "fields:\n", "fields:\n  Title: {from: job_titel}\n")
    assert [line.partition(": ")[2] for line in judged(tmp_path, text)] == [
        "fields.Title.from: no person attribute 'job_titel' — did you mean 'job_title'?",
        "fields.Title: stands twice (first on line 19)",
    ]


def test_an_attribute_of_the_other_entity_is_told_as_such(tmp_path: Path) -> None:
    [line] = judged(tmp_path, swap(PERSON, "from: location.country", "from: employee_count.exact"))
    assert line.endswith("no person attribute 'employee_count.exact'; only entity: company has it")


@pytest.mark.parametrize("name", ["config.yaml", CONTACT])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_somebody_does_to_the_files_is_judged(name: str, data: st.DataObject, tmp_path: Path) -> None:
    value: Any = parsed(CONFIG if name == "config.yaml" else PERSON)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(list(places(value))))
        value = mutated(value, place, data.draw(VALUES), data.draw(st.sampled_from(["replace", "remove", "add"])))
    config = write(tmp_path)
    (tmp_path / name).write_text(yaml.safe_dump(value, allow_unicode=True), "utf-8")
    found = validate(config, ENV)
    assert isinstance(found, Validation)
    assert all(PLACED.fullmatch(line) for line in (*found.all_errors, *found.all_warnings))


def test_a_misspelt_word_of_a_picklist_map_is_said_offline(tmp_path: Path) -> None:
    config = write(tmp_path)
    text = swap(PERSON, "{C-Suite: Executive}", "{C-Suit: Executive, vice president: VP, Sonstiges: Other}")
    (tmp_path / CONTACT).write_text(text, "utf-8")
    found = validate(config, ENV)
    assert [line for line in found.all_warnings if line.startswith(CONTACT)] == [
        f"{CONTACT}:24:64: fields.Seniority__c.as: words that Lusha does not use: 'C-Suit' — did you mean 'C-Suite'?"
    ]


def test_one_mapping_is_judged_by_any_of_its_names(tmp_path: Path) -> None:
    config = write(tmp_path, account="version: 2\n")
    for name in (CONTACT, "contact.yaml", "contact"):
        found = validate(config, ENV, orgs=["acme"], mapping=name)
        assert [(one.org, one.mapping) for one in found.verdicts] == [("acme", CONTACT)]


def test_a_mapping_that_no_org_named_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        validate(write(tmp_path), ENV, orgs=["beta"], mapping="lead")
    assert (refused.value.message, refused.value.hint) == (
        "no mapping 'lead' in beta", "mappings: mappings/hubspot/contact.yaml, mappings/hubspot/company.yaml"
    )  # fmt: skip


def test_what_is_wrong_with_a_fine_mapping_as_a_part_of_the_config_is_not_lost(tmp_path: Path) -> None:
    config = write(tmp_path)
    config.write_text(config.read_text("utf-8") + f"include: {CONTACT}\n", "utf-8")
    said = [line.partition(": ")[2] for line in validate(config, ENV).all_errors]
    assert said[0] == "crm: unknown key (known: version, lusha, state, orgs, defaults, include)"


def test_a_warning_that_defaults_give_to_several_orgs_is_said_once(tmp_path: Path) -> None:
    config = write(tmp_path)
    config.write_text(config.read_text("utf-8") + "defaults: {connection: {api_reserve: 1.0}}\n", "utf-8")
    assert len(validate(config, ENV).warnings) == 1
