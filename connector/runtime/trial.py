"""What a CRM says about one mapping, without reading a record: its schema first, then its own word on the query.

The schema is judged by the functions that begin every run (``compile``). Where they refuse, what is left of the mapping
is still warned about, and what only the CRM can tell (``where``, fields of related records) is still asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from connector.config.problems import by_line
from connector.config.settings import MappingSettings, OrgSettings
from connector.crm.base import Crm, Query
from connector.errors import ConfigError
from connector.mapping.cautions import org_warnings
from connector.mapping.compile import CompiledMapping
from connector.mapping.placing import placed, related, subject
from connector.mapping.refusals import offline_problems, unrefused
from connector.runtime.runner import compiled


def try_on(org: OrgSettings, settings: MappingSettings, crm: Crm, now: datetime) -> tuple[list[str], list[str]]:
    """The errors and the warnings of a mapping in its org, ``file:line:column: place: sentence`` each.

    Raises ConnectorError where the CRM cannot be asked.
    """
    try:
        schema = crm.schema(settings.object)
    except ConfigError as refused:
        more = f"; {refused.hint}" if refused.hint and not refused.message.endswith("?") else ""
        unknown = f"{settings.at('object')}: object: {refused.message}{more}"
        return by_line(settings.name, [*offline_problems(settings), unknown]), []
    consent, errors, rest = crm.consent, list[str](), settings
    try:
        query = _selection(compiled(org, settings, crm), now)
    except ConfigError as refused:
        errors += refused.problems
        rest = unrefused(settings, schema, consent={*consent.opted_out, *consent.do_not_call})
        query = Query(settings.object, tuple(path for path, _ in related(settings)), settings.select.where)
    errors += _query_problems(settings, crm, query)
    generation = org.lusha.api_version
    warnings = org_warnings(rest, schema, opted_out=consent.opted_out, generation=generation)
    return by_line(settings.name, errors), list(warnings)


def _selection(mapping: CompiledMapping, now: datetime) -> Query:
    """The query that a first run would begin with."""
    settings, stamp = mapping.settings.select, mapping.enriched_at
    stale = (stamp, now) if stamp and settings.stale_after else None
    return Query(mapping.settings.object, mapping.read_fields, settings.where, blank=mapping.incomplete, stale=stale)


def _query_problems(settings: MappingSettings, crm: Crm, query: Query) -> Iterator[str]:
    """What the CRM refuses of a query: it may name one part at a time, so it is asked again without that one."""
    while True:
        try:
            return crm.check(query)
        except ConfigError as refused:
            lines = refused.problems or (refused.message,)
        yield from (placed(settings, line) for line in lines)
        smaller = _without(query, [subject(line) for line in lines])
        if smaller == query:
            return None
        query = smaller


def _without(query: Query, named: Sequence[str]) -> Query:
    fields = tuple(name for name in query.fields if "." not in name or name not in named)
    return replace(query, fields=fields, where=None if "select.where" in named else query.where)
