"""Signals by id and by identity: in the order asked, newest first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import RequestRefused
from connector.lusha.calls import Undocumented
from connector.lusha.v2.signals import signal_types, signals, signals_of
from connector.models import Entity, Identity, Signal

ALL = ["allSignals"]


def test_by_id() -> None:
    call = signals("person", ["7", "8", "7"], ["promotion", "promotion"], since=date(2026, 1, 2), most=5)
    assert (call.name, call.paid) == ("POST /api/signals/contacts", True)
    assert call.body == {
        "contactIds": [7, 8],
        "signals": ["promotion"],
        "startDate": "2026-01-02",
        "maxResultsPerSignal": 5,
    }
    assert signals("company", ["9"], ALL).body == {"companyIds": [9], "signals": ALL}


def test_by_identity() -> None:
    people = [
        Identity("person", linkedin_url="https://www.linkedin.com/in/zoe-example-0001"),
        Identity("person", email="zoe@acme.example.com"),
        Identity("person", first_name="Zoë", last_name="Example", company_name="Acme Example"),
        Identity("person", id="1000000001"),
        Identity(
            "person", first_name="Ada", last_name="Example", company_domain="acme.example.com", company_name="Acme"
        ),
    ]
    call = signals_of("person", people, ["a", "b", "c", "d", "e"], ALL)
    assert (call.name, call.paid) == ("POST /api/signals/contacts/search", True)
    assert call.body == {
        "contacts": [
            {"id": "a", "social_link": "https://www.linkedin.com/in/zoe-example-0001"},
            {"id": "b", "email": "zoe@acme.example.com"},
            {
                "id": "c",
                "full_name": "Zoë Example",
                "companies": [{"name": "Acme Example", "domain": "", "is_current": True}],
            },
            {"id": "1000000001"},
            {
                "id": "e",
                "full_name": "Ada Example",
                "companies": [{"name": "Acme", "domain": "acme.example.com", "is_current": True}],
            },
        ],
        "signals": ALL,
    }
    companies = [Identity("company", domain="acme.example.com"), Identity("company", name="Acme Example")]
    call = signals_of("company", companies, ["a", "b"], ["riskNews"])
    assert (call.path, call.body) == (
        "/api/signals/companies/search",
        {
            "companies": [{"id": "a", "domain": "acme.example.com"}, {"id": "b", "name": "Acme Example"}],
            "signals": ["riskNews"],
        },
    )


@pytest.mark.parametrize(
    ("entity", "ids", "types", "most", "problem"),
    [
        ("person", ["1", "v1.abc"], ALL, None, "item 2 of the request has an id that is not a number"),
        ("person", ["1", "٣"], ALL, None, "item 2 of the request has an id that is not a number"),
        ("person", ["1", " "], ALL, None, "item 2 of the request has a blank id"),
        ("person", ["1"], [], None, "no signal types are asked for"),
        ("person", ["1"], ["promotions"], None, "no person signal 'promotions' — did you mean 'promotion'?"),
        ("company", ["1"], ["promotion"], None, "no company signal 'promotion'"),
        ("company", ["1"], ALL, 0, "1 or more signals of each type can be asked for, not 0"),
    ],
)
def test_refusals(entity: Entity, ids: list[str], types: list[str], most: int | None, problem: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        signals(entity, ids, types, most=most)
    assert refused.value.message == f"Lusha: {problem}; nothing was sent"
    assert refused.value.code == "400"


def test_an_identity_that_lusha_would_refuse() -> None:
    with pytest.raises(RequestRefused, match="item 1 of the request has no complete identifier"):
        signals_of("company", [Identity("company")], ["1"], ALL)


def test_a_reference_like_an_id_beside_it() -> None:
    identities = [Identity("company", id="2"), Identity("company", domain="acme.example.com")]
    with pytest.raises(RequestRefused, match="item 2 of the request has the same reference as item 1"):
        signals_of("company", identities, ["1", "2"], ALL)


def test_the_same_id_twice_is_asked_for_once_and_answered_twice() -> None:
    identities = [
        Identity("company", id="7"),
        Identity("company", domain="acme.example.com"),
        Identity("company", id="7"),
    ]
    call = signals_of("company", identities, ["1", "2", "3"], ALL)
    assert call.body and [item["id"] for item in call.body["companies"]] == ["7", "2"]
    answer = call.read({"companies": {"7": {"companyId": "7"}, "2": {"companyId": "8"}}})
    assert [item.id for item in answer.items] == ["7", "8", "7"]


def test_a_request_holds_1_to_100_items() -> None:
    with pytest.raises(RequestRefused, match="a request holds 100 items at most, not 101"):
        signals("person", [str(number) for number in range(101)], ALL)
    with pytest.raises(ValueError, match="needs an item"):
        signals("person", [], ALL)


def news(day: str) -> dict[str, Any]:
    return {"companyId": "7", "eventType": "partnership", "articlePublishedDate": day, "eventSummary": " "}


def surge(day: str | None) -> dict[str, Any]:
    return {"companyId": "7", "signalDate": day, "newJobsPostedLast4Weeks": 15, "department": "Unknown"}


def test_events_newest_first_in_our_spelling() -> None:
    payload = {
        "companies": {
            "7": {
                "companyId": "7",
                "companyName": "Acme Example",
                "riskNews": [news("2026-02-01"), news("2026-04-01")],
                "surgeInHiring": [surge("2026-03-01"), surge(None)],
                "peopleNews": [],
            }
        },
        "startDate": "2026-01-01",
        "endDate": "2026-06-30",
        "creditCharged": 2,
    }
    answer = signals("company", ["7", "8"], ALL).read(payload)
    assert (answer.charged, answer.start, answer.end) == (2, "2026-01-01", "2026-06-30")
    found, left_out = answer.items
    assert (found.id, found.name, found.error) == ("7", "Acme Example", None)
    assert [(signal.type, signal.date) for signal in found.signals] == [
        ("riskNews", "2026-04-01"),
        ("surgeInHiring", "2026-03-01"),
        ("riskNews", "2026-02-01"),
        ("surgeInHiring", None),
    ]
    assert found.signals[1] == Signal(
        "surgeInHiring",
        "2026-03-01",
        {"company_id": "7", "signal_date": "2026-03-01", "new_jobs_posted_last4_weeks": 15},
    )
    assert found.signals[1].raw == surge("2026-03-01")
    assert (left_out.id, left_out.error) == (None, "NO_ANSWER")


@given(st.permutations(range(5)), st.sets(st.integers(0, 4)), st.sets(st.integers(0, 4)))
def test_identities_keep_their_places(order: list[int], left_out: set[int], failed: set[int]) -> None:
    identities = [Identity("person", email=f"zoe{number}@acme.example.com") for number in range(5)]
    error = {"error": {"name": "EMPTY_DATA", "message": "none"}}
    contacts = {
        f"r{number}": error if number in failed else {"personId": str(100 + number), "promotion": []}
        for number in order
        if number not in left_out
    }
    call = signals_of("person", identities, [f"r{number}" for number in range(5)], ALL)
    answer = call.read({"contacts": contacts})
    assert answer.charged is None
    for number, item in enumerate(answer.items):
        expected = (
            (None, "NO_ANSWER") if number in left_out
            else (None, "NOT_FOUND") if number in failed
            else (str(100 + number), None)
        )  # fmt: skip
        assert (item.id, item.error) == expected


@pytest.mark.parametrize("payload", [None, [], {}, {"contacts": []}, {"companies": {}}])
def test_an_answer_of_another_shape(payload: Any) -> None:
    with pytest.raises(Undocumented):
        signals("person", ["7"], ALL).read(payload)


def test_types() -> None:
    call = signal_types("person")
    assert (call.path, call.name, call.paid) == (
        "/api/signals/filters/contact", "GET /api/signals/filters/{objectType}", False,
    )  # fmt: skip
    assert call.read({"signals": ["promotion", "companyChange"], "objectType": "contact"}) == (
        "promotion", "companyChange",
    )  # fmt: skip
    assert signal_types("company").path == "/api/signals/filters/company"
    with pytest.raises(Undocumented):
        call.read({"signals": None})
