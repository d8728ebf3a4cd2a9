"""``${VARIABLE}`` in a configuration file becomes the variable's value: second step of loading.

``$${`` stands for the two characters ``${`` themselves. Keys are never looked at, and values are not looked at twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connector.config.document import Document
from connector.config.places import Place
from connector.config.problems import Problem

_TOKEN = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{")


def resolve_references(document: Document, env: Mapping[str, str]) -> tuple[Document, list[Problem], list[Problem]]:
    """The document with every variable filled in; a problem for each that is not set, or empty; those that are none."""
    pass_ = _Pass(document, env)
    value = pass_.read(document.value, ())
    resolved = replace(document, value=value, references=pass_.references, unknown=frozenset(pass_.unknown))
    return resolved, pass_.unset, pass_.malformed


@dataclass(slots=True)
class _Pass:
    """One walk over the values of a document."""

    document: Document
    env: Mapping[str, str]
    references: dict[Place, str] = field(default_factory=dict)
    unknown: set[Place] = field(default_factory=set)
    unset: list[Problem] = field(default_factory=list)
    malformed: list[Problem] = field(default_factory=list)

    def read(self, value: Any, place: Place) -> Any:
        match value:
            case dict():
                return {key: self.read(below, (*place, key)) for key, below in value.items()}
            case list():
                return [self.read(below, (*place, number)) for number, below in enumerate(value)]
            case str() if "${" in value:
                return self._text(value, place)
            case _:
                return value

    def _text(self, text: str, place: Place) -> str:
        return _TOKEN.sub(lambda match: self._token(match, text, place), text)

    def _token(self, match: re.Match[str], text: str, place: Place) -> str:
        if match[0] == "$${":
            return "${"
        self.references[place] = text
        name = match[1]
        if name is None:
            sentence = "'${' needs a variable's name and '}'; write '$${' for the characters themselves"
            self._unknown(place, sentence, self.malformed)
        elif name not in self.env:
            self._unknown(place, f"the environment variable {name} is not set", self.unset)
        elif not self.env[name].strip():
            self._unknown(place, f"the environment variable {name} is empty", self.unset)
        else:
            return self.env[name].strip()
        return ""

    def _unknown(self, place: Place, sentence: str, among: list[Problem]) -> None:
        self.unknown.add(place)
        among.append(self.document.problem(place, sentence))
