"""What was asked or given before a set-up: which org, how it is reached, what of it is to be mapped. Frozen values.

Secrets are references here (``${SF_CLIENT_SECRET}``); their values are in the environment, or in ``typed`` where a
person typed them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from connector.redact import Secret

OBJECTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "salesforce": {"Account": "account.yaml", "Contact": "contact.yaml", "Lead": "lead.yaml"},
        "hubspot": {"companies": "company.yaml", "contacts": "contact.yaml"},
    }
)
"""Per CRM: the objects that a mapping is shipped for, companies first, and its file."""

USUAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"salesforce": ("Account", "Contact"), "hubspot": ("companies", "contacts")}
)
"""The objects that are set up where none is named."""

SIGN_INS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "salesforce": {
            "client_credentials": ("client_id", "client_secret"),
            "jwt": ("client_id", "username"),
            "token": ("access_token",),
            "password": ("username", "password"),
        },
        "hubspot": {"token": ("access_token",), "oauth": ("client_id", "client_secret", "refresh_token")},
    }
)
"""Per CRM and way to sign in: the keys of ``connection`` that come from the environment; the first is the default."""

_PREFIX = {"salesforce": "SF", "hubspot": "HUBSPOT"}
_REFERENCE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Answers:
    """``connection`` and ``lusha``: the blocks as they are written (``lusha`` None: the file has one). ``typed``: the
    environment's variables that a person typed. ``again``: the org stands in the config, and only its mappings are
    written, anew. ``folder``: where the config stands, from which its paths count."""

    config: Path
    org: str
    crm: str
    objects: tuple[str, ...]
    connection: Mapping[str, Any]
    lusha: Mapping[str, Any] | None
    typed: Mapping[str, Secret] = field(default_factory=dict)
    create_fields: bool = False
    force: bool = False
    again: bool = False

    @property
    def folder(self) -> Path:
        return self.config.resolve().parent

    @property
    def variables(self) -> tuple[str, ...]:
        """Every environment variable that the blocks name."""
        blocks = [*self.connection.values(), *(self.lusha or {}).values()]
        return tuple(dict.fromkeys(name for value in blocks for name in _REFERENCE.findall(str(value))))


def variable(crm: str, key: str) -> str:
    """The environment variable that holds a key of the connection, or Lusha's ``api_key``, where no other is named.

    >>> variable("salesforce", "client_secret"), variable("hubspot", "access_token"), variable("hubspot", "api_key")
    ('SF_CLIENT_SECRET', 'HUBSPOT_TOKEN', 'LUSHA_API_KEY')
    """
    if key == "api_key":
        return "LUSHA_API_KEY"
    return "HUBSPOT_TOKEN" if (crm, key) == ("hubspot", "access_token") else f"{_PREFIX[crm]}_{key.upper()}"


def shipped_object(crm: str, name: str) -> str | None:
    """An object by any usual spelling as its shipped mapping writes it; None where no mapping is shipped for it.

    >>> shipped_object("salesforce", "contact"), shipped_object("hubspot", "company"), shipped_object("hubspot", "deal")
    ('Contact', 'companies', None)
    """
    spellings = {key.casefold(): key for key in OBJECTS[crm]}
    spellings |= {file.removesuffix(".yaml"): key for key, file in OBJECTS[crm].items()}
    return spellings.get(name.casefold())
