"""When a mark over rules and schema agrees with one that was kept: what an outage hides is no change, all else is."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connector.mapping.marks import Mark, mark_of
from connector.models import Dependency, FieldInfo, Option

TITLE = FieldInfo("Title", "Title", "text", length=40)
KINDS = Dependency("RecordTypeId", {"": ("Gold", "Silver"), "012A": ("Gold",), "012B": ()}, {"012A": "A", "012B": "B"})
KIND = FieldInfo(
    "Kind", "Kind", "picklist", options=(Option("Gold", "Gold"), Option("Silver", "Silver")), depends=(KINDS,)
)


def mark(kinds: Dependency = KINDS, title: FieldInfo = TITLE) -> Mark:
    return mark_of([(title, "fill"), (replace(KIND, depends=(kinds,)), "fill")])


def without(kind: str) -> Dependency:
    """The CRM does not answer of this kind."""
    return replace(KINDS, allowed={k: v for k, v in KINDS.allowed.items() if k != kind}, untold=frozenset({kind}))


def with_other_options() -> Dependency:
    return replace(KINDS, allowed={**KINDS.allowed, "012B": ("Silver",)})


def test_a_change_of_a_rule_a_field_or_a_kind_is_one() -> None:
    kept = mark().to_keep()
    assert mark().agrees(kept)
    assert not mark(title=replace(TITLE, length=255)).agrees(kept)
    assert not mark(kinds=with_other_options()).agrees(kept)
    assert not mark_of([(TITLE, "fill"), (KIND, "refresh")]).agrees(kept)
    assert not mark().beside("where").agrees(kept)


def test_a_kind_that_is_not_told_for_a_while_is_no_change() -> None:
    kept = mark().to_keep()
    assert mark(without("012A")).agrees(kept)
    assert mark().agrees(mark(without("012A")).to_keep(kept))


def test_what_changed_meanwhile_is_seen_once_all_is_told() -> None:
    kept = mark(without("012A")).to_keep(mark().to_keep())
    assert not mark(with_other_options()).agrees(kept)


def test_what_is_told_for_the_first_time_is_a_change() -> None:
    assert not mark().agrees(mark(without("012A")).to_keep())


def test_another_change_is_seen_though_a_kind_is_not_told() -> None:
    kept, other = mark().to_keep(), mark(without("012B"), replace(TITLE, length=255))
    assert not other.agrees(kept)
    assert mark(title=replace(TITLE, length=255)).agrees(other.to_keep(kept))  # nothing of the kinds changed


def test_the_name_of_a_kind_decides_nothing() -> None:
    assert mark(replace(KINDS, names={"012A": "Alpha", "012B": "B"})) == mark()


@given(st.lists(st.sampled_from(["whole", "012A", "012B", "both"]), max_size=8))
def test_outages_in_any_order_are_never_a_change(days: list[str]) -> None:
    nobody = replace(KINDS, allowed={"": KINDS.allowed[""]}, untold=frozenset({"012A", "012B"}))
    schemas = {"whole": KINDS, "012A": without("012A"), "012B": without("012B"), "both": nobody}
    kept = mark().to_keep()
    for day in days:
        today = mark(schemas[day])
        assert today.agrees(kept)
        kept = today.to_keep(kept)
    assert kept == mark().to_keep()
