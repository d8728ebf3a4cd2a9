"""What each transform does to one value, and which two spellings of a value it takes for one. All pure.

Read by the table in ``transforms``. A function here gets a meaningful value, the transform's argument and the
``Target``, and gives the value in its one spelling or raises ``Unfit``. Nothing is guessed: a state whose country is
not known, or half a date, does not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.countries import country_alpha_3, country_code, country_name, is_part
from connector.mapping.addresses import normal_domain, normal_email, normal_linkedin, web_address
from connector.mapping.conform import LIST_SEPARATOR, Unfit, as_integer, as_items, as_number, as_text, cut_text, scalar
from connector.mapping.options import find_option
from connector.mapping.phones import NOT_A_NUMBER, read_phone, same_phone
from connector.mapping.scalars import plain_text, read_instant
from connector.mapping.states import State, find_state, is_code_somewhere, is_state_code
from connector.mapping.titles import title_case as in_title_case
from connector.models import FieldInfo
from connector.naming import collapse

Context = Mapping[str, Any]
REGION = "@region"
"""The key of ``Context`` for the country of the person or company, by code or name; no CRM field can be called so."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a value goes: the field, and what else is known: the record's values by field path, and REGION."""

    info: FieldInfo
    context: Context

    @property
    def country(self) -> str | None:
        """The two-letter code of the country of the person or company, where it is known."""
        return country_code(str(self.context.get(REGION) or ""))


Function = Callable[[Any, Any, Target], Any]
Likeness = Callable[[Any, Any, Any, Target], bool]


def _words(value: Any) -> str:
    return collapse(plain_text(scalar(value)))


def phone(value: Any, argument: Any, target: Target) -> str:
    reading = read_phone(plain_text(scalar(value)), _region(argument, target))
    if reading.text is None:
        raise Unfit(reading.problem or NOT_A_NUMBER)
    return reading.text


def alike_phones(a: Any, b: Any, argument: Any, target: Target) -> bool:
    return same_phone(plain_text(a), plain_text(b), _region(argument, target))


def _region(argument: Any, target: Target) -> str | None:
    """The country to read a national number by: the argument's, else the person's or company's."""
    own = argument or {}
    named = own.get("region") or target.context.get(own.get("region_from", ""))
    return country_code(str(named or "")) or target.country


def email(value: Any, argument: Any, target: Target) -> str:
    address = normal_email(plain_text(scalar(value)))
    if address is None:
        raise Unfit("not an e-mail address")
    return address


def domain(value: Any, argument: Any, target: Target) -> str:
    text = plain_text(scalar(value))
    found = normal_domain(text)
    if found is None:
        raise Unfit(f"'{text}' is not a domain")
    return found


def url(value: Any, argument: Any, target: Target) -> str:
    text = plain_text(scalar(value))
    address = web_address(text)
    if address is None:
        raise Unfit(f"'{text}' is not a web address")
    return address


def linkedin_url(value: Any, argument: Any, target: Target) -> str:
    address = normal_linkedin(plain_text(scalar(value)))
    if address is None:
        raise Unfit("not the address of a LinkedIn person or company")
    return address


def country(value: Any, argument: Any, target: Target) -> str:
    """By ``argument``: alpha_2, alpha_3, name; None: the field's own option for the country, else its name."""
    text = _words(value)
    if argument is None and (option := find_option(target.info, text)):
        return option.value
    code = country_code(text)
    if code is None:
        raise Unfit(f"'{text}' is not a country")
    spellings = {"name": country_name(code), "alpha_2": code, "alpha_3": country_alpha_3(code)}
    if argument is not None:
        return spellings[argument]
    return _own_option(target.info, spellings.values(), _whole_country, code) or spellings["name"]


def _whole_country(text: str) -> str | None:
    """An option named England does not stand for the United Kingdom."""
    return None if is_part(text) else country_code(text)


def state(value: Any, argument: Any, target: Target) -> str:
    """By ``argument``: code, name; None: the field's own option for the state, else its name.

    A name stays as Lusha writes it, also one that ISO 3166-2 does not list; a code must be known: in its country, or
    where that is not known and a code is asked for, in any.
    """
    text = _words(value)
    if argument is None and (option := find_option(target.info, text)):
        return option.value
    found = find_state(text, target.country)
    if found is None:
        if argument == "code" and target.country is None and is_code_somewhere(text):
            return text.upper()
        if argument == "code" or is_state_code(text):
            raise Unfit(f"'{text}' is no state of {_where(target)}")
        return text
    if argument == "code":
        return found.code
    name = found.name if is_state_code(text) else text
    own = None if argument else _own_option(target.info, (found.name, found.code), _reader(target), found)
    return own or name


def _where(target: Target) -> str:
    return country_name(target.country) if target.country else "one country alone, and the country is not known"


def _reader(target: Target) -> Callable[[str], State | None]:
    return lambda text: find_state(text, target.country)


def _own_option(info: FieldInfo, spellings: Any, read: Callable[[str], Any], meant: Any) -> str | None:
    """The option that a spelling is, else the only one that reads as what is meant."""
    for spelling in spellings:
        if option := find_option(info, spelling):
            return option.value
    found = [option for option in info.options if meant in (read(option.value), read(option.label))]
    return found[0].value if len(found) == 1 else None


def alike_states(a: Any, b: Any, argument: Any, target: Target) -> bool:
    one, other = (find_state(collapse(plain_text(text)), target.country) for text in (a, b))
    return one is not None and one == other


def alike_countries(a: Any, b: Any, argument: Any, target: Target) -> bool:
    one, other = (country_code(plain_text(text)) for text in (a, b))
    return one is not None and one == other


def integer(value: Any, argument: Any, target: Target) -> int:
    return as_integer(scalar(value))


def number(value: Any, argument: Any, target: Target) -> int | float:
    return as_number(scalar(value))


def date(value: Any, argument: Any, target: Target) -> str:
    instant = read_instant(scalar(value))
    if instant is None:
        raise Unfit(f"'{plain_text(scalar(value))}' is not a complete date")
    return instant.date().isoformat()


def text(value: Any, argument: Any, target: Target) -> str:
    whole = as_text(value)
    return whole if argument is None else cut_text(whole, argument)


def join(value: Any, argument: Any, target: Target) -> str:
    return as_text(as_items(value), LIST_SEPARATOR if argument is None else argument)


def title_case(value: Any, argument: Any, target: Target) -> str:
    return in_title_case(plain_text(scalar(value)))


def picklist(value: Any, argument: Any, target: Target) -> Any:
    word = _words(value)
    exact = {collapse(str(theirs)): ours for theirs, ours in argument.items()}
    folded = {theirs.casefold(): ours for theirs, ours in exact.items()}
    return exact[word] if word in exact else folded.get(word.casefold(), value)


def alike_by(function: Function) -> Likeness:
    """Two spellings are alike where the transform makes one value of them; what does not fit is like nothing."""

    def alike(a: Any, b: Any, argument: Any, target: Target) -> bool:
        try:
            return bool(function(a, argument, target) == function(b, argument, target))
        except Unfit:
            return False

    return alike
