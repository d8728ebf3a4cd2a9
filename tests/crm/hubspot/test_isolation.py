"""Who is blamed for a refusal, and how the rest is divided."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.crm.hubspot.answers import Complaint
from connector.crm.hubspot.isolation import blame, divide, suspects, without
from connector.models import Rejection

THREE = {
    "1": {"jobtitle": "Chemist", "phone": "x"},
    "2": {"jobtitle": "Engineer"},
    "3": {"email": "eve@example.com"},
}


def complaint(code: str = "INVALID", **named: frozenset[str]) -> Complaint:
    return Complaint(code, "words", **named)  # type: ignore[arg-type]


def names(*some: str) -> frozenset[str]:
    return frozenset(some)


def test_a_property_that_one_record_carries() -> None:
    assert blame([complaint(properties=names("phone"))], THREE, ()) == {
        "1": {"phone": Rejection("INVALID", "words", "phone")}
    }


def test_a_property_that_two_carry_is_not_certain() -> None:
    told = [complaint(properties=names("jobtitle"))]
    assert blame(told, THREE, ()) == {}
    assert suspects(told, THREE, ()) == {"1", "2"}


def test_ids_values_and_wrong_properties_make_it_certain() -> None:
    by_id = complaint(properties=names("jobtitle"), ids=names("2"))
    by_value = complaint(properties=names("jobtitle"), values=names("Chemist"))
    everywhere = complaint("READ_ONLY_VALUE", properties=names("jobtitle"))
    assert set(blame([by_id], THREE, ())) == {"2"}
    assert set(blame([by_value], THREE, ())) == {"1"}
    assert set(blame([everywhere], THREE, ())) == {"1", "2"}


def test_a_conflict_means_the_unique_values() -> None:
    told = Complaint("CONFLICT", "Contact already exists.", holder="9")
    assert blame([told], THREE, ("email",)) == {
        "3": {"email": Rejection("DUPLICATE_VALUE", 'record 9 already holds this value of "email"', "email")}
    }


def test_what_is_left() -> None:
    left = without(THREE, blame([complaint(properties=names("email", "phone"))], THREE, ()))
    assert left == {"1": {"jobtitle": "Chemist"}, "2": {"jobtitle": "Engineer"}}


@settings(max_examples=100, deadline=None)
@given(st.sets(st.integers(1, 99), min_size=2), st.data())
def test_dividing_loses_nobody_and_halves_the_suspects(ids: set[int], data: st.DataObject) -> None:
    inputs = {str(one): {"jobtitle": "x"} for one in ids}
    suspected = data.draw(st.sets(st.sampled_from(sorted(inputs))))
    first, second = divide(inputs, suspected)
    assert first
    assert second
    assert first | second == inputs
    assert not first.keys() & second.keys()
    among = suspected or set(inputs)
    assert len(among & first.keys()) <= max(1, len(among) // 2)
