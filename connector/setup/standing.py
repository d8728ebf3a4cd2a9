"""What a config that stands already says, before another org is added to it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connector.config import inspect_config
from connector.errors import ConfigError


def standing_orgs(config: Path, env: Mapping[str, str]) -> tuple[str, ...]:
    """The orgs of a config, none where there is no file. ConfigError: it is not whole."""
    if not config.exists():
        return ()
    found = inspect_config(config, env=env, keyring=None)
    if found.problems:
        hint = f"lusha-sync validate --config {config} says what to mend"
        raise ConfigError(f"{config} is not right yet, so no org is added to it", hint=hint)
    return tuple(found.orgs)


def standing_org(config: Path, org: str) -> Mapping[str, Any]:
    """The block of an org in a config; empty where there is none."""
    if not config.exists():
        return {}
    document = inspect_config(config, env={}, keyring=None).document
    block = document.get("orgs", org) if document.whole else None
    return block if isinstance(block, dict) else {}


def standing_lusha(config: Path) -> Mapping[str, Any]:
    """The Lusha block that all orgs of a config share; empty where there is none."""
    if not config.exists():
        return {}
    document = inspect_config(config, env={}, keyring=None).document
    block = document.get("lusha") if document.whole else None
    return block if isinstance(block, dict) else {}
