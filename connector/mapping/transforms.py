"""How an attribute becomes a field's value: the transforms that a mapping may name, and the fitting of every value.

Read by the compiler of mappings (``check_transform``, ``fields_read``), by the engine (``fit``) and by the docs
(``TRANSFORMS``). All pure. A value that cannot be fitted raises ``Unfit``: it is reported and not written.

``context`` carries what a value alone does not tell: the record's own values by field path (for ``region_from``), and
under ``REGION`` the person's or company's country, as an ISO code or a name. Either may be missing.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import phonenumbers

from connector.mapping.addresses import normal_domain, normal_email, normal_linkedin, web_address
from connector.mapping.conform import (
    LIST_SEPARATOR,
    Unfit,
    as_integer,
    as_items,
    as_number,
    as_text,
    conform,
    cut_text,
    meaningful,
    scalar,
)
from connector.mapping.phones import NOT_A_NUMBER, country, read_phone
from connector.mapping.scalars import plain_text
from connector.models import FieldInfo, FieldType, Value
from connector.naming import collapse

__all__ = ["TRANSFORMS", "Transform", "Unfit", "check_transform", "default_transforms", "fields_read", "fit"]

Context = Mapping[str, Any]
REGION = "@region"
"""The key of ``context`` for where Lusha knows the person or company; no CRM field can be called so."""


@dataclass(frozen=True, slots=True)
class Transform:
    """One word for ``as:`` in a mapping.

    ``takes`` says in words what its argument may be, ``accepts`` decides it; ``each``: a list is transformed
    item by item, and items that do not fit are left out as long as one does.
    """

    name: str
    doc: str
    takes: str
    accepts: Callable[[Any], bool]
    function: Callable[[Any, Any, Context], Any]
    each: bool = True

    def __call__(self, value: Any, argument: Any, context: Context) -> Any:
        """Transform a meaningful value; raises Unfit."""
        if not self.each or not isinstance(value, list | tuple):
            return self.function(value, argument, context)
        fitting, reasons = [], []
        for item in value:
            try:
                fitting.append(self.function(item, argument, context))
            except Unfit as unfit:
                reasons.append(unfit)
        if reasons and not fitting:
            raise reasons[0]
        return fitting


def fit(
    value: Any,
    info: FieldInfo,
    transforms: Sequence[tuple[str, Any]],
    *,
    on_too_long: Literal["skip", "cut"] = "skip",
    context: Context,
) -> Value:
    """A found attribute as the field takes it; None where there is nothing to write; raises Unfit.

    ``transforms`` run in order; without any, the field's type chooses (``default_transforms``). After them the
    field's type, its options and its length are held to in any case. ``on_too_long``: a text that is too long
    is refused (``skip``) or cut at a word (``cut``; addresses, phones and options are never cut).

    >>> title = FieldInfo("Title", "Title", "text", length=20)
    >>> fit("Vice President of Sales", title, [], on_too_long="cut", context={}), fit("N/A", title, [], context={})
    ('Vice President of', None)
    """
    found = meaningful(value)
    for name, argument in transforms or default_transforms(info):
        if found is None:
            return None
        found = meaningful(TRANSFORMS[name](found, argument, context))
    return None if found is None else conform(found, info, on_too_long)


def default_transforms(info: FieldInfo) -> tuple[tuple[str, Any], ...]:
    """What an unset ``as:`` means for this field. Other types need no transform beyond their own shape."""
    by_type: Mapping[FieldType, str] = {"phone": "phone", "email": "email", "url": "url"}
    return ((by_type[info.type], None),) if info.type in by_type else ()


def check_transform(name: str, argument: Any) -> str | None:
    """What is wrong with a transform of a mapping, as a sentence; None if nothing is.

    >>> check_transform("fone", None), check_transform("text", 0)
    ("no transform 'fone' — did you mean 'phone'?", 'text takes nothing, or the most characters: {text: 80}')
    """
    if name not in TRANSFORMS:
        close = difflib.get_close_matches(name, TRANSFORMS, n=1)
        return f"no transform '{name}' — " + (
            f"did you mean '{close[0]}'?" if close else f"known: {', '.join(TRANSFORMS)}"
        )
    transform = TRANSFORMS[name]
    return None if transform.accepts(argument) else f"{name} takes {transform.takes}"


def fields_read(transforms: Sequence[tuple[str, Any]]) -> frozenset[str]:
    """The record's fields that transforms read beside their own value: the engine reads these too."""
    arguments = (argument for name, argument in transforms if name == "phone" and isinstance(argument, Mapping))
    return frozenset(argument["region_from"] for argument in arguments if "region_from" in argument)


def _phone(value: Any, argument: Any, context: Context) -> str:
    reading = read_phone(plain_text(scalar(value)), _region(argument, context))
    if reading.text is None:
        raise Unfit(reading.problem or NOT_A_NUMBER)
    return reading.text


