"""Two Singer taps (https://www.singer.io), which write all contacts of a CRM to their standard output as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.box import HUBSPOT_TOKEN, Box
from benchmarks.measuring import Pass, against
from connector.sandbox import Sandbox

_HERE = Path(__file__).parent
_ANY = {"client_id": "-", "client_secret": "-", "refresh_token": "-", "start_date": "2020-01-01T00:00:00Z"}
"""What a tap's configuration must hold, used or not."""


@dataclass(frozen=True, slots=True)
class Tap:
    """``package`` is pinned. ``stream``: its name for contacts. ``shim``: what is changed to reach the sandbox."""

    package: str
    crm: str
    stream: str
    launcher: str
    shim: str
    credentials: tuple[str, ...] = ()
    config: Mapping[str, str] = field(default_factory=dict)

    def read(self, box: Box, folder: Path) -> tuple[Pass, int]:
        """Read all contacts of ``box``; how many it wrote. ``folder``: of environments; this one is made if it lacks.

        CalledProcessError: it cannot be installed, or does not know the sandbox's fields.
        """
        python = self._installed(folder)
        config, catalog = box.folder / f"{self.stream}.json", box.folder / f"{self.stream}.catalog.json"
        config.write_text(json.dumps({**_ANY, "select_fields_by_default": "true", **self.config}), "utf-8")
        words = [str(_HERE / self.launcher), box.addresses[self.crm], *self.credentials, "--config", str(config)]
        found = subprocess.run([python, *words, "--discover"], capture_output=True, check=True, text=True).stdout
        catalog.write_text(json.dumps({"streams": self._chosen(json.loads(found)["streams"])}), "utf-8")
        written = box.folder / f"{self.stream}.jsonl"
        done = against(box, [*words, "--properties", str(catalog)], python=python, into=written)
        with written.open() as lines:
            return done, sum(line.startswith('{"type": "RECORD"') for line in lines)

    def _chosen(self, streams: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Contacts, with all their fields."""
        chosen = [one for one in streams if one["stream"] == self.stream]
        for one in chosen:
            for entry in one["metadata"]:
                entry["metadata"]["selected"] = True
        return chosen

    def _installed(self, folder: Path) -> str:
        python = folder / self.package / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder / self.package)], check=True)
            subprocess.run([str(python), "-m", "pip", "install", self.package], check=True, capture_output=True)
        return str(python)


TAPS = {
    "hubspot": Tap(
        "tap-hubspot==4.5.0", "hubspot", "contacts", "launch_hubspot.py",
        "address set in its module; contacts are its one stream", (), {"api_key": HUBSPOT_TOKEN, "redirect_uri": "-"},
    ),
    "salesforce": Tap(
        "tap-salesforce==2.8.1", "salesforce", "Contact", "launch_salesforce.py",
        "signed in beforehand, at the sandbox's address", (Sandbox.salesforce_token,), {"api_type": "REST"},
    ),
}  # fmt: skip
