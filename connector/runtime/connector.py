"""The public API: one configuration and its state file, and what can be done with them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from connector.config.settings import Config, MappingSettings, OrgSettings
from connector.crm.base import Crm
from connector.engine.asking import Confirm
from connector.engine.context import Context, Options
from connector.engine.fill import fill_rates
from connector.engine.forecast import forecast
from connector.engine.inquiries import Inquiries
from connector.engine.payer import Provider
from connector.engine.run import Ended, recount, run, run_quote, unstarted
from connector.engine.spending import credits
from connector.errors import ConfigError, ConnectorError, Interrupted
from connector.lusha.prices import PriceList
from connector.mapping.compile import CompiledMapping, compile_mapping
from connector.models import Account
from connector.runtime.accounts import Accounts
from connector.runtime.clients import Clients
from connector.runtime.inquiries import inquiries
from connector.runtime.outside import Outside
from connector.runtime.reports import SyncReport
from connector.runtime.selection import Selected, companies_first, place, selected
from connector.store import answers, balances, journal, ledger, people, records, runs
from connector.store.db import Store, open_store
from connector.store.journal import Group
from connector.store.lease import hold_lease
from connector.store.ledger import Purpose
from connector.store.runs import RunRow

Stage = Callable[[Context], Ended]
"""What is done with one mapping of one org."""


class Connector:
    """The public API: one configuration and its state file.

    >>> with Connector(load_config(Path("config.yaml"), env=os.environ)) as connector:  # doctest: +SKIP
    ...     report = connector.sync(["acme"], options=Options(limit=50))
    """

    def __init__(self, config: Config, *, outside: Outside | None = None) -> None:
        self.config = config
        self.outside = outside or Outside()
        self.store: Store = open_store(config.state.path)
        self._clients = Clients(config.state.path, self.outside)
        self._tidy()

    def __enter__(self) -> Connector:
        return self

    def __exit__(self, *_: object) -> None:
        self._clients.close()
        self.store.close()

    def sync(
        self, orgs: Sequence[str] = (), *, mapping: str | None = None, options: Options | None = None
    ) -> SyncReport:
        """Plan, buy and write, org by org. Errors of one org are reported and do not stop the others.

        Raises ConfigError when an org or mapping is not in the config.
        """
        return self._invoke(selected(self.config, orgs, mapping), options or Options(), run)

    def quote(
        self, orgs: Sequence[str] = (), *, mapping: str | None = None, options: Options | None = None
    ) -> SyncReport:
        """Exact prices (``engine.quote``): every due record is searched for, within budget, and nothing is bought.

        An org that uses API V2, which has no search, is an error of its own. Raises ConfigError when an org or
        mapping is not in the config.
        """
        chosen = selected(self.config, orgs, mapping)
        old = [org.name for org, _ in chosen if org.lusha.api_version == "v2"]
        report = self._invoke([pair for pair in chosen if pair[0].name not in old], options or Options(), run_quote)
        report.errors += [
            ConfigError(
                f"{name}: plan --quote searches before it buys, which Lusha's API V2 cannot",
                hint="plan alone forecasts the worst cost, or set api_version: v3",
            )
            for name in old
        ]
        return report

    def _invoke(self, chosen: Selected, options: Options, stage: Stage) -> SyncReport:
        report, invocation = SyncReport(), uuid.uuid4().hex
        accounts = self._accounts()
        for org, mappings in chosen:
            ended = self._run_org(org, mappings, invocation, options, report, accounts, stage)
            report.ended += sorted(ended, key=lambda item: place(org, item.report["mapping"]))
            if report.exit_code == 130:
                break
        by_key = {org.lusha.api_key.fingerprint(): org for org, _ in chosen}
        if sum(abs(accounts.true_up(org, invocation)) for org in by_key.values()):
            report.ended = [recount(self.store, ended, self._key(ended)) for ended in report.ended]
        return report

    def plan(
        self, orgs: Sequence[str] = (), *, mapping: str | None = None, options: Options | None = None
    ) -> tuple[list[dict[str, Any]], list[ConnectorError]]:
        """The free forecast of each mapping (``engine.forecast``), and the errors of orgs that have none.

        Buys nothing, writes nothing, takes no lease.
        """
        forecasts: list[dict[str, Any]] = []
        errors: list[ConnectorError] = []
        accounts = self._accounts()
        for org, mappings in selected(self.config, orgs, mapping):
            try:
                with self._vendors(org) as (crm, lusha):
                    prices = accounts.prices(org.lusha, lusha)
                    for settings in mappings:
                        try:
                            context = self._context(org, settings, crm, lusha, prices, "", options or Options(), run=0)
                            forecasts.append(forecast(context))
                        except ConfigError as error:  # this mapping's own: the others have their forecast
                            errors.append(error)
            except ConnectorError as error:
                errors.append(error)
                if isinstance(error, Interrupted):
                    break
        return forecasts, errors

    def fill_rates(self, org: str, mapping: str) -> dict[str, float]:
        """How full each mapped field is now, 0 to 1."""
        [(settings, [chosen])] = selected(self.config, [org], mapping)
        with self._clients.crm(settings) as crm:
            return fill_rates(crm, _compiled(settings, chosen, crm))

    def status(self) -> list[dict[str, Any]]:
        """Each org: its last run, the records known, the credits spent. Asks no vendor anything."""
        return [self._status(org) for org in self.config.orgs.values()]

    def credits(self, *, days: int = 30) -> tuple[list[dict[str, Any]], list[ConnectorError]]:
        """Each Lusha key (``engine.spending``): what was spent in so many days, on what, what is left; and the errors
        of keys that Lusha refused. Asks for the accounts alone, which is free."""

        def account(org: OrgSettings) -> Account:
            with self._clients.lusha(org.lusha) as client:
                return client.generation(org.lusha.api_version).account()

        return credits(self.store, self.config.orgs.values(), account, days=days, now=self.outside.now)

    @contextmanager
    def lusha(
        self, org: str | None = None, *, confirm: Confirm = lambda credits: None, pays: bool = True
    ) -> Iterator[Inquiries]:
        """Lusha asked by hand, with the key of ``org`` or the one that all share (``engine.inquiries``).

        ``confirm`` is called with the worst cost before anything is spent, and may raise. ``pays=False``: free
        questions alone.
        """
        with inquiries(
            self.config, self.store, self._clients, self.outside, org=org, confirm=confirm, pays=pays
        ) as asked:
            yield asked

    def run_rows(self, *, org: str | None = None, limit: int = 50) -> list[RunRow]:
        """The latest runs, newest first."""
        return runs.listed(self.store, org=org, limit=limit)

    def run_detail(self, number: int) -> tuple[RunRow, list[Group], dict[str, int]]:
        """One run, its changes in groups, and its suggestions by field; ConfigError where there is no such run."""
        row = runs.found(self.store, number)
        if row is None:
            raise ConfigError(f"no run {number} in {self.store.path.name}", hint="lusha-sync runs lists them")
        return row, journal.groups_of_run(self.store, number), journal.suggested_by_run(self.store, number)

    def _status(self, org: OrgSettings) -> dict[str, Any]:
        key, now = org.lusha.api_key.fingerprint(), self.outside.now()
        last = next(iter(runs.listed(self.store, org=org.name, limit=1)), None)
        outcomes = records.counted(self.store, org=org.name)
        return {
            "org": org.name,
            "crm": org.crm,
            "last_run": last.started_at if last else None,
            "status": last.status if last else None,
            "records": sum(outcomes.values()),
            "matched": outcomes.get("matched", 0),
            "no_match": outcomes.get("no_match", 0),
            "outcomes": outcomes,
            "credits_today": ledger.booked(self.store, key=key, org=org.name, since=ledger.start_of_day(now)),
            "credits_month": ledger.booked(self.store, key=key, org=org.name, since=ledger.start_of_month(now)),
            "balance": balances.balance(self.store, key),
            "schedule": org.schedule,
        }

    def _run_org(
        self, org: OrgSettings, mappings: list[MappingSettings], invocation: str, options: Options, report: SyncReport,
        accounts: Accounts, stage: Stage,
    ) -> list[Ended]:  # fmt: skip
        ended: list[Ended] = []
        try:
            with self._vendors(org) as (crm, lusha), self._lease(org, crm):
                prices = accounts.prices(org.lusha, lusha, keep=org.lusha.budget.keep or org.budget.keep)
                for settings in companies_first(mappings):
                    ended.append(self._run_mapping(org, settings, crm, lusha, prices, invocation, options, stage))
                    if ended[-1].exit_code in (7, 8, 130):
                        break
        except ConnectorError as error:
            report.errors.append(error)
            ended += [self._unstarted(org, settings, invocation, error) for settings in mappings]
        return ended

    def _run_mapping(
        self, org: OrgSettings, settings: MappingSettings, crm: Crm, lusha: Provider, prices: PriceList,
        invocation: str, options: Options, stage: Stage,
    ) -> Ended:  # fmt: skip
        try:
            compiled = _compiled(org, settings, crm)
        except ConnectorError as error:
            return self._unstarted(org, settings, invocation, error)
        number = self._begin(org, settings, invocation)
        context = self._context(org, settings, crm, lusha, prices, invocation, options, run=number, compiled=compiled)
        return stage(context)

    def _context(
        self, org: OrgSettings, settings: MappingSettings, crm: Crm, lusha: Provider, prices: PriceList,
        invocation: str, options: Options, *, run: int, compiled: CompiledMapping | None = None,
    ) -> Context:  # fmt: skip
        outside = self.outside
        return Context(
            org=org,
            mapping=compiled or _compiled(org, settings, crm),
            crm=crm,
            lusha=lusha,
            prices=prices,
            store=self.store,
            purpose=Purpose(org.lusha.api_key.fingerprint(), invocation, run, org.name, settings.name),
            now=outside.now,
            sleep=outside.sleep,
            options=options,
            interrupted=outside.interrupted,
            progress=lambda counts: outside.progress(org.name, settings.name, counts),
        )

    def _key(self, ended: Ended) -> str:
        return self.config.orgs[ended.report["org"]].lusha.api_key.fingerprint()

    def _accounts(self) -> Accounts:
        return Accounts(self.store, self._clients, self.outside.now)

    def _begin(self, org: OrgSettings, settings: MappingSettings, invocation: str) -> int:
        now = self.outside.now()
        return runs.begin(self.store, invocation=invocation, org=org.name, mapping=settings.name, now=now)

    def _unstarted(self, org: OrgSettings, settings: MappingSettings, invocation: str, error: ConnectorError) -> Ended:
        number = self._begin(org, settings, invocation)
        return unstarted(self.store, number, org.name, settings.name, error, now=self.outside.now())

    @contextmanager
    def _vendors(self, org: OrgSettings) -> Iterator[tuple[Crm, Provider]]:
        with self._clients.lusha(org.lusha) as lusha, self._clients.crm(org) as crm:
            yield crm, lusha.generation(org.lusha.api_version)

    @contextmanager
    def _lease(self, org: OrgSettings, crm: Crm) -> Iterator[None]:
        address = _address(org)
        tenant, now = crm.tenant_id(), self.outside.now()
        with hold_lease(self.store, org=org.name, crm=org.crm, tenant=tenant, address=address, now=now):
            yield

    def _tidy(self) -> None:
        """Retention: old paid answers go, old before and after values are blanked."""
        now, state = self.outside.now(), self.config.state
        with self.store.transaction():
            people.purge_profiles(self.store, before=now - state.keep_profiles)
            answers.purge(self.store, before=now - state.keep_profiles)
            journal.blank_old_values(self.store, before=now - state.keep_changes)


def _compiled(org: OrgSettings, settings: MappingSettings, crm: Crm) -> CompiledMapping:
    consent = crm.consent
    return compile_mapping(
        settings,
        crm.schema(settings.object),
        opted_out=consent.opted_out,
        do_not_call=consent.do_not_call,
        generation=org.lusha.api_version,
    )


def _address(org: OrgSettings) -> str:
    """What stands for a tenant that does not tell its id: its own host, or the shared one and the token."""
    connection = org.connection
    if connection.get("instance_url"):
        return str(connection["instance_url"])
    return f"{connection.get('base_url')} {connection['access_token'].fingerprint()}"
