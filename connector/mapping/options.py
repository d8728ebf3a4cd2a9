"""The entries of a picklist or enumeration: which of them a text means.

Stands below ``values`` and ``conform``.
"""

from __future__ import annotations

from collections.abc import Iterator

from connector.models import FieldInfo, Option
from connector.naming import collapse


def find_option(info: FieldInfo, text: str) -> Option | None:
    """The option whose value or label the text is: exactly first, then without regard to case and white space."""
    for option in info.options:
        if option.value == text:
            return option
    wanted = collapse(text).casefold()
    by_value = (option for option in info.options if collapse(option.value).casefold() == wanted)
    by_label = (option for option in info.options if collapse(option.label).casefold() == wanted)
    return next(by_value, None) or next(by_label, None)


def split_options(text: str) -> Iterator[str]:
    """The entries of a multi-select value, which both CRMs write with semicolons between them."""
    return (entry.strip() for entry in text.split(";") if entry.strip())
