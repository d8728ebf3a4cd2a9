"""The fields of the sandbox's Salesforce org, and its describe answer.

Stands below ``salesforce``: lengths, types and picklists are those of a real org's Contact and Account.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEXT_TYPES = frozenset({"string", "email", "phone", "url", "picklist", "textarea"})
ID_TYPES = frozenset({"id", "reference"})

SENIORITIES = ("C-Suite", "Vice President", "Director", "Manager", "Senior", "Entry", "Executive")
INDUSTRIES = (
    "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications", "Construction",
    "Consulting", "Education", "Electronics", "Energy", "Engineering", "Entertainment", "Environmental",
    "Finance", "Food & Beverage", "Government", "Healthcare", "Hospitality", "Insurance", "Machinery",
    "Manufacturing", "Media", "Not For Profit", "Recreation", "Retail", "Shipping", "Technology",
    "Telecommunications", "Transportation", "Utilities", "Other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SalesforceField:
    """One field. ``length`` in characters, 0 where Salesforce names none (as its describe does)."""

    name: str
    label: str
    type: str = "string"
    length: int = 0
    updateable: bool = True
    nillable: bool = True
    options: tuple[str, ...] = ()
    restricted: bool = False
    calculated: bool = False
    unique: bool = False
    relationship: str | None = None
    refers_to: str | None = None

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")

    @property
    def filterable(self) -> bool:
        """Long text areas, and values of any type, cannot stand in WHERE or ORDER BY."""
        return self.type != "anyType" and (self.type != "textarea" or self.length <= 255)

    def describe(self) -> dict[str, Any]:
        """This field's entry in ``describe``."""
        return {
            "name": self.name, "label": self.label, "type": self.type, "length": self.length,
            "updateable": self.updateable, "createable": self.updateable, "nillable": self.nillable,
            "calculated": self.calculated, "custom": self.custom, "unique": self.unique,
            "filterable": self.filterable, "sortable": self.filterable,
            "restrictedPicklist": self.restricted, "externalId": False, "dependentPicklist": False,
            "picklistValues": [
                {"value": value, "label": value, "active": True, "defaultValue": False, "validFor": None}
                for value in self.options
            ],
            "relationshipName": self.relationship, "referenceTo": [self.refers_to] if self.refers_to else [],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class SalesforceObject:
    """One object with its fields, findable in any spelling of case as in Salesforce.

    ``updateable``: whether clients may write its records. ``tracks``: the object whose edits its rows tell.
    """

    name: str
    prefix: str
    fields: tuple[SalesforceField, ...]
    updateable: bool = True
    tracks: str | None = None
    _by_name: dict[str, SalesforceField] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        self._by_name.update({spec.name.lower(): spec for spec in self.fields})

    def find(self, name: str) -> SalesforceField | None:
        """The field of this name, whatever the case."""
        return self._by_name.get(name.lower())

    def parent(self, relationship: str) -> SalesforceField | None:
        """The lookup field behind a relationship name such as ``Account``."""
        wanted = relationship.lower()
        return next((f for f in self.fields if f.relationship and f.relationship.lower() == wanted), None)

    def describe(self) -> dict[str, Any]:
        """The answer of ``GET …/sobjects/{name}/describe``."""
        return {
            "name": self.name, "label": self.name, "labelPlural": f"{self.name}s", "custom": False,
            "keyPrefix": self.prefix, "queryable": True, "retrieveable": True, "updateable": self.updateable,
            "fields": [spec.describe() for spec in self.fields],
        }  # fmt: skip


def _system(label: str) -> tuple[SalesforceField, ...]:
    return (
        SalesforceField("Id", f"{label} ID", "id", 18, updateable=False, nillable=False),
        SalesforceField("IsDeleted", "Deleted", "boolean", updateable=False, nillable=False),
        SalesforceField("MasterRecordId", "Master Record ID", "reference", 18, updateable=False, refers_to=label),
        SalesforceField("OwnerId", "Owner ID", "reference", 18, nillable=False, refers_to="User"),
        SalesforceField("CreatedDate", "Created Date", "datetime", updateable=False, nillable=False),
        SalesforceField("LastModifiedDate", "Last Modified Date", "datetime", updateable=False, nillable=False),
        SalesforceField("SystemModstamp", "System Modstamp", "datetime", updateable=False, nillable=False),
    )


_LUSHA = (
    SalesforceField("Lusha_Id__c", "Lusha Id", length=32),
    SalesforceField("Lusha_Last_Enriched__c", "Lusha Last Enriched", "datetime"),
)

CONTACT = SalesforceObject(
    "Contact",
    "003",
    (
        *_system("Contact"),
        SalesforceField("Name", "Full Name", length=121, updateable=False, nillable=False, calculated=True),
        SalesforceField("AccountId", "Account ID", "reference", 18, relationship="Account", refers_to="Account"),
        SalesforceField("FirstName", "First Name", length=40),
        SalesforceField("LastName", "Last Name", length=80, nillable=False),
        SalesforceField("Email", "Email", "email", 80),
        SalesforceField("Title", "Title", length=128),
        SalesforceField("Department", "Department", length=80),
        SalesforceField("Phone", "Business Phone", "phone", 40),
        SalesforceField("MobilePhone", "Mobile Phone", "phone", 40),
        SalesforceField("MailingCity", "Mailing City", length=40),
        SalesforceField("MailingCountry", "Mailing Country", length=80),
        SalesforceField("LinkedIn_URL__c", "LinkedIn URL", "url", 255),
        SalesforceField("Seniority__c", "Seniority", "picklist", 255, options=SENIORITIES, restricted=True),
        SalesforceField("HasOptedOutOfEmail", "Email Opt Out", "boolean", nillable=False),
        SalesforceField("DoNotCall", "Do Not Call", "boolean", nillable=False),
        SalesforceField("IsEmailBounced", "Is Email Bounced", "boolean", updateable=False, nillable=False),
        *_LUSHA,
    ),
)
ACCOUNT = SalesforceObject(
    "Account",
    "001",
    (
        *_system("Account"),
        SalesforceField("Name", "Account Name", length=255, nillable=False),
        SalesforceField("Website", "Website", "url", 255),
        SalesforceField("Industry", "Industry", "picklist", 255, options=INDUSTRIES),
        SalesforceField("NumberOfEmployees", "Employees", "int"),
        SalesforceField("AnnualRevenue", "Annual Revenue", "currency"),
        SalesforceField("Phone", "Account Phone", "phone", 40),
        SalesforceField("Description", "Account Description", "textarea", 32_000),
        SalesforceField("BillingCity", "Billing City", length=40),
        SalesforceField("BillingState", "Billing State/Province", length=80),
        SalesforceField("BillingCountry", "Billing Country", length=80),
        SalesforceField("YearStarted", "Year Started", length=4),
        *_LUSHA,
    ),
)
ORGANIZATION = SalesforceObject(
    "Organization",
    "00D",
    (
        SalesforceField("Id", "Organization ID", "id", 18, updateable=False, nillable=False),
        SalesforceField("Name", "Name", length=80, nillable=False),
        SalesforceField("IsSandbox", "Is Sandbox", "boolean", updateable=False, nillable=False),
    ),
    updateable=False,
)


def _history(tracked: SalesforceObject) -> SalesforceObject:
    """Where Salesforce keeps the edits of an object's tracked fields; read-only, and its values cannot be filtered.

    https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_associated_objects_history.htm
    """
    label, link = f"{tracked.name} History", f"{tracked.name}Id"
    return SalesforceObject(
        f"{tracked.name}History",
        "017",
        (
            SalesforceField("Id", f"{label} ID", "id", 18, updateable=False, nillable=False),
            SalesforceField("IsDeleted", "Deleted", "boolean", updateable=False, nillable=False),
            SalesforceField(
                link, f"{tracked.name} ID", "reference", 18, updateable=False, nillable=False,
                relationship=tracked.name, refers_to=tracked.name,
            ),
            SalesforceField("CreatedById", "Created By ID", "reference", 18, updateable=False, refers_to="User"),
            SalesforceField("CreatedDate", "Created Date", "datetime", updateable=False, nillable=False),
            SalesforceField("Field", "Changed Field", "picklist", 255, updateable=False, restricted=True),
            SalesforceField("OldValue", "Old Value", "anyType", updateable=False),
            SalesforceField("NewValue", "New Value", "anyType", updateable=False),
        ),
        updateable=False,
        tracks=tracked.name,
    )  # fmt: skip


CONTACT_HISTORY, ACCOUNT_HISTORY = _history(CONTACT), _history(ACCOUNT)
TRACKED: Mapping[str, frozenset[str]] = {
    CONTACT.name: frozenset({"Title", "Phone", "Email"}),
    ACCOUNT.name: frozenset({"Website", "Industry", "Phone"}),
}
"""The fields whose history the demo org keeps, by object."""
OBJECTS: Mapping[str, SalesforceObject] = {
    o.name: o for o in (CONTACT, ACCOUNT, ORGANIZATION, CONTACT_HISTORY, ACCOUNT_HISTORY)
}


def find_object(name: str) -> SalesforceObject | None:
    """The object of this name, whatever the case."""
    return next((spec for key, spec in OBJECTS.items() if key.lower() == name.lower()), None)
