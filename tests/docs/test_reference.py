"""The pages of ``docs/reference`` are what they are generated from."""

from __future__ import annotations

import pytest

from tests.docs.blocks import ROOT
from tools.reference import PAGES

FOLDER = ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_make_reference_writes(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == PAGES[name](), "run: make reference"


def test_there_are_no_other_pages() -> None:
    assert {file.name for file in FOLDER.iterdir()} == PAGES.keys()


def test_every_key_of_a_schema_has_its_row() -> None:
    """Where the walk misses a part of a schema, its keys are on no page."""
    import json

    for name in ("config", "mapping"):
        text = (ROOT / f"connector/schema/{name}.schema.json").read_text("utf-8")
        page = PAGES[f"{name}.md"]()
        for definition in [json.loads(text), *json.loads(text)["$defs"].values()]:
            for key in definition.get("properties", {}):
                assert f"| `{key}` |" in page, key
