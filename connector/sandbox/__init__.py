"""Lusha, Salesforce and HubSpot on loopback, over real HTTP, with one demo world: try a set-up without an account.

Lusha has no sandbox of its own, so a configuration could not be tried, demonstrated or run in CI without spending
credits. These servers follow the vendors' documents, refusals included.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml
from starlette.types import ASGIApp

from connector.errors import ConfigError
from connector.sandbox import hubspot_tokens
from connector.sandbox.directory import Directory
from connector.sandbox.hubspot import HubSpotPortal
from connector.sandbox.lusha import lusha_app
from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.salesforce import CLIENT_ID, CLIENT_SECRET, SalesforceOrg
from connector.sandbox.salesforce import TOKEN as SALESFORCE_TOKEN
from connector.sandbox.serving import LocalServer
from connector.sandbox.tables import utc_now
from connector.sandbox.world import World, build_world

LUSHA_KEY = "sandbox-lusha-key"
HEADER = "# For the local sandbox: invented people, no real key.\n"
"""The first line of a config that the sandbox wrote, and may write anew."""


class Sandbox:
    """The three servers, started and stopped together.

    ``ports``: Lusha, Salesforce, HubSpot; 0 takes a free one (ConfigError when one is taken). ``latency``: seconds
    before each request is served. ``credits``: balance of the Lusha account. ``limits=False``: request limits are
    counted but never refuse. ``clock``: UTC, behind every timestamp the servers produce, the header ``Date`` too;
    default: now. ``world``: one of your own in the place of the demo's, which ``seed``, ``contacts`` and ``companies``
    shape; ``directory``: how Lusha finds its people, where an index over all of them would be too large.

    ``lusha``, ``salesforce`` and ``hubspot`` are the servers' own state: counters, fault switches, rows::

        python -c "
        from connector.sandbox import Sandbox
        with Sandbox() as sandbox:
            print(sandbox.lusha_url, sandbox.salesforce_url, sandbox.hubspot_url)
            input('Enter stops it')"
    """

    lusha_key = LUSHA_KEY
    salesforce_token = SALESFORCE_TOKEN
    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET
    hubspot_token = hubspot_tokens.TOKEN
    hubspot_client_id = hubspot_tokens.CLIENT_ID
    hubspot_client_secret = hubspot_tokens.CLIENT_SECRET
    hubspot_refresh_token = hubspot_tokens.REFRESH_TOKEN

    def __init__(
        self,
        seed: int = 1,
        contacts: int = 300,
        companies: int = 60,
        *,
        ports: tuple[int, int, int] = (0, 0, 0),
        latency: float = 0.0,
        credits: int = 10_000,
        limits: bool = True,
        clock: Callable[[], datetime] | None = None,
        world: World | None = None,
        directory: Directory | None = None,
    ) -> None:
        now = self._clock = clock or utc_now
        self.world: World = world or build_world(seed, contacts, companies, today=now().date())
        self.lusha = LushaAccount(
            self.world, key=LUSHA_KEY, clock=now, credits=credits, limits=limits, directory=directory
        )
        self.salesforce = SalesforceOrg(self.world, clock=now, limits=limits)
        self.hubspot = HubSpotPortal(self.world, clock=now, limits=limits)
        self._ports = ports
        self._latency = latency
        self._servers: list[LocalServer] = []

    def start(self) -> Self:
        """Serve; returns when all three answer."""
        try:
            for app, port in zip(self.apps(), self._ports, strict=True):
                server = LocalServer(app, port=port, latency=self._latency, clock=self._clock)
                self._servers.append(server)
                server.start()
        except BaseException:
            self.stop()
            raise
        return self

    def apps(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        """Lusha, Salesforce and HubSpot, as they are served; a test may wrap them."""
        return lusha_app(self.lusha), self.salesforce.app(), self.hubspot.app()

    def stop(self) -> None:
        """Close every connection and free the ports; harmless when stopped."""
        for server in self._servers:
            server.end()  # all at once: each takes a moment
        while self._servers:
            self._servers.pop().stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def lusha_url(self) -> str:
        """``http://127.0.0.1:PORT``; RuntimeError unless running, as with the other two."""
        return self._url(0)

    @property
    def salesforce_url(self) -> str:
        return self._url(1)

    @property
    def hubspot_url(self) -> str:
        return self._url(2)

    def _url(self, index: int) -> str:
        if not self._servers:
            raise RuntimeError("the sandbox is not running")
        return self._servers[index].url

    def write_config(self, directory: Path, mappings: Path) -> Path:
        """Write ``config.yaml`` for the running servers into ``directory``, with a copy of the mapping files.

        ``mappings`` holds the folders ``salesforce`` and ``hubspot``. Paths in the file are relative to it. Returns
        the path of the file. ConfigError where a config of somebody else's stands, or nothing can be written.
        """
        file = directory / "config.yaml"
        if file.exists() and not file.read_text(encoding="utf-8", errors="replace").startswith(HEADER):
            raise ConfigError(f"{file} is not the sandbox's own: it is left as it is", hint="name another folder")
        try:
            return self._write(directory, file, mappings)
        except OSError as error:
            raise ConfigError(
                f"{directory}: the sandbox's config cannot be written: {error.strerror}", hint="name another folder"
            ) from error

    def _write(self, directory: Path, file: Path, mappings: Path) -> Path:
        directory.mkdir(parents=True, exist_ok=True)
        files: dict[str, list[str]] = {}
        for crm in ("salesforce", "hubspot"):
            shutil.copytree(mappings / crm, directory / "mappings" / crm, dirs_exist_ok=True)
            found = sorted((directory / "mappings" / crm).glob("*.yaml"))
            files[crm] = [path.relative_to(directory).as_posix() for path in found]
        text = yaml.safe_dump(self._config(files), sort_keys=False, width=110)
        file.write_text(HEADER + text, encoding="utf-8")
        return file

    def _config(self, files: dict[str, list[str]]) -> dict[str, object]:
        salesforce = {
            "instance_url": self.salesforce_url,
            "auth": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        hubspot = {"access_token": hubspot_tokens.TOKEN, "base_url": self.hubspot_url}
        return {
            "version": 1,
            "lusha": {
                "api_key": LUSHA_KEY,
                "base_url": self.lusha_url,
                "budget": {"per_run": 2000, "keep": 100},
            },
            "state": {"path": "state.db"},
            "orgs": {
                "acme": {"crm": "salesforce", "connection": salesforce, "mappings": files["salesforce"]},
                "beta": {"crm": "hubspot", "connection": hubspot, "mappings": files["hubspot"]},
            },
        }
