"""An org in memory for engine tests: a fake CRM, a fake Lusha, a real state file, and a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connector.config.settings import (
    Budget,
    FieldRule,
    Guards,
    LushaSettings,
    MappingSettings,
    Match,
    OrgSettings,
    Select,
)
from connector.crm.base import Consent
from connector.engine.context import Context
from connector.engine.flow import Flow
from connector.engine.run import Ended, run, run_accepted, run_plan, run_saved, run_undo
from connector.engine.work import Counts, Options, Rules, Work
from connector.lusha.prices import PriceList
from connector.mapping.compile import CompiledMapping, compile_mapping
from connector.models import Dependency, Entity, FieldInfo, Option
from connector.redact import Secret
from connector.store import balances, runs
from connector.store.db import open_store
from connector.store.ledger import Purpose
from connector.store.runs import Kind
from connector.store.suggestions import Listed
from tests.crm.fakes import FakeCrm
from tests.lusha.fakes import FakeLusha, FakeLushaV2, Known

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

CONTACT = {
    info.name: info
    for info in (
        FieldInfo("Id", "Id", "text", writable=False),
        FieldInfo("FirstName", "First name", "text", length=40),
        FieldInfo("LastName", "Last name", "text", length=80),
        FieldInfo("Company", "Company", "text", length=80),
        FieldInfo("Email", "E-mail", "email", length=80),
        FieldInfo("Title", "Title", "text", length=40),
        FieldInfo("Phone", "Phone", "phone", length=40),
        FieldInfo("MobilePhone", "Mobile", "phone", length=40),
        FieldInfo("Seniority", "Seniority", "picklist", options=(Option("Manager", "Manager"),), restricted=True),
        FieldInfo("OptedOut", "Opted out", "boolean"),
        FieldInfo("DoNotCall", "Do not call", "boolean"),
        FieldInfo("Lusha_Id", "Lusha id", "text", length=64),
        FieldInfo("Enriched", "Last enriched", "datetime"),
    )
}

FIELDS = {
    "Title": FieldRule("job_title.title", "refresh"),
    "Email": FieldRule("emails[?type=='work'] | [0].email"),
    "Phone": FieldRule("phones[?!do_not_call] | [0].number"),
    "MobilePhone": FieldRule("phones[?type=='mobile' && !do_not_call] | [0].number"),
}
STAMPS = {"Lusha_Id": "id", "Enriched": "enriched_at"}
IDENTIFY: tuple[Mapping[str, str], ...] = (
    {"id": "Lusha_Id"},
    {"email": "Email"},
    {"first_name": "FirstName", "last_name": "LastName", "company_name": "Company"},
)


def with_kinds(**more: Any) -> dict[str, FieldInfo]:
    """The schema, the options of a picklist depending on the kind of record; ``more``: of the Dependency."""
    kinds = replace(Dependency("Type", {"": ("Manager",), "0121": ("Manager",)}, {"0121": "Partner"}), **more)
    return {**CONTACT, "Seniority": replace(CONTACT["Seniority"], depends=(kinds,))}


def person(number: int = 1, **more: Any) -> Known:
    """Somebody Lusha knows completely: ``Ada1 Byron1`` of Acme, with title, e-mail and two phones."""
    attributes = {
        "id": str(1000 + number),
        "first_name": f"Ada{_letters(number)}",
        "last_name": f"Byron{_letters(number)}",
        "full_name": f"Ada{_letters(number)} Byron{_letters(number)}",
        "job_title": {"title": "Head of Engines", "seniority": "Director"},
        "company": {"id": "7", "name": "Acme", "domain": "acme.example"},
        "emails": [{"email": f"ada{number}@acme.example", "type": "work"}],
        "phones": [
            {"number": f"+1555010{number:04}", "type": "direct", "do_not_call": False},
            {"number": f"+1555011{number:04}", "type": "mobile", "do_not_call": False},
        ],
        "location": {"country": "United States", "country_iso2": "US"},
    }
    return Known({**attributes, **more})


def row(number: int = 1, **more: Any) -> dict[str, Any]:
    """The same person in the CRM: named, at Acme, everything to enrich blank."""
    blank = dict.fromkeys(CONTACT)
    named = {"FirstName": f"Ada{_letters(number)}", "LastName": f"Byron{_letters(number)}", "Company": "Acme"}
    return {**blank, "Id": f"c{number:05}", **named, "OptedOut": False, "DoNotCall": False, **more}


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


class House:
    """One org with one mapping; ``sync()`` is a whole run against the same state file each time."""

    def __init__(
        self,
        folder: Path,
        *,
        rows: Iterable[Mapping[str, Any]] = (),
        people: Iterable[Known] = (),
        fields: Mapping[str, FieldRule] = FIELDS,
        stamps: Mapping[str, str] = STAMPS,
        identify: Sequence[Mapping[str, str]] = IDENTIFY,
        select: Select | None = None,
        match: Match | None = None,
        budget: Budget | None = None,
        org_budget: Budget | None = None,
        guards: Guards | None = None,
        remaining: int = 10_000,
        schema: Mapping[str, FieldInfo] = CONTACT,
        entity: Entity = "person",
        generation: str = "v3",
        **lusha: Any,
    ) -> None:
        consent = Consent(("OptedOut",), ("DoNotCall",))
        self.crm = FakeCrm({"Contact": list(rows)}, {"Contact": schema}, consent=consent, write_batch=10)
        people = list(people)
        known = (people, ()) if entity == "person" else ((), people)
        self.lusha = (FakeLushaV2 if generation == "v2" else FakeLusha)(*known, remaining=remaining, **lusha)
        self.store = open_store(folder / "state.db")
        self.now = START
        self.crm.now = lambda: self.now
        self.slept: list[float] = []
        self.interrupted = False
        self.workers = 1
        self.settings = MappingSettings(
            "contact.yaml", folder / "contact.yaml", "fake", "Contact", entity, tuple(identify),
            select or Select(None, ("Title", "Phone", "MobilePhone"), timedelta(days=90), timedelta(days=30)),
            match or Match(), fields, stamps,
        )  # fmt: skip
        self.lusha_settings = LushaSettings(Secret("key"), api_version=generation, budget=budget or Budget())
        self.org_budget, self.guards = org_budget or Budget(), guards or Guards(max_replaced_share=1.0)
        self.mapping_name = "contact.yaml"
        self._invocations = 0

    @property
    def compiled(self) -> CompiledMapping:
        consent = self.crm.consent
        return compile_mapping(
            self.settings,
            self.crm.schema("Contact"),
            opted_out=consent.opted_out,
            do_not_call=consent.do_not_call,
            generation=self.lusha_settings.api_version,
        )

    def context(self, *, invocation: str | None = None, kind: Kind = "sync", **options: Any) -> Context:
        self._invocations += 1
        invocation = invocation or f"invocation-{self._invocations}"
        key = self.lusha_settings.api_key.fingerprint()
        number = self._begin(invocation, kind)
        asked = balances.mark(self.store, key)
        balances.save_account(self.store, key, self.lusha.account(), asked=asked, now=self.now)
        return Context(
            org=self.org,
            object="Contact",
            name=self.settings.name,
            run=number,
            rules=Rules.of(self.compiled, self.crm.schema("Contact")),
            mapping=self.compiled,
            crm=self.crm,
            lusha=self.lusha,
            prices=PriceList(),
            store=self.store,
            purpose=Purpose(key, invocation, number, "acme", "contact.yaml"),
            now=lambda: self.now,
            sleep=self.slept.append,
            options=Options(**options),
            interrupted=lambda: self.interrupted,
            progress=lambda counts: None,
            flow=Flow(self.workers),
        )

    def work(self, kind: Kind, about: int | None = None, **options: Any) -> Work:
        """A run that writes without Lusha; an undo knows no mapping, as in ``runtime``."""
        self.now += timedelta(seconds=1)
        self._invocations += 1
        schema = self.crm.schema("Contact")
        return Work(
            org=self.org,
            object="Contact",
            name=self.settings.name,
            run=self._begin(f"invocation-{self._invocations}", kind, about),
            rules=Rules(schema, strict=self._strict) if kind == "undo" else Rules.of(self.compiled, schema),
            crm=self.crm,
            store=self.store,
            now=lambda: self.now,
            sleep=self.slept.append,
            options=Options(**options),
            interrupted=lambda: self.interrupted,
            progress=lambda counts: None,
            flow=Flow(self.workers),
        )

    @property
    def _strict(self) -> frozenset[str]:
        return frozenset(name for name, rule in self.settings.fields.items() if rule.strict)

    @property
    def org(self) -> OrgSettings:
        return OrgSettings("acme", "fake", {}, (self.settings,), self.lusha_settings, self.org_budget, self.guards)

    def _begin(self, invocation: str, kind: Kind, about: int | None = None) -> int:
        return runs.begin(
            self.store,
            invocation=invocation,
            org="acme",
            mapping=self.mapping_name,
            now=self.now,
            kind=kind,
            about=about,
        )

    def sync(self, **options: Any) -> Ended:
        """One run, a second after the last."""
        self.now += timedelta(seconds=1)
        return run(self.context(**options))

    def plan_and_buy(self, **options: Any) -> Ended:
        """``plan --buy``."""
        self.now += timedelta(seconds=1)
        return run_plan(self.context(kind="plan", **options))

    def apply(self, plan: int, **options: Any) -> Ended:
        """``apply PLAN``."""
        row = runs.found(self.store, plan)
        assert row is not None
        return run_saved(self.work("apply", plan, **options), row)

    def undo(self, number: int, *, records: Sequence[str] = (), fields: Sequence[str] = ()) -> Ended:
        """``undo RUN``."""
        row = runs.found(self.store, number)
        assert row is not None
        return run_undo(self.work("undo", number), row, records, fields)

    def accept(self, chosen: Sequence[Listed]) -> Ended:
        """``review accept`` of values."""
        return run_accepted(self.work("review"), "contact.yaml", chosen)

    def later(self, **time: float) -> House:
        """Let time pass."""
        self.now += timedelta(**time)
        return self

    def row(self, number: int = 1) -> dict[str, Any]:
        """A contact as it stands in the CRM."""
        return self.crm.row("Contact", f"c{number:05}")


def counts(ended: Ended, *names: str) -> tuple[Any, ...]:
    """Some of a report's figures."""
    return tuple(ended.report[name] for name in names)


__all__ = ["CONTACT", "FIELDS", "START", "Counts", "House", "counts", "person", "row"]
