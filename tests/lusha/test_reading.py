"""Parts of an answer that both generations write alike."""

from __future__ import annotations

import pytest

from connector.lusha.reading import bounds, funding, intent, snake, snake_keys


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("signalDate", "signal_date"),
        ("newJobsPostedLast4Weeks", "new_jobs_posted_last4_weeks"),
        ("estimatedAnnualItSpend", "estimated_annual_it_spend"),
        ("domain", "domain"),
    ],
)
def test_names_in_our_spelling(name: str, ours: str) -> None:
    assert snake(name) == ours


def test_names_at_every_depth() -> None:
    assert snake_keys({"oneTwo": [{"threeFour": "fiveSix"}, 7], "eight": {"nineTen": None}}) == {
        "one_two": [{"three_four": "fiveSix"}, 7],
        "eight": {"nine_ten": None},
    }


def test_bounds_are_numbers() -> None:
    assert bounds({"min": "201", "max": 500, "exact": "many", "other": 1}, "exact", "min", "max") == {
        "min": 201,
        "max": 500,
    }


def test_an_amount_of_nothing_is_an_amount() -> None:
    told = funding({"rounds": [{"roundAmount": 0, "moneyRaised": 5}], "lastRoundAmount": 0})
    assert told == {"rounds": [{"amount": 0}], "last_round_amount": 0}


def test_a_trend_may_be_a_text_and_a_topic_has_a_name() -> None:
    topics = [{"topicName": "Gears", "metadata": {"topicScore": 83, "topicTrend": "-5"}}, {"metadata": {}}]
    assert intent({"detectedTopics": topics}) == {"topics": [{"name": "Gears", "score": 83, "trend": -5}]}
