"""Wrong keys: one clear error, nothing bought, nothing written."""

from __future__ import annotations

import pytest

from connector.errors import AccessDenied
from connector.runtime import SyncReport
from tests.cassettes.stage import Stage


def refused(report: SyncReport) -> tuple[str, str | None]:
    """The error of an invocation that ended before its first run began."""
    assert report.exit_code == AccessDenied.exit_code
    [ended], [error] = report.ended, report.errors
    assert isinstance(error, AccessDenied)
    assert ended.error is error
    assert ended.report["status"] == "failed"
    return error.message, error.hint


@pytest.mark.parametrize(("org", "mapping"), [("acme", "contact"), ("beta", "company")], ids=["acme", "beta"])
def test_wrong_lusha_key(stage: Stage, org: str, mapping: str) -> None:
    report = stage.sync(org, mapping, LUSHA_API_KEY="a-key-of-nobody")
    assert refused(report) == (
        "Lusha: GET /v3/account/usage answered 401: Invalid API key",
        "check lusha.api_key; keys are made in the Lusha dashboard under API settings",
    )


def test_wrong_salesforce_client_secret(stage: Stage) -> None:
    report = stage.sync("acme", "contact", SF_CLIENT_SECRET="another-secret")
    assert refused(report) == (
        "Salesforce refused POST /services/oauth2/token (127.0.0.1:47002) with 400: "
        "invalid_client: invalid client credentials",
        "check connection.client_secret",
    )


def test_wrong_hubspot_token(stage: Stage) -> None:
    report = stage.sync("beta", "contact", HUBSPOT_TOKEN="another-token")
    assert refused(report) == (
        "HubSpot does not accept the access token: GET /account-info/v3/details answered 401: "
        "Authentication credentials not found or invalid. Check the access token of the app.",
        "check connection.access_token: a service key or private-app token of this portal",
    )
