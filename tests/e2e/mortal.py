"""``lusha-sync`` in a process that kills itself (SIGKILL) at a commit to its state file: ``AT WHEN FILE WORDS``.

``AT``: which commit (0: none). ``WHEN``: right before or after it. ``FILE``: where the number of commits is written
when the command ends by itself.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connector import cli
from connector.store.db import Store

whole = Store.transaction
commits = 0


def die_at(at: int) -> None:
    """Count one more commit; the process ends here if it is the one."""
    global commits
    commits += 1
    if commits == at:
        os.kill(os.getpid(), signal.SIGKILL)


def watched(at: int, when: str) -> None:
    """Let every outermost transaction count, and one of them be the last."""

    @contextmanager
    def transaction(store: Store) -> Iterator[None]:
        outer = not store.db.in_transaction
        with whole(store):
            yield
            if outer and when == "before":
                die_at(at)
        if outer and when == "after":
            die_at(at)

    Store.transaction = transaction  # type: ignore[method-assign]


if __name__ == "__main__":
    watched(int(sys.argv[1]), sys.argv[2])
    told = Path(sys.argv[3])
    atexit.register(lambda: told.write_text(str(commits), "utf-8"))
    sys.argv = ["lusha-sync", *sys.argv[4:]]
    cli.main()
