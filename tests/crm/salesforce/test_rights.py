"""What a describe tells of rights, and what nobody could be given."""

from __future__ import annotations

from typing import Any

import pytest

from connector.crm.salesforce.describe import object_schema
from connector.crm.salesforce.rights import rights_of


def lacking(fields: list[dict[str, Any]], **object: Any) -> list[tuple[str, str | None]]:
    schema = object_schema("Contact", {"fields": fields, **object})
    rights = rights_of(schema, [field["name"] for field in fields])
    return [(lack.what, lack.field) for lack in rights.lacks]


@pytest.mark.parametrize(
    ("field", "lacks"),
    [
        ({"updateable": True, "permissionable": True}, False),
        ({"updateable": False, "permissionable": True}, True),
        ({"updateable": False, "permissionable": False}, False),  # the system's own: CreatedDate
        ({"updateable": False}, False),  # not told
        ({"updateable": False, "permissionable": True, "calculated": True}, False),
        ({"updateable": False, "permissionable": True, "autoNumber": True}, False),
        ({"updateable": False, "permissionable": True, "type": "address"}, False),
    ],
)
def test_only_what_somebody_could_give_is_a_right(field: dict[str, Any], lacks: bool) -> None:
    found = lacking([{"name": "Title", "type": "string", **field}])
    assert found == ([("this user may not edit Contact.Title", "Title")] if lacks else [])


def test_the_object_comes_before_its_fields() -> None:
    fields = [{"name": "Title", "type": "string", "updateable": False, "permissionable": True}]
    assert lacking(fields, updateable=False) == [("this user may not edit any Contact", None)]
