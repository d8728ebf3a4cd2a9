"""The local servers over real HTTP: ports, latency, lost answers, stopping; and the whole sandbox together."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import httpx
import pytest
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from connector.config import shipped_mappings
from connector.errors import ConfigError
from connector.sandbox import Sandbox
from connector.sandbox.faults import Fault, Faults, NoAnswer, spoilt
from connector.sandbox.serving import LocalServer


async def hello(request: Request) -> Response:
    return PlainTextResponse("hello")


async def lost(request: Request) -> Response:
    return NoAnswer()


APP = Starlette(routes=[Route("/", hello), Route("/lost", lost)])


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(contacts=60, companies=12, clock=lambda: datetime(2026, 11, 2, tzinfo=UTC)) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def serve(port: int = 0, latency: float = 0.0) -> LocalServer:
    server = LocalServer(APP, port=port, latency=latency)
    server.start()
    return server


def test_a_free_port_is_taken_and_given_back() -> None:
    server = serve()
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert httpx.get(server.url).text == "hello"
    server.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)
    again = serve(server.port)
    assert httpx.get(again.url).text == "hello"
    again.stop()


def test_a_port_in_use_is_one_clear_message() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(ConfigError) as raised:
            LocalServer(APP, port=port)
    assert raised.value.message == f"port {port} of 127.0.0.1 cannot be used: Address already in use"
    assert raised.value.hint == "choose another port, or 0 for a free one"


def test_connections_are_kept_and_idle_ones_do_not_hold_up_the_end() -> None:
    server = serve()
    with httpx.Client(base_url=server.url) as client:
        began = perf_counter()
        for _ in range(50):
            assert client.get("/").text == "hello"
        assert perf_counter() - began < 1.9  # 50 delayed ACKs would take 2 s
        began = perf_counter()
        server.stop()
        assert perf_counter() - began < 1


def test_latency_delays_each_request_and_requests_wait_together() -> None:
    server = serve(latency=0.2)
    began = perf_counter()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: httpx.get(server.url).text, range(8)))
    took = perf_counter() - began
    server.stop()
    assert answers == ["hello"] * 8
    assert 0.2 <= took < 1.4


def test_a_lost_answer_closes_the_connection_without_a_byte() -> None:
    server = serve()
    with httpx.Client(base_url=server.url) as client:
        assert client.get("/").text == "hello"
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            client.get("/lost")
        assert client.get("/").text == "hello"
    server.stop()


def test_faults_are_met_in_order_by_the_requests_they_are_meant_for() -> None:
    faults = Faults()
    faults.arm(Fault(500, path="/a"), times=2)
    faults.arm(Fault(503))
    met = [faults.take(path) for path in ("/b", "/b", "/a", "/a", "/a")]
    assert [fault and fault.status for fault in met] == [503, None, 500, 500, None]
    faults.arm(Fault(501, path="/a/*"))
    met = [faults.take(path) for path in ("/a", "/a/1/b", "/a/1/b")]
    assert [fault and fault.status for fault in met] == [None, 501, None]
    faults.arm(Fault(500))
    faults.clear()
    assert faults.take("/a") is None


def test_half_an_answer_keeps_status_and_headers() -> None:
    whole = JSONResponse({"results": [1, 2, 3]}, 207, {"x-left": "4"})
    half = spoilt(Fault(how="truncate", after_work=True), whole)
    assert (half.status_code, half.headers["x-left"]) == (207, "4")
    assert bytes(whole.body).startswith(bytes(half.body))
    assert half.headers["content-length"] == str(len(whole.body) // 2)


def test_what_is_lost_before_the_work_was_never_done(sandbox: Sandbox) -> None:
    id = next(id for id, person in sandbox.world.people.items() if person.profile["emails"] and not person.restricted)
    before = sandbox.lusha.used
    with httpx.Client(base_url=sandbox.lusha_url, headers={"api_key": sandbox.lusha_key}, timeout=0.2) as client:
        for how, error in (("close", httpx.TransportError), ("hold", httpx.ReadTimeout)):
            sandbox.lusha.drop_next(path="/v3/contacts/*", how=how, after_charge=False)  # type: ignore[arg-type]
            with pytest.raises(error):
                client.post("/v3/contacts/enrich", json={"ids": [id], "reveal": ["emails"]})
    assert sandbox.lusha.used == before


def test_a_crm_that_spoils_a_true_answer(sandbox: Sandbox) -> None:
    path = "/crm/v3/properties/contacts"
    with httpx.Client(
        base_url=sandbox.hubspot_url, headers={"Authorization": f"Bearer {sandbox.hubspot_token}"}
    ) as client:
        whole = client.get(path)
        sandbox.hubspot.drop_next(path=path, how="mislabel")
        assert (client.get(path).headers["content-type"], whole.headers["content-type"]) == (
            "text/html; charset=utf-8", "application/json",
        )  # fmt: skip
        sandbox.hubspot.fail_next(200, path=path, body="<html>Sign in to the guest network</html>")
        page = client.get(path)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert client.get(path).json() == whole.json()


# --- all three --------------------------------------------------------------------------------------------


def test_all_three_servers_answer_with_their_own_keys(sandbox: Sandbox) -> None:
    lusha = httpx.get(f"{sandbox.lusha_url}/v3/account/usage", headers={"api_key": sandbox.lusha_key})
    assert lusha.json()["credits"]["total"] == 10_000
    count = httpx.get(
        f"{sandbox.salesforce_url}/services/data/v68.0/query",
        params={"q": "SELECT COUNT() FROM Contact"},
        headers={"Authorization": f"Bearer {sandbox.salesforce_token}"},
    )
    assert count.json()["totalSize"] == 60
    found = httpx.post(
        f"{sandbox.hubspot_url}/crm/v3/objects/companies/search",
        json={"filterGroups": [], "limit": 1},
        headers={"Authorization": f"Bearer {sandbox.hubspot_token}"},
    )
    assert found.json()["total"] == 12


def test_client_credentials_sign_in(sandbox: Sandbox) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
    }
    answer = httpx.post(f"{sandbox.salesforce_url}/services/oauth2/token", data=form)
    assert answer.status_code == 200
    assert answer.json()["instance_url"] == sandbox.salesforce_url


def test_every_server_shows_its_counters_without_a_key(sandbox: Sandbox) -> None:
    for url in (sandbox.lusha_url, sandbox.salesforce_url, sandbox.hubspot_url):
        assert "requests" in httpx.get(f"{url}/_sandbox/stats").json()


def test_a_dropped_purchase_is_charged_and_then_free(sandbox: Sandbox) -> None:
    id = next(id for id, person in sandbox.world.people.items() if person.profile["emails"] and not person.restricted)
    sandbox.lusha.drop_next(path="/v3/contacts/enrich")
    body = {"ids": [id], "reveal": ["emails"]}
    with httpx.Client(base_url=sandbox.lusha_url, headers={"api_key": sandbox.lusha_key}) as client:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            client.post("/v3/contacts/enrich", json=body)
        assert sandbox.lusha.purchases[id, "emails"] == 1
        again = client.post("/v3/contacts/enrich", json=body).json()
    assert again["billing"]["creditsCharged"] == 0
    assert sandbox.lusha.purchases[id, "emails"] == 1
    assert sandbox.lusha.asked[id, "emails"] == 2


def test_the_written_config_names_the_running_servers_and_copies_the_mappings(sandbox: Sandbox, tmp_path: Path) -> None:
    mappings = tmp_path / "source"
    for name in ("salesforce/contact.yaml", "salesforce/account.yaml", "hubspot/contact.yaml"):
        (mappings / name).parent.mkdir(parents=True, exist_ok=True)
        (mappings / name).write_text(f"# {name}\n", encoding="utf-8")
    file = sandbox.write_config(tmp_path / "made", mappings)
    assert file == tmp_path / "made" / "config.yaml"
    assert yaml.safe_load(file.read_text(encoding="utf-8")) == {
        "version": 1,
        "lusha": {
            "api_key": "sandbox-lusha-key",
            "base_url": sandbox.lusha_url,
            "budget": {"per_run": 2000, "keep": 100},
        },
        "state": {"path": "state.db"},
        "orgs": {
            "acme": {
                "crm": "salesforce",
                "connection": {
                    "instance_url": sandbox.salesforce_url,
                    "auth": "client_credentials",
                    "client_id": "sandbox-client",
                    "client_secret": "sandbox-secret",
                },
                "mappings": ["mappings/salesforce/account.yaml", "mappings/salesforce/contact.yaml"],
            },
            "beta": {
                "crm": "hubspot",
                "connection": {"access_token": "sandbox-hubspot-token", "base_url": sandbox.hubspot_url},
                "mappings": ["mappings/hubspot/contact.yaml"],
            },
        },
    }
    copied = tmp_path / "made" / "mappings" / "hubspot" / "contact.yaml"
    assert copied.read_text(encoding="utf-8") == "# hubspot/contact.yaml\n"


def test_a_sandbox_whose_port_is_taken_leaves_nothing_running() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        made = Sandbox(contacts=2, companies=2, ports=(0, 0, holder.getsockname()[1]))
        with pytest.raises(ConfigError, match="cannot be used"):
            made.start()
    with pytest.raises(RuntimeError, match="the sandbox is not running"):
        _ = made.lusha_url
    made.stop()


def test_two_sandboxes_run_side_by_side() -> None:
    with Sandbox(contacts=2, companies=2) as one, Sandbox(contacts=2, companies=2) as two:
        assert len({one.lusha_url, one.salesforce_url, two.lusha_url, two.salesforce_url}) == 4


def test_a_config_of_somebody_elses_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("version: 1\n")
    with Sandbox(contacts=10, companies=5) as sandbox, pytest.raises(ConfigError, match="is not the sandbox's own"):
        sandbox.write_config(tmp_path, shipped_mappings())
    assert (tmp_path / "config.yaml").read_text() == "version: 1\n"
    assert not (tmp_path / "mappings").exists()


def test_a_folder_that_cannot_be_made_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with Sandbox(contacts=10, companies=5) as sandbox:
        with pytest.raises(ConfigError, match="cannot be written"):
            sandbox.write_config(tmp_path / "file" / "x", shipped_mappings())
        first = sandbox.write_config(tmp_path / "own", shipped_mappings())
        assert sandbox.write_config(tmp_path / "own", shipped_mappings()) == first
