"""A value of Lusha's brought into its CRM field, and whether the CRM holds that value already in another spelling.

Read by ``diff``. All pure. A value that cannot be fitted raises ``Unfit``: it is reported and not written.

``context`` carries what a value alone does not tell: the record's own values by field path (for ``region_from``), and
under ``REGION`` the person's or company's country, as an ISO code or a name. Either may be missing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from connector.mapping.conform import Unfit, conform, meaningful
from connector.mapping.spelling import REGION, Context, Target
from connector.mapping.transforms import TRANSFORMS
from connector.mapping.values import same
from connector.models import FieldInfo, FieldType, Value, is_blank

__all__ = ["REGION", "Context", "Unfit", "alike", "default_transforms", "fit"]

Transforms = Sequence[tuple[str, Any]]

_BY_TYPE: Mapping[FieldType, str] = {"phone": "phone", "email": "email", "url": "url"}
_PLACES = {
    "country": frozenset({"location.country", "location.country_iso2"}),
    "state": frozenset({"location.state", "location.state_code"}),
}


def fit(
    value: Any,
    info: FieldInfo,
    transforms: Transforms,
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
    if found is not None and (steps := transforms or default_transforms(info)):
        found = _transformed(found, steps, Target(info, context))
    return None if found is None else conform(found, info, on_too_long)


def _transformed(found: Any, steps: Transforms, target: Target) -> Any:
    for name, argument in steps:
        if found is None:
            return None
        transform = TRANSFORMS[name]
        found = transform(found, argument, target)
        found = _without_nothing(found) if transform.crm_words else meaningful(found)
    return found


def _without_nothing(value: Any) -> Any:
    """The CRM's words but for null: Unknown is one of them, where a mapping says so."""
    if isinstance(value, list):
        return [item for item in value if not is_blank(item)] or None
    return None if is_blank(value) else value


def default_transforms(info: FieldInfo, reads: Collection[str] = ()) -> tuple[tuple[str, Any], ...]:
    """What an unset ``as:`` means for this field; ``reads``: the attributes that fill it.

    By the field's type phone, email and url; a picklist that a country or state fills gets its own option for it.
    Others need no transform beyond their own shape.
    """
    if info.type in ("picklist", "multipicklist"):
        names = (name for name, attributes in _PLACES.items() if reads and attributes.issuperset(reads))
        return tuple((name, None) for name in names)
    return ((_BY_TYPE[info.type], None),) if info.type in _BY_TYPE else ()


def alike(a: Value, b: Value, info: FieldInfo, transforms: Transforms, *, context: Context) -> bool:
    """Whether two values of a field mean the same: as ``values.same``, or as a transform of the field reads them.

    What a person typed in another spelling is no change: "USA" in a text field with ``as: country`` is Lusha's
    "United States". Asked of Lusha's value and the CRM's alone: whether a value is still *ours*
    (``values.untouched``) is judged without it, since who writes USA for our United States has made it theirs.
    Words of a ``picklist`` map are translated, not spelled, and do not count; nor does a cut. Symmetric.

    >>> alike("USA", "United States", FieldInfo("Land", "Land", "text"), [("country", None)], context={})
    True
    """
    target = Target(info, context)
    if same(a, b, info, region=target.country):
        return True
    if is_blank(a) or is_blank(b):
        return False
    likenesses = ((TRANSFORMS[name].alike, argument) for name, argument in transforms)
    return any(likeness(a, b, argument, target) for likeness, argument in likenesses if likeness)
