"""Frozen values that pass between the rooms. No behaviour beyond what their own fields tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

Entity = Literal["person", "company"]
Value = str | int | float | bool | None
FieldType = Literal[
    "text", "phone", "email", "url", "number", "integer", "boolean", "date", "datetime",
    "picklist", "multipicklist", "other",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """A CRM row as read.

    ``values`` is keyed by field paths as a mapping names them (``Title``, ``Account.Website``,
    ``companies.domain``); a field without a value is None. ``version`` is the CRM's own modification time.
    ``modified``: what a conditional write compares (UTC), where the CRM has such writes. ``parent``: the record that a
    write locks beside this one, where the CRM does so. Both are told by ``Crm.fetch`` alone. ``merged``: ids of records
    that were merged into this one, where the CRM tells them with it; told by ``Crm.read`` alone.
    """

    id: str
    values: Mapping[str, Value]
    version: str | None = None
    modified: datetime | None = None
    parent: str | None = None
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a picklist or enumeration: what is stored, and what people see."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Dependency:
    """Which options of a picklist go with each value of another field, the controller.

    ``allowed``: controller's value (a checkbox: ``true`` or ``false``) → values of options. A value that is no key is
    one of which the CRM's schema says nothing; with a blank controller goes what stands under ``""``, or nothing.
    ``names``: what people call the controller's values, where those are kinds of records, named by their ids
    (Salesforce record types). ``untold``: those of which the CRM could not say at this moment what goes with them.
    """

    controller: str
    allowed: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str] = field(default_factory=dict)
    untold: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What the CRM's live schema says about one field.

    ``depends``: an option must be allowed by each of them. ``currency``: the field of the same record that names the
    currency of an amount, where records keep theirs in different ones.
    ``restricted``: a value outside ``options`` is refused. ``unique``: no two records may hold the same
    value. ``length`` is in characters, None where the CRM names no limit. ``why_read_only``: the reason as a clause,
    where the CRM tells one ("it is a formula"). ``never_blank``: the CRM keeps a value in it always. ``custom``: made
    by people of this org, not the vendor.
    """

    name: str
    label: str
    type: FieldType
    writable: bool = True
    length: int | None = None
    options: tuple[Option, ...] = ()
    restricted: bool = False
    unique: bool = False
    depends: tuple[Dependency, ...] = ()
    currency: str | None = None
    why_read_only: str = ""
    never_blank: bool = False
    custom: bool = field(default=False, compare=False, repr=False)


class Identity(NamedTuple):
    """What one record tells Lusha about who it is: one complete way of identifying, already normalised.

    Exactly one of: ``id`` · ``linkedin_url`` · ``email`` · first + last name with company domain or name
    (person); ``id`` · ``domain`` · ``name`` (company).

    A tuple, as ``Change``: a record has several, made anew more than once on its way.
    """

    entity: Entity
    id: str | None = None
    linkedin_url: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company_domain: str | None = None
    company_name: str | None = None
    domain: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """Lusha's answer in the canonical shape, the same from every API generation, single or bulk.

    ``attributes``: nested mappings and lists in snake_case; missing is absent, never ``""``.
    ``revealed``: paid data that this profile holds (``emails``, ``phones``, ``company`` …).
    ``offers``: data that Lusha says can still be had, with the price in credits (0 = already revealed to
    this account); None when the answer said nothing about offers (an enrich answer).
    ``raw``: the vendor's own answer for this item, untouched.
    """

    entity: Entity
    id: str
    attributes: Mapping[str, Any]
    revealed: frozenset[str] = frozenset()
    offers: Mapping[str, int] | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)


class Change(NamedTuple):
    """One field's before → after, and why. ``stamp`` marks bookkeeping fields.

    A tuple, which is made three times as fast as a frozen dataclass: an enriched record has ten of them.
    """

    field: str
    before: Value
    after: Value
    reason: str
    attribute: str
    policy: str
    stamp: bool = False

    @property
    def replaces(self) -> bool:
        """Whether a non-blank value of a mapped field would be replaced (what guards count)."""
        return not self.stamp and not is_blank(self.before)


@dataclass(frozen=True, slots=True)
class Update:
    """The fields to write into one record.

    ``stamps``: those of them that only vouch for the others; when every other field was refused, they are not
    written alone. ``seen``: the record's ``modified`` when it was re-read just now. ``strict``: write on condition
    that it is still so, where the CRM can, even if the record has rested for long. ``ours``: its last modification was
    our own write, so nobody is known to be at work on it.
    """

    id: str
    values: Mapping[str, Value]
    stamps: frozenset[str] = frozenset()
    seen: datetime | None = None
    strict: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Rejection:
    """The CRM's own words about a refused field (or, with ``field`` None, a refused record).

    ``transient``: the same may be taken later (a locked row, a call that was never sent); tried by the next run.
    """

    code: str
    message: str
    field: str | None = None
    transient: bool = False


