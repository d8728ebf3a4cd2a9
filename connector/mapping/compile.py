"""A mapping file and a live schema become one value that the stages read: everything checked, nothing left to parse.

Runs once per run, before a credit is spent. Every problem is reported at once, each with its place in the file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from connector.config.settings import FieldRule, MappingSettings
from connector.errors import ConfigError
from connector.lusha.attributes import data_of, own_view, told
from connector.lusha.probe import PROBE
from connector.mapping.cautions import org_warnings
from connector.mapping.dependencies import beside, ruled
from connector.mapping.fitting import Transforms, default_transforms
from connector.mapping.marks import Mark, mark_of
from connector.mapping.paths import Path, compile_path
from connector.mapping.refusals import RUN_STAMPS, offline_problems, org_problems
from connector.mapping.transforms import fields_read
from connector.models import FieldInfo

_COUNTRY = frozenset({"location.country", "location.country_iso2"})

_MEND = "mend or remove these lines of the mapping, or the right in the CRM; nothing was done, what is planned waits"


@dataclass(frozen=True, slots=True)
class CompiledField:
    """One CRM field.

    ``data``: what must be paid to have its value, and under ``newer`` the day it is of. ``told``: whether the API
    generation in use tells it. ``own``: whether it can be filled from what belongs to the person and not to the job.
    ``phone``: whether a do-not-call record keeps it untouched. ``transforms``: those of the rule, else by the field's
    type.
    """

    name: str
    info: FieldInfo
    rule: FieldRule
    path: Path
    data: frozenset[str]
    told: bool
    own: bool
    phone: bool
    transforms: Transforms


@dataclass(frozen=True, slots=True)
class CompiledStamp:
    """One bookkeeping field: an attribute's path, or one of RUN_STAMPS."""

    name: str
    info: FieldInfo
    source: str
    path: Path | None


@dataclass(frozen=True)
class CompiledMapping:
    """A mapping ready to run. ``incomplete`` holds only fields that ``fields`` can fill with what Lusha tells.

    ``ruled``: the dependent picklists among the mapped fields, and those that a mapped field controls.
    ``warnings``: what is hardly meant in this org (``cautions``), ``file:line:column: place: sentence`` each.
    """

    settings: MappingSettings
    fields: tuple[CompiledField, ...]
    stamps: tuple[CompiledStamp, ...]
    incomplete: tuple[str, ...]
    opted_out: tuple[str, ...]
    do_not_call: tuple[str, ...]
    read_fields: tuple[str, ...]
    ruled: tuple[FieldInfo, ...] = ()
    warnings: tuple[str, ...] = ()

    @cached_property
    def enriched_at(self) -> str | None:
        """The CRM field that holds the time of the last enrichment, if the mapping stamps one."""
        return next((stamp.name for stamp in self.stamps if stamp.source == "enriched_at"), None)

    @cached_property
    def country(self) -> CompiledField | None:
        """The field for the country, if one is mapped: where Lusha tells none, national phones and states are read by
        what it holds."""
        return next((field for field in self.fields if field.path.roots and field.path.roots <= _COUNTRY), None)

    @cached_property
    def field_names(self) -> frozenset[str]:
        """The mapped fields: when one is added, records in back-off are tried again."""
        return frozenset(field.name for field in self.fields)

    @cached_property
    def identity_paths(self) -> tuple[str, ...]:
        """The fields that tell who a record is, own and related."""
        return tuple(dict.fromkeys(name for keys in self.settings.identify for name in keys.values()))

    @cached_property
    def mark(self) -> Mark:
        """Over the rules and the schema of every field: another one = a refused record may pass now."""
        return mark_of(
            [(item.info, repr(item.rule)) for item in self.fields] + [(item.info, item.source) for item in self.stamps]
        )


def compile_mapping(
    settings: MappingSettings,
    schema: Mapping[str, FieldInfo],
    *,
    opted_out: Collection[str] = (),
    do_not_call: Collection[str] = (),
    generation: str = "v3",
) -> CompiledMapping:
    """Check a mapping against the live schema and make it ready to run with one generation of Lusha's API.

    ``opted_out`` and ``do_not_call`` are the CRM's consent fields; those that the schema lacks are left out.
    Raises ConfigError with every problem found.
    """
    gates = {*opted_out, *do_not_call}
    problems = [*offline_problems(settings), *org_problems(settings, schema, consent=gates)]
    if problems:
        raise ConfigError(f"{settings.name} does not fit the org", problems=problems, hint=_MEND)
    fields = tuple(_compile_field(settings, name, schema[name], generation) for name in settings.fields)
    stamps = tuple(_compile_stamp(name, source, schema[name]) for name, source in settings.stamp.items())
    consent = [tuple(name for name in names if name in schema) for names in (opted_out, do_not_call)]
    tellable = {field.name for field in fields if field.told}
    fillable = tuple(name for name in settings.select.incomplete if name in tellable)
    identity = [name for keys in settings.identify for name in keys.values()]
    read = [*identity, *settings.fields, *settings.stamp, *settings.select.incomplete, *consent[0], *consent[1]]
    read += [name for rule in settings.fields.values() for name in sorted(fields_read(rule.transforms))]
    dependent = ruled(settings.fields.keys(), schema)
    read += sorted(beside(dependent) & schema.keys())
    read += [one.info.currency for one in fields if one.info.currency]
    distinct = tuple(dict.fromkeys(read))
    warnings = tuple(org_warnings(settings, schema, opted_out=opted_out, generation=generation, whole=False))
    return CompiledMapping(
        settings, fields, stamps, fillable, consent[0], consent[1], distinct, ruled=dependent, warnings=warnings
    )


def _compile_field(settings: MappingSettings, name: str, info: FieldInfo, generation: str) -> CompiledField:
    rule = settings.fields[name]
    path = compile_path(rule.source)
    own = settings.entity == "company" or path.search(own_view(PROBE["person"])) is not None
    dated = frozenset({"update_date"}) if rule.policy == "newer" else frozenset[str]()
    data = data_of(settings.entity, path.roots | dated, generation=generation)
    is_told = told(settings.entity, path.roots, generation)
    phone = info.type == "phone" or "phones" in data
    transforms = rule.transforms or default_transforms(info, path.roots)
    return CompiledField(name, info, rule, path, data, is_told, own, phone, transforms)


def _compile_stamp(name: str, source: str, info: FieldInfo) -> CompiledStamp:
    return CompiledStamp(name, info, source, None if source in RUN_STAMPS else compile_path(source))
