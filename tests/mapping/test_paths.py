from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.paths import Path, PathError, compile_path

PERSON = {
    "job_title": {"title": "Engineer", "departments": ["R&D", "IT"]},
    "emails": [
        {"email": "jane@home.example", "type": "private", "confidence": "B"},
        {"email": "jane@acme.example", "type": "work", "confidence": "A"},
    ],
    "phones": [
        {"number": "+442079460001", "type": "work", "do_not_call": True},
        {"number": "+447700900002", "type": "mobile", "do_not_call": False},
    ],
}


@pytest.mark.parametrize(
    ("source", "roots"),
    [
        ("job_title.title", {"job_title.title"}),
        ("job_title | title", {"job_title.title"}),
        ("@.job_title.title", {"job_title.title"}),
        ("emails[?type=='work'] | [0].email", {"emails"}),
        ("phones[?!do_not_call] | [0].number", {"phones"}),
        ("phones[?type=='mobile' && !do_not_call] | [0].number", {"phones"}),
        ("emails[0].email", {"emails"}),
        ("emails[-1:].email | [0]", {"emails"}),
        ("emails[].email", {"emails"}),
        ("job_title.departments[*]", {"job_title.departments"}),
        ("location.*.name", {"location"}),
        ("a || b", {"a", "b"}),
        ("(a || b.c).d", {"a.d", "b.c.d"}),
        ("employee_count.exact && revenue.min", {"employee_count.exact", "revenue.min"}),
        ("job_title.seniority == 'C-Suite'", {"job_title.seniority"}),
        ("!is_eu", {"is_eu"}),
        ("join('; ', job_title.departments)", {"job_title.departments"}),
        ("sort_by(emails, &confidence)[0].email", {"emails"}),
        ("not_null(company.name, previous_job.company.name)", {"company.name", "previous_job.company.name"}),
        ("location.{c: country, s: state}", {"location.country", "location.state"}),
        ("[first_name, company.name]", {"first_name", "company.name"}),
        ("{a: company.name}.a", {"company.name"}),
        ("emails[?type==job.kind]", {"emails"}),
        ("'Lusha'", set()),
    ],
)
def test_an_expression_tells_which_attributes_it_reads(source: str, roots: set[str]) -> None:
    path = compile_path(source)
    assert path.roots == roots
    assert path.source == source


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        ("", "the expression is empty", 0),
        ("a..b", "unexpected '.'", 2),
        ("a b", "unexpected 'b'", 2),
        ("emails[?type=='work'", "the expression ends too early", 20),
        ("emails[?type='work']", "'=' compares nothing; write '=='", 12),
        ("a.#", "unexpected '#'", 2),
        ("a[-", "unexpected '-'", 2),
        ("'abc", "what opens here is not closed", 0),
        ('a || `"x`', "what stands between ` and ` is not JSON; text stands in '…'", 5),
        ('"\\q"', "the name in double quotes cannot be read", 0),
        ("a || &b", "'&' stands in the arguments of a function alone", 5),
        ("(" * 900, "the expression is nested too deeply", 0),
        ("a" * 1001, "the expression is longer than 1,000 characters", 1000),
        ("a || joinn(', ', b)", "no function 'joinn' — did you mean 'join'?", 5),
        ("zzzzzz(a)", "no function 'zzzzzz'", 0),
        ("join(a)", "join() takes 2 arguments, got 1", 0),
        ("not_null()", "not_null() takes at least 1 arguments, got 0", 0),
        ("emails[::0]", "a slice cannot have step 0", 8),
        ("length(@)", "the expression reads the whole profile; name the attributes it needs", 0),
        ("*", "the expression reads the whole profile; name the attributes it needs", 0),
    ],
)
def test_a_bad_expression_is_refused_with_its_place(source: str, message: str, column: int) -> None:
    with pytest.raises(PathError) as refused:
        compile_path(source)
    assert (refused.value.message, refused.value.column) == (message, column)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("job_title.title", "Engineer"),
        ("emails[?type=='work'] | [0].email", "jane@acme.example"),
        ("phones[?!do_not_call] | [0].number", "+447700900002"),
        ("sort_by(emails, &confidence)[0].email", "jane@acme.example"),
        ("join('; ', job_title.departments)", "R&D; IT"),
        ("location.country || job_title.title", "Engineer"),
        ("join('; ', tags)", None),
        ("sort_by(phones, &rank)[0]", None),
        ("contains(job_title.title, `1`)", None),
        ("location.country", None),
    ],
)
def test_search(source: str, found: object) -> None:
    assert compile_path(source).search(PERSON) == found


@pytest.mark.filterwarnings("ignore:deprecated string literal syntax")
@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab.[]|&!?*@'`\"(){}:,=<>0-1 #", max_size=14))
def test_any_text_compiles_or_is_refused_with_a_column_inside_it(source: str) -> None:
    try:
        path = compile_path(source)
    except PathError as refused:
        assert 0 <= refused.column <= len(source)
    else:
        assert isinstance(path, Path)
        path.search({"a": [1, {"b": "x"}], "b": {"a": None}})


NAMES = st.sampled_from(["a", "b", "c"])
DOTTED = st.lists(NAMES, min_size=1, max_size=3).map(".".join)


@settings(max_examples=100, deadline=None)
@given(st.lists(DOTTED, min_size=1, max_size=3))
def test_the_roots_of_alternatives_are_exactly_the_alternatives(paths: list[str]) -> None:
    assert compile_path(" || ".join(paths)).roots == set(paths)


def test_a_mistake_is_shown_with_a_caret_under_it() -> None:
    with pytest.raises(PathError) as refused:
        compile_path("emails[?type='work']")
    assert refused.value.shown_in("emails[?type='work']") == (
        "column 13: '=' compares nothing; write '=='\n    emails[?type='work']\n                ^"
    )


def test_of_a_long_expression_the_part_around_the_mistake_is_shown() -> None:
    source = "a" * 100 + " b" + "c" * 100
    with pytest.raises(PathError) as refused:
        compile_path(source)
    _, excerpt, caret = refused.value.shown_in(source).split("\n")
    assert excerpt.strip().startswith("…aaa") and excerpt.endswith("ccc…") and len(excerpt) < 100
    assert excerpt[caret.index("^")] == "b"


def test_control_characters_of_an_expression_are_not_printed() -> None:
    assert "\x1b" not in PathError("unexpected", 3).shown_in("a\x1b[ b")
