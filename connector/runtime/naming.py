"""Ids of CRM records as people type them: which CRM they can be of, and how records are called that were read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connector.config.settings import OrgSettings
from connector.errors import ConfigError

_TAKES = {
    "salesforce": "an id of Salesforce is 15 or 18 letters and digits",
    "hubspot": "an id of HubSpot is digits alone",
}


def full_id(org: OrgSettings, id: str) -> str:
    """A record's id as records of that org are read: Salesforce's 15 letters with their three check letters."""
    if org.crm != "salesforce":
        return id
    from connector.crm.salesforce.ids import long_id

    return long_id(id)


def every_spelling(orgs: Iterable[OrgSettings], ids: Iterable[str]) -> list[str]:
    """The ids as they were typed and as the records of any of these orgs are read."""
    orgs = list(orgs)
    return list(dict.fromkeys(one for id in ids for one in (id, *(full_id(org, id) for org in orgs))))


def ids_of(org: OrgSettings, ids: Iterable[str]) -> tuple[str, ...]:
    """Those of the ids that can be records of an org, each once and as they are read."""
    return tuple(dict.fromkeys(full_id(org, id) for id in ids if _can_be(org, id)))


def refuse_strangers(orgs: Sequence[OrgSettings], ids: Iterable[str]) -> None:
    """ConfigError where an id can be no record of any of these orgs: a typing error is no record that is gone."""
    for id in ids:
        if orgs and not any(_can_be(org, id) for org in orgs):
            names = ", ".join(org.name for org in orgs)
            hint = "; ".join(sorted({_TAKES[org.crm] for org in orgs}))
            raise ConfigError(f"'{id}' can be no record of {names}", hint=hint)


def _can_be(org: OrgSettings, id: str) -> bool:
    if org.crm == "salesforce":
        from connector.crm.salesforce.ids import is_id

        return is_id(id)
    if org.crm == "hubspot":
        from connector.crm.hubspot.endpoints import is_record_id

        return is_record_id(id)
    return True
