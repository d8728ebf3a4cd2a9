"""What became of records that turn out to be gone, in the words of the journal; what we know of them follows.

A CRM tells it in one call for a batch, asked only when something is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from connector.engine.work import Work
from connector.errors import ConnectorError
from connector.models import Record, Successor
from connector.store import attempts, records, written

GONE = "the record is deleted"


def fates(work: Work, ids: Iterable[str]) -> Mapping[str, Successor]:
    """Where records that are gone live on; those that do not are absent.

    To know it is good, and not needed: where the CRM cannot be asked now, they count as deleted, and what was written
    meanwhile is settled all the same.
    """
    gone = list(dict.fromkeys(ids))
    if not gone:
        return {}
    try:
        return work.crm.successors(work.object, gone)
    except ConnectorError:
        return {}


def follow(work: Work, found: Mapping[str, Successor]) -> None:
    """What we wrote into a record that was merged away, and what people cleared there, counts for its master."""
    merged = {id: one.id for id, one in found.items() if one.how == "merged" and one.id is not None}
    if merged:
        written.follow(work.store, **work.scope, merged=merged)


def clear(work: Work, ids: Sequence[str]) -> None:
    """Forget those of these records that are not there any more, whom no query found; their heirs inherit. The others
    are outside ``where``: whoever lets them in again modifies them, or the weekly reading finds them."""
    there = work.crm.fetch(work.object, ids, []) if ids else {}
    if there:
        with work.store.transaction():
            attempts.put_off(work.store, **work.own_scope, until=dict.fromkeys(there), now=work.now())
    if gone := [id for id in ids if id not in there]:
        became = fates(work, gone)
        with work.store.transaction():
            follow(work, became)
            records.forget_gone(work.store, **work.scope, ids=gone)


def inherit(work: Work, page: Iterable[Record]) -> None:
    """The same for records just read that tell which others were merged into them.

    Where a merge makes a new record, nothing else says whose heir it is before it is enriched.
    """
    heirs = {merged: record.id for record in page for merged in record.merged}
    tried = records.known(work.store, **work.own_scope, ids=list(heirs)) if heirs else {}
    ours = written.last_written(work.store, **work.scope, ids=list(heirs)) if heirs else {}
    if tried or ours:
        with work.store.transaction():
            written.follow(work.store, **work.scope, merged={id: heirs[id] for id in ours})
            records.follow(work.store, **work.scope, merged={id: heirs[id] for id in tried})


def in_words(found: Successor | None) -> str:
    """``merged into 003…``, ``converted to contact 003…``, or that the record is deleted."""
    if found is None:
        return GONE
    name = found.id or "that is not there any more"
    return f"merged into {name}" if found.how == "merged" else f"converted to {found.object.lower()} {name}"
