"""A search of the sandbox's HubSpot portal finds what looking at every record would find, whatever came before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.sandbox.hubspot import HubSpotPortal
from connector.sandbox.hubspot_records import Input
from connector.sandbox.hubspot_schema import CONTACTS
from connector.sandbox.hubspot_search import read_search
from tests.sandbox.rows import Rows, person, still

NO_TITLE = [[{"propertyName": "jobtitle", "operator": "NOT_HAS_PROPERTY"}]]
TITLED_OR_ANN = [
    [{"propertyName": "jobtitle", "operator": "EQ", "value": "cto"}],
    [{"propertyName": "firstname", "operator": "EQ", "value": "ann"},
     {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "2026-01-01"}],
]  # fmt: skip
FILTERS: list[list[list[dict[str, Any]]]] = [[], NO_TITLE, TITLED_OR_ANN]
STEPS = st.tuples(
    st.sampled_from(["write", "write", "edit", "create", "delete", "merge", "wait", "lag", "now"]),
    st.integers(0, 11),
    st.sampled_from(["CTO", "", "Chef"]),
)


class Seen:
    """What search should see, kept the slow way: by record, what it sees, and from when on what it was written."""

    def __init__(self) -> None:
        self.now = still()
        self.portal = HubSpotPortal(
            Rows(hubspot={"contacts": [person(str(n), firstname="Ann") for n in range(9, 13)]}), clock=lambda: self.now
        )
        self.shown = dict(self.table)
        self.waiting: dict[str, datetime] = {}

    @property
    def table(self) -> dict[str, Any]:
        return self.portal.tables["contacts"].rows

    def step(self, kind: str, number: int, title: str) -> None:
        live = [id for id, row in self.table.items() if not row["archived"]]
        if kind == "wait":
            self.now += timedelta(seconds=number)
        elif kind == "lag":
            self.portal.search_lag = float(number % 3 * 5)
        elif kind == "now":
            self.portal.index_now()
            self.waiting.clear()
        elif kind == "create":
            self.portal.create(CONTACTS, [Input("", {"firstname": "Bob", "jobtitle": title})])
            self.written(list(self.table)[-1])
        elif live:
            self.change(kind, live[number % len(live)], live[number // 2 % len(live)], title)
        for id in [id for id, at in self.waiting.items() if at <= self.now]:
            del self.waiting[id]
        self.shown |= {id: row for id, row in self.table.items() if id not in self.waiting}

    def change(self, kind: str, id: str, other: str, title: str) -> None:
        if kind == "write":
            self.portal.update(CONTACTS, [Input(id, {"jobtitle": title})])
            self.written(id)
        elif kind == "edit":
            self.portal.edit("contacts", id, firstname="Ann", jobtitle=title)
            self.written(id)
        elif kind == "delete":
            self.portal.delete("contacts", id)
        elif id != other:
            self.portal.merge("contacts", id, other)

    def written(self, id: str) -> None:
        if self.portal.search_lag:
            self.waiting[id] = self.now + timedelta(seconds=self.portal.search_lag)

    def rows(self) -> list[dict[str, Any]]:
        live = sorted((id for id, row in self.table.items() if not row["archived"]), key=int)
        return [self.shown[id] for id in live if id in self.shown]


def asked(groups: list[list[dict[str, Any]]], beyond: int, **more: Any) -> dict[str, Any]:
    turned = {"propertyName": "hs_object_id", "operator": "GT", "value": str(beyond)}
    return {"filterGroups": [{"filters": [*group, turned]} for group in groups or [[]]], **more}


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=25), st.integers(0, 20))
def test_a_search_finds_what_looking_at_every_record_would(steps: list[tuple[str, int, str]], beyond: int) -> None:
    seen = Seen()
    for step in steps:
        seen.step(*step)
        for groups in FILTERS:
            search = read_search(CONTACTS, asked(groups, beyond, limit=2, after=1))
            expected = [row for row in seen.rows() if int(row["id"]) > beyond and search.test(row)]
            assert seen.portal.found("contacts", search) == (len(expected), expected[1:3])


@settings(max_examples=50, deadline=None)
@given(st.lists(STEPS, max_size=15), st.sets(st.integers(8, 20), min_size=1))
def test_among_ids_and_in_another_order(steps: list[tuple[str, int, str]], ids: set[int]) -> None:
    seen = Seen()
    for step in steps:
        seen.step(*step)
    among = {"propertyName": "hs_object_id", "operator": "IN", "values": [str(id) for id in ids]}
    for groups in FILTERS:
        body = asked([[*group, among] for group in groups or [[]]], 10)
        search = read_search(CONTACTS, body)
        expected = [row for row in seen.rows() if int(row["id"]) > 10 and int(row["id"]) in ids and search.test(row)]
        assert seen.portal.found("contacts", search) == (len(expected), expected[:10])
        down = read_search(CONTACTS, {**body, "sorts": [{"propertyName": "hs_object_id", "direction": "DESCENDING"}]})
        assert seen.portal.found("contacts", down) == (len(expected), expected[::-1][:10])


def test_a_property_that_goes_is_held_by_nobody() -> None:
    portal = HubSpotPortal(Rows(hubspot={"contacts": [person("9", jobtitle="CTO")]}), clock=still)
    held = read_search(CONTACTS, {"filterGroups": [{"filters": [NO_TITLE[0][0] | {"operator": "HAS_PROPERTY"}]}]})
    assert portal.found("contacts", held)[0] == 1
    portal.drop_property("contacts", "jobtitle")
    assert portal.found("contacts", held)[0] == 0


def test_the_next_page_looks_at_what_changed_alone() -> None:
    seen, looked_at = Seen(), []
    search = read_search(CONTACTS, asked(NO_TITLE, 0))
    counted = replace(search, test=lambda row: bool(looked_at.append(row["id"])) or search.test(row))
    for beyond, change, ids in ((0, None, ["9", "10", "11", "12"]), (10, None, []), (10, "11", ["11"])):
        if change:
            seen.portal.update(CONTACTS, [Input(change, {"jobtitle": "CTO"})])
        seen.portal.found("contacts", replace(counted, beyond=beyond))
        assert looked_at == ids
        looked_at.clear()
