"""What one check found: the word between the checks and ``render.doctor``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from connector.errors import ConnectorError
from connector.runtime.reports import worst_of

Level = Literal["pass", "warn", "fail"]
_SKIPPED = "skipped: "


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a report. ``org``: None for what orgs share (files, state, a Lusha key).

    ``what`` was found, and ``mend`` says what to do: empty where nothing is to be done. ``paste``: lines of YAML that
    mend it. ``failure`` is there where ``level`` is fail: its exit code is the failure's meaning. ``skipped``: it is a
    warning because the check could not be made.
    """

    org: str | None
    check: str
    level: Level
    what: str
    mend: str = ""
    paste: str = ""
    failure: ConnectorError | None = None
    skipped: bool = False

    def about(self, whose: str) -> Finding:
        """The same of one of several, named before what was found."""
        head, what = (_SKIPPED, self.what.removeprefix(_SKIPPED)) if self.skipped else ("", self.what)
        return replace(self, what=f"{head}{whose}{what}")


@dataclass(frozen=True, slots=True)
class Check:
    """Where findings come from: one check of one org (None: of what orgs share)."""

    org: str | None
    name: str

    def passed(self, what: str) -> Finding:
        """All is well."""
        return Finding(self.org, self.name, "pass", what)

    def warned(self, what: str, mend: str, *, paste: str = "") -> Finding:
        """A run begins all the same, and may not do what is meant."""
        return Finding(self.org, self.name, "warn", what, mend, paste)

    def failed(self, error: ConnectorError, mend: str = "") -> Finding:
        """No run would get past it. ``mend``: where the error's own hint is not the best advice."""
        return Finding(self.org, self.name, "fail", error.message, mend or error.hint or _LAST_ADVICE, failure=error)

    def skipped(self, because: str, mend: str) -> Finding:
        """It could not be made: nobody knows, so it is no pass."""
        return Finding(self.org, self.name, "warn", f"{_SKIPPED}{because}", mend, skipped=True)


def counted(number: int, word: str) -> str:
    """A number of things: ``1 field``, ``1,200 fields``."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


_LAST_ADVICE = "run the command again with -v, which tells each call"


def worst(findings: Iterable[Finding]) -> ConnectorError | None:
    """The failure whose exit code the command leaves with; None where there are warnings at most."""
    return worst_of([one.failure for one in findings if one.failure])
