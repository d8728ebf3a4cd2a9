"""The config and mapping files: whether they load, and whether others can read the secrets in and beside them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from connector.config.dotenv import NAME
from connector.config.exposure import exposed_secrets
from connector.config.loader import Inspection, inspect_config
from connector.config.problems import in_order
from connector.config.settings import Config
from connector.doctor.finding import Check, Finding
from connector.errors import ConfigError

_CONFIG, _SECRETS = Check(None, "config"), Check(None, "secrets")
_UNSET = "put it where the reference looks: the environment, .env beside the config, the file or the keyring"
_WRONG = "mend that line; lusha-sync validate says the same until it is right"


def check_files(path: Path, env: Mapping[str, str]) -> tuple[list[Finding], Config | None]:
    """What is wrong with the files, and the configuration where it can be used."""
    found = inspect_config(path, env=env)
    if found.problems or found.unset:
        unset = [_CONFIG.failed(ConfigError(line), _UNSET) for line in in_order(found.unset)]
        wrong = [_CONFIG.failed(ConfigError(line), _WRONG) for line in in_order(found.problems)]
        return [*unset, *wrong], None
    config = found.config()
    return [*_config(path, found, config), *_secrets(path, found)], config


def _config(path: Path, found: Inspection, config: Config) -> Iterator[Finding]:
    orgs, mappings = len(config.orgs), len(found.mappings)
    yield _CONFIG.passed(f"{path.name} loads: {_count(orgs, 'org')}, {_count(mappings, 'mapping')}")
    for line in found.own_warnings:
        yield _CONFIG.warned(line, "change that line, or what it names")


def _secrets(path: Path, found: Inspection) -> Iterator[Finding]:
    findings = [
        _SECRETS.warned(
            str(problem),
            f"put it into .env beside the config, and write ${{{_variable(problem.at.place)}}} in its place",
        )
        for problem in dict.fromkeys(exposed_secrets(found.document))
    ]
    dotenv = path.resolve().parent / NAME
    if os.name == "posix" and dotenv.is_file() and dotenv.stat().st_mode & 0o077:
        findings.append(_SECRETS.warned(f"others on this machine can read {dotenv}", f"chmod 600 {dotenv}"))
    yield from findings or [_SECRETS.passed("none stands in the config file itself")]


def _variable(place: tuple[str | int, ...]) -> str:
    """A name for the variable: ``ACME_CLIENT_SECRET``, ``LUSHA_API_KEY``."""
    words = [str(step) for step in place if step not in ("orgs", "connection", "defaults")]
    return "".join(char if char.isalnum() else "_" for char in "_".join(words)).upper()


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
