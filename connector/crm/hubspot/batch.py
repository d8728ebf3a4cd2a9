"""Writes one batch so that one bad value stops only itself: check → send once → read every answer → isolate.

HubSpot refuses a whole batch for one bad value (400) or one duplicate (409), and did nothing then. The named value is
dropped; where nobody is named, the batch comes back in two halves, so k bad records among n cost about 2·k·log2(n)
requests. What is left goes back to the caller, who looks at the records before anything is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from connector.crm.hubspot.answers import Body, Complaint, listed
from connector.crm.hubspot.errors import Refused
from connector.crm.hubspot.isolation import NO_STAMPS, Stamps, blame, divide, rejection, suspects, without
from connector.crm.hubspot.schema import misfit, same
from connector.crm.hubspot.unique import Inputs, Send, held_by, held_fields
from connector.errors import ConnectorError, InDoubt
from connector.models import Again, FieldInfo, Record, Rejection, WriteResult
from connector.redact import redact

_REFUSES_ITEMS = (400, 404, 409, 422)

Reread = Callable[[Sequence[str], Sequence[str]], Mapping[str, Record]]


class BatchWrite:
    """One batch of one object on its way.

    ``write`` sends a batch update, ``reread`` reads records by id.
    """

    def __init__(
        self,
        object: str,
        schema: Mapping[str, FieldInfo],
        *,
        write: Send,
        reread: Reread,
    ) -> None:
        self._object = object
        self._schema = schema
        self._unique = tuple(name for name, info in schema.items() if info.unique)
        self._write = write
        self._reread = reread
        self._again: dict[str, int] = {}
        self._written: dict[str, set[str]] = {}
        self._rejections: dict[str, list[Rejection]] = {}
        self._gone: set[str] = set()
        self._stamps: Stamps = NO_STAMPS

    def run(self, inputs: Inputs, stamps: Stamps = NO_STAMPS) -> Mapping[str, WriteResult]:
        """One result for each record of ``inputs`` (at most 100); ``stamps`` left alone by a refusal are not sent.

        InDoubt: the answer was lost; nothing can be said of any of these records. Any other error: nothing was done.
        """
        self._stamps = stamps
        if ready := self._drop(inputs, misfits(self._schema, inputs)):
            self._send(ready)
        return {
            record: WriteResult(
                record,
                written=frozenset(self._written.get(record, ())),
                rejections=tuple(self._rejections.get(record, ())),
                gone=record in self._gone,
                again=Again(part=self._again[record]) if record in self._again else None,
            )
            for record in inputs
        }

    def _drop(self, inputs: Inputs, refused: dict[str, dict[str, Rejection]]) -> Inputs:
        for record, reasons in refused.items():
            self._rejections.setdefault(record, []).extend(reasons.values())
        return without(inputs, refused, self._stamps)

    def _send(self, inputs: Inputs) -> None:
        # With a trace id on every input HubSpot may answer bad ones one by one (207) instead of refusing all (400).
        body = {
            "inputs": [
                {"id": record, "properties": values, "objectWriteTraceId": record} for record, values in inputs.items()
            ]
        }
        try:
            answer = self._write(body)
        except Refused as refusal:
            if refusal.http_status not in _REFUSES_ITEMS:
                raise
            self._isolate(inputs, refusal)
        else:
            self._settle(inputs, answer)

    def _isolate(self, inputs: Inputs, refusal: Refused) -> None:
        """Nothing was written: who is meant, as far as HubSpot tells, and what may be sent again without."""
        told = refusal.complaints
        why = Rejection(refusal.code, redact(refusal.message), transient=True)
        if meant := blame(told, inputs, self._unique) or self._taken(inputs, told):
            self._again |= dict.fromkeys(self._drop(inputs, meant), 0)
        elif len(inputs) > 1:
            halves = divide(inputs, suspects(told, inputs, self._unique))
            self._again |= {record: part for part, half in enumerate(halves) for record in half}
            for record in inputs:
                self._rejections.setdefault(record, []).append(why)
        elif told:
            self._refuse(next(iter(inputs)), told[0])
        else:  # half an answer, or a proxy's page: no verdict on the record
            self._rejections.setdefault(next(iter(inputs)), []).append(why)

    def _taken(self, inputs: Inputs, told: Sequence[Complaint]) -> dict[str, dict[str, Rejection]]:
        """Whose values the named holders hold: "Existing ID: 9" is all that HubSpot says of an e-mail."""
        holders = sorted({complaint.holder for complaint in told if complaint.holder})
        if not holders:
            return {}
        held = self._reread(holders, held_fields(self._object, self._unique))
        return held_by(self._object, held.values(), inputs, self._unique)

    def _settle(self, inputs: Inputs, answer: Body) -> None:
        """Read results by id, then ``errors[]``: HubSpot reports failures under 200 and 207 alike."""
        for result in answer.get("results") or ():
            if (record := str(result.get("id"))) in inputs:
                self._written.setdefault(record, set()).update(inputs[record])
        open_ = {one: values for one, values in inputs.items() if one not in self._written}
        told = listed(answer)
        for record in list(open_):
            if about := [complaint for complaint in told if record in complaint.ids]:
                self._answer(record, open_.pop(record), about)
        self._find_out(open_, [complaint for complaint in told if not complaint.ids & inputs.keys()])

    def _answer(self, record: str, values: dict[str, str], told: Sequence[Complaint]) -> None:
        """A record that a 207 names: refused, gone, or to be sent again without what it names."""
        alone = {record: values}
        if any(complaint.not_found for complaint in told):
            self._gone.add(record)
        elif meant := blame(told, alone, self._unique):
            self._again |= dict.fromkeys(self._drop(alone, meant), 0)
        else:
            self._refuse(record, told[0])

    def _find_out(self, inputs: Inputs, told: Sequence[Complaint]) -> None:
        """Records in neither list: only the CRM itself can say what became of them."""
        if not inputs:
            return
        names = sorted({name for values in inputs.values() for name in values})
        try:
            now = self._reread(list(inputs), names)
        except ConnectorError as error:
            raise InDoubt(f"HubSpot may or may not have done this write: {error.message}", hint=error.hint) from error
        for record, values in inputs.items():
            if record not in now:
                self._gone.add(record)
            elif self._holds(now[record], values):
                self._written.setdefault(record, set()).update(values)
            else:
                silent = Complaint("NO_RESULT", "HubSpot's answer does not mention this record, and it is unchanged")
                self._refuse(record, told[0] if told else silent)

    def _refuse(self, record: str, complaint: Complaint) -> None:
        if complaint.not_found:
            self._gone.add(record)
        else:
            self._rejections.setdefault(record, []).append(rejection(complaint))

    def _holds(self, record: Record, sent: Mapping[str, str]) -> bool:
        return all(same(self._schema[name], record.values.get(name), text) for name, text in sent.items())


def misfits(schema: Mapping[str, FieldInfo], inputs: Inputs) -> dict[str, dict[str, Rejection]]:
    """Record id → property → why HubSpot would refuse its value, and the whole batch with it."""
    refused: dict[str, dict[str, Rejection]] = {}
    for record, values in inputs.items():
        for name, text in values.items():
            if (why := misfit(schema.get(name), name, text)) is not None:
                refused.setdefault(record, {})[name] = why
    return refused
