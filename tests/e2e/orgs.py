"""Orgs that refuse, lock, delete, merge and edit records while a run works on them, and what must come of each record.

A record's lot is drawn from a seed. ``Org.expected`` reckons from Lusha's profiles and the lots alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, ClassVar

from connector.sandbox.hubspot_records import BadValues
from connector.sandbox.hubspot_schema import CONTACTS
from connector.sandbox.hubspot_values import Problem
from connector.sandbox.native import Row, salesforce_id
from connector.sandbox.salesforce_objects import SENIORITIES
from connector.sandbox.salesforce_write import Refusal
from connector.sandbox.tables import Table
from connector.sandbox.world import Person, World, build_world
from tests.e2e.little import LONG_AGO
from tests.e2e.stage import Stage

PEOPLE = 240
TYPED = "Typed by hand"
DIRECT = "phones[?type!='mobile' && !do_not_call] | [0].number"
MOBILE = "phones[?type=='mobile' && !do_not_call] | [0].number"
SALESFORCE = {
    "version": 1, "crm": "salesforce", "object": "Contact", "entity": "person",
    "identify": [{"email": "Email"}], "select": {"incomplete": ["Title", "Phone", "MobilePhone", "MailingCity"]},
    "fields": {
        "Title": {"from": "job_title.title"}, "Seniority__c": {"from": "job_title.seniority"},
        "Phone": {"from": DIRECT}, "MobilePhone": {"from": MOBILE}, "MailingCity": {"from": "location.city"},
    },
    "stamp": {"Lusha_Id__c": "id", "Lusha_Last_Enriched__c": "enriched_at"},
}  # fmt: skip
HUBSPOT = {
    "version": 1, "crm": "hubspot", "object": "contacts", "entity": "person",
    "identify": [{"email": "email"}], "select": {"incomplete": ["jobtitle", "phone", "mobilephone", "city"]},
    "fields": {
        "jobtitle": {"from": "job_title.title"}, "lusha_seniority": {"from": "job_title.seniority"},
        "phone": {"from": DIRECT}, "mobilephone": {"from": MOBILE}, "city": {"from": "location.city"},
    },
    "stamp": {"lusha_id": "id", "lusha_last_enriched": "enriched_at"},
}  # fmt: skip

LOTS = {
    "ruled out": 12, "deleted early": 4, "deleted late": 3, "merged early": 4, "merged late": 3, "typed": 12,
}  # fmt: skip
"""How many records meet what; the others are good. ``early``: after we have
read them, before we read them again; ``late``: while we write."""
GONE = ("deleted early", "deleted late", "merged early", "merged late")


@cache
def hostile_world() -> World:
    """Some hundreds of people whom Lusha knows, with blanks in both CRMs where its data belong."""
    known = [person for person in build_world(5, 700, 120).people.values() if _is_fit(person)]
    people = list({person.profile["emails"][0]["email"]: person for person in known}.values())[:PEOPLE]
    assert len(people) == PEOPLE
    return World(
        people={one.profile["id"]: one for one in people},
        companies={},
        salesforce={"Contact": [_contact(place, one.profile) for place, one in enumerate(people)]},
        hubspot={"contacts": [_person(place, one.profile) for place, one in enumerate(people)]},
    )


def _is_fit(person: Person) -> bool:
    told = person.profile
    return (
        not person.restricted and not told["previousEmployment"] and len(told["jobTitle"]["title"]) <= 128
        and any(one["type"] == "work" for one in told["emails"][:1])
    )  # fmt: skip


def _contact(place: int, told: Mapping[str, Any]) -> Row:
    names = {"FirstName": told["firstName"], "LastName": told["lastName"], "Email": told["emails"][0]["email"]}
    return {"Id": salesforce_id("003", place + 1), **names, "LastModifiedDate": LONG_AGO}


def _person(place: int, told: Mapping[str, Any]) -> Row:
    names = {"firstname": told["firstName"], "lastname": told["lastName"], "email": told["emails"][0]["email"]}
    times = {"createdate": LONG_AGO, "lastmodifieddate": LONG_AGO}
    return {"id": str(88_000_000_001 + place), "properties": {**names, **times}}


class Org(ABC):
    """One hostile org. ``lots``: record id → what it meets; a good record has none."""

    name: str
    object: str
    title: str
    phone: str
    reread: ClassVar[str]
    """The path by which records are read again right before they are written."""
    table: Table
    own_lots: ClassVar[Mapping[str, int]]

    def __init__(self, stage: Stage, rng: Random) -> None:
        self.stage = stage
        self.ids = list(self.table.rows)
        self.profiles = dict(zip(self.ids, (one.profile for one in stage.world.people.values()), strict=True))
        shuffled = rng.sample(self.ids, len(self.ids))
        self.lots: dict[str, str] = {}
        for lot, size in {**LOTS, **self.own_lots}.items():
            self.lots |= {shuffled.pop(): lot for _ in range(size)}
        self.good = sorted(shuffled)
        self.tries: Counter[str] = Counter()
        self.mended = False

    def of(self, *lots: str) -> list[str]:
        """The records that met one of these."""
        return [id for id, lot in self.lots.items() if lot in lots]

    def turn_hostile(self) -> None:
        """From now on the org meets us as its records' lots say."""
        self.stage.meanwhile(self.reread, self._early)

    def _early(self) -> None:
        for id in self.of("deleted early", "merged early"):
            self._remove(id)
        for id in self.of("typed", "typed twice"):
            self.type(id, self.title)

    def _late(self, ids: Sequence[str]) -> None:
        """A write of these has come in."""
        for id in ids:
            if self.lots.get(id, "") in GONE and not self.is_gone(id):
                self._remove(id)
            if self.lots.get(id) == "typed twice" and self.guards(ids) and self.tries[id] == 0:
                self.tries[id] += 1
                self.type(id, self.phone)

    def guards(self, ids: Sequence[str]) -> bool:
        """Whether this write is one that an edit of this moment stops."""
        return False

    def _remove(self, id: str) -> None:
        self.remove(id, self.good[0] if self.lots[id].startswith("merged") else None)

    def mend(self) -> None:
        """Rules, approvals and spoilt values are gone."""
        self.mended = True

    def expected(self, id: str) -> dict[str, str]:
        """What the mapped fields of a record must hold now."""
        lot = self.lots.get(id)
        if lot in GONE or (lot in ("ruled out", "under approval", "spoils its batch") and not self.mended):
            return {}
        told = self.known(self.profiles[id])
        if lot == "a field refused" and not self.mended:
            told.pop(self.phone, None)
        if lot in ("typed", "typed twice"):
            told[self.title] = TYPED
        if self.tries[id] and lot == "typed twice":
            told[self.phone] = TYPED
        return told

    @abstractmethod
    def known(self, profile: Mapping[str, Any]) -> dict[str, str]:
        """What Lusha can give to a record of this person."""

    @abstractmethod
    def held(self) -> dict[str, dict[str, str]]:
        """What the mapped fields of every record hold."""

    @abstractmethod
    def refused(self) -> dict[str, list[str]]:
        """The CRM's words → the records about which it must have said them."""

    def fate(self, id: str) -> str:
        """What became of a record that is gone, in the journal's words (documents blank a number that long)."""
        return "merged into " if self.lots[id].startswith("merged") else "the record is deleted"

    @abstractmethod
    def remove(self, id: str, into: str | None) -> None:
        """Delete a record, or merge it away."""

    @abstractmethod
    def is_gone(self, id: str) -> bool:
        """Whether it was removed."""

    @abstractmethod
    def type(self, id: str, field: str) -> None:
        """Somebody types into a field."""


