"""Whether two values of a CRM field mean the same: what is equal here is never written.

Read by ``diff``. The normal forms of phones, e-mails, domains, names and companies are gathered here for the
rooms above.
"""

from __future__ import annotations

from collections.abc import Callable

from connector.mapping.addresses import normal_domain, normal_email, normal_linkedin, url_key
from connector.mapping.options import find_option, split_options
from connector.mapping.phones import normal_phone, same_phone
from connector.mapping.scalars import plain_text, read_boolean, read_instant, read_number
from connector.models import FieldInfo, FieldType, Value, is_blank
from connector.naming import collapse, normal_company, normal_name

__all__ = [
    "normal_company",
    "normal_domain",
    "normal_email",
    "normal_linkedin",
    "normal_name",
    "normal_phone",
    "same",
]

_Scalar = str | int | float | bool
_Key = Callable[[_Scalar, FieldInfo], object]


def same(a: Value, b: Value, info: FieldInfo, *, region: str | None = None) -> bool:
    """Whether two values mean the same in this field; ``region`` is the country to read national phones by.

    By the field's type: text without regard to case and white space (web addresses as such, wherever they
    stand); phones as ``same_phone`` says; numbers, booleans and times by value in any spelling, times to the
    second and dates by their day in UTC; picklists by option, value or label; multi-selects as sets. What
    cannot be read as its type is compared as text. Blank equals blank alone. Reflexive and symmetric.

    >>> same("364", 364.0, FieldInfo("Employees", "Employees", "integer"))
    True
    """
    if a is None or b is None or is_blank(a) or is_blank(b):
        return is_blank(a) and is_blank(b)
    if info.type == "phone":
        return same_phone(plain_text(a), plain_text(b), region)
    key = _KEYS.get(info.type, _text_key)
    return key(a, info) == key(b, info)


def untouched(current: Value, ours: Value, info: FieldInfo, *, region: str | None = None) -> bool:
    """Placeholder."""
    return same(current, ours, info, region=region)


def _text_key(value: _Scalar, info: FieldInfo) -> object:
    text = collapse(plain_text(value))
    return url_key(text) or collapse(text.casefold())


def _number_key(value: _Scalar, info: FieldInfo) -> object:
    number = read_number(value)
    return _text_key(value, info) if number is None else number


def _boolean_key(value: _Scalar, info: FieldInfo) -> object:
    truth = read_boolean(value)
    return _text_key(value, info) if truth is None else truth


def _date_key(value: _Scalar, info: FieldInfo) -> object:
    instant = read_instant(value)
    return instant.date() if instant else _text_key(value, info)


def _instant_key(value: _Scalar, info: FieldInfo) -> object:
    return read_instant(value) or _text_key(value, info)


def _option_key(value: _Scalar, info: FieldInfo) -> object:
    text = plain_text(value).strip()
    option = find_option(info, text)
    return ("option", option.value) if option else collapse(text).casefold()


def _options_key(value: _Scalar, info: FieldInfo) -> object:
    return frozenset(_option_key(entry, info) for entry in split_options(plain_text(value)))


_KEYS: dict[FieldType, _Key] = {
    "number": _number_key,
    "integer": _number_key,
    "boolean": _boolean_key,
    "date": _date_key,
    "datetime": _instant_key,
    "picklist": _option_key,
    "multipicklist": _options_key,
}
