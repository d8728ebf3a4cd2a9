"""The objects of the sandbox's Salesforce org.

Stands below ``salesforce_records``: lengths, types and picklists are those of a real org's standard objects, with the
custom fields that the shipped mappings name, and one custom object.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.sandbox.salesforce_schema import SalesforceField, SalesforceObject, history_of, system_fields

SENIORITIES = ("C-Suite", "Vice President", "Director", "Manager", "Senior", "Entry", "Executive")
INDUSTRIES = (
    "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications", "Construction",
    "Consulting", "Education", "Electronics", "Energy", "Engineering", "Entertainment", "Environmental",
    "Finance", "Food & Beverage", "Government", "Healthcare", "Hospitality", "Insurance", "Machinery",
    "Manufacturing", "Media", "Not For Profit", "Recreation", "Retail", "Shipping", "Technology",
    "Telecommunications", "Transportation", "Utilities", "Other",
)  # fmt: skip
TECHNOLOGIES = ("Salesforce", "HubSpot", "SAP", "Snowflake", "Kubernetes")
LEAD_STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted")
LEAD_SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")

_LUSHA = (
    SalesforceField("Lusha_Id__c", "Lusha Id", length=64),
    SalesforceField("Lusha_Last_Enriched__c", "Lusha Last Enriched", "datetime"),
)

CONTACT = SalesforceObject(
    "Contact",
    "003",
    (
        *system_fields("Contact"),
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
        *system_fields("Account"),
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
LEAD = SalesforceObject(
    "Lead",
    "00Q",
    (
        *system_fields("Lead"),
        SalesforceField("Name", "Full Name", length=121, updateable=False, nillable=False, calculated=True),
        SalesforceField("FirstName", "First Name", length=40),
        SalesforceField("LastName", "Last Name", length=80, nillable=False),
        SalesforceField("Company", "Company", length=255, nillable=False),
        SalesforceField("Website", "Website", "url", 255),
        SalesforceField("Email", "Email", "email", 80),
        SalesforceField("Title", "Title", length=128),
        SalesforceField("Phone", "Phone", "phone", 40),
        SalesforceField("MobilePhone", "Mobile Phone", "phone", 40),
        SalesforceField("Industry", "Industry", "picklist", 255, options=INDUSTRIES),
        SalesforceField("NumberOfEmployees", "Employees", "int"),
        SalesforceField("AnnualRevenue", "Annual Revenue", "currency"),
        SalesforceField("City", "City", length=40),
        SalesforceField("State", "State/Province", length=80),
        SalesforceField("Country", "Country", length=80),
        SalesforceField(
            "Status", "Lead Status", "picklist", 255, nillable=False, options=LEAD_STATUSES, restricted=True
        ),
        SalesforceField("LeadSource", "Lead Source", "picklist", 255, options=LEAD_SOURCES),
        SalesforceField("DoNotCall", "Do Not Call", "boolean", nillable=False),
        SalesforceField("HasOptedOutOfEmail", "Email Opt Out", "boolean", nillable=False),
        SalesforceField("IsConverted", "Converted", "boolean", updateable=False, nillable=False),
        SalesforceField("ConvertedDate", "Converted Date", "date", updateable=False),
        SalesforceField(
            "ConvertedContactId", "Converted Contact ID", "reference", 18, updateable=False,
            relationship="ConvertedContact", refers_to="Contact",
        ),
        SalesforceField(
            "ConvertedAccountId", "Converted Account ID", "reference", 18, updateable=False,
            relationship="ConvertedAccount", refers_to="Account",
        ),
        SalesforceField("LinkedIn_URL__c", "LinkedIn URL", "url", 255),
        SalesforceField("Seniority__c", "Seniority", "picklist", 255, options=SENIORITIES, restricted=True),
        *_LUSHA,
    ),
)  # fmt: skip
PARTNER = SalesforceObject(
    "Partner__c",
    "a01",
    (
        *system_fields("Partner", mergeable=False),
        SalesforceField("Name", "Partner Name", length=80, nillable=False),
        SalesforceField("Website__c", "Website", "url", 255),
        SalesforceField("Email__c", "Email", "email", 80),
        SalesforceField("Industry__c", "Industry", length=100),
        SalesforceField("Employees__c", "Employees", "double"),
        SalesforceField("Notes__c", "Notes", "textarea", 255),
        SalesforceField("Founded__c", "Founded", "date"),
        SalesforceField(
            "Technologies__c", "Technologies", "multipicklist", 4_099, options=TECHNOLOGIES, restricted=True
        ),
        SalesforceField("Seats__c", "Seats", "double", updateable=False, calculated=True),
        SalesforceField("Account__c", "Account", "reference", 18, relationship="Account__r", refers_to="Account"),
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
TRACKED: Mapping[str, frozenset[str]] = {
    CONTACT.name: frozenset({"Title", "Phone", "Email"}),
    ACCOUNT.name: frozenset({"Website", "Industry", "Phone"}),
    LEAD.name: frozenset({"Title", "Phone", "Email"}),
    PARTNER.name: frozenset({"Website__c"}),
}
"""The fields whose history the demo org keeps, by object."""
_WITH_ROWS = (CONTACT, ACCOUNT, LEAD, PARTNER)
OBJECTS: Mapping[str, SalesforceObject] = {
    one.name: one for one in (*_WITH_ROWS, ORGANIZATION, *map(history_of, _WITH_ROWS))
}
"""What an org starts with; each may add fields of its own."""
