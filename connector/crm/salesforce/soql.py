"""A Query as SOQL text: pure, and the one place where names and ids of a user's file reach the CRM's query.

https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select.htm
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus

from connector.crm.base import Query
from connector.errors import ConfigError

from .describe import ObjectSchema
from .errors import Outcome
from .ids import is_id
from .persons import kind_of_account

VERSION_FIELD = "SystemModstamp"
"""Moves with every change, by people or automation; LastModifiedDate moves with people's alone."""
MAX_URI = 16_000
"""Bytes; Salesforce refuses a longer one with 414 (its own limit is 16,384)."""
_ROOM_FOR_ADDRESS = 500
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_NO_SUCH = re.compile(r"(?:column|relationship) '(\w+)'(?: on entity '(\w+)')?")
_BEFORE = re.compile(r".*ERROR at Row:\d+:Column:\d+\s*", re.DOTALL)
_ADVICE = re.compile(r"\s*If you are attempting to use a custom field,.*", re.DOTALL)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'")
_BY_ITSELF = re.compile(
    r"(?i)\b(?:YESTERDAY|TODAY|TOMORROW|(?:LAST|THIS|NEXT|N)_\w+(?<!__c))\b"  # date literals: another day tomorrow
    r"|[a-z]\w*\.[a-z]"  # a parent's field
    r"|\b(?!(?:AND|OR|NOT|IN|INCLUDES|EXCLUDES)\b)[a-z]\w*\s*\(|\bSELECT\b"  # a function, or a query within
)
_MOVED_BESIDE = frozenset({"lastactivitydate", "lastreferenceddate", "lastvieweddate"})
"""Fields that move with an activity, or with a look at the record, and leave its SystemModstamp as it is."""


def checked_object(name: str) -> str:
    """``name``, if it can be an object's; else ConfigError."""
    if not _NAME.fullmatch(name):
        raise ConfigError(f"'{name}' is no Salesforce object: write its API name, such as Contact")
    return name


def moment(told: object) -> datetime | None:
    """A time as Salesforce tells it, ``2026-11-22T03:04:05.000+0000``, in UTC; None for anything else."""
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo else None


