"""Signals: matched by id, typed by the member they stand in, newest first. All people are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import RequestRefused
from connector.lusha.calls import Undocumented
from connector.lusha.v3.signals import signal_filter_types, signal_filter_values, signal_types, signals
from connector.models import Entity, FilterType, Signals
from tests.lusha.test_cleaning import json_values

LEFT_OUT = "Lusha left this item out of its answer"


def read(payload: Any, ids: list[str]) -> tuple[Signals, ...]:
    return signals("person", ids, ["allSignals"]).read(payload).items


def test_the_least_that_is_asked() -> None:
    call = signals("person", ["1", "2", "1"], ["allSignals"])
    assert (call.method, call.path, call.paid) == ("POST", "/v3/contacts/signals", True)
    assert call.body == {"ids": ["1", "2"], "signalTypes": ["allSignals"]}


@pytest.mark.parametrize("since", [date(2026, 1, 2), datetime(2026, 1, 2, 23, 59, tzinfo=UTC)])
def test_everything_that_can_be_asked_for(since: date) -> None:
    types = ["surgeInHiring", "linkedinActivityIntent", "surgeInHiring"]
    call = signals("company", ["7"], types, since=since, most=100, intent_categories=["Technology"])
    assert call.path == "/v3/companies/signals"
    assert call.body == {
        "ids": ["7"],
        "signalTypes": ["surgeInHiring", "linkedinActivityIntent"],
        "startDate": "2026-01-02",
        "maxResultsPerSignal": 100,
        "filters": {"include": {"intentCategories": ["Technology"]}},
    }


@pytest.mark.parametrize(
    ("entity", "asked", "problem"),
    [
        ("person", {"types": []}, "no signal types are asked for"),
        ("person", {"types": ["promotions"]}, "no person signal 'promotions' — did you mean 'promotion'?"),
        ("person", {"types": ["surgeInHiring"]}, "no person signal 'surgeInHiring'"),
        ("company", {"types": ["newsPeople"], "most": 0},
         "no company signal 'newsPeople' — did you mean 'peopleNews'?; "
         "1 to 100 signals of each type can be asked for, not 0"),
        ("company", {"most": 101}, "1 to 100 signals of each type can be asked for, not 101"),
        ("person", {"intent_categories": ["Technology"]}, "only the signals of companies have intent categories"),
        ("person", {"ids": ["1", " "]}, "item 2 of the request has a blank id"),
    ],
)  # fmt: skip
def test_what_lusha_would_refuse(entity: Entity, asked: dict[str, Any], problem: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        signals(entity, **{"ids": ["1"], "types": ["allSignals"]} | asked)
    assert refused.value.message == f"Lusha: {problem}; nothing was sent"
    assert refused.value.code == "400"


def test_a_request_holds_1_to_100_ids() -> None:
    with pytest.raises(RequestRefused, match="a request holds 100 items at most, not 101"):
        signals("person", ["1"] * 101, ["allSignals"])
    with pytest.raises(ValueError, match="needs an item"):
        signals("person", [], ["allSignals"])


def test_signals_of_all_types_newest_first_with_their_facts() -> None:
    moved = {"id": 1, "signalDate": "2026-02-01T10:00:00Z", "previousCompany": "Former", "newCompany": " Acme Example "}
    told = {"id": "1", "promotion": [{"id": "1", "signalDate": "2026-05-01", "newTitle": ""}], "companyChange": [moved]}
    (item,) = read({"results": [told]}, ["1"])
    assert [(signal.type, signal.date) for signal in item.signals] == [
        ("promotion", "2026-05-01"),
        ("companyChange", "2026-02-01"),
    ]
    assert item.signals[1].facts == {
        "id": 1,
        "signal_date": "2026-02-01T10:00:00Z",
        "previous_company": "Former",
        "new_company": "Acme Example",
    }
    assert item.signals[1].raw is moved
    assert item.signals[0].facts == {"id": "1", "signal_date": "2026-05-01"}
    assert (item.id, item.error) == ("1", None)


def test_signals_of_a_company() -> None:
    post = {"activityPublicationDate": "2026-05-12", "intentTopics": [{"topicName": "CRM", "category": None}],
            "author": {"fullName": "Zoë Example", "id": None}, "activityLikes": 0}  # fmt: skip
    news = {"eventEffectiveDate": "2026-07-01", "articlePublishedDate": "2026-06-01"}
    undated = {"signalDate": "soon", "change": 4.5}
    payload = {
        "results": [
            {
                "id": 7, "companyName": "Acme Example", "domain": "acme.example.com", "linkedinActivityIntent": [post],
                "riskNews": [news, "junk"], "itSpendIncrease": [undated], "tags": ["a"], "note": {"x": [1]},
            }
        ],
        "startDate": "2026-01-01", "endDate": "2026-06-30T00:00:00Z", "billing": {"creditsCharged": 3},
    }  # fmt: skip
    answer = signals("company", ["7"], ["allSignals"]).read(payload)
    assert (answer.start, answer.end, answer.charged) == ("2026-01-01", "2026-06-30", 3)
    (item,) = answer.items
    assert item.name == "Acme Example"
    assert [(signal.type, signal.date) for signal in item.signals] == [
        ("riskNews", "2026-06-01"),
        ("linkedinActivityIntent", "2026-05-12"),
        ("itSpendIncrease", None),
    ]
    assert item.signals[1].facts == {
        "activity_publication_date": "2026-05-12",
        "intent_topics": [{"topic_name": "CRM"}],
        "author": {"full_name": "Zoë Example"},
        "activity_likes": 0,
    }


def test_signals_of_one_day_stay_in_the_order_told() -> None:
    days = [{"signalDate": "2026-05-01", "n": n} for n in range(3)]
    (item,) = read({"results": [{"id": "1", "promotion": days}]}, ["1"])
    assert [signal.facts["n"] for signal in item.signals] == [0, 1, 2]


def test_nothing_happened_is_no_error() -> None:
    assert read({"results": [{"id": "1", "promotion": [], "companyChange": None}]}, ["1"]) == (Signals("1"),)


def test_results_by_id_are_read_as_well() -> None:
    by_id = {"2": {"promotion": [{"signalDate": "2026-05-01"}]}, "1": None}
    one, two = read({"results": by_id}, ["1", "2"])
    assert one == Signals("1")
    assert [signal.type for signal in two.signals] == ["promotion"]


def test_an_item_error_in_lushas_words() -> None:
    failed = {"id": "1", "error": {"code": "COMPLIANCE_RESTRICTED", "message": "not zoe@acme.example.com"}}
    assert read({"results": [failed]}, ["1"]) == (
        Signals("1", error="COMPLIANCE_RESTRICTED", message="not ***@***"),
    )  # fmt: skip


@settings(max_examples=100)
@given(st.data())
def test_one_item_for_each_id_in_the_order_asked(data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=10))
    hits = [{"id": id, "promotion": [{"signalDate": "2026-05-01", "of": id}]} for id in ids]
    failed = [{"id": id, "error": {"code": "NOT_FOUND", "message": "no"}} for id in ids]
    answered = data.draw(st.lists(st.sampled_from([*hits, *failed])))
    sent = data.draw(st.permutations([*answered, {"id": "x"}, {"promotion": []}, None, "junk"]))
    items = read({"results": sent}, ids)
    assert [item.id for item in items] == ids
    for item, hit, miss in zip(items, hits, failed, strict=True):
        if hit in answered:
            assert [signal.facts["of"] for signal in item.signals] == [item.id]
        elif miss in answered:
            assert item == Signals(item.id, error="NOT_FOUND", message="no")
        else:
            assert item == Signals(item.id, error="NO_ANSWER", message=LEFT_OUT)


@settings(max_examples=150)
@given(st.lists(st.dictionaries(st.sampled_from(["id", "error", "promotion"]), json_values) | json_values))
def test_results_of_any_shape_give_one_item_each(results: list[Any]) -> None:
    assert [item.id for item in read({"results": results}, ["1", "2"])] == ["1", "2"]


@pytest.mark.parametrize("payload", [None, [], {}, {"results": None}, {"results": "x"}])
def test_an_answer_without_results_is_undocumented(payload: Any) -> None:
    with pytest.raises(Undocumented):
        read(payload, ["1"])


def test_signal_types() -> None:
    call = signal_types("company")
    assert (call.method, call.path, call.paid) == ("GET", "/v3/companies/signals/types", False)
    assert call.read({"signalTypes": ["allSignals", None, "riskNews"]}) == ("allSignals", "riskNews")
    with pytest.raises(Undocumented, match="no signalTypes"):
        call.read({})


def test_signal_filters() -> None:
    call = signal_filter_types()
    assert (call.path, call.paid) == ("/v3/companies/signals/filters", False)
    assert call.read({"availableFilters": [{"filterType": "hiringByLocations", "requiresQuery": True}]}) == (
        FilterType("hiringByLocations", needs_query=True),
    )


def test_signal_filter_values() -> None:
    call = signal_filter_values("hiringByLocations", "Berlin")
    assert call.path == "/v3/companies/signals/filters/hiringByLocations"
    assert call.endpoint == "/v3/companies/signals/filters/{filterType}"
    assert call.query == {"query": "Berlin"}
    assert signal_filter_values("newsEventTypes").read({"values": ["merger"]}) == ("merger",)


@pytest.mark.parametrize(
    ("name", "query", "problem"),
    [
        ("newsEvents", None, "no list of values for filter 'newsEvents' — did you mean 'newsEventTypes'?"),
        ("hiringByLocations", None, "the values of filter 'hiringByLocations' are searched for by a query"),
        ("intentCategories", "Technology", "the values of filter 'intentCategories' take no query"),
    ],
)
def test_signal_filter_values_that_lusha_would_refuse(name: str, query: str | None, problem: str) -> None:
    with pytest.raises(RequestRefused, match=problem.replace("?", r"\?")):
        signal_filter_values(name, query)
