"""Lusha's API V2, the older generation: persons, companies, prospecting, signals, lookalikes, filters and usage.

It tells of the same people and companies as V3, in shapes of its own; what the account owns, it owns in both.
"""

from connector.sandbox.lusha.call import Operations
from connector.sandbox.lusha.v2 import account, catalogue, companies, lookalike, persons, prospecting, signals

OPERATIONS: Operations = {
    **persons.OPERATIONS,
    **companies.OPERATIONS,
    **prospecting.OPERATIONS,
    **catalogue.OPERATIONS,
    **signals.OPERATIONS,
    **lookalike.OPERATIONS,
    **account.OPERATIONS,
}
