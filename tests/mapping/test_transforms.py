"""The table of transforms: what a mapping may name, and with which argument."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest

from connector.mapping.transforms import TRANSFORMS, check_transform, fields_read


@pytest.mark.parametrize(
    ("name", "argument", "problem"),
    [
        ("phone", None, None),
        ("phone", {"region": "DE"}, None),
        ("phone", {"region_from": "MailingCountry"}, None),
        ("phone", {"region": "ZZ"}, "phone takes nothing, {region: DE} or {region_from: FIELD}"),
        ("phone", {"region": False}, "phone takes nothing, {region: DE} or {region_from: FIELD}"),
        ("phone", {"region": "DE", "region_from": "A"}, "phone takes nothing, {region: DE} or {region_from: FIELD}"),
        ("phone", "DE", "phone takes nothing, {region: DE} or {region_from: FIELD}"),
        ("email", None, None),
        ("country", None, None),
        ("country", "alpha_2", None),
        ("country", "alpha2", "country takes nothing, alpha_2, alpha_3 or name: {country: alpha_2}"),
        ("state", "code", None),
        ("state", "alpha_2", "state takes nothing, code or name: {state: code}"),
        ("date", "DD/MM", "date takes no argument"),
        ("title_case", True, "title_case takes no argument"),
        ("email", "x", "email takes no argument"),
        ("text", 80, None),
        ("text", None, None),
        ("text", True, "text takes nothing, or the most characters: {text: 80}"),
        ("text", 0, "text takes nothing, or the most characters: {text: 80}"),
        ("join", "; ", None),
        ("join", 5, 'join takes nothing, or a separator in quotes: {join: ", "}'),
        ("picklist", {"a": "b", 1: 2, "c": None}, None),
        (
            "picklist",
            {False: "b"},
            "picklist takes a map from Lusha's words to the CRM's, yes and no in quotes: "
            "{picklist: {C-Suite: Executive}}",
        ),
        (
            "picklist",
            None,
            "picklist takes a map from Lusha's words to the CRM's, yes and no in quotes: "
            "{picklist: {C-Suite: Executive}}",
        ),
        ("fone", None, "no transform 'fone' — did you mean 'phone'?"),
        (
            "zzz",
            None,
            "no transform 'zzz' — known: phone, email, domain, url, linkedin_url, country, state, picklist, int, "
            "number, date, text, join, title_case",
        ),
    ],
)
def test_check_transform(name: str, argument: Any, problem: str | None) -> None:
    assert check_transform(name, argument) == problem


def test_every_transform_is_documented() -> None:
    for name, transform in TRANSFORMS.items():
        assert transform.name == name
        assert transform.doc.endswith(".") and transform.takes


def test_editors_complete_the_same_transforms() -> None:
    schema = json.loads((resources.files("connector") / "schema" / "mapping.schema.json").read_text("utf-8"))["$defs"]
    assert schema["transformName"]["enum"] == list(TRANSFORMS) == list(schema["transformMap"]["properties"])


def test_the_fields_that_transforms_read() -> None:
    assert fields_read([("phone", {"region_from": "MailingCountry"}), ("text", 5)]) == {"MailingCountry"}
    assert fields_read([("phone", None), ("picklist", {"region_from": "x"})]) == frozenset()
