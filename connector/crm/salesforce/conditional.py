"""Writes on condition: which updates go alone, what such a request carries, and what a refusal of it says. Pure.

A collections call knows no condition, a PATCH of one record does: Salesforce refuses it with 412 where
``LastModifiedDate > If-Unmodified-Since``, both in whole seconds. The header is what the record told when it was
re-read right before. What remains is one second wide: an edit after our read, in the very second of the edit before
it, has the same LastModifiedDate and is not seen.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from connector.models import Update

from .update import MOVED_CODE, Answer, failed

RECENT = timedelta(minutes=15)
"""Who edited a record just now may not have finished: so long it is not written without a condition."""
MOST_OURS = 1_000
"""So many records that nobody but us modified just now go on condition; then they share calls, behind the re-read
alone: an undo of a large run would else be one call for each of its records."""
_OF_THE_RECORD = frozenset({400, 403, 404, 409})
_OF_THE_REQUEST = frozenset({
    "API_CURRENTLY_DISABLED", "API_DISABLED_FOR_ORG", "INVALID_AUTH_HEADER", "INVALID_SESSION_ID",
    "REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE",
})  # fmt: skip
"""Codes that say nothing of the record, whatever the status: the table of ``errors`` decides."""


def on_condition(update: Update, now: datetime) -> Update:
    """The update as it goes out: ``seen`` is left only where it is to be compared, which takes a request of its own.

    That is a strict update, or a record that was edited within RECENT (or, as our clock has it, later than now).
    """
    if update.seen is None or update.strict or now - update.seen < RECENT:
        return update
    return replace(update, seen=None)


def condition(seen: datetime) -> Mapping[str, str]:
    """The header for a record that was last modified at ``seen``. Its format cuts a part of a second off, which is
    the right way to round: never too late."""
    return {"If-Unmodified-Since": format_datetime(seen.astimezone(UTC), usegmt=True)}


def refusal_of(status: int, data: object) -> Answer | None:
    """What a refusal says of the one record, in the shape of a collections answer; None if it is about the request.

    ``data``: the body's JSON, ``[{message, errorCode, fields}]``; None where it is none.
    """
    if status == 412:
        return failed(MOVED_CODE, "the record was modified meanwhile")
    if status not in _OF_THE_RECORD or not isinstance(data, list) or not data:
        return None
    errors = [error for error in data if isinstance(error, dict) and error.get("errorCode")]
    if len(errors) != len(data) or any(str(error["errorCode"]) in _OF_THE_REQUEST for error in errors):
        return None
    return {"success": False, "errors": [{**error, "statusCode": error["errorCode"]} for error in errors]}
