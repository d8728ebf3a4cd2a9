"""Clients for what a configuration names: a CRM for each org, Lusha for each key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, EntryPoints, PackageNotFoundError, distribution, entry_points
from pathlib import Path

from connector.config.settings import LushaSettings, OrgSettings
from connector.crm.base import Crm
from connector.errors import ConfigError
from connector.lusha.client import LushaClient
from connector.runtime.outside import Outside
from connector.store.rates import SharedTurns, rates_beside

_GROUP = "connector.crms"


class Clients:
    """Opens clients; those of one key or app share its request rates, also with other processes on the same state file.

    ``shared=False``: not with other processes, which makes no file beside the state.
    """

    def __init__(self, state: Path, outside: Outside, *, shared: bool = True) -> None:
        self._outside = outside
        self._shared = shared
        self._rates = rates_beside(state)
        self._turns: SharedTurns | None = None

    def close(self) -> None:
        """Let go of the shared rates; clients are closed by their own blocks."""
        if self._turns is not None:
            self._turns.end()

    @contextmanager
    def lusha(self, settings: LushaSettings) -> Iterator[LushaClient]:
        """A client for one key."""
        client = LushaClient(
            settings.api_key,
            base_url=settings.base_url,
            rate_limit=settings.rate_limit,
            turns=self._whose_turn(),
            sleep=self._outside.sleep,
            now=self._outside.now,
        )
        with client:
            yield client

    @contextmanager
    def crm(self, org: OrgSettings) -> Iterator[Crm]:
        """A client for one org, found through the entry point that its ``crm`` names."""
        outside = self._outside
        crm: Crm = _adapter(org.crm).load()(
            org.connection, clock=outside.clock, sleep=outside.sleep, now=outside.now, turns=self._whose_turn()
        )
        try:
            yield crm
        finally:
            crm.close()

    def _whose_turn(self) -> SharedTurns | None:
        if self._shared and self._turns is None:
            self._turns = SharedTurns(self._rates, clock=self._outside.wall)
        return self._turns


def _adapter(name: str) -> EntryPoint:
    """The entry point of a CRM: our own, or one that another package brings, for which all of them are searched."""
    try:
        own = distribution("lusha-crm-connector").entry_points.select(group=_GROUP, name=name)
    except PackageNotFoundError:  # run from a folder, not installed
        own = EntryPoints()
    for point in own:
        return point
    found = {point.name: point for point in entry_points(group=_GROUP)}
    if name not in found:
        raise ConfigError(f"no CRM '{name}'", hint=f"installed: {', '.join(sorted(found))}")
    return found[name]
