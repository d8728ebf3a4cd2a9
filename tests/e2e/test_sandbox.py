"""``lusha-sync sandbox`` as a process of its own: what it writes is ready to use while it runs, and Ctrl-C ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.e2e.house import said_here


def test_the_sandbox_serves_what_it_wrote_until_it_is_interrupted(tmp_path: Path) -> None:
    folder = tmp_path / "try"
    command = [sys.executable, "-m", "connector", "sandbox", "--write-config", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            said = [next(process.stdout) for _ in range(5)]
            assert "running until Ctrl-C" in said[-1]
            found = said_here("validate", "--online", "--config", str(folder / "config.yaml"))
            assert found.code == 0, found.out
        finally:
            process.send_signal(signal.SIGINT)
    assert process.returncode == 0
