"""Answers about more than one profile, in storage: one line of JSON, and back. All pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from connector.models import Answer, Found, Item, Lookalikes, Profile, Signal, Signals, SignalsAnswer


def to_json(answer: SignalsAnswer | Lookalikes | Found | Answer) -> str:
    """An answer with everything that is in it, Lusha's own words included."""
    return json.dumps(answer, default=_plain, ensure_ascii=False, separators=(",", ":"))


def signals_answer(stored: str) -> SignalsAnswer:
    """What ``to_json`` made of one."""
    told = json.loads(stored)
    return SignalsAnswer(**{**told, "items": tuple(map(_signals, told["items"]))})


def lookalikes(stored: str) -> Lookalikes:
    """What ``to_json`` made of one."""
    told = json.loads(stored)
    return Lookalikes(**{**told, "profiles": tuple(map(_profile, told["profiles"]))})


def found(stored: str) -> Found:
    """What ``to_json`` made of one."""
    told = json.loads(stored)
    return Found(**{**told, "profiles": tuple(map(_profile, told["profiles"]))})


def answer(stored: str) -> Answer:
    """What ``to_json`` made of one."""
    told = json.loads(stored)
    items = (Item(**{**item, "profile": item["profile"] and _profile(item["profile"])}) for item in told["items"])
    return Answer(**{**told, "items": tuple(items), "extra": tuple(map(_profile, told["extra"]))})


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return dict(value) if isinstance(value, Mapping) else sorted(value)


def _signals(told: Mapping[str, Any]) -> Signals:
    return Signals(**{**told, "signals": tuple(Signal(**signal) for signal in told["signals"])})


def _profile(told: Mapping[str, Any]) -> Profile:
    return Profile(**{**told, "revealed": frozenset(told["revealed"])})
