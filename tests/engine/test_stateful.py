"""Promises 1 to 6 after every step of a random life: runs, plans, edits, clears, deletes, merges, undos and crashes."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from connector.config.settings import Policy
from connector.engine.run import Ended
from connector.store import ledger
from tests.engine.house import person
from tests.engine.world import MAPPED, RECORDS, SHARES, STAMPED, TITLES, World, journalled

POLICIES: st.SearchStrategy[Policy] = st.sampled_from(("fill", "refresh"))
CRASHES = st.tuples(st.integers(1, 40), st.booleans())
FINE = (0, 3, 4)


class Life(RuleBasedStateMachine):
    """One org through its days. The world's own book of what people did judges every single write as it happens."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.doomed = False

    @initialize(policies=st.fixed_dictionaries(dict.fromkeys(MAPPED, POLICIES)))
    def opens(self, policies: dict[str, Policy]) -> None:
        self.world = World(Path(self._folder.name), policies)
        self.house = self.world.house

    @rule()
    def syncs(self) -> None:
        self._ended(self.world.run(self.house.sync))

    @rule(crash=CRASHES)
    def syncs_and_dies(self, crash: tuple[int, bool]) -> None:
        self.doomed |= self.world.run(self.house.sync, dies_at=crash[0], after=crash[1]) is None

    @rule()
    def plans_and_buys(self) -> None:
        sent = len(self.world.written)
        self._ended(self.world.run(self.house.plan_and_buy))
        assert len(self.world.written) == sent

    @precondition(lambda self: self._runs("kind = 'plan'"))
    @rule(data=st.data(), crash=st.none() | CRASHES)
    def applies(self, data: st.DataObject, crash: tuple[int, bool] | None) -> None:
        plan, spent = data.draw(st.sampled_from(self._runs("kind = 'plan'"))), self.house.lusha.charged_total
        self.world.turn_to(self.house.store.rows("SELECT mapping FROM runs WHERE id = ?", plan)[0][0])
        self._may_die(lambda: self.house.apply(plan), crash)
        assert self.house.lusha.charged_total == spent

    @precondition(lambda self: self._runs("kind <> 'plan'"))
    @rule(data=st.data(), crash=st.none() | CRASHES)
    def undoes(self, data: st.DataObject, crash: tuple[int, bool] | None) -> None:
        run = data.draw(st.sampled_from(self._runs("status <> 'running'") or self._runs("kind <> 'plan'")))
        if self.house.store.rows("SELECT 1 FROM runs WHERE id = ? AND kind = 'undo'", run):
            return  # lifting tombstones has tests of its own; the book here knows none
        self._may_die(lambda: self.world.undo(run), crash)

    @rule(place=st.integers(1, RECORDS), field=st.sampled_from(MAPPED), number=st.integers(0, 99))
    def somebody_types(self, place: int, field: str, number: int) -> None:
        id = f"c{place:05}"
        if id in self.world.ids:
            text = f"typed{number}@acme.example" if field == "Email" else f"+1555019{number:04}"
            self.world.person_edits(id, field, f"Typed {number}" if field == "Title" else text)

    @rule(place=st.integers(1, RECORDS), field=st.sampled_from(MAPPED))
    def somebody_clears(self, place: int, field: str) -> None:
        if (id := f"c{place:05}") in self.world.ids:
            self.world.person_edits(id, field, None)

    @rule(place=st.integers(1, RECORDS), into=st.integers(1, RECORDS))
    def somebody_deletes_or_merges(self, place: int, into: int) -> None:
        id, other = f"c{place:05}", f"c{into:05}"
        if id in self.world.ids and len(self.world.ids) > 2:
            merged = other if other != id and other in self.world.ids else None
            self.world.person_deletes(id, merged_into=merged)

    @rule(number=st.integers(1, RECORDS), title=st.sampled_from(TITLES))
    def lusha_learns(self, number: int, title: str) -> None:
        self.house.lusha.known["person"][str(1000 + number)] = person(number, job_title={"title": title})

    @rule(days=st.sampled_from((1, 31, 91)))
    def time_passes(self, days: int) -> None:
        self.house.later(days=days)
        self.world.days += days

    @rule()
    def a_second_run_right_after_does_nothing(self) -> None:
        for _ in range(6):
            first = self.world.run(self.house.sync)
            self._ended(first)
            if first is not None and first.report["left"] == 0 and first.exit_code != 4:
                break
        sent, spent = len(self.world.written), self.house.lusha.charged_total
        again = self.world.run(self.house.sync)
        assert again is not None
        assert again.report["written"] == 0
        assert (len(self.world.written), self.house.lusha.charged_total) == (sent, spent)

    @invariant()
    def nothing_is_bought_twice(self) -> None:
        if hasattr(self, "world"):
            most = 1 + self.world.days // 90
            assert all(times <= most for times in self.house.lusha.purchases.values())

    @invariant()
    def what_people_did_stands(self) -> None:
        if hasattr(self, "world"):
            for (id, field), value in self.world.typed.items():
                if value is not None:
                    assert self.world.value(id, field) == value
            for (id, field), value in self.world.taken_back.items():
                if id in self.world.ids:
                    assert self.world.value(id, field) == value

    @invariant()
    def every_write_is_in_the_journal(self) -> None:
        if not hasattr(self, "world"):
            return
        if self._open():
            return  # in doubt until the next run
        told = journalled(self.house)
        written = Counter((id, field, json.dumps(value)) for id, field, value in self.world.written)
        missing = written - told
        assert all(id not in self.world.ids for id, _, _ in missing), missing

    def teardown(self) -> None:
        if hasattr(self, "world"):
            for _ in range(12):
                ended = self.world.run(self.house.sync)
                assert ended is not None
                if ended.exit_code in (0, 3):
                    break
            assert self._open() == 0
            assert self.house.store.rows("SELECT 1 FROM ledger WHERE state <> 'settled'") == []
            booked = ledger.booked(self.house.store, key=self.house.lusha_settings.api_key.fingerprint())
            assert booked >= self.house.lusha.charged_total
            assert self.doomed or booked == self.house.lusha.charged_total
            self.house.store.close()
        self._folder.cleanup()

    def _may_die(self, job: Any, crash: tuple[int, bool] | None) -> None:
        ended = self.world.run(job, dies_at=crash and crash[0], after=bool(crash and crash[1]))
        if crash is None:
            self._ended(ended)

    def _ended(self, ended: Ended | None) -> None:
        assert ended is not None
        assert ended.exit_code in FINE, ended.error

    def _runs(self, where: str) -> list[int]:
        if not hasattr(self, "world"):
            return []
        return [row["id"] for row in self.house.store.rows(f"SELECT id FROM runs WHERE {where} ORDER BY id")]

    def _open(self) -> int:
        return int(self.house.store.rows("SELECT count(*) FROM journal WHERE state = 'intended'")[0][0])


class LifeOfTwo(Life):
    """The same life with two mappings of the object, of which now one runs, now the other."""

    @initialize(
        policies=st.fixed_dictionaries(dict.fromkeys(MAPPED, POLICIES)), mapping=st.sampled_from(sorted(SHARES))
    )
    def opens(self, policies: dict[str, Policy], mapping: str = "") -> None:
        self.world = World(Path(self._folder.name), policies)
        self.house = self.world.house
        self.world.turn_to(mapping)

    @rule(mapping=st.sampled_from(sorted(SHARES)))
    def has_its_turn(self, mapping: str) -> None:
        self.world.turn_to(mapping)
        self._ended(self.world.run(self.house.sync))


LIVES = settings(max_examples=40, stateful_step_count=14, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TestLife, TestLifeOfTwo = Life.TestCase, LifeOfTwo.TestCase
TestLife.settings = TestLifeOfTwo.settings = LIVES

assert set(STAMPED).isdisjoint(MAPPED)
