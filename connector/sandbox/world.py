"""The demo world that the three local servers share: who exists, what Lusha knows, and what each CRM holds of it.

Pure and deterministic: the same seed and sizes give the same world on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from connector.sandbox.entries import AS_OF, account_entries, as_of, contact_entries, head_count, lead_entries
from connector.sandbox.firms import Firm, build_firms
from connector.sandbox.native import Row, hubspot_rows, salesforce_rows
from connector.sandbox.people import Human, build_people

_TWIN_ACCOUNTS = 0.03
_ELSEWHERE = 0.25
"""Firms that no CRM holds, where people who changed job went, as a share of those that CRMs hold."""
_OVERLAP = 0.9
"""The share of one CRM's people whom the other one holds as well."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody Lusha knows. ``profile``: V3's enriched contact with everything there is; ``emails``: every address
    that finds them, former employers' included; ``restricted``: Lusha may not tell (COMPLIANCE_RESTRICTED)."""

    profile: Mapping[str, Any]
    emails: tuple[str, ...]
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Company:
    """A company Lusha knows. ``profile``: V3's enriched company with everything there is."""

    profile: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """``people`` and ``companies`` by Lusha id; ``salesforce`` and ``hubspot`` rows by object, in native fields."""

    people: Mapping[str, Person]
    companies: Mapping[str, Company]
    salesforce: Mapping[str, Sequence[Row]]
    hubspot: Mapping[str, Sequence[Row]]


def build_world(seed: int = 1, contacts: int = 300, companies: int = 60, *, today: date = AS_OF) -> World:
    """The demo world with ``contacts`` contacts and ``companies`` accounts in each CRM; both at least 1.

    The CRMs describe mostly the same people, each with its own gaps and spellings; whom HubSpot alone has as a contact
    is a lead in Salesforce. ``today``: the day from which
    ages are counted, so that the demo is the same whenever it runs.
    """
    held = companies - round(companies * _TWIN_ACCOUNTS)
    firms = build_firms(seed, held + max(2, round(companies * _ELSEWHERE)))
    employers = firms[:held]
    heads = head_count(contacts)
    strangers = heads - round(heads * _OVERLAP)
    humans = build_people(seed, heads + strangers, employers, firms[held:])
    return World(
        people=_people(humans),
        companies=_companies(firms),
        salesforce=salesforce_rows(
            as_of(account_entries(Random(f"{seed}:salesforce accounts"), employers, companies), today),
            as_of(contact_entries(Random(f"{seed}:salesforce contacts"), humans[:heads], employers, contacts), today),
            as_of(lead_entries(Random(f"{seed}:salesforce leads"), humans[heads:]), today),
        ),
        hubspot=hubspot_rows(
            as_of(account_entries(Random(f"{seed}:hubspot companies"), employers, companies), today),
            as_of(contact_entries(Random(f"{seed}:hubspot contacts"), humans[strangers:], employers, contacts), today),
        ),
    )


def _people(humans: Sequence[Human]) -> dict[str, Person]:
    return {
        human.id: Person(profile=human.profile, emails=human.emails, restricted=human.restricted)
        for human in humans
        if human.known
    }


def _companies(firms: Sequence[Firm]) -> dict[str, Company]:
    return {firm.id: Company(profile=firm.profile) for firm in firms if firm.known}
