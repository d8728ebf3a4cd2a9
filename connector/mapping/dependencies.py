"""Picklists that depend on another field (a state on its country): what may stand together in one record. Pure.

Stands between ``fit``, which knows one field alone, and what is written: judged when a record is compared, by what it
would hold afterwards, and once more by what it holds right before the write.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from connector.mapping.options import split_options
from connector.models import Dependency, FieldInfo, Value, is_blank


def ruled(names: Collection[str], schema: Mapping[str, FieldInfo]) -> tuple[FieldInfo, ...]:
    """The dependent fields that a change of any of these fields concerns: themselves, and those that they control."""
    return tuple(
        info
        for info in schema.values()
        if info.depends and (info.name in names or any(one.controller in names for one in info.depends))
    )


def beside(fields: Iterable[FieldInfo]) -> frozenset[str]:
    """The fields that must be read to judge these dependent ones."""
    return frozenset(name for info in fields for name in (info.name, *(one.controller for one in info.depends)))


def broken(planned: Mapping[str, Value], held: Mapping[str, Value], fields: Collection[FieldInfo]) -> Mapping[str, str]:
    """Of the values planned for a record, those that cannot stand beside the others it will hold, with the reason.

    ``held``: what the record holds now. ``fields``: the dependent ones, as ``ruled`` found them. Without what is
    broken, the rest stands.
    """
    left, found = dict(planned), dict[str, str]()
    while fault := _fault(left, held, fields):
        name, reason = fault
        found[name] = reason
        del left[name]
    return found


def _fault(
    planned: Mapping[str, Value], held: Mapping[str, Value], fields: Iterable[FieldInfo]
) -> tuple[str, str] | None:
    after = {**held, **planned}
    for info in fields:
        for dependency in info.depends:
            concerned = info.name in planned or dependency.controller in planned
            if concerned and not _fits(info, after.get(info.name), after.get(dependency.controller), dependency):
                return _told(info, dependency, planned, after)
    return None


def _fits(info: FieldInfo, value: Value, ruler: Value, dependency: Dependency) -> bool:
    if is_blank(value):
        return True
    allowed = dependency.allowed.get("", ()) if is_blank(ruler) else dependency.allowed.get(_key(ruler))
    entries = split_options(str(value)) if info.type == "multipicklist" else (str(value),)
    return allowed is None or all(entry in allowed for entry in entries)


def _key(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _told(
    info: FieldInfo, dependency: Dependency, planned: Mapping[str, Value], after: Mapping[str, Value]
) -> tuple[str, str]:
    value, ruler = after.get(info.name), after.get(dependency.controller)
    ruler = dependency.names.get(str(ruler), ruler)
    if info.name not in planned:
        with_what = "no value here" if is_blank(ruler) else f"'{ruler}'"
        return dependency.controller, f"{info.name} holds '{value}', which does not go with {with_what}"
    if is_blank(ruler):
        return info.name, f"'{value}' needs a value of {dependency.controller}, which is blank"
    return info.name, f"'{value}' does not go with '{ruler}' of {dependency.controller}"
