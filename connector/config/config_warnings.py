"""What a configuration file may say and hardly means: limits that are never reached, or that leave nothing.

Nothing here refuses anything; ``validate``, ``doctor`` and every run say it once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from connector.config.document import Document
from connector.config.places import Place, spell
from connector.config.problems import Problem, in_order
from connector.config.quantities import parse_duration, parse_share
from connector.config.signing_in import sign_in_warnings

_PERIODS = ("per_run", "per_day", "per_month")
_SERVED = 25
"""Requests a second that Lusha serves at each endpoint (https://docs.lusha.com/apis/openapi, Rate Limiting)."""
_GONE_AT_ONCE: Mapping[str, str] = {
    "keep_profiles": "a paid answer is not kept for the next run, which may have to buy it again",
    "keep_changes": "the values before a change are blanked at once, and undo needs them",
}


def config_warnings(document: Document, folder: Path) -> Iterator[str]:
    """Each as ``file:line:column: place: sentence``, of a file that nothing is wrong with; ``folder``: where it is."""
    yield from in_order(
        [*_budgets(document), *_shared(document), *_rates(document), *_ages(document), *_reserves(document)]
    )
    yield from sign_in_warnings(document, folder)


def _budgets(document: Document) -> Iterator[Problem]:
    """Limits of one block against each other."""
    for pattern in (("lusha", "budget"), ("orgs", "*", "lusha", "budget"), ("orgs", "*", "budget")):
        for place, block in document.find(*pattern):
            limits = _limits(block)
            for (shorter, less), (longer, more) in pairwise(limits.items()):
                if less > more:
                    sentence = f"{less:,} is more than {longer}: {more:,}, which ends a run first"
                    yield document.problem((*place, shorter), sentence)
            for period, limit in limits.items():
                if limit == 0:
                    sentence = "0 buys nothing; null, or no line at all, sets no limit"
                    yield document.problem((*place, period), sentence)


def _shared(document: Document) -> Iterator[Problem]:
    """An org's own limits against those of the key that it shares."""
    for org, _ in document.find("orgs", "*"):
        own, place = document.get(*org, "budget"), (*org, "budget")
        for period, limit in _limits(own).items():
            at, most = _of_key(document, org, period)
            if most is not None and limit > most:
                sentence = f"{limit:,} is never reached: {spell(at)} is {most:,}, for all that use the key"
                yield document.problem((*place, period), sentence)
        at, kept = _of_key(document, org, "keep")
        least = document.get(*place, "keep")
        if kept is not None and isinstance(least, int) and least < kept:
            sentence = f"{least:,} is never reached: {spell(at)} is {kept:,}, and the larger one holds"
            yield document.problem((*place, "keep"), sentence)


def _of_key(document: Document, org: Place, key: str) -> tuple[Place, int | None]:
    """The limit that an org's Lusha key has, and where it is written: in the org's own block, else at the top."""
    place = (*org, "lusha", "budget", key)
    limit = document.get(*place)
    return document.position(place).place, limit if isinstance(limit, int) else None


def _limits(block: Any) -> dict[str, int]:
    """The limits that are set, from the shortest period to the longest."""
    if not isinstance(block, dict):  # a variable that is not set
        return {}
    return {period: block[period] for period in _PERIODS if isinstance(block.get(period), int)}


def _rates(document: Document) -> Iterator[Problem]:
    for pattern in (("lusha", "rate_limit"), ("orgs", "*", "lusha", "rate_limit")):
        for place, rate in document.find(*pattern):
            if isinstance(rate, int) and rate > _SERVED:
                sentence = f"Lusha serves {_SERVED} requests a second and endpoint; what comes faster is refused (429)"
                yield document.problem(place, sentence)


def _ages(document: Document) -> Iterator[Problem]:
    for key, sentence in _GONE_AT_ONCE.items():
        age = document.get("state", key)
        if isinstance(age, str) and ("state", key) not in document.unknown and not parse_duration(age):
            yield document.problem(("state", key), f"{age}: {sentence}")


def _reserves(document: Document) -> Iterator[Problem]:
    for place, share in document.find("orgs", "*", "connection", "api_reserve"):
        if share is not None and place not in document.unknown and parse_share(share) == 1:
            yield document.problem(place, f"{share} leaves all calls to others, so that no run can begin")
