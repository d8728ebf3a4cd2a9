"""The typed clients of both generations over a mock transport: what is sent, what is read, what a plan refuses."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import pytest

from connector.errors import InDoubt
from connector.lusha.errors import DatapointsNotOnPlan, NotOnPlan, Restricted, SessionExpired
from connector.models import Identity
from tests.lusha.test_client import Wire, answer, ok

ZOE = Identity("person", email="zoe@acme.example.com")
ACME = Identity("company", domain="acme.example.com")
PLAN = "Your pricing version does not support requesting individual datapoints [revealEmails, revealPhones]"
CONTACT = {
    "error": None,
    "isCreditCharged": True,
    "data": {
        "personId": 7, "firstName": "Zoe", "lastName": "Example", "fullName": "Zoe Example", "companyId": 9,
        "emailAddresses": [{"email": "zoe@acme.example.com", "emailType": "work"}],
    },
}  # fmt: skip
FOUND = {"contacts": {"1": CONTACT}, "companies": {"9": {"name": "Acme", "fqdn": "www.acme.example.com"}}}


def sent(wire: Wire) -> Any:
    return json.loads(wire.requests[-1].content)


def test_v2_buys_what_is_asked_and_estimates_what_it_cost() -> None:
    wire = Wire([ok(FOUND)])
    told = wire.lusha().v2.look_up("person", [ZOE], {"emails"})
    assert str(wire.requests[0].url) == "https://api.lusha.com/v2/person"
    metadata = sent(wire)["metadata"]
    assert (metadata["revealEmails"], metadata["revealPhones"]) == (True, False)
    assert (told.charged, told.estimated) == (1, True)
    profile = told.items[0].profile
    assert profile is not None
    assert (profile.id, profile.attributes["company"]["domain"]) == ("7", "acme.example.com")
    assert profile.revealed == {"emails", "profile"}


def test_a_plan_without_unified_credits_is_asked_for_both_from_then_on() -> None:
    wire = Wire([answer(403, PLAN), ok(FOUND)])
    v2 = wire.lusha().v2
    assert v2.purchase("person", {"phones"}) == {"phones"}
    with pytest.raises(DatapointsNotOnPlan):
        v2.look_up("person", [ZOE], {"phones"})
    assert v2.purchase("person", {"phones"}) == {"emails", "phones"}
    told = v2.look_up("person", [ZOE], {"emails", "phones"})
    assert not {"revealEmails", "revealPhones"} & sent(wire).get("metadata", {}).keys()
    assert told.items[0].profile is not None
    assert told.items[0].profile.revealed == {"emails", "phones", "profile"}


def test_where_both_are_wanted_no_plan_is_asked_to_sell_them_apart() -> None:
    wire = Wire([ok(FOUND)])
    told = wire.lusha().v2.look_up("person", [ZOE], {"emails", "phones"})
    assert not {"revealEmails", "revealPhones"} & sent(wire)["metadata"].keys()
    assert told.items[0].profile is not None
    assert told.items[0].profile.revealed == {"emails", "phones", "profile"}


def test_another_403_changes_nothing_of_what_is_asked() -> None:
    v2 = Wire([answer(403, "Exclude DNC is not supported on your current plan.")]).lusha().v2
    with pytest.raises(NotOnPlan):
        v2.look_up("person", [ZOE], {"phones"})
    assert v2.separate


def test_v2_nobody_is_told_without_revealing_something() -> None:
    v2 = Wire([ok()]).lusha().v2
    assert v2.purchase("person", ()) == v2.purchase("person", {"profile"}) == {"emails"}
    assert v2.purchase("company", ()) == {"company"}


def test_a_single_person_that_is_not_found_is_no_error() -> None:
    wire = Wire([answer(404, "Resource not found")])
    told = wire.lusha().v2.look_up_one("person", ZOE, {"emails"})
    assert (told.items[0].error, told.charged) == ("NOT_FOUND", 0)
    assert wire.requests[0].url.params["email"] == "zoe@acme.example.com"


def test_a_404_page_of_somebody_else_is_no_answer() -> None:
    wire = Wire([httpx.Response(404, text="<html>nothing here</html>")])
    with pytest.raises(Exception, match="answered 404"):
        wire.lusha().v2.look_up_one("person", ZOE, {"emails"})


def test_451_is_for_good() -> None:
    with pytest.raises(Restricted) as error:
        Wire([answer(451, "GDPR")]).lusha().v2.look_up_one("person", ZOE, {"emails"})
    assert error.value.code == "451"


@pytest.mark.parametrize("status", [500, 499])
def test_a_paid_get_whose_answer_is_lost_is_in_doubt_too(status: int) -> None:
    wire = Wire([answer(status)])
    with pytest.raises(InDoubt):
        wire.lusha().v2.look_up_one("company", ACME, ())
    assert len(wire.requests) == 1


def test_free_posts_are_asked_again() -> None:
    wire = Wire([answer(500), ok([{"name": "Excel"}])])
    assert wire.lusha().v2.filter_values("company", "technologies", "exc") == ({"name": "Excel"},)
    assert len(wire.requests) == 2


def test_a_person_in_a_query_reaches_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    wire = Wire([answer(400, "bad zoe@acme.example.com")])
    with pytest.raises(Exception, match="GET /v2/person answered 400") as error:
        wire.lusha().v2.look_up_one("person", ZOE, {"emails"})
    assert "zoe@" not in caplog.text + str(error.value)


def test_v2_accounts_have_no_prices() -> None:
    usage = {"usage": {"bulkCredits": {"used": 150, "total": 1000, "remaining": 850}}}
    told = Wire([ok(usage)]).lusha().v2.account()
    assert (told.remaining, told.used, told.total, told.prices) == (850, 150, 1000, {})


def test_v3_search_and_enrich_in_one() -> None:
    body = {"results": [{"clientReferenceId": "1", "id": "7", "emails": []}], "billing": {"creditsCharged": 1}}
    wire = Wire([ok(body)])
    told = wire.lusha().v3.look_up("person", [ZOE], {"emails"})
    assert wire.requests[0].url.path == "/v3/contacts/search-and-enrich"
    assert sent(wire)["reveal"] == ["emails"]
    assert told.items[0].profile is not None
    assert told.items[0].profile.revealed == {"emails", "profile"}


def test_v3_prospecting_signals_lookalikes_and_filters() -> None:
    wire = Wire([ok({"results": [{"id": "7"}], "pagination": {"page": 0, "size": 25, "total": 1}})])
    v3 = wire.lusha().v3
    found = v3.prospecting("person", {"contacts": {"include": {"departments": ["Sales"]}}})
    assert (found.total, found.profiles[0].id) == (1, "7")
    wire.steps[:] = [ok({"results": [{"id": "7", "promotion": [{"signalDate": "2026-01-02"}]}]})]
    told = v3.signals("person", ["7", "8"], ["promotion"], since=date(2026, 1, 1))
    assert [(item.id, len(item.signals), item.error) for item in told.items] == [("7", 1, None), ("8", 0, "NO_ANSWER")]
    wire.steps[:] = [ok({"results": [{"id": "9"}], "dedupeSessionId": "s", "meta": {"hasMore": True}})]
    alike = v3.lookalikes("person", [ZOE, *(Identity("person", id=str(n)) for n in range(4))])
    assert (alike.more, alike.session, alike.profiles[0].id) == (True, "s", "9")
    wire.steps[:] = [ok({"values": ["Sales"]})]
    assert v3.filter_values("person", "departments") == ("Sales",)
    assert wire.requests[-1].url.path == "/v3/contacts/prospecting/filters/departments"


def test_an_expired_session_says_so() -> None:
    gone = httpx.Response(410, json={"code": "DEDUPE_SESSION_INVALID", "message": "The session is invalid or expired."})
    with pytest.raises(SessionExpired, match="invalid or expired"):
        Wire([gone]).lusha().v3.lookalikes("company", [ACME], session="58adaa77-7a6e-4c9b-8c2d-820a6538e613")


def test_what_the_account_says_of_its_windows_is_obeyed() -> None:
    limits = {"minute": {"limit": 5, "used": 5, "remaining": 0, "resetsAt": None}}
    wire = Wire([ok({"credits": {"remaining": 1}, "rateLimits": limits}), ok({"results": []})])
    v3 = wire.client()
    v3.account()
    v3.search("person", [ZOE])
    assert wire.times == [1000.0, 1060.0]
