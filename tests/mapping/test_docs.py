"""The examples in the docstrings of this room are true."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = (
    "addresses",
    "companies",
    "conform",
    "identity",
    "names",
    "options",
    "phones",
    "paths",
    "scalars",
    "similarity",
    "transforms",
    "values",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    results = doctest.testmod(import_module(f"connector.mapping.{name}"))
    assert results.attempted > 0
    assert results.failed == 0
