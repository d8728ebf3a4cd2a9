"""The house rules that no linter checks: small modules, one place that prints and exits, nothing left lying about."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "connector"
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [str(module.relative_to(PACKAGE)) for module in MODULES]
VAGUE = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "base_classes"}
MOST_LINES = 400
MOST_FUNCTION_LINES = 60
LEFT_OVERS = ("TO" + "DO", "FIX" + "ME", "X" * 3)


def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text("utf-8"))


def calls(module: Path) -> set[str]:
    """The names that a module calls: ``print``, ``sys.exit``."""
    return {ast.unparse(node.func) for node in ast.walk(tree(module)) if isinstance(node, ast.Call)}


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 80


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_a_module_is_small_and_says_where_it_stands(module: Path) -> None:
    text = module.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    assert not text.strip() or ast.get_docstring(tree(module))
    assert module.stem not in VAGUE
    assert not any(mark in text for mark in LEFT_OVERS)


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_functions_are_short_and_classes_are_no_managers(module: Path) -> None:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_FUNCTION_LINES, node.name
        if isinstance(node, ast.ClassDef):
            assert not node.name.startswith("Base"), node.name
            assert not node.name.endswith(("Manager", "Helper", "Utils")), node.name


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_only_the_command_line_prints_and_exits(module: Path) -> None:
    if module.is_relative_to(PACKAGE / "cli"):
        return
    assert not calls(module) & {"print", "sys.exit", "exit", "quit", "os._exit"}
    assert not any(
        isinstance(node, ast.Raise) and node.exc is not None and "SystemExit" in ast.unparse(node.exc)
        for node in ast.walk(tree(module))
    )


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_nothing_is_caught_blindly(module: Path) -> None:
    """``except Exception`` stands once, in the command line; ``except BaseException`` only to clean up and go on, or
    where an error crosses from the thread of a call to the task that asked for it."""
    for node in ast.walk(tree(module)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = ast.unparse(node.type) if node.type else "everything"
        assert caught != "everything"
        assert caught != "Exception" or module == PACKAGE / "cli" / "__init__.py"
        if caught == "BaseException" and module != PACKAGE / "engine" / "flow.py":
            last = node.body[-1]
            assert isinstance(last, ast.Raise) and last.exc is None


def test_the_command_line_catches_everything_once() -> None:
    handlers = [node for node in ast.walk(tree(PACKAGE / "cli" / "__init__.py")) if isinstance(node, ast.ExceptHandler)]
    assert sum(ast.unparse(node.type) == "Exception" for node in handlers if node.type) == 1


@pytest.mark.parametrize("module", MODULES, ids=NAMES)
def test_no_clock_is_read_where_time_is_an_argument(module: Path) -> None:
    """Time comes in from outside: only the edges may read a clock, and pure rooms never do."""
    if module.relative_to(PACKAGE).parts[0] in ("engine", "mapping", "store", "config", "render"):
        clocks = {"datetime.now", "datetime.utcnow", "time.time", "time.monotonic", "time.sleep", "date.today"}
        assert not calls(module) & clocks
