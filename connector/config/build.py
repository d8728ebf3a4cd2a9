"""Checked documents become frozen settings with every default applied.

Nothing is checked here: the schema and the rules have passed, so a missing key means its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connector.config.diagnostics import SECRETS
from connector.config.document import Document
from connector.config.files import absolute
from connector.config.quantities import parse_duration, parse_share
from connector.config.settings import (
    Budget,
    FieldRule,
    Guards,
    LushaSettings,
    MappingSettings,
    Match,
    OrgSettings,
    Select,
    StateSettings,
)
from connector.config.signing_in import API_VERSIONS, auth_of
from connector.redact import Secret

_ADDRESSES = frozenset({"instance_url", "login_url", "base_url"})
_FILES = frozenset({"ca_file", "private_key_file"})
_CONNECTION: Mapping[str, Mapping[str, Any]] = {
    "salesforce": {
        "login_url": None,
        "api_version": "68.0",
        "bulk_read_from": 50_000,
        "bulk_write_from": 0,
        "duplicate_rules": "enforce",
    },
    "hubspot": {"base_url": "https://api.hubapi.com", "api_version": "v3"},
}
_API_RESERVE = 0.2
CRMS = tuple(_CONNECTION)
"""The CRMs that a configuration may name."""


def build_state(document: Document, folder: Path) -> StateSettings:
    """The ``state`` block; its path is absolute."""
    state = document.get("state") or {}
    ages = {key: parse_duration(state[key]) for key in ("keep_profiles", "keep_changes") if key in state}
    return StateSettings(path=absolute(state.get("path", "state.db"), folder), **ages)


def build_org(document: Document, name: str, folder: Path, mappings: tuple[MappingSettings, ...]) -> OrgSettings:
    """One org, ``defaults`` and the ``lusha`` block at the top laid below it already."""
    org = document.get("orgs", name)
    return OrgSettings(
        name=name,
        crm=org["crm"],
        connection=_connection(org["crm"], org["connection"], folder),
        mappings=mappings,
        lusha=_lusha(org["lusha"]),
        budget=Budget(**org.get("budget", {})),
        guards=_guards(org.get("guards", {})),
        schedule=org.get("schedule"),
        **{key: org[key] for key in ("workers",) if key in org},
    )


def build_mapping(document: Document, file: Path) -> MappingSettings:
    """One mapping file."""
    value = document.value
    return MappingSettings(
        name=document.name,
        file=file,
        crm=value["crm"],
        object=value["object"],
        entity=value["entity"],
        identify=tuple(value["identify"]),
        select=_select(value.get("select", {})),
        match=Match(**value.get("match", {})),
        fields={name: _field(rule) for name, rule in value["fields"].items()},
        stamp=value.get("stamp", {}),
        positions=document.positions,
    )


def _lusha(block: Mapping[str, Any]) -> LushaSettings:
    given = {key: block[key] for key in ("api_version", "rate_limit") if key in block}
    if "base_url" in block:
        given["base_url"] = block["base_url"].rstrip("/")
    return LushaSettings(api_key=Secret(block["api_key"]), budget=Budget(**block.get("budget", {})), **given)


def _guards(block: Mapping[str, Any]) -> Guards:
    given: dict[str, Any] = dict(block)
    shares = {key: float(share) for key, share in given.items() if key.startswith("max_")}
    return Guards(**{**given, **shares})


def connection_defaults(crm: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """What holds of a connection where its block says nothing; what that is may depend on how it signs in."""
    connection = {**_CONNECTION[crm], "ca_file": None, "api_reserve": _API_RESERVE}
    if crm == "salesforce":
        connection["auth"] = auth = auth_of(block)
        connection["api_version"] = API_VERSIONS.get(auth, connection["api_version"])
    return connection


def _connection(crm: str, block: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    connection = connection_defaults(crm, block)
    for key, value in block.items():
        connection[key] = _connection_value(key, value, folder)
    return connection


def _connection_value(key: str, value: Any, folder: Path) -> Any:
    if value is None:
        return None
    if key in SECRETS:
        return Secret(value)
    if key in _ADDRESSES:
        return value.rstrip("/")
    if key in _FILES:
        return absolute(value, folder)
    return parse_share(value) if key == "api_reserve" else value


def _select(block: Mapping[str, Any]) -> Select:
    given: dict[str, Any] = {key: parse_duration(block[key]) for key in ("stale_after", "retry_after") if key in block}
    given |= {key: block[key] for key in ("where", "converted") if key in block}
    return Select(incomplete=tuple(block.get("incomplete", ())), **given)


def _field(rule: Mapping[str, Any]) -> FieldRule:
    given = {key: rule[key] for key in ("policy", "on_too_long") if key in rule}
    strict = rule.get("guard") == "strict"
    return FieldRule(source=rule["from"], transforms=_transforms(rule.get("as", [])), strict=strict, **given)


def _transforms(given: Any) -> tuple[tuple[str, Any], ...]:
    """``phone``, ``{text: 80}`` or a list of such, as (name, argument) pairs; no argument is None."""
    steps = given if isinstance(given, list) else [given]
    return tuple((step, None) if isinstance(step, str) else next(iter(step.items())) for step in steps)
