from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.conform import cut_text
from connector.mapping.fitting import REGION, Unfit, default_transforms, fit
from connector.mapping.transforms import TRANSFORMS
from connector.mapping.values import same
from connector.models import FieldInfo, FieldType, Option, Value, is_blank

INDUSTRIES = (Option("tech", "Technology"), Option("fin", "Financial Services"))
TEXT = FieldInfo("Title", "Title", "text", length=40)


def field(type: FieldType, *, restricted: bool = True, length: int | None = None) -> FieldInfo:
    return FieldInfo("Industry", "Industry", type, options=INDUSTRIES, restricted=restricted, length=length)


def refusal(value: Any, info: FieldInfo, *transforms: tuple[str, Any], **context: Any) -> str:
    with pytest.raises(Unfit) as unfit:
        fit(value, info, transforms, context=context)
    return unfit.value.reason


def test_a_picklist_that_a_place_fills_gets_its_own_option_for_it() -> None:
    picklist = field("picklist")
    assert default_transforms(picklist, {"location.country"}) == (("country", None),)
    assert default_transforms(picklist, {"location.state"}) == (("state", None),)
    assert default_transforms(picklist, {"location.country", "location.state"}) == ()
    assert default_transforms(picklist, ()) == ()


@pytest.mark.parametrize(
    ("type", "value", "fitted"),
    [
        ("text", "  Engineer ", "Engineer"),
        ("text", 364.0, "364"),
        ("text", True, "true"),
        ("text", ["a", "Unknown", " b ", None, 3], "a; b; 3"),
        ("phone", "+44 20 7946 0123", "+442079460123"),
        ("phone", ["junk", "+44 20 7946 0123", "+44 20 7946 0124"], "+442079460123"),
        ("email", [" Jane@Example.com", "joe@example.com"], "jane@example.com"),
        ("url", "acme.example", "https://acme.example"),
        ("integer", "1,234", 1234),
        ("integer", 12.0, 12),
        ("number", "12.5", 12.5),
        ("number", [12.0, 13], 12),
        ("boolean", "Yes", True),
        ("boolean", False, False),
        ("date", "2026-04-23T23:30:00-05:00", "2026-04-24"),
        ("date", "0987-01-02", "0987-01-02"),
        ("datetime", "2026-04-23", "2026-04-23T00:00:00Z"),
        ("datetime", 1776945600000, "2026-04-23T12:00:00Z"),
        ("picklist", "technology", "tech"),
        ("picklist", ["FIN", "tech"], "fin"),
        ("multipicklist", ["Technology", "fin", "tech"], "tech;fin"),
        ("multipicklist", "tech; Financial services", "tech;fin"),
        ("multipicklist", ["Mining", "fin", "Farming"], "fin"),
        ("other", 5, 5),
        ("other", ["a", "b"], "a"),
    ],
)
def test_without_a_transform_the_type_of_the_field_decides(type: FieldType, value: Any, fitted: Value) -> None:
    found = fit(value, field(type), (), context={})
    assert (found, found.__class__) == (fitted, fitted.__class__)


@pytest.mark.parametrize(
    "value", [None, "", "  ", "Unknown", "N/A", "-", "none", "TEST", [], {}, ["", None, "n/a"], [[], ["-"]]]
)
@pytest.mark.parametrize("type", get_args(FieldType))
def test_blanks_and_placeholders_are_nothing_to_write(value: Any, type: FieldType) -> None:
    assert fit(value, field(type), (), context={}) is None
    assert fit(value, field(type), [("text", 5), ("join", None)], context={}) is None


