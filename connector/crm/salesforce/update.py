"""What becomes of each record of an update: dropped fields, locked rows, bad apples, edits that came first.

Stands between ``adapter`` and ``transport``. One PATCH carries many records and answers for each of them, or one
record on condition; this module sends again, a bounded number of times, what may still land. Per-record codes:
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from connector.errors import ConnectorError, InDoubt, NotDone, RequestRefused
from connector.models import Rejection, Update, Value, WriteResult
from connector.redact import redact

Answer = Mapping[str, Any]
Send = Callable[[Sequence[Update]], Sequence[Answer]]
"""Sends updates in one request and gives Salesforce's answer to each, in order; one with ``seen`` comes alone."""

FIELD_CODES = frozenset({
    "DUPLICATE_VALUE", "FIELD_INTEGRITY_EXCEPTION", "INVALID_EMAIL_ADDRESS", "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "INVALID_TYPE_ON_FIELD_IN_RECORD",
    "JSON_PARSER_ERROR", "NUMBER_OUTSIDE_VALID_RANGE", "STRING_TOO_LONG",
})  # fmt: skip
"""The fault lies in the fields that the error names: the rest of the record can land without them."""
GONE_CODES = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"})
WAITED = "ASKED_TO_WAIT"
"""Our own word for what was not sent because time passed first."""
MOVED_CODE = "PRECONDITION_FAILED"
"""The record was modified after ``Update.seen``: nothing was written."""
LOCK_CODE = "UNABLE_TO_LOCK_ROW"
TRANSIENT_CODES = frozenset({
    LOCK_CODE, "API_CURRENTLY_DISABLED", "QUERY_TIMEOUT", "REQUEST_LIMIT_EXCEEDED", "REQUEST_RUNNING_TOO_LONG",
    "SERVER_UNAVAILABLE", "TERRITORY_REALIGN_IN_PROGRESS", "TOO_MANY_APEX_REQUESTS",
})  # fmt: skip
"""The org is busy, the record is as good as before. ENTITY_IS_LOCKED is not one: people have to end an approval."""
ISOLATING_CALLS = 40
"""Most extra requests to find the records for which a whole request is refused."""


@dataclass(slots=True)
class _Row:
    """One update under way."""

    update: Update
    values: dict[str, Value]
    written: frozenset[str] = frozenset()
    rejections: list[Rejection] = field(default_factory=list)
    gone: bool = False
    again: bool = False
    dropped: bool = False

    def settle(self, answer: Answer | Rejection) -> bool:
        """Take Salesforce's answer in; False if what is left in ``values`` should be sent (again)."""
        if isinstance(answer, Rejection):
            self.rejections.append(answer)
            self.again = answer.code == WAITED
            return True
        if answer.get("success") is True:
            self.written = frozenset(self.values)
            return True
        errors = [error for error in answer.get("errors") or () if isinstance(error, dict)]
        codes = {str(error.get("statusCode")) for error in errors}
        if codes == {MOVED_CODE}:
            self.again = True
            return True
        self.again = codes == {LOCK_CODE}
        if any(self._means_record(error) for error in errors):
            self.gone = True
            return True
        named = [self._named(error) for error in errors]
        if errors and all(named) and codes <= FIELD_CODES and not self.dropped:
            return self._drop(errors, named)
        passing = bool(codes) and codes <= TRANSIENT_CODES
        self.rejections += [replace(_rejection(error), transient=passing) for error in errors or ({},)]
        return True

    def result(self) -> WriteResult:
        return WriteResult(self.update.id, self.written, tuple(self.rejections), self.gone, self.again)

    def _drop(self, errors: Sequence[Answer], named: Sequence[Sequence[str]]) -> bool:
        self.dropped = True
        for error, names in zip(errors, named, strict=True):
            self.rejections += [_rejection(error, name) for name in names]
            for name in names:
                self.values.pop(name, None)
        return self.update.stamps >= self.values.keys()  # nothing is left, or nothing that stamps could vouch for

    def _named(self, error: Answer) -> list[str]:
        named = {str(name).lower() for name in error.get("fields") or ()}
        return [name for name in self.values if name.lower() in named]

    def _means_record(self, error: Answer) -> bool:
        # The same code about a field means that this field points to a record that is not there.
        return error.get("statusCode") in GONE_CODES and not self._named(error)


