"""Whose is which company, by whatever the map is keyed."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connector.lusha.v2.matching import by_identity
from connector.models import Identity

COUNT = 6


def entry(number: int) -> dict[str, Any]:
    """A company whose public id looks like the reference of another, as numbers do."""
    return {
        "id": 500 + number,
        "lushaCompanyId": str(COUNT - number),
        "name": f"Company  {number}",
        "fqdn": f"www.company-{number}.example.com",
    }


def identity(number: int, kind: str) -> Identity:
    if kind == "id":
        return Identity("company", id=str(COUNT - number))
    if kind == "domain":
        return Identity("company", domain=f"company-{number}.example.com")
    return Identity("company", name=f"COMPANY {number}")


@given(
    st.lists(st.sampled_from(["id", "domain", "name"]), min_size=COUNT, max_size=COUNT),
    st.permutations(range(COUNT)),
    st.sets(st.integers(0, COUNT - 1)),
    st.sampled_from(["reference", "id", "lushaCompanyId"]),
)
def test_companies_keep_their_places(kinds: list[str], order: list[int], left_out: set[int], by: str) -> None:
    references = [str(number + 1) for number in range(COUNT)]
    entries = {}
    for number in order:
        if number not in left_out:
            key = references[number] if by == "reference" else str(entry(number)[by])
            entries[key] = entry(number)
    identities = [identity(number, kind) for number, kind in enumerate(kinds)]
    found = by_identity(entries, identities, references)
    assert found == [None if number in left_out else entry(number) for number in range(COUNT)]


def test_a_reference_left_out_is_not_filled_by_a_namesake() -> None:
    identities = [Identity("company", domain="company-1.example.com"), Identity("company", name="Company 1")]
    assert by_identity({"a": entry(1)}, identities, ["a", "b"]) == [entry(1), None]


def test_a_key_is_an_id_where_an_entry_tells_none() -> None:
    told = {"name": "Acme"}
    assert by_identity({"77": told}, [Identity("company", id="77")], ["1"]) == [told]


def test_a_reference_that_is_also_the_companys_id() -> None:
    told = {"id": 1, "name": "Acme"}
    assert by_identity({"1": told}, [Identity("company", name="acme")], ["1"]) == [told]


def test_the_public_id_goes_before_another_companys_inner_one() -> None:
    inner, public = {"id": 7, "name": "A"}, {"id": 8, "lushaCompanyId": "7", "name": "B"}
    assert by_identity({"7": inner, "8": public}, [Identity("company", id="7")], ["1"]) == [public]
