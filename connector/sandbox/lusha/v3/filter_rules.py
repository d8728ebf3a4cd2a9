"""What V3's prospecting bodies must be, as data: https://docs.lusha.com (V3, "Prospecting")."""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.lusha.checker import Body, Flag, Many, Number, Problems, Rule, Shape, Text, texts
from connector.sandbox.lusha.v3.rules import SIGNAL_TYPES

_TEXTS = texts()
_NUMBERS = Many(Number())
_SEARCH_TEXT = Text(most=200)
_DAY = Text(format="date")
_OR_AND = Text(one_of=("or", "and"))
_PLACE = Shape(
    dict.fromkeys(("city", "state", "country", "continent", "countryGrouping", "region", "countryIso2"), Text())
)
_PLACES = Many(_PLACE)
_RANGES = Many(Shape({"min": Number(least=0), "max": Number()}))
_YEARS = Many(Shape({"min": Number(), "max": Number()}))
_EMAILS = Many(Text(format="email"))
_PERCENT = Number(least=1, most=100)
_AREAS = Many(Shape({"country": Text(), "zipcode": Text(), "distance": Number()}))
_ZIPS = Many(Shape({"countryIso2": Text(), "zipcode": Text()}))

REFINEMENTS = ("jobChangedAfterDate", "jobChangedLastViewDate", "education", "score")
"""Contact filters that "must be paired with a base filter"."""


def _based(criteria: Body, name: str) -> Problems:
    if criteria and all(field in REFINEMENTS for field in criteria):
        for field in criteria:
            yield f"{name}.{field} must be paired with a base filter"


_CONTACT = Shape(
    {
        **dict.fromkeys(
            ("names", "jobTitles", "jobTitlesExactMatch", "normalizedJobTitles", "countries", "departments",
             "linkedinUrls", "existingDataPoints", "previousJobTitle", "skills", "certifications", "awards", "ids"),
            _TEXTS,
        ),
        "searchText": _SEARCH_TEXT,
        "locations": _PLACES,
        "seniorityIds": _NUMBERS,
        "signals": Shape({"types": texts(*SIGNAL_TYPES["contacts"]), "startDate": _DAY}),
        "emails": _EMAILS,
        "previousEmails": _EMAILS,
        "existingDataPointsCondition": _OR_AND,
        "jobChangedAfterDate": _DAY,
        "jobChangedLastViewDate": _DAY,
        "education": Shape(
            dict.fromkeys(("degrees", "fieldsOfStudy", "schools"), _TEXTS)
            | dict.fromkeys(("startYearGte", "graduationYearLte"), Number())
        ),
        "score": Shape(dict.fromkeys(("minScore", "maxScore"), Number(least=0, most=100))),
        "geographicDetails": _AREAS,
    },
    also=_based,
)  # fmt: skip

