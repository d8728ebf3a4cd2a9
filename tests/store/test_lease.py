"""One writer per tenant, held by the operating system: a dead holder holds nothing."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.errors import ConfigError, OrgHeld
from connector.store.db import Store, open_store
from connector.store.lease import held, hold_lease

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOLDS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from connector.store.db import open_store
from connector.store.lease import held, hold_lease

store = open_store(Path(sys.argv[1]))
with hold_lease(store, org="acme", crm="fake", tenant="T1", address="a", now=datetime.now(UTC)):
    print("held", flush=True)
    sys.stdin.readline()
"""


def lease(store: Store, org: str = "acme", tenant: str | None = "T1", **more: str) -> AbstractContextManager[None]:
    address = more.get("address", "https://acme.example")
    return hold_lease(store, org=org, crm=more.get("crm", "fake"), tenant=tenant, address=address, now=NOW)


@contextmanager
def holder(file: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lease of T1 until it is told, or killed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_process_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with holder(tmp_path / "state.db") as process:
        with pytest.raises(OrgHeld) as caught, lease(store):
            pytest.fail("two writers")
        words = f"another run holds acme (process {process.pid} on "
        assert caught.value.message.startswith(words)
        assert caught.value.hint == "wait for it to end, then run again"


def test_a_killed_holder_frees_it_at_once(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with holder(tmp_path / "state.db") as process:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        with lease(store):
            pass


def test_it_ends_with_the_block_also_when_the_block_fails(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with pytest.raises(ValueError, match="inside"), lease(store):
        raise ValueError("inside")
    with lease(store):
        pass


def test_two_names_of_one_tenant_share_a_lease_and_two_tenants_do_not(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with lease(store):
        with pytest.raises(OrgHeld), lease(store, "acme-again"):
            pytest.fail("two writers")
        with lease(store, "beta", "T2"), lease(store, "gamma", "T1", crm="other"):
            pass


def test_where_the_crm_does_not_tell_the_address_stands_for_the_tenant(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with lease(store, "acme", None):
        with pytest.raises(OrgHeld), lease(store, "twin", None):
            pytest.fail("two writers")
        with lease(store, "beta", None, address="https://beta.example"):
            pass


def test_an_org_name_that_leads_to_another_tenant_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with lease(store):
        pass
    with pytest.raises(ConfigError) as caught, lease(store, tenant="T2"):
        pytest.fail("records of T1 would be taken for those of T2")
    assert caught.value.message == (
        "org acme was T1 until now, and its connection leads to T2: its records would be taken for those of another"
        " tenant"
    )
    with lease(store):
        pass


def test_a_tenant_once_known_is_not_forgotten_by_a_run_that_was_not_told(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    for tenant in ("T1", None):
        with lease(store, tenant=tenant):
            pass
    with pytest.raises(ConfigError), lease(store, tenant="T2"):
        pytest.fail("records of T1 would be taken for those of T2")


def test_the_lock_file_belongs_to_its_owner_and_names_nobody(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with lease(store, tenant="00D000000000001"):
        [file] = tmp_path.glob("state.db-lease-*")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert "00D" not in file.name


def test_whether_an_org_is_held_can_be_asked_without_being_in_the_way(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    assert not held(store, "acme", besides="beta")  # it never ran
    with holder(tmp_path / "state.db"):
        assert held(store, "acme", besides="beta")
    assert not held(store, "acme", besides="beta")
    with lease(store), lease(store, "beta", "T2"):
        assert held(store, "acme", besides="beta")
        assert not held(store, "acme", besides="acme")


def test_another_name_of_the_callers_own_tenant_is_not_held_by_others(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with lease(store, "old name"):
        pass
    with lease(store, "acme"):
        assert not held(store, "old name", besides="acme")


def test_of_a_tenant_without_an_id_nobody_knows_whether_it_is_held(tmp_path: Path) -> None:
    store = open_store(tmp_path / "state.db")
    with lease(store, "acme", None):
        assert not held(store, "acme", besides="beta")
