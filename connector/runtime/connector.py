"""Composition root: a configuration becomes clients, a state file and runs. The one place that knows every room."""

from __future__ import annotations

import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Any

from connector.config.settings import Config, MappingSettings, OrgSettings
from connector.crm.base import Crm
from connector.engine.context import Context, Counts, Now, Options
from connector.engine.fill import fill_rates
from connector.engine.forecast import forecast
from connector.engine.run import Ended, run, unstarted
from connector.errors import ConfigError, ConnectorError, Interrupted, QuotaExhausted, VendorUnreachable
from connector.lusha.client import LushaClient
from connector.lusha.prices import PriceList
from connector.mapping.compile import CompiledMapping, compile_mapping, offline_problems
from connector.models import Account
from connector.pacing import Clock, Sleep
from connector.store import journal, ledger, people, records, runs
from connector.store.db import Store, open_store
from connector.store.journal import Group
from connector.store.lease import hold_lease
from connector.store.ledger import Purpose
from connector.store.runs import RunRow

EXIT_ORDER = (130, 1, 2, 7, 8, 6, 5, 4, 3, 0)
"""Of several exit codes, the first of these that occurred is the one to leave with."""

_log = logging.getLogger(__name__)

Progress = Callable[[str, str, Counts], None]
"""Called with (org, mapping, counts) as records pass."""


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything a run takes from the world beside the vendors: time, waiting, a person's Ctrl-C, an audience."""

    now: Now = utc_now
    clock: Clock = time.monotonic
    sleep: Sleep = time.sleep
    interrupted: Callable[[], bool] = lambda: False
    progress: Progress = lambda org, mapping, counts: None


