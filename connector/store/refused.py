"""Fields that the CRM refused and that were not written since, by record: what ``--retry-parked`` tries again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from connector.store.db import Store

_CHUNK = 500
_REFUSED = (
    "org = ? AND object = ? AND state = 'rejected' AND reverses IS NULL AND field IN ({fields})"
    " AND NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.org = journal.org AND later.object = journal.object"
    " AND later.record = journal.record AND later.field = journal.field AND later.id > journal.id"
    " AND later.state IN ('written', 'undone', 'rejected'))"
)


def pages(store: Store, *, org: str, object: str, fields: Collection[str]) -> Iterator[Sequence[str]]:
    """Ids of all records with such a field, in pages. Keyset paging: what is written meanwhile hides nobody."""
    last, where = "", _REFUSED.format(fields=", ".join("?" * len(fields)))
    sql = f"SELECT DISTINCT record FROM journal WHERE {where} AND record > ? ORDER BY record LIMIT {_CHUNK}"
    while rows := store.rows(sql, org, object, *sorted(fields), last):
        last = rows[-1]["record"]
        yield [row["record"] for row in rows]


def among(store: Store, *, org: str, object: str, fields: Collection[str], ids: Sequence[str]) -> frozenset[str]:
    """Those of these records that have such a field."""
    found: set[str] = set()
    where = _REFUSED.format(fields=", ".join("?" * len(fields)))
    for start in range(0, len(ids), _CHUNK):
        chunk = ids[start : start + _CHUNK]
        sql = f"SELECT DISTINCT record FROM journal WHERE {where} AND record IN ({', '.join('?' * len(chunk))})"
        found |= {row["record"] for row in store.rows(sql, org, object, *sorted(fields), *chunk)}
    return frozenset(found)
