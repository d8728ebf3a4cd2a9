"""A sandbox in another process, and a config that points at it.

This process stays small on purpose: a child begins with its parent's peak memory (Linux keeps it across ``exec``), so
what is measured must not be started by a process that holds a world.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parents[1]
ORGS = {"hubspot": "beta", "salesforce": "acme"}
LUSHA_KEY, HUBSPOT_TOKEN = "sandbox-lusha-key", "sandbox-hubspot-token"
SALESFORCE_CLIENT = ("sandbox-client", "sandbox-secret")
"""What docs/sandbox.md prints; none of them opens anything but the sandbox."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a sandbox has done so far: CPU seconds, peak memory in MB, and requests served by vendor and path."""

    cpu: float
    peak: float
    calls: dict[str, dict[str, int]]

    def since(self, before: Told) -> Told:
        """What came after ``before``."""
        calls = {
            vendor: {path: n - before.calls[vendor].get(path, 0) for path, n in paths.items()}
            for vendor, paths in self.calls.items()
        }
        return Told(
            self.cpu - before.cpu, self.peak, {v: {p: n for p, n in paths.items() if n} for v, paths in calls.items()}
        )


class Box:
    """The sandbox while a ``with`` block lasts; ``options`` are those of ``benchmarks.serving``.

    ``addresses``: of ``lusha``, ``salesforce``, ``hubspot``. ``folder``: holds ``config.yaml`` and the state file.
    """

    def __init__(self, **options: float | bool | str) -> None:
        words = [
            f"--{name}" if value is True else f"--{name}={value}"
            for name, value in options.items()
            if value is not False
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.serving", *words],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._folder = tempfile.TemporaryDirectory(prefix="lusha-bench-")
        self.folder = Path(self._folder.name)
        self.addresses: dict[str, str] = self._heard()
        self.config = self.folder / "config.yaml"
        self.config.write_text(json.dumps(self._settings()), "utf-8")  # JSON is YAML

    def told(self) -> Told:
        """What it has done so far."""
        assert self._process.stdin
        self._process.stdin.write("told\n")
        self._process.stdin.flush()
        return Told(**self._heard())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._folder.cleanup()

    def _heard(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the sandbox ended with {self._process.wait()} before it answered")
        return json.loads(line)

    def _settings(self) -> dict[str, Any]:
        client, secret = SALESFORCE_CLIENT
        salesforce = {
            "instance_url": self.addresses["salesforce"], "auth": "client_credentials",
            "client_id": client, "client_secret": secret,
        }  # fmt: skip
        hubspot = {"access_token": HUBSPOT_TOKEN, "base_url": self.addresses["hubspot"]}
        connections = {"salesforce": salesforce, "hubspot": hubspot}
        return {
            "version": 1,
            "lusha": {"api_key": LUSHA_KEY, "base_url": self.addresses["lusha"], "budget": {"per_run": 10**8}},
            "state": {"path": "state.db"},
            "orgs": {
                org: {
                    "crm": crm,
                    "connection": connections[crm],
                    "mappings": [str(ROOT / "mappings" / crm / "contact.yaml")],
                }
                for crm, org in ORGS.items()
            },
        }
