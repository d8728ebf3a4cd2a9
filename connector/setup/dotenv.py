"""Keys that a person typed, kept in a ``.env`` beside the config: for whoever has no better place for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from connector.config.dotenv import NAME
from connector.redact import Secret
from connector.setup.answers import Answers

_BARE = re.compile(r"[\w.:/+=@%-]+", re.ASCII)


def dotenv_file(answers: Answers) -> Path:
    """Where the keys go."""
    return answers.config.parent / NAME


def dotenv_text(there: str, typed: Mapping[str, Secret]) -> str:
    """The file's text with these variables at its end, where they count; what stands there stays."""
    begun = there if not there or there.endswith("\n") else f"{there}\n"
    return begun + "".join(f"{name}={_quoted(secret.reveal())}\n" for name, secret in typed.items())


def _quoted(value: str) -> str:
    if _BARE.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
