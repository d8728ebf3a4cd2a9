"""Ctrl-C and SIGTERM in the middle of a write: the batch in flight is finished and saved, exit 130, and the same
command goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connector.sandbox import Sandbox
from tests.e2e.house import TIMES, configured, rows, said_here

WORLD = {"contacts": 240, "companies": 15}


class Interrupting(Sandbox):
    """A sandbox that signals the client when its first write arrives, and then serves it as if nothing had happened."""

    number = signal.SIGINT

    def __init__(self) -> None:
        super().__init__(**WORLD, limits=False)
        self.victim: subprocess.Popen[str] | None = None

    def apps(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        lusha, salesforce, hubspot = super().apps()
        return lusha, self._watched(salesforce), self._watched(hubspot)

    def _watched(self, app: ASGIApp) -> ASGIApp:
        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            writes = scope["type"] == "http" and (scope["method"] == "PATCH" or scope["path"].endswith("/update"))
            if writes and self.victim is not None:
                victim, self.victim = self.victim, None
                victim.send_signal(self.number)
            await app(scope, receive, send)

        return served

    def interrupt(self, *words: str) -> tuple[int, dict[str, Any]]:
        """Run a command and interrupt it at its first write: its exit code and its document."""
        command = [sys.executable, "-m", "connector", *words]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
        ) as process:
            self.victim = process
            out, _ = process.communicate(timeout=90)
        return process.returncode, json.loads(out)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("life", ["sync", "apply", "undo"])
def test_an_interrupted_write_is_saved_and_the_same_command_goes_on(
    life: str, number: signal.Signals, tmp_path: Path
) -> None:
    with Interrupting() as box:
        box.number = number
        config = Path(configured(box, tmp_path))  # one batch after the other: side by side, all of them are in flight
        config.write_text(config.read_text("utf-8") + "\ndefaults: {workers: 1}\n", "utf-8")
        common = ("--json", "-q", "--config", str(config))
        before = rows(box, without=TIMES)
        words: tuple[str, ...] = ("sync", "beta", "--mapping", "contact")
        if life == "apply":
            plan = said_here("plan", "beta", "--mapping", "contact", "--buy", *common).document["runs"][0]["run"]
            words = ("apply", str(plan))
        elif life == "undo":
            words = ("undo", str(said_here(*words, *common).document["runs"][0]["run"]))
        code, document = box.interrupt(*words, *common)
        [first] = document["runs"]
        assert (code, document["error"]["exit"], first["status"]) == (130, 130, "interrupted")
        assert first["written"] > 0
        assert first["due"] == first["matched"] + first["no_match"] + first["no_identity"] + first["left"]
        said = said_here(*words, *common)
        assert said.code in (0, 3), said.err
        [second] = said.document["runs"]
        assert second["written"] > 0
        assert second["left"] == 0
        times = box.hubspot.tables["contacts"].tally.writes
        assert max(times.values()) == (2 if life == "undo" else 1)
        if life == "undo":
            assert rows(box, without=TIMES) == before
