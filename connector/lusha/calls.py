"""A request to Lusha as a value: built and checked here, sent by ``transport``, and read by whoever built it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from connector.models import Entity

T = TypeVar("T")
Query = Mapping[str, str | int | bool | Sequence[str]]

SINGULAR: Mapping[Entity, str] = MappingProxyType({"person": "contact", "company": "company"})
PLURAL: Mapping[Entity, str] = MappingProxyType({"person": "contacts", "company": "companies"})
"""Lusha's words in paths, requests and answers."""


class Undocumented(ValueError):
    """An answer that is JSON, but not of the shape that Lusha documents."""


def document(payload: Any) -> Mapping[str, Any]:
    """The answer as a JSON object; Undocumented if it is anything else."""
    if not isinstance(payload, Mapping):
        raise Undocumented("not a JSON object")
    return payload


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request, not sent yet.

    ``path`` is what is sent; ``template`` stands for it in logs, errors and rate limits, where the path carries
    a value (``/v3/companies/signals/filters/{filterType}``). ``query``: a list is sent as a repeated parameter; True
    and False as ``true`` and ``false``. ``paid``: a repetition might be charged again, so a lost answer is in doubt.
    ``read`` makes the answer of the parsed JSON body; it raises Undocumented for a shape that Lusha does not document.
    ``patient``: a limit that passes soon is waited for.
    ``absent``: the answer that a 404 means, where Lusha documents 404 as "nothing found" rather than a wrong address.
    """

    method: Literal["GET", "POST"]
    path: str
    read: Callable[[Any], T]
    query: Query | None = None
    body: Mapping[str, Any] | None = None
    paid: bool = False
    patient: bool = True
    template: str | None = None
    absent: Callable[[], T] | None = None

    @property
    def name(self) -> str:
        """Method and path template: what a message may say of the request."""
        return f"{self.method} {self.endpoint}"

    @property
    def endpoint(self) -> str:
        """The path template: what Lusha's 25 requests a second are counted for."""
        return self.template or self.path

    @property
    def fingerprint(self) -> str:
        """The same for the same question, and for no other: by it a saved answer is found again."""
        asked = json.dumps([self.method, self.path, self.query, self.body], sort_keys=True)
        return sha256(asked.encode()).hexdigest()
