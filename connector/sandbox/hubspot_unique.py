"""Which record holds a unique value in the sandbox's HubSpot portal. Stands below ``hubspot_records``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connector.sandbox.hubspot_schema import CONTACTS, HubSpotType
from connector.sandbox.tables import Row

MORE_EMAILS = "hs_additional_emails"
"""A contact is found by these as well, and nobody else may take them; joined with ``;``."""


class UniqueValues:
    """The unique values of one object type. E-mails are the same in any case."""

    def __init__(self, spec: HubSpotType, rows: Iterable[Row]) -> None:
        self._spec = spec
        self._holders: dict[tuple[str, str], str] = {}
        for row in rows:
            self._take(row)

    def holder(self, name: str, value: str) -> str | None:
        """The id of the record that holds a value."""
        return self._holders.get(_key(name, value))

    def move(self, before: Row, after: Row) -> None:
        """A record changed."""
        for key in self._keys(before):
            if self._holders.get(key) == before["id"]:
                del self._holders[key]
        self._take(after)

    def _take(self, row: Row) -> None:
        for key in self._keys(row):
            self._holders[key] = row["id"]

    def _keys(self, row: Row) -> Iterator[tuple[str, str]]:
        for name in self._spec.unique:
            held = [row["properties"].get(name, "")]
            if self._spec.name == CONTACTS.name and name == "email":
                held += row["properties"].get(MORE_EMAILS, "").split(";")
            yield from (_key(name, value) for value in held if value)


def _key(name: str, value: str) -> tuple[str, str]:
    return name, value.casefold() if name == "email" else value
