"""One field, two mappings of one org: each run would undo what the other has written, and pay for it again.

The records of two mappings are surely the same where their ``select.where`` is. Where it differs, only the CRM could
tell whether the conditions exclude each other (leads by country, say), so that is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from connector.config.document import Document
from connector.config.mapping_rules import same_field
from connector.config.problems import Problem
from connector.config.settings import FieldRule, MappingSettings
from connector.config.wording import quoted

_MOST_NAMED = 3


def overlap_problems(document: Document, known: Mapping[str, MappingSettings]) -> Iterator[Problem]:
    """Two mappings of an org that write the same field of the same records. ``known``: by name in the config."""
    for problem, certain in _overlaps(document, known):
        if certain:
            yield problem


def overlap_warnings(document: Document, known: Mapping[str, MappingSettings]) -> Iterator[str]:
    """Two mappings of an org that write the same field of records which may be the same."""
    for problem, certain in _overlaps(document, known):
        if not certain:
            yield str(problem)


def _overlaps(document: Document, known: Mapping[str, MappingSettings]) -> Iterator[tuple[Problem, bool]]:
    for org, _ in document.find("orgs", "*"):
        named = [(place, known[name]) for place, name in document.find(*org, "mappings", "*")
                 if isinstance(name, str) and name in known]  # fmt: skip
        for (_, first), (place, second) in combinations(named, 2):
            if first.file == second.file or not (fields := _written_by_both(first, second)):
                continue
            certain = first.select.where == second.select.where
            yield document.problem(place, _sentence(first, second, fields, certain)), certain


def _sentence(first: MappingSettings, second: MappingSettings, fields: list[str], certain: bool) -> str:
    words = f"{quoted(second.name)} writes {_listed(fields)} of {second.object}, as {quoted(first.name)} does"
    if certain:
        return f"{words}, for the same records; let one of them write a field, or part the records by select.where"
    return f"{words}; see to it that no record fits the select.where of both"


def _listed(names: list[str]) -> str:
    if len(names) > _MOST_NAMED:
        return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED} more fields"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _written_by_both(first: MappingSettings, second: MappingSettings) -> list[str]:
    """The fields, as the second spells them; a stamp that both set from the same source is no contradiction."""
    if first.crm != second.crm or same_field(first.crm, first.object) != same_field(second.crm, second.object):
        return []
    before = {same_field(first.crm, name): source for name, source in _targets(first).items()}
    return [
        name
        for name, source in _targets(second).items()
        if (other := before.get(same_field(second.crm, name))) is not None
        and not (isinstance(source, str) and source == other)
    ]


def _targets(settings: MappingSettings) -> dict[str, FieldRule | str]:
    """What a mapping writes: rules that may write, and stamps."""
    rules = {name: rule for name, rule in settings.fields.items() if rule.policy != "suggest"}
    return {**rules, **settings.stamp}
