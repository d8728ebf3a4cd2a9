"""The transforms that ``as:`` may name: one table, which the validator, the fitting and the docs read.

``TRANSFORMS`` says of each what it does (``spelling``), what its argument may be (``arguments``), and which two
spellings of a value it takes for one: those are no change (``fitting.alike``).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.mapping import arguments, spelling
from connector.mapping.conform import Unfit
from connector.mapping.spelling import Function, Likeness, Target, alike_by


@dataclass(frozen=True, slots=True)
class Transform:
    """One word for ``as:`` in a mapping.

    ``takes`` says in words what its argument may be, ``accepts`` decides it; ``alike``: whether two spellings are one
    value, None where the transform does not spell but translate or cut; ``each``: a list is transformed item by item,
    and items that do not fit are left out as long as one does; ``crm_words``: what comes out are words of the CRM, so
    that one which says "no data" when Lusha writes it (Unknown, na) is meant.
    """

    name: str
    doc: str
    takes: str
    accepts: Callable[[Any], bool]
    function: Function
    alike: Likeness | None = None
    each: bool = True
    crm_words: bool = False

    def __call__(self, value: Any, argument: Any, target: Target) -> Any:
        """Transform a meaningful value; raises Unfit."""
        if isinstance(value, str) or not self.each or not isinstance(value, list | tuple):
            return self.function(value, argument, target)
        fitting, reasons = [], []
        for item in value:
            try:
                fitting.append(self.function(item, argument, target))
            except Unfit as unfit:
                reasons.append(unfit)
        if reasons and not fitting:
            raise reasons[0]
        return fitting


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


def order_problem(steps: Sequence[tuple[str, Any]]) -> str | None:
    """Why transforms cannot follow each other; None where they may.

    >>> order_problem([("join", None), ("picklist", {"C-Suite": "Executive"})])
    'picklist stands behind join, which makes one text of a list: its items are no longer known; put picklist first'
    """
    names = [name for name, _ in steps]
    for number, name in enumerate(names):
        if name in names[:number]:
            return f"{name} stands twice; take one out"
        if "join" in names[:number] and TRANSFORMS[name].each and name not in _ANY_TEXT:
            return (
                f"{name} stands behind join, which makes one text of a list: its items are no longer known; put {name} "
                "first"
            )
    return None


def fields_read(transforms: Sequence[tuple[str, Any]]) -> frozenset[str]:
    """The record's fields that transforms read beside their own value: the engine reads these too."""
    regions = (argument for name, argument in transforms if name == "phone" and isinstance(argument, Mapping))
    return frozenset(argument["region_from"] for argument in regions if "region_from" in argument)


_TABLE = (
    Transform(
        "phone",
        "A phone number as E.164 (+442079460123), with ' ext. 12' after it where it has an extension.",
        "nothing, {region: DE} or {region_from: FIELD}",
        arguments.is_region,
        spelling.phone,
        spelling.alike_phones,
    ),
    Transform(
        "email",
        "An e-mail address in lower case.",
        "no argument",
        arguments.nothing,
        spelling.email,
        alike_by(spelling.email),
    ),
    Transform(
        "domain",
        "The domain of a web or e-mail address, without www.",
        "no argument",
        arguments.nothing,
        spelling.domain,
        alike_by(spelling.domain),
    ),
    Transform(
        "url",
        "A web address, with https:// in front of a bare domain.",
        "no argument",
        arguments.nothing,
        spelling.url,
        alike_by(spelling.url),
    ),
    Transform(
        "linkedin_url",
        "A LinkedIn page as https://www.linkedin.com/in/NAME or /company/NAME.",
        "no argument",
        arguments.nothing,
        spelling.linkedin_url,
        alike_by(spelling.linkedin_url),
    ),
    Transform(
        "country",
        "A country: the field's own option for it, else its English name; or its ISO 3166 code.",
        "nothing, alpha_2, alpha_3 or name: {country: alpha_2}",
        arguments.one_of("alpha_2", "alpha_3", "name"),
        spelling.country,
        spelling.alike_countries,
        crm_words=True,
    ),
    Transform(
        "state",
        "A state or region of the person's country: the field's own option for it, else its name; or its ISO 3166-2 "
        "code within the country.",
        "nothing, code or name: {state: code}",
        arguments.one_of("code", "name"),
        spelling.state,
        spelling.alike_states,
        crm_words=True,
    ),
    Transform(
        "picklist",
        "Lusha's words replaced by the CRM's; words that are not listed pass, words mapped to null are not written.",
        "a map from Lusha's words to the CRM's, yes and no in quotes: {picklist: {C-Suite: Executive}}",
        arguments.is_word_map,
        spelling.picklist,
        crm_words=True,
    ),
    Transform(
        "int",
        "A whole number; fractions are refused, not rounded.",
        "no argument",
        arguments.nothing,
        spelling.integer,
        alike_by(spelling.integer),
    ),
    Transform("number", "A number.", "no argument", arguments.nothing, spelling.number, alike_by(spelling.number)),
    Transform(
        "date",
        "A day as YYYY-MM-DD (UTC) from a date or a time; half a date is refused.",
        "no argument",
        arguments.nothing,
        spelling.date,
        alike_by(spelling.date),
    ),
    Transform(
        "text",
        "Text; lists joined with '; ', cut at a word to the length given.",
        "nothing, or the most characters: {text: 80}",
        arguments.is_length,
        spelling.text,
        each=False,
    ),
    Transform(
        "join",
        "A list as one text with a separator, '; ' unless given.",
        'nothing, or a separator in quotes: {join: ", "}',
        arguments.is_separator,
        spelling.join,
        each=False,
    ),
    Transform(
        "title_case",
        "Text without small letters, or without capitals, in the case of a title; other text as it is.",
        "no argument",
        arguments.nothing,
        spelling.title_case,
        alike_by(spelling.title_case),
    ),
)

_ANY_TEXT = frozenset({"title_case"})
"""What does as well with many words as with one."""
TRANSFORMS: Mapping[str, Transform] = {transform.name: transform for transform in _TABLE}
"""Every transform by the name that ``as:`` uses."""
