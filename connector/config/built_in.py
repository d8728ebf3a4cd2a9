"""What holds where no file says anything, in the words of the files: for those who ask what all of it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from connector.config.build import connection_defaults
from connector.config.quantities import spell_duration
from connector.config.settings import FieldRule, Guards, LushaSettings, Match, OrgSettings, Select, StateSettings

_SHARE = "api_reserve"


def built_in(crm: str, connection: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults of an org that signs in like this, and under ``state`` those of the state file."""
    reached = {key: value for key, value in connection_defaults(crm, connection).items() if value is not None}
    state = StateSettings(Path("state.db"))
    ages = {key: spell_duration(getattr(state, key)) for key in ("keep_profiles", "keep_changes")}
    lusha = {key: LushaSettings.__dataclass_fields__[key].default for key in ("api_version", "base_url", "rate_limit")}
    return {
        "state": {"path": str(state.path), **ages},
        "connection": {**reached, _SHARE: f"{reached[_SHARE]:.0%}"},
        "lusha": lusha,
        "guards": asdict(Guards()),
        "workers": OrgSettings.__dataclass_fields__["workers"].default,
    }


def built_in_mapping(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults of a mapping with these fields."""
    policy = FieldRule.__dataclass_fields__["policy"].default
    return {
        "select": {"retry_after": spell_duration(Select().retry_after)},
        "match": asdict(Match()),
        "fields": {name: {"policy": policy} for name in mapping["fields"]},
    }
