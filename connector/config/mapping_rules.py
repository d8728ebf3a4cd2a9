"""What a JSON Schema cannot say about a mapping file: complete identities, fields written once, transforms' needs.

Every rule looks only at values of the right type; the schema has already spoken about the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connector.config.document import Document
from connector.config.places import Place
from connector.config.problems import Problem
from connector.config.settings import MappingSettings

_ALONE = ("id", "linkedin_url", "email", "domain", "name")
_COMPANY = ("company_domain", "company_name")
_NEEDS_ARGUMENT = {"picklist": "{picklist: {C-Suite: Executive}}", "text": "{text: 80}"}


def mapping_problems(document: Document) -> Iterator[Problem]:
    """Everything that is wrong in a mapping file beyond its schema."""
    for place, entry in document.find("identify", "*"):
        if isinstance(entry, dict) and (sentence := _incomplete(entry)) is not None:
            yield document.problem(place, sentence)
    for place, step in _transform_steps(document):
        if isinstance(step, str) and step in _NEEDS_ARGUMENT:
            yield document.problem(place, f"{step} needs an argument, such as {_NEEDS_ARGUMENT[step]}")
    yield from _written_fields(document)
    yield from _converted(document)


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
    return (*warnings, *_no_more_than_usual(mapping))


def _no_more_than_usual(mapping: MappingSettings) -> Iterator[str]:
    """Words that promise more than this CRM or this entity can keep."""
    for name, rule in mapping.fields.items():
        if rule.strict and mapping.crm == "hubspot":
            yield (
                f"{mapping.at('fields', name, 'guard')}: fields.{name}.guard: HubSpot has no conditional write: "
                "strict means the re-read right before the write, as for every field"
            )
        if rule.policy == "newer" and mapping.entity == "company":
            yield (
                f"{mapping.at('fields', name, 'policy')}: fields.{name}.policy: Lusha dates no company's data: "
                "newer acts as refresh"
            )


def _incomplete(entry: dict[str, object]) -> str | None:
    """Why an identity entry does not identify anybody, or None. Keys of the wrong entity are the schema's matter."""
    alone = [key for key in entry if key in _ALONE]
    if alone and len(entry) > 1:
        return f"{' and '.join(entry)} are separate ways to identify; make each an entry of its own"
    if alone or not entry.keys() <= {"first_name", "last_name", "full_name", *_COMPANY}:
        return None
    return _incomplete_name(entry)


def _incomplete_name(entry: dict[str, object]) -> str | None:
    parts = [key for key in ("first_name", "last_name") if key in entry]
    if "full_name" in entry and parts:
        return f"full_name stands beside {parts[0]}; keep one of the two"
    if len(parts) == 1:
        return f"{parts[0]} needs {'last_name' if parts == ['first_name'] else 'first_name'}"
    if not parts and "full_name" not in entry:
        return f"{next(iter(entry))} needs first_name and last_name, or full_name" if entry else None
    if not any(key in entry for key in _COMPANY):
        return "a name needs company_domain or company_name"
    return None


def _written_fields(document: Document) -> Iterator[Problem]:
    """Only own fields are written, and each by one rule."""
    crm = str(document.get("crm"))
    seen: dict[str, str] = {}
    for section in ("fields", "stamp"):
        for place, _ in document.find(section, "*"):
            name = str(place[-1])
            if "." in name:
                yield document.problem(place, "is a field of a related record; only own fields are written")
                continue
            key = same_field(crm, name)
            if key in seen:
                yield document.problem(place, f"is also written by {seen[key]}")
            else:
                seen[key] = f"{section} (line {document.position(place).line})"


def same_field(crm: str, name: str) -> str:
    """Salesforce does not tell ``Title`` from ``TITLE``; HubSpot's names are lower case by themselves."""
    return name.casefold() if crm == "salesforce" else name
