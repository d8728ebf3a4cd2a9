"""Clients of other makers read and write the demo world: jsforce, and HubSpot's own client for node.

The product uses neither, so they know nothing of the sandbox but what the vendors document. ``make clients`` installs
both and runs this; without node or without them it is skipped. The scripts beside this file ask and write, the tests
here look at what arrived.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from connector.sandbox.salesforce_records import OWNER
from connector.sandbox.salesforce_signin import PASSWORD, SECURITY_TOKEN, USERNAME

HERE = Path(__file__).parent
PATIENCE = 120
"""Seconds for one script; it takes a few."""


def missing() -> str:
    """What the clients lack on this machine; empty if nothing."""
    node = shutil.which("node")
    if node is None or _major(node) < 20:
        return "node 20 or newer is not installed"
    return "" if (HERE / "node_modules").is_dir() else "the clients are not installed: make clients"


def _major(node: str) -> int:
    """The first number of ``v20.20.2``."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
    return int(answer.stdout.strip("v\n").partition(".")[0])


pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """More contacts than a page of Salesforce, a batch of HubSpot or five searches hold."""
    with Sandbox(contacts=2_500) as box:
        yield box


def run(script: str, **environment: str) -> None:
    """Run one of the scripts; whatever it finds fails the test, with its report."""
    command = ["node", "--test", "--test-reporter=spec", str(HERE / script)]
    answer = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    print(answer.stdout, answer.stderr, sep="\n")
    assert answer.returncode == 0


def test_jsforce(box: Sandbox) -> None:
    org = box.salesforce
    org.session_calls = 10
    run(
        "salesforce.test.mjs",
        SALESFORCE_URL=box.salesforce_url,
        SALESFORCE_CLIENT_ID=box.client_id,
        SALESFORCE_CLIENT_SECRET=box.client_secret,
        SALESFORCE_USERNAME=USERNAME,
        SALESFORCE_PASSWORD=PASSWORD + SECURITY_TOKEN,
    )
    contacts = org.tables["Contact"]
    updated = sum(row["Department"] == "jsforce" for row in contacts)
    assert updated > 400
    titles = sorted(row["Title"] for row in contacts if "jsforce" in (row["Title"] or ""))
    assert titles == ["Bulk of jsforce", "Chief of jsforce"]
    assert contacts.tally.fields_received == {"Department": updated, "Title": 2, "FirstName": 1, "LastName": 2}
    assert sum(row["IsDeleted"] for row in contacts) == 2
    assert {row["OwnerId"] for row in contacts} == {OWNER}
    assert org.sign_in.attempts > 5  # sessions were renewed in between


def test_the_hubspot_client_for_node(box: Sandbox) -> None:
    portal = box.hubspot
    run(
        "hubspot.test.mjs",
        HUBSPOT_URL=box.hubspot_url,
        HUBSPOT_TOKEN=box.hubspot_token,
        HUBSPOT_CLIENT_ID=box.hubspot_client_id,
        HUBSPOT_CLIENT_SECRET=box.hubspot_client_secret,
        HUBSPOT_REFRESH_TOKEN=box.hubspot_refresh_token,
    )
    contacts = portal.tables["contacts"]
    assert sum(row["properties"].get("jobtitle") == "Reached by node" for row in contacts) == 100
    assert contacts.tally.fields_received == {"jobtitle": 100, "email": 3, "firstname": 3}
    assert sum(row["archived"] for row in contacts) == 3
    assert portal.tables["companies"].tally.fields_received == {"description": 1}
