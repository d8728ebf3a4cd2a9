"""A configuration file and all that it includes, each read and its references filled in, as one document.

The including file lies over what it includes; of two included files none lies over the other, so where both say a
thing differently, that is refused. Afterwards every path in it is relative to the configuration file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connector.config.document import Document, read_document
from connector.config.files import absolute, linked, rebased
from connector.config.layers import laid, without
from connector.config.places import Place
from connector.config.problems import Problem
from connector.config.references import Sources, resolve_references
from connector.config.secrets import AskKeyring
from connector.config.wording import found, quoted
from connector.config.yaml_files import is_pattern, no_file, spread

_PATHS: tuple[Place, ...] = (
    ("state", "path"),
    *(
        (*owner, *path)
        for owner in (("orgs", "*"), ("defaults",), ("defaults", "salesforce"), ("defaults", "hubspot"))
        for path in (("connection", "ca_file"), ("connection", "private_key_file"), ("mappings", "*"))
    ),
)
"""Every place of a configuration that holds the path of a file."""


@dataclass(slots=True)
class Inclusion:
    """Reads a configuration file with all that it includes, and gathers what is wrong on the way.

    ``unset``: references whose value is not there. ``problems``: everything else.
    """

    folder: Path
    env: Mapping[str, str]
    keyring: AskKeyring | None
    unset: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _done: set[Path] = field(default_factory=set)

    def read(self, file: Path, name: str, inside: tuple[Path, ...] = ()) -> Document:
        """The file as one document; not ``whole`` where some of it cannot be read."""
        self._done.add(file)
        document, problems = read_document(file, name)
        self.problems += problems
        if not document.whole:
            return document
        document, unset, malformed = resolve_references(document, Sources(self.env, file.parent, self.keyring))
        self.unset += unset
        self.problems += malformed
        below = Document(name, None)
        for part in self._included(document, file, (file, *inside)):
            self.problems += _contradictions(below, part)
            below = laid(below, part)
        return laid(below, without(_rebased(document, file.parent, self.folder), "include"))

    def _included(self, document: Document, file: Path, inside: tuple[Path, ...]) -> Iterator[Document]:
        """Each file that this one includes and none before it did. ``inside``: this file and those that lead to it."""
        for place, path in self._paths(document):
            files = [(name, linked(absolute(name, file.parent))) for name in spread(path, file.parent)]
            if is_pattern(path, file.parent):
                files = [(name, target) for name, target in files if target != file]  # which is read already
            if not files:
                self.problems.append(document.problem(place, no_file(path, file.parent)))
            for name, target in files:
                if target in inside:
                    self.problems.append(document.problem(place, f"{quoted(name)} includes itself"))
                elif target not in self._done:
                    yield self.read(target, rebased(name, file.parent, self.folder), inside)

    def _paths(self, document: Document) -> Iterator[tuple[Place, str]]:
        """What stands in ``include``, one path or a list of them, each with its place."""
        given = document.get("include")
        pattern: Place = ("include", "*") if isinstance(given, list) else ("include",)
        for place, path in () if given is None else document.find(*pattern):
            if place in document.unknown:
                continue
            if isinstance(path, str) and path.strip():
                yield place, path
            else:
                self.problems.append(document.problem(place, f"expected the path of a file, found {found(path)}"))


def _rebased(document: Document, folder: Path, onto: Path) -> Document:
    """The document with its paths as a file in ``onto`` writes them."""
    for pattern in _PATHS:
        for place, path in document.find(*pattern):
            if isinstance(path, str) and place not in document.unknown:
                document = document.holding(place, rebased(path, folder, onto))
    return document


def _contradictions(first: Document, second: Document, place: Place = ()) -> Iterator[Problem]:
    """Every value that two included files give differently."""
    one, two = (document.get(*place) if place else document.value for document in (first, second))
    if one is None or two is None:
        return
    if isinstance(one, dict) and isinstance(two, dict):
        for key in two:
            if key in one:
                yield from _contradictions(first, second, (*place, key))
    elif one != two:
        sentence = f"{first.position(place)} says otherwise; say it in one of them, or in the file that includes both"
        yield second.problem(place, sentence)
