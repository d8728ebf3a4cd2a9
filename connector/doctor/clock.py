"""This machine's clock against a vendor's: a conditional write, a watermark and a signed sign-in compare the two."""

from __future__ import annotations

from datetime import timedelta

from connector.doctor.finding import Check, Finding
from connector.errors import ConfigError

TOLERABLE = timedelta(seconds=60)
USELESS = timedelta(minutes=15)
_MEND = "set this machine's clock: let it follow a time server (timedatectl set-ntp true)"


def clock_finding(check: Check, vendor: str, ahead: timedelta | None) -> Finding:
    """``ahead``: by how much our clock is surely ahead of the vendor's (negative: behind); None: it tells no time."""
    if ahead is None:
        return check.passed(f"{vendor} tells no time")
    if abs(ahead) <= TOLERABLE:
        return check.passed(f"agrees with {vendor}'s")
    what = f"this machine's is {_length(abs(ahead))} {'ahead of' if ahead > timedelta(0) else 'behind'} {vendor}'s"
    if abs(ahead) > USELESS:
        return check.failed(ConfigError(what), _MEND)
    return check.warned(f"{what}, so edits of that time may be read late or twice", _MEND)


def _length(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 120:
        return f"{seconds} seconds"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60:,} hours"
