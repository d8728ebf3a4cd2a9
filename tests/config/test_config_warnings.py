"""What a configuration may say and hardly means, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.samples import CONFIG, load, swap


def warnings(folder: Path, text: str) -> list[str]:
    return [line.replace(f"{folder}/", "") for line in load(folder, text).warnings]


def test_the_sample_says_what_it_means(tmp_path: Path) -> None:
    assert warnings(tmp_path, CONFIG) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("per_run: 500", "per_run: 5000",
         "9:5: lusha.budget.per_run: 5,000 is more than per_day: 2,000, which ends a run first"),
        ("per_day: 2000", "per_day: 200000",
         "10:5: lusha.budget.per_day: 200,000 is more than per_month: 20,000, which ends a run first"),
        ("per_day: 2000\n    per_month: 20000", "per_month: 20",
         "9:5: lusha.budget.per_run: 500 is more than per_month: 20, which ends a run first"),
        ("budget: {per_run: 200}", "budget: {per_run: 0}",
         "24:14: orgs.acme.budget.per_run: 0 buys nothing; null, or no line at all, sets no limit"),
        ("budget: {per_run: 200}", "budget: {per_day: 2001}",
         "24:14: orgs.acme.budget.per_day: 2,001 is never reached: lusha.budget.per_day is 2,000, for all that use the "
         "key"),
        ("budget: {per_run: 200}", "budget: {keep: 100}",
         "24:14: orgs.acme.budget.keep: 100 is never reached: lusha.budget.keep is 200, and the larger one holds"),
        ("rate_limit: 25", "rate_limit: 1000",
         "7:3: lusha.rate_limit: Lusha serves 25 requests a second and endpoint; what comes faster is refused (429)"),
        ("keep_profiles: 90d", "keep_profiles: 0d",
         "13:25: state.keep_profiles: 0d: a paid answer is not kept for the next run, which may have to buy it again"),
        ("keep_profiles: 90d", "keep_changes: 0h",
         "13:25: state.keep_changes: 0h: the values before a change are blanked at once, and undo needs them"),
        ("ca_file: null ", "api_reserve: 100% ",
         "22:7: orgs.acme.connection.api_reserve: 100% leaves all calls to others, so that no run can begin"),
    ],
)  # fmt: skip
def test_one_warning(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert warnings(tmp_path, swap(CONFIG, old, new)) == [f"config.yaml:{expected}"]


def test_an_orgs_budget_is_held_against_the_key_that_it_uses(tmp_path: Path) -> None:
    own = "budget: {per_day: 2600}\n    lusha: {budget: {per_day: 2500}}"
    assert warnings(tmp_path, swap(CONFIG, "budget: {per_run: 200}", own)) == [
        "config.yaml:24:14: orgs.acme.budget.per_day: 2,600 is never reached: orgs.acme.lusha.budget.per_day is 2,500, "
        "for all that use the key"
    ]
