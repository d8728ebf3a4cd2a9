"""What somebody would write without this product: read, ask Lusha and write, record by record, with the SDKs'
typed paths.

No budget, no journal, no policies, no second look before a write: less is done, and it is still the usual script.
"""
