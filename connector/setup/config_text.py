"""A config file's text: a new one for one org, or the entry of one more org in a file that stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from connector.config.insertion import with_org
from connector.config.yaml_text import scalar
from connector.setup.answers import Answers
from connector.setup.writing import comment

PER_RUN, PER_DAY, PER_MONTH = 100, 300, 3_000
"""Credits: small on purpose, until the first runs have been looked at."""


def config_text(answers: Answers, mappings: Sequence[str], *, there: str | None = None) -> str:
    """The whole text: ``there`` with one more org, or a new file. ``mappings``: paths as the file names them."""
    entry = list(_org(answers, mappings, added=there is not None))
    if there is not None:
        return with_org(there, entry)
    lines = [*_head(), "version: 1", "", *_lusha(answers), "", *_state(), "", "orgs:"]
    return "\n".join([*lines, *(f"  {line}" for line in entry)]) + "\n"


def _head() -> Iterator[str]:
    yield from comment("Written by lusha-sync init, yours to change. Keys stay in the environment: ${VARIABLE}.")


def _lusha(answers: Answers) -> Iterator[str]:
    yield "lusha:"
    yield from _values(answers.lusha or {}, "  ")
    yield "  budget: # in credits, shared by all orgs that use this key; small until the first runs look right"
    yield f"    per_run: {PER_RUN}"
    yield f"    per_day: {PER_DAY}"
    yield f"    per_month: {PER_MONTH}"
    yield "    # keep: 200 # never go below this balance"


def _state() -> Iterator[str]:
    yield "state:"
    yield "  path: state.db # paid answers, journal and ledger; relative to this file"


def _org(answers: Answers, mappings: Sequence[str], *, added: bool) -> Iterator[str]:
    yield f"{answers.org}:"
    yield f"  crm: {answers.crm}"
    yield "  connection:"
    yield from _values(answers.connection, "    ")
    yield "  mappings:"
    yield from (f"    - {scalar(name)}" for name in mappings)
    if added and answers.lusha:
        yield "  lusha: # this org's own, since the orgs of this file share none"
        yield from _values(answers.lusha, "    ")
    if added:
        yield f"  budget: {{per_run: {PER_RUN}}} # in credits; small until the first runs look right"


def _values(block: Any, indent: str) -> Iterator[str]:
    yield from (f"{indent}{key}: {scalar(value)}" for key, value in block.items())
