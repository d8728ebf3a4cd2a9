"""A person's word before something that costs or cannot be undone; where nobody can give it, the command ends."""

from __future__ import annotations

import sys

import typer

from connector.cli.session import interruptible
from connector.cli.words import Words
from connector.errors import ConfigError, Interrupted


def agree(what: str, words: Words, *, yes: str, no: str) -> None:
    """Ask whether to go on with ``what``. ``yes``: how to agree without being asked; ``no``: what did not happen.

    ConfigError: nobody is there to agree, or the answer is no. Interrupted: Ctrl-C or SIGTERM at the question.
    """
    if words.from_stdin:
        raise ConfigError(f"{what} Stdin carried who is meant, so nobody can agree there", hint=yes)
    if not sys.stdin.isatty():
        raise ConfigError(f"{what} Nobody is there to agree", hint=yes)
    try:
        with interruptible():
            agreed = typer.confirm(f"{what} Go on?", err=True)
    except (typer.Abort, KeyboardInterrupt):
        raise Interrupted(f"interrupted: {no}") from None
    if not agreed:
        raise ConfigError(no)
