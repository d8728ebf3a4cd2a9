"""What waits at the desk, and what of it is being asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from connector.engine.cases import Case, Want
from connector.engine.select import Due
from connector.engine.waiting import Waiting
from connector.models import Identity, Record

EMAILS, PHONES, BOTH = frozenset({"emails"}), frozenset({"phones"}), frozenset({"emails", "phones"})


def case(number: int = 1) -> Case:
    identities = (Identity("person", id=str(number)),)
    return Case(Due(Record(f"c{number}", {}, None), identities, (), "", None, {}, phones=True), str(number), None)


def waiting(*keys: str, data_of: object = lambda want: frozenset(want.reveal)) -> Waiting:
    queue = Waiting(100, data_of)  # type: ignore[arg-type]
    for key in keys:
        queue.add(key, case(), EMAILS)
    return queue


def lots(queue: Waiting) -> dict[frozenset[str], Sequence[str]]:
    return dict(queue.lots)


def test_who_got_no_answer_waits_again_in_front() -> None:
    queue = waiting("a", "b", "c")
    sent = queue.send(["a", "b"])
    queue.pop("a")
    queue.back(sent)
    assert lots(queue) == {EMAILS: ["b", "c"]}


def test_who_is_being_asked_for_anew_is_not_given_back_by_the_request_that_answered_before() -> None:
    queue = waiting("a", "b")
    first = queue.send(["a", "b"])
    queue.pop("a")  # half of a request that was refused is answered, the other half is under way
    queue.add("a", case(2), PHONES)
    second = queue.send(["a"])
    queue.back(first)
    assert lots(queue) == {EMAILS: ["b"]}
    queue.back(second)
    assert lots(queue) == {EMAILS: ["b"], PHONES: ["a"]}


def test_more_that_is_wanted_moves_who_waits_and_not_who_is_being_asked_for() -> None:
    queue = waiting("a", "b")
    queue.send(["a"])
    for key in ("a", "b"):
        queue.add(key, case(2), PHONES)
    assert lots(queue) == {BOTH: ["b"]}
    assert queue.places["a"].reveal == EMAILS and len(queue.places["a"].cases) == 2


@pytest.mark.parametrize("told", [True, False])
def test_the_data_that_places_are_asked_for_by_may_change_while_they_wait(told: bool) -> None:
    together: list[Want] = []
    queue = waiting("a", "b", data_of=lambda want: BOTH if together else frozenset(want.reveal))
    together.append(queue.places["a"])  # the plan turns out to sell both or nothing
    if told:
        queue.regroup()
    queue.add("b", case(2), EMAILS)
    assert sorted(key for keys in queue.lots.values() for key in keys) == ["a", "b"]
    queue.send(["a", "b"])
    assert not queue.any