@pytest.mark.parametrize(
    ("type", "value", "reason"),
    [
        ("phone", "020 7946 0123", "no country to read a national number by"),
        ("phone", ["020 7946 0123", "abc"], "no country to read a national number by"),
        ("phone", "abc", "not a phone number"),
        ("email", "jane@", "not an e-mail address"),
        ("url", "jane@acme.example", "'jane@acme.example' is not a web address"),
        ("integer", "51-200", "'51-200' is not a whole number"),
        ("integer", 12.5, "'12.5' is not a whole number"),
        ("number", "many", "'many' is not a number"),
        ("number", True, "'true' is not a number"),
        ("boolean", "maybe", "'maybe' is neither true nor false"),
        ("date", "2026-04", "'2026-04' is not a complete date"),
        ("datetime", 2026, "'2026' is not a complete time"),
        ("picklist", "Mining", "'Mining' is not an option of Industry"),
        ("multipicklist", ["Mining", "Farming"], "'Mining' is not an option of Industry"),
        ("text", {"city": "Berlin"}, "an object or a nested list cannot be written; name one of its attributes"),
        ("text", [["a"]], "an object or a nested list cannot be written; name one of its attributes"),
        ("text", float("nan"), "nan is not a number"),
        ("text", object(), "a value of type object cannot be written"),
    ],
)
def test_what_does_not_fit_says_why(type: FieldType, value: Any, reason: str) -> None:
    assert refusal(value, field(type)) == reason


def test_an_open_picklist_takes_other_words() -> None:
    assert fit("Mining", field("picklist", restricted=False), (), context={}) == "Mining"
    assert fit(["Mining", "tech"], field("multipicklist", restricted=False), (), context={}) == "Mining;tech"


def test_options_are_held_to_after_declared_transforms_too() -> None:
    words = ("picklist", {"C-Suite": "Executive", "Software": "Technology", "Other": None})
    assert fit("software", field("picklist"), [words], context={}) == "tech"
    assert fit("Other", field("picklist"), [words], context={}) is None
    assert fit("fin", field("picklist"), [words], context={}) == "fin"
    assert refusal("C-Suite", field("picklist"), words) == "'Executive' is not an option of Industry"
    assert fit(["Software", "Other", "fin"], field("multipicklist"), [words], context={}) == "tech;fin"


def test_a_word_of_the_crm_may_say_that_nothing_is_known() -> None:
    options = (Option("unknown", "Unknown"), Option("na", "Namibia"))
    info = FieldInfo("Land", "Land", "picklist", options=options, restricted=True)
    assert fit("Other", info, [("picklist", {"Other": "Unknown"})], context={}) == "unknown"
    assert fit("Unknown", info, [("picklist", {"Other": "Unknown"})], context={}) is None
    assert fit("Namibia", info, [("country", None)], context={}) == "na"


@pytest.mark.parametrize(
    ("transforms", "value", "fitted"),
    [
        ([("phone", {"region": "GB"})], "020 7946 0123 x5", "+442079460123 ext. 5"),
        ([("phone", {"region_from": "MailingCountry"})], "030 23125 123", "+493023125123"),
        ([("phone", {"region_from": "Blank"})], "020 7946 0123", "+442079460123"),
        ([("phone", None)], "020 7946 0123", "+442079460123"),
        ([("email", None)], ["A@Example.com", "b@example.com"], "a@example.com; b@example.com"),
        ([("domain", None)], "https://www.acme.example/x", "acme.example"),
        ([("url", None)], "acme.example", "https://acme.example"),
        ([("linkedin_url", None)], "linkedin.com/in/Jane/", "https://www.linkedin.com/in/jane"),
        ([("int", None)], "1,200", "1200"),
        ([("number", None)], "1.50", "1.5"),
        ([("text", 10)], ["Sales", "Marketing"], "Sales"),
        ([("text", None)], 5, "5"),
        ([("join", ", ")], ["a", "b"], "a, b"),
        ([("join", None)], ["a", "b"], "a; b"),
        ([("join", " / "), ("text", 5)], ["ab", "cd"], "ab"),
        ([("picklist", {"C-Suite": "Executive", 5: "Five"})], ["C-Suite", 5, "VP"], "Executive; Five; VP"),
    ],
)
def test_declared_transforms_run_in_order(transforms: Any, value: Any, fitted: Value) -> None:
    context = {REGION: "GB", "MailingCountry": "Germany", "Blank": None}
    assert fit(value, TEXT, transforms, context=context) == fitted


