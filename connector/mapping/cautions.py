"""What a mapping may hardly mean in this org: warnings that refuse nothing, ``file:line:column: place: sentence`` each.

Read by ``compile`` at the start of every run, and by ``validate --online``. A value that then does not fit is not
written but reported. What can be said without the org stands in ``config.mapping_rules``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from connector.config.settings import FieldRule, MappingSettings
from connector.lusha.attributes import CATALOGUE, told
from connector.lusha.lengths import ID_LENGTH, usual_length
from connector.lusha.probe import PROBE
from connector.mapping.paths import Path, compile_path
from connector.mapping.vocabulary import foreign_words, option_caution
from connector.models import Entity, FieldInfo, FieldType

_LIMITED: frozenset[FieldType] = frozenset({"text", "phone", "email", "url"})
_ONE_HOLDER: Mapping[Entity, frozenset[str]] = {
    "person": frozenset({"id", "emails", "social.linkedin", "social.x"}),
    "company": frozenset({"id", "domain", "website", "social.linkedin", "social.facebook", "social.x"}),
}
"""Attributes that one person or company alone has."""


def offline_warnings(settings: MappingSettings) -> Iterator[str]:
    """What a mapping says and hardly means, whatever the org looks like; ``offline_problems`` must be none."""
    for name, rule in settings.fields.items():
        if sentence := foreign_words(settings.entity, rule):
            yield f"{settings.at('fields', name, 'as')}: fields.{name}.as: {sentence}"


def org_warnings(
    settings: MappingSettings,
    schema: Mapping[str, FieldInfo],
    *,
    opted_out: Collection[str] = (),
    generation: str = "v3",
    whole: bool = True,
) -> Iterator[str]:
    """Every warning of a mapping that the org does not refuse.

    ``opted_out``: the CRM's consent fields. ``generation``: the version of Lusha's API that the org asks.
    ``whole``: with every word that a picklist lacks.
    """
    yield from offline_warnings(settings)
    for name, rule in settings.fields.items():
        if not told(settings.entity, compile_path(rule.source).roots, generation):
            place = f"{settings.at('fields', name, 'from')}: fields.{name}.from"
            yield f"{place}: api_version {generation} of Lusha's API does not tell it, so the field is left as it is"
            continue
        for key, sentence in _field_cautions(settings, schema[name], rule, whole):
            yield f"{settings.at('fields', name, key)}: fields.{name}.{key}: {sentence}"
    for name, source in settings.stamp.items():
        if caution := _stamp_caution(schema[name], source):
            yield f"{settings.at('stamp', name)}: stamp.{name}: {caution}"
    if untold := _untold(schema[name] for name in (*settings.fields, *settings.stamp)):
        yield f"{settings.at('object')}: object: {untold}"
    for name in settings.select.incomplete:
        if schema[name].never_blank:
            place = settings.at("select", "incomplete")
            yield f"{place}: select.incomplete: '{name}' is never blank, so it makes no record due"
    if settings.entity == "person" and opted_out and not any(name in schema for name in opted_out):
        yield (
            f"{settings.at('object')}: object: {settings.object} has no field {' or '.join(opted_out)} that this user "
            "sees, so nobody counts as opted out"
        )


def _field_cautions(
    settings: MappingSettings, info: FieldInfo, rule: FieldRule, whole: bool
) -> Iterator[tuple[str, str]]:
    """The key of a field's rule, and what is to be said there."""
    entity, path = settings.entity, compile_path(rule.source)
    if sentence := _length_caution(entity, info, rule, path):
        yield "from", sentence
    if sentence := option_caution(entity, info, rule, whole=whole):
        yield "as" if rule.transforms else "from", sentence
    if info.unique and path.roots and not path.roots <= _ONE_HOLDER[entity]:
        yield (
            "from",
            (
                f"no two records may hold the same '{info.name}', and '{rule.source}' is not of one {entity} alone: "
                "the second one's value will be refused and reported"
            ),
        )
    if info.never_blank and rule.policy in ("fill", "refresh"):
        yield "policy", f"'{info.name}' is never blank, so {rule.policy} finds nothing to fill there"


def _untold(infos: Iterable[FieldInfo]) -> str | None:
    """What the CRM does not tell at this moment, and what follows; None where it tells everything."""
    kinds: dict[str, str] = {}
    fields: list[str] = []
    for info in infos:
        untold = {one.names[kind]: info.name for one in info.depends for kind in one.untold}
        kinds |= untold
        fields += [info.name] if untold else []
    if not kinds:
        return None
    names = " or ".join(f"'{name}'" for name in sorted(kinds))
    return (
        f"the CRM does not tell at this moment which options of {', '.join(fields)} a record of {names} may hold: they "
        "are written there unchecked, and what it refuses is reported"
    )


def _length_caution(entity: Entity, info: FieldInfo, rule: FieldRule, path: Path) -> str | None:
    """Why a text may be too long for its field; None where it is cut or fits as far as known."""
    room = info.length
    if room is None or info.type not in _LIMITED or rule.on_too_long == "cut":
        return None
    if any(
        name == "picklist" or (name == "text" and argument and argument <= room) for name, argument in rule.transforms
    ):
        return None
    attributes = [name for name in path.roots | path.items if not _one_of_a_list(entity, rule.source, name)]
    longest = max((usual_length(entity, name) or 0 for name in attributes), default=0)
    if longest <= room:
        return None
    return (
        f"'{rule.source}' may have {longest:,} characters and '{info.name}' takes {room:,}: a longer one will not be "
        "written but reported, unless on_too_long: cut"
    )


def _one_of_a_list(entity: Entity, source: str, attribute: str) -> bool:
    """Whether a list of texts is read, and one of them taken: its length is not the list's."""
    leaf = CATALOGUE[entity].get(attribute)
    found = compile_path(source).search(PROBE[entity])
    return leaf is not None and leaf.type == "list" and "(" not in source and not isinstance(found, list)


def _stamp_caution(info: FieldInfo, source: str) -> str | None:
    if info.restricted and source != "outcome":
        return f"'{info.name}' takes its own options alone, so the stamp is hardly ever written; make it a text field"
    if source == "id" and info.length is not None and info.type in _LIMITED and info.length < ID_LENGTH:
        room = f"'{info.name}' takes {info.length} characters"
        return f"{room}, and Lusha's ids may have {ID_LENGTH}: a longer one is not written"
    if source == "enriched_at" and info.type not in ("date", "datetime"):
        return (
            f"'{info.name}' holds no time that the CRM can compare, so every run reads every record; make it date/time"
        )
    return None
