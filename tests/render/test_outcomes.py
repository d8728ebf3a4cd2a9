"""The outcome of a change where nobody may be named."""

from __future__ import annotations

import pytest

from connector.engine.gone import in_words
from connector.models import Successor
from connector.render.outcomes import blanked


@pytest.mark.parametrize(
    "successor",
    [Successor("contacts", "88000000001", "merged"), Successor("Contact", "003SB0000000001YAA", "converted")],
)
def test_where_a_record_lives_on_is_said(successor: Successor) -> None:
    words = in_words(successor)
    assert blanked(words) == words


def test_a_number_in_the_crms_words_is_not() -> None:
    assert blanked("REJECTED: +15550100001 is taken") == "REJECTED: *** is taken"
