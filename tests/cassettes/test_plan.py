"""The free forecast of both orgs: reads the CRMs, asks Lusha for its prices, buys and writes nothing."""

from __future__ import annotations

from tests.cassettes.stage import Stage


def test_forecast_of_both_orgs(stage: Stage) -> None:
    with stage.connector() as connector:
        forecasts, _ = connector.plan()
        assert connector.run_rows() == []
    assert [(one["org"], one["mapping"], one["read"], one["due"], one["searches"]) for one in forecasts] == [
        ("acme", "mappings/salesforce/contact.yaml", 34, 33, 27),
        ("acme", "mappings/salesforce/account.yaml", 5, 5, 5),
        ("beta", "mappings/hubspot/contact.yaml", 34, 34, 29),
        ("beta", "mappings/hubspot/company.yaml", 11, 11, 10),
    ]
    assert [one["credits"] for one in forecasts] == [
        {"search": 2, "reveal": 115, "worst_case": 117, "budget": 500},
        {"search": 1, "reveal": 5, "worst_case": 6, "budget": 500},
        {"search": 2, "reveal": 145, "worst_case": 147, "budget": 500},
        {"search": 1, "reveal": 11, "worst_case": 12, "budget": 500},
    ]
    assert forecasts[1]["blank"] == {
        "Website": 2,
        "Industry": 5,
        "NumberOfEmployees": 3,
        "Description": 3,
        "Phone": 2,
        "BillingCity": 1,
        "BillingState": 2,
        "BillingCountry": 1,
        "YearStarted": 4,
    }
