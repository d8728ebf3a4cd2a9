"""One mapping in its org: whether the schema takes it and the CRM its query, and which options it lacks.

The first is what ``validate --online`` says; what that says of options is said here with a rule to paste.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from connector.config.mapping_rules import mapping_warnings
from connector.config.settings import MappingSettings, OrgSettings
from connector.crm.base import Crm
from connector.doctor.finding import Check, Finding
from connector.doctor.options import check_options, shortfalls
from connector.errors import ConfigError
from connector.runtime.trial import try_on

_MEND = "mend that line of the mapping, or the field in the CRM"
_CONSIDER = "change that line, or leave it where it is meant: such values are reported, never forced"


def of_mapping(org: OrgSettings, settings: MappingSettings) -> list[Check]:
    """The checks that are made of one mapping, in order."""
    return [Check(org.name, f"{name} {settings.file.stem}") for name in ("schema", "options")]


def check_mapping(org: OrgSettings, settings: MappingSettings, crm: Crm, now: datetime) -> Iterator[Finding]:
    """ConnectorError: the CRM cannot be asked."""
    fit, options = of_mapping(org, settings)
    errors, warnings = try_on(org, settings, crm, now)
    try:
        schema = crm.schema(settings.object)
    except ConfigError:  # it is among the errors
        yield from _fit(fit, settings, errors, warnings)
        yield options.skipped(f"there is no {settings.object} to look at", "mend the object first")
        return
    elsewhere = shortfalls(settings, schema)
    rest = [line for line in warnings if not any(sentence in line for sentence in elsewhere)]
    yield from _fit(fit, settings, errors, rest)
    yield from check_options(options, settings, schema)


def _fit(
    check: Check, settings: MappingSettings, errors: Collection[str], warnings: Collection[str]
) -> Iterator[Finding]:
    warnings = [*mapping_warnings(settings), *warnings]
    yield from (check.failed(ConfigError(line), _MEND) for line in errors)
    yield from (check.warned(line, _CONSIDER) for line in warnings)
    if not errors and not warnings:
        yield check.passed(f"{len(settings.fields)} fields and {len(settings.stamp)} stamps fit {settings.object}")
