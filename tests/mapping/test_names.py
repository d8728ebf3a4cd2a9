from __future__ import annotations

import pytest

from connector.mapping.names import is_identity_placeholder, is_placeholder, name_tokens, split_full_name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Jane Doe", ("Jane", "Doe")),
        ("Mary Ann  Smith", ("Mary Ann", "Smith")),
        ("Doe, Jane", ("Jane", "Doe")),
        ("Dr. Jane Doe, PhD", ("Jane", "Doe")),
        ("John Smith Jr.", ("John", "Smith")),
        ("王 伟", ("王", "伟")),
        ("王伟", None),
        ("Madonna", None),
        ("", None),
    ],
)
def test_split_full_name(text: str, parts: tuple[str, str] | None) -> None:
    assert split_full_name(text) == parts


def test_placeholders_say_nothing() -> None:
    for text in (
        "",
        "  ",
        "-",
        "--",
        "?",
        "Unknown",
        "N/A",
        "n/a",
        "none",
        "NULL",
        "test",
        "[Not Provided]",
        "TBD",
        "--None--",
        "xxx",
        "XXXX",
    ):
        assert is_placeholder(text), text
        assert is_identity_placeholder(text), text
    assert is_placeholder("na") and is_placeholder(" [na] ")
    assert not is_identity_placeholder("na")  # in a CRM somebody may be called so
    for text in ("x", "XX", "First Name", "no name"):
        assert is_identity_placeholder(text), text
    for text in ("X", "NA", "Na", "Xxxl", "0", "Testa", "Unknown Worlds", "伟"):
        assert not is_placeholder(text), text
    assert not is_identity_placeholder("Nan")


def test_name_tokens_leave_out_what_is_no_name() -> None:
    assert name_tokens("Mr. John A. Smith III") == ["john", "a", "smith"]
    assert name_tokens("Jane Unknown") == ["jane"]
    assert name_tokens("[not provided]") == []
    assert name_tokens("Nan Malcolm X") == ["nan", "malcolm", "x"]