def in_lots(ids: Sequence[str], statement: Callable[[str], str]) -> Iterator[str]:
    """``statement`` of ids, quoted and joined by commas, for as many at once as fit a URI."""
    each = len(quote_plus("'',")) + 18
    lot = max(1, (MAX_URI - _ROOM_FOR_ADDRESS - len(quote_plus(statement("")))) // each)
    for start in range(0, len(ids), lot):
        yield statement(",".join(f"'{one}'" for one in ids[start : start + lot]))


def foreign_path(query: Query, outcome: Outcome) -> str | None:
    """The related path of the query whose field a refusal means, if it means one."""
    named = _NO_SUCH.search(outcome.words)
    if outcome.code != "INVALID_FIELD" or named is None or (named[2] or "").lower() == query.object.lower():
        return None
    paths = (path for path in (*query.fields, *query.blank) if "." in path)
    return next((path for path in paths if named[1].lower() in path.lower().split(".")[1:]), None)


def complaint(outcome: Outcome) -> str:
    """What Salesforce says about a query, without its excerpt of it: the query is ours, of which people know a part."""
    words = _ADVICE.sub("", _BEFORE.sub("", outcome.words))
    return f"Salesforce answered {outcome.code}: {' '.join(words.split())}"


def missing_column(object: str, outcome: Outcome) -> str | None:
    """The name that the object itself lacks, by the words of a refusal."""
    named = _NO_SUCH.search(outcome.words) if outcome.code == "INVALID_FIELD" else None
    return named[1] if named and (named[2] or "").lower() == object.lower() else None


def statements(query: Query, schema: ObjectSchema) -> Iterator[str]:
    """The query as SOQL: one statement, or one for each lot of ``ids`` that fits a URI.

    Raises:
        ConfigError: a path or an id that cannot be one, a field or relationship that the object lacks, a ``where``
            that is not text.
    """
    paths = [*query.fields, *query.blank, *([query.stale[0]] if query.stale else [])]
    for path in paths:
        if not _PATH.fullmatch(path):
            raise ConfigError(f"'{path}' is no Salesforce field: write its API name, such as Account.Website")
    schema.check((path for path in paths if "." not in path), (path for path in paths if "." in path))
    head = f"SELECT {', '.join(_columns(query))} FROM {checked_object(query.object)}"
    kept = [*(f"{name} = false" for name in schema.left_out), *kind_of_account(query, schema)]
    conditions = [*_where(query), *kept, *_selection(query, schema)]
    order = f"{schema.parent} NULLS LAST, Id" if schema.parent else "Id"
    if query.ids is None:
        return iter([_statement(head, conditions, order)])
    return in_lots(_distinct(query.ids), lambda listed: _statement(head, [*conditions, f"Id IN ({listed})"], order))


def _columns(query: Query) -> list[str]:
    # SOQL refuses a field that is selected twice, in whatever case.
    columns: dict[str, str] = {}
    for path in ("Id", VERSION_FIELD, *query.fields):
        columns.setdefault(path.lower(), path)
    return list(columns.values())


def _statement(head: str, conditions: Sequence[str], order: str) -> str:
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"{head}{where} ORDER BY {order}"


def _where(query: Query) -> list[str]:
    if query.where is None:
        return []
    if not isinstance(query.where, str):
        raise ConfigError("select.where of a Salesforce mapping is a SOQL condition, as text")
    return [f"({query.where})"] if query.where.strip() else []


def _selection(query: Query, schema: ObjectSchema) -> list[str]:
    """The condition for blank or stale, or none where the CRM cannot filter: reading more is right, less is not."""
    if not query.blank and query.stale is None:
        return []
    terms = _incomplete(query, schema)
    if terms is None:
        return []
    if query.stale is not None:
        stale = _stale(*query.stale, schema)
        if stale is None:
            return []
        terms.append(stale)
    return [f"({' OR '.join(terms)})"] if terms else ["Id = null"]


def _incomplete(query: Query, schema: ObjectSchema) -> list[str] | None:
    """Terms that hold for records without a value in any of ``blank``, changed since; None: no filter tells."""
    terms = [f"{path} = null" for path in query.blank if not _is_boolean(path, schema)]
    told = not schema.unfilterable.intersection(query.blank)
    if query.since is None or _moves_by_itself(query.where, schema):
        return terms if told else None
    if not terms and told:
        return []
    changed = _changed(query, query.since, schema)
    return [f"({changed} AND ({' OR '.join(terms)}))" if told else changed]


def _changed(query: Query, since: datetime, schema: ObjectSchema) -> str:
    """Modified since, the record or a parent that is read with it: an account's new website tells who works there.

    A parent that may be of several objects (Owner) is a Name to SOQL, which has no modification time.
    """
    ways = {path.partition(".")[0].lower() for path in query.fields if path.count(".") == 1}
    parents = sorted(way.name for key, way in schema.relationships.items() if key in ways and len(way.objects) == 1)
    moved = [f"{path} >= {_instant(since)}" for path in (VERSION_FIELD, *(f"{one}.{VERSION_FIELD}" for one in parents))]
    return moved[0] if len(moved) == 1 else f"({' OR '.join(moved)})"


def _moves_by_itself(where: object, schema: ObjectSchema) -> bool:
    """Whether a condition may come to hold though nobody touched the record: by a parent, a formula, an activity, or
    the time."""
    text = _QUOTED.sub("''", str(where or ""))
    names = {name.lower() for name in re.findall(r"[A-Za-z]\w*", text)}
    moved = _MOVED_BESIDE.union(name.lower() for name in schema.computed)
    return _BY_ITSELF.search(text) is not None or not names.isdisjoint(moved)


def _is_boolean(path: str, schema: ObjectSchema) -> bool:
    # A checkbox is never null, and SOQL refuses to compare it with null.
    return path in schema.fields and schema.fields[path].type == "boolean"


def _stale(field: str, before: datetime, schema: ObjectSchema) -> str | None:
    kind = schema.fields[field].type if field in schema.fields else "datetime"
    before = before.astimezone(UTC)
    if kind == "date":
        return f"{field} <= {before:%Y-%m-%d}"  # a day counts as its first moment
    if kind == "datetime":
        whole = before if not before.microsecond else before.replace(microsecond=0) + timedelta(seconds=1)
        return f"{field} < {_instant(whole)}"
    return None


def _instant(at: datetime) -> str:
    """A moment as SOQL writes it, unquoted; parts of a second are cut, which is the right way for a ``>=``."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _distinct(ids: Sequence[str]) -> list[str]:
    for one in ids:
        if not is_id(one):
            raise ConfigError(f"'{one}' is no Salesforce record id: 15 or 18 letters and digits")
    return sorted({one[:15]: one for one in ids}.values())
