"""Which company is meant, by its names and domains, and where a record's person works."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connector.mapping.companies import (
    Employer,
    company_verdict,
    employer,
    employer_of,
    names_agree,
    names_domain,
    told_domains,
)
from connector.mapping.words import FREE_MAIL
from connector.models import Value


def at(*, domains: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> Employer:
    return Employer(frozenset(domains), frozenset(names))


@pytest.mark.parametrize(
    ("record", "company", "verdict"),
    [
        (at(domains=("acme.example",)), {"domain": "www.acme.example"}, "same"),
        (at(domains=("mail.acme.example",)), {"domain": "acme.example"}, "same"),
        (at(domains=("acme.example",)), {"domain": "eu.acme.example"}, "same"),
        (at(domains=("acme.test",)), {"domain": "acme.example", "alternative_domains": ["acme.test"]}, "same"),
        (at(names=("Acme, Inc.",)), {"name": "ACME GmbH"}, "same"),
        (at(names=("Acme Robotics",)), {"name": "Acme Robotics Europe"}, "same"),
        (at(domains=("old.example",), names=("Acme",)), {"domain": "acme.example", "name": "Acme"}, "same"),
        (at(domains=("acme-robotics.example",)), {"name": "Acme Robotics Inc"}, "same"),
        (at(names=("Acme Robotics",)), {"domain": "acmerobotics.example"}, "same"),
        (at(domains=("acme.example",)), {"domain": "beta.example"}, "changed"),
        (at(domains=("cme.example",)), {"domain": "acme.example"}, "changed"),
        (at(names=("Acme",)), {"name": "Beta Foods"}, "changed"),
        (at(names=("IBM",)), {"name": "International Business Machines Corp."}, "same"),
        (at(names=("Acme",)), {"name": "Globex", "alternative_name": "Acme Inc."}, "same"),
        (at(domains=("gmail.com",)), {"domain": "gmail.com"}, "unknown"),
        (at(domains=("acme.example",)), {"domain": "gmail.com"}, "unknown"),
        (at(names=("Acme",), domains=("acme.example",)), {"name": "Globex", "domain": "gmail.com"}, "changed"),
        (at(domains=("acme.example",), names=("Acme",)), {"name": "Beta", "domain": "beta.example"}, "changed"),
        (at(domains=("acme.example",)), {"name": "Beta"}, "unknown"),
        (at(names=("Acme",)), {"domain": "beta.example"}, "unknown"),
        (at(), {"name": "Acme", "domain": "acme.example"}, "unknown"),
        (at(domains=("acme.example",)), {}, "unknown"),
        (at(names=("Acme",)), {"name": "Unknown", "domain": ""}, "unknown"),
        (at(domains=("acme.example",)), {"domain": None, "alternative_domains": None}, "unknown"),
    ],
)
def test_company_verdict(record: Employer, company: dict[str, Any], verdict: str) -> None:
    assert company_verdict(record, company) == verdict


WAYS = [
    {"email": "Email"},
    {"first_name": "F", "last_name": "L", "company_domain": "Account.Website"},
    {"first_name": "F", "last_name": "L", "company_name": "Account.Name"},
]


@pytest.mark.parametrize(
    ("values", "email", "found"),
    [
        ({"Account.Website": "https://acme.example", "Account.Name": "Acme"}, "j@beta.example",
         at(domains=("acme.example",), names=("Acme",))),
        ({"Account.Website": None, "Account.Name": " Acme "}, "j@beta.example", at(names=("Acme",))),
        ({"Account.Website": "gmail.com", "Account.Name": "n/a"}, "j@beta.example", at(domains=("beta.example",))),
        ({}, "info@beta.example", at(domains=("beta.example",))),
        ({}, "jane@gmail.com", at()),
        ({}, "jane@acme.example;jane@beta.example", at()),
        ({}, "beta.example", at()),
        ({}, None, at()),
    ],
)  # fmt: skip
def test_employer(values: dict[str, Value], email: Value, found: Employer) -> None:
    assert employer(WAYS, values, email) == found


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["acme", "beta", "gamma"]), st.sampled_from(["acme", "beta", "gamma"]))
def test_a_verdict_of_change_needs_two_different_employers(a: str, b: str) -> None:
    record = employer(WAYS, {"Account.Website": f"https://www.{a}.example/", "Account.Name": f"{a} Ltd"})
    verdict = company_verdict(record, {"domain": f"{b}.example", "name": f"{b} Inc"})
    assume(a != b)
    assert verdict == "changed"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"Email": "ada@acme.example"}, at(domains=("acme.example",))),
        ({"Email": " ", "Second": "ada@acme.example"}, at(domains=("acme.example",))),
        ({"Email": "ada@gmail.com"}, at()),
        ({"Email": "ada@acme.example", "Account.Name": "Globex"}, at(names=("Globex",))),
        ({}, at()),
    ],
)
def test_the_employer_by_the_first_address_of_the_record(values: dict[str, Value], found: Employer) -> None:
    assert employer_of([*WAYS, {"email": "Second"}], values) == found


@pytest.mark.parametrize("domain", sorted(FREE_MAIL))
def test_a_free_mail_domain_is_no_employer_on_either_side(domain: str) -> None:
    assert employer_of(WAYS, {"Email": f"ada@{domain}", "Account.Website": f"https://www.{domain}"}) == at()
    assert told_domains({"domain": domain, "email_domain": domain, "alternative_domains": [f"www.{domain}"]}) == set()
    assert company_verdict(at(names=("Acme",)), {"domain": domain}) == "unknown"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Acme, Inc.", "ACME GmbH"),
        ("Acme", "Acme Robotics Europe"),
        ("Müller Maschinenbau GmbH", "Mueller Maschinenbau"),
        ("International Business Machines", "IBM"),
        ("International Business Machines Corporation", "I.B.M. Corp"),
        ("Bayerische Motoren Werke AG", "BMW Group"),
        ("Hennes & Mauritz", "H&M"),
        ("Bank of America", "BoA"),
        ("Hewlett-Packard", "HP Inc."),
        ("JP Morgan", "JPMorgan Chase & Co."),
        ("DataRobot", "Data Robot Inc"),
        ("The Boeing Company", "Boeing"),
        ("Acme S.A.S.", "Acme SAS"),
        ("Initech Holdings", "Initech"),
    ],
)
def test_two_names_of_one_company(a: str, b: str) -> None:
    assert names_agree(a, b)
    assert names_agree(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Google", "Alphabet"),
        ("Initech", "Globex Holdings"),
        ("Acme Foods", "Globex Foods"),
        ("Acme Robotics", "Zenith Robotics"),
        ("Apple", "Applebees"),
        ("Meta", "Metallica"),
        ("Acme Holdings", "Globex Holdings"),
        ("IBM", "International Building Materials Group of Italy"),
        ("HP", "Hamilton Beach"),
        ("AB Foods", "Acme Bakery"),
        ("A", "Acme"),
        ("", "Acme"),
        ("", ""),
    ],
)
def test_names_of_two_companies(a: str, b: str) -> None:
    assert not names_agree(a, b)
    assert not names_agree(b, a)


def test_a_name_that_is_its_domains_own_label() -> None:
    assert names_domain("Acme Robotics Inc.", "acme-robotics.example")
    assert names_domain("Acme Robotics", "shop.acmerobotics.example")
    assert not names_domain("Acme", "acme-robotics.example")
    assert not names_domain("Example", "acme.example")
    assert not names_domain("AB", "ab.example")


NAMES = st.lists(
    st.sampled_from(
        ["acme", "globex", "of", "and", "&", "inc", "gmbh", "ibm", "international", "business", "machines"]
    ),
    max_size=5,
).map(" ".join) | st.text(max_size=12)


@settings(max_examples=200, deadline=None)
@given(NAMES, NAMES)
def test_agreement_of_names_is_symmetric_and_blind_to_case_and_legal_forms(a: str, b: str) -> None:
    assert names_agree(a, b) == names_agree(b, a)
    if names_agree(a, a):
        assert names_agree(a.upper(), f"{a} Ltd") or a.upper().casefold() != a.casefold()
