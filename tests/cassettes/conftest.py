"""Gives each test here its cassette: ``cassettes/<module>/<test>.yaml``, open while the test's own body runs."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.cassettes.stage import Stage

CASSETTES = Path(__file__).parents[2] / "cassettes"


@pytest.fixture
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    name = re.sub(r"\W+", "-", request.node.name).strip("-")
    return Stage(CASSETTES / Path(request.path).stem / f"{name}.yaml", tmp_path)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    # A fixture's teardown would not learn that the test failed, and would save a recording of the failure.
    stage = pyfuncitem.funcargs.get("stage")
    if not isinstance(stage, Stage):
        return (yield)
    with stage.open():
        return (yield)
