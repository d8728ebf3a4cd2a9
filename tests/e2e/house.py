"""The command line against a running sandbox: real processes, real SDKs, real HTTP on loopback."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from connector import cli
from connector.config import shipped_mappings
from connector.sandbox import Sandbox

TIMES = frozenset({"SystemModstamp", "LastModifiedDate", "lastmodifieddate", "hs_lastmodifieddate"})
STAMPED = frozenset({"Lusha_Last_Enriched__c", "lusha_last_enriched"})


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def lusha_sync(
    *words: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 90,
    stdin: str | None = None,
    mortal: tuple[str, str, str] | None = None,
) -> Said:
    """Run ``lusha-sync`` with these words in a process of its own; ``stdin``: what it finds there; ``mortal``: it dies
    at a commit (``tests.e2e.mortal``)."""
    module = ["-m", "tests.e2e.mortal", *mortal] if mortal else ["-m", "connector"]
    command = [sys.executable, *module, *words]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=timeout,
        input=stdin,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def said_here(*words: str, env: Mapping[str, str] | None = None, stdin: str | None = None) -> Said:
    """The same in this process, without the second that a new one takes: where neither its death nor its surroundings
    are what a test is about."""
    out, err = io.StringIO(), io.StringIO()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["lusha-sync", *words])
        patch.setattr(sys, "stdin", io.StringIO(stdin or ""))
        for name, value in (env or {}).items():
            patch.setenv(name, value)
        try:
            with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
                cli.main()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    return Said(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def configured(box: Sandbox, folder: Path) -> str:
    """A ready config for a running sandbox, as ``sandbox --write-config`` writes it."""
    return str(box.write_config(folder, shipped_mappings()))


class DeadlySandbox(Sandbox):
    """A sandbox that can kill a client (SIGKILL) at its ``at``-th request: before serving it, or after serving it and
    before a byte of the answer is sent."""

    def __init__(self, *, contacts: int, companies: int) -> None:
        super().__init__(contacts=contacts, companies=companies, limits=False)
        self.at, self.after, self.seen = 0, False, 0
        self.victim: subprocess.Popen[str] | None = None

    def apps(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        lusha, salesforce, hubspot = super().apps()
        return self._armed(lusha), self._armed(salesforce), self._armed(hubspot)

    def _armed(self, app: ASGIApp) -> ASGIApp:
        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            self.seen += self.victim is not None
            if self.victim is None or self.seen != self.at:
                await app(scope, receive, send)
            else:
                if self.after:
                    await app(scope, receive, self._swallow)
                self._kill()
                await Response(status_code=500)(scope, receive, send)  # to nobody

        return served

    async def _swallow(self, message: Any) -> None:
        """An answer that nobody will read."""

    def _kill(self) -> None:
        assert self.victim is not None
        self.victim.send_signal(signal.SIGKILL)

    def run_to_death(self, *words: str, at: int, after: bool) -> int:
        """Start ``lusha-sync`` and let it be killed; its return code (-9, or its own when it ended before)."""
        self.at, self.after, self.seen = at, after, 0
        with subprocess.Popen(
            [sys.executable, "-m", "connector", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            self.victim = process
            code = process.wait(timeout=90)
        self.victim = None
        return code


def rows(box: Sandbox, *, without: frozenset[str] = TIMES) -> dict[str, dict[str, dict[str, Any]]]:
    """Every row of both CRMs by table and id, less the fields that tell when; histories tell nothing else."""
    tables = {
        f"salesforce {name}": dict(table.rows)
        for name, table in box.salesforce.tables.items()
        if not name.endswith("History")
    }
    tables |= {
        f"hubspot {name}": {id: row["properties"] for id, row in table.rows.items()}
        for name, table in box.hubspot.tables.items()
    }
    return {
        name: {id: {k: v for k, v in row.items() if k not in without and v is not None} for id, row in table.items()}
        for name, table in tables.items()
    }
