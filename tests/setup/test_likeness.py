"""Which names and labels are taken for what."""

from __future__ import annotations

import pytest

from connector.models import FieldInfo
from connector.setup.likeness import STRONG, WEAK, likeness

MOBILE = ("mobile", "mobile phone", "cell phone")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("MobilePhone", "Mobile"), ("Mobile_Phone__c", "x"), ("acme__Mobile__c", "x"), ("c1__c", "Mobile phone"),
        ("work_mobile", "x"), ("c2__c", "Mobile Phone (Lusha)"), ("c3__c", "Mobile Phnoe"), ("cell_phone", "x"),
    ],
)  # fmt: skip
def test_a_field_is_meant_by_its_name_or_label(name: str, label: str) -> None:
    assert likeness(FieldInfo(name, label, "phone"), MOBILE, "person").score >= STRONG


@pytest.mark.parametrize(
    "name", ["Assistant_Mobile__c", "Mobile_Verified__c", "Old_Mobile_Phone__c", "Company_Mobile__c"]
)
def test_a_word_more_makes_it_something_else(name: str) -> None:
    assert WEAK <= likeness(FieldInfo(name, "", "phone"), MOBILE, "person").score < STRONG


@pytest.mark.parametrize("name", ["Title", "Immobile_Asset__c", "Phase__c", "x__c", "Mobile_App_User__c"])
def test_what_shares_no_word_is_not_looked_at(name: str) -> None:
    assert likeness(FieldInfo(name, name, "phone"), MOBILE, "person").score < WEAK


def test_the_reason_says_what_is_like_what() -> None:
    assert likeness(FieldInfo("X1__c", "Mobile Phone", "phone"), MOBILE, "person").reason == (
        "label 'Mobile Phone' says 'mobile phone'"
    )
    assert likeness(FieldInfo("Lead_Mobile__c", "", "phone"), MOBILE, "person").reason == (
        "name 'Lead_Mobile__c' is like 'mobile'"
    )
