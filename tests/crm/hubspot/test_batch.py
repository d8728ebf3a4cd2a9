"""Writing: one bad value stops only itself, whichever way HubSpot reports it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import InDoubt, QuotaExhausted, RequestRefused
from connector.models import Rejection, Update, Value
from tests.crm.hubspot.portal import Reply, StubPortal
from tests.crm.patience import at_last

INVALID = "VALIDATION_ERROR"


@pytest.fixture
def portal() -> StubPortal:
    stub = StubPortal()
    for one in range(1, 101):
        stub.add("contacts", str(one), jobtitle="Chemist")
    return stub


def titles(*ids: int, **more: Any) -> list[Update]:
    return [Update(str(one), {"jobtitle": f"Engineer {one}", **more}) for one in ids]


def refuse_titles(*bad: str, named: bool = False) -> Any:
    """A rule that refuses a batch holding one of these titles, with the property named or not."""

    def rule(inputs: list[dict[str, Any]]) -> Any:
        if not any(one["properties"].get("jobtitle") in bad for one in inputs):
            return None
        detail = {"code": "INVALID_TITLE", "message": "not a title", "context": {"propertyName": ["jobtitle"]}}
        return 400, {"message": "Property values were not valid", "category": INVALID} | (
            {"errors": [detail]} if named else {}
        )

    return rule


def test_one_result_for_each_update_in_order(portal: StubPortal) -> None:
    crm = portal.connect()
    results = crm.update("contact", titles(3, 1, 2))
    assert [result.id for result in results] == ["3", "1", "2"]
    assert all(result.written == {"jobtitle"} and not result.rejections for result in results)
    [body] = portal.sent("/crm/v3/objects/contacts/batch/update")
    assert body["inputs"][0] == {"id": "3", "properties": {"jobtitle": "Engineer 3"}, "objectWriteTraceId": "3"}


def test_values_travel_as_text_and_null_clears(portal: StubPortal) -> None:
    crm = portal.connect()
    at_last(crm, "contacts", [Update("1", {"employees": 364.0, "jobtitle": None, "stamp": "2026-11-22T10:00:00Z"})])
    [body] = portal.sent("batch/update")
    assert body["inputs"][0]["properties"] == {
        "employees": "364",
        "jobtitle": "",
        "stamp": "2026-11-22T10:00:00Z",
    }


def test_what_cannot_fit_is_never_sent(portal: StubPortal) -> None:
    crm = portal.connect()
    [result, other] = at_last(
        crm,
        "contacts",
        [
            Update("1", {"jobtitle": "Engineer", "level": "Boss", "hs_email_optout": True, "score": 3, "nope": "x"}),
            Update("2", {"hs_email_optout": "true"}),
        ],
    )
    assert result.written == {"jobtitle"}
    assert {(one.field, one.code) for one in result.rejections} == {
        ("level", "INVALID_OPTION"),
        ("hs_email_optout", "READ_ONLY_VALUE"),
        ("score", "READ_ONLY_VALUE"),
        ("nope", "PROPERTY_DOESNT_EXIST"),
    }
    assert (other.written, other.gone) == (frozenset(), False)
    [body] = portal.sent("batch/update")
    assert body["inputs"] == [{"id": "1", "properties": {"jobtitle": "Engineer"}, "objectWriteTraceId": "1"}]


def test_a_named_property_that_one_record_carries_costs_one_more_call(portal: StubPortal) -> None:
    crm = portal.connect()
    portal.rule = lambda inputs: (
        (400, {"message": 'Property values were not valid: [{"error":"INVALID_PHONE","message":"bad","name":"phone"}]'})
        if any("phone" in one["properties"] for one in inputs)
        else None
    )
    results = at_last(crm, "contacts", [*titles(1), *titles(2, phone="+1 555 0100"), *titles(3)])
    assert [result.written for result in results] == [{"jobtitle"}] * 3
    assert results[1].rejections == (Rejection("INVALID_PHONE", "bad", "phone"),)
    assert crm.calls.write == 2


def test_a_named_property_that_all_carry_is_halved_down_to_the_record(portal: StubPortal) -> None:
    crm = portal.connect()
    portal.rule = refuse_titles("Engineer 42", named=True)
    results = at_last(crm, "contacts", titles(*range(1, 101)))
    assert [result.id for result in results if not result.written] == ["42"]
    assert results[41].rejections == (Rejection("INVALID_TITLE", "not a title", "jobtitle"),)
    assert crm.calls.write <= 1 + 2 * 7


def test_a_value_that_the_words_name_costs_one_more_call(portal: StubPortal) -> None:
    crm = portal.connect()
    bad = {"code": "INVALID_EMAIL", "message": "Email address p42@ is invalid", "context": {"propertyName": ["email"]}}
    portal.rule = lambda inputs: (
        (400, {"message": "Property values were not valid", "errors": [bad]})
        if any(one["properties"].get("email") == "p42@" for one in inputs)
        else None
    )
    updates = [Update(str(one), {"email": f"p{one}@" + ("" if one == 42 else "example.com")}) for one in range(1, 101)]
    results = at_last(crm, "contacts", updates)
    assert [result.id for result in results if result.rejections] == ["42"]
    assert results[41].rejections[0].message == "Email address p42@ is invalid"
    assert crm.calls.write == 2


def test_nobody_named_ends_with_the_record_and_its_words(portal: StubPortal) -> None:
    crm = portal.connect()
    portal.rule = refuse_titles("Engineer 7", "Engineer 90")
    results = at_last(crm, "contacts", titles(*range(1, 101)))
    assert [result.id for result in results if not result.written] == ["7", "90"]
    assert results[6].rejections == (Rejection(INVALID, "Property values were not valid"),)
    assert crm.calls.write <= 1 + 2 * 2 * 7


def test_a_conflict_that_the_look_up_could_not_see(portal: StubPortal) -> None:
    crm = portal.connect()

    def rule(inputs: list[dict[str, Any]]) -> Any:
        taken = any(one["properties"].get("email") == "eve@example.com" for one in inputs)
        return (409, {"message": "Contact already exists. Existing ID: 77", "category": "CONFLICT"}) if taken else None

    portal.rule = rule
    updates = [Update(str(one), {"jobtitle": "Engineer", "email": f"p{one}@example.com"}) for one in range(1, 9)]
    updates[4] = Update("5", {"jobtitle": "Engineer", "email": "eve@example.com"})
    results = at_last(crm, "contacts", updates)
    assert results[4].written == {"jobtitle"}
    assert results[4].rejections == (
        Rejection("DUPLICATE_VALUE", 'record 77 already holds this value of "email"', "email"),
    )
    assert all(result.written == {"jobtitle", "email"} for result in results if result.id != "5")


def test_a_deleted_record_stops_nobody(portal: StubPortal) -> None:
    crm = portal.connect()
    del portal.rows["contacts"]["2"]
    results = at_last(crm, "contacts", titles(1, 2, 3))
    assert [(result.gone, result.written) for result in results] == [
        (False, {"jobtitle"}),
        (True, frozenset()),
        (False, {"jobtitle"}),
    ]
    assert crm.calls.write == 1


def test_a_lone_deleted_record_answered_with_404(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    portal.script.append((404, {"category": "OBJECT_NOT_FOUND", "message": "Object not found"}))
    assert at_last(crm, "contacts", titles(1))[0].gone


def test_errors_under_200_are_read(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    error = {
        "category": INVALID,
        "message": "m",
        "context": {"id": ["2"]},
        "errors": [{"code": "INVALID_PHONE", "message": "bad", "context": {"propertyName": ["phone"]}}],
    }
    rule = {"category": "RULE_BROKEN", "message": "Titles are closed for object id 3"}
    portal.script.append((200, {"results": [{"id": "1"}], "errors": [error, rule]}))
    results = at_last(crm, "contacts", [*titles(1), *titles(2, phone="+1 555 0100"), *titles(3)])
    assert [result.written for result in results] == [{"jobtitle"}, {"jobtitle"}, frozenset()]
    assert results[1].rejections == (Rejection("INVALID_PHONE", "bad", "phone"),)
    assert results[2].rejections == (Rejection("RULE_BROKEN", "Titles are closed for object id 3"),)
    second = portal.sent("batch/update")[1]
    assert second["inputs"] == [{"id": "2", "properties": {"jobtitle": "Engineer 2"}, "objectWriteTraceId": "2"}]


@pytest.mark.parametrize(
    ("code", "transient"),
    [("INTERNAL_ERROR", True), ("RATE_LIMITS", True), ("RULE_BROKEN", False), ("VALIDATION_ERROR", False)],
)
def test_what_passes_by_itself_is_left_to_the_next_run(portal: StubPortal, code: str, transient: bool) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    error = {"status": "error", "category": code, "message": "not now", "context": {"ids": ["2"]}}
    portal.script.append((207, {"results": [{"id": "1"}], "errors": [error]}))
    _, result = at_last(crm, "contacts", titles(1, 2))
    assert result.rejections == (Rejection(code, "not now", transient=transient),)


STAMPED = frozenset({"stamp"})


def stamped(id: str, **values: Value) -> Update:
    return Update(id, {**values, "stamp": "2026-11-22T10:00:00Z"}, STAMPED)


def test_stamps_left_by_a_value_that_cannot_fit_are_not_sent(portal: StubPortal) -> None:
    crm = portal.connect()
    poor, good, taken = at_last(
        crm,
        "contacts",
        [
            stamped("1", level="Boss"),
            stamped("2", jobtitle="Engineer"),
            stamped("3", level="Boss", jobtitle="Engineer"),
        ],
    )
    assert (poor.written, [one.field for one in poor.rejections]) == (frozenset(), ["level"])
    assert good.written == taken.written == {"jobtitle", "stamp"}
    [body] = portal.sent("batch/update")
    assert [one["id"] for one in body["inputs"]] == ["2", "3"]


def test_stamps_left_by_a_duplicate_are_not_sent(portal: StubPortal) -> None:
    crm = portal.connect()
    portal.rows["contacts"]["50"]["email"] = "ada@example.com"
    [result] = at_last(crm, "contacts", [stamped("1", email="ada@example.com")])
    assert (result.written, [one.code for one in result.rejections]) == (frozenset(), ["DUPLICATE_VALUE"])
    assert portal.sent("batch/update") == []


def test_stamps_left_by_a_refusal_are_not_sent_again(portal: StubPortal) -> None:
    crm = portal.connect()
    portal.rule = refuse_titles("Engineer 1", named=True)
    results = at_last(crm, "contacts", [stamped("1", jobtitle="Engineer 1"), stamped("2", phone="+1 555 0100")])
    assert [result.written for result in results] == [frozenset(), {"phone", "stamp"}]
    assert [[one["id"] for one in body["inputs"]] for body in portal.sent("batch/update")] == [["1", "2"], ["2"]]


def test_stamps_left_by_a_207_are_not_sent_again(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    detail = {"code": "INVALID_PHONE", "message": "bad", "context": {"propertyName": ["phone"]}}
    error = {"category": INVALID, "message": "m", "context": {"id": ["1"]}, "errors": [detail]}
    portal.script.append((207, {"results": [], "errors": [error]}))
    [result] = at_last(crm, "contacts", [stamped("1", phone="+1 555 0100")])
    assert (result.written, [one.field for one in result.rejections]) == (frozenset(), ["phone"])
    assert len(portal.sent("batch/update")) == 1


def test_a_record_that_the_answer_leaves_out_is_read_again(portal: StubPortal) -> None:
    crm = portal.connect()
    portal.silent = {"2", "3", "4"}
    portal.rows["contacts"]["2"]["jobtitle"] = "Engineer 2"  # it did land
    updates = titles(1, 2, 3)
    results = at_last(crm, "contacts", updates)
    assert [result.written for result in results] == [{"jobtitle"}, {"jobtitle"}, frozenset()]
    assert results[2].rejections == (
        Rejection("NO_RESULT", "HubSpot's answer does not mention this record, and it is unchanged", transient=True),
    )


def test_what_hubspot_spells_otherwise_did_land(portal: StubPortal) -> None:
    crm = portal.connect()
    portal.silent = {"1"}
    portal.rows["contacts"]["1"] = {"stamp": "2026-11-22T10:00:00.000Z", "email": "ada@example.com", "employees": "7"}
    sent: dict[str, Value] = {
        "stamp": "2026-11-22T11:00:00+01:00",
        "email": "Ada@Example.com",
        "employees": 7.0,
        "phone": None,
    }
    [result] = at_last(crm, "contacts", [Update("1", sent)])
    assert result.written == set(sent)


def test_an_error_that_names_nobody_goes_to_the_record_left_out(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    told = {"results": [{"id": "1"}], "errors": [{"category": "RULE_BROKEN", "message": "Titles are closed"}]}
    portal.script.append((207, told))
    results = at_last(crm, "contacts", titles(1, 2))
    assert results[1].rejections == (Rejection("RULE_BROKEN", "Titles are closed"),)


def test_a_refusal_that_means_no_item_is_raised(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    portal.script.append(Reply(415, {"message": "Unsupported media type"}))
    with pytest.raises(RequestRefused, match="answered 415"):
        at_last(crm, "contacts", titles(1, 2))
    assert crm.calls.write == 1


def test_halves_are_told_apart_and_nothing_is_sent_again_by_itself(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    portal.script.append((400, {"message": "no", "category": INVALID}))
    results = crm.update("contacts", titles(1, 2, 3))
    assert [result.again and result.again.part for result in results] == [0, 1, 1]
    assert all(one.transient for result in results for one in result.rejections)
    assert crm.calls.write == 1


def test_a_day_that_is_over_is_raised_and_nothing_was_done(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    portal.script.append((429, {"message": "You have reached your daily limit.", "policyName": "DAILY"}))
    with pytest.raises(QuotaExhausted, match="daily calls are used up"):
        crm.update("contacts", titles(1, 2, 3))


def test_a_lost_answer_or_a_failed_reread_is_a_doubt_about_all(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.schema("contacts")
    portal.script.append((500, b""))
    with pytest.raises(InDoubt):
        crm.update("contacts", titles(1, 2, 3))
    portal.silent = {"2"}
    portal.script.extend([None, (401, {"message": "expired"})])
    with pytest.raises(InDoubt, match="may or may not have done this write: HubSpot does not accept the access token"):
        crm.update("contacts", titles(1, 2))


def test_more_than_a_batch_or_a_record_twice_is_the_callers_mistake(portal: StubPortal) -> None:
    crm = portal.connect()
    for updates in (titles(*range(1, 102)), [*titles(1), *titles(1)]):
        with pytest.raises(ValueError, match="100 at a time, no id twice"):
            crm.update("contacts", updates)
    assert portal.sent("batch/update") == []


def test_nothing_to_write_sends_nothing(portal: StubPortal) -> None:
    crm = portal.connect()
    assert at_last(crm, "contacts", []) == []
    assert at_last(crm, "contacts", [Update("1", {})])[0].written == frozenset()
    assert portal.sent("batch/update") == []


@settings(max_examples=40, deadline=None)
@given(
    bad=st.sets(st.integers(1, 40), max_size=4),
    gone=st.sets(st.integers(1, 40), max_size=4),
    named=st.booleans(),
)
def test_every_good_record_lands_and_every_bad_one_is_told(bad: set[int], gone: set[int], named: bool) -> None:
    portal = StubPortal()
    for one in set(range(1, 41)) - gone:
        portal.add("contacts", str(one))
    portal.rule = refuse_titles(*(f"Engineer {one}" for one in bad), named=named)
    crm = portal.connect()
    results = at_last(crm, "contacts", titles(*range(1, 41)))
    for one, result in enumerate(results, start=1):
        if one in bad:
            assert not result.written
            assert result.rejections
        else:
            assert result.gone == (one in gone)
            assert result.written == (set() if one in gone else {"jobtitle"})
    assert crm.calls.write <= 1 + 2 * 6 * len(bad)
    assert {one for one, row in portal.rows["contacts"].items() if row} == {
        str(one) for one in range(1, 41) if one not in bad | gone
    }
