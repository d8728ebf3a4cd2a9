"""Configuration and mapping files in, frozen settings out; every problem of every file in one ConfigError.

The way of a file: ``document`` (YAML with lines) → ``references`` (``${VARIABLE}``) → ``diagnostics`` (JSON Schema) →
``config_rules`` | ``mapping_rules`` → ``build``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from connector.config.build import CRMS, build_mapping, build_org, build_state
from connector.config.config_rules import config_problems
from connector.config.diagnostics import check_schema
from connector.config.document import Document, read_document
from connector.config.files import absolute, is_file
from connector.config.mapping_rules import mapping_problems, mapping_warnings
from connector.config.problems import Problem, refuse
from connector.config.references import resolve_references
from connector.config.settings import Config, MappingSettings
from connector.config.signing_in import sign_in_warnings


def load_config(path: Path, *, env: Mapping[str, str]) -> Config:
    """Read a configuration file and every mapping file that it names.

    ``env``: what ``${VARIABLE}`` is read from. Relative paths in the file are relative to the file. Raises ConfigError
    with one ``file:line: place: sentence`` for each problem of all files.
    """
    document, problems = read_document(path, str(path))
    if problems:
        refuse(str(path), problems)
    document, unset = resolve_references(document, env)
    document, deviations = check_schema(document, "config")
    folder = path.resolve().parent
    mappings = _Mappings(folder)
    mappings.read(document)
    refuse(
        str(path), [*unset, *deviations, *config_problems(document, folder), *mappings.misplaced, *mappings.problems]
    )
    orgs = {
        name: build_org(document, name, folder, tuple(mappings.known[text] for text in org["mappings"]))
        for name, org in document.value["orgs"].items()
    }
    warnings = [
        *sign_in_warnings(document, folder),
        *(warning for mapping in mappings.known.values() for warning in mapping_warnings(mapping)),
    ]
    return Config(file=path.resolve(), state=build_state(document, folder), orgs=orgs, warnings=tuple(warnings))


def load_mapping(path: Path, name: str) -> MappingSettings:
    """Read one mapping file; ``name`` is how messages spell it. Raises ConfigError with all its problems."""
    document, problems = _read_mapping(path, name)
    refuse(name, problems)
    return build_mapping(document, path.resolve())


def shipped_mappings() -> Path:
    """The folder of the mappings that come with the connector (``salesforce/…``, ``hubspot/…``).

    Inside the installed package, or at the top of the repository when running from a checkout.
    """
    package = Path(__file__).resolve().parents[1]
    installed = package / "mappings"
    return installed if installed.is_dir() else package.parent / "mappings"


def _read_mapping(path: Path, name: str) -> tuple[Document, list[Problem]]:
    document, problems = read_document(path, name)
    if problems:
        return document, problems
    document, deviations = check_schema(document, "mapping")
    return document, [*deviations, *mapping_problems(document)]


@dataclass(slots=True)
class _Mappings:
    """The mapping files that a configuration names, each read once however many orgs name it."""

    folder: Path
    known: dict[str, MappingSettings] = field(default_factory=dict)
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
                self.misplaced.append(config.problem(place, f"'{name}' is a mapping for {own}, this org is {crm}"))

    def _add(self, name: str) -> None:
        file = absolute(name, self.folder).resolve()
        document, problems = _read_mapping(file, name)
        self._crms[name] = document.get("crm")
        self.problems += problems
        if not problems:
            self.known[name] = build_mapping(document, file)
