"""What the user of a Salesforce org may not do, as the describe of an object tells it, and where the right is given.

https://help.salesforce.com/s/articleView?id=platform.perm_sets_object_perms_edit.htm
"""

from __future__ import annotations

from collections.abc import Sequence

from connector.crm.base import Lack, Rights

from .describe import ObjectSchema

_WHERE = "in Setup, open a permission set of the integration user"


def rights_of(schema: ObjectSchema, edits: Sequence[str]) -> Rights:
    """The rights to a described object; without that to edit its records, those to its fields are worth nothing."""
    if schema.locked:
        what = f"this user may not edit any {schema.name}"
        return Rights((Lack(what, f"{_WHERE}, Object Settings, {schema.name}: grant Edit"),))
    return Rights(tuple(_lack(schema, name) for name in dict.fromkeys(edits) if name in schema.withheld))


def _lack(schema: ObjectSchema, name: str) -> Lack:
    mend = f"{_WHERE}, Object Settings, {schema.name}, Field Permissions: grant Edit Access to {name}"
    return Lack(f"this user may not edit {schema.name}.{name}", mend, name)
