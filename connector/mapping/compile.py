"""A mapping file and a live schema become one value that the stages read: everything checked, nothing left to parse.

Runs once per run, before a credit is spent. Every problem is reported at once, each with its place in the file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from rapidfuzz import process

from connector.config.settings import FieldRule, MappingSettings
from connector.errors import ConfigError
from connector.lusha.attributes import CATALOGUE, data_of, known, nearest, own_view, told
from connector.lusha.probe import PROBE
from connector.mapping.paths import Path, PathError, compile_path
from connector.mapping.transforms import check_transform, fields_read
from connector.models import FieldInfo

RUN_STAMPS = ("enriched_at", "outcome")
"""What a stamp may hold beside attributes: the time of this run's answer, and how the attempt ended."""


@dataclass(frozen=True, slots=True)
class CompiledField:
    """One CRM field.

    ``data``: what must be paid to have its value, and under ``newer`` the day it is of. ``told``: whether the API
    generation in use tells it. ``own``: whether it can be filled from what belongs to the person and not to the job.
    ``phone``: whether a do-not-call record keeps it untouched.
    """

    name: str
    info: FieldInfo
    rule: FieldRule
    path: Path
    data: frozenset[str]
    told: bool
    own: bool
    phone: bool


@dataclass(frozen=True, slots=True)
class CompiledStamp:
    """One bookkeeping field: an attribute's path, or one of RUN_STAMPS."""

    name: str
    info: FieldInfo
    source: str
    path: Path | None


@dataclass(frozen=True)
class CompiledMapping:
    """A mapping ready to run. ``incomplete`` holds only fields that ``fields`` can fill with what Lusha tells."""

    settings: MappingSettings
    fields: tuple[CompiledField, ...]
    stamps: tuple[CompiledStamp, ...]
    incomplete: tuple[str, ...]
    opted_out: tuple[str, ...]
    do_not_call: tuple[str, ...]
    read_fields: tuple[str, ...]

    @property
    def enriched_at(self) -> str | None:
        """The CRM field that holds the time of the last enrichment, if the mapping stamps one."""
        return next((stamp.name for stamp in self.stamps if stamp.source == "enriched_at"), None)

    @property
    def field_names(self) -> frozenset[str]:
        """The mapped fields: when one is added, records in back-off are tried again."""
        return frozenset(field.name for field in self.fields)

    @property
    def identity_paths(self) -> tuple[str, ...]:
        """The fields that tell who a record is, own and related."""
        return tuple(dict.fromkeys(name for keys in self.settings.identify for name in keys.values()))

    @cached_property
    def mark(self) -> str:
        """Twelve hex digits over the rules and the schema of every field: another value = a refused record may pass
        now."""
        rules = [(item.name, repr(item.info), repr(item.rule)) for item in self.fields]
        rules += [(item.name, repr(item.info), item.source) for item in self.stamps]
        return sha256(repr(sorted(rules)).encode()).hexdigest()[:12]


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
    problems = [*offline_problems(settings), *_target_and_read_problems(settings, schema)]
    if problems:
        raise ConfigError(f"{settings.name} does not fit the org", problems=problems)
    fields = tuple(_compile_field(settings, name, schema[name], generation) for name in settings.fields)
    stamps = tuple(_compile_stamp(name, source, schema[name]) for name, source in settings.stamp.items())
    consent = [tuple(name for name in names if name in schema) for names in (opted_out, do_not_call)]
    tellable = {field.name for field in fields if field.told}
    fillable = tuple(name for name in settings.select.incomplete if name in tellable)
    identity = [name for keys in settings.identify for name in keys.values()]
    read = [*identity, *settings.fields, *settings.stamp, *settings.select.incomplete, *consent[0], *consent[1]]
    read += [name for rule in settings.fields.values() for name in sorted(fields_read(rule.transforms))]
    return CompiledMapping(settings, fields, stamps, fillable, consent[0], consent[1], tuple(dict.fromkeys(read)))


def _compile_field(settings: MappingSettings, name: str, info: FieldInfo, generation: str) -> CompiledField:
    rule = settings.fields[name]
    path = compile_path(rule.source)
    own = settings.entity == "company" or path.search(own_view(PROBE["person"])) is not None
    dated = frozenset({"update_date"}) if rule.policy == "newer" else frozenset[str]()
    data = data_of(settings.entity, path.roots | dated, generation=generation)
    is_told = told(settings.entity, path.roots, generation)
    return CompiledField(name, info, rule, path, data, is_told, own, phone=info.type == "phone" or "phones" in data)


