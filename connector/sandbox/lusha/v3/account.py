"""``GET /v3/account/usage``: credits, limits, plan and the price of each action."""

from __future__ import annotations

from typing import Any

from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Shape
from connector.sandbox.lusha.prices import ACTIONS
from connector.sandbox.lusha.refusals import refuse


def usage(account: LushaAccount, call: Call) -> dict[str, Any]:
    """The account's snapshot."""
    refuse(Shape({}).problems(dict(call.query), ""))
    year = account.clock().year
    return {
        "credits": {"total": account.total, "used": account.used, "remaining": account.remaining},
        "rateLimits": account.limits.report(account.clock),
        "plan": {
            "category": "sandbox",
            "renewalType": "annual",
            "startDate": f"{year}-01-01T00:00:00.000Z",
            "endDate": f"{year + 1}-01-01T00:00:00.000Z",
        },
        "pricing": {
            action: {"credits": credits, "perQuantity": quantity} for action, (credits, quantity) in ACTIONS.items()
        },
    }


OPERATIONS: Operations = {("GET", "/v3/account/usage"): usage}
