"""One mapping in its org: whether the schema takes it, and the CRM its query. What ``validate --online`` says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connector.config.mapping_rules import mapping_warnings
from connector.config.settings import MappingSettings, OrgSettings
from connector.crm.base import Crm
from connector.doctor.finding import Check, Finding
from connector.errors import ConfigError
from connector.runtime.trial import try_on

_MEND = "mend that line of the mapping, or the field in the CRM"
_CONSIDER = "change that line, or leave it where it is meant: such values are reported, never forced"


def of_mapping(org: OrgSettings, settings: MappingSettings) -> list[Check]:
    """The checks that are made of one mapping, in order."""
    short = settings.file.stem
    return [Check(org.name, f"{name} {short}") for name in ("schema",)]


def check_mapping(org: OrgSettings, settings: MappingSettings, crm: Crm, now: datetime) -> Iterator[Finding]:
    """ConnectorError: the CRM cannot be asked."""
    [schema] = of_mapping(org, settings)
    yield from _schema(schema, org, settings, crm, now)


def _schema(check: Check, org: OrgSettings, settings: MappingSettings, crm: Crm, now: datetime) -> Iterator[Finding]:
    errors, warnings = try_on(org, settings, crm, now)
    warnings = [*mapping_warnings(settings), *warnings]
    yield from (check.failed(ConfigError(line), _MEND) for line in errors)
    yield from (check.warned(line, _CONSIDER) for line in warnings)
    if not errors and not warnings:
        yield check.passed(f"{len(settings.fields)} fields and {len(settings.stamp)} stamps fit {settings.object}")
