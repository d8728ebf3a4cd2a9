"""Lusha's other ways: a sync through API V2, and a quote whose previews the sync after it reuses."""

from __future__ import annotations

from typing import Any

from tests.cassettes.stage import Stage, counted


def test_contacts_and_companies_through_api_v2(stage: Stage) -> None:
    stage.use("v2")
    companies, people = (stage.sync("acme", mapping) for mapping in ("account", "contact"))
    assert counted(companies)["credits"] == {"reserved": 5, "charged": 5, "balance": 9995}
    first = counted(people)
    assert (first["due"], first["status"], first["calls"]["lusha"]) == (33, "done", 3)
    assert first["matched"] + first["no_match"] + first["no_identity"] == 33
    assert first["credits"]["charged"] + 5 == 10_000 - first["credits"]["balance"]
    bodies = stage.sent("POST", "/v2/person")
    assert {tuple(sorted(body["metadata"])) for body in bodies} <= {
        ("partialProfile",),
        ("partialProfile", "revealEmails", "revealPhones"),
    }
    assert all(
        contact.keys() & {"email", "linkedinUrl", "personId", "fullName"}
        for body in bodies
        for contact in body["contacts"]
    )
    assert [body["partialCompany"] for body in stage.sent("POST", "/v2/company")] == [False]

    bought = len(bodies)
    assert "due" not in counted(stage.sync("acme", "contact"))
    assert len(stage.sent("POST", "/v2/person")) == bought


def test_a_quote_and_the_sync_that_reuses_it(stage: Stage) -> None:
    with stage.connector() as connector:
        [told] = connector.quote(["beta"], mapping="contact").ended
    figures: dict[str, Any] = told.report["quote"]
    assert (told.report["status"], told.report["written"]) == ("done", 0)
    synced = counted(stage.sync("beta", "contact"))
    assert synced["credits"]["charged"] == figures["reveal"]
    assert len(stage.sent("POST", "/v3/contacts/search")) == 1
    assert synced["matched"] == told.report["matched"]
