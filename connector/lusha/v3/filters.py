"""Which filters Lusha V3 has, and which values one of them takes: free, and the same for prospecting and signals.

Reference: https://docs.lusha.com/apis/openapi (Filters). All pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.lusha.calls import Call, Undocumented, document
from connector.lusha.cleaning import boolean, mappings, text
from connector.lusha.criteria import Query, check_values
from connector.lusha.refusing import refusal
from connector.models import FilterType

SHORTEST_QUERY = 2
LONGEST_QUERY = 256


def types_call(path: str) -> Call[tuple[FilterType, ...]]:
    """The filters whose values can be listed at ``path``. Undocumented: no list of them in the answer."""
    return Call("GET", path, _types)


def values_call(path: str, filters: Mapping[str, Query], name: str, query: str | None) -> Call[tuple[Any, ...]]:
    """The values of filter ``name``, as Lusha writes them: texts or maps, as the filter has it.

    RequestRefused with code "400": no such filter, a query too short, too long or missing, or one that is not taken.
    Undocumented: the answer has no values.
    """
    check_values(filters, name, query)
    if query is not None and not SHORTEST_QUERY <= len(query) <= LONGEST_QUERY:
        raise refusal(f"a query has {SHORTEST_QUERY} to {LONGEST_QUERY} characters, not {len(query)}")
    asked = None if query is None else {"query": query}
    return Call("GET", f"{path}/{name}", _values, query=asked, template=f"{path}/{{filterType}}")


def _types(payload: Any) -> tuple[FilterType, ...]:
    told = document(payload).get("availableFilters")
    if not isinstance(told, list):
        raise Undocumented("no availableFilters in the answer")
    return tuple(
        FilterType(name, needs_query=boolean(entry.get("requiresQuery")) or False)
        for entry in mappings(told)
        if (name := text(entry.get("filterType")))
    )


def _values(payload: Any) -> tuple[Any, ...]:
    """The list's entries; null is an empty list, and anything else, which is documented too, the one entry."""
    told = document(payload)
    if "values" not in told:
        raise Undocumented("no values in the answer")
    values = told["values"]
    if values is None:
        return ()
    return tuple(values) if isinstance(values, list) else (values,)
