"""Guards: each refusal names the figure, the limit, and the option that lifts that limit alone."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config.settings import FieldRule, Guards
from connector.engine.guards import CANARY, Frequent
from connector.models import Rejection
from tests.engine.house import FIELDS, House, counts, person, row

PHONES = {"Phone": FIELDS["Phone"]}


def shared(number: int) -> list[dict[str, Any]]:
    return [{"number": "+15550100000" if number % 3 else f"+1555010{number:04}", "type": "work", "do_not_call": False}]


def switchboard(folder: Path, size: int, **more: Any) -> House:
    """Two of three people have the same number at Lusha."""
    people = [person(n, phones=shared(n)) for n in range(1, size + 1)]
    return House(folder, rows=[row(n) for n in range(1, size + 1)], people=people, fields=PHONES, **more)


def refused(folder: Path, bad: int, good: int, **more: Any) -> House:
    """The CRM refuses the first so many records."""
    size = bad + good
    org = House(folder, rows=[row(n) for n in range(1, size + 1)], people=[person(n) for n in range(1, size + 1)],
                fields={"Title": FIELDS["Title"]}, **more)  # fmt: skip
    for n in range(1, bad + 1):
        org.crm.reject[f"c{n:05}"] = Rejection("RULE", "not like this")
    return org


def test_one_value_in_most_records_is_refused_before_it_is_written(tmp_path: Path) -> None:
    org = switchboard(tmp_path, 30, guards=Guards(1.0, 20))
    ended = org.sync()
    assert (ended.exit_code, ended.report["status"], ended.report["written"]) == (5, "refused", 10)
    assert ended.error is not None
    assert ended.error.message == (
        "run 1 would write one same value into Phone of 14 of 20 records (70.0%, limit 50.0%); nothing more was written"
    )
    assert ended.error.hint == "look at it with 'show 1', then: lusha-sync apply 1 --max-same-share 0.70"
    assert "0100000" not in ended.error.message
    assert counts(org.sync(max_same_share=0.7), "written") == (20,)


def test_a_saved_plan_is_judged_by_its_values_as_a_whole(tmp_path: Path) -> None:
    org = switchboard(tmp_path, 30, guards=Guards(1.0, 20))
    plan = org.plan_and_buy().report["run"]
    ended = org.apply(plan)
    assert ended.exit_code == 5
    assert org.crm.updates == []
    assert ended.error is not None
    assert "into Phone of 20 of 30 records (66.7%, limit 50.0%)" in ended.error.message
    assert counts(org.apply(plan, max_same_share=0.67), "written") == (30,)


def test_few_values_and_fields_that_many_share_are_not_judged(tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    assert switchboard(tmp_path / "few", 19, guards=Guards(1.0, 20)).sync().exit_code == 0
    title = {"Title": FIELDS["Title"]}  # everybody is Head of Engines
    many = House(tmp_path, rows=[row(n) for n in range(1, 41)], people=[person(n) for n in range(1, 41)], fields=title)
    assert many.sync().exit_code == 0


def test_a_crm_that_refuses_most_of_the_first_records_is_left_in_peace(tmp_path: Path) -> None:
    org = refused(tmp_path, 30, 40)
    ended = org.sync()
    assert (ended.exit_code, counts(ended, "written", "rejected")) == (5, (20, 30))
    assert ended.error is not None
    assert ended.error.message.startswith(
        "the CRM refused 30 of the first 50 records written (60.0%, limit 50.0%); nothing more was written"
    )
    assert str(ended.error.hint).endswith("lusha-sync apply 1 --max-rejected-share 0.60")
    assert ended.notes["Contact refused: RULE: not like this"] == 30
    assert counts(org.sync(max_rejected_share=0.6), "due", "written") == (20, 20)


@pytest.mark.parametrize(("bad", "good"), [(25, 40), (49, 0), (10, 0)])
def test_half_of_them_or_fewer_than_fifty_in_all_pass(tmp_path: Path, bad: int, good: int) -> None:
    ended = refused(tmp_path, bad, good).sync()
    assert (ended.exit_code, counts(ended, "written", "rejected")) == (3, (good, bad))


def test_busy_and_deleted_records_say_nothing_about_what_we_write(tmp_path: Path) -> None:
    org = refused(tmp_path, 0, 60)
    for n in range(1, 46):
        org.crm.reject[f"c{n:05}"] = Rejection("LOCKED", "try later", transient=True)
    assert org.sync().exit_code == 3


def test_the_first_batch_is_no_larger_than_the_canary(tmp_path: Path) -> None:
    org = refused(tmp_path, 0, 130)
    org.crm.write_batch = 200
    sizes: list[int] = []
    org.crm.before_update(lambda updates: sizes.append(len(updates)))
    update = org.crm.update

    def counted(object: str, updates: Any) -> Any:
        sizes.append(len(updates))
        return update(object, updates)

    org.crm.update = counted  # type: ignore[method-assign]
    org.sync()
    assert sizes[0] == CANARY
    assert sizes[-1] == 80


def test_each_option_lifts_its_own_limit_alone(tmp_path: Path) -> None:
    fields = {"Title": FieldRule("job_title.title", "overwrite"), **PHONES}
    rows = [row(n, Title="Old") for n in range(1, 31)]
    people = [person(n, phones=shared(n)) for n in range(1, 31)]
    org = House(tmp_path, rows=rows, people=people, fields=fields, guards=Guards(0.3, 20))
    first = org.sync()
    assert "max-replaced-share" in str(first.error and first.error.hint)
    second = org.sync(max_replaced_share=1.0)
    assert "max-same-share" in str(second.error and second.error.hint)
    assert org.sync(max_replaced_share=1.0, max_same_share=1.0).exit_code == 0


@given(st.lists(st.integers(0, 9)), st.integers(0, 300))
def test_the_most_frequent_is_counted_exactly_while_there_are_few(values: list[int], same: int) -> None:
    seen = Frequent()
    for value in [*values, *([7] * same)]:
        seen.add(value)
    exact = Counter([*values, *([7] * same)])
    assert seen.total == exact.total()
    assert seen.most == max(exact.values(), default=0)


def test_among_very_many_values_the_count_is_a_little_low_and_never_high() -> None:
    seen = Frequent()
    for number in range(60_000):
        seen.add("same" if number % 2 else f"other {number}")
    assert 30_000 - 60_000 // 501 <= seen.most <= 30_000
    assert len(seen._counts) <= 500
