"""What a cassette test runs on: a configuration in the public format, time that stands still, and the sandbox's part.

When recording, a sandbox with a small, fixed world serves the addresses that the configuration names; in playback the
cassette does, and nothing else differs.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connector.config import load_config, shipped_mappings
from connector.engine.work import Options
from connector.runtime import Connector, Outside, SyncReport
from connector.sandbox import Sandbox
from connector.sandbox.lusha.limits import Limits, Plan
from connector.sandbox.windows import FixedWindow, SlidingWindow
from tests.cassettes.player import is_recording, played, recorded

LUSHA, SALESFORCE, HUBSPOT = 47001, 47002, 47003
"""Ports of the sandbox when recording; cassettes name them, so they stay the same."""
START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SEED, CONTACTS, COMPANIES = 1, 40, 12

CONFIG = f"""\
version: 1
lusha:
  api_key: ${{LUSHA_API_KEY}}
  base_url: http://127.0.0.1:{LUSHA}
  budget: {{per_run: 500, keep: 100}}
state: {{path: state.db}}
defaults: {{workers: 1}}  # a cassette is one conversation, and its player listens to one thread
orgs:
  acme:
    crm: salesforce
    connection:
      instance_url: http://127.0.0.1:{SALESFORCE}
      auth: client_credentials
      client_id: ${{SF_CLIENT_ID}}
      client_secret: ${{SF_CLIENT_SECRET}}
    mappings: [mappings/salesforce/contact.yaml, mappings/salesforce/account.yaml]
  beta:
    crm: hubspot
    connection: {{access_token: "${{HUBSPOT_TOKEN}}", base_url: "http://127.0.0.1:{HUBSPOT}"}}
    mappings: [mappings/hubspot/contact.yaml, mappings/hubspot/company.yaml]
"""
ENV = {
    "LUSHA_API_KEY": Sandbox.lusha_key,
    "SF_CLIENT_ID": Sandbox.client_id,
    "SF_CLIENT_SECRET": Sandbox.client_secret,
    "HUBSPOT_TOKEN": Sandbox.hubspot_token,
}


class Stage:
    """One test's world. ``folder`` holds its configuration and state file, ``cassette`` its traffic.

    Time stands still, so that stamps are the same in every run: ``later`` alone moves it. Waiting moves only the
    clock that waits are measured with.
    """

    def __init__(self, cassette: Path, folder: Path) -> None:
        self.cassette = cassette
        self.folder = folder
        self._now = START
        self._clock = 0.0
        self._sandbox: Sandbox | None = None
        self._tape: Any = None
        shutil.copytree(shipped_mappings(), folder / "mappings")
        (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")

    def use(self, generation: str) -> None:
        """Sync through this generation of Lusha's API."""
        file = self.folder / "config.yaml"
        told = file.read_text("utf-8").replace("lusha:\n", f"lusha:\n  api_version: {generation}\n", 1)
        file.write_text(told, encoding="utf-8")

    def later(self, **units: float) -> None:
        """Let time pass: ``later(days=31)``."""
        self._now += timedelta(**units)

    def arrange(self, change: Callable[[Sandbox], object]) -> None:
        """Prepare the sandbox; in playback there is none, and its answers are recorded already."""
        if self._sandbox is not None:
            change(self._sandbox)

    def connector(self, **env: str) -> Connector:
        """The product, configured; ``env`` replaces some of the secrets."""
        config = load_config(self.folder / "config.yaml", env={**ENV, **env})
        outside = Outside(
            now=lambda: self._now,
            clock=lambda: self._clock,
            wall=lambda: self._now.timestamp() + self._clock,
            sleep=self._wait,
        )
        return Connector(config, outside=outside)

    def sync(self, org: str, mapping: str, *, limit: int | None = None, **env: str) -> SyncReport:
        """One whole invocation: open the state file, sync one mapping, close."""
        with self.connector(**env) as connector:
            return connector.sync([org], mapping=mapping, options=Options(limit=limit))

    def sent(self, method: str, path: str) -> list[Any]:
        """The JSON bodies of all requests of this test to ``path``, in order."""
        return [json.loads(one.body) for one in self._tape.requests if (one.method, one.path) == (method, path)]

    @contextmanager
    def open(self) -> Iterator[None]:
        """Record or play what happens in the block."""
        random.seed(SEED)  # back-off is jittered
        if not is_recording():
            with played(self.cassette) as self._tape:
                yield
            return
        with self._serving() as self._sandbox, recorded(self.cassette) as self._tape:
            yield

    def _serving(self) -> Sandbox:
        """A sandbox that tells the same time as the connector, limits included."""
        ports = (LUSHA, SALESFORCE, HUBSPOT)
        sandbox = Sandbox(SEED, CONTACTS, COMPANIES, ports=ports, limits=False, clock=lambda: self._now)
        sandbox.lusha.limits = _SteadyLimits(lambda: self._now.timestamp())
        sandbox.hubspot.ten_secondly = SlidingWindow(190, 10, clock=lambda: self._clock, enforce=False)
        return sandbox

    def _wait(self, seconds: float) -> None:
        self._clock += seconds


def counted(report: SyncReport) -> dict[str, Any]:
    """What the one run of an invocation reports, without what is 0, what names the run, and words of warning."""
    [ended] = report.ended
    unsaid = ("run", "org", "mapping", "seconds", "warnings")
    return {name: value for name, value in ended.report.items() if value and name not in unsaid}


class _SteadyLimits(Limits):
    """Lusha's windows turning over with our clock: their counters are told in headers, which a cassette keeps."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(Plan(), enforce=False)
        self._windows = {
            name: FixedWindow(window.requests, window.seconds, clock=clock, enforce=False)
            for name, window in self._windows.items()
        }