def test_a_declared_transform_keeps_the_default_one_away_but_not_the_shape() -> None:
    assert fit("020 7946 0123", field("phone"), [("text", None)], context={}) == "020 7946 0123"
    assert fit("12", field("integer"), [("text", None)], context={}) == 12
    assert refusal("x", field("integer"), ("text", None)) == "'x' is not a whole number"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("phone", "not a phone number"),
        ("email", "not an e-mail address"),
        ("domain", "'abc' is not a domain"),
        ("url", "'abc' is not a web address"),
        ("linkedin_url", "not the address of a LinkedIn person or company"),
        ("int", "'abc' is not a whole number"),
        ("number", "'abc' is not a number"),
    ],
)
def test_a_transform_refuses_what_it_cannot_read(name: str, reason: str) -> None:
    assert refusal("abc", TEXT, (name, None)) == reason


def test_a_text_that_is_too_long_is_skipped_or_cut_at_a_word() -> None:
    short = FieldInfo("Title", "Title", "text", length=20)
    title = "Senior Vice President, Sales"
    assert refusal(title, short) == "28 characters, the field takes 20"
    assert fit(title, short, (), on_too_long="cut", context={}) == "Senior Vice"
    assert fit("Donaudampfschifffahrtsgesellschaft", short, (), on_too_long="cut", context={}) == "Donaudampfschifffahr"


@pytest.mark.parametrize(
    ("type", "value"),
    [("text", "https://acme.example/a/long/path"), ("text", "jane.doe.smith@acme.example"),
     ("picklist", "Quarrying and Mining"), ("url", "https://acme.example/a/long/path"),
     ("phone", "+442079460123 ext. 12345")],
)  # fmt: skip
def test_what_means_nothing_when_cut_is_never_cut(type: FieldType, value: str) -> None:
    with pytest.raises(Unfit, match=r"^\d+ characters, the field takes 15$"):
        fit(value, field(type, restricted=False, length=15), (), on_too_long="cut", context={})


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab ,;é", min_size=1, max_size=30), st.integers(1, 20))
def test_a_cut_text_is_a_beginning_of_the_whole_and_never_longer(text: str, length: int) -> None:
    cut = cut_text(text, length)
    assert len(cut) <= length and text.startswith(cut)
    assert cut_text(cut, length) == cut


FOUND = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["+442079460123", "a@example.com", "acme.example", "tech", "2026-04-23", "12", "yes", "N/A"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("a"), inner, max_size=1),
    max_leaves=4,
)
DECLARED = st.sampled_from(
    [("picklist", {"a": "tech", "b": None}), *((name, None) for name in TRANSFORMS if name != "picklist")]
)


@settings(max_examples=300, deadline=None)
@given(FOUND, st.sampled_from(get_args(FieldType)), st.lists(DECLARED, max_size=2), st.sampled_from(["skip", "cut"]))
def test_a_fitted_value_holds_to_the_field_and_fits_again(
    found: Any, type: FieldType, transforms: Any, how: Any
) -> None:
    info = field(type, length=15)
    try:
        fitted = fit(found, info, transforms, on_too_long=how, context={REGION: "GB"})
    except Unfit as unfit:
        assert unfit.reason
        return
    assert fitted is None or not is_blank(fitted)
    assert not isinstance(fitted, str) or len(fitted) <= 15
    if type in ("picklist", "multipicklist") and fitted is not None:
        assert set(str(fitted).split(";")) <= {"tech", "fin"}
    if not transforms or not default_transforms(info):
        again = fit(fitted, info, (), on_too_long=how, context={REGION: "GB"})
        assert again is None or same(again, fitted, info)
