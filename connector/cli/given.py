"""The options of ``init`` as answers: defaults filled in, everything that lacks or contradicts said at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connector.errors import ConfigError
from connector.setup.answers import OBJECTS, SIGN_INS, USUAL, Answers, shipped_object, variable
from connector.setup.standing import standing_lusha, standing_org

_ORG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
SANDBOX_HOST = ".sandbox.my.salesforce.com"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Given:
    """The options as they were typed."""

    config: Path
    org: str | None = None
    crm: str | None = None
    objects: tuple[str, ...] = ()
    auth: str | None = None
    instance_url: str | None = None
    username: str | None = None
    private_key_file: Path | None = None
    env: tuple[str, ...] = ()
    ca_file: Path | None = None
    base_url: str | None = None
    lusha_base_url: str | None = None
    create_fields: bool = False
    force: bool = False
    sandbox: bool = False


def answers_of(given: Given) -> Answers:
    """The answers that the options give. ConfigError: every option that lacks or is wrong."""
    standing = standing_org(given.config, given.org) if given.org and given.force else {}
    crm = standing.get("crm", given.crm)
    if standing and given.crm not in (None, crm):
        raise ConfigError(f"--crm: the org '{given.org}' is of {crm}", hint="leave --crm out, or name another org")
    if standing:
        return _again(given, str(crm), standing)
    if crm is None or crm not in SIGN_INS:
        found = f"no CRM '{crm}'" if crm else "--crm is missing"
        raise ConfigError(found, hint=f"--crm takes {' or '.join(SIGN_INS)}")
    if problems := [*_missing(given, crm), *wrong_options(given, crm)]:
        raise ConfigError("the options do not fit together", problems=problems, hint="lusha-sync init --help")
    names = _variables(given)
    return Answers(
        config=given.config,
        org=given.org or default_org(crm, given.instance_url),
        crm=crm,
        objects=_objects(given, crm),
        connection=_connection(given, crm, names),
        lusha=None if "api_key" in standing_lusha(given.config) else _lusha(given, names),
        create_fields=given.create_fields,
        force=given.force,
    )


def _again(given: Given, crm: str, standing: Mapping[str, Any]) -> Answers:
    """An org that stands in the config: it says how to sign in, and its mappings are written anew."""
    if problems := list(wrong_options(given, crm)):
        raise ConfigError("the options do not fit together", problems=problems, hint="lusha-sync init --help")
    folder = given.config.parent / "mappings" / str(given.org)
    mapped = tuple(name for name, file in OBJECTS[crm].items() if (folder / file).exists())
    return Answers(
        config=given.config,
        org=str(given.org),
        crm=crm,
        objects=_objects(given, crm) if given.objects or not mapped else mapped,
        connection=standing["connection"],
        lusha=None,
        create_fields=given.create_fields,
        force=True,
        again=True,
    )


def default_org(crm: str, instance_url: str | None) -> str:
    """A name for an org: the first part of its own address, else that of the CRM.

    >>> default_org("salesforce", "https://acme--uat.sandbox.my.salesforce.com"), default_org("hubspot", None)
    ('acme--uat', 'hubspot')
    """
    first = (urlsplit(instance_url or "").hostname or "").partition(".")[0]
    return first if crm == "salesforce" and _ORG.fullmatch(first) and not first.isdigit() else crm


def org_problem(name: str) -> str | None:
    """Why an org cannot be called that, or None."""
    return None if _ORG.fullmatch(name) else "a name of letters, digits, '.', '_' and '-', a letter or digit first"


def _missing(given: Given, crm: str) -> Iterator[str]:
    if crm == "salesforce" and not given.instance_url:
        yield "--instance-url is missing: the org's My Domain address, https://acme.my.salesforce.com"
    if given.auth == "jwt" and given.private_key_file is None:
        yield "--private-key-file is missing: by jwt a key signs"


def wrong_options(given: Given, crm: str) -> Iterator[str]:
    """What is wrong with the options that were given, whatever else is left open."""
    ways = SIGN_INS[crm]
    if given.auth is not None and given.auth not in ways:
        yield f"--auth: {crm} signs in by {', '.join(ways)}; found '{given.auth}'"
    yield from (f"{option} is not for {crm}" for option in _foreign(given, crm))
    if given.org is not None and (problem := org_problem(given.org)):
        yield f"--org: {problem}; found '{given.org}'"
    for name in given.objects:
        if shipped_object(crm, name) is None:
            yield f"--object: no mapping is shipped for '{name}'; {', '.join(OBJECTS[crm])} have one"
    for pair in given.env:
        key, _, name = pair.partition("=")
        known = {"api_key", *(one for keys in ways.values() for one in keys), "security_token"}
        if key not in known or not _VARIABLE.fullmatch(name):
            yield f"--env: KEY=VARIABLE, where KEY is one of {', '.join(sorted(known))}; found '{pair}'"


def _foreign(given: Given, crm: str) -> Iterator[str]:
    theirs: dict[str, dict[str, object]] = {
        "salesforce": {"--base-url": given.base_url, "--create-fields": given.create_fields or None},
        "hubspot": {
            "--instance-url": given.instance_url,
            "--username": given.username,
            "--private-key-file": given.private_key_file,
            "--sandbox": given.sandbox or None,
        },
    }
    yield from (option for option, value in theirs[crm].items() if value is not None)


def _variables(given: Given) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in given.env)


def _objects(given: Given, crm: str) -> tuple[str, ...]:
    """Each once, companies before people: what is found there identifies who works there."""
    named = {shipped_object(crm, name) for name in given.objects} or set(USUAL[crm])
    return tuple(name for name in OBJECTS[crm] if name in named)


def _connection(given: Given, crm: str, names: Mapping[str, str]) -> dict[str, Any]:
    auth = given.auth or next(iter(SIGN_INS[crm]))
    block: dict[str, Any] = {}
    if crm == "salesforce":
        block = {"instance_url": given.instance_url, "auth": auth}
    for key in SIGN_INS[crm][auth]:
        block[key] = f"${{{names.get(key, variable(crm, key))}}}"
    if "security_token" in names:
        block["security_token"] = f"${{{names['security_token']}}}"
    if given.username:
        block["username"] = given.username
    folder = given.config.resolve().parent
    if auth == "jwt" and (given.sandbox or SANDBOX_HOST in (given.instance_url or "")):
        block["sandbox"] = True  # the assertion is then for test.salesforce.com
    if given.private_key_file:
        block["private_key_file"] = beside(given.private_key_file, folder)
    if given.base_url:
        block["base_url"] = given.base_url
    if given.ca_file:
        block["ca_file"] = beside(given.ca_file, folder)
    return block


def beside(file: Path, folder: Path) -> str:
    """A file as a config in this folder names it: relative where it lies below."""
    full = Path.cwd() / file
    return full.relative_to(folder).as_posix() if full.is_relative_to(folder) else str(full)


def _lusha(given: Given, names: Mapping[str, str]) -> dict[str, Any]:
    block = {"api_key": f"${{{names.get('api_key', variable('', 'api_key'))}}}"}
    return block | ({"base_url": given.lusha_base_url} if given.lusha_base_url else {})
