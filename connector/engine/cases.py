"""What waits at the desk: records on their way to an answer, and what is to be bought for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from connector.engine.buying import Held
from connector.engine.select import Due
from connector.models import Identity, Profile


@dataclass(slots=True)
class Case:
    """One record on its way to an answer.

    ``moved``: whether Lusha knows the person at another company, as far as is known; None until somebody looked.
    ``needed``: data that some mapped field could be given, if that is so. ``decided``: what a person said of an answer
    in review: its Lusha id, and accepted or rejected. ``spelled``: the spellings of which the state file knows by now
    that they lead to the answer at hand, with its Lusha id.
    """

    due: Due
    lusha_id: str | None
    held: Held | None
    moved: bool | None = None
    needed: frozenset[str] = frozenset()
    decided: tuple[str, str] | None = None
    spelled: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> Identity:
        """By what Lusha is asked: its own id where that is known, else the first way that the record offers."""
        if self.lusha_id is not None:
            return Identity(self.due.identities[0].entity, id=self.lusha_id)
        named = [identity for identity in self.due.identities if identity.id is None]
        return (named or self.due.identities)[0]


class Enriched(NamedTuple):
    """A matched record, with Lusha's answer; ``bought``: the booking that brought each datum of it."""

    due: Due
    profile: Profile
    moved: bool
    answered: datetime
    bought: Mapping[str, int] = MappingProxyType({})


@dataclass(slots=True)
class Want:
    """One profile whose data are to be bought, for one record or more."""

    identity: Identity
    reveal: set[str] = field(default_factory=set)
    cases: list[Case] = field(default_factory=list)

    @property
    def held(self) -> Held | None:
        """What was known of it when its records came."""
        return self.cases[0].held if self.cases else None

    def offers(self, since: datetime | None) -> Mapping[str, int] | None:
        """Lusha's own prices for it, where they are known and young enough."""
        return self.held.offers(since) if self.held else None
