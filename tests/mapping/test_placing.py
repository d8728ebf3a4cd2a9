"""A CRM's words about a query, with the line of the mapping that they mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.mapping.placing import placed
from tests.mapping.test_refusals import mapping


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("select.where: no", "m.yaml:6:1: select.where: no"),
        (
            "Account.Web: no such field",
            "m.yaml:5:42: identify[0].company_domain: Account.Web: no such field",
        ),
        (
            "Account.Land — did you mean 'Account.Country'?",
            "m.yaml:8:33: fields.F.as: Contact has no field 'Account.Land' — did you mean 'Account.Country'?",
        ),
        ("Salesforce refused GET query with 400", "m.yaml:1:1: Salesforce refused GET query with 400"),
    ],
)
def test_words_about_a_query_are_placed(words: str, line: str, tmp_path: Path) -> None:
    rule = "{from: 'phones[0].number', as: {phone: {region_from: Account.Land}}}"
    names = "{first_name: E, last_name: G, company_domain: Account.Web}"
    assert placed(mapping(tmp_path, rule, identify=names), words) == line
