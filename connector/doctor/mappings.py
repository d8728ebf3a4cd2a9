"""One mapping in its org: the rights to its fields, whether the schema takes it and the CRM its query, its options.

The second is what ``validate --online`` says; what that says of options is said here with a rule to paste.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from connector.config.mapping_rules import mapping_warnings
from connector.config.settings import MappingSettings, OrgSettings
from connector.crm.base import Crm
from connector.doctor.finding import Check, Finding, counted
from connector.doctor.options import check_options, shortfalls
from connector.doctor.rights import check_rights, rights_to, unsaid
from connector.errors import ConfigError
from connector.runtime.trial import try_on

_MEND = "mend that line of the mapping, or the field in the CRM"
_CONSIDER = "change that line, or leave it where it is meant: such values are reported, never forced"


def of_mapping(org: OrgSettings, settings: MappingSettings) -> list[Check]:
    """The checks that are made of one mapping, in order."""
    return [Check(org.name, f"{name} {settings.file.stem}") for name in ("rights", "schema", "options")]


def check_mapping(org: OrgSettings, settings: MappingSettings, crm: Crm, now: datetime) -> Iterator[Finding]:
    """ConnectorError: the CRM cannot be asked."""
    allowed, fit, options = of_mapping(org, settings)
    try:
        rights, schema = rights_to(settings, crm), crm.schema(settings.object)
    except ConfigError:
        unknown, mend = f"there is no {settings.object} to look at", "mend the object first"
        yield allowed.skipped(unknown, mend)
        yield from _fit(fit, settings, *try_on(org, settings, crm, now))
        yield options.skipped(unknown, mend)
        return
    yield from check_rights(allowed, settings, rights)
    errors, warnings = try_on(org, settings, crm, now)
    elsewhere = shortfalls(settings, schema)
    rest = [line for line in warnings if not any(sentence in line for sentence in elsewhere)]
    yield from _fit(fit, settings, unsaid(errors, settings, rights), rest, whole=not errors)
    yield from check_options(options, settings, schema)


def _fit(
    check: Check, settings: MappingSettings, errors: Collection[str], warnings: Collection[str], *, whole: bool = True
) -> Iterator[Finding]:
    """``whole``: no error is said elsewhere."""
    warnings = [*mapping_warnings(settings), *warnings]
    yield from (check.failed(ConfigError(line), _MEND) for line in errors)
    yield from (check.warned(line, _CONSIDER) for line in warnings)
    if not errors and not warnings:
        mapped = [(len(settings.fields), "field"), (len(settings.stamp), "stamp")]
        named = " and ".join(counted(number, what) for number, what in mapped if number)
        fit = f"{named} {'fits' if sum(number for number, _ in mapped) == 1 else 'fit'} {settings.object}"
        yield check.passed(fit if whole else f"all fits {settings.object} but what the rights lack")