def write(updates: Sequence[Update], send: Send, fresh: Callable[[], bool]) -> list[WriteResult]:
    """Send ``updates`` until each of them has landed, was refused, or has to wait; one result for each, in order.

    Those with ``seen`` are sent one by one, on condition that the record has not been modified since, also when they
    are sent again; all others share a request. What has to wait (a locked row, a busy org) is ``again``: nobody waits
    here, since what was re-read grows old meanwhile. ``fresh``: whether it still answers for a write.

    Raises:
        InDoubt: an answer was lost; the caller re-reads all of these records.
        ConnectorError: the first request was not done. A later one that is not done (quota, network) becomes a
            transient rejection of its records, so that what had landed before is still told.
    """
    rows = [_Row(update, dict(update.values)) for update in updates]
    sender = _Sender(send, fresh)
    waiting = [row for row in rows if row.values]
    while waiting:
        unsettled: list[_Row] = []
        for lot in _lots(waiting):
            answers = sender.answers([replace(row.update, values=row.values) for row in lot])
            unsettled += [row for row, answer in zip(lot, answers, strict=True) if not row.settle(answer)]
        waiting = unsettled
    return [row.result() for row in rows]


def _lots(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """What goes into one request each. What has no condition goes first: it was re-read just now, and others wait
    without harm."""
    if together := [row for row in rows if row.update.seen is None]:
        yield together
    yield from ([row] for row in rows if row.update.seen is not None)


class _Sender:
    """Sends, and splits a request that is refused whole until the records that are meant stand alone.

    Once a request could not be sent, the later ones are not tried: the day's calls do not come back meanwhile.
    """

    def __init__(self, send: Send, fresh: Callable[[], bool]) -> None:
        self._send = send
        self._fresh = fresh
        self._begun = False
        self._landed = False
        self._ended: Rejection | None = None
        self._isolating = 0

    def answers(self, updates: Sequence[Update]) -> Sequence[Answer | Rejection]:
        if self._ended is not None:
            return [self._ended] * len(updates)
        if self._begun and updates[0].seen is None and not self._fresh():
            return [Rejection(WAITED, "what was re-read has grown old", transient=True)] * len(updates)
        self._begun = True
        try:
            found = self._send(updates)
        except RequestRefused as refused:
            return self._apart(updates, refused)
        except InDoubt:
            raise
        except ConnectorError as error:
            return [self._stop(error)] * len(updates)
        self._landed = True
        return found

    def _stop(self, error: ConnectorError) -> Rejection:
        if not self._landed:
            raise error
        code = WAITED if isinstance(error, NotDone) else "NOT_SENT"
        self._ended = Rejection(code, error.message, transient=True)
        return self._ended

    def _apart(self, updates: Sequence[Update], refused: RequestRefused) -> Sequence[Answer | Rejection]:
        if len(updates) == 1:
            return [failed(refused.code, refused.message)]
        if self._isolating >= ISOLATING_CALLS:  # some of these are good: the next run looks for the others
            return [Rejection(refused.code, refused.message, transient=True)] * len(updates)
        self._isolating += 2
        middle = len(updates) // 2
        return [*self.answers(updates[:middle]), *self.answers(updates[middle:])]


def failed(code: str, message: str) -> Answer:
    """A refusal of a record for a reason that names no field, as a collections call would tell it."""
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": []}]}


def _rejection(error: Answer, name: str | None = None) -> Rejection:
    code = str(error.get("statusCode") or "UNKNOWN")
    message = str(error.get("message") or "Salesforce gave no reason")
    return Rejection(code, redact(message), name)
