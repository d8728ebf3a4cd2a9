"""OAuth: when a token is renewed, what is sent again, and what is said when HubSpot refuses; against the sandbox."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from connector.crm.hubspot import connect
from connector.errors import AccessDenied, NotDone, VendorUnreachable
from connector.models import Update
from connector.pacing import LocalTurns
from connector.redact import Secret
from connector.sandbox.faults import Fault
from connector.sandbox.hubspot import HubSpotPortal
from connector.sandbox.hubspot_tokens import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from connector.sandbox.serving import LocalServer
from tests.crm.patience import patiently

NEW, OLD = "/oauth/2026-09/token", "/oauth/v1/token"
UPDATE = "/crm/v3/objects/contacts/batch/update"


class Bench:
    """A portal, an adapter that signs in by OAuth, and one clock for both."""

    def __init__(self, url: str, portal: HubSpotPortal) -> None:
        self.seconds = 0.0
        self.portal = portal
        self.url = url
        self.crm = self.connect()

    def connect(self, **keys: Any) -> Any:
        connection = {
            "client_id": CLIENT_ID,
            "client_secret": Secret(CLIENT_SECRET),
            "refresh_token": Secret(REFRESH_TOKEN),
            "base_url": self.url,
            "api_version": "v3",
            "ca_file": None,
            "api_reserve": 0.2,
        }
        self.turns = LocalTurns(clock=lambda: self.seconds)
        return connect({**connection, **keys}, clock=lambda: self.seconds, sleep=self.wait, turns=self.turns)

    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    def now(self) -> datetime:
        return datetime(2026, 7, 1, 12, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def asked(self, path: str) -> int:
        return sum(request.path == path for request in self.portal.requests)


@pytest.fixture
def bench() -> Iterator[Bench]:
    later: list[Bench] = []
    rows = {"contacts": [{"id": "1", "properties": {"jobtitle": "Chemist"}}], "companies": []}
    portal = HubSpotPortal(
        SimpleNamespace(hubspot=rows), clock=lambda: later[0].now() if later else datetime(2026, 7, 1, 12, tzinfo=UTC)
    )
    server = LocalServer(portal.app())
    server.start()
    try:
        later.append(Bench(server.url, portal))
        yield later[0]
        later[0].crm.close()
    finally:
        server.end()  # it stops by itself in a moment, and the next test need not wait


def look(bench: Bench) -> Any:
    return bench.crm.fetch("contacts", ["1"], ["jobtitle"])["1"].values["jobtitle"]


def test_one_token_serves_until_a_minute_before_its_end(bench: Bench) -> None:
    assert look(bench) == "Chemist"
    for seconds, renewals in ((1_700, 1), (39, 1), (2, 2), (1_738, 2), (3, 3)):
        bench.wait(seconds)
        look(bench)
        assert bench.portal.tokens.renewals == renewals


def test_the_form_stands_in_the_body_alone(bench: Bench) -> None:
    look(bench)
    [request] = [request for request in bench.portal.requests if request.path == NEW]
    assert request.query == ""
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers


def test_a_token_that_ends_before_its_time_is_renewed_once_for_each_request(bench: Bench) -> None:
    look(bench)
    for renewals in (2, 3):
        bench.portal.tokens.expire()
        assert look(bench) == "Chemist"
        assert bench.portal.tokens.renewals == renewals


def test_tokens_that_end_every_few_calls_end_nothing_else(bench: Bench) -> None:
    bench.portal.tokens.token_calls = 3
    for number in range(10):
        [result] = patiently(bench.crm, "contacts", [Update("1", {"jobtitle": f"Chemist {number}"})])
        assert result.written == {"jobtitle"}
        assert look(bench) == f"Chemist {number}"
    assert bench.portal.tables["contacts"].tally.writes["1"] == 10


def test_a_write_refused_for_its_token_is_sent_again_whole_once_it_was_looked_at(bench: Bench) -> None:
    bench.crm.schema("contacts")
    bench.portal.tokens.expire()
    with pytest.raises(NotDone):
        bench.crm.update("contacts", [Update("1", {"jobtitle": "Engineer"})])
    bench.crm.update("contacts", [Update("1", {"jobtitle": "Engineer"})])
    refused, again = [request for request in bench.portal.requests if request.path == UPDATE]
    assert refused.content == again.content
    assert refused.headers == again.headers
    assert bench.portal.tables["contacts"].tally.writes["1"] == 1


def test_a_portal_that_accepts_no_token_is_asked_twice(bench: Bench) -> None:
    bench.crm.schema("contacts")
    bench.portal.fail_next(401, "INVALID_AUTHENTICATION", path="/crm/v3/objects/contacts/batch/read", times=5)
    sent = len(bench.portal.requests)
    with pytest.raises(AccessDenied, match="does not accept the access token") as denied:
        look(bench)
    assert "connection.refresh_token" in str(denied.value.hint)
    assert len(bench.portal.requests) - sent == 3  # one renewal between them


@pytest.mark.parametrize(
    ("keys", "code", "hint"),
    [
        ({"refresh_token": Secret("na1-gone-0000")}, "BAD_REFRESH_TOKEN", "install the app in HubSpot again"),
        ({"client_id": "other"}, "BAD_CLIENT_ID", "check connection.client_id and connection.client_secret"),
        ({"client_secret": Secret("not-it-0000")}, "BAD_CLIENT_SECRET", "check connection.client_id"),
    ],
)
def test_a_refused_renewal_says_what_to_mend(bench: Bench, keys: dict[str, Any], code: str, hint: str) -> None:
    crm = bench.connect(**keys)
    with pytest.raises(AccessDenied) as denied:
        crm.schema("contacts")
    assert denied.value.message.startswith(
        f"HubSpot does not renew the access token: POST {NEW} answered 400: {code}: "
    )
    assert str(denied.value.hint).startswith(hint)
    assert bench.asked(NEW) == len(bench.portal.requests) == 1


def test_an_app_that_is_uninstalled_in_mid_run(bench: Bench) -> None:
    look(bench)
    bench.portal.tokens.revoked = True
    with pytest.raises(AccessDenied, match="does not renew the access token"):
        look(bench)


def test_no_secret_is_shown_even_if_hubspot_repeats_it(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = {"status": "BAD_REFRESH_TOKEN", "message": f"{REFRESH_TOKEN} of {CLIENT_SECRET} is revoked"}
    bench.portal.faults.arm(Fault(400, body=json.dumps(body), path=NEW))
    with pytest.raises(AccessDenied) as denied:
        bench.crm.schema("contacts")
    assert denied.value.message.endswith("BAD_REFRESH_TOKEN: *** of *** is revoked")
    told = f"{denied.value!r} {denied.value.hint} {caplog.text}"
    assert not any(secret in told for secret in (REFRESH_TOKEN, CLIENT_SECRET))


def test_the_older_path_is_asked_where_the_newer_is_not_served(bench: Bench) -> None:
    bench.portal.fail_next(404, "NOT_FOUND", path=NEW)
    look(bench)
    bench.portal.tokens.expire()
    look(bench)
    assert (bench.asked(NEW), bench.asked(OLD)) == (1, 2)


def test_a_renewal_that_fails_in_passing_is_asked_for_again(bench: Bench) -> None:
    bench.portal.fail_next(500, path=NEW)
    bench.portal.fail_next(429, path=NEW)
    bench.portal.drop_next(path=NEW)
    assert look(bench) == "Chemist"
    assert bench.asked(NEW) == 4


def test_no_place_is_taken_while_a_token_is_asked_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A renewal may take longer than a place stands for whoever died meanwhile: the request would go without one."""
    taken: list[int] = []

    def take(*given: Any, **more: Any) -> float:
        taken.append(bench.portal.tokens.renewals)
        return LocalTurns.take(bench.turns, *given, **more)

    monkeypatch.setattr(bench.turns, "take", take)
    look(bench)
    assert taken[0] == 1


def test_a_token_endpoint_that_stays_broken_is_unreachable(bench: Bench) -> None:
    bench.portal.fail_next(500, path=NEW, times=9)
    with pytest.raises(VendorUnreachable, match=f"POST {NEW} answered 500"):
        look(bench)


def test_oauth_has_no_daily_limit_and_none_is_made_up(bench: Bench) -> None:
    bench.portal.daily.requests = 0
    for _ in range(5):
        look(bench)
    assert bench.portal.daily.used == 0
    assert bench.crm.calls.read == 7  # a token, the schema, five looks


def test_the_portal_is_known_even_where_the_account_may_not_be_asked(bench: Bench) -> None:
    bench.portal.fail_next(403, "MISSING_SCOPES", path="/account-info/v3/details")
    assert bench.crm.tenant_id() == "8800001"


def test_an_apps_scopes_are_those_that_the_renewal_told(bench: Bench) -> None:
    bench.portal.tokens.lacking.add("crm.objects.contacts.write")
    rights = bench.crm.rights("contact", ["email"], ["jobtitle"])
    assert [lack.what for lack in rights.lacks] == ["the token may not edit contacts"]
    assert bench.asked("/oauth/v2/private-apps/get/access-token-info") == 0
