"""Lusha's known words: every list belongs to an attribute that there is."""

from __future__ import annotations

import doctest

from connector.lusha import words
from connector.lusha.attributes import CATALOGUE
from connector.lusha.words import known_words


def test_a_word_list_is_reached_by_the_path_of_the_catalogue() -> None:
    listed = [(entity, path) for entity, table in CATALOGUE.items() for path in table if known_words(entity, path)]
    assert len(listed) == sum(len(table) for table in words._WORDS.values())
    assert ("person", "emails[].type") in listed


def test_words_are_told_apart_and_spelled_as_lusha_does() -> None:
    for table in words._WORDS.values():
        for path, listed in table.items():
            assert len({word.casefold() for word in listed}) == len(listed), path
    assert "Vice President" in known_words("person", "job_title.seniority")
    assert "Engineering & Technical" in known_words("person", "job_title.departments")


def test_free_text_has_no_list() -> None:
    assert known_words("person", "job_title.title") == known_words("company", "no.such") == ()


def test_examples() -> None:
    assert doctest.testmod(words).failed == 0
