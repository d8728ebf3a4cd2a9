"""The duplicate rules of the sandbox's Salesforce org: none is active until a test makes one.

A rule runs when a field that it compares is written. One that alerts lets a client save all the same, by
``Sforce-Duplicate-Rule-Header: allowSave=true``; one that blocks does not.
https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from starlette.requests import Request

from connector.sandbox.salesforce_write import Refusal

_FIRST_VERSION = 52


@dataclass(frozen=True, slots=True)
class DuplicateRule:
    """Two records of ``object`` with the same values in all of ``fields`` (case and blanks aside) are duplicates."""

    object: str
    fields: tuple[str, ...]
    action: Literal["alert", "block"] = "alert"
    message: str = "Use one of these records?"

    def refuses(
        self, row: Mapping[str, Any], written: Iterable[str], others: Iterable[Mapping[str, Any]], *, allow_save: bool
    ) -> Refusal | None:
        """The refusal of ``row`` as it would be, among all records of its object."""
        if (allow_save and self.action == "alert") or not set(self.fields) & set(written):
            return None
        key = self._key(row)
        if any(self._key(one) == key for one in others if one["Id"] != row["Id"] and not one["IsDeleted"]):
            return Refusal("DUPLICATES_DETECTED", self.message) if all(key) else None
        return None

    def _key(self, row: Mapping[str, Any]) -> list[str]:
        return [str(row[name] or "").strip().casefold() for name in self.fields]


def allow_save(request: Request) -> bool:
    """Whether the client says to save what a rule only alerts to; versions before 52.0 do not know the header."""
    version = int(request.path_params["version"].removeprefix("v").partition(".")[0])
    options = request.headers.get("sforce-duplicate-rule-header", "").replace(" ", "").lower().split(";")
    return version >= _FIRST_VERSION and "allowsave=true" in options
