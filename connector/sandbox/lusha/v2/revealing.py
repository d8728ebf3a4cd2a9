"""V2's ``revealEmails`` and ``revealPhones``: which data a request for persons reveals."""

from __future__ import annotations

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.checker import Body
from connector.sandbox.lusha.refusals import Refusal

_NOT_UNIFIED = "Your pricing version does not support requesting individual datapoints [revealEmails, revealPhones]"


def revealed(account: LushaAccount, asked: Body) -> tuple[str, ...]:
    """The data to reveal. Neither parameter: both; one of them true: that one alone; one of them false: the other.

    403 when either is used on a plan without Unified Credits.
    """
    emails, phones = asked.get("revealEmails"), asked.get("revealPhones")
    if not account.unified and (emails is not None or phones is not None):
        raise Refusal(403, _NOT_UNIFIED)
    wants = {
        "emails": emails if emails is not None else phones is not True,
        "phones": phones if phones is not None else emails is not True,
    }
    return tuple(datum for datum, wanted in wants.items() if wanted)
