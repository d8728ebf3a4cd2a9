"""Looks up unique values before they are written: one that another record holds would refuse the whole batch (409).

Called by ``batch`` once for each batch; a look-up costs one call for each unique property with values in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from connector.crm.hubspot.answers import Body, results
from connector.crm.hubspot.endpoints import CONTACTS
from connector.crm.hubspot.errors import ReadRefused
from connector.models import Rejection

Inputs = dict[str, dict[str, str]]
"""Record id → property → text, as it is sent."""

Send = Callable[[Mapping[str, object]], Body]

_EMAIL = "email"
_MORE_EMAILS = "hs_additional_emails"  # a contact is found by these too; joined with ";"
DUPLICATE = "DUPLICATE_VALUE"


def duplicates(object: str, inputs: Inputs, unique: Iterable[str], read: Send) -> dict[str, dict[str, Rejection]]:
    """Record id → property → why its value cannot be written: a neighbour in the batch or another record has it.

    ``read`` sends one batch read. Values that HubSpot does not know are free.
    """
    refused: dict[str, dict[str, Rejection]] = {}
    for name in unique:
        claims = {record: values[name] for record, values in inputs.items() if values.get(name)}
        if not claims:
            continue
        holders = _holders(object, name, sorted({_key(name, text) for text in claims.values()}), read)
        first: dict[str, str] = {}
        for record, text in claims.items():
            key = _key(name, text)
            holder = holders.get(key, record)
            if holder == record:
                holder = first.setdefault(key, record)
            if holder != record:
                refused.setdefault(record, {})[name] = duplicate(name, holder)
    return refused


def duplicate(name: str, holder: str) -> Rejection:
    """The rejection of a unique value; it names the record that has it and never the value."""
    return Rejection(DUPLICATE, f'record {holder} already holds this value of "{name}"', name)


def _holders(object: str, name: str, values: Sequence[str], read: Send) -> dict[str, str]:
    more = [_MORE_EMAILS] if (object, name) == (CONTACTS, _EMAIL) else []
    body = {"idProperty": name, "inputs": [{"id": text} for text in values], "properties": [name, *more]}
    try:
        answer = read(body)
    except ReadRefused:  # a value too odd to be looked up: the write itself will say so, alone
        return {}
    holders: dict[str, str] = {}
    for record in results(answer, "batch/read"):
        properties = record.get("properties") or {}
        held = [properties.get(name), *(properties.get(_MORE_EMAILS) or "").split(";")]
        holders.update({_key(name, text): str(record.get("id")) for text in held if text})
    return holders


def _key(name: str, text: str) -> str:
    """E-mails are the same in any case; HubSpot does not promise that of other unique properties."""
    return text.strip().lower() if name == _EMAIL else text
