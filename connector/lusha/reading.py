"""Parts of an answer that both generations write alike: credits, bounds, funding, intent, and Lusha's names in our
spelling.

Read from pruned answers by ``v2`` and ``v3``. All pure.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from connector.lusha.cleaning import boolean, integer, iso_date, mapping, mappings, number, present, text

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(name: str) -> str:
    """``newJobsPostedLast4Weeks`` → ``new_jobs_posted_last4_weeks``."""
    return _CAPITAL.sub("_", name).lower()


def snake_keys(value: Any) -> Any:
    """The value with every name in it, at any depth, in our spelling.

    >>> snake_keys({"signalDate": "2026-02-01", "intentTopics": [{"topicName": "CRM"}]})
    {'signal_date': '2026-02-01', 'intent_topics': [{'topic_name': 'CRM'}]}
    """
    if isinstance(value, Mapping):
        return {snake(str(name)): snake_keys(item) for name, item in value.items()}
    return [snake_keys(item) for item in value] if isinstance(value, list) else value


def credits(told: Any) -> int | None:
    """Credits charged, in whole ones; None where an answer does not say, or says nonsense."""
    charged = number(told)
    return None if charged is None or charged < 0 else math.ceil(charged)


def bounds(told: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The named numbers: ``exact``, ``min``, ``max``."""
    return present(**{name: number(told.get(name)) for name in names})


def funding(told: Mapping[str, Any]) -> dict[str, Any]:
    """The rounds and their sum. An employer in V2 has names of its own for the same (``announcedOn``)."""
    rounds = [
        present(
            type=text(entry.get("roundType")) or text(entry.get("title")),
            amount=_either(entry, "roundAmount", "moneyRaised"),
            currency=text(entry.get("currency")),
            date=iso_date(entry.get("roundDate")) or iso_date(entry.get("announcedOn")),
        )
        for entry in mappings(told.get("rounds"))
    ]
    return present(
        rounds=[entry for entry in rounds if entry],
        total_rounds=integer(told.get("totalRounds")),
        total_amount=number(told.get("totalRoundsAmount")),
        currency=text(told.get("currency")),
        is_ipo=boolean(told.get("isIpo")),
        last_round_type=text(told.get("lastRoundType")) or text(told.get("lastFundingEventName")),
        last_round_amount=_either(told, "lastRoundAmount", "lastFundingEventAmount"),
        last_round_date=iso_date(told.get("lastRoundDate")) or iso_date(told.get("lastFundingEventDate")),
    )


def intent(told: Mapping[str, Any]) -> dict[str, Any]:
    """The topics that a company reads about; V2 writes their trend as a text."""
    topics = [
        present(
            name=text(topic.get("topicName")),
            score=number(mapping(topic.get("metadata")).get("topicScore")),
            trend=number(mapping(topic.get("metadata")).get("topicTrend")),
        )
        for topic in mappings(told.get("detectedTopics"))
    ]
    return present(topics=[topic for topic in topics if "name" in topic])


def _either(told: Mapping[str, Any], name: str, other: str) -> int | float | None:
    found = number(told.get(name))
    return number(told.get(other)) if found is None else found
