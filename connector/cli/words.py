"""Who is meant by what was typed; ``-`` is read from stdin, so that no process list shows personal data."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from connector.errors import ConfigError

if TYPE_CHECKING:
    from connector.models import Entity, Identity

STDIN = "-"
_TAKES = {
    "person": "an e-mail address, a LinkedIn page or a Lusha id",
    "company": "a domain, a name or an id",
}


class Words:
    """The words of one command. ``from_stdin``: stdin carried some of them, so nothing else can be asked there."""

    def __init__(self) -> None:
        self.from_stdin = False

    def one(self, typed: str) -> str:
        """One word or line; ``-`` is the only line of stdin."""
        words = self.each([typed])
        if len(words) != 1:
            raise ConfigError(f"one line was expected on stdin, there are {len(words)}")
        return words[0]

    def each(self, typed: Sequence[str]) -> list[str]:
        """All words in order; ``-`` stands for the lines of stdin, blank ones left out."""
        return [word for given in typed for word in (self._lines() if given == STDIN else [given])]

    def _lines(self) -> list[str]:
        if self.from_stdin:
            raise ConfigError("'-' stands twice, and stdin can be read once")
        self.from_stdin = True
        try:
            lines = [line.strip() for line in sys.stdin.read().splitlines()]
        except UnicodeDecodeError as error:
            raise ConfigError("stdin is not UTF-8 text") from error
        if not any(lines):
            raise ConfigError("'-' means stdin, and nothing came there", hint="one line for each who is meant")
        return [line for line in lines if line]


def identity_of(entity: Entity, words: str) -> Identity:
    """Who is meant by one word or line; ConfigError where nobody can be."""
    from connector.mapping.identity import identity_of

    if (identity := identity_of(entity, words)) is None:
        raise ConfigError(f"'{words}' names no {entity}", hint=f"a {entity} is named by {_TAKES[entity]}")
    return identity


def named(name: str | None, company: str | None, domain: str | None) -> Identity:
    """A person by name and employer; ConfigError where that is not enough."""
    from connector.mapping.identity import identify

    employer = {"company_domain": "domain"} if domain else {"company_name": "company"}
    values = {"name": name, "company": company, "domain": domain}
    found = identify("person", [{"full_name": "name", **employer}], values)
    if not found:
        raise ConfigError(
            "that names no person",
            hint="give an e-mail address, a LinkedIn page or an id; or --name 'First Last' with --company or --domain",
        )
    return found[0]


def listed(words: str | None) -> list[str]:
    """``emails, phones`` as a list."""
    return [word.strip() for word in (words or "").split(",") if word.strip()]
