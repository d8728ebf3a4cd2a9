"""Whose is which company of V2's bulk answer.

The answer is a map, and the document does not say by what: our references or Lusha's ids. A map whose every key is its
own company's id is one by ids, and says nothing of our references, even where these look like ids; any other is
by references as soon as one of its keys is one. All pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connector.lusha.cleaning import bare_domain, text
from connector.models import Identity

Entry = Mapping[str, Any]


def by_identity(
    entries: Mapping[str, Entry], identities: Sequence[Identity], references: Sequence[str]
) -> list[Entry | None]:
    """The entry of each identity, None for one left out.

    By reference; where the map is not by references, by the id asked (``lushaCompanyId``, ``id`` or the key), else by
    domain, else by name without regard to case.
    """
    if _is_by_reference(entries, references):
        return [entries.get(reference) for reference in references]
    by_id = {
        **entries,
        **_index(entries, "id", text),
        **_index(entries, "lushaCompanyId", text),
    }
    by_domain = {**_index(entries, "domain", bare_domain), **_index(entries, "fqdn", bare_domain)}
    by_name = _index(entries, "name", _plain)
    found = []
    for identity in identities:
        if identity.id:
            found.append(by_id.get(identity.id))
        elif identity.domain:
            found.append(by_domain.get(bare_domain(identity.domain) or ""))
        else:
            found.append(by_name.get(_plain(identity.name) or ""))
    return found


def _is_by_reference(entries: Mapping[str, Entry], references: Iterable[str]) -> bool:
    by_ids = all(key in _ids(entry) for key, entry in entries.items())
    return not by_ids and not entries.keys().isdisjoint(references)


def _ids(entry: Entry) -> list[str]:
    return [id for name in ("lushaCompanyId", "id") if (id := text(entry.get(name)))]


def _plain(name: Any) -> str | None:
    return " ".join((text(name) or "").casefold().split()) or None


def _index(entries: Mapping[str, Entry], name: str, read: Callable[[Any], str | None]) -> dict[str, Entry]:
    """Entries by what they tell under ``name``; of two that tell the same, the first."""
    found: dict[str, Entry] = {}
    for entry in entries.values():
        if value := read(entry.get(name)):
            found.setdefault(value, entry)
    return found
