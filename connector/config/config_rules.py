"""What a JSON Schema cannot say about a configuration file: addresses, files, keys.

Every rule looks only at values of the right type; the schema has already spoken about the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from connector.config.addresses import address_problem
from connector.config.document import Document
from connector.config.files import absolute, is_file, linked
from connector.config.places import Place, Position
from connector.config.problems import Problem
from connector.config.quantities import parse_share
from connector.config.schedule import parse_schedule
from connector.config.signing_in import sign_in_problems
from connector.config.wording import quoted
from connector.config.yaml_files import no_file
from connector.errors import ConfigError

_HEADER_SAFE = re.compile(r"[!-~]+")
_CRON_FIELDS = 5
_OAUTH = ("client_id", "client_secret", "refresh_token")


def config_problems(document: Document, folder: Path) -> Iterator[Problem]:
    """Everything that is wrong in a configuration file beyond its schema; ``folder`` is where it stands."""
    if isinstance(document.value, dict) and "orgs" not in document.value:
        yield document.problem((), "needs the key 'orgs'")
    for pattern, rule in _RULES:
        for place, value in document.find(*pattern):
            if place not in document.unknown and (sentence := rule(value)) is not None:
                yield document.problem(place, sentence)
    yield from _ca_files(document, folder)
    yield from _two_sign_ins(document)
    yield from sign_in_problems(document, folder)
    yield from _mapping_paths(document, folder)
    yield from _lusha_keys(document)


def _bare_address(value: Any) -> str | None:
    return address_problem(value) if isinstance(value, str) else None


def _prefixed_address(value: Any) -> str | None:
    return address_problem(value, prefix=True) if isinstance(value, str) else None


def _header_value(value: Any) -> str | None:
    if isinstance(value, str) and value and not _HEADER_SAFE.fullmatch(value):
        return "holds white space or a character that cannot stand in a key"
    return None


def _share(value: Any) -> str | None:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    try:
        parse_share(value)
    except ConfigError as error:
        return error.message
    return None


def _schedule(value: Any) -> str | None:
    if not isinstance(value, str) or len(value.split()) != _CRON_FIELDS:
        return None
    try:
        parse_schedule(value)
    except ConfigError as error:
        return error.message
    return None


_RULES: tuple[tuple[Place, Callable[[Any], str | None]], ...] = (
    (("lusha", "base_url"), _prefixed_address),
    (("lusha", "api_key"), _header_value),
    (("orgs", "*", "lusha", "base_url"), _prefixed_address),
    (("orgs", "*", "lusha", "api_key"), _header_value),
    (("orgs", "*", "connection", "instance_url"), _bare_address),
    (("orgs", "*", "connection", "login_url"), _bare_address),
    (("orgs", "*", "connection", "base_url"), _bare_address),
    (("orgs", "*", "connection", "audience"), _prefixed_address),
    (("orgs", "*", "connection", "access_token"), _header_value),
    (("orgs", "*", "connection", "api_reserve"), _share),
    (("orgs", "*", "schedule"), _schedule),
)


def _ca_files(document: Document, folder: Path) -> Iterator[Problem]:
    for place, value in document.find("orgs", "*", "connection", "ca_file"):
        if not isinstance(value, str) or not value or place in document.unknown:
            continue
        file = absolute(value, folder)
        if not is_file(file):
            yield document.problem(place, f"no file {quoted(value)}")
        elif (sentence := _certificates_problem(file)) is not None:
            yield document.problem(place, f"{quoted(value)} {sentence}")


def _certificates_problem(file: Path) -> str | None:
    """Why a file is no bundle of certificates; read by what verifies them later."""
    import ssl  # for this alone

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except ssl.SSLError:
        return "holds no certificate that can be read; expected PEM (-----BEGIN CERTIFICATE-----)"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None


def _two_sign_ins(document: Document) -> Iterator[Problem]:
    """A HubSpot connection signs in by a token of its own or by OAuth: with both, nobody could tell which is meant."""
    for place, org in document.find("orgs", "*"):
        connection = org.get("connection") if isinstance(org, dict) and org.get("crm") == "hubspot" else None
        if not isinstance(connection, dict) or "access_token" not in connection:
            continue
        if second := next((key for key in _OAUTH if key in connection), None):
            yield document.problem((*place, "connection", second), "access_token signs in already; take one out")


def _mapping_paths(document: Document, folder: Path) -> Iterator[Problem]:
    for org, _ in document.find("orgs", "*"):
        seen: dict[Path, Position] = {}
        for place, value in document.find(*org, "mappings", "*"):
            if not isinstance(value, str) or not value or place in document.unknown:
                continue
            file = linked(absolute(value, folder))
            if file in seen:
                first = _where(seen[file], document, place)
                yield document.problem(place, f"{quoted(value)} stands twice in this org (first {first})")
            elif not is_file(file):
                yield document.problem(place, no_file(value, folder))
            seen.setdefault(file, document.position(place))


def _where(first: Position, document: Document, place: Place) -> str:
    """Where something stood before, as a message at this place says it."""
    return f"on line {first.line}" if first.file == document.position(place).file else f"in {first}"


def _lusha_keys(document: Document) -> Iterator[Problem]:
    """Every org needs a Lusha key: its own, or the one at the top, which lies below it already."""
    orgs = [place for place, _ in document.find("orgs", "*")]
    without = [place for place in orgs if document.get(*place, "lusha", "api_key") is None]
    if without == orgs:
        if orgs and not _has_key(document, ()):
            yield document.problem(("lusha",), "needs api_key")
        return
    for place in without:
        if isinstance(document.get(*place), dict) and not _has_key(document, place):
            yield document.problem(place, "needs lusha.api_key, here or at the top")


def _has_key(document: Document, place: Place) -> bool:
    return any(True for _ in document.find(*place, "lusha", "api_key"))
