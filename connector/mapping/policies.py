"""What may happen to a field: each policy as one rule over the value in the CRM and the value we last wrote.

    policy     blank, never ours   blank, was ours   ours, unchanged   a person's value
    fill       write               leave             leave             leave
    refresh    write               leave             write             leave
    overwrite  write               write             write             write
    suggest    propose             propose           propose           propose

"Blank, was ours": somebody cleared what we filled, and meant it.
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.config.settings import Policy
from connector.mapping.values import same
from connector.models import FieldInfo, Value, Written, is_blank


def reason_to_write(policy: Policy, current: Value, field: FieldInfo, last: Mapping[str, Written]) -> str | None:
    """Why this policy lets a new value into the field, in words for the journal; None when it does not.

    ``last`` holds our last written values by field name. Whether Lusha has a value, and whether it differs,
    is not asked here.
    """
    ours = field.name in last and not is_blank(last[field.name].value)
    if policy == "suggest":
        return "suggested"
    if policy == "overwrite":
        return "overwrite" if not is_blank(current) else "was blank"
    if is_blank(current):
        return None if ours else "was blank"
    if policy == "refresh" and ours and same(current, last[field.name].value, field):
        return "our own value, unchanged since"
    return None