def _region(argument: Any, context: Context) -> str | None:
    """The country to read a national number by: the argument's, else the context's."""
    own = argument or {}
    named = own.get("region") or context.get(own.get("region_from", ""))
    return country(str(named or "")) or country(context.get(REGION))


def _email(value: Any, argument: Any, context: Context) -> str:
    address = normal_email(plain_text(scalar(value)))
    if address is None:
        raise Unfit("not an e-mail address")
    return address


def _domain(value: Any, argument: Any, context: Context) -> str:
    text = plain_text(scalar(value))
    domain = normal_domain(text)
    if domain is None:
        raise Unfit(f"'{text}' is not a domain")
    return domain


def _url(value: Any, argument: Any, context: Context) -> str:
    text = plain_text(scalar(value))
    address = web_address(text)
    if address is None:
        raise Unfit(f"'{text}' is not a web address")
    return address


def _linkedin_url(value: Any, argument: Any, context: Context) -> str:
    address = normal_linkedin(plain_text(scalar(value)))
    if address is None:
        raise Unfit("not the address of a LinkedIn person or company")
    return address


def _integer(value: Any, argument: Any, context: Context) -> int:
    return as_integer(scalar(value))


def _number(value: Any, argument: Any, context: Context) -> int | float:
    return as_number(scalar(value))


def _text(value: Any, argument: Any, context: Context) -> str:
    text = as_text(value)
    return text if argument is None else cut_text(text, argument)


def _join(value: Any, argument: Any, context: Context) -> str:
    return as_text(as_items(value), LIST_SEPARATOR if argument is None else argument)


def _picklist(value: Any, argument: Any, context: Context) -> Any:
    word = collapse(plain_text(scalar(value)))
    exact = {collapse(str(theirs)): ours for theirs, ours in argument.items()}
    folded = {theirs.casefold(): ours for theirs, ours in exact.items()}
    return exact[word] if word in exact else folded.get(word.casefold(), value)


def _nothing(argument: Any) -> bool:
    return argument is None


def _is_region(argument: Any) -> bool:
    if argument is None:
        return True
    if not isinstance(argument, Mapping) or len(argument) != 1:
        return False
    (kind, word), *_ = argument.items()
    if kind == "region":
        return isinstance(word, str) and country(word) in phonenumbers.SUPPORTED_REGIONS
    return kind == "region_from" and isinstance(word, str) and bool(word.strip())


def _is_length(argument: Any) -> bool:
    return argument is None or (isinstance(argument, int) and not isinstance(argument, bool) and argument > 0)


def _is_separator(argument: Any) -> bool:
    return argument is None or isinstance(argument, str)


def _is_word_map(argument: Any) -> bool:
    """YAML reads an unquoted ``no`` as False: a word that is a boolean was not meant as one."""
    if not isinstance(argument, Mapping) or not argument:
        return False
    words_are_words = all(isinstance(word, str | int) and not isinstance(word, bool) for word in argument)
    return words_are_words and all(ours is None or _is_word(ours) for ours in argument.values())


def _is_word(ours: Any) -> bool:
    return isinstance(ours, str | int | float) and not isinstance(ours, bool)


_TABLE = (
    Transform(
        "phone",
        "A phone number as E.164 (+442079460123), with ' ext. 12' after it where it has an extension.",
        "nothing, {region: DE} or {region_from: FIELD}",
        _is_region,
        _phone,
    ),
    Transform("email", "An e-mail address in lower case.", "no argument", _nothing, _email),
    Transform("domain", "The domain of a web or e-mail address, without www.", "no argument", _nothing, _domain),
    Transform("url", "A web address, with https:// in front of a bare domain.", "no argument", _nothing, _url),
    Transform(
        "linkedin_url",
        "A LinkedIn page as https://www.linkedin.com/in/NAME or /company/NAME.",
        "no argument",
        _nothing,
        _linkedin_url,
    ),
    Transform("int", "A whole number; fractions are refused, not rounded.", "no argument", _nothing, _integer),
    Transform("number", "A number.", "no argument", _nothing, _number),
    Transform(
        "text",
        "Text; lists joined with '; ', cut at a word to the length given.",
        "nothing, or the most characters: {text: 80}",
        _is_length,
        _text,
        each=False,
    ),
    Transform(
        "join",
        "A list as one text with a separator, '; ' unless given.",
        'nothing, or a separator in quotes: {join: ", "}',
        _is_separator,
        _join,
        each=False,
    ),
    Transform(
        "picklist",
        "Lusha's words replaced by the CRM's; words that are not listed pass, words mapped to null are not written.",
        "a map from Lusha's words to the CRM's, yes and no in quotes: {picklist: {C-Suite: Executive}}",
        _is_word_map,
        _picklist,
    ),
)

TRANSFORMS: Mapping[str, Transform] = {transform.name: transform for transform in _TABLE}
"""Every transform by the name that ``as:`` uses."""
