"""What an invocation did, over all of its runs, and the exit code to leave with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.errors import ConnectorError

if TYPE_CHECKING:
    from connector.engine.run import Ended

EXIT_ORDER = (130, 1, 2, 7, 8, 6, 5, 4, 3, 0)
"""Of several exit codes, the first of these that occurred is the one to leave with."""


@dataclass(slots=True)
class SyncReport:
    """What ``sync`` did: a report for each run in the config's order, and the errors that ended any early."""

    ended: list[Ended] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)

    def add(self, other: SyncReport) -> None:
        """Take in what another part of the invocation did."""
        self.ended += other.ended
        self.errors += other.errors

    @property
    def exit_code(self) -> int:
        """The first of EXIT_ORDER that occurred."""
        codes = {item.exit_code for item in self.ended} | {error.exit_code for error in self.errors} | {0}
        return next(code for code in EXIT_ORDER if code in codes)

    @property
    def documents(self) -> list[dict[str, Any]]:
        """What ``--json`` prints of each run."""
        return [item.document for item in self.ended]

    @property
    def notes(self) -> dict[str, int]:
        """What the runs found worth telling, added up."""
        total = Counter[str]()
        for item in self.ended:
            total.update(item.notes)
        return dict(total)

    @property
    def every_error(self) -> list[ConnectorError]:
        """Everything that ended an org or a run early."""
        return [*self.errors, *(item.error for item in self.ended if item.error)]

    @property
    def error(self) -> ConnectorError | None:
        """The error that the exit code tells of, if it tells of one."""
        worst = worst_of(self.every_error)
        return worst if worst and worst.exit_code == self.exit_code else None


def worst_of(errors: Sequence[ConnectorError]) -> ConnectorError | None:
    """The error whose exit code comes first in EXIT_ORDER; None of none."""
    return min(errors, key=lambda error: EXIT_ORDER.index(error.exit_code), default=None)
