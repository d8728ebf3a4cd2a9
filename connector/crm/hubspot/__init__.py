"""HubSpot: found through the entry point group ``connector.crms`` as ``connect``.

``adapter`` answers the Protocol; ``transport`` is the one send path, over ``wire``, ``signin`` and ``limits``;
``errors`` decides what an answer means; ``reading``, ``search``, ``related``, ``batch``, ``isolation`` and ``unique``
hold one concern each; ``endpoints`` the paths. Nothing of it is imported before somebody connects: hubspot-api-client
takes its time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from connector.clocks import utc_now
from connector.crm.base import Crm
from connector.errors import ConfigError
from connector.hosts import is_loopback
from connector.pacing import Clock, LocalTurns, Sleep, Turns

__all__ = ["connect"]


def connect(
    connection: Mapping[str, Any],
    *,
    clock: Clock = time.monotonic,
    sleep: Sleep = time.sleep,
    now: Callable[[], datetime] = utc_now,
    turns: Turns | None = None,
) -> Crm:
    """A portal; nothing is sent yet.

    ``connection``: access_token (Secret), or client_id, client_secret and refresh_token (the latter two Secret);
    base_url, api_version (``v3``, ``2026-09``), ca_file (Path or None), api_reserve (share of the day's calls left to
    others). ``now``: the wall clock, which HubSpot's is compared with. ``turns``: whose turn it is, shared by all that
    use the app; of this client alone where left out. ConfigError: another API version, or http to anything but this
    machine.
    """
    from connector.crm.hubspot.adapter import HubSpotCrm
    from connector.crm.hubspot.endpoints import VERSIONS
    from connector.crm.hubspot.signin import sign_in
    from connector.crm.hubspot.transport import Transport
    from connector.crm.hubspot.wire import Wire

    version = connection["api_version"]
    if version not in VERSIONS:
        raise ConfigError(f"connection.api_version: expected {' or '.join(map(repr, VERSIONS))} but got: {version!r}")
    base_url = str(connection["base_url"])
    address = urlsplit(base_url)
    if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address.hostname or "")):
        raise ConfigError(f"connection.base_url: expected an https:// address but got: {base_url!r}")
    transport = Transport(
        sign_in(connection, clock=clock),
        Wire(base_url.rstrip("/"), connection["ca_file"]),
        VERSIONS[version],
        turns=turns or LocalTurns(clock=clock),
        reserve=connection["api_reserve"],
        clock=clock,
        sleep=sleep,
        now=now,
    )
    return HubSpotCrm(transport)
