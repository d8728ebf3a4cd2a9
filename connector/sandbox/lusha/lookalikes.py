"""Who resembles a set of seeds: people by department, seniority and trade, companies by trade, size and country.

Shared by both generations. A session never shows anybody twice; seeds and excluded ones are never shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.sandbox.directory import Directory
from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.checker import Body, Problems
from connector.sandbox.lusha.matching import dig
from connector.sandbox.lusha.prices import LOOKALIKE
from connector.sandbox.lusha.refusals import Refusal

LEAST, MOST = 5, 100
"""Seeds in all (V3 document, "Lookalikes": "5-100 seed contacts")."""
_GONE = (
    "The provided dedupeSessionId is invalid or expired. Generate a new request without dedupeSessionId to start a "
    "fresh run."
)
_LIKE: Mapping[str, tuple[str, ...]] = {
    "contacts": ("jobTitle.departments", "jobTitle.seniority", "company.industry", "location.country"),
    "companies": ("industry", "subIndustry", "employeeCount.min", "location.country"),
}


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """One answer: Lusha ids, the most alike first."""

    session: str
    ids: list[str]
    more: bool
    charged: int


def seed_problems(body: Body, name: str) -> Problems:
    """Too few or too many seeds, over all the lists there are."""
    seeds = body.get("seeds")
    if not isinstance(seeds, dict):
        return
    count = sum(len(part) for part in seeds.values() if isinstance(part, list))
    if not LEAST <= count <= MOST:
        yield f"seeds must contain between {LEAST} and {MOST} identifiers in all"


def alike(account: LushaAccount, kind: str, body: Body) -> Lookalikes:
    """The next ``limit`` lookalikes of the request's session, charged for each."""
    now = account.clock()
    given = body.get("dedupeSessionId")
    session = account.sessions.find(given, kind, now) if given else None
    if given and session is None:
        raise _gone(kind)
    shown = session.shown if session else set()
    seeds = set(_ids(account.directory, kind, body["seeds"]))
    hidden = shown | seeds | set(_ids(account.directory, kind, body.get("exclude") or {}))
    left = [id for id in _ranked(account.directory, kind, seeds) if id not in hidden]
    ids = left[: body.get("limit", 25)]
    if not account.charge(LOOKALIKE * len(ids)):
        raise Refusal(402)
    if session is None:
        given, session = account.sessions.start(kind, now)
    session.used = now
    session.shown.update(ids)
    return Lookalikes(str(given), ids, len(left) > len(ids), LOOKALIKE * len(ids))


def _gone(kind: str) -> Refusal:
    """The document gives each kind a body of its own."""
    code = "DEDUPE_SESSION_INVALID"
    if kind == "contacts":
        return Refusal(410, body={"code": code, "message": _GONE})
    return Refusal(410, _GONE, [code])


def _ids(directory: Directory, kind: str, batch: Body) -> Iterator[str]:
    """The Lusha ids of a batch of identifiers; what is not known counts for nothing."""
    find: Callable[[Body], str | None] = directory.person if kind == "contacts" else directory.company
    for item in _items(batch):
        id = find(item)
        if id is not None:
            yield id


def _items(batch: Body) -> Iterator[Body]:
    keys = {"linkedinUrls": "linkedinUrl", "emails": "email", "ids": "id", "contactIds": "id", "domains": "domain"}
    yield from batch.get("contacts", ())
    for name, key in keys.items():
        yield from ({key: str(value)} for value in batch.get(name, ()))


def _ranked(directory: Directory, kind: str, seeds: Iterable[str]) -> list[str]:
    """Everybody who shares something with a seed, the most alike first, else in the world's order."""
    everybody: Mapping[str, Any] = directory.people if kind == "contacts" else directory.companies
    wanted = {mark for seed in seeds for mark in _marks(everybody[seed].profile, kind)}
    scores = {
        id: len(wanted.intersection(_marks(one.profile, kind)))
        for id, one in everybody.items()
        if not getattr(one, "restricted", False)
    }
    return sorted((id for id, score in scores.items() if score), key=lambda id: -scores[id])


def _marks(profile: Body, kind: str) -> Iterator[tuple[str, str]]:
    for path in _LIKE[kind]:
        value = dig(profile, path)
        if value is not None:
            yield path, str(value)
