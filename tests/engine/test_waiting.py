"""What waits at the desk, and what of it is being asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from connector.engine.cases import Case, Want
from connector.engine.select import Due
from connector.engine.waiting import Waiting
from connector.mapping.companies import Employer
from connector.models import Identity, Record

EMAILS, PHONES, BOTH = frozenset({"emails"}), frozenset({"phones"}), frozenset({"emails", "phones"})


def case(key: str, number: int = 1) -> Case:
    id = key.removeprefix("id:")
    due = Due(Record(f"c{number}", {}), (Identity("person", id=id),), (), "", Employer(), None, {}, phones=True)
    return Case(due, id, None)


def waiting(*keys: str, data_of: object = lambda want: frozenset(want.reveal)) -> Waiting:
    queue = Waiting(100, data_of)  # type: ignore[arg-type]
    for key in keys:
        queue.add(case(key), EMAILS)
    return queue


def lots(queue: Waiting) -> dict[frozenset[str], Sequence[str]]:
    return dict(queue.lots)


def test_who_got_no_answer_waits_again_in_front() -> None:
    queue = waiting("id:a", "id:b", "id:c")
    sent = queue.send(["id:a", "id:b"])
    queue.pop("id:a")
    queue.back(sent)
    assert lots(queue) == {EMAILS: ["id:b", "id:c"]}


def test_who_is_being_asked_for_anew_is_not_given_back_by_the_request_that_answered_before() -> None:
    queue = waiting("id:a", "id:b")
    first = queue.send(["id:a", "id:b"])
    queue.pop("id:a")  # half of a request that was refused is answered, the other half is under way
    queue.add(case("id:a", 2), PHONES)
    second = queue.send(["id:a"])
    queue.back(first)
    assert lots(queue) == {EMAILS: ["id:b"]}
    queue.back(second)
    assert lots(queue) == {EMAILS: ["id:b"], PHONES: ["id:a"]}


def test_more_that_is_wanted_moves_who_waits_and_not_who_is_being_asked_for() -> None:
    queue = waiting("id:a", "id:b")
    queue.send(["id:a"])
    for key in ("id:a", "id:b"):
        queue.add(case(key, 2), PHONES)
    assert lots(queue) == {BOTH: ["id:b"]}
    assert queue.places["id:a"].reveal == EMAILS and len(queue.places["id:a"].cases) == 2


@pytest.mark.parametrize("told", [True, False])
def test_the_data_that_places_are_asked_for_by_may_change_while_they_wait(told: bool) -> None:
    together: list[Want] = []
    queue = waiting("id:a", "id:b", data_of=lambda want: BOTH if together else frozenset(want.reveal))
    together.append(queue.places["id:a"])  # the plan turns out to sell both or nothing
    if told:
        queue.regroup()
    queue.add(case("id:b", 2), EMAILS)
    assert sorted(key for keys in queue.lots.values() for key in keys) == ["id:a", "id:b"]
    queue.send(["id:a", "id:b"])
    assert not queue.any
