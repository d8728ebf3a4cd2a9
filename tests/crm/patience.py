"""How the engine treats a write that was not done: it looks at the records again, and sends it again."""

from __future__ import annotations

from collections.abc import Sequence

from connector.crm.base import Crm
from connector.errors import NotDone
from connector.models import Update, WriteResult


def patiently(crm: Crm, object: str, updates: Sequence[Update], *, times: int = 5) -> Sequence[WriteResult]:
    """The results of the first sending that is done; what the vendor's refusal means once it was tried so often."""
    for left in reversed(range(times)):
        try:
            return crm.update(object, updates)
        except NotDone as wait:
            if not left:
                raise wait.instead from wait
    raise AssertionError("unreachable")
