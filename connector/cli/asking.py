"""The frame of ``lusha-sync lusha``: somebody at Lusha to ask, and the question whether it may cost that much."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.cli.agreeing import agree
from connector.cli.session import Session, running
from connector.cli.words import Words
from connector.errors import ConfigError, RequestRefused

if TYPE_CHECKING:
    from connector.engine.inquiries import Inquiries


@dataclass(frozen=True, slots=True)
class Options:
    """What every command of ``lusha`` takes."""

    config: Path
    org: str | None
    as_json: bool
    verbose: bool
    yes: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """One command: its session, whom it asks, and what was typed."""

    session: Session
    lusha: Inquiries
    words: Words

    def paid(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with what was charged, as the account says and not as it was estimated."""
        self.lusha.settle()
        return {**document, "credits": {"charged": self.lusha.charged, "balance": self.lusha.balance}}


@contextmanager
def asking(options: Options, *, pays: bool = True) -> Iterator[Talk]:
    """A session with somebody at Lusha to ask; what one question costs at most is confirmed first."""
    words = Words()
    with (
        running(options.as_json, options.verbose, empty={}) as session,
        session.connector(options.config, quiet=True) as connector,
        connector.lusha(options.org, confirm=_confirmation(options.yes, words), pays=pays) as lusha,
    ):
        try:
            yield Talk(session, lusha, words)
        except RequestRefused as refused:  # what was typed, not what we built
            raise ConfigError(refused.message, hint=refused.hint) from refused
        finally:
            for note in lusha.notes:
                session.warn(note)


def _confirmation(yes: bool, words: Words) -> Callable[[int], None]:
    def confirm(credits: int) -> None:
        if yes or credits == 0:
            return
        cost = f"This costs at most {credits:,} credit{'' if credits == 1 else 's'}."
        agree(cost, words, yes="add --yes to spend without asking", no="not asked; nothing was spent")

    return confirm
