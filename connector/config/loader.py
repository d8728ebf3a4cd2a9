"""Configuration and mapping files in, frozen settings out; every problem of every file in one ConfigError.

The way of a configuration: ``inclusion`` (each file: ``document``, YAML with positions → ``references``, ``${NAME}``)
→ ``defaults`` → ``diagnostics`` (JSON Schema) → ``config_rules``, and ``overlaps`` between its mappings → ``build``. Of
a mapping: ``extension`` (each file: ``document``) → ``diagnostics`` → ``mapping_rules`` → ``build``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connector.config.build import CRMS, build_mapping, build_org, build_state
from connector.config.config_rules import config_problems
from connector.config.config_warnings import config_warnings
from connector.config.defaults import with_defaults, with_files
from connector.config.diagnostics import check_schema
from connector.config.document import Document
from connector.config.dotenv import read_dotenv
from connector.config.extension import read_extended
from connector.config.files import absolute, is_file
from connector.config.inclusion import Inclusion
from connector.config.layers import part, placed
from connector.config.mapping_rules import mapping_problems, mapping_warnings
from connector.config.overlaps import overlap_problems, overlap_warnings
from connector.config.problems import Problem, refuse
from connector.config.remainder import remainder
from connector.config.secrets import AskKeyring, from_keyring
from connector.config.settings import Config, MappingSettings
from connector.config.wording import quoted


def load_config(path: Path, *, env: Mapping[str, str]) -> Config:
    """Read a configuration file and every file that it includes or names.

    ``env``: what ``${VARIABLE}`` is read from; it lies over the ``.env`` beside the file. Relative paths in a file are
    relative to it. Raises ConfigError with one ``file:line:column: place: sentence`` for each problem of all files.
    """
    found = inspect_config(path, env=env)
    refuse(str(path), [*found.unset, *found.problems])
    return found.config()


def inspect_config(path: Path, *, env: Mapping[str, str], keyring: AskKeyring | None = from_keyring) -> Inspection:
    """Read the same files and judge them, whatever is wrong with them; raises nothing.

    ``keyring``: None leaves it alone; what it may hold counts as known.
    """
    folder = path.resolve().parent
    variables, mistaken = read_dotenv(folder)
    files = Inclusion(folder, {**variables, **env}, keyring)
    document = files.read(path.resolve(), str(path))
    unset, problems, mappings = tuple(files.unset), [*mistaken, *files.problems], _Mappings(folder)
    if not document.whole:
        return Inspection(path, document, mappings, unset, tuple(problems))
    _, deviations = check_schema(_defaults_alone(document), "config")
    document, more = check_schema(with_files(with_defaults(document), folder), "config")
    more = [one for one in more if one.at not in {said.at for said in deviations}]
    mappings.read(document)
    wrong = [*deviations, *more, *config_problems(document, folder), *mappings.misplaced, *mappings.problems]
    wrong += overlap_problems(document, mappings.known)
    return Inspection(path, document, mappings, unset, (*problems, *wrong))


def load_mapping(path: Path, name: str) -> MappingSettings:
    """Read one mapping file; ``name`` is how messages spell it. Raises ConfigError with all its problems."""
    document, unread, wrong = _read_mapping(path, name, path.resolve().parent)
    refuse(name, [*unread, *wrong])
    return build_mapping(document, path.resolve())


def _defaults_alone(document: Document) -> Document:
    """A document with only the ``defaults`` of this one: what no org takes from them is judged too."""
    given = isinstance(document.value, dict) and "defaults" in document.value
    alone = Document(document.name, {"version": 1})
    return placed(alone, ("defaults",), part(document, ("defaults",))) if given else alone


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is in a configuration file and its mapping files.

    ``unset``: variables that the environment lacks. ``problems``: everything else that keeps it from being used.
    """

    path: Path
    document: Document
    _mappings: _Mappings
    unset: tuple[Problem, ...]
    problems: tuple[Problem, ...]

    @property
    def mappings(self) -> Mapping[str, MappingSettings]:
        """The mapping files that can be used, by their names in the config."""
        return self._mappings.known

    @property
    def documents(self) -> Mapping[str, Document]:
        """The same files as documents, what each extends laid below it."""
        return self._mappings.documents

    @property
    def remainders(self) -> Mapping[str, MappingSettings]:
        """What is left of those that cannot, where that can be judged."""
        return self._mappings.remainders

    @property
    def orgs(self) -> dict[str, tuple[str, ...]]:
        """The names of the mappings of each org, as far as the file can be read."""
        orgs: dict[str, tuple[str, ...]] = {
            str(place[1]): () for place, org in self.document.find("orgs", "*") if isinstance(org, dict)
        }
        for place, name in self.document.find("orgs", "*", "mappings", "*"):
            if isinstance(name, str):
                orgs[str(place[1])] = (*orgs[str(place[1])], name)
        return orgs

    @property
    def own_warnings(self) -> tuple[str, ...]:
        """What is allowed and hardly meant in the config file itself, once nothing is wrong with it."""
        if self.problems:
            return ()
        own = config_warnings(self.document, self.path.resolve().parent)
        return tuple(dict.fromkeys([*own, *overlap_warnings(self.document, self.mappings)]))

    def config(self) -> Config:
        """The frozen settings; only for an inspection without problems and unset variables."""
        folder, known = self.path.resolve().parent, self.mappings
        orgs = {
            name: build_org(self.document, name, folder, tuple(known[text] for text in org["mappings"]))
            for name, org in self.document.value["orgs"].items()
        }
        state = build_state(self.document, folder)
        warnings = [warning for mapping in known.values() for warning in mapping_warnings(mapping)]
        return Config(self.path.resolve(), state, orgs, (*self.own_warnings, *warnings))


def _read_mapping(path: Path, name: str, folder: Path) -> tuple[Document, list[Problem], list[Problem]]:
    """A mapping file with what it extends, what is wrong with it as YAML, and what with its content."""
    document, unread = read_extended(path.resolve(), name, folder)
    if not document.whole:
        return document, unread, []
    document, deviations = check_schema(document, "mapping")
    return document, unread, [*deviations, *mapping_problems(document)]


@dataclass(slots=True)
class _Mappings:
    """The mapping files that a configuration names, each read once however many orgs name it."""

    folder: Path
    known: dict[str, MappingSettings] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    remainders: dict[str, MappingSettings] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    misplaced: list[Problem] = field(default_factory=list)
    _crms: dict[str, object] = field(default_factory=dict)

    def read(self, config: Document) -> None:
        """Read each file that exists, and see that its CRM is its org's."""
        for place, name in config.find("orgs", "*", "mappings", "*"):
            if not isinstance(name, str) or not is_file(absolute(name, self.folder)):
                continue
            if name not in self._crms:
                self._add(name)
            crm, own = config.get(*place[:2], "crm"), self._crms[name]
            if crm != own and crm in CRMS and own in CRMS:
                self.misplaced.append(
                    config.problem(place, f"{quoted(name)} is a mapping for {own}, this org is {crm}")
                )

    def _add(self, name: str) -> None:
        file = absolute(name, self.folder).resolve()
        document, unread, wrong = _read_mapping(file, name, self.folder)
        self._crms[name] = document.get("crm")
        self.problems += [*unread, *wrong]
        if not unread and not wrong:
            self.known[name] = build_mapping(document, file)
            self.documents[name] = document
        elif document.whole and (rest := remainder(document, wrong)):
            self.remainders[name] = build_mapping(rest, file)
