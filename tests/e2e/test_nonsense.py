"""Files full of nonsense, as a person meets them: exit 2, a line for each mistake, no traceback."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.config.nonsense import NONSENSE, planted
from tests.e2e.house import said_here
from tests.runtime.test_nonsense import PERSON, PYTHONS, SALESFORCE

PLACE = re.compile(r"\S+\.yaml:\d+:\d+: ")


@pytest.mark.parametrize("command", ["validate", "plan"])
@pytest.mark.parametrize(
    ("file", "place", "name"),
    [
        ("config.yaml", ("lusha", "budget"), "list of lists"),
        ("config.yaml", ("orgs", "*", "connection"), "map of lists"),
        ("config.yaml", ("orgs",), "an unclosed quote"),
        ("mapping.yaml", ("fields", "*", "from"), "an expression"),
        ("mapping.yaml", ("select", "where"), "tag"),
        ("mapping.yaml", ("identify",), "another section"),
    ],
)
def test_nonsense_ends_with_2_and_its_places(
    command: str, file: str, place: tuple[str, ...], name: str, tmp_path: Path
) -> None:
    for each, base in (("config.yaml", SALESFORCE), ("mapping.yaml", PERSON)):
        text = planted(base, place, NONSENSE[name]) if each == file else json.dumps(base)
        (tmp_path / each).write_text(text, "utf-8")
    said = said_here(command, "--config", str(tmp_path / "config.yaml"))
    whole = said.out + said.err
    assert said.code == 2, whole
    assert PLACE.search(whole), whole
    assert not PYTHONS.search(whole.replace(str(tmp_path), "")), whole
