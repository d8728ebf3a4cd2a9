"""What may stand together in one record where a picklist depends on another field."""

from __future__ import annotations

import pytest

from connector.mapping.dependencies import beside, broken, ruled
from connector.models import Dependency, FieldInfo, Option, Value


def picklist(name: str, *depends: Dependency) -> FieldInfo:
    options = tuple(Option(word, word) for word in ("NY", "ON", "US", "CA"))
    return FieldInfo(name, name, "picklist", options=options, depends=depends)


STATES = Dependency("Country", {"US": ("NY",), "CA": ("ON",), "DE": ()})
SCHEMA = {info.name: info for info in (picklist("Country"), picklist("State", STATES), picklist("Other"))}


@pytest.mark.parametrize(
    ("planned", "held", "found"),
    [
        ({"State": "NY"}, {"Country": "US"}, {}),
        ({"State": "NY", "Country": "US"}, {"Country": "CA"}, {}),
        ({"State": "NY"}, {"Country": "CA"}, {"State": "'NY' does not go with 'CA' of Country"}),
        ({"State": "NY"}, {"Country": None}, {"State": "'NY' needs a value of Country, which is blank"}),
        ({"State": "NY"}, {"Country": "DE"}, {"State": "'NY' does not go with 'DE' of Country"}),
        ({"State": "NY"}, {"Country": "Atlantis"}, {}),  # the CRM does not tell, so the CRM decides
        ({"Country": "US"}, {"State": "ON"}, {"Country": "State holds 'ON', which does not go with 'US'"}),
        ({"Country": None}, {"State": "ON"}, {"Country": "State holds 'ON', which does not go with no value here"}),
        ({"Country": "US"}, {"State": None}, {}),
        ({"State": None}, {"Country": "CA"}, {}),
        ({"Other": "US"}, {"Country": "US", "State": "ON"}, {}),  # wrong before us, and not ours to judge
    ],
)
def test_what_does_not_go_together(planned: dict[str, Value], held: dict[str, Value], found: dict[str, str]) -> None:
    assert broken(planned, held, ruled(planned.keys(), SCHEMA)) == found


def test_what_is_left_is_judged_again_without_what_fell() -> None:
    city = picklist("City", Dependency("State", {"NY": ("US",), "ON": ()}))
    fields = (SCHEMA["State"], city)
    planned: dict[str, Value] = {"State": "NY", "City": "US"}
    assert set(broken(planned, {"Country": "CA", "State": "ON"}, fields)) == {"State", "City"}


def test_each_entry_of_a_multi_select_and_a_checkbox_as_controller() -> None:
    open_ = Dependency("Open", {"true": ("a", "b"), "false": ("a",)})
    tags = FieldInfo("Tags", "Tags", "multipicklist", depends=(open_,))
    assert broken({"Tags": "a;b"}, {"Open": True}, [tags]) == {}
    assert set(broken({"Tags": "a;b"}, {"Open": False}, [tags])) == {"Tags"}


def test_a_semicolon_in_an_option_of_a_plain_picklist_divides_nothing() -> None:
    by_type = FieldInfo("Kind", "Kind", "picklist", depends=(Dependency("Type", {"0121": ("Food; Beverage",)}),))
    assert broken({"Kind": "Food; Beverage"}, {"Type": "0121"}, [by_type]) == {}


def test_a_blank_controller_may_allow_options_and_ids_are_told_by_name() -> None:
    by_type = picklist("Kind", Dependency("Type", {"": ("NY", "ON"), "0121": ("NY",)}, {"0121": "Partner"}))
    assert broken({"Kind": "ON"}, {"Type": None}, [by_type]) == {}
    assert broken({"Kind": "ON"}, {"Type": "0129"}, [by_type]) == {}
    assert broken({"Kind": "ON"}, {"Type": "0121"}, [by_type]) == {"Kind": "'ON' does not go with 'Partner' of Type"}


def test_what_must_be_read_beside() -> None:
    assert beside(ruled(["Country"], SCHEMA)) == beside(ruled(["State"], SCHEMA)) == {"Country", "State"}
    assert ruled(["Other"], SCHEMA) == ()