@dataclass(slots=True)
class SyncReport:
    """What ``sync`` did: a report for each run in the config's order, and the errors that ended any early."""

    ended: list[Ended] = field(default_factory=list)
    errors: list[ConnectorError] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The first of EXIT_ORDER that occurred."""
        codes = {item.exit_code for item in self.ended} | {error.exit_code for error in self.errors} | {0}
        return next(code for code in EXIT_ORDER if code in codes)

    @property
    def notes(self) -> dict[str, int]:
        """What the runs found worth telling, added up."""
        total = Counter[str]()
        for item in self.ended:
            total.update(item.notes)
        return dict(total)

    @property
    def every_error(self) -> list[ConnectorError]:
        """Everything that ended an org or a run early."""
        return [*self.errors, *(item.error for item in self.ended if item.error)]

    @property
    def error(self) -> ConnectorError | None:
        """The error that the exit code tells of, if it tells of one."""
        worst = worst_of(self.every_error)
        return worst if worst and worst.exit_code == self.exit_code else None


def worst_of(errors: Sequence[ConnectorError]) -> ConnectorError | None:
    """The error whose exit code comes first in EXIT_ORDER; None of none."""
    return min(errors, key=lambda error: EXIT_ORDER.index(error.exit_code), default=None)


class Connector:
    """The public API: one configuration and its state file.

    >>> with Connector(load_config(Path("config.yaml"), env=os.environ)) as connector:  # doctest: +SKIP
    ...     report = connector.sync(["acme"], options=Options(limit=50))
    """

    def __init__(self, config: Config, *, outside: Outside | None = None) -> None:
        self.config = config
        self.outside = outside or Outside()
        self.store: Store = open_store(config.state.path)
        self._prices: dict[str, PriceList] = {}
        self._tidy()

    def __enter__(self) -> Connector:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def sync(
        self, orgs: Sequence[str] = (), *, mapping: str | None = None, options: Options | None = None
    ) -> SyncReport:
        """Plan, buy and write, org by org. Errors of one org are reported and do not stop the others.

        Raises ConfigError when an org or mapping is not in the config.
        """
        report, invocation = SyncReport(), uuid.uuid4().hex
        self._prices.clear()
        for org, mappings in self._selected(orgs, mapping):
            ended = self._sync_org(org, mappings, invocation, options or Options(), report)
            report.ended += sorted(ended, key=lambda item: _place(org, item.report["mapping"]))
            if report.exit_code == 130:
                break
        return report

    def plan(
        self, orgs: Sequence[str] = (), *, mapping: str | None = None, options: Options | None = None
    ) -> tuple[list[dict[str, Any]], list[ConnectorError]]:
        """The free forecast of each mapping (``engine.forecast``), and the errors of orgs that have none.

        Buys nothing, writes nothing, takes no lease.
        """
        forecasts: list[dict[str, Any]] = []
        errors: list[ConnectorError] = []
        self._prices.clear()
        for org, mappings in self._selected(orgs, mapping):
            try:
                with self._clients(org) as (crm, lusha):
                    prices = self._account(org, lusha, spends=False)
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
        [(settings, [chosen])] = self._selected([org], mapping)
        with self._crm(settings) as crm:
            return fill_rates(crm, _compiled(chosen, crm))

    def status(self) -> list[dict[str, Any]]:
        """Each org: its last run, the records known, the credits spent. Asks no vendor anything."""
        return [self._status(org) for org in self.config.orgs.values()]

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
            "balance": ledger.balance(self.store, key),
            "schedule": org.schedule,
        }

    def _sync_org(
        self, org: OrgSettings, mappings: list[MappingSettings], invocation: str, options: Options, report: SyncReport
    ) -> list[Ended]:
        ended: list[Ended] = []
        try:
            with self._clients(org) as (crm, lusha), self._lease(org, crm):
                prices = self._account(org, lusha, spends=True)
                for settings in _companies_first(mappings):
                    ended.append(self._sync_mapping(org, settings, crm, lusha, prices, invocation, options))
                    if ended[-1].exit_code in (7, 8, 130):
                        break
        except ConnectorError as error:
            report.errors.append(error)
            ended += [self._unstarted(org, settings, invocation, error) for settings in mappings]
        return ended

    def _sync_mapping(
        self, org: OrgSettings, settings: MappingSettings, crm: Crm, lusha: LushaClient, prices: PriceList,
        invocation: str, options: Options,
    ) -> Ended:  # fmt: skip
        try:
            compiled = _compiled(settings, crm)
        except ConnectorError as error:
            return self._unstarted(org, settings, invocation, error)
        number = self._begin(org, settings, invocation)
        context = self._context(org, settings, crm, lusha, prices, invocation, options, run=number, compiled=compiled)
        return run(context)

    def _context(
        self, org: OrgSettings, settings: MappingSettings, crm: Crm, lusha: LushaClient, prices: PriceList,
        invocation: str, options: Options, *, run: int, compiled: CompiledMapping | None = None,
    ) -> Context:  # fmt: skip
        outside = self.outside
        return Context(
            org=org,
            mapping=compiled or _compiled(settings, crm),
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

    def _begin(self, org: OrgSettings, settings: MappingSettings, invocation: str) -> int:
        now = self.outside.now()
        return runs.begin(self.store, invocation=invocation, org=org.name, mapping=settings.name, now=now)

    def _unstarted(self, org: OrgSettings, settings: MappingSettings, invocation: str, error: ConnectorError) -> Ended:
        number = self._begin(org, settings, invocation)
        return unstarted(self.store, number, org.name, settings.name, error, now=self.outside.now())

    def _selected(self, names: Sequence[str], mapping: str | None) -> list[tuple[OrgSettings, list[MappingSettings]]]:
        for name in names:
            if name not in self.config.orgs:
                close = get_close_matches(name, self.config.orgs, n=1)
                hint = f"did you mean '{close[0]}'?" if close else f"orgs: {', '.join(self.config.orgs)}"
                raise ConfigError(f"no org '{name}' in {self.config.file.name}", hint=hint)
        chosen = [self.config.orgs[name] for name in dict.fromkeys(names)] or list(self.config.orgs.values())
        pairs = [(org, [m for m in org.mappings if mapping is None or m.answers_to(mapping)]) for org in chosen]
        pairs = [(org, mappings) for org, mappings in pairs if mappings]
        if mapping is not None and not pairs:
            known = ", ".join(dict.fromkeys(m.name for org in chosen for m in org.mappings))
            raise ConfigError(
                f"no mapping '{mapping}' in {', '.join(org.name for org in chosen)}", hint=f"mappings: {known}"
            )
        problems = [problem for _, mappings in pairs for settings in mappings for problem in offline_problems(settings)]
        if problems:
            raise ConfigError("mappings that no org could run", problems=list(dict.fromkeys(problems)))
        return pairs

    @contextmanager
    def _clients(self, org: OrgSettings) -> Iterator[tuple[Crm, LushaClient]]:
        with ExitStack() as stack:
            settings = org.lusha
            lusha = LushaClient(
                settings.api_key,
                base_url=settings.base_url,
                rate_limit=settings.rate_limit,
                clock=self.outside.clock,
                sleep=self.outside.sleep,
            )
            stack.callback(lusha.close)
            yield stack.enter_context(self._crm(org)), lusha

    @contextmanager
    def _crm(self, org: OrgSettings) -> Iterator[Crm]:
        crm = _connect(org, self.outside)
        try:
            yield crm
        finally:
            crm.close()

    @contextmanager
    def _lease(self, org: OrgSettings, crm: Crm) -> Iterator[None]:
        address = _address(org)
        tenant, now = crm.tenant_id(), self.outside.now()
        with hold_lease(self.store, org=org.name, crm=org.crm, tenant=tenant, address=address, now=now):
            yield

    def _account(self, org: OrgSettings, lusha: LushaClient, *, spends: bool) -> PriceList:
        """Lusha's word on balance and prices, asked once for each key.

        Where it does not answer (it may be asked five times a minute), its last word counts, and the balance less
        what was booked since; without one the list prices, unless a ``keep`` is to be kept of a balance not known.
        """
        key, keeps = org.lusha.api_key.fingerprint(), org.lusha.budget.keep or org.budget.keep
        if key not in self._prices:
            asked = ledger.mark(self.store, key)
            try:
                account = lusha.account()
            except (QuotaExhausted, VendorUnreachable) as silence:
                saved = ledger.saved_account(self.store, key)
                if saved is None and keeps and spends:
                    raise
                _log.info("%s; going on with what is known of the account", silence.message)
                account = saved[0] if saved else Account(None)
            else:
                with self.store.transaction():
                    ledger.save_account(self.store, key, account, asked=asked, now=self.outside.now())
            self._prices[key] = PriceList(account.prices)
        return self._prices[key]

    def _tidy(self) -> None:
        """Retention: old paid answers go, old before and after values are blanked."""
        now, state = self.outside.now(), self.config.state
        with self.store.transaction():
            people.purge_profiles(self.store, before=now - state.keep_profiles)
            journal.blank_old_values(self.store, before=now - state.keep_changes)


def _connect(org: OrgSettings, outside: Outside) -> Crm:
    found = {point.name: point for point in entry_points(group="connector.crms")}
    if org.crm not in found:
        raise ConfigError(f"no CRM '{org.crm}'", hint=f"installed: {', '.join(sorted(found))}")
    crm: Crm = found[org.crm].load()(org.connection, clock=outside.clock, sleep=outside.sleep)
    return crm


def _compiled(settings: MappingSettings, crm: Crm) -> CompiledMapping:
    consent = crm.consent
    return compile_mapping(
        settings, crm.schema(settings.object), opted_out=consent.opted_out, do_not_call=consent.do_not_call
    )


def _address(org: OrgSettings) -> str:
    """What stands for a tenant that does not tell its id: its own host, or the shared one and the token."""
    connection = org.connection
    if connection.get("instance_url"):
        return str(connection["instance_url"])
    return f"{connection.get('base_url')} {connection['access_token'].fingerprint()}"


def _companies_first(mappings: Sequence[MappingSettings]) -> list[MappingSettings]:
    """Companies before people: a website found today identifies the people who work there in the same run."""
    return sorted(mappings, key=lambda settings: settings.entity != "company")


def _place(org: OrgSettings, mapping: str) -> int:
    return [settings.name for settings in org.mappings].index(mapping)
