"""Filters as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.cli.filters import read_filters
from connector.errors import ConfigError


def test_options_name_side_and_filter_and_repeat_into_lists() -> None:
    include = ["contacts.departments=Sales", "contacts.departments=Legal", "companies.sizes={min: 51, max: 200}",
               "contacts.locations={country: Germany}", "contacts.searchText=head of"]  # fmt: skip
    assert read_filters(None, include, ["companies.domains=rival.example.com"]) == {
        "contacts": {
            "include": {
                "departments": ["Sales", "Legal"],
                "locations": [{"country": "Germany"}],
                "searchText": "head of",
            }
        },
        "companies": {
            "include": {"sizes": [{"min": 51, "max": 200}]},
            "exclude": {"domains": ["rival.example.com"]},
        },
    }


@pytest.mark.parametrize(
    "text", ["contacts:\n  include:\n    seniorityIds: [9]\n", '{"contacts": {"include": {"seniorityIds": [9]}}}']
)
def test_a_file_holds_lushas_own_words_and_options_go_on_top(tmp_path: Path, text: str) -> None:
    file = tmp_path / "filters.yaml"
    file.write_text(text, "utf-8")
    assert read_filters(file, ["contacts.departments=Sales"], []) == {
        "contacts": {"include": {"seniorityIds": [9], "departments": ["Sales"]}}
    }


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("departments=Sales", "--include departments=Sales: expected SIDE.FILTER=VALUE"),
        ("people.departments=Sales", "--include people.departments=Sales: expected SIDE.FILTER=VALUE"),
        ("contacts.departments", "--include contacts.departments: expected SIDE.FILTER=VALUE"),
        ("contacts.departments=", "--include contacts.departments=: expected SIDE.FILTER=VALUE"),
        ("contacts.sizes={min: ", "filters that cannot be read"),
    ],
)
def test_an_option_that_is_no_filter_is_refused(option: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_filters(None, [option], [])
    assert error.value.message.startswith(words)


@pytest.mark.parametrize(("text", "words"), [(None, "no such file"), ("[1]", "expected a map"), ("a: [", "a: [")])
def test_a_file_that_holds_no_filters_is_refused(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "filters.yaml"
    if text is not None:
        file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as error:
        read_filters(file, [], [])
    assert str(file) in error.value.message or words in error.value.message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("contacts:\n", ":1:1: contacts: expected a map with include or exclude"),
        ("contacts: []\n", ":1:1: contacts: expected a map with include or exclude"),
        ("companies: {}\ncontacts: Sales\n", ":2:1: contacts: expected a map with include or exclude"),
        ("contacts:\n  include:\n", ":2:3: contacts.include: expected a map of filters and their values"),
        ("contacts:\n  include: [a]\n", ":2:3: contacts.include: expected a map of filters and their values"),
        ("contacts:\n  include:\n    departments:\n", ":3:5: contacts.include.departments: has no value"),
        ("contacts:\n  include:\n    searchText: [a, b]\n",
         ":3:5: contacts.include.searchText: takes one value, not a list"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "filters.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as error:
        read_filters(file, ["contacts.departments=Legal"], [])
    assert error.value.problems == (f"{file}{problem}",)


def test_a_lone_value_in_a_file_is_a_list_of_one(tmp_path: Path) -> None:
    file = tmp_path / "filters.yaml"
    file.write_text(
        "contacts:\n  include: {departments: Sales, searchText: head of}\ncompanies:\n  include: {sizes: {min: 1}}\n",
        "utf-8",
    )
    assert read_filters(file, ["contacts.departments=Legal"], []) == {
        "contacts": {"include": {"departments": ["Sales", "Legal"], "searchText": "head of"}},
        "companies": {"include": {"sizes": [{"min": 1}]}},
    }


@pytest.mark.parametrize("text", ["contacts: {}\n", "contacts: {include: {}}\n"])
def test_a_file_without_a_single_filter_is_no_filter(tmp_path: Path, text: str) -> None:
    file = tmp_path / "filters.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match="at least one filter"):
        read_filters(file, [], [])


def test_one_value_takes_no_list_by_option() -> None:
    with pytest.raises(ConfigError, match="takes one value, not a list"):
        read_filters(None, ["contacts.searchText=[a, b]"], [])


def test_no_filter_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least one filter"):
        read_filters(None, [], [])
