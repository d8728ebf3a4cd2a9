"""The examples in the docstrings of this room are true, and so is the page about values (docs/values.md)."""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from connector.mapping.fitting import REGION, Unfit, fit
from connector.mapping.transforms import TRANSFORMS, check_transform
from connector.models import FieldInfo

MODULES = (
    "addresses",
    "companies",
    "conform",
    "fitting",
    "identity",
    "names",
    "options",
    "phones",
    "paths",
    "scalars",
    "similarity",
    "states",
    "titles",
    "transforms",
    "values",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    results = doctest.testmod(import_module(f"connector.mapping.{name}"))
    assert results.attempted > 0
    assert results.failed == 0


PAGE = (Path(__file__).parents[2] / "docs" / "values.md").read_text("utf-8")


def rows(heading: str) -> Iterator[list[str]]:
    """The cells of the table under this heading."""
    table = PAGE.split(heading)[1].partition("\n\n")[0]
    return ([cell.strip() for cell in line[1:].removesuffix("|").split("|")] for line in table.splitlines()[2:])


def steps(cell: str) -> list[tuple[str, Any]]:
    """What ``as:`` says, as a mapping file would."""
    said = yaml.safe_load(cell.strip("`"))
    each = said if isinstance(said, list) else [said]
    return [next(iter(step.items())) if isinstance(step, dict) else (step, None) for step in each]


def test_the_page_lists_every_transform_with_the_words_of_the_table() -> None:
    listed = [f"| `{one.name}` | {one.takes} | {one.doc} |" for one in TRANSFORMS.values()]
    assert "\n".join(["| `as` | argument | what it does |", "|---|---|---|", *listed, ""]) in PAGE


EXAMPLES = list(rows("| `as` | country | Lusha says | the field gets |"))


@pytest.mark.parametrize(("declared", "country", "told", "written"), EXAMPLES)
def test_the_examples_of_the_page_are_true(declared: str, country: str, told: str, written: str) -> None:
    bare = told.strip("`")
    value = yaml.safe_load(bare) if bare.startswith("[") else bare
    transforms = steps(declared)
    assert not any(check_transform(*step) for step in transforms)
    try:
        found = fit(value, FieldInfo("A", "A", "text"), transforms, context={REGION: country.strip("`") or None})
    except Unfit as unfit:
        assert written == f"not written: {unfit.reason}"
    else:
        assert written == ("nothing to write" if found is None else f"`{found}`")


def test_every_transform_has_an_example() -> None:
    assert {name for declared, *_ in EXAMPLES for name, _ in steps(declared)} == TRANSFORMS.keys()
