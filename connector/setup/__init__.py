"""``init``: from a sign-in that works to a config and mappings that fit the org.

The way of one set-up: ``answers`` (what was asked or given) → ``survey`` (signs in, reads schemas, writes nothing) →
``proposals`` (the org's own fields for Lusha's attributes, with the reason of each) → ``writing`` and ``config_text``
(YAML with comments) → ``files`` (all of it or none). Nothing here reads or changes a record, and no credit is spent.
"""