@dataclass(frozen=True, slots=True)
class Again:
    """A record that may be tried once more, after a re-read. ``wait``: not at once, only time can help.

    ``part``: one record among several spoils their request, and nobody knows which; those of different parts go into
    requests of their own, which halves the choice.
    """

    wait: bool = False
    part: int = 0


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What became of one Update: the fields that landed, and what was refused.

    ``gone``: the record is deleted or merged away. ``again``: nothing was written, and what was not refused for good
    may be tried once more after a re-read: a field was refused and the others were not sent without it, the record was
    modified after ``Update.seen``, it was locked, or the vendor asked to wait. A ``transient`` rejection is then what
    to say of it where it is not tried again.
    """

    id: str
    written: frozenset[str] = frozenset()
    rejections: tuple[Rejection, ...] = ()
    gone: bool = False
    again: Again | None = None


@dataclass(frozen=True, slots=True)
class Successor:
    """The record in which one that is not there any more lives on.

    ``how``: it was merged into a record of its own object, or converted into one of another (a lead into a contact).
    ``id`` is None where the CRM does not tell it, or that record is not there either.
    """

    object: str
    id: str | None
    how: Literal["merged", "converted"]


@dataclass(frozen=True, slots=True)
class Edit:
    """The last time a field's value changed in the CRM (UTC), and who did it, as far as the CRM tells."""

    at: datetime
    by: Literal["person", "machine"] = "person"


@dataclass(frozen=True, slots=True)
class Written:
    """What we last put into a field. ``tombstone``: it was taken back by ``undo``, and no run writes it again."""

    value: Value
    tombstone: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """``credits`` for each started ``per`` items."""

    credits: int
    per: int = 1

    def of(self, items: int) -> int:
        """Credits for ``items`` items, rounded up to whole lots."""
        return -(-items // self.per) * self.credits


@dataclass(frozen=True, slots=True)
class Account:
    """Lusha's own word on the account: remaining credits (None if not told) and the price of each action.

    ``raw``: its whole answer (plan and request limits too), untouched.
    """

    remaining: int | None
    total: int | None = None
    used: int | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)


ItemError = Literal["NOT_FOUND", "COMPLIANCE_RESTRICTED", "ENRICH_FAILED", "NO_ANSWER"]


@dataclass(frozen=True, slots=True)
class Item:
    """Lusha's answer to one item of a request: a profile, or why there is none.

    ``NO_ANSWER``: Lusha left the item out of its answer.
    """

    profile: Profile | None = None
    error: ItemError | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One paid answer: an Item for each thing asked, in the order asked, and the credits Lusha charged.

    ``charged`` is None where Lusha did not say; the worst case then stays booked. ``estimated``: computed from a
    price list and what the answer says of charging, to be trued up by the account's balance (V2). ``extra``: profiles
    that came and were paid for, though nobody can tell which of the things asked they answer.
    """

    items: tuple[Item, ...]
    charged: int | None
    estimated: bool = False
    extra: tuple[Profile, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """One event in the life of a person or company.

    ``type``: Lusha's own word (``promotion``, ``surgeInHiring``). ``date``: ISO day, None where not told. ``facts``:
    what is told of it, in snake_case, without blanks. ``raw``: Lusha's own entry, untouched.
    """

    type: str
    date: str | None
    facts: Mapping[str, Any]
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Signals:
    """The signals of one thing asked for, newest first; ``id`` is Lusha's, where told.

    ``error`` and ``message`` say why there is no answer for it; nothing happened is no error. ``raw``: Lusha's own
    entry, untouched.
    """

    id: str | None
    signals: tuple[Signal, ...] = ()
    name: str | None = None
    error: ItemError | None = None
    message: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class SignalsAnswer:
    """One ``Signals`` for each thing asked, in the order asked; the period they cover; credits charged, None where
    Lusha did not say."""

    items: tuple[Signals, ...]
    charged: int | None
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of prospecting: previews of people or companies that match the filters.

    ``total`` matches over all pages, None where not told; ``page`` counts from 0. ``request_id``: V2 enriches a
    result only under the id of the search that found it; None in V3. The ``id`` of a V2 preview of a person is good
    for that enrichment alone.
    """

    profiles: tuple[Profile, ...]
    page: int
    size: int
    total: int | None
    charged: int | None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """People or companies like the seeds. ``session`` asks for more without repeats, for 30 days.

    The ``id`` of a company is ``""`` where Lusha tells none (V2).
    """

    profiles: tuple[Profile, ...]
    session: str | None
    more: bool
    charged: int | None


@dataclass(frozen=True, slots=True)
class FilterType:
    """A filter of prospecting or signals; ``needs_query``: its values are searched for by a text."""

    name: str
    needs_query: bool


def is_blank(value: object) -> bool:
    """Null, empty, or white space: what counts as incomplete, and what never replaces anything."""
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == [] or value == {}
