"""When fields last changed: which rows of history are believed, and what stands where there are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.crm.salesforce.history import Histories, Latest, edits_of, names_of, statements
from connector.crm.salesforce.soql import MAX_URI
from connector.errors import AccessDenied, ConfigError, ConnectorError, VendorUnreachable
from connector.models import Edit, Record, Value
from tests.crm.salesforce.bench import SandboxBench, Step, described, refusal, reply, sandbox_bench, scripted

A, B = ("003000000000001AAA", "003000000000002AAA")
DAY = datetime(2026, 5, 1, 8, tzinfo=UTC)
MODIFIED = datetime(2026, 6, 1, 8, tzinfo=UTC)
PHONE = {"name": "Phone", "label": "Phone", "type": "phone", "length": 40, "updateable": True}
CHANGED = {"name": "LastModifiedDate", "label": "Modified", "type": "datetime"}


def told(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def row(id: str, name: str, value: Value, at: datetime) -> dict[str, Any]:
    return {"ContactId": id, "Field": name, "NewValue": value, "CreatedDate": told(at)}


def rows(*found: dict[str, Any], following: str | None = None) -> Step:
    paging = {"done": False, "nextRecordsUrl": following} if following else {"done": True}
    return reply(200, {"totalSize": len(found), "records": list(found), **paging})


def held(id: str, **values: Value) -> dict[str, Any]:
    return {"Id": id, "SystemModstamp": told(MODIFIED), "LastModifiedDate": told(MODIFIED), **values}


@pytest.fixture
def bench() -> Iterator[SandboxBench]:
    with sandbox_bench() as one:
        yield one


class TestNames:
    @pytest.mark.parametrize(
        ("object", "names"),
        [
            ("Contact", ("ContactHistory", "ContactId")),
            ("Account", ("AccountHistory", "AccountId")),
            ("Lead", ("LeadHistory", "LeadId")),
            ("Opportunity", ("OpportunityFieldHistory", "OpportunityId")),
            ("Project__c", ("Project__History", "ParentId")),
            ("acme__Project__C", ("acme__Project__History", "ParentId")),
        ],
    )
    def test_where_the_history_of_an_object_is_kept(self, object: str, names: tuple[str, str]) -> None:
        assert names_of(object) == names

    def test_what_cannot_be_an_object_never_reaches_a_query(self) -> None:
        with pytest.raises(ConfigError):
            names_of("Contact WHERE")

    @settings(max_examples=30)
    @given(count=st.integers(1, 2_500), fields=st.integers(1, 60))
    def test_every_record_is_asked_for_once_and_every_statement_fits(self, count: int, fields: int) -> None:
        ids = [f"003{number:015}" for number in range(count)]
        found = list(statements("Contact", ids, [f"Some_Longer_Field_Name_{number}__c" for number in range(fields)]))
        assert [one for text in found for one in text.partition("ContactId IN (")[2].partition(")")[0].split(",")] == [
            f"'{one}'" for one in ids
        ]
        assert all(len(quote_plus(text)) < MAX_URI for text in found)
        assert len(found) <= 1 + count // 300


class TestWhatIsBelieved:
    @pytest.mark.parametrize(
        ("value", "latest", "edit"),
        [
            ("CTO", Latest(DAY, ["CTO"]), Edit(DAY)),
            (None, Latest(DAY, [None]), Edit(DAY)),
            (None, Latest(DAY, [""]), Edit(DAY)),
            (250, Latest(DAY, [250.0]), Edit(DAY)),
            ("001A", Latest(DAY, ["Acme", "001A"]), Edit(DAY)),
            ("CEO", Latest(DAY, ["CTO"]), Edit(MODIFIED)),  # changed while nobody kept track
            (None, Latest(DAY, ["CTO"]), Edit(MODIFIED)),
            ("long text", Latest(DAY, [None]), Edit(MODIFIED)),  # its values are not kept
            ("CTO", None, Edit(MODIFIED)),
            (False, None, Edit(MODIFIED)),
            (None, None, None),
            ("", None, None),
        ],
    )
    def test_a_row_that_tells_what_the_record_holds(
        self, value: Value, latest: Latest | None, edit: Edit | None
    ) -> None:
        record = Record(A, {"Title": value}, modified=MODIFIED)
        found = edits_of(record, {"Title": latest} if latest else {}, ["Title"])
        assert found == ({"Title": edit} if edit else {})

    def test_without_a_last_modified_date_the_version_stands(self) -> None:
        record = Record(A, {"Title": "CTO"}, version=told(MODIFIED))
        assert edits_of(record, {}, ["Title"]) == {"Title": Edit(MODIFIED)}

    def test_a_record_that_tells_no_time_at_all_is_no_answer(self) -> None:
        with pytest.raises(VendorUnreachable, match="does not tell when"):
            edits_of(Record(A, {"Title": "CTO"}), {}, ["Title"])

    @given(
        st.lists(
            st.tuples(st.sampled_from([A, B]), st.sampled_from(["Title", "Phone", "created"]), st.integers(0, 5)),
            max_size=12,
        ),
        st.randoms(use_true_random=False),
    )
    def test_the_newest_row_counts_in_whatever_order_they_come(
        self, drawn: list[tuple[str, str, int]], random: Any
    ) -> None:
        made = [row(id, name, f"v{hour}", DAY + timedelta(hours=hour)) for id, name, hour in drawn]
        random.shuffle(made)
        cut = random.randint(0, len(made))
        found = Histories(lambda _soql: iter([made[:cut], made[cut:]])).latest("Contact", [A, B], ["Title", "Phone"])
        for id in (A, B):
            for name in ("Title", "Phone", "created"):
                hours = [hour for one, other, hour in drawn if (one, other) == (id, name)]
                latest = found.get(id[:15], {}).get(name)
                if not hours or name == "created":
                    assert latest is None
                else:
                    assert latest is not None
                    assert latest.at == DAY + timedelta(hours=max(hours))
                    assert set(latest.values) == {f"v{max(hours)}"}


class TestCalls:
    def test_the_history_is_read_to_its_end_before_the_records(self) -> None:
        page = "/services/data/v68.0/query/01gX-2000"
        crm, script = scripted(
            described(PHONE, CHANGED),
            rows(row(A, "Title", "CTO", DAY), following=page),
            rows(row(B, "Phone", "+15550100", DAY), row(B, "Title", "CTO", DAY)),
            reply(200, [held(A, Title="CTO", Phone="1"), held(B, Title="CFO", Phone="+15550100")]),
        )
        found = crm.last_edits("Contact", [A, B], ["Title", "Phone"])
        assert found == {
            A: {"Title": Edit(DAY), "Phone": Edit(MODIFIED)},
            B: {"Title": Edit(MODIFIED), "Phone": Edit(DAY)},
        }
        assert unquote_plus(str(script.requests[1].url)).partition("?q=")[2] == (
            "SELECT ContactId, Field, NewValue, CreatedDate FROM ContactHistory WHERE Field IN ('Title','Phone') "
            f"AND ContactId IN ('{A}','{B}') ORDER BY CreatedDate DESC"
        )
        assert (crm.calls.read, crm.calls.write) == (4, 0)

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (400, "INVALID_TYPE"),
            (400, "INVALID_TYPE_FOR_OPERATION"),
            (400, "INVALID_FIELD"),
            (403, "INSUFFICIENT_ACCESS"),
            (403, "INSUFFICIENT_ACCESS_OR_READONLY"),
        ],
    )
    def test_a_history_that_is_not_there_for_us_is_asked_for_once(self, status: int, code: str) -> None:
        crm, script = scripted(
            described(CHANGED),
            refusal(status, code),
            reply(200, [held(A, Title="CTO")]),
            reply(200, [held(A, Title="CTO"), None]),
        )
        assert crm.last_edits("Contact", [A], ["Title"]) == {A: {"Title": Edit(MODIFIED)}}
        assert crm.last_edits("Contact", [A, B], ["Title"]) == {A: {"Title": Edit(MODIFIED)}}
        assert script.steps == []

    @pytest.mark.parametrize(
        ("step", "error"),
        [
            (refusal(400, "MALFORMED_QUERY"), ConfigError),
            (refusal(403, "API_DISABLED_FOR_ORG"), AccessDenied),
            (refusal(404, "NOT_FOUND"), ConfigError),
        ],
    )
    def test_any_other_refusal_is_one(self, step: Step, error: type[ConnectorError]) -> None:
        crm, _ = scripted(described(CHANGED), step)
        with pytest.raises(error):
            crm.last_edits("Contact", [A], ["Title"])

    def test_ids_are_answered_as_they_were_asked_for(self) -> None:
        crm, _ = scripted(described(CHANGED), rows(row(A, "title", "CTO", DAY)), reply(200, [held(A, Title="CTO")]))
        assert crm.last_edits("Contact", [A[:15], "no id"], ["Title"]) == {A[:15]: {"Title": Edit(DAY)}}


class TestOverHttp:
    """Against the sandbox org, which tracks Title, Phone and Email of contacts."""

    def edits(self, bench: SandboxBench, ids: Sequence[str], *fields: str) -> Mapping[str, Mapping[str, Edit]]:
        return bench.crm.last_edits("Contact", ids, fields)

    def test_a_field_that_is_not_tracked_counts_as_edited_with_the_record(self, bench: SandboxBench) -> None:
        (id,) = bench.seed([{"Title": "A", "MobilePhone": "+15550100"}])
        bench.wait(60)
        bench.edit(id, {"Title": "B"})
        bench.wait(60)
        bench.edit(id, {"Department": "Board"})
        found = self.edits(bench, [id], "Title", "MobilePhone", "Department")[id]
        assert abs(found["MobilePhone"].at - bench.time()) < timedelta(seconds=1)
        assert found["Department"] == found["MobilePhone"]
        assert bench.time() - found["Title"].at == timedelta(seconds=60)

    def test_an_edit_made_while_tracking_was_off_is_never_dated_too_early(self, bench: SandboxBench) -> None:
        (id,) = bench.seed([{"Title": "A"}])
        bench.edit(id, {"Title": "B"})
        bench.wait(3600)
        tracked, bench.org.tracked = bench.org.tracked, {}
        bench.edit(id, {"Title": "C"})
        edited = bench.time()
        bench.org.tracked = tracked
        bench.wait(3600)
        assert self.edits(bench, [id], "Title")[id]["Title"].at >= edited

    def test_an_edit_between_history_and_record_is_never_dated_too_early(self, bench: SandboxBench) -> None:
        (id,) = bench.seed([{"Title": "A"}])
        bench.edit(id, {"Title": "B"})
        bench.crm.schema("Contact")
        bench.wait(3600)
        histories = bench.crm._histories  # type: ignore[attr-defined]
        before = histories.latest

        def latest(*asked: Any) -> Any:
            found = before(*asked)
            bench.edit(id, {"Title": "C"})
            return found

        histories.latest = latest
        assert bench.time() - self.edits(bench, [id], "Title")[id]["Title"].at < timedelta(seconds=1)

    def test_an_org_without_tracking_is_asked_once(self, bench: SandboxBench) -> None:
        (id,) = bench.seed([{"Title": "A", "Phone": "+15550100"}])
        bench.org.tracked = {}
        bench.wait(60)
        bench.edit(id, {"Title": "B"})
        for _ in range(3):
            found = self.edits(bench, [id], "Title", "Phone", "Email")[id]
            assert set(found) == {"Title", "Phone"}
            assert {bench.time() - edit.at for edit in found.values()} == {timedelta(0)}
        assert sum(request.path.endswith("/query") for request in bench.org.requests) == 1
