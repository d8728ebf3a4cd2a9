"""V2's 14 catalogues of filter values, ``/prospecting/filters/…``: GET lists, POST searches. Free of charge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.sandbox.lusha import catalogue
from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.lusha.call import Call, Operations
from connector.sandbox.lusha.checker import Shape, Text
from connector.sandbox.lusha.refusals import refuse

_GROUPING = "country_grouping"
_TEXT = Shape({"text": Text()}, required=("text",))

LISTED: Mapping[str, Callable[[LushaAccount], list[Any]]] = {
    "contacts/departments": lambda account: catalogue.departments(),
    "contacts/seniority": lambda account: catalogue.seniorities(),
    "contacts/existing_data_points": lambda account: list(catalogue.DATA_POINTS),
    "contacts/all_countries": lambda account: catalogue.countries(),
    "companies/industries_labels": lambda account: catalogue.industries(),
    "companies/sizes": lambda account: catalogue.ranges(catalogue.SIZES),
    "companies/revenues": lambda account: catalogue.ranges(catalogue.REVENUES),
    "companies/sics": lambda account: catalogue.sics(),
    "companies/naics": lambda account: catalogue.naics(),
    "companies/intent_topics": lambda account: catalogue.topics(account.directory.companies),
}
SEARCHED: Mapping[str, Callable[[LushaAccount, str], list[Any]]] = {
    "contacts/locations": lambda account, text: catalogue.places(text, _GROUPING),
    "companies/names": lambda account, text: catalogue.company_names(account.directory.companies, text),
    "companies/locations": lambda account, text: catalogue.headquarters(text, _GROUPING),
    "companies/technologies": lambda account, text: catalogue.technologies(text),
}


def _listed(values: Callable[[LushaAccount], list[Any]]) -> Callable[[LushaAccount, Call], list[Any]]:
    def work(account: LushaAccount, call: Call) -> list[Any]:
        refuse(Shape({}).problems(dict(call.query), ""))
        return values(account)

    return work


def _searched(values: Callable[[LushaAccount, str], list[Any]]) -> Callable[[LushaAccount, Call], list[Any]]:
    def work(account: LushaAccount, call: Call) -> list[Any]:
        refuse(_TEXT.problems(call.body, ""))
        return values(account, call.body["text"])

    return work


OPERATIONS: Operations = {
    **{("GET", f"/prospecting/filters/{name}"): _listed(values) for name, values in LISTED.items()},
    **{("POST", f"/prospecting/filters/{name}"): _searched(values) for name, values in SEARCHED.items()},
}
