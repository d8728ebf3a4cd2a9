"""Every message that ``docs/troubleshooting.md`` explains is one that the connector says."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import connector
from tests.docs.blocks import ROOT

PAGE = ROOT / "docs" / "troubleshooting.md"
MESSAGES = [
    message
    for line in PAGE.read_text("utf-8").splitlines()
    if line.startswith("| `")
    for message in re.findall(r"`([^`]+)`", line.split(" | ")[0])
]


@cache
def sentences() -> tuple[str, ...]:
    """Every text of the package, ``…`` where a value is put in."""
    package = Path(connector.__file__).parent
    files = (file for file in sorted(package.rglob("*.py")) if "sandbox" not in file.parts)
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8"))))
    return tuple(text for node in nodes if (text := _text(node)))


def _text(node: ast.AST) -> str:
    """A text as it is written, with what is joined by ``+``; nothing of a node that is none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "…" for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return (_text(left) or "…") + (_text(right) or "…")
        case _:
            return ""


@pytest.mark.parametrize("message", MESSAGES)
def test_the_message_is_said(message: str) -> None:
    assert len(message.replace("…", "")) >= 8, "too little to know it by"
    pattern = re.compile(".*".join(re.escape(part) for part in message.split("…")))
    assert any(pattern.search(sentence) for sentence in sentences())


def test_there_are_messages_to_look_up() -> None:
    assert len(MESSAGES) > 40
