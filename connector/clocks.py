"""How far this machine's clock and a vendor's stand apart, as the ``Date`` header of its answers tells.

Shown every answer by each vendor's transport, read by ``doctor``. Conditional writes, watermarks and signed sign-ins
compare our time with the vendor's.
https://www.rfc-editor.org/rfc/rfc9110#name-date
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock

_GRAIN = timedelta(seconds=1)
"""``Date`` names whole seconds, cut off: the vendor's moment lies within the second that follows."""


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class Skew:
    """What is known of one vendor's clock. Threads may share it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._least: timedelta | None = None
        self._most: timedelta | None = None

    def note(self, date: str | None, sent: datetime, received: datetime) -> None:
        """One answer: its ``Date``, and our time before it was asked for and after it came. Each narrows what can be.

        An answer that contradicts the others (a clock was set meanwhile) begins anew; one without a date says nothing.
        """
        told = _moment(date)
        if told is None:
            return
        least, most = sent - told - _GRAIN, received - told
        with self._lock:
            if self._least is not None and self._most is not None:
                narrower = max(least, self._least), min(most, self._most)
                least, most = narrower if narrower[0] <= narrower[1] else (least, most)
            self._least, self._most = least, most

    @property
    def ahead(self) -> timedelta | None:
        """By how much our clock is surely ahead of the vendor's (negative: behind); zero where the two may agree. None
        as long as nothing was told."""
        with self._lock:
            if self._least is None or self._most is None:
                return None
            return max(self._least, timedelta(0)) or min(self._most, timedelta(0))


def _moment(date: str | None) -> datetime | None:
    from email.utils import parsedate_to_datetime  # takes longer to import than the rest of what shows the time

    try:
        told = parsedate_to_datetime(date or "")
    except (TypeError, ValueError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)  # "-0000" is read as a time of no zone
