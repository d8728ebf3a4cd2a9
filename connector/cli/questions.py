"""Questions to a person: asked on stderr, answered on stdin, asked again until the answer can be used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import typer

from connector.errors import ConfigError, ConnectorError, Interrupted
from connector.redact import Secret

Check = Callable[[str], str | None]
"""Why an answer cannot be used, or None."""


class Questions:
    """``ConfigError``: stdin ended before the last question. ``Interrupted``: Ctrl-C, or SIGTERM, at one."""

    def text(self, question: str, *, default: str | None = None, check: Check = lambda answer: None) -> str:
        """A line of text, without the white space around it."""
        while True:
            answer = str(self._ask(lambda: typer.prompt(question, default=default, err=True))).strip()
            if (why := check(answer)) is None:
                return answer
            self.say(f"  {why}")

    def choice(self, question: str, options: Sequence[str], *, default: str) -> str:
        """One of these, by its name or by its beginning where that is enough."""

        def meant(answer: str) -> list[str]:
            exact = [one for one in options if one.casefold() == answer.casefold()]
            return exact or [one for one in options if one.casefold().startswith(answer.casefold())]

        def check(answer: str) -> str | None:
            return None if len(meant(answer)) == 1 else f"one of: {', '.join(options)}"

        return meant(self.text(f"{question} ({', '.join(options)})", default=default, check=check))[0]

    def several(self, question: str, *, default: Sequence[str], known: Callable[[str], str | None]) -> tuple[str, ...]:
        """Some of what is known, with commas between them. ``known``: the right spelling of one, or None."""

        def listed(answer: str) -> list[str]:
            return [word.strip() for word in answer.split(",") if word.strip()]

        def check(answer: str) -> str | None:
            unknown = [word for word in listed(answer) if known(word) is None]
            return f"not known: {', '.join(unknown)}" if unknown else None if listed(answer) else "name at least one"

        return tuple(listed(self.text(question, default=", ".join(default), check=check)))

    def secret(self, question: str) -> Secret:
        """A line that is not shown while it is typed; from a pipe it is read as it comes."""
        unseen = sys.stdin.isatty()
        shown = f"{question} (not shown)" if unseen else question
        while True:
            answer = str(self._ask(partial(_prompt, shown, hide_input=unseen))).strip()
            if answer:
                return Secret(answer)
            self.say("  nothing was typed")

    def yes(self, question: str, *, default: bool) -> bool:
        """Yes or no."""
        return bool(self._ask(lambda: typer.confirm(question, default=default, err=True)))

    def say(self, words: str) -> None:
        """Tell something between two questions."""
        typer.echo(words, err=True)

    def refused(self, error: ConnectorError) -> None:
        """Why an answer did not do, in the words of whoever refused it."""
        self.say(f"  {error.message}")
        if error.hint:
            self.say(f"  → {error.hint}")

    def _ask(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except (typer.Abort, EOFError):
            if sys.stdin.isatty():
                raise Interrupted("interrupted; nothing was written") from None
            raise ConfigError("a question had no answer", hint="--no-input takes all answers from options") from None


def _prompt(question: str, *, hide_input: bool) -> str:
    answer: str = typer.prompt(question, hide_input=hide_input, err=True, default="", show_default=False)
    return answer
