"""Which objects a portal has: told where a mapping names one that it does not have.

A custom object is named by its fully qualified name (``p123_partner``) or its type id (``2-456``):
https://developers.hubspot.com/docs/api-reference/crm-schemas-v3/guide
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from connector.crm.hubspot.answers import Body, results
from connector.crm.hubspot.endpoints import COMPANIES, CONTACTS
from connector.crm.hubspot.errors import ReadRefused
from connector.crm.hubspot.transport import Transport
from connector.errors import AccessDenied, ConfigError, VendorUnreachable

_MOST_NAMED = 10


def unknown_object(transport: Transport, object: str, words: str) -> ConfigError:
    """The error for an object that HubSpot does not know, with those that it does, at the cost of one more call.

    ``words``: HubSpot's own. Where the portal's objects may not be listed (it takes ``crm.schemas.custom.read``),
    what a name looks like is told instead.
    """
    message = f"HubSpot knows no object {object!r}: {words}"
    try:
        answer = transport.send(transport.endpoints.schemas)
        schemas = results(answer, str(transport.endpoints.schemas))
    except (AccessDenied, ReadRefused, VendorUnreachable):
        hint = f"{CONTACTS}, {COMPANIES}, or the fully qualified name of a custom object (p123_name, 2-123)"
        return ConfigError(message, hint=hint)
    return ConfigError(message, hint=_hint(object, schemas))


def _hint(object: str, schemas: Sequence[Body]) -> str:
    spellings: dict[str, str] = {CONTACTS: CONTACTS, COMPANIES: COMPANIES}
    for schema in schemas:
        qualified = str(schema.get("fullyQualifiedName"))
        labels = schema.get("labels") or {}
        for text in (qualified, schema.get("name"), labels.get("singular"), labels.get("plural")):
            spellings.setdefault(str(text).lower(), qualified)
    there = list(dict.fromkeys(spellings.values()))
    listed = ", ".join(there[:_MOST_NAMED]) + (", …" if len(there) > _MOST_NAMED else "")
    near = get_close_matches(object.lower(), spellings, n=1)
    return (f"did you mean {spellings[near[0]]!r}? " if near else "") + f"this portal has: {listed}"
