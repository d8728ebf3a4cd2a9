"""Person accounts: people kept as accounts, in the same object as companies. Pure.

An org that has them has ``IsPersonAccount`` on Account and on Contact. A person's account has the fields of a contact
as ``PersonEmail`` or ``Seniority__pc``, and ``FirstName`` and ``LastName`` of its own, from which Salesforce makes its
Name; a company's has none of these. The contact behind it shows in queries and is edited through the account alone.
https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_guidelines_personaccounts.htm
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from connector.crm.base import Consent, Query

from .describe import ObjectSchema

CONSENT = Consent(
    opted_out=("HasOptedOutOfEmail", "PersonHasOptedOutOfEmail"), do_not_call=("DoNotCall", "PersonDoNotCall")
)
"""Of a contact or lead, and of a person account; an object has one of each pair."""
_NEUTRAL = frozenset((*CONSENT.opted_out, *CONSENT.do_not_call))
"""Consent is read of every account."""
_FLAG = "IsPersonAccount"
_NAMED = re.compile(rf"(?i)\b{_FLAG}\b")
_OF_PEOPLE = re.compile(r"(?i)(first|middle|last)name|salutation|suffix|person\w+(?<!__c)|\w+__pc")
"""A custom field of accounts may be called ``Personnel__c``; those of people end in ``__pc``."""


def kind_of_account(query: Query, schema: ObjectSchema) -> Sequence[str]:
    """The condition that keeps people and companies apart: a query that names a field of people is about people, and
    any other about companies. Where the user's own condition tells, it decides."""
    if schema.name.lower() != "account" or _FLAG not in schema.fields or _NAMED.search(str(query.where or "")):
        return ()
    named = (name for name in (*query.fields, *query.blank) if _OF_PEOPLE.fullmatch(name))
    return (f"{_FLAG} = {str(not _NEUTRAL.issuperset(named)).lower()}",)
