"""An entry of HubSpot's answers as the Record that the engine knows. Pure; used by ``adapter``.

Every record that is read passes here, and most of them are not due: nothing is done twice, and nothing for each field
that can be done once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from connector.crm.hubspot.answers import Body
from connector.crm.hubspot.endpoints import OBJECT_ID, PRIMARY_COMPANY, modified_field
from connector.crm.hubspot.merges import merged_into
from connector.models import Record, Value

_NOTHING: Mapping[str, Value] = MappingProxyType({})


def record(object: str, entry: Body, fields: Sequence[str], beside: Mapping[str, Value] = _NOTHING) -> Record:
    """The record with these properties of its own, and with values of related ones as they are."""
    told = (entry.get("properties") or _NOTHING).get
    values = {name: value if type(value := told(name)) is str and value else _text(value) for name in fields}
    id = entry["id"]
    if OBJECT_ID in values:
        values[OBJECT_ID] = id
    return Record(str(id), {**values, **beside}, _text(told(modified_field(object))), merged=merged_into(entry))


def named_company(entry: Body) -> str | None:
    """The id of the primary company, where the record itself has a property that names it."""
    return _text((entry.get("properties") or _NOTHING).get(PRIMARY_COMPANY))


def _text(value: object) -> str | None:
    # HubSpot tells texts, and of a blank nothing or an empty one.
    return None if value is None or value == "" else str(value)
