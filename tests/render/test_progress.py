"""Progress for people: a line now and then where there is no terminal, and silence where it was asked for."""

from __future__ import annotations

import io

from rich.console import Console

from connector.engine.work import Counts
from connector.render.progress import Watcher

COUNTS = Counts(read=12_345, due=1_234, matched=99, written=7)


def test_a_plain_line_for_each_mapping_and_not_for_each_record() -> None:
    out = io.StringIO()
    with Watcher(Console(file=out, width=120)) as watch:
        for _ in range(50):
            watch("acme", "mappings/contact.yaml", COUNTS)
        watch("acme", "mappings/account.yaml", COUNTS)
    assert out.getvalue().splitlines() == [
        "acme contact: read 12,345 · due 1,234 · matched 99 · written 7",
        "acme account: read 12,345 · due 1,234 · matched 99 · written 7",
    ]


def test_names_with_brackets_are_shown_as_they_are() -> None:
    out = io.StringIO()
    with Watcher(Console(file=out, width=120)) as watch:
        watch("acme", "contact[new].yaml", COUNTS)
    assert out.getvalue().startswith("acme contact[new]: read")


def test_quiet_is_silent() -> None:
    for terminal in (False, True):
        out = io.StringIO()
        with Watcher(Console(file=out, width=120, force_terminal=terminal), quiet=True) as watch:
            watch("acme", "contact.yaml", COUNTS)
        assert out.getvalue() == ""


def test_a_terminal_gets_a_live_line_that_leaves_nothing_behind() -> None:
    out = io.StringIO()
    with Watcher(Console(file=out, width=120, force_terminal=True)) as watch:
        watch("acme", "contact.yaml", COUNTS)
        watch("acme", "contact.yaml", COUNTS)
    assert "acme contact" in out.getvalue()


def test_a_command_that_only_writes_tells_what_it_left_instead_of_what_it_read() -> None:
    out = io.StringIO()
    with Watcher(Console(file=out, width=120)) as watch:
        watch("acme", "contact.yaml", Counts(due=12, written=8, conflicts=2, rejected=3))
    assert out.getvalue() == "acme contact: due 12 · written 8 · conflicts 2 · rejected 3\n"
