"""When fields last changed, by Salesforce's field history tracking; where that is silent, by the record itself.

Only what an administrator chose to track has a history, from that day on, for up to 24 months, and a value set at
creation has none. Tracking may also have been off for a while. So a row of history is believed only if the record
still holds the value that it tells. It names a user, which may be an integration's: everybody counts as a person.
https://developer.salesforce.com/docs/atlas.en-us.securityImplGuide.meta/securityImplGuide/tracking_field_history.htm
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connector.errors import AccessDenied, ConfigError, VendorUnreachable
from connector.models import Edit, Record, is_blank

from .errors import ConfigRefused, Denied
from .soql import checked_object, in_lots, moment

Row = Mapping[str, Any]
_NO_HISTORY = ("INVALID_TYPE", "INVALID_FIELD", "INSUFFICIENT_ACCESS")
"""How the codes begin that mean: there is no such history, or none for this user."""
_ODD_NAMES = {"opportunity": ("OpportunityFieldHistory", "OpportunityId")}
"""OpportunityHistory is about stages alone."""


@dataclass(slots=True)
class Latest:
    """The newest rows of history of one field of one record: their time, and the values they tell.

    Times have whole seconds, so there may be several rows; a lookup field has two for each change, name and id.
    """

    at: datetime
    values: list[object] = field(default_factory=list)


class Histories:
    """The histories of one org. ``query`` gives the pages of a SOQL statement.

    Whether an object has a history that this user may read is found out once.
    """

    def __init__(self, query: Callable[[str], Iterator[Sequence[Row]]]) -> None:
        self._query = query
        self._silent: set[str] = set()

    def latest(self, object: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Latest]]:
        """Record id (15 characters) → field → its newest rows; without what no row tells."""
        found: dict[str, dict[str, Latest]] = {}
        if object in self._silent:
            return found
        try:
            for statement in statements(object, ids, fields):
                for page in self._query(statement):
                    _collect(page, names_of(object)[1], fields, found)
        except (ConfigError, AccessDenied) as refused:
            if not _means_no_history(refused):
                raise
            self._silent.add(object)
            return {}
        return found


def names_of(object: str) -> tuple[str, str]:
    """The object that holds the history of ``object``, and its field that points to the record.

    >>> [names_of(name) for name in ("Contact", "Project__c", "acme__Project__c")]
    [('ContactHistory', 'ContactId'), ('Project__History', 'ParentId'), ('acme__Project__History', 'ParentId')]
    """
    name = checked_object(object)
    if name.lower().endswith("__c"):
        return f"{name[:-3]}__History", "ParentId"
    return _ODD_NAMES.get(name.lower(), (f"{name}History", f"{name}Id"))


def statements(object: str, ids: Sequence[str], fields: Sequence[str]) -> Iterator[str]:
    """The history of ``fields`` as SOQL, newest first, for as many records at once as fit a URI.

    ``ids`` and ``fields`` are known to be some.
    """
    history, parent = names_of(object)
    named = ",".join(f"'{name}'" for name in fields)
    head = f"SELECT {parent}, Field, NewValue, CreatedDate FROM {history} WHERE Field IN ({named})"
    return in_lots(ids, lambda listed: f"{head} AND {parent} IN ({listed}) ORDER BY CreatedDate DESC")


def edits_of(record: Record, latest: Mapping[str, Latest], fields: Sequence[str]) -> Mapping[str, Edit]:
    """The last edit of each field of a record as it is now. Blank, and no row tells that it was ever otherwise: absent.

    ``record`` was read after ``latest``, so that a change in between cannot pass for an old one. VendorUnreachable:
    the record does not tell when it was modified.
    """
    edits: dict[str, Edit] = {}
    for name in fields:
        told, value = latest.get(name), record.values[name]
        if told is not None and any(_same(value, other) for other in told.values):
            edits[name] = Edit(told.at)
        elif told is not None or not is_blank(value):
            edits[name] = Edit(_modified(record))
    return edits


def _collect(page: Sequence[Row], parent: str, fields: Sequence[str], found: dict[str, dict[str, Latest]]) -> None:
    known = {name.lower(): name for name in fields}
    for row in page:
        told = {key.lower(): value for key, value in row.items()}  # SOQL answers in its own spelling of names
        name, at = known.get(str(told.get("field")).lower()), moment(told.get("createddate"))
        if name is None or at is None:
            continue
        of_record = found.setdefault(str(told.get(parent.lower()))[:15], {})
        if name not in of_record or at > of_record[name].at:
            of_record[name] = Latest(at)
        if at == of_record[name].at:
            of_record[name].values.append(told.get("newvalue"))


def _means_no_history(refused: ConfigError | AccessDenied) -> bool:
    return isinstance(refused, ConfigRefused | Denied) and refused.outcome.code.startswith(_NO_HISTORY)


def _same(held: object, told: object) -> bool:
    return held == told or (is_blank(held) and is_blank(told))


def _modified(record: Record) -> datetime:
    if (at := record.modified or moment(record.version)) is None:
        raise VendorUnreachable(f"Salesforce does not tell when {record.id} was modified")
    return at
