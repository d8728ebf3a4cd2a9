"""The send path over a mock transport: signing, pacing, retries, doubt, and what never reaches a message."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from connector.errors import (
    AccessDenied,
    ConnectorError,
    InDoubt,
    QuotaExhausted,
    RequestRefused,
    Stopped,
    VendorUnreachable,
)
from connector.lusha.client import LushaClient
from connector.lusha.errors import NoConnection, ServerError, TooManyRequests
from connector.lusha.v3.client import LushaV3
from connector.models import Identity, Price
from connector.pacing import LocalTurns
from connector.redact import Secret

KEY = "0a1b2c3d-invented-key"
ZOE = Identity("person", email="zoe@acme.example.com")
USAGE = {"credits": {"remaining": 10}}
FOUND = {"results": [{"clientReferenceId": "1", "id": "7"}], "billing": {"creditsCharged": 1}}

Step = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class Wire:
    """Answers step by step (the last one for good), with a clock that only ``sleep`` moves."""

    steps: list[Step]
    requests: list[httpx.Request] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    now: float = 1000.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.times.append(self.now)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step(request) if callable(step) else step

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        with self.lock:
            self.now += seconds

    def lusha(self, **options: Any) -> LushaClient:
        turns, transport = LocalTurns(clock=lambda: self.now), httpx.MockTransport(self)
        return LushaClient(Secret(KEY), transport=transport, turns=turns, sleep=self.sleep, **options)

    def client(self, **options: Any) -> LushaV3:
        return self.lusha(**options).v3


def answer(status: int, message: str = "", **headers: str) -> httpx.Response:
    body = {"statusCode": status, "message": message}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers=names)


def ok(payload: Any = FOUND, **headers: str) -> httpx.Response:
    return httpx.Response(200, json=payload, headers={name.replace("_", "-"): v for name, v in headers.items()})


def test_search_is_signed_and_says_what_it_must() -> None:
    wire = Wire([ok()])
    answer = wire.client().search("person", [ZOE])
    (request,) = wire.requests
    assert (request.method, str(request.url)) == ("POST", "https://api.lusha.com/v3/contacts/search")
    assert request.headers["api_key"] == KEY
    assert json.loads(request.content) == {"contacts": [{"clientReferenceId": "1", "email": "zoe@acme.example.com"}]}
    assert answer.charged == 1
    assert answer.items[0].profile is not None
    assert answer.items[0].profile.id == "7"


def test_enrich_people_and_companies() -> None:
    results = [{"id": "8"}, {"id": "7", "emails": [{"email": "zoe@acme.example.com"}]}]
    wire = Wire([ok({"results": results})])
    client = wire.client()
    answer = client.enrich("person", ["7", "8", "9"], {"emails"})
    assert [item.profile.id if item.profile else item.error for item in answer.items] == ["7", "8", "NO_ANSWER"]
    assert answer.charged is None
    client.enrich("company", ["7"], ["company", "intent"])
    assert [(request.url.path, json.loads(request.content)) for request in wire.requests] == [
        ("/v3/contacts/enrich", {"ids": ["7", "8", "9"], "reveal": ["emails"], "waterfallEnabled": False}),
        ("/v3/companies/enrich", {"ids": ["7"], "reveal": ["intent"]}),
    ]


def test_account_prices_serve_the_offers_that_follow() -> None:
    usage = USAGE | {"pricing": {"reveal_company": {"credits": 3, "perQuantity": 1}}}
    wire = Wire([ok(usage), ok()])
    client = wire.client()
    account = client.account()
    assert (account.remaining, account.prices) == (10, {"reveal_company": Price(3)})
    (item,) = client.search("company", [Identity("company", domain="acme.example.com")]).items
    assert item.profile is not None
    assert item.profile.offers == {"company": 3}
    assert wire.requests[0].method == "GET"


@pytest.mark.parametrize("base_url", ["https://mock.example.com/_mock/apis", "https://mock.example.com/_mock/apis/"])
def test_base_url_may_carry_a_prefix(base_url: str) -> None:
    wire = Wire([ok()])
    wire.client(base_url=base_url).search("person", [ZOE])
    assert str(wire.requests[0].url) == "https://mock.example.com/_mock/apis/v3/contacts/search"


def test_a_bad_item_is_refused_before_anything_is_sent() -> None:
    wire = Wire([ok()])
    client = wire.client()
    with pytest.raises(RequestRefused):
        client.search("person", [Identity("person", email="nobody")])
    assert (wire.requests, client.calls) == ([], 0)


# --- retries


def test_503_is_tried_five_times_with_growing_pauses() -> None:
    wire = Wire([answer(503)])
    client = wire.client()
    with pytest.raises(VendorUnreachable, match=r"^Lusha: POST /v3/contacts/search answered 503 \(5 attempts\)$"):
        client.search("person", [ZOE])
    pauses = [later - sooner for sooner, later in zip(wire.times, wire.times[1:], strict=False)]
    assert client.calls == 5
    assert all(0.75 * base <= pause <= base for base, pause in zip((1, 2, 4, 8), pauses, strict=True))


def test_503_passes() -> None:
    wire = Wire([answer(503), answer(503), ok()])
    assert wire.client().search("person", [ZOE]).charged == 1


def test_no_connection_is_tried_three_times_and_counts_no_call() -> None:
    wire = Wire([httpx.ConnectError("[Errno 111] Connection refused")])
    client = wire.client()
    with pytest.raises(VendorUnreachable) as error:
        client.search("person", [ZOE])
    assert type(error.value) is NoConnection
    assert error.value.message == (
        "Lusha: POST /v3/contacts/search failed: no connection could be made"
        " (ConnectError: [Errno 111] Connection refused) (3 attempts)"
    )
    assert (len(wire.requests), client.calls) == (3, 0)


@pytest.mark.parametrize(
    "step",
    [
        httpx.ReadTimeout("late"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("cut"),
        answer(500),
        answer(502),
        answer(499),
        httpx.Response(200, text="<html>Sign in to the guest network</html>"),
        httpx.Response(200, text='{"results": [{"id": "7"'),
        httpx.Response(200, json=["results"]),
        httpx.Response(200, json={"billing": {"creditsCharged": 1}}),
        lambda _: httpx.Response(200, content=b"not gzip", headers={"content-encoding": "gzip"}),
        httpx.Response(204),
    ],
    ids=lambda step: type(step).__name__,
)  # fmt: skip
def test_a_paid_call_without_a_readable_answer_is_in_doubt_at_once(step: Step) -> None:
    wire = Wire([step])
    client = wire.client()
    with pytest.raises(InDoubt, match=r"^Lusha: POST /v3/contacts/enrich "):
        client.enrich("person", ["7"], ["emails"])
    assert (len(wire.requests), client.calls) == (1, 1)


@pytest.mark.parametrize(
    "step",
    [httpx.ReadTimeout("late"), answer(500), httpx.Response(200, text="<html>"), httpx.Response(200, json={"ok": 1})],
    ids=["timeout", "500", "html", "undocumented"],
)
def test_usage_is_free_and_asked_again(step: Step) -> None:
    wire = Wire([step, step, ok(USAGE)])
    assert wire.client().account().remaining == 10
    wire = Wire([step])
    with pytest.raises(VendorUnreachable) as error:
        wire.client().account()
    assert type(error.value) is ServerError
    assert len(wire.requests) == 5


def test_redirects_are_not_followed() -> None:
    wire = Wire([httpx.Response(302, headers={"location": "https://elsewhere.example.com/"})])
    with pytest.raises(VendorUnreachable, match="answered 302") as error:
        wire.client().search("person", [ZOE])
    assert error.value.hint == "nothing of Lusha's API is there: check lusha.base_url"
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"statusCode": 400, "message": "Validation failed", "errors": ["contacts.0.email must be an email"]},
        {"error": {"code": 400, "message": "Validation failed; contacts.0.email must be an email"}},
        {"message": ["Validation failed", "contacts.0.email must be an email"]},
    ],
)
def test_both_shapes_of_errors_are_read(body: dict[str, Any]) -> None:
    wire = Wire([httpx.Response(400, json=body)])
    with pytest.raises(RequestRefused) as error:
        wire.client().search("person", [ZOE])
    assert error.value.code == "400"
    assert error.value.message == (
        "Lusha: POST /v3/contacts/search answered 400: Validation failed; contacts.0.email must be an email"
    )


# --- limits


def test_at_most_rate_limit_requests_a_second_and_endpoint() -> None:
    wire = Wire([ok()])
    client = wire.client(rate_limit=3)
    for _ in range(7):
        client.search("person", [ZOE])
    assert wire.times == pytest.approx([1000.0] * 3 + [1001.05] * 3 + [1002.1])
    client.search("company", [Identity("company", id="1")])
    assert wire.times[-1] == pytest.approx(1002.1)


def test_usage_is_asked_five_times_a_minute_and_never_waited_for() -> None:
    wire = Wire([ok(USAGE)])
    client = wire.client()
    for _ in range(5):
        client.account()
    with pytest.raises(TooManyRequests, match=r"^Lusha: GET /v3/account/usage has its next turn in 60 seconds$"):
        client.account()
    wire.sleep(60.05)
    client.account()
    assert wire.times == [1000.0] * 5 + [1060.05]


def test_tries_that_reach_nobody_use_up_no_turn() -> None:
    wire = Wire([httpx.ConnectError("refused")] * 9 + [ok(USAGE)])
    client = wire.client()
    for _ in range(3):
        with pytest.raises(NoConnection):
            client.account()
    assert client.account().remaining == 10


class Broken(LocalTurns):
    """Turns that are given, and whose file has trouble as soon as something was sent."""

    def close(self, lane: str, seconds: float, note: str = "") -> None:
        raise Stopped("state file state.db-rates: busy")

    def open(self, lane: str) -> None:
        raise Stopped("state file state.db-rates: busy")

    def give_back(self, lane: str) -> None:
        raise Stopped("state file state.db-rates: busy")


@pytest.mark.parametrize("left", ["0", "9"])
def test_trouble_with_the_rates_loses_no_answer_that_was_paid_for(left: str) -> None:
    wire = Wire([ok(x_minute_requests_left=left)])
    transport = httpx.MockTransport(wire)
    with LushaClient(Secret(KEY), transport=transport, turns=Broken(), sleep=wire.sleep) as client:
        assert client.v3.search("person", [ZOE]).charged == 1


def test_trouble_with_the_rates_hides_no_refusal() -> None:
    for step, kind in ((answer(503), ServerError), (httpx.ConnectError("refused"), NoConnection)):
        wire = Wire([step])
        transport = httpx.MockTransport(wire)
        client = LushaClient(Secret(KEY), transport=transport, turns=Broken(), sleep=wire.sleep)
        with client, pytest.raises(kind):
            client.v3.search("person", [ZOE])


def test_half_a_character_in_a_question_is_refused_before_anything_is_sent() -> None:
    wire = Wire([ok()])
    with pytest.raises(RequestRefused, match="no text; nothing was sent"):
        wire.client().search("company", [Identity("company", name="Ac\ud800me")])
    assert wire.requests == []


def test_a_used_up_minute_is_waited_for_on_every_paid_endpoint() -> None:
    wire = Wire([ok(x_minute_requests_left="0"), ok(x_minute_requests_left="9")])
    client = wire.client()
    client.search("person", [ZOE])
    client.enrich("person", ["7"], ["emails"])
    assert wire.times == [1000.0, 1060.0]


def test_a_used_up_day_stops_before_the_next_call() -> None:
    wire = Wire([ok(x_daily_requests_left="0", x_rate_limit_daily="5000")])
    client = wire.client()
    assert client.search("person", [ZOE]).charged == 1
    with pytest.raises(QuotaExhausted, match=r"^Lusha: the daily limit of 5,000 requests is used up$"):
        client.search("person", [ZOE])
    assert client.calls == 1


def test_the_usage_endpoint_keeps_its_own_windows() -> None:
    wire = Wire([ok(USAGE, x_minute_requests_left="0"), ok()])
    client = wire.client()
    client.account()
    client.search("person", [ZOE])
    assert wire.times == [1000.0, 1000.0]


def test_a_reset_that_lusha_tells_is_obeyed() -> None:
    words = "Hourly API rate limit exceeded. Limit: 500 calls per hour. Reset in 42 seconds"
    wire = Wire([answer(429, words, x_hourly_requests_left="0", x_rate_limit_hourly="500"), ok()])
    assert wire.client().search("person", [ZOE]).charged == 1
    assert wire.times == [1000.0, 1042.0]


def test_a_plain_429_is_backed_off_from() -> None:
    wire = Wire([answer(429, "Too many requests. Please wait before making another request."), ok()])
    client = wire.client()
    assert client.search("person", [ZOE]).charged == 1
    assert 1000.75 <= wire.times[1] <= 1001.0
    assert client.calls == 2


def test_a_429_that_lasts_ends_the_run() -> None:
    wire = Wire([answer(429, "Too many requests.")])
    client = wire.client()
    with pytest.raises(QuotaExhausted, match=r"answered 429: Too many requests\. \(5 attempts\)$"):
        client.search("person", [ZOE])
    assert client.calls == 5


def test_threads_share_the_rate() -> None:
    wire = Wire([ok()])
    client = wire.client(rate_limit=5)
    threads = [threading.Thread(target=client.search, args=("person", [ZOE])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.calls == 20
    assert all(wire.times[n + 5] - wire.times[n] >= 1.0 for n in range(15))


# --- secrets


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "step",
    [
        answer(401, f"Invalid API key {KEY} of zoe@acme.example.com, call +49 30 23125 101"),
        answer(500, f"oops {KEY} zoe@acme.example.com"),
        httpx.Response(200, text=f"<html>{KEY} zoe@acme.example.com</html>"),
        httpx.ReadTimeout(f"late {KEY}"),
        httpx.ConnectError(f"no route {KEY}"),
    ],
    ids=["401", "500", "html", "timeout", "connect"],
)
def test_no_key_and_no_person_in_errors_or_logs(step: Step, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = Wire([step]).client()
    with pytest.raises(ConnectorError) as error:
        client.enrich("person", ["7"], ["emails"])
    assert list(chain(error.value)) == [error.value]
    told = "".join(traceback.format_exception(error.value)) + repr(error.value.__dict__) + caplog.text
    for secret in (KEY, "zoe@", "23125"):
        assert secret not in told
    assert "HTTP Request" not in caplog.text


def test_the_key_is_not_in_the_client() -> None:
    sender = Wire([ok()]).lusha()._sender
    assert KEY not in repr(vars(sender)) + repr(sender._http.headers)


@pytest.mark.parametrize("key", ["", "  \n", "two words", "clé", "line\nbreak"])
def test_a_key_that_cannot_be_one_is_refused(key: str) -> None:
    with pytest.raises(AccessDenied, match=r"^the Lusha API key is blank or holds characters that no key has$"):
        LushaClient(Secret(key))


def test_white_space_around_a_key_does_not_matter() -> None:
    wire = Wire([ok()])
    LushaClient(Secret(f" {KEY}\n"), transport=httpx.MockTransport(wire)).v3.search("person", [ZOE])
    assert wire.requests[0].headers["api_key"] == KEY


@pytest.mark.parametrize(
    ("base_url", "through_proxy"),
    [
        ("https://api.lusha.com", True),
        ("http://127.0.0.1:9", False),
        ("http://localhost:9", False),
        ("http://[::1]:9", False),
    ],
)
def test_a_proxy_never_stands_between_us_and_a_local_server(
    base_url: str, through_proxy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://proxy.example.com:3128")
    with LushaClient(Secret(KEY), base_url=base_url) as client:
        http = client._sender._http
        assert (http._transport_for_url(httpx.URL(base_url)) is not http._transport) is through_proxy


def test_half_a_character_is_replaced_and_the_rest_of_the_answer_kept() -> None:
    """``\\ud800`` alone is legal JSON, and can be stored in no file and no CRM."""
    found = {"clientReferenceId": "1", "id": "7", "firstName": "Ada", "jobTitle": {"title": "bad \ud800 half"}}
    body = json.dumps({"results": [found], "billing": {"creditsCharged": 1}}).encode()
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
    with LushaClient(Secret(KEY), transport=transport) as client:
        [item] = client.v3.search("person", [Identity("person", id="7")]).items
    assert item.profile is not None
    assert item.profile.attributes["job_title"]["title"] == "bad ? half"
