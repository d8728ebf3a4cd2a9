"""How a Salesforce org signs in, as a file says it: which keys each ``auth`` takes, and what goes with it.

One table for the checks here and for ``build``; which keys each method needs is in the schema.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connector.config.document import Document
from connector.config.files import absolute, is_file
from connector.config.places import Place
from connector.config.problems import Problem
from connector.config.wording import quoted
from connector.errors import ConfigError
from connector.private_key import read_private_key

KEYS: Mapping[str, tuple[str, ...]] = {
    "token": ("access_token",),
    "client_credentials": ("client_id", "client_secret"),
    "jwt": ("client_id", "username", "private_key_file", "sandbox", "audience"),
    "password": ("username", "password", "security_token"),
}
"""The keys of each sign-in method; a key of another one is refused, since it would do nothing."""
API_VERSIONS: Mapping[str, str] = {"password": "64.0"}
"""The default where it is not 68.0: SOAP ``login()`` is in API 31.0 to 64.0 alone.
https://help.salesforce.com/s/articleView?id=005132110"""
_FIRST_WITH_LOGIN, _LAST_WITH_LOGIN, _FIRST_WITH_DUPLICATES = 31.0, 64.0, 52.0
_RETIRES = (
    "signing in by password ends with Salesforce's Summer '27 release, and no API version after 64.0 has it; "
    "move to client_credentials or jwt"
)


def auth_of(connection: Mapping[str, Any]) -> str:
    """The sign-in method: ``auth``, or its default."""
    return str(connection.get("auth") or ("token" if "access_token" in connection else "client_credentials"))


def sign_in_problems(document: Document, folder: Path) -> Iterator[Problem]:
    """What is wrong with the sign-in of every Salesforce org; ``folder`` is where the file stands."""
    for place, connection in _connections(document):
        yield from _foreign_keys(document, place, connection)
        yield from _versions(document, place, connection)
        yield from _bulk(document, place, connection)
        if auth_of(connection) == "jwt":
            yield from _private_key(document, (*place, "private_key_file"), folder)


def sign_in_warnings(document: Document, folder: Path) -> Iterator[str]:
    """What is allowed in the sign-in of an org that was checked, and will not last or be safe."""
    for place, connection in _connections(document):
        auth = auth_of(connection)
        if auth == "password":
            yield str(document.problem((*place, "auth"), _RETIRES))
        if auth != "jwt" or (*place, "private_key_file") in document.unknown:
            continue
        if _open_to_others(absolute(connection["private_key_file"], folder)):
            sentence = "others on this machine can read the key; chmod 600 keeps it to you"
            yield str(document.problem((*place, "private_key_file"), sentence))


def _connections(document: Document) -> Iterator[tuple[Place, dict[str, Any]]]:
    for place, org in document.find("orgs", "*"):
        if isinstance(org, dict) and org.get("crm") == "salesforce" and isinstance(org.get("connection"), dict):
            yield (*place, "connection"), org["connection"]


def _foreign_keys(document: Document, place: Place, connection: Mapping[str, Any]) -> Iterator[Problem]:
    auth = auth_of(connection)
    if auth not in KEYS:
        return
    chosen = f"auth: {auth}" + ("" if connection.get("auth") else ", the default")
    for key in connection:
        methods = [method for method, keys in KEYS.items() if key in keys]
        if methods and auth not in methods:
            yield document.problem((*place, key), f"belongs to auth: {' or '.join(methods)}; this is {chosen}")


def _versions(document: Document, place: Place, connection: Mapping[str, Any]) -> Iterator[Problem]:
    key = (*place, "api_version")
    try:
        version = float(connection["api_version"])
    except (KeyError, TypeError, ValueError):  # the schema speaks about its form
        return
    if auth_of(connection) == "password" and not _FIRST_WITH_LOGIN <= version <= _LAST_WITH_LOGIN:
        sentence = f"auth: password works with {_FIRST_WITH_LOGIN} to {_LAST_WITH_LOGIN} alone; take the line out"
        yield document.problem(key, sentence)
    if connection.get("duplicate_rules") == "allow" and version < _FIRST_WITH_DUPLICATES:
        yield document.problem(key, f"duplicate_rules: allow needs {_FIRST_WITH_DUPLICATES} or later")


def _bulk(document: Document, place: Place, connection: Mapping[str, Any]) -> Iterator[Problem]:
    if connection.get("duplicate_rules") == "allow" and connection.get("bulk_write_from"):
        sentence = "a bulk job has no way to say duplicate_rules: allow; take one of the two out"
        yield document.problem((*place, "bulk_write_from"), sentence)


def _private_key(document: Document, place: Place, folder: Path) -> Iterator[Problem]:
    text = document.get(*place)
    if not isinstance(text, str) or not text or place in document.unknown:
        return
    file = absolute(text, folder)
    if not is_file(file):
        yield document.problem(place, f"no file {quoted(text)}")
        return
    try:
        read_private_key(file)
    except ConfigError as error:
        yield document.problem(place, f"{quoted(text)} {error.message}")


def _open_to_others(file: Path) -> bool:
    return os.name == "posix" and bool(file.stat().st_mode & 0o077)
