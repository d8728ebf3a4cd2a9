"""Properties made on a person's word, in a group of our own so that people see where they come from.

For ``init`` alone. https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide: ``groupName``, ``name``
(lower case letters, digits and underscores, a letter first), ``label``, ``type`` and a ``fieldType`` that goes with it
are needed; a name that is taken is a 409. It takes the scope ``crm.schemas.contacts.write`` (or ``companies``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connector.crm.base import NewField
from connector.crm.hubspot.answers import results
from connector.crm.hubspot.endpoints import Endpoint
from connector.crm.hubspot.errors import Refused
from connector.crm.hubspot.transport import Transport
from connector.errors import InDoubt, NotDone

GROUP, GROUP_LABEL = "lusha", "Lusha"
_KINDS: Mapping[str, tuple[str, str]] = {
    "text": ("string", "text"),
    "datetime": ("datetime", "date"),
    "picklist": ("enumeration", "select"),
}
_TRIES = 3
_TAKEN = 409


def make_properties(
    transport: Transport, object: str, fields: Sequence[NewField], known: Iterable[str]
) -> Sequence[str]:
    """Make those that ``known`` lacks; returns their names.

    AccessDenied: the token lacks the scope. RequestRefused: HubSpot's word on a property. VendorUnreachable: no answer
    came, so that nobody knows what was made; the next try leaves what it finds.
    """
    there = set(known)
    wanted = [field for field in fields if field.name not in there]
    if wanted:
        _make_group(transport, object)
    endpoint = transport.endpoints.new_property
    return [field.name for field in wanted if _made(transport, endpoint, object, _definition(field))]


def _make_group(transport: Transport, object: str) -> None:
    endpoint = transport.endpoints.groups
    names = {one.get("name") for one in results(transport.send(endpoint, object), str(endpoint))}
    if GROUP not in names:
        _made(transport, transport.endpoints.new_group, object, {"name": GROUP, "label": GROUP_LABEL})


def _definition(field: NewField) -> dict[str, Any]:
    kind, widget = _KINDS[field.type]
    options = [{"label": text, "value": text, "displayOrder": place, "hidden": False}
               for place, text in enumerate(field.options)]  # fmt: skip
    return {
        "groupName": GROUP, "name": field.name, "label": field.label, "description": field.about, "type": kind,
        "fieldType": widget, **({"options": options} if options else {}),
    }  # fmt: skip


def _made(transport: Transport, endpoint: Endpoint, object: str, body: Mapping[str, Any]) -> bool:
    """Whether this is new. One that is taken was made meanwhile, or by a try of ours whose answer was lost."""
    return _tried(lambda: transport.send(endpoint, object, body))


def _tried(send: Callable[[], object]) -> bool:
    """Asking twice for one name makes it once: a try without an answer may be repeated."""
    lost = False
    for attempt in range(1, _TRIES + 1):
        try:
            send()
        except Refused as refusal:
            if refusal.http_status == _TAKEN:
                return lost
            raise
        except (NotDone, InDoubt) as error:
            lost = lost or isinstance(error, InDoubt)
            if attempt == _TRIES:
                raise
        else:
            return True
    raise AssertionError("unreachable")  # pragma: no cover
