"""How full the mapped fields are: records with a value ÷ records that the mapping looks at."""

from __future__ import annotations

from collections import Counter

from connector.crm.base import Crm, Query
from connector.mapping.compile import CompiledMapping
from connector.models import is_blank


def fill_rates(crm: Crm, mapping: CompiledMapping) -> dict[str, float]:
    """Share of records with a value, by mapped field, 0 to 1. Reads every record of the mapping's ``where``."""
    names, filled, read = sorted(mapping.field_names), Counter[str](), 0
    for page in crm.read(Query(mapping.settings.object, tuple(names), mapping.settings.select.where)):
        read += len(page)
        for record in page:
            filled.update(name for name in names if not is_blank(record.values.get(name)))
    return {field.name: filled[field.name] / read if read else 0.0 for field in mapping.fields}
