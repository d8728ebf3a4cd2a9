"""A field's rule as the lines of a mapping file, to be pasted in the place of those that stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.config.settings import FieldRule
from connector.config.yaml_text import scalar

_INDENT = "  "


def rule_lines(name: str, rule: FieldRule, remarks: Mapping[str, str]) -> str:
    """An entry of ``fields``, one key a line, indented as below ``fields:``.

    ``remarks``: by word of a picklist map, what is said behind it.
    """
    return "\n".join(f"{_INDENT}{line}" for line in _lines(name, rule, remarks))


def _lines(name: str, rule: FieldRule, remarks: Mapping[str, str]) -> Iterator[str]:
    yield f"{scalar(name)}:"
    yield f"{_INDENT}from: {scalar(rule.source)}"
    yield f"{_INDENT}policy: {rule.policy}"
    if rule.strict:
        yield f"{_INDENT}guard: strict"
    if rule.on_too_long != "skip":
        yield f"{_INDENT}on_too_long: {rule.on_too_long}"
    yield f"{_INDENT}as:"
    for step, argument in rule.transforms:
        yield from (f"{_INDENT * 2}{line}" for line in _step(step, argument, remarks))


def _step(name: str, argument: Any, remarks: Mapping[str, str]) -> Iterator[str]:
    if argument is None:
        yield f"- {name}"
    elif not isinstance(argument, Mapping):
        yield f"- {name}: {scalar(argument)}"
    else:
        yield f"- {name}:"
        for word, ours in argument.items():
            remark = f" # {remarks[word]}" if word in remarks else ""
            yield f"{_INDENT * 2}{scalar(word)}: {scalar(ours)}{remark}"
