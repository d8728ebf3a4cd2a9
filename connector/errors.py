"""Every error the connector raises on purpose, named by what the caller can do about it.

    ConnectorError                     exit   recovery
    ├── ConfigError                      2    mend the file, the variable or the command line
    ├── Stopped                          4    run again later; nothing is lost
    │   ├── BudgetExhausted                   a limit of ours: raise it, or wait for the next day or month
    │   └── QuotaExhausted                    a limit of a vendor's: wait, or buy more
    ├── GuardRefused                     5    look at the plan, then lift the named limit
    ├── OrgHeld                          6    wait for the other run
    ├── AccessDenied                     7    mend the key, the right or the plan
    ├── VendorUnreachable                8    mend the network or the address, run again
    │   ├── InDoubt                           a paid or writing call had no readable answer: resolve, never just repeat
    │   └── NotDone                           a write that was not done, and time has passed: re-read, send again
    ├── RequestRefused                   1    the vendor will not take this request as built: send its items alone
    └── Interrupted                    130    run again; nothing is lost

Only ``connector.cli`` turns these into exit codes. Anything else that reaches it is a bug (exit 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar


class ConnectorError(Exception):
    """Base of the tree: one clear ``message``, and in ``hint`` what to do next."""

    exit_code: ClassVar[int] = 1
    status: ClassVar[str] = "failed"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(ConnectorError):
    """A file, a variable or an option is wrong; ``problems`` holds one for each, all at once.

    A problem is a line; the place in an expression that cannot be read follows on two more, indented.
    """

    exit_code = 2

    def __init__(self, message: str, *, problems: Sequence[str] = (), hint: str | None = None) -> None:
        super().__init__("\n".join([message, *problems]) if problems else message, hint=hint)
        self.problems = tuple(problems)


class Stopped(ConnectorError):
    """The run ended early and cleanly; the next one goes on where it stopped."""

    exit_code = 4
    status = "stopped"


class BudgetExhausted(Stopped):
    """A limit of the configuration does not cover one more item."""


class QuotaExhausted(Stopped):
    """A vendor's credits, daily calls or trial are used up."""


class GuardRefused(ConnectorError):
    """The plan would change more than a guard allows; the message carries the figure and the limit."""

    exit_code = 5
    status = "refused"


class OrgHeld(ConnectorError):
    """Another run holds the lease of this tenant."""

    exit_code = 6
    status = "held"


class AccessDenied(ConnectorError):
    """Sign-in or permission failed; trying again with the same key does not help."""

    exit_code = 7


class VendorUnreachable(ConnectorError):
    """No connection, or no usable answer after the capped attempts."""

    exit_code = 8


class InDoubt(VendorUnreachable):
    """Bytes were sent and no readable answer came: the vendor may have done it or not."""


class RequestRefused(ConnectorError):
    """The vendor refused the whole request because of an item in it; it did nothing.

    ``code`` is the vendor's own word or the HTTP status (``"400"``, ``"451"``); the caller sends the items
    alone to find the one that is meant.
    """

    def __init__(self, message: str, *, code: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code


class NotDone(VendorUnreachable):
    """The vendor did nothing of a write and asked to wait, and the wait is over. What was re-read before it may have
    moved, so the caller re-reads and sends again; ``instead`` is the error once it has tried often enough."""

    def __init__(self, instead: ConnectorError) -> None:
        super().__init__(instead.message, hint=instead.hint)
        self.instead = instead


class Interrupted(ConnectorError):
    """Ctrl-C or SIGTERM: the batch in flight was finished and saved."""

    exit_code = 130
    status = "interrupted"
