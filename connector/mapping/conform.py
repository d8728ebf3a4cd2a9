"""What a CRM field can hold: a value brought into the field's own type and limits, or refused with the reason.

The last step of ``transforms.fit``. Nothing is made up on the way: half a date is no date, and a word that is no
option of a restricted picklist is not written. Of a list in a multi-select, the options are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from connector.mapping.names import is_placeholder
from connector.mapping.options import find_option, split_options
from connector.mapping.scalars import plain_text, read_boolean, read_instant, read_number
from connector.models import FieldInfo, FieldType, Value
from connector.naming import collapse

LIST_SEPARATOR = "; "
_Scalar = str | int | float | bool
_LIST = (list, tuple)


class Unfit(ValueError):
    """A value that cannot be fitted into its field: it is not written, and ``reason`` is reported."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def meaningful(value: Any) -> Any:
    """The value without what stands for "no data": None for blanks and placeholders, lists without such items."""
    if isinstance(value, str):
        return None if is_placeholder(value) else value.strip()
    if isinstance(value, _LIST):
        items = [item for item in map(meaningful, value) if item is not None]
        return items or None
    return None if value == {} else value


def scalar(value: Any) -> _Scalar:
    """The value itself if it is text, a finite number or a boolean; Unfit for an object or a nested list."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict):
        raise Unfit("an object or a nested list cannot be written; name one of its attributes")
    if isinstance(value, float) and read_number(value) is None:
        raise Unfit(f"{value} is not a number")
    if not isinstance(value, int | float):
        raise Unfit(f"a value of type {type(value).__name__} cannot be written")
    return value


def as_items(value: Any) -> list[Any]:
    """The value as a list: a list as it is, anything else as its only item."""
    return list(value) if isinstance(value, _LIST) else [value]


def as_text(value: Any, separator: str = LIST_SEPARATOR) -> str:
    """Text of a value: lists joined, numbers in their shortest form."""
    if isinstance(value, str):
        return value
    return separator.join(plain_text(scalar(item)) for item in as_items(value))


def as_integer(value: _Scalar) -> int:
    """A whole number; Unfit for text that is none and for fractions, which are never rounded."""
    number = read_number(value)
    if number is None or number != number.to_integral_value():
        raise Unfit(f"'{plain_text(value)}' is not a whole number")
    return int(number)


def as_number(value: _Scalar) -> int | float:
    """A number, as int where it is whole."""
    number = read_number(value)
    if number is None:
        raise Unfit(f"'{plain_text(value)}' is not a number")
    return int(number) if number == number.to_integral_value() else float(number)


def conform(value: Any, info: FieldInfo, on_too_long: Literal["skip", "cut"] = "skip") -> Value:
    """A meaningful value as the field stores it; raises Unfit. A single-valued field takes a list's first item."""
    as_it_is = isinstance(value, str) and info.type in _TEXTS
    fitted: Value = value if as_it_is else _SHAPES.get(info.type, _first_text)(value, info)
    if not isinstance(fitted, str) or not info.length or len(fitted) <= info.length:
        return fitted
    return _shortened(fitted, info, info.length, on_too_long)


def _first(value: Any) -> _Scalar:
    return value if isinstance(value, str) else scalar(as_items(value)[0])


def _text(value: Any, info: FieldInfo) -> Value:
    return as_text(value)


def _first_text(value: Any, info: FieldInfo) -> Value:
    return plain_text(_first(value))


def _other(value: Any, info: FieldInfo) -> Value:
    return _first(value)


def _integer(value: Any, info: FieldInfo) -> Value:
    return as_integer(_first(value))


def _number(value: Any, info: FieldInfo) -> Value:
    return as_number(_first(value))


def _boolean(value: Any, info: FieldInfo) -> Value:
    truth = read_boolean(_first(value))
    if truth is None:
        raise Unfit(f"'{plain_text(_first(value))}' is neither true nor false")
    return truth


def _date(value: Any, info: FieldInfo) -> Value:
    return _instant(value, "date").date().isoformat()


def _datetime(value: Any, info: FieldInfo) -> Value:
    return _instant(value, "time").replace(tzinfo=None).isoformat() + "Z"


def _instant(value: Any, what: str) -> datetime:
    instant = read_instant(_first(value))
    if instant is None:
        raise Unfit(f"'{plain_text(_first(value))}' is not a complete {what}")
    return instant


def _option(value: Any, info: FieldInfo) -> Value:
    text = collapse(plain_text(_first(value)))
    option = find_option(info, text)
    if option is None and info.restricted:
        raise Unfit(f"'{text}' is not an option of {info.label}")
    return option.value if option else text


def _options(value: Any, info: FieldInfo) -> Value:
    entries = [entry for item in as_items(value) for entry in split_options(plain_text(scalar(item)))]
    options = [entry for entry in entries if not info.restricted or find_option(info, entry)]
    chosen = dict.fromkeys(str(_option(entry, info)) for entry in options or entries)
    return ";".join(chosen) or None


_TEXTS: frozenset[FieldType] = frozenset({"text", "phone", "email", "url", "other"})
"""Fields that take any text as it is."""
_SHAPES: dict[FieldType, Callable[[Any, FieldInfo], Value]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "picklist": _option,
    "multipicklist": _options,
    "other": _other,
}


def _shortened(text: str, info: FieldInfo, length: int, on_too_long: Literal["skip", "cut"]) -> str:
    if on_too_long == "cut" and info.type == "text" and not _is_address(text):
        return cut_text(text, length)
    raise Unfit(f"{len(text)} characters, the field takes {length}")


def _is_address(text: str) -> bool:
    """Half a web or e-mail address leads nowhere, so it is never cut."""
    return not any(letter.isspace() for letter in text) and ("://" in text or "@" in text)


def cut_text(text: str, length: int) -> str:
    """At most ``length`` characters, ending with a whole word where that keeps at least half of them.

    >>> cut_text("Vice President of Sales", 18), cut_text("Donaudampfschiff", 5)
    ('Vice President of', 'Donau')
    """
    if len(text) <= length:
        return text
    head = text[:length]
    if not text[length].isspace():
        words, space, _ = head.rpartition(" ")
        head = words if space and len(words) * 2 >= length else head
    return head.rstrip(" \t\r\n,;:-–(&/") or text[:length]
