"""The send path: pacing, retries, limits and faults; and what the real SDK does on a real socket."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from urllib3.exceptions import NewConnectionError, ProtocolError, ReadTimeoutError

from connector.crm.base import Query
from connector.crm.hubspot import connect
from connector.errors import AccessDenied, ConfigError, InDoubt, NotDone, QuotaExhausted, VendorUnreachable
from connector.models import Update
from connector.redact import Secret
from tests.crm.hubspot.portal import Reply, StubPortal
from tests.crm.patience import patiently

LIMIT = {"message": "You have reached your limit.", "errorType": "RATE_LIMIT"}
WRITE = [Update("1", {"jobtitle": "Engineer"})]


@pytest.fixture
def portal() -> StubPortal:
    stub = StubPortal()
    stub.add("contacts", "1", jobtitle="Chemist")
    return stub


def ready(portal: StubPortal, **connection: Any) -> Any:
    """An adapter that has its schema already, so that scripted answers meet the next call."""
    crm = portal.connect(**connection)
    crm.schema("contacts")
    portal.requests.clear()
    return crm


def headers(remaining: int, daily: int = 1000) -> dict[str, str]:
    return {"X-HubSpot-RateLimit-Daily": str(daily), "X-HubSpot-RateLimit-Daily-Remaining": str(remaining)}


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        ((429, LIMIT | {"policyName": "TEN_SECONDLY_ROLLING"}), 10.0, 13.0),
        ((429, LIMIT | {"policyName": "SECONDLY"}), 1.0, 2.0),
        ((423, {"message": "locked"}), 2.0, 2.0),
    ],
)
def test_limits_are_waited_out(portal: StubPortal, answer: Any, least: float, most: float) -> None:
    crm = ready(portal)
    portal.script.append(answer)
    assert crm.fetch("contacts", ["1"], ["jobtitle"])["1"].values == {"jobtitle": "Chemist"}
    assert least - 0.001 <= sum(portal.time.slept) <= most + 0.001
    assert len(portal.requests) == 2


def test_retry_after_of_a_moving_portal(portal: StubPortal) -> None:
    crm = ready(portal)
    portal.script.append(Reply(477, {"message": "migrating"}, {"Retry-After": "25"}))
    assert crm.fetch("contacts", ["1"], ["jobtitle"])
    assert sum(portal.time.slept) == pytest.approx(25.0)


def test_a_second_that_others_use_up_is_waited_for_eleven_times(portal: StubPortal) -> None:
    crm = ready(portal)
    crowded = (429, LIMIT | {"policyName": "SECONDLY"})
    portal.script.extend([crowded] * 11)
    assert crm.fetch("contacts", ["1"], ["jobtitle"])
    portal.script.extend([crowded] * 12)
    with pytest.raises(QuotaExhausted, match="rate is used up"):
        crm.fetch("contacts", ["1"], ["jobtitle"])
    assert len(portal.requests) == 24


def test_each_request_is_logged_by_its_template(portal: StubPortal, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "connector")
    crm = portal.connect()
    portal.slow = 0.25
    crm.schema("contacts")
    portal.script.extend([ProtocolError("cut"), NewConnectionError(None, "refused"), (500, b"<html>")])  # type: ignore[arg-type]
    crm.fetch("contacts", ["1"], ["jobtitle"])
    crm.update("contacts", WRITE)
    read = "POST /crm/v3/objects/{object}/batch/read"
    assert [record.getMessage() for record in caplog.records] == [
        "GET /crm/v3/properties/{object}: 200 in 250 ms",
        f"{read}: lost in 250 ms",
        f"{read}: connect in 250 ms",
        f"{read}: 500 in 250 ms",
        f"{read}: 200 in 250 ms",
        "POST /crm/v3/objects/{object}/batch/update: 200 in 250 ms",
    ]
    assert {record.name for record in caplog.records} == {"connector.crm.hubspot.transport"}


def test_the_daily_limit_ends_the_run(portal: StubPortal) -> None:
    crm = ready(portal)
    portal.script.append((429, LIMIT | {"policyName": "DAILY"}))
    with pytest.raises(QuotaExhausted, match="daily calls are used up"):
        crm.fetch("contacts", ["1"], ["jobtitle"])
    assert portal.time.slept == []


def test_the_share_of_others_is_left_before_the_next_call(portal: StubPortal) -> None:
    crm = ready(portal)
    portal.script.append(Reply(200, {"results": []}, headers(199)))
    crm.fetch("contacts", ["1"], ["jobtitle"])
    sent = len(portal.requests)
    message = "HubSpot's daily calls are down to 199 of 1,000; 20% are left to other integrations"
    for call in (
        lambda: crm.fetch("contacts", ["1"], ["jobtitle"]),
        lambda: crm.update("contacts", WRITE),
        crm.tenant_id,
    ):
        with pytest.raises(QuotaExhausted) as caught:
            call()
        assert caught.value.message == message
    assert len(portal.requests) == sent


def test_a_write_that_has_begun_is_finished_below_the_reserve(portal: StubPortal) -> None:
    crm = ready(portal)
    portal.script.append(Reply(200, {"results": []}, headers(10)))  # tells of nobody: the record itself must be read
    [result] = crm.update("contacts", [Update("1", {"email": "ada@example.com"})])
    assert [one.code for one in result.rejections] == ["NO_RESULT"]
    assert len(portal.sent("batch/read")) == 1


def test_a_reserve_of_nothing_uses_the_last_call(portal: StubPortal) -> None:
    crm = ready(portal, api_reserve=0.0)
    portal.script.append(Reply(200, {"results": []}, headers(0)))
    crm.fetch("contacts", ["1"], ["jobtitle"])
    assert crm.fetch("contacts", ["1"], ["jobtitle"])


def test_at_most_four_searches_in_a_second(portal: StubPortal) -> None:
    crm = ready(portal)
    portal.time.slept.clear()
    portal.time.now += 60
    for _ in range(5):
        list(crm.read(Query("contacts", ("jobtitle",), blank=("jobtitle",))))
    assert portal.time.slept == [pytest.approx(1.0)]


@pytest.mark.parametrize("fault", [ReadTimeoutError(None, "/", "slow"), ProtocolError("cut")])  # type: ignore[arg-type]
def test_a_lost_answer_to_a_write_is_in_doubt_and_never_repeated(portal: StubPortal, fault: Exception) -> None:
    crm = ready(portal)
    portal.script.append(fault)
    with pytest.raises(InDoubt) as caught:
        crm.update("contacts", WRITE)
    assert caught.value.message == (
        "HubSpot may or may not have done this write: "
        "POST /crm/v3/objects/{object}/batch/update: no readable answer came"
    )
    assert (len(portal.requests), crm.calls.write) == (1, 1)


@pytest.mark.parametrize("answer", [(502, b"<html>"), (500, {"message": "oops"}), (200, b'{"results": ['), (200, b"")])
def test_an_unreadable_answer_to_a_write_is_in_doubt(portal: StubPortal, answer: Any) -> None:
    crm = ready(portal)
    portal.script.append(answer)
    with pytest.raises(InDoubt):
        crm.update("contacts", WRITE)
    assert crm.calls.write == 1


def test_503_did_nothing_and_the_write_is_sent_again(portal: StubPortal) -> None:
    crm = ready(portal)
    portal.script.append((503, b"down"))
    with pytest.raises(NotDone) as wait:
        crm.update("contacts", WRITE)
    assert isinstance(wait.value.instead, VendorUnreachable)
    assert patiently(crm, "contacts", WRITE)[0].written == {"jobtitle"}
    assert crm.calls.write == 2


def test_a_429_holds_the_next_request_and_the_write_is_looked_at_again(portal: StubPortal) -> None:
    crm = ready(portal)
    portal.script.append((429, {"policyName": "TEN_SECONDLY_ROLLING", "message": "slower"}))
    before = portal.time.clock()
    with pytest.raises(NotDone) as wait:
        crm.update("contacts", WRITE)
    assert isinstance(wait.value.instead, QuotaExhausted)
    crm.fetch("contacts", ["1"], ["jobtitle"])
    assert portal.time.clock() - before >= 10


def test_a_write_whose_turn_comes_late_is_not_sent_before_the_record_is_looked_at_again(portal: StubPortal) -> None:
    crm = ready(portal)
    window = {"X-HubSpot-RateLimit-Max": "1", "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"}
    portal.script.append(Reply(200, {"results": []}, window))
    crm.fetch("contacts", ["1"], ["jobtitle"])
    with pytest.raises(NotDone, match="its turn came too late"):
        crm.update("contacts", WRITE)
    assert portal.sent("batch/update") == []


def test_a_lost_answer_to_a_read_is_asked_for_again(portal: StubPortal) -> None:
    crm = ready(portal)
    portal.script.extend([ProtocolError("cut"), (500, b"<html>"), (200, b"half {")])
    assert "1" in crm.fetch("contacts", ["1"], ["jobtitle"])
    assert len(portal.requests) == 4


def test_no_connection_is_tried_three_times(portal: StubPortal) -> None:
    crm = ready(portal)
    portal.script.extend([NewConnectionError(None, "refused")] * 3)  # type: ignore[arg-type]
    with pytest.raises(VendorUnreachable) as caught:
        patiently(crm, "contacts", WRITE, times=3)
    assert not isinstance(caught.value, InDoubt | NotDone)
    assert caught.value.message.startswith("HubSpot cannot be reached at http://127.0.0.1:9: ")


def test_an_answer_without_results_says_nothing_about_records(portal: StubPortal) -> None:
    crm = ready(portal)
    portal.script.append((200, {"status": "COMPLETE"}))
    with pytest.raises(VendorUnreachable, match="holds no results"):
        crm.fetch("contacts", ["1"], ["jobtitle"])


def test_calls_count_reads_and_writes(portal: StubPortal) -> None:
    crm = portal.connect()
    crm.fetch("contacts", ["1"], ["jobtitle"])
    crm.update("contacts", WRITE)
    assert (crm.calls.read, crm.calls.write) == (2, 1)
    crm.close()
    assert portal.requests[-1] == ("", "closed", None)


def test_threads_may_share_an_adapter(portal: StubPortal) -> None:
    crm = ready(portal)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: crm.fetch("contacts", ["1"], ["jobtitle"]), range(400)))
    assert all("1" in one for one in found)
    assert crm.calls.read == 401
    assert 1040.0 <= portal.time.now < 1045.0  # five windows of 92 calls (three are kept for writes)


@pytest.mark.parametrize("base_url", ["http://crm.example.com", "ftp://127.0.0.1", "api.hubapi.com"])
def test_the_token_never_travels_in_the_clear(portal: StubPortal, base_url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        portal.connect(base_url=base_url)
    assert caught.value.message == f"connection.base_url: expected an https:// address but got: {base_url!r}"


def test_other_api_versions_are_refused(portal: StubPortal) -> None:
    with pytest.raises(ConfigError, match="expected 'v3' or '2026-09' but got: '2025-09'"):
        portal.connect(api_version="2025-09")


# On a real socket: what the SDK and urllib3 do beneath us.


@contextmanager
def serving(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A loopback server that gives each connection one answer and then closes it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)

        def answer_all() -> None:
            for answer in answers:
                connection, _ = server.accept()
                with connection:
                    heard.append(_request(connection))
                    connection.sendall(answer)

        thread = Thread(target=answer_all, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        thread.join(5)


def _request(connection: socket.socket) -> bytes:
    data = connection.recv(65_536)
    while b"\r\n\r\n" not in data and not data.startswith(b"\x16"):  # a TLS greeting has no headers
        data += connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def http(status: str, body: Any, extra: str = "") -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n{extra}\r\n".encode() + data


def through(url: str, slept: list[float]) -> Any:
    settings = {"access_token": Secret("test-token"), "base_url": url, "api_version": "v3", "ca_file": None}
    return connect({**settings, "api_reserve": 0.2}, sleep=slept.append)


def test_the_sdk_signs_and_sends() -> None:
    with serving(http("200 OK", {"portalId": 42})) as (url, heard):
        assert through(url, []).tenant_id() == "42"
    assert heard[0].startswith(b"GET /account-info/v3/details HTTP/1.1\r\n")
    assert b"\r\nauthorization: bearer test-token\r\n" in heard[0].lower()


def test_a_cut_answer_to_a_read_is_asked_for_once_more_by_us_alone() -> None:
    whole = http("200 OK", {"portalId": 42})
    slept: list[float] = []
    with serving(whole[:-5], b"", whole) as (url, heard):
        assert through(url, slept).tenant_id() == "42"
    assert (len(heard), len(slept)) == (3, 2)  # urllib3's hidden retries would not have slept


def test_a_redirect_never_carries_the_token_away() -> None:
    elsewhere = http("302 Found", b"", "Location: http://127.0.0.1:1/steal\r\n")
    with serving(elsewhere) as (url, heard), pytest.raises(VendorUnreachable) as caught:
        through(url, []).tenant_id()
    assert caught.value.hint == "check connection.base_url: it answers with a redirect"
    assert len(heard) == 1


def test_a_refused_token_and_a_body_that_is_no_utf8() -> None:
    refusal = {"message": "Authentication credentials not found.", "category": "INVALID_AUTHENTICATION"}
    with serving(http("401 Unauthorized", refusal)) as (url, _), pytest.raises(AccessDenied, match="not found"):
        through(url, []).tenant_id()
    with serving(http("401 Unauthorized", b"\xff\xfe")) as (url, _), pytest.raises(AccessDenied):
        through(url, []).tenant_id()


def test_nobody_listens_and_a_plain_server_on_https() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    slept: list[float] = []
    with pytest.raises(VendorUnreachable) as caught:
        through(f"http://127.0.0.1:{port}", slept).tenant_id()
    assert caught.value.hint == "check connection.base_url and the network"
    assert len(slept) == 2
    with serving(b"HTTP/1.1 400 Bad\r\n\r\n") as (url, heard), pytest.raises(VendorUnreachable) as caught:
        through(url.replace("http:", "https:"), slept).tenant_id()
    assert caught.value.hint == "name your CA bundle as connection.ca_file"
    assert (len(heard), len(slept)) == (1, 2)
