"""What is allowed and hardly meant in an org is said with its line, and with a map to paste; nothing is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.config.settings import FieldRule
from connector.mapping.cautions import org_warnings
from connector.mapping.options import find_option
from connector.mapping.vocabulary import option_caution
from connector.models import Dependency, Entity, FieldInfo, Option
from tests.mapping.test_refusals import mapping

SENIOR = tuple(Option(word.lower(), word) for word in ("Founder", "Executive", "VP", "Director", "Manager", "Senior"))
ALL = ("Founder", "C-Suite", "Vice President", "Partner", "Director", "Manager", "Senior", "Non-Manager", "Entry",
       "Intern", "Other")  # fmt: skip


def schema(**infos: FieldInfo) -> Mapping[str, FieldInfo]:
    return {"E": FieldInfo("E", "E", "email"), "F": FieldInfo("F", "F", "text")} | infos


def field(kind: Any = "text", **more: Any) -> FieldInfo:
    return FieldInfo("F", "F", kind, **more)


def warned(folder: Path, rule: str, info: FieldInfo, entity: Entity = "person") -> list[str]:
    return list(org_warnings(mapping(folder, rule, entity=entity), schema(F=info)))


def test_a_mapping_that_fits_gets_no_warning(tmp_path: Path) -> None:
    assert warned(tmp_path, "{from: location.city}", field()) == []


@pytest.mark.parametrize(
    ("rule", "entity", "info", "sentence"),
    [
        ("{from: description}", "company", field(length=255),
         "'description' may have 1,000 characters and 'F' takes 255: a longer one will not be written but reported, "
         "unless on_too_long: cut"),
        ("{from: 'phones[0].number', as: phone}", "person", field("phone", length=20),
         "'phones[0].number' may have 25 characters and 'F' takes 20: a longer one will not be written but reported, "
         "unless on_too_long: cut"),
        ("{from: \"join('; ', technologies)\"}", "company", field(length=255),
         "'join('; ', technologies)' may have 4,000 characters and 'F' takes 255: a longer one will not be written but "
         "reported, unless on_too_long: cut"),
    ],
)  # fmt: skip
def test_a_text_that_may_be_too_long(rule: str, entity: Entity, info: FieldInfo, sentence: str, tmp_path: Path) -> None:
    assert warned(tmp_path, rule, info, entity) == [f"m.yaml:8:7: fields.F.from: {sentence}"]


@pytest.mark.parametrize(
    ("rule", "entity", "info"),
    [
        ("{from: description, on_too_long: cut}", "company", field(length=255)),
        ("{from: description, as: {text: 255}}", "company", field(length=255)),
        ("{from: description}", "company", field(length=32_000)),
        ("{from: description}", "company", field()),  # the CRM names no limit
        ("{from: 'technologies[0]'}", "company", field(length=80)),  # one of them, not all
        ("{from: job_title.title}", "person", field(length=128)),
        ("{from: location.city, as: {picklist: {Berlin: BER}}}", "person", field(length=3)),
    ],
)
def test_what_is_cut_or_short_gets_none(rule: str, entity: Entity, info: FieldInfo, tmp_path: Path) -> None:
    assert warned(tmp_path, rule, info, entity) == []


def test_words_that_a_restricted_picklist_lacks_come_with_a_map_to_paste(tmp_path: Path) -> None:
    info = field("picklist", options=(*SENIOR, Option("int", "Interns")), restricted=True)
    assert warned(tmp_path, "{from: job_title.seniority}", info) == [
        "m.yaml:8:7: fields.F.from: 7 of Lusha's words are no option of 'F' and will not be written but reported: "
        "C-Suite; Vice President; Partner; Non-Manager; Entry; Intern; Other. Proposed, to be checked: as: {picklist: "
        "{Intern: int}}"
    ]


def test_words_without_any_likely_option_are_to_be_mapped_or_left_out(tmp_path: Path) -> None:
    info = field("picklist", options=(*SENIOR, Option("x", "Individual")), restricted=True)
    rule = (
        "{from: job_title.seniority, as: {picklist: {C-Suite: Executive, Vice President: VP, Non-Manager: Individual, "
        "Entry: Individual, Intern: null, Partner: Founder}}}"
    )
    assert warned(tmp_path, rule, info) == [
        "m.yaml:8:34: fields.F.as: 1 of Lusha's words is no option of 'F' and will not be written but reported: Other. "
        "Map each to an option, or to null to leave it out: as: {picklist: {WORD: OPTION}}"
    ]


def test_a_map_to_what_is_no_option_is_found(tmp_path: Path) -> None:
    info = field("picklist", options=tuple(Option(word, word) for word in ALL), restricted=True)
    rule = "{from: job_title.seniority, as: {picklist: {C-Suite: Executive, Chief: Boss}}}"
    [warning] = warned(tmp_path, rule, info)
    assert "2 of Lusha's words are no option of 'F'" in warning
    assert "reported: C-Suite (mapped to Executive); Chief (mapped to Boss)." in warning


def test_a_picklist_that_takes_anything_says_so(tmp_path: Path) -> None:
    options = tuple(Option(word, word) for word in ALL if word != "Partner")
    [warning] = warned(tmp_path, "{from: job_title.seniority}", field("picklist", options=options))
    assert warning.startswith(
        "m.yaml:8:7: fields.F.from: 1 of Lusha's words is no option of 'F' and will be written all the same: it is not "
        "restricted: Partner."
    )


def test_free_text_in_a_restricted_picklist_is_said(tmp_path: Path) -> None:
    info = field("picklist", options=SENIOR, restricted=True)
    assert warned(tmp_path, "{from: job_title.title}", info) == [
        "m.yaml:8:7: fields.F.from: 'job_title.title' may be any text, and only what is an option of 'F' will"
        " be written"
    ]
    assert warned(tmp_path, "{from: founded_year}", info, "company") == [
        "m.yaml:8:7: fields.F.from: 'founded_year' may be any number, and only what is an option of 'F' will be written"
    ]


def test_a_proposed_map_is_yaml_that_maps_to_options() -> None:
    options = tuple(Option(f"{word}, a level", word) for word in ("C Suite", "no partner", "Interns: all"))
    info = field("picklist", options=options, restricted=True)
    sentence = option_caution("person", info, FieldRule("job_title.seniority"))
    assert sentence is not None
    proposed = yaml.safe_load(sentence.partition("to be checked: as: ")[2])["picklist"]
    assert set(proposed) == {"C-Suite", "Partner", "Intern"}
    assert all(find_option(info, ours) for ours in proposed.values())


def test_a_value_that_many_share_in_a_field_that_takes_each_once(tmp_path: Path) -> None:
    assert warned(tmp_path, "{from: company.name}", field(unique=True)) == [
        "m.yaml:8:7: fields.F.from: no two records may hold the same 'F', and 'company.name' is not of one"
        " person alone: "
        "the second one's value will be refused and reported"
    ]
    assert warned(tmp_path, "{from: 'emails[0].email'}", field("email", unique=True)) == []
    assert warned(tmp_path, "{from: domain}", field(unique=True), "company") == []


def test_what_the_older_api_does_not_tell_is_said_and_nothing_else_of_that_field(tmp_path: Path) -> None:
    setting, infos = mapping(tmp_path, "{from: phone}", entity="company"), schema(F=field("phone", length=5))
    assert list(org_warnings(setting, infos, generation="v2")) == [
        "m.yaml:8:7: fields.F.from: api_version v2 of Lusha's API does not tell it, so the field is left as it is"
    ]


def test_a_field_that_is_never_blank_is_neither_filled_nor_missed(tmp_path: Path) -> None:
    assert warned(tmp_path, "{from: location.is_eu}", field("boolean", never_blank=True)) == [
        "m.yaml:8:3: fields.F.policy: 'F' is never blank, so fill finds nothing to fill there",
        "m.yaml:6:10: select.incomplete: 'F' is never blank, so it makes no record due",
    ]
    rule = "{from: location.is_eu, policy: overwrite}"
    assert len(warned(tmp_path, rule, field("boolean", never_blank=True))) == 1


def test_what_the_crm_does_not_tell_of_a_kind_of_record_is_said_with_what_follows(tmp_path: Path) -> None:
    kinds = Dependency("Type", {"": ("Berlin",)}, {"012A": "Partner", "012B": "Reseller"}, frozenset({"012A"}))
    info = field("picklist", options=(Option("Berlin", "Berlin"),), depends=(kinds,))
    [told] = warned(tmp_path, "{from: location.city}", info)
    assert told == (
        "m.yaml:3:1: object: the CRM does not tell at this moment which options of F a record of 'Partner' may hold: "
        "they are written there unchecked, and what it refuses is reported"
    )


def test_stamps_that_do_not_keep_what_they_are_for(tmp_path: Path) -> None:
    setting = mapping(tmp_path, stamp="{S: id, T: enriched_at, P: company.id, O: outcome}")
    restricted = {name: FieldInfo(name, name, "picklist", options=SENIOR, restricted=True) for name in ("P", "O")}
    infos = schema(S=FieldInfo("S", "S", "text", length=32), T=FieldInfo("T", "T", "text"), **restricted)
    assert list(org_warnings(setting, infos)) == [
        "m.yaml:9:9: stamp.S: 'S' takes 32 characters, and Lusha's ids may have 40: a longer one is not written",
        "m.yaml:9:16: stamp.T: 'T' holds no time that the CRM can compare, so every run reads every record; make it "
        "date/time",
        "m.yaml:9:32: stamp.P: 'P' takes its own options alone, so the stamp is hardly ever written; make it a"
        " text field",
    ]


def test_opt_outs_that_this_user_cannot_see_are_said(tmp_path: Path) -> None:
    setting = mapping(tmp_path)
    assert list(org_warnings(setting, schema(), opted_out=["HasOptedOutOfEmail"])) == [
        "m.yaml:3:1: object: Contact has no field HasOptedOutOfEmail that this user sees, so nobody counts as opted out"
    ]
    assert list(org_warnings(setting, schema(Gate=FieldInfo("Gate", "Gate", "boolean")), opted_out=["Gate"])) == []
