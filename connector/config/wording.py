"""People's words for values, types and near misses; the one place that messages take them from."""

from __future__ import annotations

from collections.abc import Collection, Iterable

TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "nothing",
}
"""JSON Schema's type names in people's words."""

_NEAR = 65.0
_BEGINNING = 4
_LONGEST, _LONGEST_NAME = 60, 300


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one, or the only one that begins with it; None if none is near.

    >>> nearest("clientcredentials", ["token", "client_credentials"])
    'client_credentials'
    """
    from rapidfuzz import fuzz, process  # for mistakes alone

    words = list(known)
    found = process.extractOne(word, words, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_NEAR)
    if found is not None:
        return str(found[0])
    begun = [longer for longer in words if len(word) >= _BEGINNING and longer.casefold().startswith(word.casefold())]
    return begun[0] if len(begun) == 1 else None


def instead(word: str, known: Collection[str]) -> str:
    """What to add behind a wrong word: a question with the nearest known one, else the known ones."""
    if (near := nearest(word, known)) is not None:
        return f" — did you mean '{near}'?"
    return f" (known: {', '.join(known)})" if known else ""


def one_of(types: Iterable[str]) -> str:
    """``["string", "null"]`` → ``text or nothing``."""
    words = [TYPES[name] for name in types]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def quoted(name: str) -> str:
    """A path, an address or a name in quotes; what is longer than any of them is cut."""
    return f"'{_shortened(name, _LONGEST_NAME)}'"


def found(value: object) -> str:
    """A value of a YAML file as a message shows it; maps and lists by their kind only."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{_shortened(value, _LONGEST)}'"
        case list():
            return "a list"
        case dict():
            return "a map"
        case _:
            return _shortened(str(value), _LONGEST)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
