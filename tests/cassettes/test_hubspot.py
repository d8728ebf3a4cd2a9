"""HubSpot contacts and companies, synced with the shipped mappings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from connector.sandbox import Sandbox
from connector.sandbox.hubspot_records import BadValues, Input
from connector.sandbox.hubspot_values import Problem
from tests.cassettes.stage import Stage, counted

CONTACTS = "/crm/v3/objects/contacts/batch/update"
COMPANIES = "/crm/v3/objects/companies/batch/update"


def written(body: Any) -> dict[str, dict[str, str]]:
    """Record id → properties of one batch update."""
    return {one["id"]: one["properties"] for one in body["inputs"]}


def test_contacts(stage: Stage) -> None:
    first = stage.sync("beta", "contact")
    assert counted(first) == {
        "status": "done",
        "read": 34,
        "due": 34,
        "matched": 23,
        "no_match": 9,
        "no_identity": 2,
        "changed": 23,
        "written": 23,
        "fields_written": 111,
        "stamps_written": 43,
        "rejected": 1,
        "suggested": 7,
        "credits": {"reserved": 84, "charged": 83, "balance": 9917},
        "calls": {"lusha": 4, "crm_read": 5, "crm_write": 1},
    }
    assert first.ended[0].notes == {
        "lusha_seniority: 'Founder' is not an option of Lusha Seniority": 1,
        'email of contacts refused: DUPLICATE_VALUE: record … already holds this value of "email"': 1,
    }
    [body] = stage.sent("POST", CONTACTS)
    records = written(body)
    assert len(records) == 23
    assert records["88000120051"] == {
        "city": "Sydney",
        "country": "Australia",
        "hs_linkedin_url": "https://www.linkedin.com/in/ethan-mcallister-53facdf",
        "lusha_id": "4389065634",
        "lusha_last_enriched": "2026-11-23T03:00:00Z",
        "lusha_seniority": "manager",
        "mobilephone": "+61491570313",
        "phone": "+61255502976",
    }
    # The same person in a second record: filled from the same purchase, its own title and place left alone.
    assert records["88000120068"] == {
        "hs_linkedin_url": "https://www.linkedin.com/in/ethan-mcallister-53facdf",
        "lusha_id": "4389065634",
        "lusha_last_enriched": "2026-11-23T03:00:00Z",
        "phone": "+61255502976",
    }

    stage.later(hours=1)
    second = stage.sync("beta", "contact")
    assert counted(second) == {
        "status": "done",
        "read": 15,
        "credits": {"reserved": 0, "charged": 0, "balance": 9917},
        "calls": {"lusha": 0, "crm_read": 3, "crm_write": 0},
    }
    assert second.exit_code == 0


def test_companies(stage: Stage) -> None:
    first = stage.sync("beta", "company")
    assert counted(first) == {
        "status": "done",
        "read": 11,
        "due": 11,
        "matched": 11,
        "changed": 11,
        "written": 11,
        "fields_written": 74,
        "stamps_written": 21,
        "credits": {"reserved": 11, "charged": 11, "balance": 9989},
        "calls": {"lusha": 2, "crm_read": 2, "crm_write": 1},
    }
    assert first.exit_code == 0
    [body] = stage.sent("POST", COMPANIES)
    assert written(body)["15200004001"] == {
        "description": "Kestrel Analytics serves customers in United States and beyond: medical practices.",
        "domain": "kestrel-analytics.test",
        "industry": "HOSPITAL_HEALTH_CARE",
        "lusha_id": "16303253",
        "lusha_last_enriched": "2026-11-23T03:00:00Z",
        "numberofemployees": "28",
        "phone": "+16285550100",
    }

    stage.later(hours=1)
    second = stage.sync("beta", "company")
    assert counted(second) == {
        "status": "done",
        "read": 1,
        "credits": {"reserved": 0, "charged": 0, "balance": 9989},
        "calls": {"lusha": 0, "crm_read": 1, "crm_write": 0},
    }


REFUSED, REFUSED_EMAIL = "88000120102", "zoe.cole@larkspur-foods.test"


def test_a_refused_value_is_dropped_and_the_batch_lands(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(sandbox: Sandbox) -> None:
        """Refuse every batch that holds this address: HubSpot's checks of e-mails are its own secret."""
        portal, update = sandbox.hubspot, sandbox.hubspot.update

        def strict(spec: Any, inputs: Sequence[Input]) -> Any:
            if any(one.properties.get("email") == REFUSED_EMAIL for one in inputs):
                raise BadValues([Problem("INVALID_EMAIL", f"Email address {REFUSED_EMAIL} is invalid", "email")])
            return update(spec, inputs)

        monkeypatch.setattr(portal, "update", strict)

    stage.arrange(refuse)
    first = stage.sync("beta", "contact", limit=8)
    assert counted(first) == {
        "status": "done",
        "read": 34,
        "due": 8,
        "matched": 7,
        "no_match": 1,
        "changed": 7,
        "written": 7,
        "fields_written": 37,
        "stamps_written": 14,
        "rejected": 2,
        "credits": {"reserved": 26, "charged": 26, "balance": 9974},
        "calls": {"lusha": 4, "crm_read": 6, "crm_write": 2},
    }
    assert first.exit_code == 3
    assert first.ended[0].notes == {
        "lusha_seniority: 'Founder' is not an option of Lusha Seniority": 1,
        'email of contacts refused: DUPLICATE_VALUE: record … already holds this value of "email"': 1,
        "email of contacts refused: INVALID_EMAIL: Email address ***@*** is invalid": 1,
    }
    whole, rest = (written(body) for body in stage.sent("POST", CONTACTS))
    assert whole[REFUSED].pop("email") == REFUSED_EMAIL
    assert rest == whole
