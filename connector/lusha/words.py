"""The words that Lusha is known to use where an attribute is one of a few: what a picklist should have options for.

Read by the validator alone. A list may be incomplete, and Lusha may add to it: a word that is not here is written
like any other. Seniorities, departments and main industries are those of Lusha's own node for n8n
(https://github.com/lusha-oss/n8n-nodes-lusha) and, with ``Non-Manager``, of the answers and filters that its documents
show (https://docs.lusha.com/apis/openapi: ``employeesBySeniority``, ``hiringByDepartments``); company types, business
models and the kinds of e-mails and phones are enumerated there. Sub-industries (some 150) and countries are not listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from connector.models import Entity

_SENIORITIES = (
    "Founder", "C-Suite", "Vice President", "Partner", "Director", "Manager", "Senior", "Non-Manager", "Entry",
    "Intern", "Other",
)  # fmt: skip
_DEPARTMENTS = (
    "Business Development", "Consulting", "Customer Service", "Engineering & Technical", "Finance",
    "General Management", "Health Care & Medical", "Human Resources", "Information Technology", "Legal", "Marketing",
    "Operations", "Other", "Product", "Research & Analytics", "Sales",
)  # fmt: skip
_INDUSTRIES = (
    "Administrative & Support Services", "Business Services", "Construction", "Consumer Services", "Education",
    "Entertainment", "Farming, Ranching, Forestry", "Finance", "Government", "Hospitality",
    "Hospitals, Healthcare & Clinics", "Manufacturing", "Oil, Gas & Mining", "Organizations", "Real Estate", "Retail",
    "Technology, Information & Media", "Transportation, Logistics, Supply Chain & Storage", "Utilities", "Wholesale",
)  # fmt: skip
_COMPANY_TYPES = (
    "Government", "Private Company", "Public Company", "Educational", "Non Profit", "Self Employed",
)  # fmt: skip

_WORDS: Mapping[Entity, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "person": {
            "job_title.seniority": _SENIORITIES,
            "job_title.departments": _DEPARTMENTS,
            "company.industry": _INDUSTRIES,
            "emails.type": ("work", "private", "unknown"),
            "phones.type": ("mobile", "direct", "work", "unknown"),
        },
        "company": {
            "type": _COMPANY_TYPES,
            "industry": _INDUSTRIES,
            "business_model": ("B2B", "B2C", "B2G"),
            "employees_by_department.department": _DEPARTMENTS,
            "employees_by_seniority.seniority": _SENIORITIES,
        },
    }
)


def known_words(entity: Entity, attribute: str) -> tuple[str, ...]:
    """Every word that Lusha is known to use for an attribute of the catalogue; none where it is free text.

    >>> known_words("company", "business_model"), known_words("person", "job_title.title")
    (('B2B', 'B2C', 'B2G'), ())
    """
    return _WORDS[entity].get(attribute.replace("[]", ""), ())
