"""A file means the same whether libyaml reads it or PyYAML alone does."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.config import composing
from connector.config.composing import compose
from connector.config.document import parse_document, with_references_hidden
from tests.config.samples import COMPANY, CONFIG, HUBSPOT_COMPANY, HUBSPOT_PERSON, PERSON

FILES = (CONFIG, PERSON, COMPANY, HUBSPOT_PERSON, HUBSPOT_COMPANY)
SPOILS = (
    *"\t :{}[],?&*#|>-!%@`'\"\\\n\r~=<\u00e9\u2028\ufeff\x07\x85\u00a0\u2026\U0001f600",
    "- ", "? ", ": ", "${X}", "''", '""', "\n\n", "---\n", "...\n", "!!str ", "! ", "&a ", "*a ", "<<: ", "|\n  x\n",
)  # fmt: skip


def tree(node: yaml.Node | None, around: tuple[int, ...] = ()) -> Any:
    """All that a document is made of: tags, values, whether a collection stands in brackets, and where each begins.

    Of a list that is not indented PyYAML itself says None for "not in brackets", libyaml False.
    """
    if node is None or id(node) in around:
        return None
    around = (*around, id(node))
    at = (node.tag, node.start_mark.line, node.start_mark.column)
    if isinstance(node, yaml.ScalarNode):
        return (*at, node.value)
    if isinstance(node, yaml.MappingNode):
        return (*at, bool(node.flow_style), [(tree(key, around), tree(value, around)) for key, value in node.value])
    return (*at, bool(node.flow_style), [tree(item, around) for item in node.value])


def told(text: str) -> Any:
    """What becomes of a text: its tree, or the words of the refusal."""
    try:
        return tree(compose(text))
    except yaml.YAMLError as error:
        return str(error)


def told_by_pyyaml_alone(text: str) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composing, "_quickly", lambda text: None)
        return told(text)


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML came without libyaml")
@pytest.mark.parametrize("text", FILES)
def test_a_usual_file_is_read_the_quick_way_and_means_the_same(text: str) -> None:
    hidden = with_references_hidden(text)
    assert composing._quickly(hidden) is not None
    assert told(hidden) == told_by_pyyaml_alone(hidden)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_both_agree_whatever_somebody_types_into_a_file(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(FILES)).splitlines(keepends=True)
    start = data.draw(st.integers(0, len(lines) - 1))
    text = "".join(lines[start : start + 6])
    for _ in range(data.draw(st.integers(1, 3))):
        place, left_out = data.draw(st.integers(0, len(text))), data.draw(st.sampled_from([0, 0, 1, 3]))
        text = text[:place] + data.draw(st.sampled_from(SPOILS)) + text[place + left_out :]
    hidden = with_references_hidden(text)
    assert told(hidden) == told_by_pyyaml_alone(hidden)


def test_a_list_that_is_not_indented_is_the_same_list() -> None:
    text = "identify:\n- {domain: Website}\n- {name: Name}\n"
    assert told(text) == told_by_pyyaml_alone(text)


@pytest.mark.parametrize("text", ["[" * 5_000, "a: " + "[" * 800 + "]" * 800, "{a: " * 3_000])
def test_what_is_nested_too_deeply_is_refused_and_ends_nothing(text: str) -> None:
    document, problems = parse_document(text, "x.yaml")
    assert (document.whole, len(problems)) == (False, 1)
