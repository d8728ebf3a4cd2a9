"""Lusha's words against the options of an org's picklists, each gap with the rule that closes it, ready to paste."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from connector.config.settings import FieldRule, MappingSettings
from connector.doctor.finding import Check, Finding
from connector.doctor.pasting import rule_lines
from connector.mapping.coverage import Coverage, by_default, country_coverage, coverage, covered, unoffered
from connector.mapping.vocabulary import shortfall
from connector.models import FieldInfo

_LEFT_OUT = "no option is like it: left out"


def check_options(check: Check, settings: MappingSettings, schema: Mapping[str, FieldInfo]) -> Iterator[Finding]:
    """Every mapped field that the org has and that has options."""
    findings: list[Finding] = []
    words = 0
    for name, rule in settings.fields.items():
        if name not in schema or not schema[name].writable:
            continue
        found = coverage(settings.entity, schema[name], rule)
        words += len(found.reached) if found else 0
        findings += _gaps(check, settings, schema[name], rule, found) if found else ()
        findings += _countries(check, settings, schema[name], rule)
    yield from findings or [check.passed(f"{words} of Lusha's words have their option" if words else "none is needed")]


def shortfalls(settings: MappingSettings, schema: Mapping[str, FieldInfo]) -> list[str]:
    """The sentences of these findings that stand among the mapping's warnings as well."""
    fields = [(schema[name], rule) for name, rule in settings.fields.items() if name in schema]
    gaps = [(info, coverage(settings.entity, info, rule)) for info, rule in fields]
    return [shortfall(info, found) for info, found in gaps if found and found.missing]


def _gaps(
    check: Check, settings: MappingSettings, info: FieldInfo, rule: FieldRule, found: Coverage
) -> Iterator[Finding]:
    if found.missing:
        what = f"{_place(settings, info.name)}: {shortfall(info, found)}"
        yield check.warned(what, _mend(settings, info.name), paste=_paste(info, rule, found))
    for kind, labels in unoffered(info, found):
        what = f"records of type {kind} may not hold {'; '.join(labels)} in '{info.name}', so it is not written there"
        yield check.warned(what, f"let the CRM offer it to {kind}, or leave it so: it is reported, never forced")


def _countries(check: Check, settings: MappingSettings, info: FieldInfo, rule: FieldRule) -> Iterator[Finding]:
    """Countries that an option seems to mean in words that nobody reads; those without any option are reported."""
    found = country_coverage(info, rule)
    if found is None or not found.proposals:
        return
    narrowed = replace(found, missing={word: found.missing[word] for word in found.proposals})
    meant = "; ".join(f"{proposal.option.label} ({word}?)" for word, proposal in found.proposals.items())
    what = f"{_place(settings, info.name)}: options of '{info.name}' that nobody reads as a country: {meant}"
    yield check.warned(what, _mend(settings, info.name), paste=_paste(info, by_default(rule, info), narrowed))


def _paste(info: FieldInfo, rule: FieldRule, found: Coverage) -> str:
    remedy = covered(rule, info, found)
    remarks = {text: _remark(found, word) for word, text in _keys(rule, remedy, found).items()}
    return rule_lines(info.name, remedy, remarks)


def _keys(rule: FieldRule, remedy: FieldRule, found: Coverage) -> dict[str, str]:
    """The word of the map that stands for each missing word."""
    new = [word for name, words in remedy.transforms if name == "picklist" for word in words]
    return dict(zip(found.missing, new[-len(found.missing) :], strict=False))


def _remark(found: Coverage, word: str) -> str:
    if word not in found.proposals:
        return _LEFT_OUT
    return f"{found.proposals[word].score:.0f} of 100 alike: check it"


def _place(settings: MappingSettings, name: str) -> str:
    return f"{settings.at('fields', name)}: fields.{name}"


def _mend(settings: MappingSettings, name: str) -> str:
    return f"check the map below, and put it in the place of fields.{name} in {settings.name}"
