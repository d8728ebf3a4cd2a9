"""Looks up unique values before they are written: one that another record holds would refuse the whole batch (409).

Asked once for each batch, before its records are re-read; a look-up costs one call for each unique property with values
in it. What it cannot see (a value taken a moment later; HubSpot does not promise to find a contact by its other
addresses) a refusal tells, which often names the holder alone: then that record is read, at one call more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from connector.crm.hubspot.answers import Body, results
from connector.crm.hubspot.endpoints import CONTACTS
from connector.crm.hubspot.errors import ReadRefused
from connector.models import Record, Rejection, Value

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


def held_fields(object: str, unique: Iterable[str]) -> list[str]:
    """The properties of a holder in which a unique value may stand."""
    return [one for name in unique for one in (name, *_more(object, name))]


def held_by(
    object: str, holders: Iterable[Record], inputs: Inputs, unique: Iterable[str]
) -> dict[str, dict[str, Rejection]]:
    """As ``duplicates``, of values that these records hold in their ``held_fields``."""
    refused: dict[str, dict[str, Rejection]] = {}
    for holder, name in product(holders, unique):
        held = _held(object, name, holder.values)
        for record, values in inputs.items():
            if record != holder.id and _key(name, values.get(name, "")) in held:
                refused.setdefault(record, {})[name] = duplicate(name, holder.id)
    return refused


def duplicate(name: str, holder: str) -> Rejection:
    """The rejection of a unique value; it names the record that has it and never the value."""
    return Rejection(DUPLICATE, f'record {holder} already holds this value of "{name}"', name)


def _holders(object: str, name: str, values: Sequence[str], read: Send) -> dict[str, str]:
    asked = [name, *_more(object, name)]
    body = {"idProperty": name, "inputs": [{"id": text} for text in values], "properties": asked}
    try:
        answer = read(body)
    except ReadRefused:  # a value too odd to be looked up: the write itself will say so, alone
        return {}
    return {
        key: str(record.get("id"))
        for record in results(answer, "batch/read")
        for key in _held(object, name, record.get("properties") or {})
    }


def _more(object: str, name: str) -> tuple[str, ...]:
    return (_MORE_EMAILS,) if (object, name) == (CONTACTS, _EMAIL) else ()


def _held(object: str, name: str, values: Mapping[str, Value]) -> set[str]:
    others = [text for more in _more(object, name) for text in str(values.get(more) or "").split(";")]
    return {_key(name, str(text)) for text in (values.get(name), *others) if text}


def _key(name: str, text: str) -> str:
    """E-mails are the same in any case; HubSpot does not promise that of other unique properties."""
    return text.strip().lower() if name == _EMAIL else text
