"""An expression as a function finds what JMESPath's own interpreter finds, in any document."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.following import follow

NAMES = st.sampled_from(["a", "b", "c"])
PLACES = st.integers(-2, 2)
WORDS = st.sampled_from(["x", "a", ""])
SCALARS = st.none() | st.booleans() | st.sampled_from([0, 1, 2, 0.0, 1.5]) | WORDS
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=14,
)


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{}.{}".format, inner, NAMES),
        st.builds("{} | {}".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("({} && {})".format, inner, inner),
        st.builds("!{}".format, inner),
        st.builds("{}[{}]".format, NAMES, PLACES),
        st.builds("{} | [{}]".format, inner, PLACES),
        st.builds("{}[*].{}".format, NAMES, NAMES),
        st.builds("{}[].{}".format, NAMES, NAMES),
        st.builds("{}[?{} {} '{}'].{}".format, NAMES, inner, st.sampled_from(["==", "!="]), WORDS, NAMES),
        st.builds("{}[?'{}' == {}]".format, NAMES, WORDS, inner),
        st.builds("{}[?{}].{}".format, NAMES, inner, NAMES),
        st.builds("{}[?{}] | [0].{}".format, NAMES, inner, NAMES),
    )


EXPRESSIONS = st.recursive(NAMES | st.sampled_from(["@", "'x'", "''"]), _grown, max_leaves=6)


@settings(max_examples=600, deadline=None)
@given(EXPRESSIONS, st.lists(DOCUMENTS, min_size=1, max_size=3))
def test_what_is_covered_finds_what_jmespath_finds(source: str, documents: list[Any]) -> None:
    compiled = jmespath.compile(source)
    find = follow(compiled.parsed)
    assert find is not None
    for document in documents:
        expected, found = compiled.search(document), find(document)
        assert found == expected
        assert type(found) is type(expected)


@pytest.mark.parametrize(
    "source",
    [
        "join('; ', a)",
        "a[1:]",
        "a.{b: c}",
        "[a, b]",
        "a.*",
        "a[?b == `1`]",
        "a[?b == c]",
        "a[?b > `1`]",
        "a[?b == 'x' || length(c) == `2`].d",
    ],
)
def test_what_is_not_covered_is_left_to_jmespath(source: str) -> None:
    assert follow(jmespath.compile(source).parsed) is None
