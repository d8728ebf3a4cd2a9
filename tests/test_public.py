"""The public API: what ``from connector import …`` promises."""

from __future__ import annotations

import subprocess
import sys

import pytest

import connector


@pytest.mark.parametrize("name", connector.__all__)
def test_every_promised_name_is_there(name: str) -> None:
    assert getattr(connector, name)


def test_what_is_not_promised_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Undo'"):
        _ = connector.Undo


def test_the_command_line_answers_without_loading_the_engine() -> None:
    code = (
        "import sys; import connector.cli; "
        "sys.exit(bool({'connector.engine', 'httpx', 'hubspot', 'simple_salesforce', 'starlette'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
