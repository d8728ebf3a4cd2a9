"""The contract of ``Turns``: one suite for those in memory and those that processes share."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.pacing import LocalTurns, Rate, Turns
from connector.store.rates import SharedTurns

PER_SECOND = (Rate(2, 1.0),)
USAGE = (Rate(3, 1.0), Rate(5, 60.0))
Open = Callable[[], Turns]
"""Opens the same turns again: as another client would, or another process."""


class Watch:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def local(watch: Watch) -> Iterator[Open]:
    turns = LocalTurns(clock=watch)
    yield lambda: turns


@contextmanager
def shared(watch: Watch) -> Iterator[Open]:
    opened: list[SharedTurns] = []

    def another() -> SharedTurns:
        opened.append(SharedTurns(Path(folder) / "state.db-rates", clock=watch))
        return opened[-1]

    with TemporaryDirectory() as folder:
        yield another
        for turns in opened:
            turns.end()


KINDS = pytest.mark.parametrize("kind", [local, shared])


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads are interrupted as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture(params=[local, shared])
def opened(request: pytest.FixtureRequest, watch: Watch) -> Iterator[Open]:
    with request.param(watch) as another:
        yield another


def test_turns_are_given_until_the_window_is_full_and_again_when_a_place_is_free(opened: Open, watch: Watch) -> None:
    mine, theirs = opened(), opened()
    assert mine.take("search", PER_SECOND) == 0.0
    watch.now += 0.25
    assert theirs.take("search", PER_SECOND) == 0.0
    assert [turns.take("search", PER_SECOND) for turns in (mine, theirs)] == [0.75, 0.75]
    watch.now += 0.75
    assert mine.take("search", PER_SECOND) == 0.0
    assert theirs.take("search", PER_SECOND) == 0.25


def test_a_turn_given_back_is_somebody_elses(opened: Open) -> None:
    turns, rates = opened(), [Rate(2, 1.0)]
    assert [turns.take("a", rates), turns.take("a", rates), turns.take("b", rates)] == [0.0, 0.0, 0.0]
    assert turns.take("a", rates) > 0
    turns.give_back("a")
    turns.give_back("nobody's")
    assert turns.take("a", rates) == 0.0
    assert turns.take("a", rates) > 0
    assert turns.take("b", rates) == 0.0
    assert turns.take("b", rates) > 0


def test_a_lane_knows_nothing_of_the_others(opened: Open) -> None:
    turns = opened()
    turns.close("c", 10)
    assert [turns.take(lane, PER_SECOND) for lane in "aabba"] == [0.0, 0.0, 0.0, 0.0, 1.0]


def test_the_fullest_of_several_windows_decides_and_refusals_take_no_place(opened: Open, watch: Watch) -> None:
    turns, sent = opened(), []
    for _ in range(6):
        while (seconds := turns.take("usage", USAGE)) > 0:
            watch.now += seconds
        sent.append(watch.now - 1_800_000_000)
    assert sent == [0.0, 0.0, 0.0, 1.0, 1.0, 60.0]


def test_without_rates_only_a_closed_lane_waits(opened: Open, watch: Watch) -> None:
    turns = opened()
    assert [turns.take("free", ()) for _ in range(100)] == [0.0] * 100
    turns.close("free", 7)
    assert turns.take("free", ()) == 7.0


def test_a_closed_lane_has_no_turn_before_it_opens(opened: Open, watch: Watch) -> None:
    mine, theirs = opened(), opened()
    mine.close("search", 30, "5,000")
    assert theirs.closed(["search", "other"]) == {"search": (30.0, "5,000")}
    watch.now += 29
    assert theirs.take("search", PER_SECOND) == 1.0
    watch.now += 1
    assert theirs.closed(["search"]) == {}
    assert [theirs.take("search", PER_SECOND) for _ in range(3)] == [0.0, 0.0, 1.0]


def test_the_longer_of_window_and_closing_is_waited_for(opened: Open) -> None:
    turns = opened()
    for _ in range(2):
        turns.take("search", PER_SECOND)
    turns.close("search", 0.5)
    assert turns.take("search", PER_SECOND) == 1.0
    turns.close("search", 1.5)
    assert turns.take("search", PER_SECOND) == 1.5


def test_an_earlier_end_never_replaces_a_later_one(opened: Open, watch: Watch) -> None:
    turns = opened()
    turns.close("search", 30, "long")
    turns.close("search", 10, "short")
    assert turns.closed(["search"]) == {"search": (30.0, "long")}
    watch.now += 25
    turns.close("search", 10, "later")
    assert turns.closed(["search"]) == {"search": (10.0, "later")}


def test_shortening_never_lengthens_and_closes_nothing(opened: Open) -> None:
    turns = opened()
    turns.shorten("search", 5)
    assert turns.closed(["search"]) == {}
    turns.close("search", 30, "5,000")
    turns.shorten("search", 60)
    assert turns.closed(["search"]) == {"search": (30.0, "5,000")}
    turns.shorten("search", 5)
    assert turns.closed(["search"]) == {"search": (5.0, "5,000")}
    turns.shorten("search", 0)
    assert turns.closed(["search"]) == {}


def test_an_opened_lane_has_turns_at_once(opened: Open) -> None:
    turns = opened()
    turns.open("search")
    turns.close("search", 30)
    turns.open("search")
    assert turns.closed(["search"]) == {}
    assert turns.take("search", PER_SECOND) == 0.0


@pytest.mark.parametrize("seconds", [0.0, -5.0])
def test_closing_for_no_time_closes_nothing(opened: Open, watch: Watch, seconds: float) -> None:
    turns = opened()
    turns.close("search", seconds)
    watch.now -= 1
    assert turns.closed(["search"]) == {}
    assert turns.take("search", PER_SECOND) == 0.0


def test_a_clock_that_jumps_back_forgets_the_requests_of_the_future(opened: Open, watch: Watch) -> None:
    turns = opened()
    for _ in range(2):
        turns.take("search", PER_SECOND)
    watch.now -= 3600
    assert [turns.take("search", PER_SECOND) for _ in range(3)] == [0.0, 0.0, 1.0]


def test_a_clock_that_jumps_back_keeps_a_lane_closed_for_its_own_length_alone(opened: Open, watch: Watch) -> None:
    turns = opened()
    turns.close("search", 30, "5,000")
    watch.now -= 3600
    assert turns.closed(["search"]) == {"search": (30.0, "5,000")}
    watch.now += 10
    assert turns.take("search", ()) == 20.0
    watch.now += 20
    assert turns.take("search", ()) == 0.0


def test_a_shortened_lane_stays_short_when_the_clock_jumps_back(opened: Open, watch: Watch) -> None:
    turns = opened()
    turns.close("search", 3600)
    watch.now += 1000
    turns.shorten("search", 30)
    watch.now -= 500
    assert turns.take("search", ()) == 30.0


def test_a_clock_that_jumps_ahead_opens_everything(opened: Open, watch: Watch) -> None:
    turns = opened()
    turns.take("search", PER_SECOND)
    turns.close("search", 30)
    watch.now += 86_400
    assert [turns.take("search", PER_SECOND) for _ in range(2)] == [0.0, 0.0]


def test_an_expired_request_that_rounding_left_standing_opens_no_gap(opened: Open, watch: Watch) -> None:
    """1021.8… + 10 − 1031.8… is 0.0, and 1021.8… is still later than 1031.8… − 10."""
    watch.now, turns, taken = 1021.8242735375038, opened(), list[float]()
    for _ in range(5):
        while (seconds := turns.take("search", [Rate(1, 10.0)])) > 0:
            watch.now += seconds
        taken.append(watch.now)
    assert all(later - earlier > 9.99 for earlier, later in pairwise(taken))


@pytest.mark.usefixtures("restless")
def test_eight_threads_get_exactly_the_turns_of_each_window(opened: Open, watch: Watch) -> None:
    rates = [Rate(100, 1.0)]
    everybody = [opened() for _ in range(4)] * 2  # each of four shared by two threads
    for _ in range(3):
        taken: list[float] = []
        start = Barrier(len(everybody))

        def run(turns: Turns, taken: list[float] = taken, start: Barrier = start) -> None:
            start.wait()
            taken += [seconds for _ in range(25) if (seconds := turns.take("search", rates)) == 0.0]

        threads = [Thread(target=run, args=(turns,)) for turns in everybody]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(taken) == 100
        watch.now += 1.0


def test_a_named_call_counts_from_its_answer_on(opened: Open, watch: Watch) -> None:
    mine, theirs = opened(), opened()
    assert mine.take("app", PER_SECOND, call="a", within=60.0) == 0.0
    assert theirs.take("app", PER_SECOND, call="b", within=60.0) == 0.0
    watch.now += 5
    assert theirs.take("app", PER_SECOND) == 1.0  # if an answer came at this moment
    mine.answered("app", "a")
    watch.now += 0.25
    theirs.answered("app", "b")
    assert mine.take("app", PER_SECOND) == 0.75
    watch.now += 0.75
    assert mine.take("app", PER_SECOND) == 0.0
    assert mine.take("app", PER_SECOND) == 0.25


def test_a_call_whose_answer_is_never_told_keeps_its_place_for_as_long_as_it_may_take(
    opened: Open, watch: Watch
) -> None:
    opened().take("app", [Rate(1, 10.0)], call="of one that died", within=60.0)
    turns = opened()
    watch.now += 69.75
    assert turns.standing("app", 10.0) == 1
    assert turns.take("app", [Rate(1, 10.0)]) == 0.25
    watch.now += 0.25
    assert turns.standing("app", 10.0) == 0
    assert turns.take("app", [Rate(1, 10.0)]) == 0.0


def test_an_answer_that_comes_after_its_place_was_over_takes_none(opened: Open, watch: Watch) -> None:
    turns = opened()
    turns.take("app", [Rate(1, 1.0)], call="late", within=5.0)
    watch.now += 6
    assert turns.take("app", [Rate(1, 1.0)], call="next", within=5.0) == 0.0
    turns.answered("app", "late")
    turns.answered("app", "nobody's")
    assert turns.standing("app", 1.0) == 1


def test_what_stands_in_a_window_is_told(opened: Open, watch: Watch) -> None:
    mine, theirs = opened(), opened()
    for call in ("", "a"):
        mine.take("app", USAGE, call=call, within=60.0)
        mine.take("another", USAGE)
    watch.now += 1
    theirs.take("app", USAGE)
    assert [theirs.standing("app", seconds) for seconds in (1.0, 60.0)] == [2, 3]
    theirs.answered("app", "a")
    watch.now += 1
    assert [mine.standing("app", seconds) for seconds in (1.0, 60.0)] == [0, 3]
    watch.now -= 3600
    assert mine.standing("app", 60.0) == 0


TIMES = st.integers(0, 40).map(lambda n: n / 4)
CALLS = st.tuples(st.integers(0, 1), TIMES, TIMES, st.booleans())
"""By whom, how long until it arrives and then until its answer, and whether its process dies meanwhile."""


@KINDS
@settings(deadline=None, max_examples=100)
@given(calls=st.lists(CALLS, max_size=40), most=st.integers(1, 5))
def test_no_window_of_the_vendors_holds_more_than_its_rate_however_long_calls_are_on_their_way(
    kind: Callable[[Watch], Iterator[Open]], calls: list[tuple[int, float, float, bool]], most: int
) -> None:
    """As many are under way at once as there are places; and each place is taken again as soon as it can be."""
    watch, within, arrived, free = Watch(), 20.0, list[float](), [0.0] * most
    answers: list[tuple[float, Turns, str]] = []
    with kind(watch) as another:  # type: ignore[attr-defined]
        everybody = another(), another()
        for number, (who, before, after, dies) in enumerate(calls):
            turns, call, asked = everybody[who], str(number), watch.now
            while (seconds := turns.take("app", [Rate(most, 10.0)], call=call, within=within)) > 0:
                answers.sort(key=lambda one: one[0])
                if answers and answers[0][0] <= watch.now + seconds:
                    at, whose, named = answers.pop(0)
                    watch.now = max(watch.now, at)
                    whose.answered("app", named)
                else:
                    watch.now += seconds
            assert watch.now == max(asked, free[0])
            arrived.append(watch.now + before)
            answered = watch.now + (within if dies else before + after)
            free = sorted([*free[1:], answered + 10.0])
            if not dies:
                answers.append((answered, turns, call))
    arrived.sort()
    assert all(later - earlier >= 10.0 for earlier, later in zip(arrived, arrived[most:], strict=False))


LANES = {"search": PER_SECOND, "usage": USAGE}
QUARTERS = st.integers(0, 12).map(lambda n: n / 4)
"""Steps without rounding, so that the model is exact."""
STEPS = st.one_of(
    st.tuples(st.just("take"), st.sampled_from(sorted(LANES)), st.just(0.0)),
    st.tuples(st.just("advance"), st.just(""), QUARTERS),
    st.tuples(st.sampled_from(["close", "shorten", "open"]), st.sampled_from(sorted(LANES)), QUARTERS),
)


class Model:
    """What the contract says, the slow way: every request ever sent, and when each lane opens."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.sent: dict[str, list[float]] = {lane: [] for lane in LANES}
        self.opens = dict.fromkeys(LANES, -math.inf)

    def free(self, lane: str, now: float) -> bool:
        return now >= self.opens[lane] and all(
            sum(at > now - rate.seconds for at in self.sent[lane]) < rate.requests for rate in LANES[lane]
        )

    def delay(self, lane: str) -> float:
        ends = [at + rate.seconds for at in self.sent[lane] for rate in LANES[lane]]
        moments = [self.watch.now, self.opens[lane], *ends]
        return min(at for at in moments if at >= self.watch.now and self.free(lane, at)) - self.watch.now

    def close(self, lane: str, seconds: float) -> None:
        self.opens[lane] = max(self.opens[lane], self.watch.now + seconds)

    def shorten(self, lane: str, seconds: float) -> None:
        self.opens[lane] = min(self.opens[lane], self.watch.now + seconds)

    def open(self, lane: str, _: float = 0.0) -> None:
        self.opens[lane] = -math.inf


