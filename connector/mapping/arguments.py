"""What the argument of a transform may be: one question for each kind, asked when a mapping is checked.

Read by the table in ``transforms``; the JSON Schema of mappings draws the same borders for editors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.countries import country_code


def nothing(argument: Any) -> bool:
    return argument is None


def one_of(*words: str) -> Callable[[Any], bool]:
    """Nothing, or one of these words."""
    return lambda argument: argument is None or argument in words


def is_region(argument: Any) -> bool:
    if argument is None:
        return True
    if not isinstance(argument, Mapping) or len(argument) != 1:
        return False
    (kind, word), *_ = argument.items()
    if kind == "region":
        import phonenumbers

        return isinstance(word, str) and country_code(word) in phonenumbers.SUPPORTED_REGIONS
    return kind == "region_from" and isinstance(word, str) and bool(word.strip())


def is_length(argument: Any) -> bool:
    return argument is None or (isinstance(argument, int) and not isinstance(argument, bool) and argument > 0)


def is_separator(argument: Any) -> bool:
    return argument is None or isinstance(argument, str)


def is_word_map(argument: Any) -> bool:
    """YAML reads an unquoted ``no`` as False: a word that is a boolean was not meant as one."""
    if not isinstance(argument, Mapping) or not argument:
        return False
    words_are_words = all(isinstance(word, str | int) and not isinstance(word, bool) for word in argument)
    return words_are_words and all(ours is None or _is_word(ours) for ours in argument.values())


def _is_word(ours: Any) -> bool:
    return isinstance(ours, str | int | float) and not isinstance(ours, bool)
