"""What people mean by a spelling that YAML 1.2 reads as plain text: said behind the problem that came of it.

YAML 1.1 read ``no``, ``0755`` and ``1_000`` otherwise (https://yaml.org/type/), and older tools still do.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_BOOLEANS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_SPELLED_NUMBER = re.compile(r"[+]?(0[0-9]+|[0-9]{1,3}([,_' ][0-9]{3})+|[0-9]+_[0-9]+)")
_NO_SPACE = re.compile(r"([A-Za-z_]\w*):\S")


def meant_value(text: str, types: Collection[str]) -> str:
    """What to add where ``text`` stands for a value of one of these types of JSON Schema; "" where nothing is plain.

    >>> meant_value("no", ["boolean"]), meant_value("0755", ["integer", "null"]), meant_value("lots", ["integer"])
    ("; 'no' is text, write false", '; write 755', '')
    """
    if "boolean" in types and (word := _BOOLEANS.get(text.casefold())):
        return f"; '{text}' is text, write {word}"
    if {"integer", "number"} & set(types) and len(text) <= len("1,000,000,000") and _SPELLED_NUMBER.fullmatch(text):
        return f"; write {int(re.sub('[^0-9]', '', text))}"
    if "object" in types and (match := _NO_SPACE.match(text)):
        return f"; a space is missing behind '{match[1]}:'"
    return ""


def meant_key(key: str, known: Collection[str]) -> str:
    """What to add behind an unknown key that is a known one with its value; "" where it is none.

    >>> meant_key("from:job_title.title", ["from", "policy"])
    " — a space is missing behind 'from:'"
    """
    match = _NO_SPACE.match(key)
    return f" — a space is missing behind '{match[1]}:'" if match and match[1] in known else ""
