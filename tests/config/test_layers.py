"""Documents laid over each other: what comes of the values, and where each came from."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config.document import Document, parse_document
from connector.config.layers import laid, part, placed, without
from connector.config.places import Place, Position

LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b"])
VALUES = st.recursive(
    LEAVES,
    lambda below: st.lists(below, max_size=2) | st.dictionaries(st.sampled_from("abc"), below, max_size=3),
    max_leaves=8,
)
MAPS = st.dictionaries(st.sampled_from("abc"), VALUES, max_size=3)


def document(name: str, text: str) -> Document:
    read, problems = parse_document(text, name)
    assert not problems
    return read


def written(name: str, value: Any) -> Document:
    """A document with this value, each place of it on a line of its own."""
    places = list(_places(value, ()))
    positions = {place: Position(name, number, 1, place) for number, place in enumerate(places, 1)}
    return Document(name, value, positions)


def _places(value: Any, place: Place) -> Any:
    yield place
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in steps:
        yield from _places(below, (*place, key))


def test_maps_are_joined_and_everything_else_is_replaced() -> None:
    below = document("below.yaml", "a: {x: 1, y: [1, 2]}\nb: text\nc: kept\n")
    above = document("above.yaml", "b: other\na: {y: [3], z: 4}\n")
    found = laid(below, above)
    assert found.value == {"a": {"x": 1, "y": [3], "z": 4}, "b": "other", "c": "kept"}
    assert list(found.value) == ["a", "b", "c"]
    assert str(found.position(("a", "x"))) == "below.yaml:1:5"
    assert str(found.position(("a", "y", 0))) == "above.yaml:2:9"
    assert str(found.position(("a", "y", 1))) == "above.yaml:2:5"  # nothing of the list below is left
    assert str(found.position(("c",))) == "below.yaml:3:1"
    assert found.name == "above.yaml"


def test_null_takes_away_what_is_below_it_and_nothing_else() -> None:
    below = document("below.yaml", "a: {x: 1, y: 2}\n")
    assert laid(below, document("above.yaml", "a: {x: null}\n")).value == {"a": {"y": 2}}
    assert laid(below, document("above.yaml", "a: null\n")).value == {}
    assert laid(below, document("above.yaml", "b: null\n")).value == {"a": {"x": 1, "y": 2}, "b": None}


def test_maps_that_are_one_value_are_replaced_whole() -> None:
    below = document("below.yaml", "fields: {Title: {from: a, as: {text: 80}}}\n")
    above = document("above.yaml", "fields: {Title: {as: {join: '; '}}}\n")
    found = laid(below, above, entire=[("fields", "*", "as")])
    assert found.value == {"fields": {"Title": {"from": "a", "as": {"join": "; "}}}}


def test_what_is_moved_still_says_where_it_was_written() -> None:
    whole = document("config.yaml", "defaults:\n  guards: {min_records: 5}\norgs:\n  acme: {crm: hubspot}\n")
    moved = placed(whole, ("orgs", "acme"), laid(part(whole, ("defaults",)), part(whole, ("orgs", "acme"))))
    assert moved.value["orgs"] == {"acme": {"guards": {"min_records": 5}, "crm": "hubspot"}}
    problem = moved.problem(("orgs", "acme", "guards", "min_records"), "is wrong")
    assert str(problem) == "config.yaml:2:12: defaults.guards.min_records: is wrong"
    assert problem.path == ("orgs", "acme", "guards", "min_records")
    assert str(moved.problem(("orgs", "acme", "crm"), "is wrong")) == "config.yaml:4:10: orgs.acme.crm: is wrong"
    assert without(moved, "defaults").value == {"orgs": moved.value["orgs"]}


@given(MAPS, MAPS)
def test_each_value_is_the_upper_ones_where_that_has_one_and_comes_from_there(one: Any, two: Any) -> None:
    found = laid(written("one", one), written("two", two))
    for place in _places(found.value, ()):
        source = found.position(place)
        own = two if source.file == "two" else one
        assert source.place == place
        value = _at(own, place)
        assert isinstance(value, dict) or value == _at(found.value, place)
        if source.file == "one" and place:
            assert _at(two, place) is MISSING


@given(MAPS)
def test_nothing_below_or_above_changes_nothing(value: Any) -> None:
    whole = written("one", value)
    assert laid(Document("none", None), whole) == whole
    assert laid(whole, Document("none", None)) == whole
    assert laid(whole, written("two", {})).value == value


MISSING: Any = object()


def _at(value: Any, place: Place) -> Any:
    for step in place:
        steps = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
        if step not in steps:
            return MISSING
        value = value[step]
    return value


@pytest.mark.parametrize("place", [("a",), ("a", "x"), ("b",)])
def test_a_part_put_back_is_the_whole(place: Place) -> None:
    whole = document("whole.yaml", "a: {x: [1, {y: 2}], z: 3}\nb: 4\n")
    assert placed(whole, place, part(whole, place)) == whole
