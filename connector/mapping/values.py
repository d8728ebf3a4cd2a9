"""Whether two values of a CRM field mean the same (what is equal here is never written), and whether our own stands.

Read by ``diff`` and ``policies``. The normal forms of phones, e-mails, domains, names and companies are gathered here
for the rooms above.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

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
    "untouched",
]

_Scalar = str | int | float | bool
_Spelled = Callable[[str, FieldInfo], object]
_BEFORE_THE_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?(?://)?(?:www\.)?", re.IGNORECASE)


def same(a: Value, b: Value, info: FieldInfo, *, region: str | None = None) -> bool:
    """Whether two values mean the same in this field; ``region`` is the country to read national phones by.

    By the field's type: text without regard to case and white space (web addresses as such, wherever they
    stand); phones as ``same_phone`` says; numbers, booleans and times by value in any spelling, times to the
    second and dates by their day in UTC; picklists by option, value or label; multi-selects as sets. What
    cannot be read as its type is compared as text. Blank equals blank alone. Reflexive and symmetric.

    >>> same("364", 364.0, FieldInfo("Employees", "Employees", "integer"))
    True
    """
    return _agree(a, b, info, region, _folded)


def untouched(current: Value, ours: Value, info: FieldInfo, *, region: str | None = None) -> bool:
    """Whether a field still holds what we wrote, as far as the CRM may have spelled it anew.

    As ``same``, except that letter case counts in plain text: who makes "head of sales" "Head of Sales" has
    corrected it. No CRM rewrites the case of text; phones, e-mails, web addresses of URL fields, numbers, times and
    options it may. Reflexive and symmetric; what is untouched is ``same``.

    >>> title = FieldInfo("Title", "Title", "text")
    >>> untouched("Head of  Sales", "Head of Sales", title), untouched("Head of Sales", "head of sales", title)
    (True, False)
    """
    return _agree(current, ours, info, region, _as_spelled)


def _agree(a: Value, b: Value, info: FieldInfo, region: str | None, spelled: _Spelled) -> bool:
    if type(a) is type(b) and a == b:
        return True
    if a is None or b is None or is_blank(a) or is_blank(b):
        return is_blank(a) and is_blank(b)
    if info.type == "phone":
        return same_phone(plain_text(a), plain_text(b), region)
    return _key(a, info, spelled) == _key(b, info, spelled)


def _key(value: _Scalar, info: FieldInfo, spelled: _Spelled) -> object:
    if info.type == "picklist":
        return _option_key(plain_text(value).strip(), info, spelled)
    if info.type == "multipicklist":
        return frozenset(_option_key(entry, info, spelled) for entry in split_options(plain_text(value)))
    read = _READERS[info.type](value) if info.type in _READERS else None
    return spelled(plain_text(value), info) if read is None else read


def _folded(text: str, info: FieldInfo) -> object:
    """Text without its case, web addresses in one spelling."""
    text = collapse(text)
    return url_key(text) or collapse(text.casefold())


def _as_spelled(text: str, info: FieldInfo) -> object:
    """Text with its case, but for addresses, where case says nothing: of e-mail, of LinkedIn, of a URL field.

    A host in a text field may be a name (booking.com): there its case is a person's.
    """
    text = collapse(text)
    if info.type == "email" or normal_email(text):
        return "folded", _folded(text, info)
    address = url_key(text)
    if address is None:
        return "text", text
    typed = "" if info.type == "url" or normal_linkedin(text) else _BEFORE_THE_HOST.sub("", text, count=1)
    return "address", address, typed.rstrip("/")


def _option_key(text: str, info: FieldInfo, spelled: _Spelled) -> object:
    option = find_option(info, text)
    return ("option", option.value) if option else spelled(text, info)


def _day(value: object) -> date | None:
    instant = read_instant(value)
    return instant.date() if instant else None


_READERS: Mapping[FieldType, Callable[[object], object]] = {
    "number": read_number,
    "integer": read_number,
    "boolean": read_boolean,
    "date": _day,
    "datetime": read_instant,
}
