"""A world for the stateful test: an org whose people edit, clear, delete and merge, and a process that dies anywhere.

What people did is remembered here, apart from the engine's own state, so that the promises can be judged by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from connector.config.settings import Budget, FieldRule, Policy
from connector.engine.run import Ended
from connector.models import Update, Value, WriteResult, is_blank
from connector.store.db import Store
from tests.engine.house import FIELDS, IDENTIFY, House, person, row

MAPPED = tuple(FIELDS)
STAMPED = ("Lusha_Id", "Enriched")
RECORDS = 5
PER_RUN = 40
TITLES = ("Head of Engines", "VP Engines", "Chief Engineer")


SHARES: Mapping[str, tuple[Sequence[str], tuple[Mapping[str, str], ...]]] = {
    "reached.yaml": (("Email", "Phone", "MobilePhone"), IDENTIFY),
    "titled.yaml": (("Title",), IDENTIFY[2:]),
}
"""Two mappings that part the fields between them, identify records otherwise, and stamp the same."""


class Killed(BaseException):
    """The process is gone: nothing after this line happens."""


class World:
    """``typed``: what people put into fields, and nobody of us may change; a clear after us is a typed blank.

    ``ours``: what we last wrote. ``taken_back``: fields that an undo restored, with what they hold.
    """

    def __init__(self, folder: Path, policies: Mapping[str, Policy]) -> None:
        fields: dict[str, FieldRule] = {name: replace(FIELDS[name], policy=policies[name]) for name in MAPPED}
        self.house = House(
            folder,
            rows=[row(n, **({"Title": "Typed at first"} if n == 2 else {})) for n in range(1, RECORDS + 1)],
            people=[person(n) for n in range(1, RECORDS + 1)],
            fields=fields,
            budget=Budget(per_run=PER_RUN),
        )
        self.house.store.db.execute("PRAGMA synchronous = OFF")
        self.typed: dict[tuple[str, str], Value] = {("c00002", "Title"): "Typed at first"}
        self.ours: dict[tuple[str, str], Value] = {}
        self.taken_back: dict[tuple[str, str], Value] = {}
        self.undoing = False
        self.days = 0
        self.written: list[tuple[str, str, Value]] = []
        self._whole = self.house.settings
        self._update = self.house.crm.update
        self.house.crm.update = self._watched  # type: ignore[method-assign]

    @property
    def ids(self) -> list[str]:
        """The records that are there."""
        return sorted(self.house.crm._tables["Contact"])

    def value(self, id: str, field: str) -> Value:
        """What the CRM holds now."""
        held: Value = self.house.crm.row("Contact", id)[field]
        return held

    def person_edits(self, id: str, field: str, value: Value) -> None:
        """Somebody types a value, or clears a field."""
        self.house.crm.edit("Contact", id, **{field: value})
        self.typed[id, field] = value
        self.taken_back.pop((id, field), None)

    def person_deletes(self, id: str, *, merged_into: str | None = None) -> None:
        """Somebody deletes a record, or merges it into another one, whose blank fields take its values."""
        lost = self.house.crm.row("Contact", id)
        self.house.crm.delete("Contact", id)
        for known in (self.typed, self.ours, self.taken_back):
            for key in [key for key in known if key[0] == id]:
                del known[key]
        for field in MAPPED if merged_into else ():
            if is_blank(self.value(str(merged_into), field)) and not is_blank(lost[field]):
                self.person_edits(str(merged_into), field, lost[field])

    def run(self, job: Callable[[], Ended], *, dies_at: int | None = None, after: bool = False) -> Ended | None:
        """Carry out a command; with ``dies_at``, the process dies at that call or commit: there is no end (None)."""
        before = self.house.lusha.charged_total
        with dying(self.house, dies_at, after=after):
            try:
                return job()
            except Killed:
                return None
            finally:
                assert self.house.lusha.charged_total - before <= PER_RUN, "a budget was exceeded"

    def turn_to(self, mapping: str) -> None:
        """From here on, runs are of this mapping of the object: the house's own, or one of ``SHARES``."""
        whole = self.house.settings = self._whole
        self.house.mapping_name = mapping
        if mapping in SHARES:
            names, identify = SHARES[mapping]
            blank = tuple(name for name in names if name in whole.select.incomplete)
            fields = {name: whole.fields[name] for name in names}
            select = replace(whole.select, incomplete=blank)
            self.house.settings = replace(whole, name=mapping, identify=identify, select=select, fields=fields)

    def undo(self, number: int) -> Ended:
        """``undo RUN``; what it puts back is no longer ours to write."""
        self.undoing = True
        try:
            return self.house.undo(number)
        finally:
            self.undoing = False

    def _watched(self, object: str, updates: Sequence[Update]) -> Sequence[WriteResult]:
        before = {update.id: self.house.crm.row("Contact", update.id) for update in updates if update.id in self.ids}
        results = self._update(object, updates)
        for update, result in zip(updates, results, strict=True):
            for field in result.written:
                self._judge(update.id, field, before[update.id][field], update.values[field])
        return results

    def _judge(self, id: str, field: str, before: Value, after: Value) -> None:
        key = (id, field)
        self.written.append((id, field, after))
        assert before != after, f"{key}: written again, and equal"
        if self.undoing:
            assert before == self.ours.get(key, before), f"{key}: undo took what is not ours"
            self.taken_back[key] = after
            self.typed.pop(key, None)
        else:
            assert not is_blank(after), f"{key}: a value was cleared"
            assert key not in self.taken_back, f"{key}: written after an undo"
            if key in self.typed:
                was = self.typed[key]
                cleared_ours = is_blank(was) and key in self.ours
                assert is_blank(was) and not cleared_ours, f"{key}: a person's {was!r} was replaced"
                del self.typed[key]
        self.ours[key] = after


@contextmanager
def dying(house: House, at: int | None, *, after: bool) -> Iterator[None]:
    """Kill the process at the ``at``-th call to a vendor or commit to the state file, before or after it is done."""
    if at is None:
        yield
        return
    left = [at]

    def deadly(whole: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            if left[0] == 0 and not after:
                raise Killed
            done = whole(*arguments, **more)
            if left[0] == 0:
                raise Killed
            return done

        return call

    places = [(house.crm, name) for name in ("fetch", "update")] + [
        (house.lusha, name) for name in ("search", "enrich")
    ]
    kept = [(subject, name, subject.__dict__.get(name)) for subject, name in places]
    for subject, name in places:
        setattr(subject, name, deadly(getattr(subject, name)))
    transaction = Store.transaction
    commits = deadly(lambda: None)

    @contextmanager
    def deadly_transaction(store: Store) -> Iterator[None]:
        outer = store.db.in_transaction
        with transaction(store):
            yield
            if not outer and not after:
                commits()
        if not outer and after:
            commits()

    Store.transaction = deadly_transaction  # type: ignore[method-assign]
    try:
        yield
    finally:
        Store.transaction = transaction  # type: ignore[method-assign]
        for subject, name, own in kept:
            if own is None:
                delattr(subject, name)
            else:
                setattr(subject, name, own)


def journalled(house: House) -> Counter[tuple[str, str, str]]:
    """How often each value is told to have been written, by record, field and JSON value; also where a run died and
    somebody changed the field before the next one could look ("unresolved")."""
    told = "('written', 'undone', 'unresolved')"
    rows = house.store.rows(f"SELECT record, field, after FROM journal WHERE state IN {told}")
    return Counter((row["record"], row["field"], row["after"]) for row in rows)
