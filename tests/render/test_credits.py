"""The credits view says what the document says, at any width, and says what is not known."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from connector.render.credits import credits_view

DRIFT = {
    "since": "2026-11-01T08:00:00Z", "until": "2026-11-23T08:00:00Z", "fell": 1_235, "booked": 1_228, "drift": 7,
    "uncertain": 0, "after_top_up": False,
}  # fmt: skip


def key(**more: Any) -> dict[str, Any]:
    """The document of one key, everything known."""
    whole = {
        "orgs": ["acme", "beta"],
        "account": {
            "remaining": 8_765, "total": 10_000, "used": 1_235, "told_at": "2026-11-23T08:00:00Z", "age_seconds": 0,
            "silence": None,
        },
        "balance": 8_765,
        "reserved": 0,
        "doubtful": 0,
        "charged": {"today": 28, "month": 1_228, "days": 1_300},
        "by_org": [{"org": "acme", "charged": 1_000}, {"org": "beta", "charged": 300}],
        "by_mapping": [
            {"org": "acme", "mapping": "mappings/salesforce/account.yaml", "charged": 40},
            {"org": "acme", "mapping": "mappings/salesforce/contact.yaml", "charged": 960},
            {"org": "beta", "mapping": "mappings/hubspot/contact.yaml", "charged": 300},
        ],
        "by_run": [
            {"run": 12, "org": "beta", "mapping": "mappings/hubspot/contact.yaml", "started_at": "2026-11-23T03:00:00Z",
             "status": "done", "charged": 28},
            {"run": 9, "org": "acme", "mapping": "mappings/salesforce/contact.yaml",
             "started_at": "2026-11-22T03:00:00Z", "status": "stopped", "charged": 1_002},
        ],
        "by_datum": {"phones": 1_000, "emails": 200, "search": 80, "unsplit": 20},
        "limits": [
            {"limit": "lusha.budget.per_day", "value": 2_000, "used": 28, "left": 1_972},
            {"limit": "lusha.budget.keep", "value": 200, "used": None, "left": 8_565},
        ],
        "drift": {"today": None, "days": DRIFT},
        "per_day": 43.3,
        "days_left": 197.8,
    }  # fmt: skip
    return {**whole, **more}


def printed(*keys: dict[str, Any], width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    console.print(credits_view({"days": 30, "keys": list(keys)}), highlight=False)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def account(**more: Any) -> dict[str, Any]:
    return {**key()["account"], **more}


VIEW = """\
Lusha key of acme, beta
balance   8,765 of 10,000
charged   28 today, 1,228 this month, 1,300 in 30 days
lasts     about 198 days at 43.3 a day
drift     others spent 7 credits on this account since 2026-11-01 08:00 UTC

limit                                    credits      used      left
lusha.budget.per_day                       2,000        28     1,972
lusha.budget.keep                            200               8,565

charged in 30 days                       credits     share
acme                                       1,000       77%
  account                                     40        3%
  contact                                    960       74%
beta                                         300       23%
  contact                                    300       23%

for                                      credits     share
phones                                     1,000       77%
emails                                       200       15%
search                                        80        6%
unsplit                                       20        2%

latest runs                              credits     share
12  2026-11-23 03:00  beta contact            28        2%
 9  2026-11-22 03:00  acme contact         1,002       77%"""


@pytest.mark.parametrize("width", [80, 140])
def test_the_view_says_what_the_document_says(width: int) -> None:
    assert "\n".join(printed(key(), width=width)) == VIEW


def test_each_key_has_its_block() -> None:
    lines = printed(key(), key(orgs=["gamma"]))
    assert [line for line in lines if line.startswith("Lusha key")] == [
        "Lusha key of acme, beta", "Lusha key of gamma",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"balance": 8_700}, "balance   8,700 of 10,000 (Lusha told 8,765; 65 booked since)"),
        (
            {"balance": 8_700, "account": account(silence="down", age_seconds=7_300)},
            "balance   8,700 of 10,000 (Lusha told 8,765 2 hours ago; 65 booked since)",
        ),
        (
            {"account": account(silence="down", age_seconds=59, total=None)},
            "balance   8,765 (as Lusha told less than a minute ago)",
        ),
        ({"account": account(silence="Lusha is down")}, "note      no new word of Lusha's: Lusha is down"),
        ({"balance": None, "account": account(remaining=None)}, "balance   not known: Lusha never told it"),
        ({"reserved": 6, "doubtful": 1_200}, "open      6 reserved, 1,200 in doubt, at worst"),
        (
            {"drift": {"today": None, "days": None}},
            "drift     not known yet: it takes two words of Lusha's on the balance to compare",
        ),
        (
            {"drift": {"today": None, "days": {**DRIFT, "drift": -1}}},
            "drift     we booked 1 credit too much since 2026-11-01 08:00 UTC",
        ),
        ({"drift": {"today": None, "days": {**DRIFT, "drift": 0}}}, "drift     none since 2026-11-01 08:00 UTC"),
        (
            {"drift": {"today": None, "days": {**DRIFT, "after_top_up": True, "drift": 0, "uncertain": 6}}},
            "drift     none since the top-up seen 2026-11-01 08:00 UTC; 6 of open bookings may be in it",
        ),
        (
            {"drift": {"today": {**DRIFT, "since": "2026-11-23T03:00:00Z", "drift": 2}, "days": DRIFT}},
            "drift     today: others spent 2 credits on this account since 2026-11-23 03:00 UTC",
        ),
    ],
)
def test_what_is_not_plain_is_said(more: dict[str, Any], line: str) -> None:
    assert line in printed(key(**more), width=110)


def test_a_key_that_bought_nothing_has_no_empty_tables() -> None:
    nothing = {name: [] for name in ("by_org", "by_mapping", "by_run", "limits")}
    idle = {"charged": {"today": 0, "month": 0, "days": 0}, "by_datum": {}, "per_day": None, "days_left": None}
    assert printed(key(**nothing, **idle)) == [
        "Lusha key of acme, beta",
        "balance   8,765 of 10,000",
        "charged   0 today, 0 this month, 0 in 30 days",
        "drift     others spent 7 credits on this account since 2026-11-01 08:00 UTC",
    ]


def test_names_from_outside_are_no_markup() -> None:
    lines = printed(key(orgs=["[red]acme"], by_org=[{"org": "[red]acme", "charged": 1}]))
    assert "Lusha key of [red]acme" in lines
    assert any(line.startswith("[red]acme ") for line in lines)
