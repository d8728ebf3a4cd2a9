"""Salesforce contacts and accounts, synced with the shipped mappings."""

from __future__ import annotations

from typing import Any

from connector.sandbox import Sandbox
from connector.sandbox.salesforce_write import Refusal
from connector.store import journal
from tests.cassettes.stage import Stage, counted

WRITE = "/services/data/v68.0/composite/sobjects"


def written(body: Any) -> dict[str, dict[str, Any]]:
    """Record id → fields of one collections update."""
    assert body["allOrNone"] is False
    return {
        record["id"]: {name: value for name, value in record.items() if name not in ("id", "attributes")}
        for record in body["records"]
    }


def test_contacts(stage: Stage) -> None:
    first = stage.sync("acme", "contact")
    assert counted(first) == {
        "status": "done",
        "read": 34,
        "due": 33,
        "matched": 28,
        "no_match": 3,
        "suppressed": 1,
        "no_identity": 2,
        "changed": 28,
        "written": 27,
        "fields_written": 171,
        "stamps_written": 52,
        "rejected": 1,
        "suggested": 6,
        "credits": {"reserved": 57, "charged": 56, "balance": 9944},
        "calls": {"lusha": 4, "crm_read": 2, "crm_write": 1},
    }
    assert first.exit_code == 3
    [body] = stage.sent("PATCH", WRITE)
    records = written(body)
    assert len(records) == 28
    assert records["003SB0000000004YAA"] == {
        "Title": "Regional Account Manager",
        "Seniority__c": "Manager",
        "MailingCity": "München",
        "MailingCountry": "Germany",
        "Lusha_Id__c": "4389064859",
        "Lusha_Last_Enriched__c": "2026-11-23T03:00:00Z",
    }
    assert records["003SB0000000002YAA"]["Seniority__c"] == "Executive"
    assert records["003SB0000000002YAA"]["MobilePhone"] == "+12125550152"

    stage.later(hours=1)
    second = stage.sync("acme", "contact")
    assert counted(second) == {
        "status": "done",
        "read": 15,
        "credits": {"reserved": 0, "charged": 0, "balance": 9944},
        "calls": {"lusha": 0, "crm_read": 1, "crm_write": 0},
    }
    assert second.exit_code == 0


def test_accounts(stage: Stage) -> None:
    first = stage.sync("acme", "account")
    assert counted(first) == {
        "status": "done",
        "read": 5,
        "due": 5,
        "matched": 5,
        "changed": 5,
        "written": 5,
        "fields_written": 30,
        "stamps_written": 10,
        "credits": {"reserved": 6, "charged": 6, "balance": 9994},
        "calls": {"lusha": 2, "crm_read": 2, "crm_write": 1},
    }
    assert first.exit_code == 0
    [body] = stage.sent("PATCH", WRITE)
    records = written(body)
    assert records["001SB0000000002YAA"] == {
        "Website": "https://bluewater-logistics.test",
        "Industry": "Healthcare",
        "NumberOfEmployees": 12,
        "Phone": "+46846500495",
        "Lusha_Id__c": "16303390",
        "Lusha_Last_Enriched__c": "2026-11-23T03:00:00Z",
    }
    assert records["001SB0000000009YAA"]["YearStarted"] == "1944"

    stage.later(hours=1)
    second = stage.sync("acme", "account")
    assert counted(second) == {
        "status": "done",
        "credits": {"reserved": 0, "charged": 0, "balance": 9994},
        "calls": {"lusha": 0, "crm_read": 1, "crm_write": 0},
    }


RULED_OUT, TOO_LONG, LOCKED, DELETED = (f"003SB000000{n}YAA" for n in ("0002", "0015", "0016", "0030"))
TITLE_TOO_LONG = "Title: data value too large: Director of Engineering (max length=20)"


def refuse(sandbox: Sandbox) -> None:
    """Let a validation rule, a short field, a lock that passes and a deletion meet the first records written."""
    org = sandbox.salesforce
    locks = iter([True, True])

    def rule(_object: str, row: Any) -> str | Refusal | None:
        if row["Id"] == RULED_OUT:
            return "A title needs a manager's approval"
        if row["Id"] == TOO_LONG and row["Title"] == "Director of Engineering":
            return Refusal("STRING_TOO_LONG", TITLE_TOO_LONG, ("Title",))
        if row["Id"] == LOCKED and next(locks, False):
            return Refusal("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
        return None

    org.rules.append(rule)
    org.before_write = lambda ids: org.delete("Contact", DELETED) if DELETED in ids else None


def test_records_are_refused_one_by_one(stage: Stage) -> None:
    stage.arrange(refuse)
    first = stage.sync("acme", "contact", limit=5)
    assert counted(first) == {
        "status": "done",
        "read": 34,
        "due": 5,
        "matched": 5,
        "suppressed": 1,
        "changed": 5,
        "written": 3,
        "fields_written": 20,
        "stamps_written": 6,
        "rejected": 3,
        "credits": {"reserved": 17, "charged": 17, "balance": 9983},
        "calls": {"lusha": 3, "crm_read": 5, "crm_write": 3},
    }
    assert first.exit_code == 3
    assert first.ended[0].notes == {
        "Contact refused: FIELD_CUSTOM_VALIDATION_EXCEPTION: A title needs a manager's approval": 1,
        f"Title of Contact refused: STRING_TOO_LONG: {TITLE_TOO_LONG}": 1,
    }
    everyone, again, locked = (written(body) for body in stage.sent("PATCH", WRITE))  # each after a look at the records
    assert list(everyone) == [RULED_OUT, TOO_LONG, LOCKED, DELETED, "003SB0000000032YAA"]
    shorter = {name: value for name, value in everyone[TOO_LONG].items() if name != "Title"}
    assert again == {TOO_LONG: shorter, LOCKED: everyone[LOCKED]}
    assert locked == {LOCKED: everyone[LOCKED]}
    with stage.connector() as connector:
        entries = journal.of_run(connector.store, 1)
    ends = {(entry.record, entry.state, entry.outcome) for entry in entries if entry.change.field != "Title"}
    assert ends == {
        (RULED_OUT, "rejected", "FIELD_CUSTOM_VALIDATION_EXCEPTION: A title needs a manager's approval"),
        (TOO_LONG, "written", None),
        (LOCKED, "written", None),
        (DELETED, "rejected", "the record is deleted"),
        ("003SB0000000032YAA", "written", None),
    }
