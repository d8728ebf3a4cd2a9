"""Lusha's API V3, the current generation: search, enrich, prospecting, signals, lookalikes, filters and usage."""

from connector.sandbox.lusha.call import Operations
from connector.sandbox.lusha.v3 import account, catalogue, enriching, lookalike, prospecting, searching, signals

OPERATIONS: Operations = {
    **searching.OPERATIONS,
    **enriching.OPERATIONS,
    **prospecting.OPERATIONS,
    **catalogue.OPERATIONS,
    **signals.OPERATIONS,
    **lookalike.OPERATIONS,
    **account.OPERATIONS,
}
