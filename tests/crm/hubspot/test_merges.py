"""Where records that were merged away live on, by the properties in which HubSpot keeps that."""

from __future__ import annotations

import pytest

from connector.crm.hubspot.merges import survivors
from connector.models import Successor


@pytest.mark.parametrize(
    "properties",
    [
        {"hs_merged_object_ids": "12;34"},
        {"hs_calculated_merged_vids": "12:1451606400000;34:1451606400001"},
        {"hs_merged_object_ids": "12", "hs_calculated_merged_vids": "34:1451606400000;9:1451606400000"},
    ],
)
def test_either_property_tells(properties: dict[str, str]) -> None:
    found = survivors("contacts", ["12", "34", "56"], [{"id": "9", "properties": properties}])
    assert found == {id: Successor("contacts", "9", "merged") for id in ("12", "34")}
