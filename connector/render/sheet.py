"""``show RUN --csv``: one line for each change, for people with spreadsheets."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from connector.models import Value
from connector.render.explain import NOT_KEPT, credits
from connector.store.explain import Told

COLUMNS = (
    "run", "written_by", "at", "org", "object", "record", "field", "before", "after", "state", "outcome", "reason",
    "policy", "attribute", "lusha_id", "credits",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_PHONE = re.compile(r"\+[\d ().\-/\u00a0]*\d[\d ().\-/\u00a0]*")


class _Echo:
    """Gives each line back instead of writing it anywhere."""

    def write(self, line: str) -> str:
        return line


def lines(changes: Iterable[Told]) -> Iterator[str]:
    """The header, then a line for each change; nothing is held back."""
    writer = csv.writer(_Echo(), lineterminator="\n")
    yield writer.writerow(COLUMNS)
    for one in changes:
        yield writer.writerow([safe(cell) for cell in _cells(one)])


def _cells(one: Told) -> tuple[Value, ...]:
    before, after = (one.before, one.after) if one.kept else (NOT_KEPT, NOT_KEPT)
    paid = credits(one.paid) if one.paid and one.paid.credits is not None else None
    return (
        one.run, one.written_by, one.at, one.org, one.object, one.record, one.field, before, after, one.state,
        one.outcome, one.reason, one.policy, one.attribute, one.lusha_id, paid,
    )  # fmt: skip


def safe(value: Value) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before what could be one.

    Phone numbers (a plus, digits and their punctuation) stay as they are: nothing can be called with digits alone.
    https://owasp.org/www-community/attacks/CSV_Injection

    >>> safe("=HYPERLINK(1)"), safe("+1 (555) 010-0001"), safe(-5), safe(None)
    ("'=HYPERLINK(1)", '+1 (555) 010-0001', '-5', '')
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{value}" if value.startswith(_FORMULA) and not _PHONE.fullmatch(value) else value
