"""glibc is told to give memory back; what has no such function is left alone."""

from __future__ import annotations

import ctypes
import sys
from types import SimpleNamespace

import pytest

from connector.cli.heap import give_back


def test_glibc_keeps_one_heap_and_a_threshold_that_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[int, int] = {}
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace(mallopt=told.__setitem__))
    give_back()
    assert told == {-3: 131_072, -8: 1}


@pytest.mark.parametrize("error", [OSError, TypeError, None])
def test_where_there_is_no_such_function_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception] | None
) -> None:
    def library(_: None) -> SimpleNamespace:
        if error:
            raise error
        return SimpleNamespace()

    monkeypatch.setattr(ctypes, "CDLL", library)
    give_back()


def test_a_python_without_foreign_functions_runs_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ctypes", None)
    give_back()
