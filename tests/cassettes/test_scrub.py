"""What is taken out of requests and answers, and what stays."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from vcr.request import Request

from tests.cassettes.scrub import REQUEST_ID, scrub_answer, scrub_request

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def request(body: bytes | None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST", "http://127.0.0.1:47002/path", body, named)


def answer(body: bytes, **headers: list[str]) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"status": {"code": 200, "message": "OK"}, "headers": named, "body": {"string": body}}


def test_keys_and_tokens_are_hidden_and_headers_of_the_moment_dropped() -> None:
    scrubbed = scrub_request(
        request(
            b"{}",
            Authorization="Bearer 00D!very-secret",
            Content_Type="application/json",
            Sforce_Auto_Assign="FALSE",
            User_Agent="python-requests/2.34",
            Accept_Encoding="gzip, zstd",
        )
    )
    assert dict(scrubbed.headers) == {
        "authorization": "***",
        "content-type": "application/json",
        "sforce-auto-assign": "FALSE",
    }
    keyed = Request("GET", "http://127.0.0.1:47001/", None, {"API_KEY": "very-secret"})
    assert dict(scrub_request(keyed).headers) == {"api_key": "***"}


def test_a_sign_in_form_keeps_its_shape_without_its_secrets() -> None:
    form = b"grant_type=client_credentials&client_id=3MVG9&client_secret=very%26secret"
    scrubbed = scrub_request(request(form, Content_Type="application/x-www-form-urlencoded"))
    assert scrubbed.body == b"grant_type=client_credentials&client_id=***&client_secret=***"


def test_a_body_that_is_no_json_stays_as_it_is() -> None:
    assert scrub_request(request(b'{"cut": ')).body == b'{"cut": '
    assert scrub_answer(answer(b"<html>\xff</html>"))["body"] == {"string": b"<html>\xff</html>"}
    assert scrub_request(request(None)).body is None


def test_an_answer_loses_tokens_request_ids_and_dates() -> None:
    told = {"access_token": "00DSB0000000001!very-secret", "requestId": "5a0f", "records": [{"Id": "1"}, {"Id": "2"}]}
    scrubbed = scrub_answer(
        answer(
            json.dumps(told).encode(),
            Content_Type=["application/json"],
            Date=["Mon, 23 Nov 2026 03:00:00 GMT"],
            Server=["uvicorn"],
            Content_Length=["99"],
            Sforce_Limit_Info=["api-usage=1/100000"],
            X_HubSpot_RateLimit_Daily=["250000"],
        )
    )
    assert scrubbed["headers"] == {
        "content-type": ["application/json"],
        "sforce-limit-info": ["api-usage=1/100000"],
        "x-hubspot-ratelimit-daily": ["250000"],
    }
    assert scrubbed["body"]["string"].decode().splitlines() == [
        "{",
        '"access_token": "00DSB0000000001!***",',
        f'"requestId": "{REQUEST_ID}",',
        '"records": [',
        '{"Id": "1"},',
        '{"Id": "2"}',
        "]",
        "}",
    ]


@settings(max_examples=60, deadline=None)
@given(documents)
def test_json_means_the_same_after_scrubbing_and_scrubbing_twice_changes_nothing(document: Any) -> None:
    body = json.dumps(document).encode()
    asked = scrub_request(request(body, Content_Type="application/json"))
    told = scrub_answer(answer(body))
    assert json.dumps(json.loads(asked.body), sort_keys=True) == json.dumps(document, sort_keys=True)
    assert json.dumps(json.loads(told["body"]["string"])) == json.dumps(document)
    assert scrub_request(copy.deepcopy(asked)).body == asked.body
    assert scrub_answer(copy.deepcopy(told)) == told
