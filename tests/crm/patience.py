"""How the engine treats what was not done, or not done whole: it looks at the records again, and sends again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from connector.crm.base import Crm
from connector.errors import NotDone
from connector.models import Update, WriteResult

Send = Callable[[Sequence[Update]], Sequence[WriteResult]]


def patiently(crm: Crm, object: str, updates: Sequence[Update], *, times: int = 5) -> Sequence[WriteResult]:
    """The results of the first sending that is done; what the vendor's refusal means once it was tried so often."""
    for left in reversed(range(times)):
        try:
            return crm.update(object, updates)
        except NotDone as wait:
            if not left:
                raise wait.instead from wait
    raise AssertionError("unreachable")


def at_last(crm: Crm, object: str, updates: Sequence[Update]) -> list[WriteResult]:
    """What becomes of each update once values that others hold were left out and all that may be sent again was, as the
    engine does it."""
    taken = crm.taken(object, {update.id: update.values for update in updates})
    refused = {id: {one.field for one in told} for id, told in taken.items()}
    left = [
        replace(one, values={name: value for name, value in one.values.items() if name not in refused.get(one.id, ())})
        for one in updates
    ]
    open = [one for one in left if not one.values.keys() <= one.stamps]
    sent = {result.id: result for result in settled(lambda some: crm.update(object, some), open)} if open else {}
    ended = [sent.get(update.id, WriteResult(update.id)) for update in updates]
    return [replace(one, rejections=(*taken.get(one.id, ()), *one.rejections)) for one in ended]


def settled(send: Send, updates: Sequence[Update]) -> list[WriteResult]:
    """As ``at_last``: without what was refused for good, and parts in requests of their own."""
    found: dict[str, WriteResult] = {}
    parts: dict[int, list[Update]] = {}
    for update, result in zip(updates, send(updates), strict=True):
        assert result.id == update.id
        assert not (result.again and result.written), "what comes back as again was not written"
        if not result.again:
            found[update.id] = result
            continue
        refused = {one.field for one in result.rejections if one.field and not one.transient}
        left = {name: value for name, value in update.values.items() if name not in refused}
        assert not update.stamps >= left.keys(), "stamps are not sent alone"
        told = tuple(one for one in result.rejections if one.field in refused)
        found[update.id] = WriteResult(update.id, rejections=told)
        parts.setdefault(result.again.part, []).append(replace(update, values=left))
    for part in parts.values():
        for result in settled(send, part):
            told = (*found[result.id].rejections, *result.rejections)
            found[result.id] = replace(result, rejections=told)
    return [found[update.id] for update in updates]
