"""An object's describe answer as our field types, with what SOQL needs to know beside them.

https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from connector.errors import ConfigError
from connector.models import FieldInfo, FieldType

from .picklists import dependency, options_of, with_places

TYPES: Mapping[str, FieldType] = {
    "string": "text",
    "textarea": "text",
    "phone": "phone",
    "email": "email",
    "url": "url",
    "double": "number",
    "currency": "number",
    "percent": "number",
    "int": "integer",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "picklist": "picklist",
    "multipicklist": "multipicklist",
}
NOT_OURS = "this user may not edit it"
COMPOUND = frozenset({"address", "location"})
MEND = "mend the mapping, or give the integration user the right to see the field"
LONG_TEXT = 255
"""Longer text areas cannot stand in a WHERE clause, whatever ``filterable`` is left out."""


CURRENCY = "CurrencyIsoCode"
"""Where an org has several currencies, each record names its own, and all of its amounts are in it.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/field_types.htm"""
LEFT_OUT: Mapping[str, tuple[str, ...]] = {"Lead": ("IsConverted",), "Contact": ("IsPersonAccount",)}
"""A converted lead is read-only: it lives on as a contact. The contact behind a person account is that account."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """A way from a record to a parent (``Account``), and the objects that the parent may be of."""

    name: str
    objects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ObjectSchema:
    """One object. ``unfilterable`` fields cannot stand in WHERE; ``compound`` ones hold several values; ``computed``
    ones (formulas, roll-ups) may change while the record does not.

    ``relationships`` by name in lower case, since SOQL takes any. ``left_out``: a record for which one of these
    checkboxes is true is somewhere else, and is neither read nor written here. ``parent``: the field that names the
    record which Salesforce locks while one of these is written. ``locked``: this user may edit no record of it;
    ``withheld``: fields that this user may not edit and could be given the right to, since their describe calls them
    permissionable (system fields are not).
    """

    name: str
    fields: Mapping[str, FieldInfo]
    unfilterable: frozenset[str]
    compound: frozenset[str]
    computed: frozenset[str]
    relationships: Mapping[str, Relationship]
    left_out: tuple[str, ...] = ()
    parent: str | None = None
    locked: bool = False
    withheld: frozenset[str] = frozenset()

    def check(self, names: Iterable[str], related: Iterable[str] = ()) -> None:
        """Raise ConfigError, with all problems at once.

        ``names``: own fields, unknown or compound ones are refused. ``related``: paths, refused if their first
        part is no relationship of this object; what lies beyond only the query can tell.
        """
        own = (self._own_problem(name) for name in dict.fromkeys(names))
        beyond = (self._related_problem(path) for path in dict.fromkeys(related))
        if problems := [one for one in (*own, *beyond) if one]:
            raise ConfigError(
                f"Salesforce's {self.name} cannot be read as the mapping says:",
                problems=problems,
                hint=MEND,
            )

    def _own_problem(self, name: str) -> str | None:
        if name in self.compound:
            return f"{name}: a compound field; name its parts instead, such as MailingCity"
        return None if name in self.fields else f"{name}: no such field{did_you_mean(name, self.fields)}"

    def _related_problem(self, path: str) -> str | None:
        first, _, rest = path.partition(".")
        if first.lower() in self.relationships:
            return None
        known = (one.name for one in self.relationships.values())
        return f"{path}: no such relationship{did_you_mean(first, known, after=f'.{rest}')}"


def did_you_mean(name: str, known: Iterable[str], *, before: str = "", after: str = "") -> str:
    """`` — did you mean 'X'?``, or nothing. ``before`` and ``after``: the rest of the path that ``name`` is part of."""
    by_lower = {other.lower(): other for other in known}
    near = get_close_matches(name.lower(), by_lower, n=1)
    return f" — did you mean '{before}{by_lower[near[0]]}{after}'?" if near else ""


def object_schema(name: str, answer: Mapping[str, Any]) -> ObjectSchema:
    """The describe answer of one object as its ObjectSchema."""
    raw = [one for one in answer.get("fields", ()) if isinstance(one, dict) and "name" in one]
    by_name = {one["name"]: one for one in raw}
    fields = with_places({one["name"]: _field(one, by_name) for one in raw}, by_name)
    if answer.get("updateable") is False:  # the right to edit a field is worth nothing without that to the object
        fields = {key: _locked(name, info) for key, info in fields.items()}
    return ObjectSchema(
        name=name,
        fields=fields,
        unfilterable=frozenset(one["name"] for one in raw if not _filterable(one)),
        compound=frozenset(one["name"] for one in raw if one.get("type") in COMPOUND),
        computed=frozenset(one["name"] for one in raw if one.get("calculated")),
        relationships={
            str(one["relationshipName"]).lower(): Relationship(
                str(one["relationshipName"]), tuple(one.get("referenceTo") or ())
            )
            for one in raw
            if one.get("relationshipName")
        },
        left_out=tuple(one["name"] for one in raw if one["name"] in LEFT_OUT.get(str(answer.get("name") or name), ())),
        parent=_parent(raw),
        locked=answer.get("updateable") is False,
        withheld=frozenset(one["name"] for one in raw if one.get("permissionable") and _why_read_only(one) == NOT_OURS),
    )


def _parent(raw: Sequence[Mapping[str, Any]]) -> str | None:
    """The account of a contact, an opportunity or a case; else the master of a detail record.

    https://resources.docs.salesforce.com/rel1/doc/en-us/static/pdf/record_locking_cheatsheet.pdf
    """
    found = [one for one in raw if one.get("type") == "reference" and one.get("sortable", True)]
    accounts = (one["name"] for one in found if one["name"] == "AccountId")
    masters = (one["name"] for one in found if one.get("relationshipOrder") == 0)
    return next(accounts, None) or next(masters, None)


def _field(raw: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]]) -> FieldInfo:
    return FieldInfo(
        name=raw["name"],
        label=str(raw.get("label") or raw["name"]),
        type=TYPES.get(str(raw.get("type")), "other"),
        writable=not _why_read_only(raw),
        length=raw.get("length") or None,
        options=options_of(raw),
        restricted=bool(raw.get("restrictedPicklist")),
        unique=bool(raw.get("unique")),
        depends=dependency(raw, fields),
        currency=CURRENCY if raw.get("type") == "currency" and CURRENCY in fields else None,
        why_read_only=_why_read_only(raw),
        never_blank=raw.get("nillable") is False,
        custom=bool(raw.get("custom")),
    )


def _locked(object: str, info: FieldInfo) -> FieldInfo:
    why = info.why_read_only if not info.writable else f"this user may not edit any {object}"
    return replace(info, writable=False, why_read_only=why)


def _why_read_only(raw: Mapping[str, Any]) -> str:
    if raw.get("calculated"):
        return "Salesforce calculates it (a formula or a roll-up)"
    if raw.get("autoNumber"):
        return "Salesforce numbers it"
    if raw.get("type") in COMPOUND:
        return "it is a compound field; write its parts instead, such as MailingCity"
    if raw.get("type") == "reference":  # AccountId: a contact that is moved takes its opportunities along
        return "it holds the id of another record, and Lusha knows none of yours"
    return "" if raw.get("updateable") else NOT_OURS


def _filterable(raw: Mapping[str, Any]) -> bool:
    long_text = raw.get("type") == "textarea" and (raw.get("length") or 0) > LONG_TEXT
    return bool(raw.get("filterable", True)) and not long_text
