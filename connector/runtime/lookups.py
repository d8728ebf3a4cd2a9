"""What the state file tells, for whoever only looks: it asks no vendor and changes nothing.

Apart from ``connector``, because a command that looks should not wait for the engine and the clients to be imported;
for the same reason each look imports what it alone reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

from connector.config.settings import Config, OrgSettings
from connector.errors import ConfigError
from connector.runtime.naming import every_spelling, full_id
from connector.runtime.outside import Outside
from connector.runtime.selection import object_named, org_named
from connector.store import runs
from connector.store.db import Store, open_store
from connector.store.runs import RunRow

if TYPE_CHECKING:
    from connector.store.explain import History, Told
    from connector.store.journal import Group
    from connector.store.suggestions import Listed


class Lookups:
    """One configuration and its state file, to look things up."""

    def __init__(self, config: Config, *, outside: Outside | None = None) -> None:
        self.config = config
        self.outside = outside or Outside()
        self.store: Store = open_store(config.state.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()

    def status(self) -> list[dict[str, Any]]:
        """Each org: its last run, the records known, the credits spent. Asks no vendor anything."""
        return [self._status(org) for org in self.config.orgs.values()]

    def _status(self, org: OrgSettings) -> dict[str, Any]:
        from connector.store import balances, ledger, records

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

    def run_rows(self, *, org: str | None = None, limit: int = 50) -> list[RunRow]:
        """The latest runs, newest first."""
        return runs.listed(self.store, org=org, limit=limit)

    def run_detail(self, number: int) -> tuple[RunRow, list[Group], dict[str, int]]:
        """One run, its changes in groups, and its suggestions by field; ConfigError where there is no such run."""
        from connector.store import journal, suggestions

        row = self._run(number)
        return row, journal.groups_of_run(self.store, number), suggestions.counted_by_run(self.store, number)

    def record_ids(self, number: int, typed: Sequence[str]) -> list[str]:
        """Ids of records as the changes of a run have them, each once, however they were typed.

        ConfigError where there is no such run.
        """
        org = self.config.orgs.get(self._run(number).org)
        return list(dict.fromkeys(full_id(org, id) if org else id for id in typed))

    def changes_of_run(self, number: int, *, records: Sequence[str] = ()) -> Iterator[Told]:
        """Every change that a run planned or wrote, or those of these records, with its values, why, and its cost.

        ConfigError where there is no such run.
        """
        from connector.store import explain, journal

        row = self._run(number)
        if not records:
            return explain.of_run(self.store, number)
        object = journal.object_of(self.store, number) or ""
        return (
            told
            for record in self.record_ids(number, records)
            for told in explain.of_record(self.store, org=row.org, object=object, record=record)
            if number in (told.run, told.writer)
        )

    def history(self, org: str, object: str, record: str) -> History:
        """Everything that is known of one record: who wrote what, when, why, from which answer and at what cost.

        ``object`` in whatever case. ConfigError where the config has no such org, or no mapping of such an object.
        """
        from connector.store import explain

        settings = org_named(self.config, org)
        return explain.history(
            self.store, org=org, object=object_named(settings, object), record=full_id(settings, record)
        )

    def review(self, **narrowed: Any) -> list[Listed]:
        """The review list, narrowed by ``ids``, ``orgs``, ``fields``, ``records``; at most ``limit`` entries."""
        from connector.store import suggestions

        return suggestions.listed(self.store, **self._spelled(narrowed))

    def review_size(self, **narrowed: Any) -> int:
        """How many entries ``review`` has, without a limit."""
        from connector.store import suggestions

        return suggestions.count(self.store, **self._spelled(narrowed))

    def _spelled(self, narrowed: dict[str, Any]) -> dict[str, Any]:
        return {**narrowed, "records": every_spelling(self.config.orgs.values(), narrowed.get("records", ()))}

    def _run(self, number: int) -> RunRow:
        row = runs.found(self.store, number)
        if row is None:
            raise ConfigError(f"no run {number} in {self.store.path.name}", hint="lusha-sync runs lists them")
        return row
