"""Whether the sign-in may read and edit what a mapping names, as far as the CRM tells before it is tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connector.config.settings import MappingSettings
from connector.crm.base import Crm, Rights
from connector.doctor.finding import Check, Finding, counted
from connector.errors import AccessDenied
from connector.mapping.placing import related


def rights_to(settings: MappingSettings, crm: Crm) -> Rights:
    """What the sign-in lacks for this mapping. ConfigError: the CRM does not know the object."""
    identity = [path for keys in settings.identify for path in keys.values()]
    reads = [*identity, *(path for path, _ in related(settings))]
    return crm.rights(settings.object, reads, [*settings.fields, *settings.stamp])


def check_rights(check: Check, settings: MappingSettings, rights: Rights) -> Iterator[Finding]:
    """Each right that is missing, with who gives it."""
    yield from (check.failed(AccessDenied(lack.what), lack.mend) for lack in rights.lacks)
    if rights.untold:
        yield check.warned(f"the CRM does not tell whether {settings.object} may be edited", rights.untold)
    elif not rights.lacks:
        edited = counted(len({*settings.fields, *settings.stamp}), "field")
        yield check.passed(f"{settings.object} may be read, and its {edited} edited")


def unsaid(lines: Sequence[str], settings: MappingSettings, rights: Rights) -> list[str]:
    """The mapping's errors without those that a missing right to a field, or to all of them, is said for already."""
    named = [lack.field for lack in rights.lacks if lack.field]
    if any(lack.field is None for lack in rights.lacks):
        named = [*settings.fields, *settings.stamp]
    said = [f"{section}.{name}: {settings.object} field '{name}' is read-only: this user may not edit"
            for name in named for section in ("fields", "stamp")]  # fmt: skip
    return [line for line in lines if not any(words in line for words in said)]
