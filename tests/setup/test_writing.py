"""The text of a drafted mapping loads as it was drafted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config import load_mapping, mapping_warnings
from connector.config.document import parse_document
from connector.config.yaml_text import flow, scalar
from connector.setup.drafts import Left
from connector.setup.writing import WIDTH, mapping_text
from tests.setup.orgs import SHIPPED, drafted, own

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" "), max_size=30)


def loaded(text: str, folder: Path) -> object:
    file = folder / "mapping.yaml"
    file.write_text(text, "utf-8")
    mapping = load_mapping(file, "mapping.yaml")
    assert mapping_warnings(mapping) == ()
    return replace(mapping, positions={}, name="", file=Path())


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize(
    "without",
    [(), ("Lusha_Id__c", "Lusha_Last_Enriched__c", "lusha_id", "lusha_last_enriched"),
     ("Lusha_Id__c", "lusha_id", "lusha_seniority", "IsEmailBounced", "Status"),
     ("LinkedIn_URL__c", "Website", "domain")],
)  # fmt: skip
def test_what_is_written_loads_as_it_was_drafted(name: str, without: tuple[str, ...], tmp_path: Path) -> None:
    draft = drafted(
        name,
        own("Tech__c", "Tech Stack", length=80),
        own("Long_Name_" + "x" * 100, "Previous company"),
        own("Personal_Email__c", "Personal E-mail", "email"),
        without=without,
    )
    text = mapping_text(draft, org="acme")
    assert loaded(text, tmp_path) == replace(draft.settings, positions={}, name="", file=Path())
    assert max(map(len, text.splitlines())) <= WIDTH + 70


def test_a_line_whose_mark_is_taken_away_loads_too(tmp_path: Path) -> None:
    text = mapping_text(drafted("salesforce/lead"), org="acme")
    assert "  # State: {from: location.state, policy: fill}" in text
    loaded(text.replace("  # State:", "  State:"), tmp_path)


def test_stamps_to_be_made_load_when_their_marks_are_taken_away(tmp_path: Path) -> None:
    draft = drafted("salesforce/contact", without=("Lusha_Id__c", "Lusha_Last_Enriched__c"))
    text = mapping_text(draft, org="acme")
    begin, end = text.split("# stamp:\n")
    assert "Make Lusha_Id__c (text), Lusha_Last_Enriched__c (date/time)" in begin
    stamps = "".join(line.removeprefix("# ") + "\n" for line in end.splitlines()[:2])
    assert stamps == "  Lusha_Id__c: id\n  Lusha_Last_Enriched__c: enriched_at\n"
    assert "  # stale_after: 90d # for when" in begin
    loaded(f"{begin}stamp:\n{stamps}".replace("# stale_after:", "stale_after:"), tmp_path)


def test_what_is_left_out_stands_at_the_end_on_lines_of_comment(tmp_path: Path) -> None:
    draft = replace(drafted("hubspot/company"), left=(Left("phone (from phone)", "no\nright " * 40),))
    text = mapping_text(draft, org="acme")
    assert "# - phone (from phone): no right" in text
    loaded(text, tmp_path)


@given(TEXTS | st.sampled_from(["no", "null", "~", "1", "0x1", "2026-09", "", "a: b", "- a", "${X", "x # y", "{a}"]))
def test_every_text_is_read_back_as_it_was(text: str) -> None:
    for source in (f"key: {scalar(text)}\n", f"key: {{of: {scalar(text)}}}\n", f"{flow({'key': [text, 1, None]})}\n"):
        document, problems = parse_document(source, "text")
        assert problems == []
        assert document.value["key"] in (text, {"of": text}, [text, 1, None])
