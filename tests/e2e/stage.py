"""A sandbox for many small tests: the servers stay, the world behind them begins anew, and time is the test's own.

Real clients over HTTP. Waiting moves the clock, the vendors' too, and takes no time; a configuration is read once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from connector.config.settings import Config
from connector.runtime import Connector, Outside, SyncReport
from connector.sandbox import Sandbox
from connector.sandbox.world import Person, World

BEGIN = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@dataclass(slots=True)
class _Happening:
    """What happens right before a request to ``path`` is served, once ``sooner`` of them have been."""

    path: str
    sooner: int
    happens: Callable[[], None]


class Stage(Sandbox):
    """Three servers that stay while ``begin`` puts another world behind them.

    ``now``: everybody's time, moved by whoever waits. ``asked``: the method and path of each request, in order.
    ``weather``: told of each request, by server (Lusha, Salesforce, HubSpot) and path, right before it is served.
    """

    def __init__(self, world: World) -> None:
        self.now = BEGIN
        self.slept: list[float] = []
        self.asked: list[tuple[str, str]] = []
        self.weather: Callable[[int, str], None] | None = None
        self._between: list[_Happening] = []
        super().__init__(limits=False, clock=lambda: self.now, world=world)

    def apps(self) -> tuple[ASGIApp, ASGIApp, ASGIApp]:
        self._behind = super().apps()
        return self._served(0), self._served(1), self._served(2)

    def begin(self, world: World) -> None:
        """Everybody's state anew: the records, what was bought, what was asked, and the time."""
        self.now, self.slept, self.asked, self._between = BEGIN, [], [], []
        fresh = Sandbox(limits=False, clock=lambda: self.now, world=world)
        self.lusha, self.salesforce, self.hubspot = fresh.lusha, fresh.salesforce, fresh.hubspot
        self._behind = fresh.apps()

    def meanwhile(self, path: str, happens: Callable[[], None], *, sooner: int = 0) -> None:
        """Once, right before a request to ``path`` (it may stand for several: ``/query/*``) is served: the next one,
        or the one after ``sooner`` of them."""
        self._between.append(_Happening(path, sooner, happens))

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)

    def connector(self, settings: Config) -> Connector:
        """The product, living in this time."""
        return Connector(
            settings,
            outside=Outside(now=lambda: self.now, clock=self._seconds, wall=self._seconds, sleep=self._sleep),
        )

    def sync(self, settings: Config, **options: Any) -> SyncReport:
        """One ``sync`` of every org of a configuration."""
        with self.connector(settings) as connector:
            return connector.sync(**options)

    def _seconds(self) -> float:
        return self.now.timestamp()

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds, microseconds=1)  # a datetime knows no less: it must not stand still

    def _served(self, place: int) -> ASGIApp:
        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self.asked.append((scope["method"], scope["path"]))
                self._happen(scope["path"])
                if self.weather is not None:
                    self.weather(place, scope["path"])
            await self._behind[place](scope, receive, send)

        return served

    def _happen(self, path: str) -> None:
        for one in [one for one in self._between if path == one.path or fnmatchcase(path, one.path)]:
            one.sooner -= 1
            if one.sooner < 0:
                self._between.remove(one)
                one.happens()


def clear_cases(world: World) -> list[Person]:
    """Those of a world of whom nothing is in doubt: found by their work e-mail, at the job where the CRM has them,
    with a mobile and a direct number that may be called."""
    return [person for person in world.people.values() if _is_clear(person)]


def _is_clear(person: Person) -> bool:
    told = person.profile
    numbers = {one["type"] for one in told["phones"] if not one["doNotCall"]}
    work = [one["email"] for one in told["emails"] if one["type"] == "work"]
    same_job = not told["previousEmployment"] and "seniority" in told["jobTitle"]
    return not person.restricted and same_job and bool(work) and numbers == {"mobile", "direct"}
