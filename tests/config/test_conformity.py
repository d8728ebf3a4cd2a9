"""The quick answer whether a file keeps its schema is the one that jsonschema gives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.config import conformity
from connector.config.conformity import keeps
from connector.config.diagnostics import _validator, schema_of
from tests.config.samples import COMPANY, CONFIG, HUBSPOT_COMPANY, HUBSPOT_PERSON, PERSON
from tests.config.test_mutations import VALUES, mutated, parsed, places

NAMES = ("config", "mapping")
SAMPLES = {"config": [CONFIG], "mapping": [PERSON, COMPANY, HUBSPOT_PERSON, HUBSPOT_COMPANY]}
ODD: Any = VALUES | st.sampled_from(
    [True, False, 1, 1.0, 0, "1", "90d", "v3", [1], {"picklist": {"a": None}}, {"a": 1, "b": 2}]
)


def documents(name: str) -> list[Any]:
    return [parsed(text) for text in SAMPLES[name]]


@pytest.mark.parametrize("name", NAMES)
def test_the_samples_keep_their_schema(name: str) -> None:
    assert all(keeps(one, schema_of(name)) for one in documents(name))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_both_agree_whatever_somebody_does_to_a_file(name: str, data: st.DataObject) -> None:
    document = data.draw(st.sampled_from(documents(name)))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(sorted(places(document), key=repr)))
        document = mutated(document, place, data.draw(ODD), data.draw(st.sampled_from(["replace", "remove", "add"])))
    assert keeps(document, schema_of(name)) == _validator(name).is_valid(document)


@pytest.mark.parametrize("name", NAMES)
@given(ODD)
def test_both_agree_on_what_is_no_file_at_all(name: str, value: Any) -> None:
    assert keeps(value, schema_of(name)) == _validator(name).is_valid(value)


def test_a_keyword_that_is_not_known_is_no_agreement() -> None:
    with pytest.raises(KeyError):
        keeps("x", {"format": "date"})


def test_every_keyword_is_one_of_the_schemas() -> None:
    used: set[str] = set()

    def collect(part: Any) -> None:
        for key, below in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
            used.add(str(key))
            collect(below)

    for name in NAMES:
        collect(schema_of(name))
    assert conformity._KEYWORDS.keys() <= used
