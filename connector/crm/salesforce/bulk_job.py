"""A job of Bulk API 2.0 while it runs: looked at more and more rarely, and aborted if nobody waits for it any longer.

Stands below ``bulk`` (queries) and ``bulk_update`` (ingest).
https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_one_job.htm
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from typing import Any

from connector.errors import ConnectorError, VendorUnreachable
from connector.redact import redact

from .transport import Call, Transport

PAUSES = (1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0, 60.0)
"""Seconds before each look; the last before all that follow. Small jobs run within seconds, large ones for minutes: so
nobody waits much longer than half of what the job took, and one of a minute costs eight calls."""
PATIENCE = 900.0
"""Seconds that a job is waited for, in all."""
DONE = "JobComplete"
ENDED = frozenset({DONE, "Failed", "Aborted"})
_log = logging.getLogger(__name__)


def finished(transport: Transport, path: str, template: str) -> Mapping[str, Any]:
    """Wait until a job has ended, well or not; what Salesforce then says of it. One that is not waited for to its end
    is aborted.

    Raises:
        VendorUnreachable: it has not ended within PATIENCE.
        ConnectorError: it could not be looked at.
    """
    state = ""
    try:
        for pause in _pauses():
            transport.wait(pause, "Salesforce's bulk job")
            job: Mapping[str, Any] = transport.send(Call("GET", path, template, dict, job=True, begun=True))
            state = str(job.get("state"))
            if state in ENDED:
                return job
        raise VendorUnreachable(f"Salesforce has not run a bulk job within {PATIENCE / 60:.0f} minutes")
    finally:
        if state not in ENDED:
            abort(transport, path, template)


def failure_of(job: Mapping[str, Any]) -> str | None:
    """What Salesforce says of a job that failed, or that somebody aborted; None of one that ran to its end."""
    if job.get("state") == DONE:
        return None
    words = redact(str(job.get("errorMessage") or "Salesforce gives no reason"))
    return f"Salesforce's bulk job is {job.get('state')}: {words}"


def abort(transport: Transport, path: str, template: str) -> bool:
    """Abort a job; whether Salesforce says that it did."""
    call = Call("PATCH", path, template, dict, body={"state": "Aborted"}, job=True, begun=True)
    try:
        return bool(transport.send(call).get("state") == "Aborted")
    except ConnectorError as error:  # it ends by itself, and Salesforce deletes it after seven days
        _log.debug("a bulk job could not be aborted: %s", error.message)
        return False


def _pauses() -> Iterator[float]:
    """Seconds to wait before each look at a job: PATIENCE in all."""
    left = PATIENCE
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        yield min(pause, left)
        left -= pause
        if left <= 0:
            return
