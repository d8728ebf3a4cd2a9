"""Record types: which options of its picklists a record of each may hold.

Describe names an object's record types and all options of its picklists; which options a record type offers, the User
Interface API tells, one call for each type. Any other is refused where the picklist is restricted, and elsewhere it
would stand where nobody could choose it. A record without a type, or of the master type, may hold all.
https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_picklist_values_collection.htm
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from connector.errors import AccessDenied, ConfigError, RequestRefused, VendorUnreachable
from connector.models import Dependency, FieldInfo

from .transport import Call, Transport

FIELD = "RecordTypeId"
TRIES = 3
"""How often the first record type that is not answered is asked for; the others then once."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record type, and the options that it offers, by picklist, as far as Salesforce tells.

    ``told`` False: it had no answer; at another moment it may.
    """

    id: str
    name: str
    offers: Mapping[str, tuple[str, ...]]
    told: bool = True


def record_types(
    transport: Transport, object: str, described: Mapping[str, Any], fields: Mapping[str, FieldInfo]
) -> Sequence[RecordType]:
    """The record types that are in use beside the master; none where no picklist could be written, or where the user
    does not see of which type a record is."""
    if FIELD not in fields or not any(_is_open(info) for info in fields.values()):
        return ()
    infos = described.get("recordTypeInfos") or ()
    used = [one for one in infos if one.get("active", True) and not one.get("master")]
    types: list[RecordType] = []
    for one in used:
        tries = TRIES if all(other.told for other in types) else 1
        types.append(_asked(transport, object, str(one["recordTypeId"]), str(one.get("name")), tries))
    return types


def _asked(transport: Transport, object: str, id: str, name: str, tries: int) -> RecordType:
    """A record type with what it offers; where that is not told, Salesforce decides at the write.

    A refusal says so for good. Where there is no answer (this API fails for single record types of some orgs, for as
    long as nobody mends them), the schema says that it was not told, so that it is not taken for a schema without it.
    """
    path = f"ui-api/object-info/{object}/picklist-values/{quote(id, safe='')}"
    call = Call("GET", path, "ui-api/object-info/{object}/picklist-values/{recordTypeId}", dict, tries=tries)
    try:
        told = transport.send(call).get("picklistFieldValues") or {}
    except (ConfigError, AccessDenied, RequestRefused):  # the object is none of that API's, or the user may not ask
        told = {}
    except VendorUnreachable as error:  # if it is all of Salesforce, the first page ends the run
        _log.info("the options of a record type of %s are not told: %s", object, error.message)
        return RecordType(id, name, {}, told=False)
    offers = {picklist: tuple(str(one.get("value")) for one in of.get("values") or ()) for picklist, of in told.items()}
    return RecordType(id, name, offers)


def with_record_types(fields: Mapping[str, FieldInfo], types: Sequence[RecordType]) -> Mapping[str, FieldInfo]:
    """The fields, picklists depending on the record's type as well."""
    return {name: _by_type(info, types) if _is_open(info) else info for name, info in fields.items()}


def _by_type(info: FieldInfo, types: Sequence[RecordType]) -> FieldInfo:
    allowed = {one.id: one.offers[info.name] for one in types if info.name in one.offers}
    untold = frozenset(one.id for one in types if not one.told)
    if not allowed and not untold:
        return info
    everything = {"": tuple(option.value for option in info.options)}
    by_type = Dependency(FIELD, everything | allowed, {one.id: one.name for one in types}, untold)
    return replace(info, depends=(*info.depends, by_type))


def _is_open(info: FieldInfo) -> bool:
    return info.writable and bool(info.options)
