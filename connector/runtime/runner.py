"""Runs on live vendors: clients opened, the lease held, a run begun, a stage carried out, its report kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from connector.config.settings import MappingSettings, OrgSettings
from connector.crm.base import Crm
from connector.engine.context import Context
from connector.engine.flow import Flow
from connector.engine.payer import Provider
from connector.engine.run import Ended, recount, unstarted
from connector.engine.work import Options, Rules, Work
from connector.errors import ConnectorError
from connector.lusha.prices import PriceList
from connector.mapping.compile import CompiledMapping, compile_mapping
from connector.runtime.accounts import Accounts
from connector.runtime.clients import Clients
from connector.runtime.converted import options_for
from connector.runtime.naming import ids_of
from connector.runtime.outside import Outside
from connector.runtime.reports import SyncReport
from connector.runtime.selection import Selected, companies_first, place
from connector.store import names, runs
from connector.store.db import Store
from connector.store.lease import hold_lease
from connector.store.ledger import Purpose
from connector.store.runs import Kind

Stage = Callable[[Context], Ended]
"""What is done with one mapping of one org."""


@dataclass(frozen=True, slots=True)
class _Invocation:
    """What the runs of one command share."""

    id: str
    kind: Kind
    options: Options
    accounts: Accounts


class Runner:
    """Carries out runs of one invocation after the other; ``outside`` is the world beside the vendors."""

    def __init__(self, store: Store, clients: Clients, outside: Outside) -> None:
        self.store, self.clients, self.outside = store, clients, outside

    def invoke(self, chosen: Selected, options: Options, stage: Stage, kind: Kind) -> SyncReport:
        """One run for each mapping chosen, org by org. Errors of one org do not stop the others."""
        report, invocation = SyncReport(), self._invocation(kind, options)
        for org, mappings in chosen:
            ended = self._run_org(org, mappings, invocation, report, stage)
            report.ended += sorted(ended, key=lambda item: place(org, item.report["mapping"]))
            if report.exit_code == 130:
                break
        by_key = {org.lusha.api_key.fingerprint(): org for org, _ in chosen}
        if sum(abs(invocation.accounts.true_up(org, invocation.id)) for org in by_key.values()):
            keys = {org.name: org.lusha.api_key.fingerprint() for org, _ in chosen}
            report.ended = [recount(self.store, ended, keys[ended.report["org"]]) for ended in report.ended]
        return report

    def write(
        self, org: OrgSettings, object: str, mapping: str, job: Callable[[Work], Ended], *, kind: Kind,
        about: int | None = None, options: Options | None = None,
    ) -> SyncReport:  # fmt: skip
        """One run that writes records of an object without Lusha: a saved plan, an undo, accepted values.

        ``mapping``: its name; where the config still has it, its own rules hold (consent, strict fields).
        """
        report, invocation = SyncReport(), self._invocation(kind, options or Options())
        try:
            with self.clients.crm(org) as crm, self._lease(org, crm):
                rules = self._rules(org, object, mapping, crm, undo=kind == "undo")
                number = self._begin(org, mapping, invocation, about)
                report.ended.append(job(self._work(org, object, mapping, number, rules, crm, invocation.options)))
        except ConnectorError as error:
            report.errors.append(error)
            report.ended.append(self._unstarted(org, mapping, invocation, error, about))
        return report

    @contextmanager
    def vendors(self, org: OrgSettings) -> Iterator[tuple[Crm, Provider]]:
        """An org's CRM, and Lusha as the org asks it; nothing is sent yet."""
        with self.clients.lusha(org.lusha) as lusha, self.clients.crm(org) as crm:
            yield crm, lusha.generation(org.lusha.api_version)

    def context(
        self, org: OrgSettings, settings: MappingSettings, crm: Crm, lusha: Provider, prices: PriceList,
        invocation: str, options: Options, *, run: int, mapping: CompiledMapping | None = None,
    ) -> Context:  # fmt: skip
        """What the stages of one run share. ``run`` 0: a forecast, which leaves no trace."""
        mapping = mapping or self._checked(org, settings, crm)
        outside = self.outside
        return Context(
            org=org,
            object=settings.object,
            name=self._kept_as(org, settings, run),
            run=run,
            rules=Rules.of(mapping, crm.schema(settings.object)),
            mapping=mapping,
            crm=crm,
            lusha=lusha,
            prices=prices,
            store=self.store,
            purpose=Purpose(org.lusha.api_key.fingerprint(), invocation, run, org.name, settings.name),
            now=outside.now,
            sleep=outside.sleep,
            options=replace(options, records=ids_of(org, options.records)),
            interrupted=outside.interrupted,
            progress=lambda counts: outside.progress(org.name, settings.name, counts),
            flow=Flow(org.workers),
        )

    def _kept_as(self, org: OrgSettings, settings: MappingSettings, run: int) -> str:
        """The name of what the state file knows of a mapping; a run under a new name makes it its own."""
        current = {one.name for one in org.mappings if one.object == settings.object}
        place = {"org": org.name, "object": settings.object, "mapping": settings.name}
        if not run:  # a forecast leaves no trace
            return names.kept_as(self.store, **place, current=current)
        names.take_over(self.store, **place, current=current)
        return settings.name

    def _work(
        self, org: OrgSettings, object: str, mapping: str, run: int, rules: Rules, crm: Crm, options: Options
    ) -> Work:
        outside = self.outside
        return Work(
            org=org,
            object=object,
            name=mapping,
            run=run,
            rules=rules,
            crm=crm,
            store=self.store,
            now=outside.now,
            sleep=outside.sleep,
            options=options,
            interrupted=outside.interrupted,
            progress=lambda counts: outside.progress(org.name, mapping, counts),
            flow=Flow(org.workers),
        )

    def _rules(self, org: OrgSettings, object: str, mapping: str, crm: Crm, *, undo: bool) -> Rules:
        """An undo restores what a record held, whatever its mapping says by now, or whether there still is one."""
        schema = crm.schema(object)

        def known(names: Sequence[str]) -> tuple[str, ...]:
            return tuple(name for name in names if name in schema)

        settings = next((one for one in org.mappings if one.name == mapping and one.object == object), None)
        if undo:
            rules = settings.fields.items() if settings else ()
            return Rules(schema, strict=frozenset(name for name, rule in rules if rule.strict))
        if settings is None:
            return Rules(schema, opted_out=known(crm.consent.opted_out), do_not_call=known(crm.consent.do_not_call))
        return Rules.of(compiled(org, settings, crm), schema)

    def _run_org(
        self, org: OrgSettings, mappings: Sequence[MappingSettings], invocation: _Invocation, report: SyncReport,
        stage: Stage,
    ) -> list[Ended]:  # fmt: skip
        ended: list[Ended] = []
        try:
            with self.vendors(org) as (crm, lusha), self._lease(org, crm):
                keep = org.lusha.budget.keep or org.budget.keep
                prices = invocation.accounts.prices(org.lusha, lusha, keep=keep)
                chosen = options_for(mappings, crm, invocation.options)
                for settings in companies_first(mappings):
                    own = replace(invocation, options=chosen(settings))
                    ended.append(self._run_mapping(org, settings, crm, lusha, prices, own, stage))
                    if ended[-1].exit_code in (7, 8, 130):
                        break
        except ConnectorError as error:
            report.errors.append(error)
            ended += [self._unstarted(org, settings.name, invocation, error) for settings in mappings]
        return ended

    def _run_mapping(
        self, org: OrgSettings, settings: MappingSettings, crm: Crm, lusha: Provider, prices: PriceList,
        invocation: _Invocation, stage: Stage,
    ) -> Ended:  # fmt: skip
        try:
            mapping = self._checked(org, settings, crm)
        except ConnectorError as error:
            return self._unstarted(org, settings.name, invocation, error)
        run = self._begin(org, settings.name, invocation)
        options = invocation.options
        context = self.context(org, settings, crm, lusha, prices, invocation.id, options, run=run, mapping=mapping)
        return stage(context)

    def _checked(self, org: OrgSettings, settings: MappingSettings, crm: Crm) -> CompiledMapping:
        """A mapping made ready for the org, its warnings told."""
        mapping = compiled(org, settings, crm)
        for sentence in mapping.warnings:
            self.outside.warn(org.name, sentence)
        return mapping

    def _invocation(self, kind: Kind, options: Options) -> _Invocation:
        accounts = Accounts(self.store, self.clients, self.outside.now)
        return _Invocation(uuid.uuid4().hex, kind, options, accounts)

    def _begin(self, org: OrgSettings, mapping: str, invocation: _Invocation, about: int | None = None) -> int:
        return runs.begin(
            self.store,
            invocation=invocation.id,
            org=org.name,
            mapping=mapping,
            now=self.outside.now(),
            kind=invocation.kind,
            about=about,
        )

    def _unstarted(
        self, org: OrgSettings, mapping: str, invocation: _Invocation, error: ConnectorError, about: int | None = None
    ) -> Ended:
        number = self._begin(org, mapping, invocation, about)
        return unstarted(self.store, number, org.name, mapping, error, now=self.outside.now())

    @contextmanager
    def _lease(self, org: OrgSettings, crm: Crm) -> Iterator[None]:
        tenant, now = crm.tenant_id(), self.outside.now()
        with hold_lease(self.store, org=org.name, crm=org.crm, tenant=tenant, address=address_of(org), now=now):
            yield


def compiled(org: OrgSettings, settings: MappingSettings, crm: Crm) -> CompiledMapping:
    """A mapping made ready for the org's live schema. ConfigError: it does not fit."""
    consent = crm.consent
    return compile_mapping(
        settings,
        crm.schema(settings.object),
        opted_out=consent.opted_out,
        do_not_call=consent.do_not_call,
        generation=org.lusha.api_version,
    )


def address_of(org: OrgSettings) -> str:
    """What stands for a tenant that does not tell its id: its own host, or the shared one and what signs us in."""
    connection = org.connection
    if connection.get("instance_url"):
        return str(connection["instance_url"])
    key = connection.get("access_token") or connection["refresh_token"]
    return f"{connection.get('base_url')} {key.fingerprint()}"
