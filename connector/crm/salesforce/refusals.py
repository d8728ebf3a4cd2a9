"""Which part of a mapping Salesforce means when it refuses the query made of it, as far as its words tell."""

from __future__ import annotations

from collections.abc import Callable

from connector.crm.base import Query
from connector.errors import ConfigError, ConnectorError

from .describe import MEND, ObjectSchema, did_you_mean
from .errors import MEND_WHERE, ConfigRefused
from .soql import complaint, foreign_path, missing_column


def explained(query: Query, refused: ConfigRefused, schema: Callable[[str], ObjectSchema]) -> ConfigError:
    """The refusal of a query by the field or ``select.where`` that it means; as it came where neither is told.

    ``schema``: of an object by its name; asked for those alone that a hint is about.
    """
    if path := foreign_path(query, refused.outcome):
        why = _near(schema, query.object, path) or f": {complaint(refused.outcome)}"
        return ConfigError(f"{path}: no such field that this user may see{why}", hint=MEND)
    if query.where and refused.outcome.status in (400, 414, 431) and refused.outcome.code != "INVALID_TYPE":
        hint = MEND_WHERE if refused.outcome.code == "INVALID_FIELD" else refused.hint
        name = missing_column(query.object, refused.outcome)
        near = did_you_mean(name, schema(query.object).fields) if name else ""
        return ConfigError(f"select.where: {complaint(refused.outcome)}{near}", hint=hint)
    return refused


def _near(schema: Callable[[str], ObjectSchema], object: str, path: str) -> str:
    """The field of the parent that may be meant, where the parent is of one object that we may look at."""
    first, _, name = path.partition(".")
    relationship = schema(object).relationships[first.lower()]
    if "." in name or len(relationship.objects) != 1:
        return ""
    try:
        known = schema(relationship.objects[0]).fields
    except ConnectorError:
        return ""
    return did_you_mean(name, known, before=f"{relationship.name}.")
