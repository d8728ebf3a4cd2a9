"""The Salesforce adapter; ``connect`` is its entry point in the group ``connector.crms``."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from connector.crm.base import Crm
from connector.pacing import Clock, Sleep

from .adapter import SalesforceCrm
from .bulk import READ_FROM
from .signin import account_of, open_session
from .transport import Transport

__all__ = ["connect"]


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def connect(
    connection: Mapping[str, Any],
    *,
    clock: Clock = time.monotonic,
    sleep: Sleep = time.sleep,
    now: Callable[[], datetime] = utc_now,
) -> Crm:
    """One Salesforce org behind the Protocol; nothing is sent before the first call.

    ``connection``: ``auth`` (``token`` | ``client_credentials``), ``instance_url``, ``access_token`` or
    ``client_id`` and ``client_secret``, ``login_url``, ``api_version``, ``ca_file``, ``api_reserve`` (share of the
    daily calls left to others, default 0.2), ``bulk_read_from`` (rows from which a read goes by Bulk API 2.0, default
    10,000; 0 = never). ``clock`` times calls for the log alone: limits are by the day. ``now``
    tells which records were edited so recently that they are written on condition alone.

    Raises:
        ConfigError: an address that is not https (http is for loopback only), a CA file that is not there.
    """
    reserve = connection.get("api_reserve")
    transport = Transport(
        open_session(connection),
        account_of(connection),
        reserve=0.2 if reserve is None else float(reserve),
        clock=clock,
        sleep=sleep,
    )
    read_from = connection.get("bulk_read_from")
    return SalesforceCrm(transport, now=now, bulk_read_from=READ_FROM if read_from is None else int(read_from))
