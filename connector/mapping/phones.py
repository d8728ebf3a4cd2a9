"""Phone numbers in one spelling, through Google's metadata (https://github.com/daviddrysdale/python-phonenumbers).

Stands below ``values`` and ``transforms``. Parsing is slow next to everything else in this room, so it is cached; and
the metadata is imported with the first number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from connector.countries import country_code

_PLAIN = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
NO_COUNTRY = "no country to read a national number by"
NOT_A_NUMBER = "not a phone number"
NOT_POSSIBLE = "not a possible phone number"


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as read: ``text`` is E.164 with its extension; where it is None, ``problem`` says why."""

    text: str | None
    country_code: int | None = None
    problem: str | None = None


@lru_cache(maxsize=8192)
def read_phone(text: str, region: str | None = None) -> Reading:
    """Read a number; one without a country of its own is read in ``region`` (ISO code or country name).

    A number must have a possible length for its country; whether it is in service is not known. A number that
    is complete only within its own town is not possible. ``00`` is the international prefix where the region
    has no other use for it.
    """
    if plain := _read_plain(text):
        return plain
    whole = re.sub(r"(?i)^tel:", "", text.strip())
    code = country_code(region)
    first = _parse(whole, code)
    if first.text is None and whole.startswith("00"):
        second = _parse("+" + whole[2:], None)
        return second if second.text else first
    return first


@dataclass(frozen=True, slots=True)
class _Plan:
    """Of a country: the lengths that its numbers may have, and what may be dialled before them."""

    country_code: int
    lengths: frozenset[int]
    dialled: re.Pattern[str] | None


def _read_plain(text: str) -> Reading | None:
    """A number in E.164 already, as Lusha writes nearly all: to be read with less. None: not so plain, or not possible.

    What its country may dial before a number (a national prefix, a carrier) must not stand at its beginning: whether it
    belongs there, ``parse`` decides.
    """
    if not _PLAIN.fullmatch(text):
        return None
    for end in (2, 3, 4):
        if (plan := _plan(int(text[1:end]))) is not None:
            national = text[end:]
            odd = len(national) not in plan.lengths or (plan.dialled is not None and plan.dialled.match(national))
            return None if odd else Reading(text, plan.country_code)
    return None


@lru_cache(maxsize=1024)
def _plan(country_code: int) -> _Plan | None:
    """What a country's numbers look like; None where it is no country code."""
    import phonenumbers

    region = phonenumbers.region_code_for_country_code(country_code)
    known = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country_code, region)
    if known is None or known.general_desc is None:
        return None
    dialled = known.national_prefix_for_parsing
    whole = {*known.general_desc.possible_length} - {*known.general_desc.possible_length_local_only}
    return _Plan(country_code, frozenset(whole), re.compile(dialled) if dialled else None)


def _parse(text: str, region: str | None) -> Reading:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        unreadable = error.error_type != phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        lacks_country = region is None and not text.startswith("+")
        return Reading(None, problem=NO_COUNTRY if lacks_country and not unreadable else NOT_A_NUMBER)
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return Reading(None, problem=NOT_POSSIBLE)
    extension = f" ext. {number.extension}" if number.extension else ""
    return Reading(
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension, number.country_code
    )


def normal_phone(text: str, region: str | None = None) -> str | None:
    """The number as E.164, with ``" ext. 12"`` after it where it has an extension; None if it cannot be read.

    >>> normal_phone("(020) 7946 0123 x12", "GB"), normal_phone("020 7946 0123")
    ('+442079460123 ext. 12', None)
    """
    return read_phone(text, region).text


def same_phone(a: str, b: str, region: str | None = None) -> bool:
    """Whether two spellings are one number; the extension counts.

    Both are read by ``region``. A number without a country of its own is also read in the other's country: a
    CRM often holds ``020 7946 0123`` where Lusha says ``+44 20 7946 0123``, and a region that
    was guessed wrongly must not make them two. Numbers that cannot be read are compared by letters and digits.
    """
    if _loose(a) == _loose(b):
        return True
    return _agree(read_phone(a, region), b, region) or _agree(read_phone(b, region), a, region)


def _agree(one: Reading, other: str, region: str | None) -> bool:
    if one.text is None or one.country_code is None:
        return False
    if read_phone(other, region).text == one.text:
        return True
    if read_phone(other).text is not None:
        return False
    import phonenumbers

    return read_phone(other, phonenumbers.region_code_for_country_code(one.country_code)).text == one.text


def _loose(text: str) -> str:
    return re.sub(r"[^\w+]|_", "", text).casefold() or text.strip()
