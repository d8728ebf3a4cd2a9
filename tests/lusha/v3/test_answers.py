"""Results are matched by what they carry, whatever Lusha does with their order and number."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.lusha.calls import Undocumented
from connector.lusha.prices import PriceList
from connector.lusha.v3.answers import account, charged, enrich_answer, search_and_enrich_answer, search_answer
from connector.models import Item, Price
from tests.lusha.test_cleaning import json_values

PRICES = PriceList()
NO_ANSWER = Item(error="NO_ANSWER", message="Lusha left this item out of its answer")


@settings(max_examples=100)
@given(st.data())
def test_search_items_stand_in_the_order_asked(data: st.DataObject) -> None:
    references = [str(place) for place in range(1, data.draw(st.integers(1, 12)) + 1)]
    results = [{"clientReferenceId": name, "id": f"9{name}"} for name in references]
    answered = data.draw(st.lists(st.sampled_from(results)))
    strangers = [{"clientReferenceId": "x", "id": "1"}, {"id": "2"}, None, "junk"]
    sent = data.draw(st.permutations(answered + strangers))
    answer = search_answer({"results": sent}, "person", references, PRICES)
    ids = [item.profile.id if item.profile else None for item in answer.items]
    assert ids == [
        f"9{name}" if {"clientReferenceId": name, "id": f"9{name}"} in answered else None for name in references
    ]
    assert all(item == NO_ANSWER for item in answer.items if item.profile is None)


@settings(max_examples=100)
@given(st.data())
def test_enrich_items_stand_in_the_order_asked(data: st.DataObject) -> None:
    ids = data.draw(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=10))
    answered = data.draw(st.lists(st.sampled_from(ids)))
    answer = enrich_answer({"results": [{"id": id} for id in answered]}, "company", ids, ["intent"])
    assert [item.profile.id if item.profile else None for item in answer.items] == [
        id if id in answered else None for id in ids
    ]
    assert all(item.profile is None or item.profile.revealed == {"company", "intent"} for item in answer.items)


@settings(max_examples=100)
@given(st.data())
def test_search_and_enrich_items_stand_in_the_order_asked(data: st.DataObject) -> None:
    references = [str(place) for place in range(1, data.draw(st.integers(1, 12)) + 1)]
    hits = [{"clientReferenceId": name, "id": f"9{name}"} for name in references]
    failed = [{"clientReferenceId": name, "error": {"code": "NOT_FOUND"}} for name in references]
    answered = data.draw(st.lists(st.sampled_from([*hits, *failed])))
    sent = data.draw(st.permutations([*answered, {"clientReferenceId": "x", "id": "1"}, {"id": "2"}, None]))
    items = search_and_enrich_answer({"results": sent}, "person", references, ["emails"]).items
    for name, hit, miss, item in zip(references, hits, failed, items, strict=True):
        if hit in answered:
            assert item.profile is not None
            assert item.profile.id == f"9{name}"
            assert item.profile.revealed == {"emails", "profile"}
        else:
            assert item == (Item(error="NOT_FOUND") if miss in answered else NO_ANSWER)


def test_search_and_enrich_of_a_company_holds_the_base_and_what_came() -> None:
    result = {"clientReferenceId": "1", "id": "7", "intent": {"detectedTopics": [{"topicName": "CRM"}]}}
    answer = search_and_enrich_answer({"results": [result], "billing": {"creditsCharged": 2}}, "company", ["1"], [])
    (item,) = answer.items
    assert item.profile is not None
    assert item.profile.revealed == {"company", "intent"}
    assert answer.charged == 2


def test_a_repeated_result_counts_once_and_a_hit_before_an_error() -> None:
    error = {"clientReferenceId": "1", "error": {"code": "NOT_FOUND", "message": "Contact not found"}}
    results = [error, {"clientReferenceId": "1", "id": "7"}, {"clientReferenceId": "1", "id": "8"}, error]
    (item,) = search_answer({"results": results}, "person", ["1"], PRICES).items
    assert item.profile is not None
    assert item.profile.id == "7"


@pytest.mark.parametrize(
    ("result", "item"),
    [
        ({"error": {"code": "NOT_FOUND", "message": "Not there"}}, Item(None, "NOT_FOUND", "Not there")),
        ({"error": {"code": "COMPLIANCE_RESTRICTED"}}, Item(None, "COMPLIANCE_RESTRICTED")),
        ({"id": "7", "error": {"code": "ENRICH_FAILED", "message": "for a@example.com"}},
         Item(None, "ENRICH_FAILED", "for ***@***")),
        ({"error": {"code": "NEW_WORD", "message": "x"}}, Item(None, "ENRICH_FAILED", "NEW_WORD: x")),
        ({"error": {"message": "x"}}, Item(None, "ENRICH_FAILED", "x")),
        ({}, Item(None, "NO_ANSWER", "Lusha answered this item without an id")),
        ({"id": " "}, Item(None, "NO_ANSWER", "Lusha answered this item without an id")),
    ],
)  # fmt: skip
def test_item_errors(result: dict[str, Any], item: Item) -> None:
    assert search_answer({"results": [{"clientReferenceId": "1"} | result]}, "person", ["1"], PRICES).items == (item,)


@pytest.mark.parametrize(
    ("billing", "credits"),
    [
        ({"creditsCharged": 0}, 0),
        ({"creditsCharged": 3.0}, 3),
        ({"creditsCharged": 2.5}, 3),
        ({"creditsCharged": -1}, None),
        ({"creditsCharged": None}, None),
        ({"creditsCharged": True}, None),
        ({}, None),
        (None, None),
    ],
)
def test_charged_is_what_billing_says_or_unknown(billing: Any, credits: int | None) -> None:
    assert charged({"billing": billing}) == credits


@pytest.mark.parametrize("payload", [{}, {"results": None}, {"results": {}}, {"statusCode": 500, "message": "no"}])
def test_an_answer_without_results_is_undocumented(payload: dict[str, Any]) -> None:
    with pytest.raises(Undocumented, match="no results in the answer"):
        search_answer(payload, "person", ["1"], PRICES)
    with pytest.raises(Undocumented, match="no results in the answer"):
        enrich_answer(payload, "person", ["1"], ["emails"])
    with pytest.raises(Undocumented, match="no results in the answer"):
        search_and_enrich_answer(payload, "person", ["1"], ["emails"])


@settings(max_examples=150)
@given(st.lists(st.dictionaries(st.sampled_from(["clientReferenceId", "id", "error"]), json_values) | json_values))
def test_results_of_any_shape_give_one_item_each(results: list[Any]) -> None:
    assert len(search_answer({"results": results}, "company", ["1", "2"], PRICES).items) == 2
    assert len(enrich_answer({"results": results}, "person", ["1", "2"], ["emails"]).items) == 2
    assert len(search_and_enrich_answer({"results": results}, "company", ["1", "2"], []).items) == 2


def test_account() -> None:
    told = account(
        {
            "credits": {"total": 10000, "used": 1500.5, "remaining": 8499.5},
            "pricing": {
                "revealEmail": {"credits": 1, "perQuantity": 1},
                "api_search": {"credits": 1, "perQuantity": 25},
                "half": {"credits": 0.5},
                "odd": {"credits": 2, "perQuantity": 0},
                "broken": {"credits": "many"},
                "worse": None,
            },
        }
    )
    assert (told.total, told.used, told.remaining) == (10000, 1500, 8499)
    assert told.prices == {
        "revealEmail": Price(1),
        "api_search": Price(1, per=25),
        "half": Price(1),
        "odd": Price(2),
    }


def test_account_that_does_not_tell_the_balance() -> None:
    assert account({"credits": {}}).remaining is None
    with pytest.raises(Undocumented, match="no credits in the answer"):
        account({"message": "hello"})
