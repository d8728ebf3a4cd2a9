"""The order of the checks, and what each is given: everything opened here is closed here.

A vendor that is away fails its own checks alone. An interrupt ends the examination.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from connector.config.settings import Config, OrgSettings
from connector.doctor.files import check_files
from connector.doctor.finding import Check, Finding
from connector.doctor.keys import check_key
from connector.doctor.schedule import check_schedule
from connector.doctor.state import check_open_work, check_state
from connector.doctor.tenant import check_tenant
from connector.runtime.clients import Clients
from connector.runtime.outside import Outside
from connector.runtime.selection import org_named
from connector.store.checkup import Sight, last_run, seen


def examine(
    path: Path, env: Mapping[str, str], *, orgs: Sequence[str] = (), outside: Outside | None = None
) -> Iterator[Finding]:
    """Everything that a run of these orgs (all where none is named) needs, found out one by one, as it is known.

    Asks Lusha for the account alone, which is free, and each CRM what it would be asked before a run. Changes nothing:
    the state file is read and no lease is taken. ConfigError: the config has no such org. Interrupted: Ctrl-C.
    """
    outside = outside or Outside()
    findings, config = check_files(path, env)
    yield from findings
    if config is None:
        yield Check(None, "rest").skipped("nothing else can be asked by these files", "mend them first")
        return
    chosen = [org_named(config, name) for name in dict.fromkeys(orgs)] or list(config.orgs.values())
    with seen(config.state.path) as sight:
        yield from check_state(sight)
        clients = Clients(config.state.path, outside, shared=sight.shares_rates)
        try:
            yield from _keys(config, chosen, clients, sight, outside)
            for org in chosen:
                yield from check_tenant(org, clients, sight.store, outside)
                last = last_run(sight.store, org.name) if sight.store else None
                yield from check_schedule(org, last, outside.now())
                yield from check_open_work(sight, org.name)
        finally:
            clients.close()


def _keys(
    config: Config, chosen: Sequence[OrgSettings], clients: Clients, sight: Sight, outside: Outside
) -> Iterator[Finding]:
    """Each key that the chosen orgs use, once, with every org of the config that spends it."""
    users: dict[str, list[OrgSettings]] = {}
    for org in config.orgs.values():
        users.setdefault(org.lusha.api_key.fingerprint(), []).append(org)
    for key in dict.fromkeys(org.lusha.api_key.fingerprint() for org in chosen):
        name = "" if len(users) == 1 else f"key of {', '.join(org.name for org in users[key])}: "
        yield from check_key(users[key], name, clients, sight.store, outside)
