"""Questions to a person: asked on stderr, answered on stdin, asked again until the answer can be used.

Typer's own prompts put a space on stdout, where ``--json`` prints one document and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from getpass import getpass

import typer

from connector.errors import ConfigError, ConnectorError, Interrupted
from connector.redact import Secret

Check = Callable[[str], str | None]
"""Why an answer cannot be used, or None."""


class Questions:
    """``ConfigError``: stdin ended before the last question. ``Interrupted``: Ctrl-C, or SIGTERM, at one."""

    def text(self, question: str, *, default: str | None = None, check: Check = lambda answer: None) -> str:
        """A line of text, without the white space around it. An empty one is the default."""
        shown = question if default is None else f"{question} [{default}]"
        while True:
            answer = self._line(shown) or default or ""
            if (why := check(answer) if answer else "nothing was typed") is None:
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
        while not (answer := self._unseen(question)):
            self.say("  nothing was typed")
        return Secret(answer)

    def yes(self, question: str, *, default: bool) -> bool:
        """Yes or no."""
        return self.choice(question, ("yes", "no"), default="yes" if default else "no") == "yes"

    def say(self, words: str) -> None:
        """Tell something between two questions."""
        typer.echo(words, err=True)

    def refused(self, error: ConnectorError) -> None:
        """Why an answer did not do, in the words of whoever refused it."""
        self.say(f"  {error.message}")
        if error.hint:
            self.say(f"  → {error.hint}")

    def _line(self, question: str) -> str:
        typer.echo(f"{question}: ", nl=False, err=True)
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            raise self._interrupted() from None
        if not line:
            raise self._ended()
        return line.strip()

    def _unseen(self, question: str) -> str:
        if not sys.stdin.isatty():
            return self._line(question)
        try:
            return getpass(f"{question} (not shown): ", stream=sys.stderr).strip()
        except KeyboardInterrupt:
            raise self._interrupted() from None
        except EOFError:
            raise self._ended() from None

    def _interrupted(self) -> Interrupted:
        self.say("")
        return Interrupted("interrupted; nothing was written")

    def _ended(self) -> ConfigError:
        self.say("")
        return ConfigError("a question had no answer", hint="--no-input takes all answers from options")
