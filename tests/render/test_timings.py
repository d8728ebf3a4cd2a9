"""Where the time went, as people read it."""

from __future__ import annotations

from rich.console import Console

from connector.render.timings import timings_of

STAGE = {"busy": 1.25, "waited": 0.0, "calls": 1200, "network": 61.04, "held": {"a rate": 2.0, "another": 1.0}}
RUN = {
    "org": "acme",
    "mapping": "mappings/salesforce/contact.yaml",
    "timings": {"seconds": 12.3, "cpu": 4.5, "bound_by": "a rate", "stages": {"write": STAGE}},
}


def said(*reports: object) -> str:
    console = Console(width=120, no_color=True)
    with console.capture() as captured:
        console.print(timings_of(reports))  # type: ignore[arg-type]
    return captured.get()


def test_a_run_says_where_its_time_went_and_what_bound_it() -> None:
    lines = said(RUN).splitlines()
    assert lines[0] == "acme contact  12.3 s, 4.5 s of CPU"
    assert lines[2].split("  ")[0] == "write"
    assert [word for word in lines[2].split() if word != "s"] == ["write", "1.2", "1,200", "3.0", "61.0"]
    assert lines[3] == "bound by a rate"


def test_a_run_that_was_not_asked_says_nothing() -> None:
    assert said({"org": "acme", "mapping": "contact.yaml"}).strip() == ""
