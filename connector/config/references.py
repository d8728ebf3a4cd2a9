"""References in a configuration file become what they stand for.

``${NAME}``, ``${NAME:-default}``, ``${file:PATH}``, ``${keyring:SERVICE/NAME}``. ``$${`` stands for the two characters
``${`` themselves. Keys are never looked at, and values are not looked at twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from connector.config.document import Document
from connector.config.places import Place
from connector.config.problems import Problem
from connector.config.secrets import AskKeyring, NotThere, from_file, from_keyring

_TOKEN = re.compile(r"\$\$\{|\$\{([^{}\n]*)\}|\$\{")
_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?")
_KEYRING = re.compile(r"keyring:([^/]+)/(.+)")
_FORMS = "${NAME}, ${NAME:-default}, ${file:PATH} or ${keyring:SERVICE/NAME}"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where references are looked up: variables, files (relative to ``folder``), and the keyring of this machine.

    ``keyring``: None leaves it alone, since it may ask a person to unlock it; what it holds is then not known.
    """

    env: Mapping[str, str]
    folder: Path
    keyring: AskKeyring | None = from_keyring


def resolve_references(document: Document, sources: Sources) -> tuple[Document, list[Problem], list[Problem]]:
    """The document with every reference filled in; a problem for each whose value is not there; those that are none."""
    pass_ = _Pass(document, sources)
    value = pass_.read(document.value, ())
    resolved = replace(document, value=value, references=pass_.references, unknown=frozenset(pass_.unknown))
    return resolved, pass_.unset, pass_.malformed


@dataclass(slots=True)
class _Pass:
    """One walk over the values of a document."""

    document: Document
    sources: Sources
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
        try:
            return self._looked_up(match[1] or "", place)
        except NotThere as missing:
            self.unknown.add(place)
            self.unset.append(self.document.problem(place, str(missing)))
        return ""

    def _looked_up(self, reference: str, place: Place) -> str:
        if variable := _VARIABLE.fullmatch(reference):
            return self._variable(variable[1], variable[2])
        if reference.startswith("file:") and reference != "file:":
            return from_file(reference.removeprefix("file:"), self.sources.folder)
        if entry := _KEYRING.fullmatch(reference):
            return self._entry(entry[1], entry[2], place)
        self.unknown.add(place)
        found = f"'${{{reference}}}'" if reference else "'${'"
        sentence = f"{found} is no reference; write {_FORMS}, or '$${{' for the characters themselves"
        self.malformed.append(self.document.problem(place, sentence))
        return ""

    def _variable(self, name: str, default: str | None) -> str:
        value = self.sources.env.get(name, "").strip()
        if value or default is not None:
            return value or str(default)
        if name in self.sources.env:
            raise NotThere(f"the environment variable {name} is empty")
        raise NotThere(f"the environment variable {name} is not set")

    def _entry(self, service: str, name: str, place: Place) -> str:
        if self.sources.keyring is None:
            self.unknown.add(place)
            return ""
        return self.sources.keyring(service, name)