def values(profile: Mapping[str, Any]) -> tuple[str, str | None, str | None, str | None, str]:
    """Title, seniority, direct and mobile number, city: whatever may be written of them."""
    callable_ = [one for one in profile["phones"] if not one["doNotCall"]]
    direct = next((one["number"] for one in callable_ if one["type"] != "mobile"), None)
    mobile = next((one["number"] for one in callable_ if one["type"] == "mobile"), None)
    job = profile["jobTitle"]
    return job["title"], job.get("seniority"), direct, mobile, profile["location"]["city"]


class SalesforceOrg(Org):
    """Its records are told apart by id; validation rules and locks are its own."""

    name, object, title, phone = "salesforce", "Contact", "Title", "Phone"
    names = ("Title", "Seniority__c", "Phone", "MobilePhone", "MailingCity")
    reread = "/services/data/v68.0/composite/sobjects/Contact"
    own_lots: ClassVar = {"a field refused": 12, "under approval": 4, "locked for a while": 6, "typed twice": 3}
    words: ClassVar = {
        "ruled out": "FIELD_CUSTOM_VALIDATION_EXCEPTION: Key accounts are edited by their owner alone",
        "a field refused": "FIELD_INTEGRITY_EXCEPTION: Business Phone: not a number of this territory",
        "under approval": "ENTITY_IS_LOCKED: This record is locked for approval",
    }

    def __init__(self, stage: Stage, rng: Random) -> None:
        self.box = stage.salesforce
        self.table = self.box.tables["Contact"]
        super().__init__(stage, rng)

    def turn_hostile(self) -> None:
        super().turn_hostile()
        self.box.rules = [self._rule]
        self.box.before_write = self._late

    def _rule(self, object: str, row: Mapping[str, Any]) -> str | Refusal | None:
        lot = "" if self.mended else self.lots.get(row["Id"], "")
        code, _, words = self.words.get(lot, "").partition(": ")
        if lot == "ruled out":
            return words
        if lot == "locked for a while" and self.tries[row["Id"]] < 2:
            self.tries[row["Id"]] += 1
            return Refusal("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
        if lot == "a field refused":
            return Refusal(code, words, ("Phone",)) if row["Phone"] else None
        return Refusal(code, words) if code else None

    def guards(self, ids: Sequence[str]) -> bool:
        return len(ids) == 1  # a write on condition

    def known(self, profile: Mapping[str, Any]) -> dict[str, str]:
        told = dict(zip(self.names, values(profile), strict=True))
        told["Seniority__c"] = told["Seniority__c"] if told["Seniority__c"] in SENIORITIES else None
        return {name: value for name, value in told.items() if value is not None}

    def held(self) -> dict[str, dict[str, str]]:
        rows = self.table.rows.items()
        return {id: {name: row[name] for name in self.names if row[name] is not None} for id, row in rows}

    def refused(self) -> dict[str, list[str]]:
        phones = [id for id in self.of("a field refused") if "Phone" in self.known(self.profiles[id])]
        return {words: phones if lot == "a field refused" else self.of(lot) for lot, words in self.words.items()}

    def remove(self, id: str, into: str | None) -> None:
        self.box.delete("Contact", id, merged_into=into)

    def is_gone(self, id: str) -> bool:
        return bool(self.table.rows[id]["IsDeleted"])

    def type(self, id: str, field: str) -> None:
        self.box.edit("Contact", id, **{field: TYPED})


class HubSpotPortal(Org):
    """Some of its values spoil a whole batch, and it does not say whose."""

    object, title, phone = "contacts", "jobtitle", "phone"
    names = ("jobtitle", "lusha_seniority", "phone", "mobilephone", "city")
    reread = "/crm/*/contacts/batch/read"
    own_lots: ClassVar = {"spoils its batch": 3}
    rule = "Key accounts are edited by their owner alone"
    spoilt = "A value is not valid for this portal"

    def __init__(self, stage: Stage, rng: Random, name: str) -> None:
        self.name = name
        self.box = stage.hubspot
        self.table = self.box.tables["contacts"]
        super().__init__(stage, rng)

    def turn_hostile(self) -> None:
        super().turn_hostile()
        self.box.rules = [self._rule]
        self.box.before_write = self._late

    def _rule(self, object: str, properties: Mapping[str, str]) -> str | None:
        lot = "" if self.mended else self.lots.get(properties["hs_object_id"], "")
        return self.rule if lot == "ruled out" else None

    def _late(self, ids: Sequence[str]) -> None:
        super()._late(ids)
        if not self.mended and not {*ids}.isdisjoint(self.of("spoils its batch")):
            raise BadValues([Problem("INVALID_VALUE", self.spoilt, "somewhere")])

    def known(self, profile: Mapping[str, Any]) -> dict[str, str]:
        told = dict(zip(self.names, values(profile), strict=True))
        options = {label: value for value, label in CONTACTS.by_name["lusha_seniority"].options}
        told["lusha_seniority"] = options.get(told["lusha_seniority"] or "")
        return {name: value for name, value in told.items() if value is not None}

    def held(self) -> dict[str, dict[str, str]]:
        rows = ((id, row["properties"]) for id, row in self.table.rows.items())
        return {id: {name: row[name] for name in self.names if name in row} for id, row in rows}

    def refused(self) -> dict[str, list[str]]:
        return {self.rule: self.of("ruled out"), self.spoilt: self.of("spoils its batch")}

    def remove(self, id: str, into: str | None) -> None:
        self.box.delete("contacts", id, merged_into=into)

    def is_gone(self, id: str) -> bool:
        return bool(self.table.rows[id]["archived"])

    def type(self, id: str, field: str) -> None:
        self.box.edit("contacts", id, **{field: TYPED})


def orgs_of(stage: Stage, portal: str, rng: Random) -> Sequence[Org]:
    """A Salesforce org and, under this name, a HubSpot portal."""
    return [SalesforceOrg(stage, rng), HubSpotPortal(stage, rng, portal)]
