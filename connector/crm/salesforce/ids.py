"""Record ids in Salesforce's two spellings. Imports nothing: whoever has an id typed needs no client.

https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/field_types.htm
"""

from __future__ import annotations

import re

_ID = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")


def is_id(text: str) -> bool:
    """Whether ``text`` is a record id in either spelling: 15 characters, or 18 with the check letters."""
    return _ID.fullmatch(text) is not None


def long_id(id: str) -> str:
    """A record id of 15 letters with its three check letters, as Salesforce's APIs tell it; any other as it is.

    Each check letter says which of five letters are capitals.

    >>> long_id("0035g00000AbCdE")
    '0035g00000AbCdEAAV'
    """
    if len(id) != 15 or not is_id(id):
        return id
    fives = (id[start : start + 5] for start in (0, 5, 10))
    capitals = (sum(letter.isupper() << place for place, letter in enumerate(five)) for five in fives)
    return id + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits] for bits in capitals)
