"""What HubSpot's error bodies say, in each of the places where details hide."""

from __future__ import annotations

import pytest

from connector.crm.hubspot.answers import Complaint, complaints, listed, scopes, words


def test_nothing_said() -> None:
    assert complaints(None) == complaints({}) == ()
    assert words(None) == words({"message": 5}) == ""
    assert scopes({"context": "odd", "errors": "odd"}) == ()


def test_errors_with_context() -> None:
    body = {
        "message": "Invalid input",
        "category": "VALIDATION_ERROR",
        "errors": [
            {
                "message": "abc was not a valid number.",
                "code": "INVALID_INTEGER",
                "context": {"propertyName": ["employees"], "propertyValue": ["abc"], "id": 17},
            }
        ],
    }
    assert complaints(body) == (
        Complaint(
            "INVALID_INTEGER",
            "abc was not a valid number.",
            frozenset({"employees"}),
            frozenset({"abc"}),
            frozenset({"17"}),
        ),
    )


def test_details_inside_the_message() -> None:
    body = {
        "message": 'Property values were not valid: [{"isValid":false,"message":"Property \\"nope\\" does not exist",'
        '"error":"PROPERTY_DOESNT_EXIST","name":"nope"}]',
        "category": "VALIDATION_ERROR",
    }
    assert complaints(body)[0] == Complaint(
        "PROPERTY_DOESNT_EXIST", 'Property "nope" does not exist', frozenset({"nope"})
    )


def test_a_broken_list_inside_the_message_is_read_as_words() -> None:
    [one] = complaints({"message": "Property values were not valid: [{oops", "category": "VALIDATION_ERROR"})
    assert (one.code, one.properties) == ("VALIDATION_ERROR", frozenset())


def test_the_holder_of_a_unique_value_is_no_record_of_ours() -> None:
    [one] = complaints({"message": "Contact already exists. Existing ID: 4711", "category": "CONFLICT"})
    assert (one.holder, one.ids, one.conflict) == ("4711", frozenset(), True)


def test_a_207_names_records_in_context_or_in_words() -> None:
    body = {
        "errors": [
            {"category": "OBJECT_NOT_FOUND", "message": "Could not get", "context": {"ids": ["7"]}},
            {"category": "VALIDATION_ERROR", "message": "Rule broken for object with id: 8"},
            {
                "category": "VALIDATION_ERROR",
                "message": "invalid",
                "context": {"id": ["9"]},
                "errors": [{"code": "INVALID_EMAIL", "message": "bad", "context": {"propertyName": ["email"]}}],
            },
        ]
    }
    first, second, third = listed(body)
    assert (first.ids, first.not_found) == (frozenset({"7"}), True)
    assert second.ids == frozenset({"8"})
    assert (third.ids, third.code, third.properties) == (frozenset({"9"}), "INVALID_EMAIL", frozenset({"email"}))


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ("Email address odd@ is invalid", "odd@"),
        ("many was not a valid number.", "many"),
        ("The Boss was not one of the allowed options: [a, b]", "The Boss"),
    ],
)
def test_the_value_that_the_words_name(message: str, value: str) -> None:
    assert complaints({"message": message})[0].values == {value}


def test_people_stay_out_of_messages() -> None:
    [one] = complaints({"message": "Email address ada@example.org is invalid"})
    assert one.message == "Email address ***@*** is invalid"
