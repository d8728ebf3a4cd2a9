"""What may happen to a field: each policy as one rule over the value in the CRM and the value we last wrote.

    policy     blank, never ours   blank, was ours   ours, unchanged   a person's value   taken back by undo
    fill       write               leave             leave             leave              leave
    refresh    write               leave             write             leave              leave
    newer      write               leave             write             if later           leave
    overwrite  write               write             write             write              leave
    suggest    propose             propose           propose           propose            propose

"Blank, was ours": somebody cleared what we filled, and meant it. "If later": where Lusha's own date of the datum is
later than the CRM's last change of the field, which ``diff`` decides. "Taken back by undo" goes before all others,
whatever the field holds now; stamps that were taken back stay as they are, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.config.settings import Policy
from connector.mapping.values import untouched
from connector.models import FieldInfo, Value, Written, is_blank

IF_LATER = "if Lusha's is of a later day"
"""The reason of ``newer`` for a person's value: tentative, until both days are known."""


def reason_to_write(policy: Policy, current: Value, field: FieldInfo, last: Mapping[str, Written]) -> str | None:
    """Why this policy lets a new value into the field, in words for the journal; None when it does not.

    ``last`` holds our last written values by field name. Whether Lusha has a value, whether it differs and (for
    ``newer``) which day it is of, is not asked here.
    """
    if policy == "suggest":
        return "suggested"
    wrote = last.get(field.name)
    if wrote is not None and wrote.tombstone:
        return None
    blank = is_blank(current)
    if policy == "overwrite":
        return "was blank" if blank else "overwrite"
    ours = wrote is not None and not is_blank(wrote.value)
    if blank:
        return None if ours else "was blank"
    if policy in ("refresh", "newer") and wrote is not None and ours and untouched(current, wrote.value, field):
        return "our own value, unchanged since"
    return IF_LATER if policy == "newer" else None


def taken_back(field: str, last: Mapping[str, Written]) -> bool:
    """Whether ``undo`` took our value of this field back: no run writes it again."""
    return field in last and last[field].tombstone