def _compile_stamp(name: str, source: str, info: FieldInfo) -> CompiledStamp:
    return CompiledStamp(name, info, source, None if source in RUN_STAMPS else compile_path(source))


def offline_problems(settings: MappingSettings) -> Iterator[str]:
    """What is wrong with a mapping whatever the org looks like: attributes, expressions, transforms."""
    for name, rule in settings.fields.items():
        if problem := _source_problem(settings, rule.source):
            yield f"{settings.at('fields', name, 'from')}: fields.{name}.from: {problem}"
        for transform, argument in rule.transforms:
            if problem := check_transform(transform, argument):
                yield f"{settings.at('fields', name, 'as')}: fields.{name}.as: {problem}"
    for name, source in settings.stamp.items():
        if source not in RUN_STAMPS and (problem := _source_problem(settings, source)):
            yield f"{settings.at('stamp', name)}: stamp.{name}: {problem}"


def _target_and_read_problems(settings: MappingSettings, schema: Mapping[str, FieldInfo]) -> Iterator[str]:
    for name, rule in settings.fields.items():
        yield from _target_problems(settings, schema, ("fields", name))
        for read in sorted(fields_read(rule.transforms)):
            if "." not in read and read not in schema:
                yield f"{settings.at('fields', name, 'as')}: fields.{name}.as: {_no_field(settings, schema, read)}"
    for name in settings.stamp:
        yield from _target_problems(settings, schema, ("stamp", name))
    yield from _read_problems(settings, schema)


def _read_problems(settings: MappingSettings, schema: Mapping[str, FieldInfo]) -> Iterator[str]:
    for index, alternative in enumerate(settings.identify):
        for key, name in alternative.items():
            if "." not in name and name not in schema:
                place = settings.at("identify", index, key)
                yield f"{place}: identify[{index}].{key}: {_no_field(settings, schema, name)}"
    for name in settings.select.incomplete:
        if name not in schema:
            yield f"{settings.at('select', 'incomplete')}: select.incomplete: {_no_field(settings, schema, name)}"


def _target_problems(
    settings: MappingSettings, schema: Mapping[str, FieldInfo], place: tuple[str, str]
) -> Iterator[str]:
    section, name = place
    if name not in schema:
        yield f"{settings.at(*place)}: {section}.{name}: {_no_field(settings, schema, name)}"
    elif not schema[name].writable:
        yield f"{settings.at(*place)}: {section}.{name}: {settings.object} field '{name}' is read-only for this user"


def _no_field(settings: MappingSettings, schema: Mapping[str, FieldInfo], name: str) -> str:
    close = process.extractOne(name, list(schema), score_cutoff=70, processor=str.casefold)
    return f"{settings.object} has no field '{name}'" + (f" — did you mean '{close[0]}'?" if close else "")


def _source_problem(settings: MappingSettings, source: str) -> str | None:
    try:
        path = compile_path(source)
    except PathError as error:
        return f"'{source}', column {error.column + 1}: {error.message}"
    for root in sorted(path.roots):
        if not known(settings.entity, root):
            return _no_attribute(settings, root, nearest(settings.entity, root))
    for item in sorted(path.items):  # a condition on an attribute that is not there would let everything through
        if not known(settings.entity, item):
            leaves = [leaf.replace("[]", "") for leaf in CATALOGUE[settings.entity]]
            close = process.extractOne(item, leaves, score_cutoff=70)
            return _no_attribute(settings, item, close[0] if close else None)
    return _shape_problem(path.search(PROBE[settings.entity]))


def _no_attribute(settings: MappingSettings, name: str, close: str | None) -> str:
    return f"no {settings.entity} attribute '{name}'" + (f" — did you mean '{close}'?" if close else "")


def _shape_problem(found: object) -> str | None:
    """What can never be written: better said before anything is bought for it."""
    parts = found if isinstance(found, list) else [found]
    if any(isinstance(part, Mapping | list) for part in parts):
        return "this is an object, or a list of objects, which no field can hold; name one of its attributes"
    return None
