"""What is refused about a mapping before anything is read for it, ``file:line:column: place: sentence`` each.

Read by ``compile`` at the start of every run, and by ``validate``. ``offline_problems`` needs the file alone,
``org_problems`` the org's live schema. What is allowed and hardly meant is the matter of ``cautions``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from rapidfuzz import fuzz, process

from connector.config.settings import MappingSettings
from connector.lusha.attributes import CATALOGUE, attributes_under, known, nearest
from connector.lusha.probe import PROBE
from connector.lusha.words import known_words
from connector.mapping.paths import PathError, compile_path
from connector.mapping.rehearsal import TAKES, transform_problem, type_problem, value_problem
from connector.mapping.transforms import check_transform, fields_read, order_problem
from connector.models import Entity, FieldInfo, FieldType

RUN_STAMPS: Mapping[str, str] = {"enriched_at": "2026-01-31T12:00:00Z", "outcome": "matched"}
"""What a stamp may hold beside attributes, with examples: the time of this run's answer, and how the attempt ended."""

_NAMES_NOBODY: frozenset[FieldType] = frozenset({"boolean", "date", "datetime"})
_NUMBERS: frozenset[FieldType] = frozenset({"number", "integer"})
CONSENT = "consent is for people to give"


def offline_problems(settings: MappingSettings) -> Iterator[str]:
    """What is wrong with a mapping whatever the org looks like: attributes, expressions, transforms."""
    for name in settings.fields:
        for key, problem in _rule_problems(settings, name):
            yield f"{settings.at('fields', name, key)}: fields.{name}.{key}: {problem}"
    for name, source in settings.stamp.items():
        if source not in RUN_STAMPS and (unreadable := _source_problem(settings, source)):
            close = process.extractOne(source, list(RUN_STAMPS), score_cutoff=70)
            meant = f"no stamp '{source}' — did you mean '{close[0]}'?" if close else unreadable
            yield f"{settings.at('stamp', name)}: stamp.{name}: {meant}"


def _rule_problems(settings: MappingSettings, name: str) -> Iterator[tuple[str, str]]:
    """The key of a field's rule and what is wrong there. What cannot be read is not tried with its transforms."""
    rule = settings.fields[name]
    unreadable = _source_problem(settings, rule.source)
    if unreadable:
        yield "from", unreadable
    unknown = [problem for step in rule.transforms if (problem := check_transform(*step))]
    yield from (("as", problem) for problem in unknown)
    if unreadable or unknown:
        return
    if problem := (transform_problem(settings.entity, rule.source, rule.transforms) or order_problem(rule.transforms)):
        yield "as", problem


def org_problems(
    settings: MappingSettings, schema: Mapping[str, FieldInfo], *, consent: Collection[str] = ()
) -> Iterator[str]:
    """What the org's schema does not allow: unknown and read-only fields, and values that a field can never hold.

    ``consent``: the CRM's consent fields, which are read and never written. The mapping's ``offline_problems`` are
    somebody else's matter: what they refuse is not judged again.
    """
    for name in settings.fields:
        yield from _target_problems(settings, schema, ("fields", name), consent)
        yield from _region_problems(settings, schema, name)
    for name in settings.stamp:
        yield from _target_problems(settings, schema, ("stamp", name), consent)
    yield from _read_problems(settings, schema)


def unrefused(
    settings: MappingSettings, schema: Mapping[str, FieldInfo], *, consent: Collection[str] = ()
) -> MappingSettings:
    """The mapping without the fields and stamps that are refused, of which more may be said."""

    def kept(section: str, name: str) -> bool:
        return not any(_target_problems(settings, schema, (section, name), consent))

    fields = {name: rule for name, rule in settings.fields.items()
              if kept("fields", name) and not any(_rule_problems(settings, name))}  # fmt: skip
    stamp = {name: source for name, source in settings.stamp.items() if kept("stamp", name)}
    incomplete = tuple(name for name in settings.select.incomplete if name in schema)
    return replace(settings, fields=fields, stamp=stamp, select=replace(settings.select, incomplete=incomplete))


def _target_problems(
    settings: MappingSettings, schema: Mapping[str, FieldInfo], place: tuple[str, str], consent: Collection[str]
) -> Iterator[str]:
    section, name = place
    if name not in schema:
        yield f"{settings.at(*place)}: {section}.{name}: {_no_field(settings, schema, name)}"
        return
    info = schema[name]
    if not info.writable or name in consent:
        why = CONSENT if name in consent else info.why_read_only
        words = f"is read-only: {why}" if why else "is read-only for this user"
        yield f"{settings.at(*place)}: {section}.{name}: {settings.object} field '{name}' {words}"
    elif section == "stamp":
        if problem := _stamp_problem(settings, info, settings.stamp[name]):
            yield f"{settings.at(*place)}: stamp.{name}: {problem}"
    elif problem := _field_problem(settings, info):
        yield f"{settings.at('fields', name, 'from')}: fields.{name}.from: {problem}"


