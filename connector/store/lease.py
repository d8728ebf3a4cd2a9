"""One writer per CRM tenant: an OS lock beside the state file, and the tenant's own id behind each org name.

The lock is the truth: the kernel takes it from a dead process at once, so a run found ``running`` by the
holder of the lease is a dead one.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from hashlib import sha256

from filelock import FileLock, Timeout

from connector.errors import ConfigError, OrgHeld
from connector.store.db import Store, stamp


@contextmanager
def hold_lease(store: Store, *, org: str, crm: str, tenant: str | None, address: str, now: datetime) -> Iterator[None]:
    """Hold the lease of one tenant while the block runs.

    ``tenant``: the CRM's own id; where it does not tell, ``address`` stands for it. Raises OrgHeld when
    another process holds it, ConfigError when ``org`` pointed to another tenant before.
    """
    same_tenant(store, org=org, tenant=tenant)
    tenant = tenant or _known_tenant(store, org)
    lock = _lock(store, _name(crm, tenant or address), lambda: _held_by(store, org))
    try:
        with store.transaction():
            store.db.execute(
                "INSERT INTO leases (org, crm, tenant, host, pid, heartbeat) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (org) DO UPDATE SET crm = excluded.crm, host = excluded.host, pid = excluded.pid,"
                " heartbeat = excluded.heartbeat, tenant = coalesce(excluded.tenant, tenant)",
                [org, crm, tenant, socket.gethostname(), os.getpid(), stamp(now)],
            )
        yield
    finally:
        lock.release()


def held(store: Store, org: str, *, besides: str) -> bool:
    """Whether a process holds the lease of ``org`` now. The lease that the caller holds itself, as ``besides``, does
    not count: there ``org`` is another name for the same tenant. Of a tenant that never told its id nobody can know.
    """
    tenants = "SELECT crm, tenant FROM leases WHERE org = ? AND tenant IS NOT NULL"
    for row in store.rows(f"{tenants} EXCEPT {tenants}", org, besides):
        try:
            _lock(store, _name(row["crm"], row["tenant"]), lambda: "").release()
        except (OrgHeld, ConfigError):
            return True
    return False


@contextmanager
def hold_key(store: Store, key: str) -> Iterator[None]:
    """Be the only one who spends a Lusha key by hand while the block runs; runs of orgs are not in the way.

    Raises OrgHeld when another process holds it.
    """
    lock = _lock(store, f"key-{key}", lambda: "another lusha command is spending with this key")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def hold_still(store: Store, *, tenants: Iterable[tuple[str, str, str]], keys: Iterable[str]) -> Iterator[None]:
    """No run and no question by hand goes on, or begins, while the block runs: nobody holds a copy in memory.

    ``tenants``: (org, crm, address) of the config, ``keys``: its Lusha keys; those of the state file are known. Raises
    OrgHeld when a process holds one of either. A run of an org that left the config and never told its tenant
    is not seen.
    """
    names = {_name(crm, _known_tenant(store, org) or address): org for org, crm, address in tenants}
    for row in store.rows("SELECT org, crm, tenant FROM leases WHERE tenant IS NOT NULL"):
        names.setdefault(_name(row["crm"], row["tenant"]), row["org"])
    with ExitStack() as locks:
        for name, org in sorted(names.items()):
            locks.callback(_lock(store, name, partial(_held_by, store, org)).release)
        for key in sorted({*keys, *(row["key"] for row in store.rows("SELECT key FROM accounts"))}):
            locks.enter_context(hold_key(store, key))
        yield


def _name(crm: str, tenant: str) -> str:
    return f"lease-{sha256(f'{crm}:{tenant}'.encode()).hexdigest()[:16]}"


def _lock(store: Store, name: str, held: Callable[[], str]) -> FileLock:
    """An acquired lock beside the state file; OrgHeld while another process has it."""
    lock = FileLock(f"{store.path}-{name}", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except OSError as error:
        if isinstance(error, Timeout):
            raise OrgHeld(held(), hint="wait for it to end, then run again") from None
        raise ConfigError(
            f"the lease file {lock.lock_file} cannot be locked: {error.strerror}",
            hint="it may belong to another user: let it be yours, or name another state.path",
        ) from error
    return lock


def same_tenant(store: Store, *, org: str, tenant: str | None) -> None:
    """Raise ConfigError where an org's name stood for another tenant until now."""
    for row in store.rows("SELECT tenant FROM leases WHERE org = ? AND tenant IS NOT NULL", org):
        if tenant is not None and row["tenant"] != tenant:
            raise ConfigError(
                f"org {org} was {row['tenant']} until now, and its connection leads to {tenant}: its records would"
                " be taken for those of another tenant",
                hint="give the other tenant a name of its own in the config, or use another state file",
            )


def _known_tenant(store: Store, org: str) -> str | None:
    """The id that the CRM told before: the same lock, also when it is silent this time."""
    rows = store.rows("SELECT tenant FROM leases WHERE org = ?", org)
    return rows[0]["tenant"] if rows else None


def _held_by(store: Store, org: str) -> str:
    for row in store.rows("SELECT host, pid FROM leases WHERE org = ?", org):
        return f"another run holds {org} (process {row['pid']} on {row['host']})"
    return f"another run holds {org}"
