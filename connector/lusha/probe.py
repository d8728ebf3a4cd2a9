"""A full, invented profile of each entity: lets a mapping's expressions be tried without a network or a credit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from connector.models import Entity

_PERSON: dict[str, Any] = {
    "id": "1000000001",
    "first_name": "Ada",
    "last_name": "Example",
    "full_name": "Ada Example",
    "job_title": {
        "title": "Director of Operations",
        "seniority": "Director",
        "departments": ["Operations"],
    },
    "job_start_date": "2024-03-01",
    "company": {
        "id": "2000000001",
        "name": "Acme Example",
        "domain": "acme.example.com",
        "industry": "Manufacturing",
    },
    "location": {
        "country": "Germany",
        "country_iso2": "DE",
        "continent": "Europe",
        "state": "Berlin",
        "state_code": "BE",
        "city": "Berlin",
        "raw": "Berlin, DE",
        "is_eu": True,
    },
    "social": {
        "linkedin": "https://www.linkedin.com/in/ada-example-0001",
        "x": "https://x.com/ada_example_0001",
    },
    "emails": [
        {"email": "ada@acme.example.com", "type": "work", "confidence": "A+", "update_date": "2026-04-23"},
        {"email": "ada@example.net", "type": "private", "confidence": "A", "update_date": "2026-02-11"},
    ],
    "phones": [
        {"number": "+49 30 23125 101", "type": "mobile", "do_not_call": False, "update_date": "2026-04-23"},
        {"number": "+49 30 23125 102", "type": "direct", "do_not_call": False, "update_date": "2026-01-07"},
        {"number": "+49 30 23125 103", "type": "work", "do_not_call": True, "update_date": "2025-11-30"},
    ],
    "previous_job": {
        "company": {"name": "Former Example", "domain": "former.example.org"},
        "job_title": {"title": "Operations Manager"},
    },
    "tags": ["Customer"],
    "update_date": "2026-04-23",
}

_COMPANY: dict[str, Any] = {
    "id": "2000000001",
    "name": "Acme Example",
    "alternative_name": "Acme",
    "domain": "acme.example.com",
    "alternative_domains": ["acme.example.org"],
    "email_domain": "acme.example.com",
    "description": "Invented maker of invented goods.",
    "type": "Private Company",
    "founded_year": 1999,
    "employee_count": {"exact": 364, "min": 201, "max": 500},
    "revenue": {"min": 10_000_000, "max": 50_000_000},
    "industry": "Manufacturing",
    "sub_industry": "Machinery Manufacturing",
    "specialities": ["gears", "levers"],
    "sic_codes": [{"code": 3566, "description": "Speed changers, drives, and gears"}],
    "naics_codes": [{"code": 333612, "description": "Speed changer, industrial drive, and gear making"}],
    "location": {
        "country": "Germany",
        "country_iso2": "DE",
        "continent": "Europe",
        "state": "Berlin",
        "state_code": "BE",
        "city": "Berlin",
        "zip_code": "10115",
        "raw": "Berlin, DE",
    },
    "additional_locations": [
        {
            "country": "United States",
            "country_iso2": "US",
            "continent": "North America",
            "state": "Massachusetts",
            "state_code": "MA",
            "city": "Boston",
            "zip_code": "02199",
        }
    ],
    "social": {
        "linkedin": "https://www.linkedin.com/company/acme-example-0001",
        "facebook": "https://www.facebook.com/acme-example-0001",
        "x": "https://x.com/acme_example_0001",
        "crunchbase": "https://www.crunchbase.com/organization/acme-example-0001",
    },
    "phone": "+49 30 23125 100",
    "email": "hello@acme.example.com",
    "website": "https://www.acme.example.com",
    "linkedin_followers": 6_400,
    "funding": {
        "rounds": [{"type": "Series A", "amount": 5_000_000, "currency": "USD", "date": "2021-11-10"}],
        "total_rounds": 1,
        "total_amount": 5_000_000,
        "currency": "USD",
        "is_ipo": False,
        "last_round_type": "Series A",
        "last_round_amount": 5_000_000,
        "last_round_date": "2021-11-10",
    },
    "technologies": ["node.js"],
    "intent": {"topics": [{"name": "Machine Tools", "score": 85, "trend": 24}]},
    "business_model": ["B2B"],
    "keywords": ["gearboxes"],
    "competitors": [{"id": "2000000002", "name": "Rival Example", "domain": "rival.example.org"}],
    "employees_by_department": [{"department": "Operations", "count": 140}],
    "employees_by_location": [{"country": "Germany", "state": "Berlin", "count": 301}],
    "employees_by_seniority": [{"seniority": "Director", "count": 35}],
    "it_spend": {"value": 460_000, "currency": "EUR", "value_usd": 500_000},
    "website_traffic": {"visits": 128_450, "mom_change_percent": 4.3, "month": "2026-06"},
    "logo_url": "https://www.acme.example.com/logo.png",
}

PROBE: Mapping[Entity, dict[str, Any]] = MappingProxyType({"person": _PERSON, "company": _COMPANY})
"""Every attribute of the catalogue, once."""
