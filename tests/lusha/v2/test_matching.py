"""Whose is which company, by whatever the map is keyed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.lusha.v2.matching import Pairs, paired
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


def named(*names: str) -> list[Identity]:
    return [Identity("company", name=name) for name in names]


def at(*domains: str) -> list[Identity]:
    return [Identity("company", domain=domain) for domain in domains]


def by_id(*entries: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """An answer keyed by Lusha's ids, 901 and on."""
    return {str(number): {"lushaCompanyId": str(number), **told} for number, told in enumerate(entries, start=901)}


def pair(entries: Mapping[str, Mapping[str, Any]], identities: list[Identity]) -> Pairs:
    return paired(entries, identities, [str(place) for place, _ in enumerate(identities, start=1)])


@given(
    st.lists(st.sampled_from(["id", "domain", "name"]), min_size=COUNT, max_size=COUNT),
    st.permutations(range(COUNT)),
    st.sets(st.integers(0, COUNT - 1)),
    st.sampled_from(["reference", "id", "lushaCompanyId"]),
)
def test_companies_keep_their_places(kinds: list[str], order: list[int], left_out: set[int], by: str) -> None:
    references = [str(number + 1) for number in range(COUNT)]
    keys = {number: references[number] if by == "reference" else str(entry(number)[by]) for number in range(COUNT)}
    entries = {keys[number]: entry(number) for number in order if number not in left_out}
    identities = [identity(number, kind) for number, kind in enumerate(kinds)]
    found = paired(entries, identities, references)
    assert found.keys == [None if number in left_out else keys[number] for number in range(COUNT)]
    assert found.spare == []
    assert not entries or found.by_reference == (by == "reference")


NAMES = ("Acme", "ACME", "Acme Inc.", "Acme GmbH", "Zeta", "Zeta Holding")
HOSTS = ("acme.io", "acme.com", "zeta.io")
ASKED = st.one_of(
    st.sampled_from(NAMES).map(lambda name: Identity("company", name=name)),
    st.sampled_from(HOSTS).map(lambda host: Identity("company", domain=host)),
    st.integers(901, 906).map(lambda id: Identity("company", id=str(id))),
)
TOLD = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(NAMES),
        "alternativeName": st.sampled_from(NAMES),
        "fqdn": st.sampled_from(HOSTS),
        "website": st.sampled_from(HOSTS),
        "emailDomain": st.sampled_from(HOSTS),
    },
)


@settings(max_examples=400)
@given(st.lists(ASKED, min_size=1, max_size=6), st.lists(TOLD, max_size=6), st.sets(st.integers(1, 6)))
def test_nothing_that_came_is_lost_and_nothing_is_given_to_two(
    asked: list[Identity], told: list[dict[str, Any]], referred: set[int]
) -> None:
    entries = by_id(*told) | {str(place): {"name": f"Referred {place}"} for place in referred}
    found = pair(entries, asked)
    assert len(found.keys) == len(asked)
    given_out = {key for key in found.keys if key is not None}
    assert given_out | set(found.spare) == set(entries)
    assert not given_out & set(found.spare)
    for place, key in enumerate(found.keys, start=1):
        assert not (found.by_reference and place in referred) or key == str(place)
    for key in given_out:
        askers = [identity for identity, mine in zip(asked, found.keys, strict=True) if mine == key]
        assert len(set(map(said, askers))) == 1 or all(is_certain(key, entries[key], one) for one in askers)


def said(identity: Identity) -> str:
    return identity.id or identity.domain or (identity.name or "").casefold()


def is_certain(key: str, told: Mapping[str, Any], identity: Identity) -> bool:
    """Whether the company is exactly what was asked for."""
    return said(identity) in (key, told.get("fqdn"), told.get("name", "").casefold())


@pytest.mark.parametrize(
    "told",
    [
        {"name": "Acme Inc."},
        {"name": "ACME, L.L.C."},
        {"name": "Acme Robotics", "alternativeName": "Acme Ltd"},
        {"name": "Acmé GmbH & Co. KG"},
    ],
)
def test_a_name_is_met_without_its_legal_form(told: dict[str, Any]) -> None:
    other = {"name": "Other Inc."}
    assert pair(by_id(other, told), named("Acme", "Zeta", "Third")).keys == ["902", None, None]


