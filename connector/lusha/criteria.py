"""Prospecting's filters, pages and lists of values, checked before anything is sent: what both generations do alike.

Lusha refuses a whole request for one filter that it does not know. What there is stands in the tables of ``v2`` and
``v3``; the rules are here. All pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from connector.lusha.refusing import refusal, unknown
from connector.models import Entity

SIDES = ("include", "exclude")
SMALLEST_PAGE = 10
LAST_PAGE = 1000

Query = Literal["needed", "taken", "refused"]
"""What a list of values does with a text to search it by."""


def check_page(page: int, size: int, largest: int) -> None:
    """RequestRefused with code "400": no such page, or not that many results on it."""
    if not 0 <= page <= LAST_PAGE:
        raise refusal(f"pages are 0 to {LAST_PAGE}, not {page}")
    if not SMALLEST_PAGE <= size <= largest:
        raise refusal(f"a page has {SMALLEST_PAGE} to {largest} results, not {size}")


def check_do_not_call(entity: Entity, without: bool) -> None:
    """RequestRefused with code "400": companies without those on a do-not-call list."""
    if without and entity != "person":
        raise refusal("only people can be looked for without those on a do-not-call list")


def checked(
    known: Mapping[str, frozenset[str]], filters: Mapping[str, Any], more: Iterable[str] = ()
) -> dict[str, dict[str, dict[str, Any]]]:
    """The filters, copied; RequestRefused with all that is wrong with their names and places, and with ``more``.

    ``known``: the filters that there are, by whom they are about.
    """
    if problems := [*_problems(known, filters), *more]:
        raise refusal("; ".join(problems))
    return {subject: {side: dict(criteria) for side, criteria in sides.items()} for subject, sides in filters.items()}


def check_values(listed: Mapping[str, Query], name: str, query: str | None) -> None:
    """RequestRefused with code "400": no such list of values, or a query that is missing or not taken."""
    if name not in listed:
        raise refusal(unknown("list of values for filter", name, listed))
    if listed[name] == "needed" and not (query or "").strip():
        raise refusal(f"the values of filter '{name}' are searched for by a query; there is none")
    if listed[name] == "refused" and query is not None:
        raise refusal(f"the values of filter '{name}' take no query")


def _problems(known: Mapping[str, frozenset[str]], filters: Mapping[str, Any]) -> Iterator[str]:
    for subject, sides in filters.items():
        if subject not in known:
            yield unknown("group of filters", subject, known)
        elif not isinstance(sides, Mapping):
            yield f"filters.{subject} is no map of include and exclude"
        else:
            yield from _problems_of_sides(subject, sides, known[subject])


def _problems_of_sides(subject: str, sides: Mapping[str, Any], known: frozenset[str]) -> Iterator[str]:
    for side, criteria in sides.items():
        if side not in SIDES:
            yield unknown(f"side of filters.{subject}", side, SIDES)
        elif not isinstance(criteria, Mapping):
            yield f"filters.{subject}.{side} is no map of filters"
        else:
            yield from (
                unknown(f"filter of filters.{subject}.{side}", name, known) for name in criteria if name not in known
            )