def _field_problem(settings: MappingSettings, info: FieldInfo) -> str | None:
    rule = settings.fields[info.name]
    if any(_rule_problems(settings, info.name)):
        return None
    return type_problem(settings.entity, settings.object, info, rule.source, rule.transforms)


def _stamp_problem(settings: MappingSettings, info: FieldInfo, source: str) -> str | None:
    if source in RUN_STAMPS:
        return value_problem(settings.object, info, source, [RUN_STAMPS[source]])
    if _source_problem(settings, source):
        return None
    return type_problem(settings.entity, settings.object, info, source)


def _region_problems(settings: MappingSettings, schema: Mapping[str, FieldInfo], name: str) -> Iterator[str]:
    """The fields that a transform reads beside its value: the country of a phone number."""
    for read in sorted(fields_read(settings.fields[name].transforms)):
        place = f"{settings.at('fields', name, 'as')}: fields.{name}.as"
        if "." in read:
            continue
        if read not in schema:
            yield f"{place}: {_no_field(settings, schema, read)}"
        elif (kind := schema[read].type) in _NAMES_NOBODY | _NUMBERS:
            yield f"{place}: {settings.object} field '{read}' holds {TAKES[kind]}, which name no country"


def _read_problems(settings: MappingSettings, schema: Mapping[str, FieldInfo]) -> Iterator[str]:
    for index, alternative in enumerate(settings.identify):
        for key, name in alternative.items():
            place = f"{settings.at('identify', index, key)}: identify[{index}].{key}"
            if "." in name:
                continue
            if name not in schema:
                yield f"{place}: {_no_field(settings, schema, name)}"
            elif (kind := schema[name].type) in _NAMES_NOBODY or (kind in _NUMBERS and key != "id"):
                yield f"{place}: {settings.object} field '{name}' holds {TAKES[kind]}, which identify nobody by {key}"
    for name in settings.select.incomplete:
        if name not in schema:
            yield f"{settings.at('select', 'incomplete')}: select.incomplete: {_no_field(settings, schema, name)}"


def _no_field(settings: MappingSettings, schema: Mapping[str, FieldInfo], name: str) -> str:
    close = process.extractOne(name, list(schema), scorer=fuzz.ratio, score_cutoff=70, processor=str.casefold)
    near = f" — did you mean '{close[0]}'?" if close else " that this user may see"
    return f"{settings.object} has no field '{name}'{near}"


def _source_problem(settings: MappingSettings, source: str) -> str | None:
    try:
        path = compile_path(source)
    except PathError as error:
        return error.shown_in(source)
    if not path.roots:
        return _constant_problem(settings.entity, path.search({}))
    for root in sorted(path.roots):
        if not known(settings.entity, root):
            return _no_attribute(settings, root, nearest(settings.entity, root))
    for item in sorted(path.items):  # a condition on an attribute that is not there would let everything through
        if not known(settings.entity, item):
            if word := _bare_word(settings.entity, item):
                return f"no {settings.entity} attribute '{item}' — did you mean the text '{word}', in single quotes?"
            leaves = [leaf.replace("[]", "") for leaf in CATALOGUE[settings.entity]]
            close = process.extractOne(item, leaves, score_cutoff=70)
            return _no_attribute(settings, item, close[0] if close else None)
    return _shape_problem(path.search(PROBE[settings.entity]))


def _bare_word(entity: Entity, item: str) -> str | None:
    """The last step of a path, where Lusha uses it as a word in that list: ``phones[?type==mobile]``."""
    parent, _, word = item.rpartition(".")
    siblings = [leaf.path.replace("[]", "") for leaf in attributes_under(entity, parent)]
    return word if any(word in known_words(entity, sibling) for sibling in siblings) else None


def _constant_problem(entity: Entity, found: object) -> str:
    """An expression that reads nothing gives every record the same; mostly it is a path in quotes too many."""
    if isinstance(found, str) and known(entity, found):
        return f"'{found}' in quotes of its own is plain text, not the attribute; write {found}"
    return f"reads no {entity} attribute, so every record would get the same value"


def _no_attribute(settings: MappingSettings, name: str, close: str | None) -> str:
    sentence = f"no {settings.entity} attribute '{name}'"
    if close:
        return f"{sentence} — did you mean '{close}'?"
    other: Entity = "company" if settings.entity == "person" else "person"
    return f"{sentence}; only entity: {other} has it" if known(other, name) else sentence


def _shape_problem(found: object) -> str | None:
    """What can never be written: better said before anything is bought for it."""
    parts = found if isinstance(found, list) else [found]
    if any(isinstance(part, Mapping | list) for part in parts):
        return "this is an object, or a list of objects, which no field can hold; name one of its attributes"
    return None
