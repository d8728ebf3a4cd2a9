"""What is sent again, and what becomes of each record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.crm.salesforce.update import write
from connector.errors import ConnectorError, InDoubt, NotDone, QuotaExhausted, RequestRefused, VendorUnreachable
from connector.models import Again, Rejection, Update, WriteResult
from tests.crm.patience import settled

OK = {"success": True, "errors": []}


def no(code: str, *fields: str, message: str = "words") -> dict[str, Any]:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": list(fields)}]}


class Org:
    """Answers each request from a list: results by record, or an error to raise."""

    def __init__(self, *answers: Mapping[str, Mapping[str, Any]] | ConnectorError) -> None:
        self.answers = list(answers)
        self.sent: list[list[Update]] = []

    def send(self, updates: Sequence[Update]) -> Sequence[Mapping[str, Any]]:
        self.sent.append([Update(one.id, dict(one.values)) for one in updates])
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, ConnectorError):
            raise answer
        return [answer.get(one.id, OK) for one in updates]

    def write(self, *updates: Update) -> list[WriteResult]:
        return write(updates, self.send)

    def land(self, *updates: Update) -> list[WriteResult]:
        """As ``write``, and again what may be sent again."""
        return settled(lambda some: write(some, self.send), updates)


A = Update("a", {"Title": "CEO", "Phone": "+15550100"})
B = Update("b", {"Title": "CTO"})
SEEN = datetime(2026, 7, 1, tzinfo=UTC)


def test_what_lands_at_once_is_sent_once() -> None:
    org = Org()
    assert org.write(A, B) == [WriteResult("a", frozenset({"Title", "Phone"})), WriteResult("b", frozenset({"Title"}))]
    assert len(org.sent) == 1


@pytest.mark.parametrize(
    "code",
    ["DUPLICATE_VALUE", "FIELD_INTEGRITY_EXCEPTION", "INVALID_EMAIL_ADDRESS", "INVALID_FIELD",
     "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INVALID_TYPE_ON_FIELD_IN_RECORD",
     "JSON_PARSER_ERROR", "NUMBER_OUTSIDE_VALID_RANGE", "STRING_TOO_LONG"],
)  # fmt: skip
def test_a_refused_field_is_dropped_and_the_rest_sent_once_more(code: str) -> None:
    org = Org({"a": no(code, "title")})
    first, second = org.land(A, B)
    assert first == WriteResult("a", frozenset({"Phone"}), (Rejection(code, "words", "Title"),))
    assert second.written == {"Title"}
    assert org.sent[1:] == [[Update("a", {"Phone": "+15550100"})]]


def test_two_refused_fields_leave_nothing_to_send() -> None:
    errors = [*no("STRING_TOO_LONG", "Title")["errors"], *no("INVALID_EMAIL_ADDRESS", "Phone")["errors"]]
    org = Org({"a": {"success": False, "errors": errors}})
    (result,) = org.write(A)
    assert result.written == frozenset()
    assert [rejection.field for rejection in result.rejections] == ["Title", "Phone"]
    assert len(org.sent) == 1


def test_nothing_is_sent_again_by_itself() -> None:
    org = Org({"a": no("STRING_TOO_LONG", "Title")})
    first, second = org.write(A, B)
    assert first == WriteResult("a", rejections=(Rejection("STRING_TOO_LONG", "words", "Title"),), again=Again())
    assert second.written == {"Title"}
    assert len(org.sent) == 1


def test_one_field_after_the_other_may_be_refused() -> None:
    org = Org({"a": no("STRING_TOO_LONG", "Title")}, {"a": no("STRING_TOO_LONG", "Phone")})
    (result,) = org.land(A)
    assert result == WriteResult(
        "a",
        rejections=(Rejection("STRING_TOO_LONG", "words", "Title"), Rejection("STRING_TOO_LONG", "words", "Phone")),
    )
    assert len(org.sent) == 2


@pytest.mark.parametrize(
    "answer",
    [
        no("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Title"),
        no("DUPLICATES_DETECTED"),
        no("STRING_TOO_LONG"),
        no("STRING_TOO_LONG", "Somebody_Elses__c"),
        no("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
    ],
)
def test_everything_else_refuses_the_record_in_salesforces_words(answer: dict[str, Any]) -> None:
    org = Org({"a": answer})
    first, second = org.write(A, B)
    assert first == WriteResult("a", rejections=(Rejection(answer["errors"][0]["statusCode"], "words", None),))
    assert second.written == {"Title"}
    assert len(org.sent) == 1


def test_a_refusal_without_a_reason_is_still_one() -> None:
    (result,) = Org({"a": {"success": False, "errors": []}}).write(A)
    assert result.rejections == (Rejection("UNKNOWN", "Salesforce gave no reason"),)


def test_words_are_cleared_of_people() -> None:
    (result,) = Org({"a": no("X", message="jane@acme.example is wrong")}).write(A)
    assert result.rejections[0].message == "***@*** is wrong"


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        (no("ENTITY_IS_DELETED"), True),
        (no("NOT_FOUND"), True),
        (no("CANNOT_UPDATE_CONVERTED_LEAD"), True),
        (no("INVALID_CROSS_REFERENCE_KEY"), True),
        (no("INVALID_CROSS_REFERENCE_KEY", "Title"), False),
        (no("MALFORMED_ID"), False),
    ],
)
def test_gone_records(answer: dict[str, Any], gone: bool) -> None:
    (result,) = Org({"a": answer}).write(A)
    assert result.gone is gone
    assert bool(result.rejections) is not gone


def test_a_locked_row_is_left_to_be_looked_at_again() -> None:
    org = Org({"b": no("UNABLE_TO_LOCK_ROW")})
    first, second = org.write(A, B)
    assert first.written == A.values.keys()
    lock = Rejection("UNABLE_TO_LOCK_ROW", "words", transient=True)
    assert second == WriteResult("b", rejections=(lock,), again=Again(wait=True))
    assert len(org.sent) == 1


def test_after_a_wait_what_is_left_is_looked_at_again_and_what_landed_is_told() -> None:
    wait = NotDone(VendorUnreachable("busy"))
    conditional = replace(A, seen=SEEN)
    first, second = Org({}, wait).write(conditional, B)
    assert (first.again, second.written) == (Again(wait=True), {"Title"})
    with pytest.raises(NotDone):
        Org(wait).write(A, B)


@pytest.mark.parametrize(
    ("code", "transient"),
    [
        ("API_CURRENTLY_DISABLED", True),
        ("QUERY_TIMEOUT", True),
        ("REQUEST_LIMIT_EXCEEDED", True),
        ("SERVER_UNAVAILABLE", True),
        ("TERRITORY_REALIGN_IN_PROGRESS", True),
        ("TOO_MANY_APEX_REQUESTS", True),
        ("REQUEST_RUNNING_TOO_LONG", True),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", False),
        ("ENTITY_IS_LOCKED", False),
        ("STRING_TOO_LONG", False),
        ("UNKNOWN_EXCEPTION", False),
    ],
)
def test_what_passes_by_itself_is_left_to_the_next_run(code: str, transient: bool) -> None:
    org = Org({"b": no(code)})
    (result,) = org.write(B)
    assert result.rejections == (Rejection(code, "words", transient=transient),)
    assert len(org.sent) == 1


def test_a_record_refused_for_good_beside_a_lock_is_no_matter_of_time() -> None:
    errors = [*no("UNABLE_TO_LOCK_ROW")["errors"], *no("FIELD_CUSTOM_VALIDATION_EXCEPTION")["errors"]]
    (result,) = Org({"b": {"success": False, "errors": errors}}).write(B)
    assert [rejection.transient for rejection in result.rejections] == [False, False]


def test_stamps_left_by_a_drop_are_not_sent() -> None:
    stamped = Update("a", {"Title": "CEO", "Stamp__c": "now"}, frozenset({"Stamp__c"}))
    org = Org({"a": no("STRING_TOO_LONG", "Title")})
    assert org.write(stamped) == [WriteResult("a", rejections=(Rejection("STRING_TOO_LONG", "words", "Title"),))]
    assert len(org.sent) == 1


def test_stamps_go_with_what_is_left_to_vouch_for() -> None:
    stamped = Update("a", {**A.values, "Stamp__c": "now"}, frozenset({"Stamp__c"}))
    (result,) = Org({"a": no("STRING_TOO_LONG", "Title")}).land(stamped)
    assert result.written == {"Phone", "Stamp__c"}


def test_no_values_nothing_sent() -> None:
    org = Org()
    assert org.write(Update("a", {})) == [WriteResult("a")]
    assert org.sent == []


@pytest.mark.parametrize("error", [QuotaExhausted("tomorrow"), VendorUnreachable("gone"), InDoubt("lost")])
def test_a_first_request_that_fails_raises(error: ConnectorError) -> None:
    with pytest.raises(type(error)):
        Org(error).write(A, B)


@pytest.mark.parametrize(("code", "passes"), [("400", True), ("JSON_PARSER_ERROR", False)])
def test_a_refusal_without_a_code_is_no_verdict_on_a_record(code: str, passes: bool) -> None:
    (told,) = Org(RequestRefused("a proxy's page", code=code)).write(A)
    assert [(one.code, one.transient) for one in told.rejections] == [(code, passes)]


def test_a_later_request_that_was_not_sent_hides_nothing_that_landed() -> None:
    org = Org({}, QuotaExhausted("resume tomorrow"))
    first, second, third = org.write(replace(A, seen=SEEN), B, Update("c", {"Title": "x"}, seen=SEEN))
    assert second.written == {"Title"}
    unsent = (Rejection("NOT_SENT", "resume tomorrow", None, transient=True),)
    assert (first.rejections, third.rejections) == (unsent, unsent)
    assert first.again == third.again == Again(), "the caller's re-read finds out whether the day is over"
    assert [[one.id for one in batch] for batch in org.sent] == [["b"], ["a"]], "once the day is over, nothing is tried"


def test_those_on_condition_go_one_by_one_after_the_others_and_stay_so() -> None:
    first, last = (Update(id, {"Title": "x", "Phone": "y"}, seen=SEEN) for id in ("c1", "c2"))
    refused = {"c2": no("STRING_TOO_LONG", "Title"), "a": no("STRING_TOO_LONG", "Title")}
    org = Org(refused, refused, refused)
    results = org.write(first, A, last, B)
    assert [result.id for result in results] == ["c1", "a", "c2", "b"]
    assert [[one.id for one in batch] for batch in org.sent] == [["a", "b"], ["c1"], ["c2"]]
    assert [bool(result.again) for result in results] == [False, True, True, False]


def test_a_moved_record_is_told_and_not_sent_again() -> None:
    org = Org({"a": no("PRECONDITION_FAILED")})
    assert org.write(A, B) == [WriteResult("a", again=Again(wait=True)), WriteResult("b", frozenset({"Title"}))]
    assert len(org.sent) == 1


def test_a_later_doubt_is_a_doubt_about_all() -> None:
    with pytest.raises(InDoubt):
        Org({}, InDoubt("lost")).write(replace(A, seen=SEEN), B)


class Picky:
    """Refuses a whole request for any bad record in it, as Salesforce does when JSON does not fit a field."""

    def __init__(self, bad: set[str]) -> None:
        self.bad = bad
        self.landed: list[str] = []
        self.calls = 0

    def send(self, updates: Sequence[Update]) -> Sequence[Mapping[str, Any]]:
        self.calls += 1
        if any(one.id in self.bad for one in updates):
            raise RequestRefused("Cannot deserialize instance of date", code="JSON_PARSER_ERROR")
        self.landed += [one.id for one in updates]
        return [OK] * len(updates)


@settings(max_examples=40, deadline=None)
@given(size=st.integers(1, 200), data=st.data())
def test_bad_records_are_found_by_halves_and_the_others_land_once(size: int, data: st.DataObject) -> None:
    ids = [str(number) for number in range(size)]
    bad = data.draw(st.sets(st.sampled_from(ids), max_size=20))
    org = Picky(bad)
    results = settled(lambda some: write(some, org.send), [Update(id, {"Title": "x"}) for id in ids])
    assert [result.id for result in results] == ids
    assert {result.id for result in results if result.rejections} == bad
    assert sorted(org.landed) == sorted(result.id for result in results if result.written)
    assert org.calls <= 1 + 2 * len(bad) * size.bit_length()
