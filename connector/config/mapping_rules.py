"""What a JSON Schema cannot say about a mapping file: complete identities, fields written once, transforms' needs.

Every rule looks only at values of the right type; the schema has already spoken about the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from connector.config.document import Document
from connector.config.identities import identity_problems, identity_warnings
from connector.config.places import Place, Position
from connector.config.problems import Problem
from connector.config.settings import MappingSettings

_NEEDS_ARGUMENT = {"picklist": "{picklist: {C-Suite: Executive}}", "text": "{text: 80}"}


_AT_ONCE = {
    "stale_after": "a record is stale as soon as it is enriched, so that every run buys it anew",
    "retry_after": "every run asks again about each record that Lusha did not know",
}


def mapping_problems(document: Document) -> Iterator[Problem]:
    """Everything that is wrong in a mapping file beyond its schema."""
    yield from identity_problems(document)
    for place, step in _transform_steps(document):
        if isinstance(step, str) and step in _NEEDS_ARGUMENT:
            yield document.problem(place, f"{step} needs an argument, such as {_NEEDS_ARGUMENT[step]}")
    yield from _whole_query(document)
    yield from _written_fields(document)
    yield from _converted(document)


def _whole_query(document: Document) -> Iterator[Problem]:
    """The condition of a query, not the query: what stands around it is written by us."""
    where = document.get("select", "where")
    first = where.split(maxsplit=1)[0].upper() if isinstance(where, str) and where.strip() else ""
    if first in ("WHERE", "SELECT"):
        sentence = f"expected the condition alone, such as Title != null; take {first} out"
        yield document.problem(("select", "where"), sentence)


def _converted(document: Document) -> Iterator[Problem]:
    for place, _ in document.find("select", "converted"):
        if (document.get("crm"), document.get("object")) != ("salesforce", "Lead"):
            yield document.problem(place, "converted is for mappings of Salesforce's Lead alone")


def _transform_steps(document: Document) -> Iterator[tuple[Place, Any]]:
    """Every transform of every field with its place: a name, or a map of one name to its argument."""
    for place, steps in document.find("fields", "*", "as"):
        if isinstance(steps, list):
            yield from (((*place, number), step) for number, step in enumerate(steps))
        else:
            yield place, steps


def mapping_warnings(mapping: MappingSettings) -> tuple[str, ...]:
    """What is allowed and hardly meant, one ``file:line:column: place: sentence`` each."""
    warnings = [
        f"{mapping.at('select', 'incomplete', number)}: select.incomplete[{number}]: "
        f"fields does not fill '{name}', so it makes no record due"
        for number, name in enumerate(mapping.select.incomplete)
        if same_field(mapping.crm, name) not in {same_field(mapping.crm, key) for key in mapping.fields}
    ]
    if not mapping.select.incomplete and mapping.select.stale_after is None:
        warnings.append(f"{mapping.at('select')}: select: without incomplete or stale_after no record is due")
    if mapping.select.stale_after is not None and "enriched_at" not in mapping.stamp.values():
        warnings.append(
            f"{mapping.at('select', 'stale_after')}: select.stale_after: no stamp holds enriched_at, so the state file "
            "alone knows when a record was enriched"
        )
    return (*warnings, *identity_warnings(mapping), *_no_more_than_usual(mapping), *_never_enough(mapping))


def _never_enough(mapping: MappingSettings) -> Iterator[str]:
    """What keeps records due however often they are bought."""
    suggested = {same_field(mapping.crm, name) for name, rule in mapping.fields.items() if rule.policy == "suggest"}
    for number, name in enumerate(mapping.select.incomplete):
        if same_field(mapping.crm, name) in suggested:
            yield (
                f"{mapping.at('select', 'incomplete', number)}: select.incomplete[{number}]: '{name}' is only "
                "suggested, so a record without it is due again after every retry_after"
            )
    for key, sentence in _AT_ONCE.items():
        if getattr(mapping.select, key) == timedelta():
            yield f"{mapping.at('select', key)}: select.{key}: {sentence}"


def _no_more_than_usual(mapping: MappingSettings) -> Iterator[str]:
    """Words that promise more than this CRM or this entity can keep."""
    for name, rule in mapping.fields.items():
        if rule.strict and mapping.crm == "hubspot":
            yield (
                f"{mapping.at('fields', name, 'guard')}: fields.{name}.guard: HubSpot has no conditional write: "
                "strict means the re-read right before the write, as for every field"
            )
        if rule.strict and rule.policy == "suggest":
            yield (
                f"{mapping.at('fields', name, 'guard')}: fields.{name}.guard: policy: suggest writes nothing, so there "
                "is nothing to guard"
            )
        if rule.policy == "newer" and mapping.entity == "company":
            yield (
                f"{mapping.at('fields', name, 'policy')}: fields.{name}.policy: Lusha dates no company's data: "
                "newer acts as refresh"
            )


def _written_fields(document: Document) -> Iterator[Problem]:
    """Only own fields are written, and each by one rule."""
    crm = str(document.get("crm"))
    seen: dict[str, tuple[str, Position]] = {}
    for section in ("fields", "stamp"):
        for place, _ in document.find(section, "*"):
            name = str(place[-1])
            if "." in name:
                yield document.problem(place, "is a field of a related record; only own fields are written")
                continue
            key = same_field(crm, name)
            at = document.position(place)
            if key in seen:
                before, there = seen[key]
                where = f"line {there.line}" if there.file == at.file else there
                yield document.problem(place, f"is also written by {before} ({where})")
            else:
                seen[key] = section, at


def same_field(crm: str, name: str) -> str:
    """Salesforce does not tell ``Title`` from ``TITLE``; HubSpot's names are lower case by themselves."""
    return name.casefold() if crm == "salesforce" else name
