"""A mapping file and the one that it extends, as one document.

The extending file lies over the other: maps are joined, lists, ``where`` and ``as`` are replaced, and a null takes a
key out (``fields: {Phone: null}``).
"""

from __future__ import annotations

import os
from pathlib import Path

from connector.config.document import Document, read_document
from connector.config.files import SHIPPED, absolute, is_file, linked
from connector.config.layers import laid, without
from connector.config.places import Place
from connector.config.problems import Problem
from connector.config.wording import found, quoted
from connector.config.yaml_files import no_file

_CRMS = {"salesforce", "hubspot"}
_ENTIRE: tuple[Place, ...] = (("fields", "*", "as"), ("select", "where"))


def read_extended(file: Path, name: str, folder: Path, inside: tuple[Path, ...] = ()) -> tuple[Document, list[Problem]]:
    """A mapping file laid over what it extends, and what is wrong with either as YAML.

    ``name``: how messages spell the file. ``folder``: what they spell the extended files relative to. The document is
    not ``whole`` where some of it cannot be read.
    """
    document, problems = read_document(file, name)
    base = document.get("extends")
    if not document.whole or base is None:
        return (without(document, "extends") if document.whole else document), problems
    below, wrong = _extended(document, base, file, folder, (*inside, file))
    above = without(document, "extends")
    return (laid(below, above, entire=_ENTIRE) if below.whole else below), [*problems, *wrong]


def _extended(
    document: Document, base: object, file: Path, folder: Path, inside: tuple[Path, ...]
) -> tuple[Document, list[Problem]]:
    """What the file extends; not whole where there is no such thing."""
    unread = Document(document.name, None, whole=False)
    if not isinstance(base, str) or not base:
        return unread, [document.problem(("extends",), f"expected the path of a mapping file, found {found(base)}")]
    target = linked(absolute(base, file.parent))
    if not is_file(target):
        return unread, [document.problem(("extends",), no_file(base, file.parent))]
    if target in inside:
        return unread, [document.problem(("extends",), f"{quoted(base)} extends itself")]
    below, problems = read_extended(target, _named(base, target, folder), folder, inside)
    own, other = document.get("crm"), below.get("crm")
    if {own, other} == _CRMS:
        sentence = f"{quoted(base)} is a mapping for {other}, this one is for {own}"
        problems = [*problems, document.problem(("extends",), sentence)]
    return below, problems


def _named(base: str, target: Path, folder: Path) -> str:
    """A file as messages about the configuration in ``folder`` spell it."""
    if base.startswith(SHIPPED) or not target.is_relative_to(folder.parent):
        return base if base.startswith(SHIPPED) else str(target)
    return Path(os.path.relpath(target, folder)).as_posix()
