"""Somebody who asks a Lusha in memory by hand, with a real state file and a clock that tests move."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from connector.config.settings import Budget
from connector.engine.finding import Finding, find
from connector.engine.payer import Limits, Till
from connector.lusha.prices import PriceList
from connector.models import Account, Identity
from connector.store import balances, ledger
from connector.store.db import open_store
from connector.store.ledger import Purpose
from tests.engine.house import START, person
from tests.lusha.fakes import FakeLusha, FakeLushaV2

ADA = Identity("person", email="ada1@acme.example")


class Hand:
    """Somebody who asks, and agrees to every cost."""

    def __init__(self, folder: Path, generation: str = "v3", *, budget: Budget | None = None, **more: Any) -> None:
        people = more.pop("people", [person(1), person(2)])
        self.lusha = (FakeLushaV2 if generation == "v2" else FakeLusha)(people, **more)
        self.store = open_store(folder / "state.db")
        self.agreed: list[int] = []
        self.now = START
        self.till = Till(
            self.store,
            Purpose("k", "by hand", 0, "", "lusha"),
            lambda: self.now,
            lambda seconds: None,
            self.lusha,
            (Limits("lusha.budget", budget or Budget()),),
        )
        asked = balances.mark(self.store, "k")
        balances.save_account(self.store, "k", Account(self.lusha.remaining), asked=asked, now=START)

    def find(self, identity: Identity = ADA, *reveal: str, anew: bool = False) -> Finding:
        since = self.now.replace(microsecond=0) - (timedelta(0) if anew else timedelta(days=90))
        return find(self.till, PriceList(), identity, reveal, since=since, confirm=self.agreed.append)

    def booked(self) -> int:
        return ledger.booked(self.store, key="k")

    def bookings(self) -> list[tuple[str, int, int | None]]:
        """(action, worst, charged) of each."""
        rows = self.store.rows("SELECT action, worst, charged FROM ledger ORDER BY id")
        return [(row["action"], row["worst"], row["charged"]) for row in rows]
