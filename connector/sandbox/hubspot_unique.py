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
        self._holders: dict[str, dict[str, str]] = {name: {} for name in spec.unique}
        for row in rows:
            self._take(row)

    def holder(self, name: str, value: str) -> str | None:
        """The id of the record that holds a value."""
        return self._holders.get(name, {}).get(_folded(name, value))

    def move(self, before: Row, after: Row) -> None:
        """A record changed."""
        for name, value in self._held(before):
            if self._holders[name].get(value) == before["id"]:
                del self._holders[name][value]
        self._take(after)

    def _take(self, row: Row) -> None:
        for name, value in self._held(row):
            self._holders[name][value] = row["id"]

    def _held(self, row: Row) -> Iterator[tuple[str, str]]:
        for name in self._holders:
            held = [row["properties"].get(name, "")]
            if self._spec.name == CONTACTS.name and name == "email":
                held += row["properties"].get(MORE_EMAILS, "").split(";")
            yield from ((name, _folded(name, value)) for value in held if value)


def _folded(name: str, value: str) -> str:
    folded = value.casefold() if name == "email" else value
    return value if folded == value else folded  # the record's own text, not a second one of the same letters
