"""``GET /account/usage``: V2's balance, by category of credits."""

from __future__ import annotations

from typing import Any

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Shape
from connector.sandbox.lusha.refusals import refuse


def usage(account: LushaAccount, call: Call) -> dict[str, Any]:
    """One category, named as in the document's example: all credits of this account are of one kind."""
    refuse(Shape({}).problems(dict(call.query), ""))
    stats = {"used": account.used, "total": account.total, "remaining": account.remaining}
    return {"usage": {"bulkCredits": stats}}


OPERATIONS: Operations = {("GET", "/account/usage"): usage}
