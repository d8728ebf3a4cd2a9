"""What the runner takes for a tenant that does not tell its id."""

from __future__ import annotations

from typing import Any

import pytest

from connector.config.settings import LushaSettings, OrgSettings
from connector.redact import Secret
from connector.runtime.runner import address_of

HUBSPOT = "https://api.hubapi.com"


def org(**connection: Any) -> OrgSettings:
    return OrgSettings("acme", "any", connection, (), LushaSettings(Secret("key")))


@pytest.mark.parametrize(
    ("connection", "address"),
    [
        ({"instance_url": "https://acme.example.com"}, "https://acme.example.com"),
        ({"base_url": HUBSPOT, "access_token": Secret("a")}, f"{HUBSPOT} {Secret('a').fingerprint()}"),
        (
            {"base_url": HUBSPOT, "client_id": "c", "client_secret": Secret("s"), "refresh_token": Secret("r")},
            f"{HUBSPOT} {Secret('r').fingerprint()}",
        ),
    ],
)
def test_a_shared_host_is_told_apart_by_what_signs_in(connection: dict[str, Any], address: str) -> None:
    assert address_of(org(**connection)) == address
