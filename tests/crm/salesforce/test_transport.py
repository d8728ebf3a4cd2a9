"""The one send path: what is sent, what is sent again, and what is said when it ends."""

from __future__ import annotations

import json
import logging
import ssl

import pytest
import requests
import urllib3.exceptions as u3
from urllib3.connection import HTTPSConnection

from connector.crm.base import Query
from connector.errors import AccessDenied, ConfigError, InDoubt, NotDone, QuotaExhausted, VendorUnreachable
from connector.models import Update
from connector.redact import Secret
from tests.crm.patience import patiently
from tests.crm.salesforce.bench import (
    BY_CLIENT,
    INSTANCE,
    Step,
    described,
    refusal,
    reply,
    scripted,
    token_reply,
)

ID = "003000000000001AAA"
LANDED = reply(200, [{"id": ID, "success": True, "errors": []}])
UPDATE = [Update(ID, {"Title": "CEO"})]


class Quarters:
    """A clock that moves a quarter of a second each time somebody looks at it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.25
        return self.now


def refused_connection() -> requests.ConnectionError:
    """As urllib3 wraps it: nothing was sent."""
    reason = u3.NewConnectionError(HTTPSConnection("acme.my.salesforce.com"), "[Errno 111] Connection refused")
    reason.__cause__ = ConnectionRefusedError(111, "Connection refused")
    return requests.ConnectionError(u3.MaxRetryError(None, "/secret?q=x", reason))  # type: ignore[arg-type]


def cut() -> requests.ConnectionError:
    """The server closed while we waited for its answer."""
    return requests.ConnectionError(u3.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset")))


def untrusted() -> requests.exceptions.SSLError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return requests.exceptions.SSLError(u3.MaxRetryError(None, "/", u3.SSLError(error)))  # type: ignore[arg-type]


def test_what_a_write_carries() -> None:
    crm, script = scripted(LANDED)
    crm.update("Contact", UPDATE)
    (request,) = script.requests
    assert (request.method, request.url) == ("PATCH", f"{INSTANCE}/services/data/v68.0/composite/sobjects")
    assert request.headers["Sforce-Auto-Assign"] == "FALSE"
    assert request.headers["X-PrettyPrint"] == "0"
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"] == "Bearer 00D000000000001!token"
    assert script.bodies() == [
        {"allOrNone": False, "records": [{"Title": "CEO", "attributes": {"type": "Contact"}, "id": ID}]}
    ]
    assert (crm.calls.read, crm.calls.write) == (0, 1)


def test_a_read_carries_no_header_of_a_write() -> None:
    crm, script = scripted(described(), reply(200, [None]))
    crm.fetch("Contact", [ID], ["Title"])
    assert all("Sforce-Auto-Assign" not in request.headers for request in script.requests)
    assert script.bodies()[1] == {"ids": [ID], "fields": ["Id", "SystemModstamp", "Title"]}
    assert (crm.calls.read, crm.calls.write) == (2, 0)


@pytest.mark.parametrize(
    ("steps", "slept", "writes"),
    [
        ([refused_connection(), refused_connection()], 2, 1),
        ([reply(503, b"")], 1, 2),
        ([refusal(429, "TOO_MANY")], 1, 2),
        ([refusal(400, "UNABLE_TO_LOCK_ROW")], 1, 2),
        ([refusal(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit")], 1, 2),
    ],
)
def test_a_write_that_did_nothing_is_sent_again(steps: list[Step], slept: int, writes: int) -> None:
    crm, script = scripted(*steps, LANDED)
    with pytest.raises(NotDone):
        crm.update("Contact", UPDATE)
    (result,) = patiently(crm, "Contact", UPDATE)
    assert result.written == {"Title"}
    assert len(script.slept) == slept
    assert crm.calls.write == writes


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (requests.ReadTimeout("read timed out"), "timed out"),
        (cut(), "reset"),
        (requests.exceptions.ChunkedEncodingError("IncompleteRead"), "the connection was cut"),
        (reply(200, b'[{"id":'), "its body is not what the API documents"),
        (reply(200, {"not": "a list"}), "its body is not what the API documents"),
    ],
)
def test_a_write_without_a_readable_answer_is_in_doubt_at_once(step: Step, words: str) -> None:
    crm, script = scripted(step)
    with pytest.raises(InDoubt) as doubt:
        crm.update("Contact", UPDATE)
    what = "PATCH composite/sobjects (acme.my.salesforce.com)"
    assert doubt.value.message == f"Salesforce's answer was lost: {what}: {words}"
    assert (script.slept, crm.calls.write) == ([], 1)


def test_a_lost_write_is_a_doubt_also_while_an_unsent_one_is_being_handled() -> None:
    crm, _ = scripted(cut())
    try:
        raise refused_connection()
    except requests.ConnectionError:
        with pytest.raises(InDoubt):
            crm.update("Contact", UPDATE)


@pytest.mark.parametrize("step", [reply(500, b"<html>"), refusal(502, "BAD_GATEWAY"), reply(504, b"")])
def test_a_write_that_ends_in_a_server_error_is_in_doubt(step: Step) -> None:
    crm, _ = scripted(step)
    with pytest.raises(InDoubt):
        crm.update("Contact", UPDATE)


@pytest.mark.parametrize("answers", [[], [{"id": ID, "success": True}] * 2, ["odd"]])
def test_results_that_do_not_fit_the_updates_are_a_doubt(answers: list[object]) -> None:
    crm, _ = scripted(reply(200, answers))
    with pytest.raises(InDoubt):
        crm.update("Contact", UPDATE)


def test_a_read_is_repeated_over_faults_and_counted_each_time_it_was_sent() -> None:
    crm, script = scripted(
        refused_connection(), reply(500, b""), described(), cut(), reply(200, b"<html>"), described()
    )
    assert "Title" in crm.schema("Contact")
    assert (len(script.slept), crm.calls.read) == (2, 2)
    assert "Title" in crm.schema("Lead")
    assert (len(script.slept), crm.calls.read) == (4, 5)


def test_waits_double() -> None:
    crm, script = scripted(*[reply(500, b"")] * 5)
    with pytest.raises(VendorUnreachable, match=r"with 500 after 5 attempts$"):
        crm.schema("Contact")
    assert len(script.slept) == 4
    assert all(whole * 0.75 <= slept <= whole for slept, whole in zip(script.slept, (1, 2, 4, 8), strict=True))


def test_nobody_there_is_told_without_the_query() -> None:
    crm, script = scripted(*[refused_connection()] * 3)
    with pytest.raises(VendorUnreachable) as unreachable:
        crm.schema("Contact")
    assert unreachable.value.message == (
        "Salesforce could not be reached after 3 attempts: "
        "GET sobjects/{object}/describe (acme.my.salesforce.com): Connection refused"
    )
    assert (len(script.slept), crm.calls.read) == (2, 0)


def test_a_certificate_that_does_not_check_out_is_not_tried_twice() -> None:
    crm, script = scripted(untrusted())
    with pytest.raises(VendorUnreachable) as unreachable:
        crm.schema("Contact")
    assert unreachable.value.message == (
        "Salesforce's certificate was refused: "
        "GET sobjects/{object}/describe (acme.my.salesforce.com): self-signed certificate"
    )
    assert unreachable.value.hint == "behind a company proxy, name its CA bundle in connection.ca_file"
    assert script.slept == []


def test_a_write_refused_for_its_certificate_is_no_doubt() -> None:
    crm, _ = scripted(untrusted())
    with pytest.raises(VendorUnreachable) as unreachable:
        crm.update("Contact", UPDATE)
    assert not isinstance(unreachable.value, InDoubt)
    assert crm.calls.write == 0


def test_a_redirect_is_not_followed() -> None:
    crm, script = scripted(reply(302, b"", Location="https://elsewhere.example/steal"))
    with pytest.raises(ConfigError) as moved:
        crm.schema("Contact")
    assert moved.value.hint == "check connection.instance_url: it must be the org's own My Domain"
    assert len(script.requests) == 1


def test_the_session_is_renewed_once_and_not_forever() -> None:
    expired = [refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")]
    crm, script = scripted(token_reply(1), *expired, token_reply(2), *expired, **BY_CLIENT)
    with pytest.raises(AccessDenied, match="INVALID_SESSION_ID: Session expired or invalid"):
        crm.schema("Contact")
    assert [request.headers.get("Authorization") for request in script.requests] == [
        None, "Bearer 00D000000000001!t1", None, "Bearer 00D000000000001!t2",
    ]  # fmt: skip


def test_the_limit_header_stops_the_next_call_and_not_this_one() -> None:
    usage = "api-usage=81/100; per-app-api-usage=1/250(appName=x)"
    crm, script = scripted(reply(200, [{"id": ID, "success": True}], Sforce_Limit_Info=usage))
    assert crm.update("Contact", UPDATE)[0].written == {"Title"}
    with pytest.raises(QuotaExhausted) as stopped:
        crm.update("Contact", UPDATE)
    assert stopped.value.message == (
        "Salesforce: 81 of 100 daily API calls are used, and api_reserve leaves 20% of them to others"
    )
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("usage", "reserve"),
    [("api-usage=80/100", 0.2), ("per-app-api-usage=99/100(appName=x)", 0.2), ("", 0.2), ("api-usage=99/100", 0.0)],
)
def test_calls_go_on_within_the_reserve(usage: str, reserve: float) -> None:
    answers = [reply(200, [{"id": ID, "success": True}], Sforce_Limit_Info=usage) for _ in range(2)]
    crm, _ = scripted(*answers, reserve=reserve)
    crm.update("Contact", UPDATE)
    assert crm.update("Contact", UPDATE)[0].written == {"Title"}


def test_the_days_calls_used_up_is_a_quota() -> None:
    crm, _ = scripted(refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
    with pytest.raises(QuotaExhausted) as stopped:
        crm.schema("Contact")
    assert stopped.value.hint == "the daily API calls of this org are used up: resume tomorrow"


def test_an_unknown_object_is_named_with_the_nearest_known_one() -> None:
    crm, _ = scripted(refusal(404, "NOT_FOUND", "The requested resource does not exist"))
    with pytest.raises(ConfigError) as unknown:
        crm.schema("Contcat")
    assert unknown.value.message == (
        "Salesforce has no object 'Contcat' that this user may see — did you mean 'Contact'?"
    )


@pytest.mark.parametrize("following", ["https://evil.example/services/data/x", "/services/apexrest/x"])
def test_the_next_page_is_on_the_same_host_and_under_the_data_path(following: str) -> None:
    page = {"done": False, "records": [], "nextRecordsUrl": following}
    crm, script = scripted(described(), reply(200, page))
    with pytest.raises(VendorUnreachable, match="as the next page, which cannot be"):
        list(crm.read(Query("Contact", ("Title",))))
    assert len(script.requests) == 2


def test_pages_that_go_round_in_circles_end() -> None:
    page = {"done": False, "records": [{"Id": ID, "Title": "A"}], "nextRecordsUrl": "/services/data/v68.0/query/01g-1"}
    crm, script = scripted(described(), reply(200, page), reply(200, page))
    with pytest.raises(VendorUnreachable, match="as the next page, which cannot be"):
        list(crm.read(Query("Contact", ("Title",))))
    assert script.requests[2].url == f"{INSTANCE}/services/data/v68.0/query/01g-1"


def test_the_tenant_is_none_where_the_query_is_refused() -> None:
    refused = refusal(400, "INVALID_TYPE", "sObject type 'Organization' is not supported.")
    crm, _ = scripted(refused, access_token=Secret("opaque"))
    assert crm.tenant_id() is None


def test_fetch_asks_in_batches_and_leaves_impossible_ids_out() -> None:
    ids = [f"003{number:012}AAA" for number in range(2_500)]

    def rows(request: requests.PreparedRequest) -> requests.Response:
        asked = json.loads(request.body or b"")["ids"]
        return reply(200, [{"Id": id, "Title": id, "SystemModstamp": "v"} for id in asked])

    crm, script = scripted(described(), rows, rows)
    found = crm.fetch("Contact", [*ids, ids[0], "not-an-id"], ["Title"])
    assert [len(body["ids"]) for body in script.bodies()[1:]] == [2_000, 500]
    assert list(found) == ids
    assert found[ids[7]].values == {"Title": ids[7]}


def test_more_than_a_batch_is_the_callers_mistake() -> None:
    crm, script = scripted()
    with pytest.raises(ValueError, match="201 updates: Salesforce takes 200 at a time"):
        crm.update("Contact", UPDATE * 201)
    assert script.requests == []


@pytest.mark.parametrize("code", ["access_denied", "invalid_scope", "something_new"])
def test_a_sign_in_refused_in_new_words_is_access_denied(code: str) -> None:
    crm, _ = scripted(reply(400, {"error": code, "error_description": "not you"}), **BY_CLIENT)
    with pytest.raises(AccessDenied) as denied:
        crm.schema("Contact")
    assert denied.value.message == (
        f"Salesforce refused POST /services/oauth2/token (acme.my.salesforce.com) with 400: {code}: not you"
    )
    assert denied.value.hint == "check the credentials of this connection"


# The log


def test_each_request_is_logged_by_its_template(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "connector")
    answers: list[Step] = [token_reply(), described(), cut(), reply(200, [None]), LANDED]
    crm, _ = scripted(*answers, clock=Quarters(), **BY_CLIENT)
    crm.fetch("Contact", [ID], ["Title"])
    crm.update("Contact", UPDATE)
    assert [record.getMessage() for record in caplog.records] == [
        "POST /services/oauth2/token: 200 in 250 ms",
        "GET sobjects/{object}/describe: 200 in 250 ms",
        "POST composite/sobjects/{object}: lost in 250 ms",
        "POST composite/sobjects/{object}: 200 in 250 ms",
        "PATCH composite/sobjects: 200 in 250 ms",
    ]
    assert {record.name for record in caplog.records} == {"connector.crm.salesforce.transport"}


def test_a_refused_sign_in_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "connector")
    crm, _ = scripted(
        refused_connection(),
        reply(400, {"error": "invalid_client", "error_description": "no"}),
        clock=Quarters(),
        **BY_CLIENT,
    )
    with pytest.raises(AccessDenied):
        crm.schema("Contact")
    assert [record.getMessage() for record in caplog.records] == [
        "POST /services/oauth2/token: unreached in 250 ms",
        "POST /services/oauth2/token: 400 in 250 ms",
    ]
