"""Which scopes reading and writing an object takes, and which of them a token lacks.

https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from connector.crm.base import Lack, Rights
from connector.crm.hubspot.endpoints import COMPANIES, CONTACTS

_CUSTOM = re.compile(r"2-\d+|p\d+_.*", re.ASCII)
_OLD = "contacts"
"""Apps that were made before the scopes of single objects hold this one for both contacts and companies."""


def rights_of(object: str, reads: Sequence[str], scopes: frozenset[str] | None) -> Rights:
    """The rights to an object under HubSpot's own name for it. ``scopes``: None where HubSpot does not tell them."""
    needed = dict(_needed(object, reads))
    if scopes is None:
        return Rights(untold=f"see that the token has the scopes {', '.join(needed)}")
    missing = [scope for scope in needed if scope not in scopes and not (_OLD in scopes and _is_old(scope))]
    return Rights(tuple(Lack(f"the token may not {needed[scope]}", _mend(scope)) for scope in missing))


def _needed(object: str, reads: Sequence[str]) -> Iterator[tuple[str, str]]:
    kind = "custom" if _CUSTOM.fullmatch(object) else object
    yield f"crm.objects.{kind}.read", f"read {object}"
    yield f"crm.objects.{kind}.write", f"edit {object}"
    if any(path.startswith(f"{COMPANIES}.") for path in reads):
        yield f"crm.objects.{COMPANIES}.read", f"read {COMPANIES}"


def _is_old(scope: str) -> bool:
    return scope.split(".")[2] in (CONTACTS, COMPANIES)


def _mend(scope: str) -> str:
    return f"add the scope {scope} to the service key or app in HubSpot; an OAuth app is then installed again"
