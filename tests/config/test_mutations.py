"""Whatever somebody does to a file, the answer is settings or a ConfigError whose every line names its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.config import load_config, load_mapping
from connector.config.document import parse_document, plain_value
from connector.errors import ConfigError
from tests.config.samples import CONFIG, ENV, FILES, HUBSPOT_PERSON, PERSON, write

PLACED = re.compile(r"[^\n]*?\.yaml:[1-9][0-9]*:[1-9][0-9]*: \S[^\n]*(\n    [^\n]+\n    *\^)?")
"""A line with its position; the place in an expression that cannot be read stands on two more."""
PYTHON_WORDS = re.compile(r"\b(?:NoneType|dict|str|float|bool|int object|Traceback|None|True|False)\b")
VALUES: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["${X", "v2", "jwt"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=6), below, max_size=3),
    max_leaves=5,
)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write(tmp_path)


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(below, (*place, key))


def mutated(value: Any, place: tuple[Any, ...], new: Any, how: str) -> Any:
    """The value with one place replaced, taken out, or given a further key."""
    if not place:
        return {**value, str(new): new} if how == "add" and isinstance(value, dict) else new
    step, rest = place[0], place[1:]
    items = dict(value) if isinstance(value, dict) else dict(enumerate(value))
    if not rest and how == "remove":
        del items[step]
    else:
        items[step] = mutated(items[step], rest, new, how)
    return items if isinstance(value, dict) else list(items.values())


def parsed(text: str) -> Any:
    return parse_document(text, "x.yaml")[0].value


def _assert_placed(error: ConfigError) -> None:
    assert error.problems
    for line in error.problems:
        assert PLACED.fullmatch(line), line
        assert "sf-secret" not in line


@QUICK
@given(data=st.data())
def test_a_mutated_configuration(config: Path, data: st.DataObject) -> None:
    value = parsed(CONFIG)
    place = data.draw(st.sampled_from(list(places(value))))
    changed = mutated(value, place, data.draw(VALUES), data.draw(st.sampled_from(["replace", "remove", "add"])))
    config.write_text(yaml.safe_dump(changed, allow_unicode=True), "utf-8")
    try:
        load_config(config, env=ENV)
    except ConfigError as error:
        _assert_placed(error)


@QUICK
@given(data=st.data())
def test_a_mutated_mapping(config: Path, data: st.DataObject) -> None:
    value = parsed(data.draw(st.sampled_from([PERSON, HUBSPOT_PERSON])))
    place = data.draw(st.sampled_from(list(places(value))))
    changed = mutated(value, place, data.draw(VALUES), data.draw(st.sampled_from(["replace", "remove", "add"])))
    file = config.parent / "mapping.yaml"
    file.write_text(yaml.safe_dump(changed, allow_unicode=True), "utf-8")
    try:
        load_mapping(file, "mapping.yaml")
    except ConfigError as error:
        _assert_placed(error)


@QUICK
@given(
    at=st.integers(0, len(CONFIG)),
    cut=st.integers(0, 30),
    new=st.text(alphabet="{}[]:,-\"'#&*!|>%@` \t\nax0$", max_size=6) | st.text(max_size=3),
)
def test_text_that_was_typed_into(config: Path, at: int, cut: int, new: str) -> None:
    text = CONFIG[:at] + new + CONFIG[at + cut :]
    config.write_text(text, "utf-8", errors="surrogatepass")
    try:
        load_config(config, env=ENV)
    except ConfigError as error:
        _assert_placed(error)


@QUICK
@given(data=st.data())
def test_messages_use_peoples_words(config: Path, data: st.DataObject) -> None:
    value = parsed(CONFIG)
    place = data.draw(st.sampled_from(list(places(value))))
    new = data.draw(st.sampled_from([None, [], {}, 7, 1.5, "", "x", ["x"], {"x": 1}]))
    config.write_text(yaml.safe_dump(mutated(value, place, new, "replace")), "utf-8")
    try:
        load_config(config, env=ENV)
    except ConfigError as error:
        assert not [line for line in error.problems if PYTHON_WORDS.search(line)]


@QUICK
@given(VALUES)
def test_what_yaml_writes_is_read_back(value: Any) -> None:
    """Text, lists, maps and whole numbers survive; only spellings that YAML 1.2 reads otherwise may differ."""
    document, problems = parse_document(yaml.safe_dump({"a": value}, allow_unicode=True, default_style='"'), "x.yaml")
    assert problems == [] or "does not fit its value" in str(problems[0])
    assert isinstance(document.value, dict)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("0777", "0777"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2026-09-01", "2026-09-01"),
        (".inf", ".inf"),
        ("1" * 30, "1" * 30),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("-7", -7),
        ("0", 0),
        ("68.0", 68.0),
        (".5", 0.5),
        ("1e3", 1000.0),
    ],
)
def test_scalars_are_read_by_the_rules_of_yaml_1_2(text: str, expected: object) -> None:
    assert plain_value(text) == expected
    assert type(plain_value(text)) is type(expected)
    assert parsed(f"a: {text}\n") == {"a": expected}


def test_the_samples_stand_where_the_configuration_looks() -> None:
    assert all(name in CONFIG for name in FILES)