_COVERAGE = Text(one_of=("last_funding", "any_round", "total_funds", "last_round"))
_FUNDING = Shape(
    {
        "isIpo": Flag(),
        "ranges": Many(Shape({"coverage": _COVERAGE, "min": Number(), "max": Number()})),
        "date": Shape({"coverage": _COVERAGE, "date": _DAY}),
        "rounds": Many(
            Shape(
                {
                    "coverage": _COVERAGE,
                    "round": Text(one_of=("pre_seed", "seed", *(f"series_{one}" for one in "abcdefgh"), "other")),
                }
            )
        ),
        "names": Many(
            Shape(
                {
                    "coverage": _COVERAGE,
                    "name": Text(
                        one_of=(
                            "angel", "venture", "private_equity", "crowdfunding", "grant", "debt_financing", "other",
                        )
                    ),
                }
            )
        ),
        "investors": _TEXTS,
        "types": _TEXTS,
    }
)  # fmt: skip
_ANY_COMPANY: Mapping[str, Rule] = {
    **dict.fromkeys(
        ("names", "domains", "ids", "technologies", "intentTopics", "sicCodes", "naicsCodes", "linkedinUrls",
         "keywords", "specialities", "exactSpecialities", "exactKeywords", "keywordsSearchFields",
         "previousCompanyDomains", "previousCompanyNames"),
        _TEXTS,
    ),
    "locations": _PLACES,
    **dict.fromkeys(("sizes", "revenues", "topicCountThreshold"), _RANGES),
    **dict.fromkeys(("technologiesCondition", "intentTopicsCondition"), _OR_AND),
    **dict.fromkeys(("mainIndustriesIds", "subIndustriesIds"), _NUMBERS),
    **dict.fromkeys(("intentMinScore", "intentMaxScore"), _PERCENT),
    "intentTopicsOperator": Text(one_of=("or", "and", "any", "all")),
    "foundedYear": _YEARS,
    "businessModel": texts("B2B", "B2C", "B2G"),
    "companyType": texts(
        "Government", "Private Company", "Public Company", "Educational", "Non Profit", "Self Employed"
    ),
    "geographicDetails": _AREAS,
    **dict.fromkeys(("locationsZipcodes", "headquarterZipcodes"), _ZIPS),
}  # fmt: skip
# ``industriesLabels`` is for the companies of contact prospecting alone, though company prospecting lists its values.
_EMPLOYER = Shape({**_ANY_COMPANY, "industriesLabels": _TEXTS, "funding": _FUNDING})
_COMPANY_SIGNALS = Shape(
    {
        # an array of any texts in the document, unlike the signals of the other operations
        "types": _TEXTS,
        "startDate": _DAY,
        "filterByLocation": Many(Shape({"country": Text(), "state": Text(), "startDate": _DAY})),
        "filterByDepartment": Many(Shape({"department": Text(), "startDate": _DAY}, required=("department",))),
        "filterByIntentCategory": _TEXTS,
    }
)
_COMPANY = Shape({**_ANY_COMPANY, "searchText": _SEARCH_TEXT, "signals": _COMPANY_SIGNALS})
_STAFF = Shape(
    {
        **dict.fromkeys(("jobTitles", "departments", "skills", "existingDataPoints"), _TEXTS),
        "seniorityIds": _NUMBERS,
        "locations": _PLACES,
    }
)


def _both(criteria: Rule, required: tuple[str, ...] = ()) -> Shape:
    return Shape({"include": criteria, "exclude": criteria}, required=required)


def _not_with_contacts(filters: Body, name: str) -> Problems:
    """Contact filters are never silently ignored: with these company filters they are refused."""
    companies = filters.get("companies")
    if not filters.get("contacts") or not isinstance(companies, dict):
        return
    used = {field for part in companies.values() if isinstance(part, dict) for field in part}
    for field in sorted(used):
        if field in ("searchText", "signals") or field.startswith(("intent", "technologies")):
            yield f"{name}.contacts cannot be combined with {field}"


_PAGES = Shape({"page": Number(least=0, most=1000), "size": Number(least=10, most=100)}, required=("page", "size"))
_OPTIONS: Mapping[str, Rule] = {"includePartialProfiles": Flag()}
PROSPECTING: Mapping[str, Shape] = {
    "contacts": Shape(
        {
            "pagination": _PAGES,
            "filters": Shape({"contacts": _both(_CONTACT), "companies": _both(_EMPLOYER)}),
            "tableId": Text(),
            "options": Shape({**_OPTIONS, "excludeDnc": Flag()}),
        },
        required=("pagination", "filters"),
    ),
    "companies": Shape(
        {
            "pagination": _PAGES,
            "filters": Shape(
                {"companies": _both(_COMPANY, ("include",)), "contacts": _both(_STAFF)},
                required=("companies",),
                also=_not_with_contacts,
            ),
            "tableId": Text(),
            "options": Shape(_OPTIONS),
        },
        required=("pagination", "filters"),
    ),
}
