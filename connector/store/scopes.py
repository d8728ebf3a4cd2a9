"""Orgs, objects and mappings by the numbers that narrow rows bear: SQL to find them, and how new ones get theirs."""

from __future__ import annotations

from connector.store.db import Store

SCOPE = "(SELECT id FROM scopes WHERE org = ? AND object = ?)"
"""The number of an org's object."""
AIM = (
    "(SELECT aims.id FROM aims JOIN scopes ON scopes.id = aims.scope"
    " WHERE org = ? AND object = ? AND mapping = ?)"
)  # fmt: skip
"""The number of a mapping at an org's object."""
AIMS = f"(SELECT id FROM aims WHERE scope = {SCOPE})"
"""The numbers of all mappings at an org's object."""


def scope(store: Store, org: str, object: str) -> int:
    """The number of an org's object, a new one if need be; inside a transaction."""
    store.db.execute("INSERT OR IGNORE INTO scopes (org, object) VALUES (?, ?)", [org, object])
    return int(store.rows(f"SELECT {SCOPE}", org, object)[0][0])


def aim(store: Store, org: str, object: str, mapping: str) -> int:
    """The number of a mapping at an org's object, a new one if need be; inside a transaction."""
    place = scope(store, org, object)
    store.db.execute("INSERT OR IGNORE INTO aims (scope, mapping) VALUES (?, ?)", [place, mapping])
    return int(store.rows("SELECT id FROM aims WHERE scope = ? AND mapping = ?", place, mapping)[0]["id"])
