"""Keeps secrets and people out of logs, errors and reprs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

_EMAIL = re.compile(r"[\w.+%-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_PAGE = re.compile(r"(?i)(linkedin\.com(?:/|%2f)(?:in|pub)(?:/|%2f))[^\s\"'<>()\[\]{}?#&,;]+")
"""Somebody's own page; a company's names nobody."""
_PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d\s().-]{7,}\d(?!\w)")
_NAMES = r"api[_-]?key|hapikey|access_token|refresh_token|client_secret|password|security_token|assertion"
_TOKEN = re.compile(rf"(?i)(\bbearer\s+|\b(?:{_NAMES})[\"']?\s*[=:]\s*[\"']?)[^\s&,;\"'}}]+")


class Secret:
    """A value that prints as ``***`` wherever it lands; ``reveal()`` is the one way to read it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself: only for the line that signs a request."""
        return self._value

    def fingerprint(self) -> str:
        """Twelve hex digits that tell two keys apart and give neither away."""
        return sha256(b"connector-key:" + self._value.encode()).hexdigest()[:12]

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self.fingerprint())

    def __reduce__(self) -> str:
        raise TypeError("a Secret is never serialised")


def redact(text: str) -> str:
    """The text with e-mails, phone numbers, people's LinkedIn pages and credentials blanked: for vendors' own words in
    messages. Names look like any other word: ``hide`` blanks those that are known."""
    text = _TOKEN.sub(lambda m: m[1] + "***", text)
    text = _PAGE.sub(lambda m: m[1] + "***", text)
    text = _EMAIL.sub("***@***", text)
    return _PHONE.sub("***", text)


def hide(text: str, values: Iterable[object]) -> str:
    """The text with these values blanked, whatever their case: names that a vendor repeats from what it was sent.

    >>> hide("Ada Byron was not one of the allowed options: Adam, Ada", ["Ada", "Byron", None])
    '*** *** was not one of the allowed options: Adam, ***'
    """
    words = sorted({value.strip() for value in values if isinstance(value, str)}, key=len, reverse=True)
    known = "|".join(re.escape(word) for word in words if len(word) >= _SHORTEST)
    return re.sub(rf"(?i)(?<!\w)(?:{known})(?!\w)", "***", text) if known else text


_SHORTEST = 2
"""A single letter may be anything."""
