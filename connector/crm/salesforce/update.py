"""What Salesforce's answer says of each record of an update: landed, refused, gone, or to be tried again.

Stands between ``adapter`` and ``transport``. One PATCH carries many records and answers for each of them, or one
record on condition. Nothing is sent twice here: whoever sends again has to look at the record first. Per-record codes:
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connector.errors import ConnectorError, InDoubt, NotDone, RequestRefused
from connector.models import Again, Rejection, Update, WriteResult
from connector.redact import redact

Answer = Mapping[str, Any]
Send = Callable[[Sequence[Update]], Sequence[Answer]]
"""Sends updates in one request and gives Salesforce's answer to each, in order; one with ``seen`` comes alone."""

Share = Callable[[Sequence[Update]], Sequence[Update]]
"""Which of the updates without ``seen`` go now, in one request."""

FIELD_CODES = frozenset({
    "DUPLICATE_VALUE", "FIELD_INTEGRITY_EXCEPTION", "INVALID_EMAIL_ADDRESS", "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INVALID_TYPE_ON_FIELD_IN_RECORD",
    "JSON_PARSER_ERROR", "NUMBER_OUTSIDE_VALID_RANGE", "STRING_TOO_LONG",
})  # fmt: skip
"""The fault lies in the fields that the error names: the rest of the record can land without them."""
GONE_CODES = frozenset({
    "CANNOT_UPDATE_CONVERTED_LEAD", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND",
})  # fmt: skip
"""The record is deleted, merged away, or a lead that has become a contact."""
MOVED_CODE = "PRECONDITION_FAILED"
"""The record was modified after ``Update.seen``: nothing was written."""
LOCK_CODE = "UNABLE_TO_LOCK_ROW"
UNPROCESSED = "UNPROCESSED"
"""Our own word for a record that a bulk job did not come to."""
TRANSIENT_CODES = frozenset({
    LOCK_CODE, UNPROCESSED, "API_CURRENTLY_DISABLED", "QUERY_TIMEOUT", "REQUEST_LIMIT_EXCEEDED",
    "REQUEST_RUNNING_TOO_LONG", "SERVER_UNAVAILABLE", "TERRITORY_REALIGN_IN_PROGRESS", "TOO_MANY_APEX_REQUESTS",
})  # fmt: skip
"""The org is busy, the record is as good as before. ENTITY_IS_LOCKED is not one: people have to end an approval."""
_AGAIN = {LOCK_CODE: Again(wait=True), UNPROCESSED: Again()}
"""What is looked at again in this run, where nothing else was refused."""


def write(updates: Sequence[Update], send: Send, share: Share = list) -> list[WriteResult]:
    """Send each of ``updates`` once; one result for each, in order.

    Those with ``seen`` are sent one by one, on condition that the record has not been modified since; all others
    ``share`` a request, which goes first: it rests on a re-read of this moment, and conditions wait without harm. What
    is left out of it is ``again``: by the time of an answer that re-read is old.

    Raises:
        InDoubt: an answer was lost; the caller re-reads all of these records.
        ConnectorError: the first request was not done. Of a later one that is not done (quota, network) the records
            are ``again``, so that what had landed before is still told.
    """
    sender = _Sender(send)
    found = {result.id: result for lot in _lots(updates, share) for result in sender.results(lot)}
    return [found.get(update.id) or _unsent(update) for update in updates]


def _lots(updates: Sequence[Update], share: Share) -> Iterator[Sequence[Update]]:
    """What goes into one request each."""
    some = [update for update in updates if update.values]
    if free := [update for update in some if update.seen is None]:
        yield share(free)
    yield from ([update] for update in some if update.seen is not None)


def _unsent(update: Update) -> WriteResult:
    if not update.values:
        return WriteResult(update.id)
    full = Rejection("NOT_SENT", "the request was full", transient=True)
    return WriteResult(update.id, rejections=(full,), again=Again())


class _Sender:
    """Sends requests; once one could not be sent, later ones are not tried: the day's calls do not come back
    meanwhile. Whoever looks at their records again meets the same end, and then nothing has landed beside it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._landed = False
        self._ended: tuple[Rejection, Again] | None = None

    def results(self, updates: Sequence[Update]) -> list[WriteResult]:
        if self._ended is None:
            try:
                answers = self._send(updates)
            except RequestRefused as refused:
                return _apart(updates, refused)
            except InDoubt:
                raise
            except ConnectorError as error:
                if not self._landed:
                    raise
                unsent = Rejection("NOT_SENT", error.message, transient=True)
                self._ended = unsent, Again(wait=isinstance(error, NotDone))
            else:
                self._landed = True
                return [result_of(update, answer) for update, answer in zip(updates, answers, strict=True)]
        rejection, again = self._ended
        return [WriteResult(update.id, rejections=(rejection,), again=again) for update in updates]


def _apart(updates: Sequence[Update], refused: RequestRefused) -> list[WriteResult]:
    """A request that is refused whole: the one record that is meant, or two halves to look for it in."""
    why = (Rejection(refused.code, redact(refused.message), transient=True),)
    if len(updates) == 1 and refused.code.isdigit():  # a status alone, as a proxy gives it: no verdict on the record
        return [WriteResult(updates[0].id, rejections=why)]
    if len(updates) == 1:
        return [result_of(updates[0], failed(refused.code, refused.message))]
    halves = (int(2 * place >= len(updates)) for place in range(len(updates)))
    return [
        WriteResult(update.id, rejections=why, again=Again(part=half))
        for update, half in zip(updates, halves, strict=True)
    ]


def result_of(update: Update, answer: Answer) -> WriteResult:
    """One record's answer of a collections call."""
    if answer.get("success") is True:
        return WriteResult(update.id, frozenset(update.values))
    errors = [error for error in answer.get("errors") or () if isinstance(error, dict)]
    codes = {str(error.get("statusCode")) for error in errors}
    if codes == {MOVED_CODE}:  # conditions count in whole seconds: after one, an edit of this moment is told apart
        return WriteResult(update.id, again=Again(wait=True))
    named = [_named(update, error) for error in errors]
    # The same code about a field means that this field points to a record that is not there.
    if any(error.get("statusCode") in GONE_CODES and not names for error, names in zip(errors, named, strict=True)):
        return WriteResult(update.id, gone=True)
    if errors and all(named) and codes <= FIELD_CODES:
        return _without(update, [_rejection(e, name) for e, names in zip(errors, named, strict=True) for name in names])
    passing = bool(codes) and codes <= TRANSIENT_CODES
    told = tuple(replace(_rejection(error), transient=passing) for error in errors or ({},))
    again = next((how for code, how in _AGAIN.items() if codes == {code}), None)
    return WriteResult(update.id, rejections=told, again=again)


def _without(update: Update, refused: Sequence[Rejection]) -> WriteResult:
    """Nothing was written; the other fields may go without those refused, unless they are stamps alone."""
    left = update.values.keys() - {one.field for one in refused}
    return WriteResult(update.id, rejections=tuple(refused), again=None if left <= update.stamps else Again())


def _named(update: Update, error: Answer) -> list[str]:
    named = {str(name).lower() for name in error.get("fields") or ()}
    return [name for name in update.values if name.lower() in named]


def failed(code: str, message: str) -> Answer:
    """A refusal of a record for a reason that names no field, as a collections call would tell it."""
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": []}]}


def _rejection(error: Answer, name: str | None = None) -> Rejection:
    code = str(error.get("statusCode") or "UNKNOWN")
    message = str(error.get("message") or "Salesforce gave no reason")
    return Rejection(code, redact(message), name)
