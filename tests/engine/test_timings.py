"""Where the time went: every moment on one account, and the bottleneck in words."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator

import pytest

from connector.engine.timings import Timings


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = self.cpu = 0.0

    def timings(self) -> Timings:
        return Timings(clock=lambda: self.now, cpu=lambda: self.cpu)

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def hands() -> Hands:
    return Hands()


def test_a_stage_within_a_stage_and_a_wait_are_on_their_own_accounts(hands: Hands) -> None:
    timings = hands.timings()
    with timings.stage("plan"):
        hands.pass_(1)
        with timings.stage("buy"):
            hands.pass_(2)
            with timings.waiting("buy"):
                hands.pass_(4)
        hands.pass_(8)
    hands.pass_(16)
    assert (timings.busy, timings.waited) == ({"plan": 9, "buy": 2}, {"buy": 4})
    assert timings.told()["seconds"] == 31


def test_batches_are_made_on_their_stages_account(hands: Hands) -> None:
    timings = hands.timings()

    def batches() -> Iterator[int]:
        for number in range(3):
            hands.pass_(1)
            yield number

    for _ in timings.of("select", batches()):
        hands.pass_(10)
    assert timings.busy == {"select": 3}


def busy(timings: Timings, hands: Hands) -> None:
    with timings.stage("plan"):
        hands.pass_(90)
    with timings.waiting("write"):
        hands.pass_(10)


def held(timings: Timings, hands: Hands) -> None:
    with timings.waiting("read"):
        hands.pass_(90)
    timings.call("read", 90.0, {"HubSpot's search, 4 requests a second": 30.0})


def answered(timings: Timings, hands: Hands) -> None:
    with timings.waiting("write"):
        hands.pass_(60)
    with timings.waiting("read"):
        hands.pass_(40)
    timings.call("write", 60.0, {"a rate": 5.0})
    timings.call("read", 40.0, {"a rate": 39.0})


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (busy, "this machine: its own work"),
        (held, "HubSpot's search, 4 requests a second"),
        (answered, "the time that answers take: 1 calls to write, 55.00 s each"),
    ],
)
def test_what_a_run_is_bound_by(hands: Hands, passed: Callable[[Timings, Hands], None], words: str) -> None:
    timings = hands.timings()
    passed(timings, hands)
    assert timings.told()["bound_by"] == words


def test_a_stage_tells_its_calls(hands: Hands) -> None:
    timings = hands.timings()
    timings.call("buy", 3.0, {"a rate": 1.0})
    timings.call("buy", 2.0, {})
    assert timings.told()["stages"]["buy"] == {
        "busy": 0.0, "waited": 0.0, "calls": 2, "network": 4.0, "held": {"a rate": 1.0}
    }  # fmt: skip


def test_no_batch_is_kept_while_the_next_one_is_made(hands: Hands) -> None:
    class Batch(list[int]):
        """One that can be watched."""

    def batches() -> Iterator[Batch]:
        one = Batch()
        watched = weakref.ref(one)
        yield one
        del one
        assert watched() is None
        yield Batch()

    assert sum(1 for _ in map(len, hands.timings().of("plan", batches()))) == 2
