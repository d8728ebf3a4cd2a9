"""Writes on condition: what goes alone, what it carries, what is sent again, and what an answer means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.crm.salesforce.conditional import RECENT, condition, on_condition, refusal_of
from connector.errors import ConfigError, ConnectorError, InDoubt, QuotaExhausted, VendorUnreachable
from connector.models import Again, Rejection, Update, WriteResult
from connector.redact import Secret
from connector.sandbox.salesforce import TOKEN
from tests.crm.salesforce.bench import (
    BY_CLIENT,
    INSTANCE,
    SandboxBench,
    Step,
    now,
    refusal,
    reply,
    sandbox_bench,
    scripted,
    token_reply,
)
from tests.crm.salesforce.test_transport import cut, refused_connection

A, B, C = (f"00300000000000{n}AAA" for n in (1, 2, 3))
SEEN = datetime(2026, 6, 30, 12, 0, 7, 900_000, tzinfo=UTC)
HEADER = "Tue, 30 Jun 2026 12:00:07 GMT"


def landed() -> Step:
    return reply(204, b"")


def moved() -> Step:
    return reply(412, b"")


def strict(id: str, **values: Any) -> Update:
    return Update(id, values or {"Title": "CEO"}, seen=SEEN, strict=True)


@pytest.fixture
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench() as one:
        yield one


class TestWhatIsDecided:
    @pytest.mark.parametrize(
        ("age", "is_strict", "compared"),
        [
            (RECENT - timedelta(seconds=1), False, True),
            (RECENT, False, False),
            (timedelta(days=300), False, False),
            (timedelta(days=300), True, True),
            (-timedelta(minutes=3), False, True),  # our clock is slow
        ],
    )
    def test_recent_records_and_strict_updates_are_written_on_condition(
        self, age: timedelta, is_strict: bool, compared: bool
    ) -> None:
        update = Update(A, {"Title": "CEO"}, frozenset({"Stamp__c"}), seen=now() - age, strict=is_strict)
        out = on_condition(update, now())
        assert out.seen == (now() - age if compared else None)
        assert (out.id, out.values, out.stamps) == (update.id, update.values, update.stamps)

    def test_without_a_look_there_is_no_condition(self) -> None:
        update = Update(A, {"Title": "CEO"}, strict=True)
        assert on_condition(update, now()) == update

    def test_the_header_is_an_http_date_in_whole_seconds_rounded_down(self) -> None:
        assert condition(SEEN) == {"If-Unmodified-Since": HEADER}
        there = SEEN.astimezone(timezone(timedelta(hours=9)))
        assert condition(there) == {"If-Unmodified-Since": HEADER}

    @given(seen=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
    def test_the_header_is_never_later_than_what_was_seen(self, seen: datetime) -> None:
        (header,) = condition(seen).values()
        assert timedelta(0) <= seen - parsedate_to_datetime(header) < timedelta(seconds=1)

    @pytest.mark.parametrize(
        ("status", "data", "codes"),
        [
            (400, [{"errorCode": "STRING_TOO_LONG", "message": "m", "fields": ["Title"]}], ["STRING_TOO_LONG"]),
            (400, [{"errorCode": "A"}, {"errorCode": "B"}], ["A", "B"]),
            (403, [{"errorCode": "INSUFFICIENT_ACCESS_OR_READONLY"}], ["INSUFFICIENT_ACCESS_OR_READONLY"]),
            (404, [{"errorCode": "ENTITY_IS_DELETED"}], ["ENTITY_IS_DELETED"]),
            (412, None, ["PRECONDITION_FAILED"]),
            (412, [{"errorCode": "WHATEVER"}], ["PRECONDITION_FAILED"]),
            (401, [{"errorCode": "INVALID_SESSION_ID"}], None),
            (400, [{"errorCode": "INVALID_SESSION_ID"}], None),
            (403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}], None),
            (503, [{"errorCode": "SERVER_UNAVAILABLE"}], None),
            (500, [{"errorCode": "UNKNOWN_EXCEPTION"}], None),
            (404, None, None),
            (400, {"errorCode": "X"}, None),
            (400, [], None),
            (400, ["words"], None),
            (400, [{"message": "no code"}], None),
        ],
    )
    def test_what_a_refusal_says_of_the_record(self, status: int, data: object, codes: list[str] | None) -> None:
        answer = refusal_of(status, data)
        assert (answer and [error["statusCode"] for error in answer["errors"]]) == codes
        assert answer is None or answer["success"] is False


class TestWhatIsSent:
    def test_one_record_alone_with_its_condition(self) -> None:
        crm, script = scripted(landed())
        assert crm.update("Contact", [strict(A, Title="Chéf", Phone=None)]) == [
            WriteResult(A, frozenset({"Title", "Phone"}))
        ]
        (request,) = script.requests
        assert (request.method, request.url) == ("PATCH", f"{INSTANCE}/services/data/v68.0/sobjects/Contact/{A}")
        assert request.headers["If-Unmodified-Since"] == HEADER
        assert request.headers["Sforce-Auto-Assign"] == "FALSE"
        assert request.headers["X-PrettyPrint"] == "0"
        assert request.headers["Content-Type"] == "application/json"
        assert script.bodies() == [{"Title": "Chéf", "Phone": None}]
        assert (crm.calls.read, crm.calls.write) == (0, 1)

    def test_what_has_no_condition_shares_one_call_that_carries_none(self) -> None:
        answers = reply(200, [{"id": one, "success": True, "errors": []} for one in (A, C)])
        crm, script = scripted(answers, moved())
        results = crm.update("Contact", [Update(A, {"Title": "x"}), strict(B), Update(C, {"Title": "y"}, seen=SEEN)])
        assert results == [
            WriteResult(A, frozenset({"Title"})),
            WriteResult(B, again=Again(wait=True)),
            WriteResult(C, frozenset({"Title"})),
        ]
        assert [record["id"] for record in script.bodies()[0]["records"]] == [A, C]
        assert "If-Unmodified-Since" not in script.requests[0].headers
        assert script.requests[1].headers["If-Unmodified-Since"] == HEADER

    def test_a_strange_id_stays_one_part_of_the_path(self) -> None:
        crm, script = scripted(refusal(404, "NOT_FOUND"))
        assert crm.update("Contact", [strict("../Account/1")]) == [WriteResult("../Account/1", gone=True)]
        assert str(script.requests[0].url).endswith("/sobjects/Contact/..%2FAccount%2F1")

    def test_a_renewed_session_sends_every_header_again(self) -> None:
        crm, script = scripted(
            token_reply(1), refusal(401, "INVALID_SESSION_ID"), token_reply(2), landed(), **BY_CLIENT
        )
        (result,) = crm.update("Contact", [strict(A)])
        assert result.written == {"Title"}
        first, second = (request for request in script.requests if request.method == "PATCH")
        assert second.headers["Authorization"] == "Bearer 00D000000000001!t2"
        without = {name: value for name, value in second.headers.items() if name != "Authorization"}
        assert without == {name: value for name, value in first.headers.items() if name != "Authorization"}
        assert without["If-Unmodified-Since"] == HEADER
        assert without["Sforce-Auto-Assign"] == "FALSE"

    @pytest.mark.parametrize("step", [refused_connection(), refusal(503, "SERVER_UNAVAILABLE")])
    def test_what_did_nothing_is_sent_again_with_its_condition(self, step: Step) -> None:
        crm, script = scripted(step, moved())
        assert crm.update("Contact", [strict(A)])[0].again
        assert [request.headers["If-Unmodified-Since"] for request in script.requests] == [HEADER] * 2

    def test_a_refused_field_is_told_and_the_rest_may_go_after_a_look(self) -> None:
        error = {"errorCode": "STRING_TOO_LONG", "message": "Title: too large", "fields": ["Title"]}
        crm, script = scripted(reply(400, [error]))
        (result,) = crm.update("Contact", [strict(A, Title="x" * 300, Phone="+15550100")])
        refused = (Rejection("STRING_TOO_LONG", "Title: too large", "Title"),)
        assert result == WriteResult(A, rejections=refused, again=Again())
        assert [request.headers["If-Unmodified-Since"] for request in script.requests] == [HEADER]

    def test_a_locked_row_is_left_to_be_looked_at_again(self) -> None:
        crm, script = scripted(refusal(400, "UNABLE_TO_LOCK_ROW"))
        (result,) = crm.update("Contact", [strict(A)])
        assert result.again
        assert result.rejections == (Rejection("UNABLE_TO_LOCK_ROW", "words", transient=True),)
        assert script.steps == []


class TestWhatBecomesOfIt:
    @pytest.mark.parametrize(
        ("status", "code", "transient"),
        [
            (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", False),
            (403, "INSUFFICIENT_ACCESS_OR_READONLY", False),
            (400, "TOO_MANY_APEX_REQUESTS", True),
            (405, "METHOD_NOT_ALLOWED", False),
        ],
    )
    def test_a_refused_record_stops_no_other(self, status: int, code: str, transient: bool) -> None:
        crm, _ = scripted(refusal(status, code), landed())
        refused, other = crm.update("Contact", [strict(A), strict(B)])
        assert [(one.code, one.field, one.transient) for one in refused.rejections] == [(code, None, transient)]
        assert other.written == {"Title"}

    @pytest.mark.parametrize("code", ["NOT_FOUND", "ENTITY_IS_DELETED"])
    def test_a_404_of_the_record_is_gone(self, code: str) -> None:
        crm, _ = scripted(refusal(404, code), landed())
        assert [result.gone for result in crm.update("Contact", [strict(A), strict(B)])] == [True, False]

    def test_a_404_that_salesforce_does_not_word_says_nothing_of_the_record(self) -> None:
        crm, _ = scripted(reply(404, b"<html>Nothing here</html>"))
        with pytest.raises(ConfigError):
            crm.update("Contact", [strict(A)])

    def test_the_412_of_somebody_on_the_way_is_no_licence_to_write(self) -> None:
        crm, _ = scripted(reply(412, b"<html>no</html>"))
        assert crm.update("Contact", [strict(A)]) == [WriteResult(A, again=Again(wait=True))]

    @pytest.mark.parametrize(
        "step", [cut(), reply(200, b"<html>Welcome</html>"), reply(200, {}), refusal(500, "UNKNOWN_EXCEPTION")]
    )
    def test_a_lost_answer_is_a_doubt_about_all(self, step: Step) -> None:
        crm, script = scripted(landed(), step)
        with pytest.raises(InDoubt):
            crm.update("Contact", [strict(A), strict(B), strict(C)])
        assert len(script.requests) == 2

    @pytest.mark.parametrize(
        ("steps", "error"),
        [
            ([refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")], QuotaExhausted),
            ([refused_connection()] * 3, VendorUnreachable),
        ],
    )
    def test_what_had_landed_is_told_when_the_rest_cannot_be_sent(
        self, steps: list[Step], error: type[ConnectorError]
    ) -> None:
        crm, script = scripted(landed(), *steps)
        first, *rest = crm.update("Contact", [strict(A), strict(B), strict(C)])
        assert first == WriteResult(A, frozenset({"Title"}))
        told = [(one.code, one.transient) for result in rest for one in result.rejections]
        assert told == [("NOT_SENT", True)] * 2
        assert script.steps == []  # the third was not tried
        crm, _ = scripted(*steps)
        with pytest.raises(error):
            crm.update("Contact", [strict(A)])

    def test_the_reserve_is_kept_between_two_of_them(self) -> None:
        crm, script = scripted(reply(204, b"", Sforce_Limit_Info="api-usage=81/100"))
        first, second = crm.update("Contact", [strict(A), strict(B)])
        assert first.written
        assert second.rejections[0].code == "NOT_SENT"
        assert len(script.requests) == 1


class TestOverHttp:
    """Against the sandbox org."""

    @pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=2), timedelta(hours=-2)])
    def test_a_record_edited_a_moment_ago_goes_alone_and_rested_ones_together(
        self, bench: SandboxBench, ahead: timedelta
    ) -> None:
        """Whatever the time on our own clock."""
        crm = bench.connect(auth="token", access_token=Secret(TOKEN), now=lambda: bench.wall() + ahead)
        ids = bench.seed([{"Title": "A"} for _ in range(4)])
        bench.edit(ids[1], {"Phone": "+15550100"})
        bench.wait(300)
        bench.edit(ids[2], {"Phone": "+15550100"})
        bench.wait(RECENT.total_seconds() - 300 + 1)
        found = crm.fetch("Contact", ids, ["Title"])
        updates = [Update(id, {"Title": "B"}, seen=found[id].modified) for id in ids]
        results = crm.update("Contact", updates)
        assert all(result.written == {"Title"} for result in results)
        assert bench.alone() == [(ids[2], "Wed, 01 Jul 2026 12:05:00 GMT")]
        assert crm.calls.write == 2
        crm.close()

    @pytest.mark.parametrize("is_strict", [True, False])
    def test_an_edit_while_the_request_is_under_way_is_seen(self, bench: SandboxBench, is_strict: bool) -> None:
        (id,) = bench.seed([{"Title": "A"}])
        if not is_strict:
            bench.edit(id, {"Phone": "+15550100"})
        found = bench.crm.fetch("Contact", [id], ["Title"])[id]

        def edit(_ids: object) -> None:
            bench.wait(1)
            bench.edit(id, {"Title": "Typed"})

        bench.org.before_write = edit
        (result,) = bench.crm.update("Contact", [Update(id, {"Title": "B"}, seen=found.modified, strict=is_strict)])
        assert result == WriteResult(id, again=Again(wait=True))
        assert bench.held(id)["Title"] == "Typed"

    def test_our_own_write_moves_a_record_too(self, bench: SandboxBench) -> None:
        (id,) = bench.seed([{"Title": "A"}])
        found = bench.crm.fetch("Contact", [id], ["Title"])[id]
        bench.crm.update("Contact", [Update(id, {"Title": "B"})])
        again = Update(id, {"Title": "C"}, seen=found.modified, strict=True)
        assert bench.crm.update("Contact", [again])[0].again
        fresh = bench.crm.fetch("Contact", [id], ["Title"])[id]
        again = Update(id, {"Title": "C"}, seen=fresh.modified, strict=True)
        assert bench.crm.update("Contact", [again])[0].written == {"Title"}

    def test_a_lost_answer_is_not_repeated(self, bench: SandboxBench) -> None:
        (id,) = bench.seed([{"Title": "A"}])
        found = bench.crm.fetch("Contact", [id], ["Title"])[id]
        bench.org.drop_next(path=f"/services/data/v68.0/sobjects/Contact/{id}")
        with pytest.raises(InDoubt):
            bench.crm.update("Contact", [Update(id, {"Title": "B"}, seen=found.modified, strict=True)])
        assert bench.received() == [(id, frozenset({"Title"}))]
        assert bench.held(id)["Title"] == "B"

    def test_assignment_rules_stay_out_and_an_expired_session_is_renewed(self, bench: SandboxBench) -> None:
        (id,) = bench.seed([{"Title": "A"}])
        found = bench.crm.fetch("Contact", [id], ["Title"])[id]
        owner = bench.held(id)["OwnerId"]
        bench.org.tokens.clear()
        (result,) = bench.crm.update("Contact", [Update(id, {"Title": "B"}, seen=found.modified, strict=True)])
        assert result.written == {"Title"}
        assert bench.held(id)["OwnerId"] == owner
        assert bench.alone() == [(id, "Tue, 30 Jun 2026 12:00:00 GMT")] * 2

    def test_fetch_costs_one_call_as_before(self, bench: SandboxBench) -> None:
        ids = bench.seed([{"Title": "A"} for _ in range(5)])
        bench.crm.schema("Contact")
        before = bench.crm.calls.read
        found = bench.crm.fetch("Contact", ids, ["Title", "LastModifiedDate"])
        assert bench.crm.calls.read - before == 1
        assert {record.modified for record in found.values()} == {datetime(2026, 6, 30, 12, tzinfo=UTC)}
        assert set(found[ids[0]].values) == {"Title", "LastModifiedDate"}


class TestOurOwnWrites:
    def test_the_first_thousand_that_only_we_modified_go_on_condition_and_the_others_share_calls(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("connector.crm.salesforce.adapter.MOST_OURS", 2)
        ours = [Update(id, {"Title": "CEO"}, seen=now(), ours=True) for id in (A, B, C)]
        together = reply(200, [{"success": True, "errors": []}])
        crm, script = scripted(together, landed(), landed(), landed(), landed())
        assert [result.written for result in crm.update("Contact", ours)] == [{"Title"}] * 3
        paths = [request.url.partition("/data/")[2].partition("/")[2] for request in script.requests[-3:]]
        assert paths == ["composite/sobjects", f"sobjects/Contact/{A}", f"sobjects/Contact/{B}"]
        others = [Update(C, {"Title": "CTO"}, seen=now()), replace(ours[2], strict=True)]
        assert [crm.update("Contact", [one])[0].written for one in others] == [{"Title"}] * 2
        assert all("If-Unmodified-Since" in request.headers for request in script.requests[-2:])
