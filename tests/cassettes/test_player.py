"""The player itself: what was recorded is played back without a network, and nothing else is."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import urllib3
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from vcr.errors import CannotOverwriteExistingCassetteException as NotRecorded

from connector.sandbox.serving import LocalServer
from tests.cassettes.player import HEADER, NetworkReached, PlaybackFailed, played, recorded

BODY = {"employees": 364, "name": "Ünal"}


async def echo(request: Request) -> Response:
    return JSONResponse({"told": (await request.body()).decode()}, headers={"Retry-After": "7"})


async def refusal(_: Request) -> Response:
    return JSONResponse({"message": "no"}, 400, headers={"X-HubSpot-RateLimit-Max": "190"})


@pytest.fixture
def url() -> Iterator[str]:
    """A server; tests play back after its end, under the same address."""
    app = Starlette(routes=[Route("/echo", echo, methods=["POST"]), Route("/refusal", refusal)])
    server = LocalServer(app)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def tape(url: str, tmp_path: Path) -> Path:
    """A cassette with one interaction: ``post`` with BODY."""
    path = tmp_path / "tape.yaml"
    with recorded(path):
        post(url)
    return path


def post(url: str, body: Any = BODY, *, query: str = "a=1", **headers: str) -> dict[str, Any]:
    answer: dict[str, Any] = httpx.post(f"{url}/echo?{query}", json=body, headers=headers, trust_env=False).json()
    return answer


def with_httpx(url: str) -> object:
    return httpx.post(f"{url}/echo", json=BODY, trust_env=False).json()


def with_requests(url: str) -> object:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(f"{url}/echo", json=BODY).json()


def with_urllib3(url: str) -> object:
    with urllib3.PoolManager() as pool:
        return pool.request("POST", f"{url}/echo", json=BODY).json()


@pytest.mark.parametrize("send", [with_httpx, with_requests, with_urllib3])
def test_what_was_recorded_is_played(url: str, tmp_path: Path, send: Callable[[str], object]) -> None:
    path = tmp_path / "new" / "tape.yaml"
    with recorded(path):
        answered = send(url)
    with played(path):
        assert send(url) == answered


def test_a_file_begins_by_saying_where_it_comes_from(tape: Path) -> None:
    assert tape.read_text(encoding="utf-8").startswith(HEADER)
    assert [line[:2] for line in tape.read_text(encoding="utf-8").splitlines()[:3]] == ["# ", "# ", "in"]


def test_recording_again_replaces_what_was_there(url: str, tape: Path) -> None:
    before = tape.read_bytes()
    with recorded(tape):
        post(url)
    assert tape.read_bytes() == before


def test_an_interaction_that_nobody_asked_for_fails(url: str, tape: Path) -> None:
    with pytest.raises(PlaybackFailed) as failed, played(tape):
        pass
    assert str(failed.value) == f"tape.yaml was not played as recorded:\nnever asked for: POST {url}/echo"


def test_an_unknown_request_fails(url: str, tape: Path) -> None:
    with pytest.raises(NotRecorded), played(tape):
        post(url)
        httpx.get(f"{url}/refusal", trust_env=False)


def test_a_swallowed_refusal_still_fails(url: str, tape: Path) -> None:
    with pytest.raises(PlaybackFailed) as failed, played(tape):
        post(url)
        with contextlib.suppress(Exception):
            httpx.get(f"{url}/refusal", trust_env=False)
    assert str(failed.value).splitlines()[1:] == [f"not in the cassette, or asked for too often: GET {url}/refusal"]


def test_asking_twice_for_what_was_recorded_once_fails(url: str, tape: Path) -> None:
    with pytest.raises(NotRecorded), played(tape):
        post(url)
        post(url)


@pytest.mark.parametrize(
    "body",
    [
        {"employees": 365, "name": "Ünal"},
        {"employees": "364", "name": "Ünal"},
        {"employees": 364.0, "name": "Ünal"},
        {"employees": 364},
        {**BODY, "title": None},
        [BODY],
        None,
    ],
)
def test_another_body_fails(url: str, tape: Path, body: Any) -> None:
    with pytest.raises(NotRecorded), played(tape):
        post(url, body)


def test_a_number_is_no_boolean(url: str, tmp_path: Path) -> None:
    path = tmp_path / "tape.yaml"
    with recorded(path):
        post(url, {"opted_out": 1})
    with pytest.raises(NotRecorded), played(path):
        post(url, {"opted_out": True})


def test_the_order_of_keys_does_not_matter(url: str, tape: Path) -> None:
    with played(tape):
        assert post(url, dict(reversed(BODY.items())))


def test_another_query_port_or_header_that_counts_fails(url: str, tape: Path) -> None:
    attempts: list[Callable[[], object]] = [
        lambda: post(url, query="a=2"),
        lambda: post(url[:-1] + ("1" if url[-1] != "1" else "2")),
        lambda: post(url, **{"Sforce-Auto-Assign": "FALSE"}),
    ]
    for attempt in attempts:
        with pytest.raises(NotRecorded), played(tape):
            attempt()


def test_a_header_that_no_vendor_acts_on_does_not_matter(url: str, tape: Path) -> None:
    with played(tape):
        assert post(url, **{"User-Agent": "python-httpx/99", "Accept-Encoding": "zstd"})


def test_nothing_connects_while_a_cassette_plays(url: str, tape: Path) -> None:
    port = int(url.rpartition(":")[2])
    with pytest.raises(PlaybackFailed) as failed, played(tape):
        post(url)
        for connect in (
            lambda: socket.create_connection(("127.0.0.1", port)),
            lambda: socket.socket().connect(("127.0.0.1", port)),
            lambda: socket.socket().connect_ex(("127.0.0.1", port)),
            lambda: socket.getaddrinfo("crm.example.com", 443),
        ):
            with pytest.raises(NetworkReached):
                connect()
    assert str(failed.value).splitlines()[1:] == [
        "tried to connect to 127.0.0.1",
        f"tried to connect to ('127.0.0.1', {port})",
        f"tried to connect to ('127.0.0.1', {port})",
        "tried to connect to crm.example.com",
    ]
    socket.create_connection(("127.0.0.1", port)).close()


def test_a_missing_cassette_says_how_to_record_it(tmp_path: Path) -> None:
    with pytest.raises(PlaybackFailed) as failed, played(tmp_path / "none.yaml"):
        pass
    assert str(failed.value) == "there is no cassette none.yaml; `make cassettes` records it"


def test_a_failing_test_keeps_its_own_error_and_records_nothing(url: str, tape: Path, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), played(tape):
        raise ZeroDivisionError
    path = tmp_path / "failed.yaml"
    with pytest.raises(ZeroDivisionError), recorded(path):
        post(url)
        raise ZeroDivisionError
    assert not path.exists()


def test_refusals_carry_headers_as_urllib3_gives_them(url: str, tmp_path: Path) -> None:
    """hubspot-api-client hands ``getheaders()`` on, and the connector looks the rate limit up in it."""
    path = tmp_path / "tape.yaml"
    for deck in (recorded, played):
        with deck(path), urllib3.PoolManager() as pool:
            answer = pool.request("GET", f"{url}/refusal", preload_content=False)
            assert answer.status == 400
            assert answer.getheaders().get("X-HubSpot-RateLimit-Max") == "190"
