"""One tree of errors: each leaf has its exit code, and the tree at the top of the file is the truth."""

from __future__ import annotations

import re

import pytest

from connector import errors
from connector.errors import ConfigError, ConnectorError, NotDone, QuotaExhausted, RequestRefused

CODES = {
    "ConnectorError": (1, "failed"),
    "ConfigError": (2, "failed"),
    "Stopped": (4, "stopped"),
    "BudgetExhausted": (4, "stopped"),
    "QuotaExhausted": (4, "stopped"),
    "GuardRefused": (5, "refused"),
    "OrgHeld": (6, "held"),
    "AccessDenied": (7, "failed"),
    "VendorUnreachable": (8, "failed"),
    "InDoubt": (8, "failed"),
    "NotDone": (8, "failed"),
    "RequestRefused": (1, "failed"),
    "Interrupted": (130, "interrupted"),
}
CLASSES = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, ConnectorError) and kind.__module__ == errors.__name__
}


def test_every_class_has_its_exit_code_and_status() -> None:
    assert {name: (kind.exit_code, kind.status) for name, kind in CLASSES.items()} == CODES


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(r"^ +(?:│   )?(?:[├└]── )?([A-Z]\w+) +(?:(\d+) )?", errors.__doc__ or "", re.MULTILINE)
    told = {name: int(code) for name, code in drawn if code}
    assert {name for name, _ in drawn} == set(CLASSES)
    assert told == {name: CODES[name][0] for name in told}


def test_a_write_that_was_not_done_speaks_in_the_words_of_what_it_ends_as() -> None:
    end = QuotaExhausted("the day is over", hint="tomorrow")
    wait = NotDone(end)
    assert (wait.message, wait.hint, wait.instead) == ("the day is over", "tomorrow", end)


@pytest.mark.parametrize("name", sorted(CODES.keys() - {"NotDone"}))
def test_the_message_is_what_it_prints_and_the_hint_is_apart(name: str) -> None:
    more = {"code": "400"} if name == "RequestRefused" else {}
    error = CLASSES[name]("what", hint="do this", **more)
    assert (str(error), error.message, error.hint) == ("what", "what", "do this")
    assert CLASSES[name]("what", **more).hint is None


def test_a_config_error_holds_every_problem() -> None:
    error = ConfigError("config.yaml: 2 problems", problems=["a:1: x", "a:2: y"])
    assert error.problems == ("a:1: x", "a:2: y")
    assert str(error) == "config.yaml: 2 problems\na:1: x\na:2: y"
    assert ConfigError("alone").problems == ()


def test_a_refusal_carries_the_vendors_code() -> None:
    assert RequestRefused("no", code="451").code == "451"
