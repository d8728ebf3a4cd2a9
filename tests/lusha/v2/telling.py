"""The same facts as Lusha tells them: V2 alone, in bulk and in prospecting, and V3. All of it invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.lusha.cleaning import prune

Facts = Mapping[str, Any]


def of(facts: Facts, path: str) -> Any:
    """The fact at a dotted path, None where there is none."""
    value: Any = facts
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def person_alone(facts: Facts) -> dict[str, Any]:
    """``contact.data`` of GET /v2/person."""
    return {
        **_person(facts),
        "emailAddresses": [
            {
                "address": email.get("email"),
                "type": email.get("type"),
                "emailConfidence": email.get("confidence"),
                "updateDate": email.get("update_date"),
            }
            for email in facts.get("emails", [])
        ],
        "phoneNumbers": _phones(facts, {"mobile": "Mobile", "direct": "Direct", "work": "Phone"}),
        "location": {
            "country": of(facts, "location.country"),
            "countryIso2": of(facts, "location.country_iso2"),
            "continent": of(facts, "location.continent"),
            "state": of(facts, "location.state"),
            "stateCode": of(facts, "location.state_code"),
            "city": of(facts, "location.city"),
            "rawLocation": of(facts, "location.raw"),
            "isEuContact": of(facts, "location.is_eu"),
        },
        "company": {
            "name": of(facts, "company.name"),
            "fqdn": of(facts, "company.domain"),
            "industry": {"mainIndustry": of(facts, "company.industry"), "subIndustry": ""},
        },
    }


def person_in_bulk(facts: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
    """``data`` of a contact of POST /v2/person, and its employer in the other map."""
    domain = prune(of(facts, "company.domain"))
    contact = {
        **_person(facts),
        "emails": [email.get("email") for email in facts.get("emails", [])],
        "emailAddresses": [
            {
                "email": email.get("email"),
                "emailType": email.get("type"),
                "emailConfidence": email.get("confidence"),
                "updateDate": email.get("update_date"),
            }
            for email in facts.get("emails", [])
        ],
        "phones": [phone.get("number") for phone in facts.get("phones", [])],
        "phoneNumbers": _phones(facts, {"mobile": "mobile", "direct": "direct", "work": "phone"}),
        "location": {
            "country": of(facts, "location.country"),
            "country_iso2": of(facts, "location.country_iso2"),
            "continent": of(facts, "location.continent"),
            "state": of(facts, "location.state"),
            "state_code": of(facts, "location.state_code"),
            "city": of(facts, "location.city"),
            "rawLocation": of(facts, "location.raw"),
            "is_eu_contact": of(facts, "location.is_eu"),
        },
    }
    employer = {
        "name": of(facts, "company.name"),
        "domains": {"homepage": domain, "email": domain},
        "homepageUrl": domain and f"https://{domain}",
        "fqdn": domain and f"www.{domain}",
        "mainIndustry": of(facts, "company.industry"),
    }
    return contact, employer


def person_in_v3(facts: Facts) -> dict[str, Any]:
    """A result of POST /v3/contacts/enrich."""
    previous = facts.get("previous_job") or {}
    return {
        "id": facts.get("id"),
        "firstName": facts.get("first_name"),
        "lastName": facts.get("last_name"),
        "fullName": facts.get("full_name"),
        "jobTitle": facts.get("job_title"),
        "company": facts.get("company"),
        "location": {
            "country": of(facts, "location.country"),
            "countryIso2": of(facts, "location.country_iso2"),
            "continent": of(facts, "location.continent"),
            "state": of(facts, "location.state"),
            "city": of(facts, "location.city"),
            "isEuContact": of(facts, "location.is_eu"),
        },
        "socialLinks": {"linkedin": of(facts, "social.linkedin"), "xUrl": of(facts, "social.x")},
        "emails": [{**email, "updateDate": email.get("update_date")} for email in facts.get("emails", [])],
        "phones": [
            {**phone, "doNotCall": phone.get("do_not_call"), "updateDate": phone.get("update_date")}
            for phone in facts.get("phones", [])
        ],
        "previousEmployment": [{"company": previous.get("company"), "jobTitle": previous.get("job_title")}],
        "tags": [{"name": tag} for tag in facts.get("tags", [])],
        "updateDate": facts.get("update_date"),
    }


def person_in_prospecting(facts: Facts) -> dict[str, Any]:
    """``data`` of a contact of POST /prospecting/contact/enrich."""
    alone = person_alone(facts)
    return {
        "firstName": facts.get("first_name"),
        "lastName": facts.get("last_name"),
        "fullName": facts.get("full_name"),
        "isShown": False,
        "jobTitle": of(facts, "job_title.title"),
        "departments": of(facts, "job_title.departments"),
        "seniority": [{"id": 4, "value": of(facts, "job_title.seniority")}],
        "companyId": _number(of(facts, "company.id")),
        "companyName": of(facts, "company.name"),
        "company": {"mainIndustry": of(facts, "company.industry")},
        "location": {
            "country": of(facts, "location.country"),
            "country_iso2": of(facts, "location.country_iso2"),
            "continent": of(facts, "location.continent"),
            "state": of(facts, "location.state"),
            "city": of(facts, "location.city"),
        },
        **{name: alone[name] for name in ("emailAddresses", "phoneNumbers", "socialLinks")},
    }


def company_alone(facts: Facts) -> dict[str, Any]:
    """``data`` of GET /v2/company."""
    employees, place = facts["employee_count"], facts["location"]
    return {
        **_company(facts),
        "id": int(facts["id"]),
        "founded": f"August 1, {facts['founded_year']}",
        "companySize": {
            "min": employees["min"],
            "max": employees["max"],
            "employeesInLinkedin": employees["exact"],
        },
        "employees": f"{employees['min']} - {employees['max']}",
        "social": {
            "linkedin": {"url": facts["social"]["linkedin"]},
            "crunchbase": {"url": facts["social"]["crunchbase"]},
        },
        "location": {
            "city": place["city"],
            "country": place["country"],
            "state": place["state"],
            "stateCode": place["state_code"],
            "countryIso2": place["country_iso2"],
            "continent": place["continent"],
            "fullLocation": "Berlin, Germany",
            "rawLocation": place["raw"],
        },
        "website": facts["website"],
    }


def company_in_bulk(facts: Facts) -> dict[str, Any]:
    """An entry of POST /v2/company."""
    employees = facts["employee_count"]
    return {
        **_company(facts),
        **_flat_location(facts),
        "id": 33222678,
        "lushaCompanyId": facts["id"],
        "founded": str(facts["founded_year"]),
        "companySize": [employees["min"], employees["max"]],
        "employeesInLinkedin": employees["exact"],
        "linkedin": facts["social"]["linkedin"],
        "crunchbase": facts["social"]["crunchbase"],
    }


def company_in_prospecting(facts: Facts) -> dict[str, Any]:
    """A company of POST /prospecting/company/enrich."""
    employees = facts["employee_count"]
    return {
        **_company(facts),
        **_flat_location(facts),
        "id": int(facts["id"]),
        "companySize": {
            "min": employees["min"],
            "max": employees["max"],
            "employees_in_linkedin": employees["exact"],
        },
        "domains": {"email": facts["email_domain"], "homepage": facts["domain"]},
        "social": {name: facts["social"][name] for name in ("linkedin", "crunchbase")},
    }


def _person(facts: Facts) -> dict[str, Any]:
    previous = facts.get("previous_job") or {}
    return {
        "personId": _number(facts.get("id")),
        "companyId": _number(of(facts, "company.id")),
        "firstName": facts.get("first_name"),
        "lastName": facts.get("last_name"),
        "fullName": facts.get("full_name"),
        "jobTitle": facts.get("job_title"),
        "socialLinks": {"linkedin": of(facts, "social.linkedin"), "xUrl": of(facts, "social.x")},
        "jobStartDate": facts.get("job_start_date"),
        "previousJob": {"company": previous.get("company"), "jobTitle": previous.get("job_title")},
        "contactTags": [{"id": "1", "name": tag, "color": "#000000"} for tag in facts.get("tags", [])],
        "updateDate": facts.get("update_date"),
    }


def _phones(facts: Facts, types: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "number": phone.get("number"),
            "phoneType": types.get(str(phone.get("type")), phone.get("type")),
            "doNotCall": phone.get("do_not_call"),
            "updateDate": phone.get("update_date"),
        }
        for phone in facts.get("phones", [])
    ]


def _company(facts: Facts) -> dict[str, Any]:
    money, topic = facts["funding"], facts["intent"]["topics"][0]
    return {
        "name": facts["name"],
        "alternativeName": facts["alternative_name"],
        "fqdn": f"www.{facts['domain']}",
        "emailDomain": facts["email_domain"],
        "description": facts["description"],
        "companyType": facts["type"],
        "revenueRange": [facts["revenue"]["min"], facts["revenue"]["max"]],
        "mainIndustry": facts["industry"],
        "subIndustry": facts["sub_industry"],
        "specialities": facts["specialities"],
        "industryPrimaryGroupDetails": {
            "sicCodes": [
                {"sicCodes": entry["code"], "description": entry["description"]} for entry in facts["sic_codes"]
            ],
            "naicsCodes": [
                {"naics": entry["code"], "description": entry["description"]} for entry in facts["naics_codes"]
            ],
        },
        "companyLocations": [
            {
                "city": site["city"],
                "continent": site["continent"],
                "country": site["country"],
                "country_iso2": site["country_iso2"],
                "state": site["state"],
                "state_code": site["state_code"],
            }
            for site in facts["additional_locations"]
        ],
        "linkedinFollowers": facts["linkedin_followers"],
        "funding": {
            "rounds": [
                {
                    "roundType": one["type"],
                    "roundAmount": one["amount"],
                    "currency": one["currency"],
                    "roundDate": "Nov 10, 2021",
                }
                for one in money["rounds"]
            ],
            "totalRounds": money["total_rounds"],
            "totalRoundsAmount": money["total_amount"],
            "currency": money["currency"],
            "isIpo": money["is_ipo"],
            "lastRoundType": money["last_round_type"],
            "lastRoundAmount": money["last_round_amount"],
            "lastRoundDate": "Nov 10, 2021",
        },
        "technologies": [{"name": name} for name in facts["technologies"]],
        "intent": {
            "detectedTopics": [
                {
                    "topicName": topic["name"],
                    "metadata": {"topicScore": topic["score"], "topicTrend": f"+{topic['trend']}"},
                }
            ],
            "topicCount": 1,
        },
        "logoUrl": facts["logo_url"],
    }


def _flat_location(facts: Facts) -> dict[str, Any]:
    place = facts["location"]
    return {
        "city": place["city"],
        "state": place["state"],
        "stateCode": place["state_code"],
        "country": place["country"],
        "countryIso2": place["country_iso2"],
        "continent": place["continent"],
        "rawLocation": place["raw"],
    }


def _number(id: Any) -> Any:
    return int(id) if isinstance(id, str) and id.isdigit() else id
