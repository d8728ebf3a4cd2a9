"""A mark over a mapping's rules and its fields' schema: while it stays, what was read and refused stays so. Pure.

One part of a schema may not be told for a while: which options go with which kind of record (``Dependency.untold``). A
mark that came and went with it would have everything read again, and all that was refused tried again, at the end of
each outage. So that part has a half of its own. While it is not told, it agrees with every other, and whoever keeps a
mark keeps that half of the last whole schema: a real change of it is seen once all is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from connector.models import FieldInfo


@dataclass(frozen=True, slots=True)
class Mark:
    """``firm``: over all but the kinds of records. ``kinds``: over which options go with which kind; "" where nothing
    depends on it, None while the CRM does not tell it of every kind. Hexadecimal."""

    firm: str
    kinds: str | None = ""

    def agrees(self, kept: str) -> bool:
        """Whether nothing changed, as far as can be told, since a mark was kept."""
        firm, _, kinds = kept.partition(".")
        return firm == self.firm and self.kinds in (None, kinds)

    def to_keep(self, before: str = "") -> str:
        """The mark as it is kept, in the place of what was kept ``before``."""
        kinds = before.partition(".")[2] if self.kinds is None else self.kinds
        return f"{self.firm}.{kinds}" if kinds else self.firm

    def beside(self, *rules: object) -> Mark:
        """Over these as well."""
        return replace(self, firm=_digest((self.firm, *rules), 12))


def mark_of(fields: Sequence[tuple[FieldInfo, str]]) -> Mark:
    """The mark over fields as the schema has them, each with its rule in words."""
    firm = sorted((info.name, repr(_without_kinds(info)), rule) for info, rule in fields)
    by_kind = [(info.name, one) for info, _ in fields for one in info.depends if one.names]
    if any(one.untold for _, one in by_kind):
        return Mark(_digest(firm, 12), None)
    kinds = sorted((name, sorted(one.allowed.items())) for name, one in by_kind)
    return Mark(_digest(firm, 12), _digest(kinds, 8) if kinds else "")


def _without_kinds(info: FieldInfo) -> FieldInfo:
    return replace(info, depends=tuple(one for one in info.depends if not one.names)) if info.depends else info


def _digest(value: object, digits: int) -> str:
    return sha256(repr(value).encode()).hexdigest()[:digits]
