"""The Salesforce adapter; ``connect`` is its entry point in the group ``connector.crms``.

Nothing of it is imported before somebody connects: simple-salesforce and requests take their time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connector.clocks import utc_now

if TYPE_CHECKING:
    from connector.crm.base import Crm
    from connector.pacing import Clock, Sleep, Turns

__all__ = ["connect"]


def connect(
    connection: Mapping[str, Any],
    *,
    clock: Clock = time.monotonic,
    sleep: Sleep = time.sleep,
    now: Callable[[], datetime] = utc_now,
    turns: Turns | None = None,
) -> Crm:
    """One Salesforce org behind the Protocol; nothing is sent before the first call.

    ``connection``: ``instance_url``, ``auth`` and the keys that it asks for (``token``: ``access_token``;
    ``client_credentials``: ``client_id``, ``client_secret``; ``jwt``: ``client_id``, ``username``,
    ``private_key_file``, ``sandbox`` or ``audience``; ``password``: ``username``, ``password``, ``security_token``),
    ``login_url``, ``api_version`` (68.0; 64.0 by password), ``ca_file``, ``api_reserve`` (share of the daily calls
    left to others, default 0.2), ``bulk_read_from`` (rows from which a read goes by Bulk API 2.0, default 50,000;
    0 = never), ``bulk_write_from`` (the same of writes, default 0: see ``bulk_update``), ``duplicate_rules``
    (``enforce``, the default, or ``allow``). ``clock`` times calls for the log alone: limits are by the day. ``now``
    tells which records were edited so recently that they are written on condition alone, and when an assertion is
    signed. ``turns`` are nothing to Salesforce, which names no rate.

    Raises:
        ConfigError: an address that is not https (http is for loopback only), a CA file that is not there, a private
            key that cannot sign.
    """
    from .adapter import SalesforceCrm
    from .bulk import READ_FROM
    from .session import open_session
    from .signin import account_of
    from .transport import ALLOW_DUPLICATES, WRITE_HEADERS, Transport

    reserve, allowed = connection.get("api_reserve"), connection.get("duplicate_rules") == "allow"
    transport = Transport(
        open_session(connection),
        account_of(connection),
        reserve=0.2 if reserve is None else float(reserve),
        write_headers={**WRITE_HEADERS, **(ALLOW_DUPLICATES if allowed else {})},
        clock=clock,
        sleep=sleep,
        now=now,
    )
    read_from = connection.get("bulk_read_from")
    return SalesforceCrm(
        transport,
        now=now,
        bulk_read_from=READ_FROM if read_from is None else int(read_from),
        bulk_write_from=int(connection.get("bulk_write_from") or 0),
    )
