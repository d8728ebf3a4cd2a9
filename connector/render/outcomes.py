"""The outcome of a change as documents show it that name nobody."""

from __future__ import annotations

import re

from connector.redact import redact

_LIVES_ON = re.compile(r"(merged into|converted to \w+) \w+")
"""The words of ``engine.gone.in_words``."""


def blanked(words: str) -> str:
    """The outcome of a change without what may name somebody. The id of the record that lives on looks like a phone
    number and is none: who reads that a record was merged looks for the other one.

    >>> blanked("merged into 88000000001"), blanked("REJECTED: not 88000000001")
    ('merged into 88000000001', 'REJECTED: not ***')
    """
    return words if _LIVES_ON.fullmatch(words) else redact(words)
