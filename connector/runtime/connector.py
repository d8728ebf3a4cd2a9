"""The public API: one configuration and its state file, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from connector.config.settings import Config, OrgSettings
from connector.engine.asking import Confirm
from connector.engine.fill import fill_rates
from connector.engine.forecast import forecast
from connector.engine.forget import Forgotten
from connector.engine.inquiries import Inquiries
from connector.engine.review import accept_matches, reject
from connector.engine.run import run, run_accepted, run_plan, run_quote, run_saved, run_undo
from connector.engine.spending import credits
from connector.engine.work import Options
from connector.errors import ConfigError, ConnectorError, Interrupted
from connector.models import Account
from connector.runtime.accounts import Accounts
from connector.runtime.clients import Clients
from connector.runtime.converted import options_for
from connector.runtime.forgetting import Named, forget_named
from connector.runtime.inquiries import inquiries
from connector.runtime.lookups import Lookups
from connector.runtime.naming import full_id
from connector.runtime.outside import Outside
from connector.runtime.reports import SyncReport
from connector.runtime.runner import Runner, compiled
from connector.runtime.selection import selected
from connector.store import journal, retention, tallies
from connector.store.runs import RunRow
from connector.store.suggestions import Listed


class Connector(Lookups):
    """The public API: one configuration and its state file.

    >>> with Connector(load_config(Path("config.yaml"), env=os.environ)) as connector:  # doctest: +SKIP
    ...     report = connector.sync(["acme"], options=Options(limit=50))
    """

    def __init__(self, config: Config, *, outside: Outside | None = None) -> None:
        super().__init__(config, outside=outside)
        self._clients = Clients(config.state.path, self.outside)
        self._runner = Runner(self.store, self._clients, self.outside)

    def __exit__(self, *_: object) -> None:
        self._clients.close()
        super().__exit__()

    def sync(
        self, orgs: Sequence[str] = (), *, mapping: str | None = None, options: Options | None = None
    ) -> SyncReport:
        """Plan, buy and write, org by org. Errors of one org are reported and do not stop the others.

        Raises ConfigError when an org or mapping is not in the config.
        """
        options = options or Options()
        chosen = selected(self.config, orgs, mapping, options.records)
        self._tidy()
        return self._runner.invoke(chosen, options, run, "sync")

    def plan_and_buy(
        self, orgs: Sequence[str] = (), *, mapping: str | None = None, options: Options | None = None
    ) -> SyncReport:
        """Buy what is due, within budget, and save the exact changes; ``apply`` writes them.

        Raises ConfigError when an org or mapping is not in the config.
        """
        options = options or Options()
        chosen = selected(self.config, orgs, mapping, options.records)
        self._tidy()
        return self._runner.invoke(chosen, options, run_plan, "plan")

    def apply(self, plans: Sequence[int], *, options: Options | None = None) -> SyncReport:
        """Write what these runs saved and nobody wrote yet, a run for each; buys nothing.

        ConfigError: there is no such run, its org or mapping left the config, or nothing of it is left to write.
        """
        self._tidy()
        report = SyncReport()
        for job in [self._application(plan, options) for plan in dict.fromkeys(plans)]:  # all checked before the first
            report.add(job())
            if report.exit_code == 130:
                break
        return report

    def _application(self, plan: int, options: Options | None) -> Callable[[], SyncReport]:
        row = self._run(plan)
        org, object = self._place(row, "apply")
        if not tallies.open_records(self.store, plan):
            raise ConfigError(f"run {plan} has no changes that wait to be written", hint=self._why_none(row))
        if not any(settings.name == row.mapping for settings in org.mappings):
            raise ConfigError(f"the mapping {row.mapping} of plan {plan} is not in the config any more",
                              hint="put it back, or plan anew")  # fmt: skip
        job = partial(run_saved, row=row)
        return partial(self._runner.write, org, object, row.mapping, job, kind="apply", about=plan, options=options)

    def _why_none(self, row: RunRow) -> str:
        if (later := journal.overtaken_by(self.store, row.id)) is not None:
            if tallies.open_records(self.store, later):
                return f"planned anew by run {later}, from what was already paid for: lusha-sync apply {later}"
            return f"planned anew by run {later}: lusha-sync show {later} says what became of it"
        if row.kind == "plan":
            return (
                f"lusha-sync show {row.id} says what became of them; lusha-sync plan --buy plans anew, from answers"
                " already paid for"
            )
        return "apply takes the number that plan --buy printed, or that of a run which a guard refused"

    def undo(self, run: int, *, records: Sequence[str] = (), fields: Sequence[str] = ()) -> SyncReport:
        """Take back what a run wrote, narrowed to records and fields: the fields that still hold our value.

        ConfigError: there is no such run, it wrote nothing, or its org left the config.
        """
        row = self._run(run)
        org, object = self._place(row, "undo")
        ids = [full_id(org, id) for id in records]
        strangers = [f"record '{id}'" for id in ids if not journal.touched(self.store, run, "record", id)]
        strangers += [f"field '{name}'" for name in fields if not journal.touched(self.store, run, "field", name)]
        if strangers:
            raise ConfigError(f"run {run} changed no {', no '.join(strangers)}", hint=f"show {run} --csv lists them")
        self._tidy()
        return self._runner.write(
            org, object, row.mapping, lambda work: run_undo(work, row, ids, fields), kind="undo", about=run
        )

    def accept(self, chosen: Sequence[Listed]) -> SyncReport:
        """Write these values of the review list; use these matches from now on.

        ConfigError: an org of theirs left the config; nothing was done.
        """
        self._tidy()
        report = SyncReport()
        groups: dict[tuple[int, str], list[Listed]] = {}
        for one in chosen:
            if one.kind == "value":
                groups.setdefault((one.run, one.object), []).append(one)
        jobs = [self._acceptance(number, object, values) for (number, object), values in groups.items()]
        accept_matches(self.store, [one for one in chosen if one.kind == "match"])
        for job in jobs:
            report.add(job())
            if report.exit_code == 130:
                break
        return report

    def _acceptance(self, run: int, object: str, values: Sequence[Listed]) -> Callable[[], SyncReport]:
        row = self._run(run)
        job = partial(run_accepted, mapping=row.mapping, accepted=values)
        return partial(self._runner.write, self._org(row), object, row.mapping, job, kind="review", about=run)

    def reject(self, chosen: Sequence[Listed]) -> None:
        """Never propose these again."""
        reject(self.store, chosen)

    def forget(self, named: Named, *, confirm: Callable[[Forgotten], None] = lambda would: None) -> Forgotten:
        """Erase people from the state file and never ask Lusha for them again (``engine.forget``). Asks no vendor
        anything, and touches neither the CRM nor what Lusha holds.

        ``confirm`` is called with what would be erased, and may raise. ConfigError: nobody is named, or nobody can be
        meant. OrgHeld: a run or a question by hand goes on. Stopped: all is erased, but another process keeps old
        pages of the file alive; the same again removes them.
        """
        self._tidy()
        return forget_named(self.config, self.store, named, confirm=confirm, now=self.outside.now)

    def quote(
        self, orgs: Sequence[str] = (), *, mapping: str | None = None, options: Options | None = None
    ) -> SyncReport:
        """Exact prices (``engine.quote``): every due record is searched for, within budget, and nothing is bought.

        An org that uses API V2, which has no search, is an error of its own. Raises ConfigError when an org or
        mapping is not in the config.
        """
        options = options or Options()
        chosen = selected(self.config, orgs, mapping, options.records)
        old = [org.name for org, _ in chosen if org.lusha.api_version == "v2"]
        known = [pair for pair in chosen if pair[0].name not in old]
        self._tidy()
        report = self._runner.invoke(known, options, run_quote, "quote")
        report.errors += [
            ConfigError(
                f"{name}: plan --quote searches before it buys, which Lusha's API V2 cannot",
                hint="plan alone forecasts the worst cost, or set api_version: v3",
            )
            for name in old
        ]
        return report

    def plan(
        self, orgs: Sequence[str] = (), *, mapping: str | None = None, options: Options | None = None
    ) -> tuple[list[dict[str, Any]], list[ConnectorError]]:
        """The free forecast of each mapping (``engine.forecast``), and the errors of orgs that have none.

        Buys nothing, writes nothing, takes no lease.
        """
        forecasts: list[dict[str, Any]] = []
        errors: list[ConnectorError] = []
        accounts = Accounts(self.store, self._clients, self.outside.now)
        options = options or Options()
        for org, mappings in selected(self.config, orgs, mapping, options.records):
            try:
                with self._runner.vendors(org) as (crm, lusha):
                    prices = accounts.prices(org.lusha, lusha)
                    chosen = options_for(mappings, crm, options)
                    for settings in mappings:
                        try:
                            own = chosen(settings)
                            context = self._runner.context(org, settings, crm, lusha, prices, "", own, run=0)
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
            return fill_rates(crm, compiled(settings, chosen, crm))

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
        self._tidy()
        with inquiries(
            self.config, self.store, self._clients, self.outside, org=org, confirm=confirm, pays=pays
        ) as asked:
            yield asked

    def _org(self, row: RunRow) -> OrgSettings:
        if row.org not in self.config.orgs:
            raise ConfigError(f"org {row.org} of run {row.id} is not in the config any more", hint="put it back")
        return self.config.orgs[row.org]

    def _place(self, row: RunRow, verb: str) -> tuple[OrgSettings, str]:
        """The org of a run, and the object that it was about."""
        org = self._org(row)
        if (object := journal.object_of(self.store, row.id)) is None:
            raise ConfigError(f"run {row.id} changed nothing, so there is nothing to {verb}",
                              hint="lusha-sync runs lists what each run wrote")  # fmt: skip
        return org, object

    def _tidy(self) -> None:
        """Retention (``store.retention``), before whatever buys, writes or asks by hand; who only looks changes nothing
        and waits for nothing."""
        now, state = self.outside.now(), self.config.state
        rests = [mapping.select.retry_after for org in self.config.orgs.values() for mapping in org.mappings]
        retention.carry_out(
            self.store,
            now=now,
            bought=now - state.keep_profiles,
            misses=now - max(rests, default=state.keep_profiles),
            changed=now - state.keep_changes,
        )
