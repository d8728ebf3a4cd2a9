"""Keys in ``.env``: behind what stands there, and read back as they were typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.config.dotenv import read_dotenv
from connector.redact import Secret
from connector.setup.dotenv import dotenv_text


def test_what_stands_there_stays() -> None:
    assert dotenv_text("# mine\nA=1", {"B": Secret("two")}) == "# mine\nA=1\nB=two\n"
    assert dotenv_text("", {"B": Secret("two"), "C": Secret("3")}) == "B=two\nC=3\n"


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("pat-na1-0a.b/c+d==", "pat-na1-0a.b/c+d=="), ("it's $HOME", r"'it\'s $HOME'"), ("a#b", "'a#b'"),
        ("a\\b", r"'a\\b'"),
    ],
)  # fmt: skip
def test_a_value_is_quoted_where_it_must_be(value: str, line: str) -> None:
    assert dotenv_text("", {"KEY": Secret(value)}) == f"KEY={line}\n"


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1).map(str.strip).filter(bool))
def test_a_value_is_read_back_as_it_was_typed(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    folder: Path = tmp_path_factory.mktemp("dotenv")
    (folder / ".env").write_text(dotenv_text("KEY=old\n# mine", {"KEY": Secret(value), "B": Secret("2")}), "utf-8")
    assert read_dotenv(folder) == ({"KEY": value, "B": "2"}, [])
