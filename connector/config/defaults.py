"""What each org is made of: ``defaults`` below its own block, and the ``lusha`` block at the top below its own.

``defaults`` holds the keys of an org, for all of them, and under ``salesforce`` and ``hubspot`` for those of one CRM.
"""

from __future__ import annotations

from pathlib import Path

from connector.config.document import Document
from connector.config.files import absolute, linked
from connector.config.layers import laid, part, placed, without
from connector.config.places import Place
from connector.config.yaml_files import is_pattern, spread

CRM_KEYS = ("salesforce", "hubspot")


def with_defaults(document: Document) -> Document:
    """The document less ``defaults``, with all that it leaves unsaid in each org filled in from them."""
    defaults = part(document, ("defaults",))
    if not isinstance(defaults.value, dict):
        defaults = Document(document.name, None)
    for place, value in document.find("orgs", "*"):
        if isinstance(value, dict):
            document = placed(document, place, _org(document, place, defaults))
    return without(document, "defaults")


def _org(document: Document, place: Place, defaults: Document) -> Document:
    own, below = part(document, place), without(defaults, *CRM_KEYS)
    crm = own.value["crm"] if "crm" in own.value else below.get("crm")
    if crm in CRM_KEYS and isinstance(defaults.get(crm), dict):
        below = laid(below, part(defaults, (crm,)))
    org = laid(below, own)
    lusha = laid(part(document, ("lusha",)), part(org, ("lusha",)))
    return org if lusha.value is None else placed(org, ("lusha",), lusha)


def with_files(document: Document, folder: Path) -> Document:
    """The document with each pattern in ``mappings`` replaced by the files that fit it and are not named already.

    A pattern that nothing fits stays, as the path of a file that is not there.
    """
    for place, paths in document.find("orgs", "*", "mappings"):
        if isinstance(paths, list) and any(isinstance(path, str) and is_pattern(path, folder) for path in paths):
            document = placed(document, place, _listed(part(document, place), folder))
    return document


def _listed(paths: Document, folder: Path) -> Document:
    """A list of paths without patterns, each at the position of what named it."""
    listed: list[tuple[object, int]] = []
    seen = {_file(path, folder) for path in paths.value if isinstance(path, str)}
    for number, path in enumerate(paths.value):
        if isinstance(path, str) and is_pattern(path, folder) and (fitting := spread(path, folder)):
            fresh = [name for name in fitting if _file(name, folder) not in seen]
            seen |= {_file(name, folder) for name in fresh}
            listed += [(name, number) for name in fresh]
        else:
            listed.append((path, number))
    return Document(
        paths.name,
        [name for name, _ in listed],
        {(): paths.position(()), **{(at,): paths.position((number,)) for at, (_, number) in enumerate(listed)}},
        references={(at,): text for at, (_, number) in enumerate(listed)
                    if (text := paths.references.get((number,))) is not None},
        unknown=frozenset((at,) for at, (_, number) in enumerate(listed) if (number,) in paths.unknown),
    )  # fmt: skip


def _file(path: str, folder: Path) -> Path:
    return linked(absolute(path, folder))
