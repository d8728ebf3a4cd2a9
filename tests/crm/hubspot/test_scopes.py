"""Which scopes a token lacks for what a mapping does."""

from __future__ import annotations

import pytest

from connector.crm.hubspot.scopes import rights_of

BOTH = frozenset({"crm.objects.contacts.read", "crm.objects.contacts.write"})


@pytest.mark.parametrize(
    ("object", "reads", "scopes", "lacking"),
    [
        ("contacts", ["email"], BOTH, []),
        ("contacts", ["email"], BOTH - {"crm.objects.contacts.write"}, ["the token may not edit contacts"]),
        ("contacts", ["email", "companies.domain"], BOTH, ["the token may not read companies"]),
        ("contacts", ["companies.domain"], frozenset({"contacts"}), []),  # an old app's scope for both
        ("companies", [], BOTH, ["the token may not read companies", "the token may not edit companies"]),
        ("2-8800101", [], frozenset({"crm.objects.custom.read"}), ["the token may not edit 2-8800101"]),
        ("p123_partner", [], frozenset({"crm.objects.custom.read", "crm.objects.custom.write"}), []),
        ("deals", [], frozenset({"contacts", "crm.objects.deals.read"}), ["the token may not edit deals"]),
        ("contacts", [], frozenset(), ["the token may not read contacts", "the token may not edit contacts"]),
    ],
)
def test_what_a_token_lacks(object: str, reads: list[str], scopes: frozenset[str], lacking: list[str]) -> None:
    rights = rights_of(object, reads, scopes)
    assert [lack.what for lack in rights.lacks] == lacking
    assert rights.untold == ""


def test_scopes_that_nobody_tells_are_named() -> None:
    rights = rights_of("contacts", ["companies.domain"], None)
    assert rights.lacks == ()
    assert rights.untold == (
        "see that the token has the scopes crm.objects.contacts.read, crm.objects.contacts.write, "
        "crm.objects.companies.read"
    )
