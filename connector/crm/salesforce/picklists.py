"""Which options of a picklist go with which values of its controller, and state and country fields. Pure.

``validFor`` of an option is a set of bits in base64, one for each value of the controlling field in the order of its
own picklistValues, the first in the highest bit; of a checkbox, false then true.
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_describesobjects_describesobjectresult.htm

With state and country picklists switched on, each address has ``…CountryCode`` and ``…StateCode``, picklists by ISO
code, beside the old text fields, which take the integration values of the same options and no other text. Describe
tells no integration values; they are the labels unless an administrator changed them, and what is none is refused. A
code may be listed several times, once for each country that has such a state.
https://help.salesforce.com/s/articleView?id=xcloud.admin_state_country_picklists_field_syncing.htm
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from connector.models import Dependency, FieldInfo, Option

Raw = Mapping[str, Any]
_Word = Literal["value", "label"]
_CODES = ("StateCode", "CountryCode")
_CHECKBOX = ("false", "true")


def options_of(raw: Raw) -> tuple[Option, ...]:
    """The options that a field's describe offers: the active ones."""
    return tuple(Option(_word(one, "value"), _word(one, "label")) for one in _active(raw))


def dependency(raw: Raw, fields: Mapping[str, Raw], by: _Word = "value") -> tuple[Dependency, ...]:
    """What a field's describe says of its controller; nothing where the user may not see that one.

    ``by``: the word of an option, and of the controller's, that a record holds.
    """
    ruler = fields.get(str(raw.get("controllerName")))
    if not raw.get("dependentPicklist") or ruler is None:
        return ()
    bits = [(_word(one, by), _bits(one.get("validFor"))) for one in _active(raw)]
    allowed = {
        name: tuple(word for word, of in bits if _is_set(of, place)) for place, name in enumerate(_rulers(ruler, by))
    }
    return (Dependency(str(ruler["name"]), allowed),)


def with_places(fields: Mapping[str, FieldInfo], raw: Mapping[str, Raw]) -> Mapping[str, FieldInfo]:
    """The fields, the texts of an address being picklists of labels where the address has codes."""
    coded = {name.removesuffix("Code"): raw[name] for name, info in fields.items() if _is_code(info)}
    return {name: _by_label(info, coded[name], raw) if name in coded else info for name, info in fields.items()}


def _is_code(info: FieldInfo) -> bool:
    return info.name.endswith(_CODES) and bool(info.options)


def _by_label(info: FieldInfo, code: Raw, raw: Mapping[str, Raw]) -> FieldInfo:
    labels = dict.fromkeys(_word(one, "label") for one in _active(code))
    depends = tuple(
        replace(one, controller=one.controller.removesuffix("Code")) for one in dependency(code, raw, by="label")
    )
    options = tuple(Option(label, label) for label in labels)
    return replace(info, type="picklist", options=options, restricted=True, depends=depends)


def _active(raw: Raw) -> Sequence[Raw]:
    return [one for one in raw.get("picklistValues") or () if one.get("active", True)]


def _rulers(raw: Raw, by: _Word) -> Sequence[str]:
    if raw.get("type") == "boolean":
        return _CHECKBOX
    return [_word(one, by) for one in raw.get("picklistValues") or ()]  # inactive ones have their place too


def _word(option: Raw, by: _Word) -> str:
    return str(option.get(by) or option["value"])


def _bits(valid_for: object) -> bytes:
    try:
        return base64.b64decode(valid_for, validate=True) if isinstance(valid_for, str) else b""
    except binascii.Error:
        return b""


def _is_set(bits: bytes, place: int) -> bool:
    return place // 8 < len(bits) and bool(bits[place // 8] & (0x80 >> place % 8))