@pytest.mark.parametrize(
    "told",
    [
        {"fqdn": "www.acme.com", "website": "https://acme.io/en"},
        {"fqdn": "www.acme.com", "emailDomain": "acme.io"},
        {"fqdn": "acme.com", "domains": {"homepage": "acme.com", "email": "hello@acme.io"}},
        {"domain": "acme.com", "domains": ["acme.com", "acme.io"]},
        {"fqdn": "acme.com", "homepageUrl": "http://www.acme.io"},
    ],
)
def test_a_domain_is_met_wherever_it_is_told(told: dict[str, Any]) -> None:
    other = {"fqdn": "other.com"}
    assert pair(by_id(other, told), at("acme.io", "zeta.io", "third.io")).keys == ["902", None, None]


def test_what_is_left_over_on_either_side_belongs_together() -> None:
    entries = by_id({"name": "Acme", "fqdn": "acme.com"}, {"name": "Zeta", "fqdn": "zeta.io"})
    assert pair(entries, [*named("Zeta"), *at("acme.io")]) == Pairs(["902", "901"], [], by_reference=False)


def test_two_left_over_are_given_to_nobody() -> None:
    entries = by_id({"name": "Acme"})
    assert pair(entries, named("Old Name", "Zeta")) == Pairs([None, None], ["901"], by_reference=False)
    entries = by_id({"name": "Acme"}, {"name": "Zeta"})
    assert pair(entries, named("Old Name")) == Pairs([None], ["901", "902"], by_reference=False)


def test_an_entry_that_tells_of_nobody_is_left_over_for_nobody() -> None:
    entries = {"901": {"errors": {"message": "no"}}, **by_id({"name": "Acme"})}
    entries["902"] = {"errors": {"message": "no"}}
    assert pair(entries, named("Old Name")).keys == ["901"]


def test_the_same_company_told_twice_is_left_over_for_nobody() -> None:
    acme = {"id": 5, "lushaCompanyId": "901", "name": "Acme"}
    assert pair({"901": acme, "5": acme}, named("Acme", "Zeta")) == Pairs(["901", None], [], by_reference=False)


def test_two_names_that_differ_by_their_legal_form_alone() -> None:
    assert pair(by_id({"name": "Acme Inc."}), named("Acme GmbH", "Acme, Inc", "Acme Inc.")).keys == [None, "901", "901"]
    both = by_id({"name": "Acme Inc."}, {"name": "Acme GmbH"})
    assert pair(both, named("Acme GmbH", "Acme Inc.")).keys == ["902", "901"]
    assert pair(both, named("Acme", "Zeta")) == Pairs([None, None], ["901", "902"], by_reference=False)


def test_one_company_asked_for_in_two_ways_is_one_company() -> None:
    entries = by_id({"name": "Acme", "fqdn": "acme.io"})
    assert pair(entries, [*named("Acme"), *at("acme.io"), Identity("company", id="901")]).keys == ["901"] * 3


def test_namesakes_go_to_whom_else_they_fit() -> None:
    entries = by_id({"name": "Acme", "fqdn": "acme.io"}, {"name": "Acme", "fqdn": "acme.com"})
    assert pair(entries, [*named("Acme"), *at("acme.io")]).keys == ["902", "901"]


def test_what_was_asked_twice_is_answered_twice() -> None:
    assert pair(by_id({"name": "Acme Inc."}), named("Acme", "acme")).keys == ["901", "901"]
    assert pair({"1": entry(1)}, named("Company 1", "Company 1")).keys == ["1", "1"]


def test_a_reference_left_out_is_not_filled_by_a_namesake() -> None:
    identities = [*at("company-1.example.com"), *named("Company 1")]
    assert paired({"a": entry(1)}, identities, ["a", "b"]).keys == ["a", None]


def test_in_a_map_by_references_a_stranger_must_fit() -> None:
    entries = {"1": entry(1), "elsewhere": {"name": "Acme Inc."}}
    assert pair(entries, named("Company 1", "Acme")).keys == ["1", "elsewhere"]
    assert pair(entries, named("Company 1", "Zeta")) == Pairs(["1", None], ["elsewhere"], by_reference=True)


def test_a_key_is_an_id_where_an_entry_tells_none() -> None:
    assert pair({"77": {"name": "Acme"}}, [Identity("company", id="77"), *named("Zeta")]).keys == ["77", None]


def test_a_reference_that_is_also_the_companys_id() -> None:
    assert pair({"1": {"id": 1, "name": "Acme"}}, named("acme")).keys == ["1"]


def test_the_public_id_goes_before_another_companys_inner_one() -> None:
    inner, public = {"id": 7, "name": "A"}, {"id": 8, "lushaCompanyId": "7", "name": "B"}
    assert pair({"7": inner, "8": public}, [Identity("company", id="7")]).keys == ["8"]
