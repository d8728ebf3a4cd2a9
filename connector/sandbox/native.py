"""The rows of the demo world in each CRM's own field names, ids and spellings: what the two CRM servers start with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from connector.sandbox.entries import AccountEntry, ContactEntry
from connector.sandbox.pools import INDUSTRIES

Row = dict[str, Any]

_SALESFORCE_WORDS = (
    "Technology", "Manufacturing", "Insurance", "Healthcare", "Transportation", "Retail", "Consulting", "Construction",
    "Education", "Other",
)  # fmt: skip
_HUBSPOT_WORDS = (
    "COMPUTER_SOFTWARE", "MACHINERY", "INSURANCE", "MEDICAL_PRACTICE", "LOGISTICS_AND_SUPPLY_CHAIN", "RETAIL",
    "MANAGEMENT_CONSULTING", "CONSTRUCTION", "HIGHER_EDUCATION", "REAL_ESTATE",
)  # fmt: skip
_SALESFORCE_INDUSTRY = {row[0]: word for row, word in zip(INDUSTRIES, _SALESFORCE_WORDS, strict=True)}
_HUBSPOT_INDUSTRY = {row[0]: word for row, word in zip(INDUSTRIES, _HUBSPOT_WORDS, strict=True)}


def salesforce_id(prefix: str, number: int) -> str:
    """An 18-character id: object prefix, instance, number, and Salesforce's case check of three letters.

    https://help.salesforce.com/s/articleView?id=000385585
    """
    short = f"{prefix}SB{number:010d}"
    return short + "".join(_case_of(short[start : start + 5]) for start in (0, 5, 10))


def _case_of(letters: str) -> str:
    """One letter for which of five are capitals."""
    if letters.isdecimal():
        return "A"
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[
        sum(1 << place for place, letter in enumerate(letters) if letter.isupper())
    ]


def salesforce_rows(
    accounts: Sequence[AccountEntry], contacts: Iterable[ContactEntry], leads: Iterable[ContactEntry] = ()
) -> Mapping[str, Sequence[Row]]:
    """``Account``, ``Contact`` and ``Lead`` rows; a blank field is None."""
    account_ids = [salesforce_id("001", number) for number in range(1, len(accounts) + 1)]
    by_firm = {entry.firm.id: id for entry, id in reversed(list(zip(accounts, account_ids, strict=True)))}
    return {
        "Account": [_sf_account(id, entry) for id, entry in zip(account_ids, accounts, strict=True)],
        "Contact": [
            _sf_contact(salesforce_id("003", number), entry, by_firm) for number, entry in enumerate(contacts, start=1)
        ],
        "Lead": [_sf_lead(salesforce_id("00Q", number), entry) for number, entry in enumerate(leads, start=1)],
    }


def _sf_account(id: str, entry: AccountEntry) -> Row:
    industry = _SALESFORCE_INDUSTRY.get(entry.firm.profile["industry"])
    return {
        "Id": id,
        "Name": entry.name,
        "Website": entry.website,
        "Industry": industry if entry.has_industry else None,
        "NumberOfEmployees": entry.employees,
        "AnnualRevenue": entry.revenue,
        "Phone": entry.phone,
        "Description": entry.description,
        "BillingCity": entry.city,
        "BillingState": entry.state,
        "BillingCountry": entry.country,
        "YearStarted": str(entry.founded) if entry.founded else None,
        "Lusha_Id__c": entry.lusha_id,
        "Lusha_Last_Enriched__c": _sf_time(entry.enriched),
    } | _sf_times(entry)


def _sf_contact(id: str, entry: ContactEntry, accounts: Mapping[str, str]) -> Row:
    return {
        "Id": id,
        "AccountId": accounts[entry.firm.id] if entry.firm else None,
        "FirstName": entry.first_name,
        "LastName": entry.last_name,
        "Email": entry.email,
        "Title": entry.title,
        "Department": entry.department,
        "Phone": entry.phone,
        "MobilePhone": entry.mobile,
        "MailingCity": entry.city,
        "MailingCountry": entry.country,
        "LinkedIn_URL__c": entry.linkedin,
        "Seniority__c": entry.seniority,
        "HasOptedOutOfEmail": entry.opted_out,
        "DoNotCall": entry.do_not_call,
        "IsEmailBounced": entry.bounced,
        "Lusha_Id__c": entry.lusha_id,
        "Lusha_Last_Enriched__c": _sf_time(entry.enriched),
    } | _sf_times(entry)


def _sf_lead(id: str, entry: ContactEntry) -> Row:
    return {
        "Id": id,
        "FirstName": entry.first_name,
        "LastName": entry.last_name,
        "Company": entry.company or (entry.firm.profile["name"] if entry.firm else "[not provided]"),
        "Email": entry.email,
        "Title": entry.title,
        "Phone": entry.phone,
        "MobilePhone": entry.mobile,
        "City": entry.city,
        "Country": entry.country,
        "LinkedIn_URL__c": entry.linkedin,
        "HasOptedOutOfEmail": entry.opted_out,
        "DoNotCall": entry.do_not_call,
        "Lusha_Id__c": entry.lusha_id,
        "Lusha_Last_Enriched__c": _sf_time(entry.enriched),
    } | _sf_times(entry)


def _sf_times(entry: AccountEntry | ContactEntry) -> Row:
    modified = _sf_time(entry.modified)
    return {
        "SystemModstamp": modified,
        "LastModifiedDate": modified,
        "CreatedDate": _sf_time(entry.created),
    }


def _sf_time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000") if moment else None


def hubspot_rows(companies: Sequence[AccountEntry], contacts: Iterable[ContactEntry]) -> Mapping[str, Sequence[Row]]:
    """``companies`` and ``contacts`` as ``{"id", "properties"}``; every value is text, a blank one is absent.

    As HubSpot does, e-mails are kept in lower case, malformed ones are not kept, and no two contacts share one.
    """
    company_ids = [str(15_200_004_001 + number * 13) for number in range(len(companies))]
    by_firm = {entry.firm.id: id for entry, id in reversed(list(zip(companies, company_ids, strict=True)))}
    emails: set[str] = set()
    return {
        "companies": [
            {"id": id, "properties": _without_blanks(_hs_company(entry))}
            for id, entry in zip(company_ids, companies, strict=True)
        ],
        "contacts": [
            {
                "id": str(88_000_120_051 + number * 17),
                "properties": _without_blanks(_hs_contact(entry, by_firm) | {"email": _hs_email(entry, emails)}),
            }
            for number, entry in enumerate(contacts)
        ],
    }


def _hs_company(entry: AccountEntry) -> Row:
    industry = _HUBSPOT_INDUSTRY.get(entry.firm.profile["industry"])
    return {
        "name": entry.name,
        "domain": entry.firm.domain if entry.website else None,
        "website": entry.website,
        "industry": industry if entry.has_industry else None,
        "numberofemployees": entry.employees,
        "annualrevenue": entry.revenue,
        "phone": entry.phone,
        "description": entry.description,
        "city": entry.city,
        "state": entry.state,
        "country": entry.country,
        "founded_year": entry.founded,
        "linkedin_company_page": entry.linkedin,
        "lusha_id": entry.lusha_id,
        "lusha_last_enriched": _hs_time(entry.enriched),
        "createdate": _hs_time(entry.created),
        "hs_lastmodifieddate": _hs_time(entry.modified),
    }


def _hs_contact(entry: ContactEntry, companies: Mapping[str, str]) -> Row:
    return {
        "firstname": entry.first_name,
        "lastname": entry.last_name,
        "jobtitle": entry.title,
        "phone": entry.phone,
        "mobilephone": entry.mobile,
        "company": entry.company,
        "city": entry.city,
        "country": entry.country,
        "hs_linkedin_url": entry.linkedin,
        "lusha_seniority": entry.seniority.lower().replace("-", "_").replace(" ", "_") if entry.seniority else None,
        "hs_email_optout": "true" if entry.opted_out else "false",
        "associatedcompanyid": companies[entry.firm.id] if entry.firm else None,
        "lusha_id": entry.lusha_id,
        "lusha_last_enriched": _hs_time(entry.enriched),
        "createdate": _hs_time(entry.created),
        "lastmodifieddate": _hs_time(entry.modified),
    }


def _hs_email(entry: ContactEntry, taken: set[str]) -> str | None:
    email = entry.email.lower() if entry.email else ""
    local, _, domain = email.partition("@")
    if not local or " " in email or "." not in domain or "@" in domain or email in taken:
        return None
    taken.add(email)
    return email


def _hs_time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z") if moment else None


def _without_blanks(properties: Row) -> dict[str, str]:
    return {name: str(value) for name, value in properties.items() if value is not None}
