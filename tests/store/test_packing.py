"""What is packed comes back letter for letter, from whichever release packed it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from connector.lusha.profiles import to_json
from connector.models import Profile
from connector.store.packing import packed, unpacked

BY_THE_FIRST = bytes.fromhex("01abc695cfcc956a01")


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert unpacked(packed(text)) == text


def test_a_profile_shrinks_to_a_quarter_and_less() -> None:
    person = {
        "id": "7", "first_name": "Ada", "last_name": "Byron", "full_name": "Ada Byron",
        "job_title": {"title": "Head of Engines", "seniority": "Director", "departments": ["Engineering & Technical"]},
        "emails": [{"email": "ada@acme.example", "type": "work", "confidence": "A", "update_date": "2026-04-02"}],
        "phones": [{"number": "+15550100001", "type": "mobile", "do_not_call": False, "update_date": "2026-04-02"}],
    }  # fmt: skip
    text = to_json(Profile("person", "7", person, frozenset({"emails", "phones"}), raw=json.loads(json.dumps(person))))
    assert len(packed(text)) < len(text) / 4


def test_what_the_first_release_packed_can_be_read_for_ever() -> None:
    assert unpacked(BY_THE_FIRST) == '{"entity":"person","id":"7"}'