@KINDS
@settings(deadline=None, max_examples=100)
@given(steps=st.lists(st.tuples(st.integers(0, 2), STEPS), max_size=60))
def test_no_window_ever_holds_more_than_its_rate_whoever_asks(
    kind: Callable[[Watch], Iterator[Open]], steps: list[tuple[int, tuple[str, str, float]]]
) -> None:
    watch = Watch()
    model = Model(watch)
    with kind(watch) as another:  # type: ignore[attr-defined]
        everybody = [another() for _ in range(3)]
        for who, (what, lane, seconds) in steps:
            turns = everybody[who]
            if what == "advance":
                watch.now += seconds
            elif what == "take":
                expected = model.delay(lane)
                assert turns.take(lane, LANES[lane]) == expected
                if expected == 0.0:
                    model.sent[lane].append(watch.now)
            else:
                getattr(turns, what)(*([lane] if what == "open" else [lane, seconds]))
                getattr(model, what)(lane, seconds)
            closed = {name: (at - watch.now, "") for name, at in model.opens.items() if at > watch.now}
            assert turns.closed(sorted(LANES)) == closed
    for lane, sent in model.sent.items():
        for rate in LANES[lane]:
            assert all(b - a >= rate.seconds for a, b in zip(sent, sent[rate.requests :], strict=False))


@KINDS
@settings(deadline=None, max_examples=40)
@given(
    steps=st.lists(st.tuples(st.sampled_from(["take", "close", "jump"]), st.floats(0, 100)), max_size=30),
    back=st.floats(0.001, 1e6),
)
def test_no_clock_however_it_jumps_makes_anybody_wait_longer_than_was_ever_asked(
    kind: Callable[[Watch], Iterator[Open]], steps: list[tuple[str, float]], back: float
) -> None:
    watch, most = Watch(), 60.0
    with kind(watch) as another:  # type: ignore[attr-defined]
        turns = another()
        for what, seconds in steps:
            if what == "close":
                turns.close("usage", seconds)
                most = max(most, seconds)
            elif what == "jump":
                watch.now += seconds - 50
            turns.take("usage", USAGE)
        watch.now -= back
        assert turns.take("usage", USAGE) <= most + 1e-5  # times since 1970, as floats, tell microseconds apart
        watch.now += most + 1e-3
        assert turns.take("usage", USAGE) == 0.0
