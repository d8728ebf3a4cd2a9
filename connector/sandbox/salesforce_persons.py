"""Person accounts of the sandbox's Salesforce org, once they are switched on: people kept as accounts of their own.

Each is an account whose Name follows from a first and a last name, with the fields of a contact under other names; a
contact stands behind it, which shows in queries and is edited through the account alone.
https://help.salesforce.com/s/articleView?id=sales.account_person.htm
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.salesforce_schema import SalesforceField, SalesforceObject
from connector.sandbox.salesforce_write import Refusal, full_name
from connector.sandbox.tables import Row

FLAG = "IsPersonAccount"
_FLAG = SalesforceField(FLAG, "Is Person Account", "boolean", updateable=False, nillable=False)
_OF_PEOPLE = (
    SalesforceField("FirstName", "First Name", length=40),
    SalesforceField("LastName", "Last Name", length=80),
    SalesforceField("PersonEmail", "Email", "email", 80),
    SalesforceField("PersonTitle", "Title", length=80),
    SalesforceField("PersonMobilePhone", "Mobile", "phone", 40),
    SalesforceField("PersonMailingCity", "Mailing City", length=40),
    SalesforceField("PersonMailingCountry", "Mailing Country", length=80),
    SalesforceField("PersonHasOptedOutOfEmail", "Email Opt Out", "boolean"),
    SalesforceField("PersonDoNotCall", "Do Not Call", "boolean"),
    SalesforceField("LinkedIn_URL__pc", "LinkedIn URL", "url", 255),
)
FIELDS: Mapping[str, tuple[SalesforceField, ...]] = {"Account": (_FLAG, *_OF_PEOPLE), "Contact": (_FLAG,)}
_NAMES = frozenset(field.name for field in _OF_PEOPLE)
_SECURITY = (
    "Unable to create/update fields: {}. Please check the security settings of this field and verify that it is "
    "read/write for your profile or permission set."
)


def settle_person(spec: SalesforceObject, before: Row, values: Row) -> list[Refusal]:
    """Refuse the fields that are not of such a record, and let a person's Name follow in ``values``."""
    if spec.name not in FIELDS or spec.find(FLAG) is None:
        return []
    if foreign := tuple(sorted(name for name in values if _is_foreign(spec.name, name, person=bool(before.get(FLAG))))):
        return [Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", _SECURITY.format(", ".join(foreign)), foreign)]
    if spec.name == "Account" and before.get(FLAG):
        values["Name"] = full_name({**before, **values})
    return []


def _is_foreign(object: str, name: str, *, person: bool) -> bool:
    if object == "Contact":
        return person
    return name == "Name" if person else name in _NAMES
