"""CRM sync connector: enrich Salesforce and HubSpot records from Lusha, inside budgets, without surprises."""

__version__ = "0.1.0"
