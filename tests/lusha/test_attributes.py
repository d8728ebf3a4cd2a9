"""The catalogue: complete against the probe, and honest about what must be paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from connector.lusha.attributes import CATALOGUE, DATUM_ROOTS, REVEALS, data_of, known, nearest, own_view
from connector.lusha.probe import PROBE
from connector.models import Entity

ENTITIES: tuple[Entity, ...] = ("person", "company")


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """Paths of a profile in the catalogue's spelling."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from leaves(item, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for item in value:
            yield from leaves(item, f"{path}[]")
    else:
        yield path


@pytest.mark.parametrize("entity", ENTITIES)
def test_probe_holds_every_attribute_and_no_other(entity: Entity) -> None:
    assert set(leaves(PROBE[entity])) == set(CATALOGUE[entity])


@pytest.mark.parametrize("entity", ENTITIES)
def test_probe_values_have_the_types_of_the_catalogue(entity: Entity) -> None:
    kinds: dict[str, type | tuple[type, ...]] = {
        "text": str,
        "date": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "list": list,
    }

    def values(value: Any, parts: list[str]) -> list[Any]:
        if isinstance(value, list) and parts:
            return [found for item in value for found in values(item, parts)]
        return values(value[parts[0]], parts[1:]) if parts else [value]

    for path, attribute in CATALOGUE[entity].items():
        found = values(PROBE[entity], path.replace("[]", "").split("."))
        assert found and all(isinstance(value, kinds[attribute.type]) for value in found), path


@pytest.mark.parametrize(
    ("entity", "roots", "data"),
    [
        ("person", [], set()),
        ("person", ["job_title.title"], {"preview"}),
        ("person", ["job_title", "company"], {"preview"}),
        ("person", ["full_name", "location.country_iso2"], {"preview"}),
        ("person", ["location"], {"preview", "profile"}),
        ("person", ["emails"], {"emails"}),
        ("person", ["emails[].email", "phones.number", "previous_job"], {"emails", "phones", "profile"}),
        ("person", ["location.raw", "job_start_date"], set()),
        ("person", ["enriched_at", "email"], set()),
        ("company", ["employee_count.exact", "website"], {"preview"}),
        ("company", ["location.zip_code"], {"company"}),
        ("company", ["intent.topics", "competitors", "employees_by_department[].count"],
         {"intent", "competitors", "employeesByDepartment"}),
        ("company", ["employees_by_location", "employees_by_seniority.count", "it_spend.value_usd", "website_traffic"],
         {"employeesByLocation", "employeesBySeniority", "estimatedAnnualItSpend", "monthlyWebsiteTraffic"}),
    ],
)  # fmt: skip
def test_data_of(entity: Entity, roots: list[str], data: set[str]) -> None:
    assert data_of(entity, roots) == data


def test_data_of_asks_for_what_only_the_older_generation_tells() -> None:
    assert data_of("person", ["job_start_date"], generation="v2") == {"profile"}


def test_data_of_asks_the_older_generation_for_nothing_that_it_does_not_tell() -> None:
    newer = {root for datum, root in DATUM_ROOTS.items() if datum in REVEALS["company"] and datum != "intent"}
    assert data_of("company", newer, generation="v2") == frozenset()
    assert data_of("company", newer) == REVEALS["company"] - {"intent"}


def test_where_revealed_data_stand() -> None:
    assert DATUM_ROOTS == {
        "emails": "emails",
        "phones": "phones",
        "employeesByDepartment": "employees_by_department",
        "employeesByLocation": "employees_by_location",
        "employeesBySeniority": "employees_by_seniority",
        "competitors": "competitors",
        "intent": "intent",
        "estimatedAnnualItSpend": "it_spend",
        "monthlyWebsiteTraffic": "website_traffic",
    }


def test_reveals_are_data_of_the_catalogue() -> None:
    for entity in ENTITIES:
        assert REVEALS[entity] <= {attribute.datum for attribute in CATALOGUE[entity].values()}


@pytest.mark.parametrize("path", ["phones", "job_title", "job_title.title", "emails[].type", "emails.type"])
def test_known(path: str) -> None:
    assert known("person", path)


@pytest.mark.parametrize("path", ["", "phone", "job_titles", "job_title.titl", "emails[].typ", "Emails"])
def test_unknown(path: str) -> None:
    assert not known("person", path)


@pytest.mark.parametrize(
    ("entity", "path", "meant"),
    [
        ("person", "mobile_phone", "phones"),
        ("person", "phone", "phones"),
        ("person", "email", "emails"),
        ("person", "jobTitle.title", "job_title.title"),
        ("person", "job_title.titel", "job_title.title"),
        ("person", "title", "job_title.title"),
        ("person", "seniority", "job_title.seniority"),
        ("person", "linkedin_url", "social.linkedin"),
        ("person", "firstname", "first_name"),
        ("person", "location.contry", "location.country"),
        ("company", "employees", "employee_count"),
        ("company", "employee_count.exakt", "employee_count.exact"),
        ("company", "foundedYear", "founded_year"),
        ("company", "phones", "phone"),
        ("company", "zip_code", "location.zip_code"),
        ("company", "qqqq", None),
    ],
)
def test_nearest(entity: Entity, path: str, meant: str | None) -> None:
    assert nearest(entity, path) == meant


@pytest.mark.parametrize("entity", ENTITIES)
def test_nearest_of_an_attribute_is_itself(entity: Entity) -> None:
    for path in CATALOGUE[entity]:
        if "[]" not in path:
            assert nearest(entity, path) == path


def test_own_view_leaves_what_stays_true_when_the_employer_changes() -> None:
    own = own_view(PROBE["person"])
    assert set(own) == set(PROBE["person"]) - {"job_title", "company", "job_start_date", "previous_job"}
    assert [email["email"] for email in own["emails"]] == ["ada@example.net"]
    assert [phone["type"] for phone in own["phones"]] == ["mobile"]


def test_own_view_drops_lists_that_become_empty() -> None:
    work = {"emails": [{"email": "a@example.com", "type": "work"}], "phones": [{"number": "1", "type": "unknown"}]}
    assert own_view({"id": "1", **work}) == {"id": "1"}


def test_own_view_agrees_with_the_job_bound_column() -> None:
    gone = set(leaves(PROBE["person"])) - set(leaves(own_view(PROBE["person"])))
    assert gone == {path for path, attribute in CATALOGUE["person"].items() if attribute.job_bound}
