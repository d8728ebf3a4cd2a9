"""The decision table, row by row, and the words of the errors it ends in."""

from __future__ import annotations

import pytest

from connector.crm.salesforce.errors import Action, ConfigRefused, Denied, Fault, Outcome, decide, failure
from connector.errors import (
    AccessDenied,
    ConnectorError,
    InDoubt,
    QuotaExhausted,
    RequestRefused,
    VendorUnreachable,
)

OK = Outcome(200)
BY_CODE: dict[Action, tuple[str, ...]] = {
    "quota": ("REQUEST_LIMIT_EXCEEDED",),
    "retry": ("CONCURRENT_LIMIT", "UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "unknown_error",
              "server_error", "temporarily_unavailable"),
    "config": ("MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE", "INVALID_QUERY_FILTER_OPERATOR",
               "QUERY_TOO_COMPLICATED"),
    "unreachable": ("INVALID_QUERY_LOCATOR",),
    "denied": ("INVALID_SESSION_ID", "API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "INSUFFICIENT_ACCESS",
               "invalid_client", "invalid_client_id", "invalid_grant", "invalid_request", "unauthorized_client",
               "unsupported_grant_type", "inactive_user", "inactive_org"),
}  # fmt: skip
"""What is done at first about each of Salesforce's own words."""


def code(status: int, name: str) -> Outcome:
    return Outcome(status, name)


@pytest.mark.parametrize(
    ("outcome", "attempt", "read", "write"),
    [
        (OK, 1, "accept", "accept"),
        (Outcome(204), 1, "accept", "accept"),
        (Outcome(412, settled=True), 1, "accept", "accept"),
        (Outcome(412), 1, "unreachable", "refused"),
        (Outcome(fault=Fault.UNREACHED), 1, "retry", "retry"),
        (Outcome(fault=Fault.UNREACHED), 2, "retry", "retry"),
        (Outcome(fault=Fault.UNREACHED), 3, "unreachable", "unreachable"),
        (Outcome(fault=Fault.UNTRUSTED), 1, "unreachable", "unreachable"),
        (Outcome(fault=Fault.LOST), 1, "retry", "doubt"),
        (Outcome(fault=Fault.LOST), 3, "unreachable", "doubt"),
        (Outcome(200, fault=Fault.LOST), 1, "retry", "doubt"),
        (Outcome(500), 1, "retry", "doubt"),
        (Outcome(500), 5, "unreachable", "doubt"),
        (Outcome(502), 4, "retry", "doubt"),
        (Outcome(504), 1, "retry", "doubt"),
        (Outcome(503), 1, "retry", "retry"),
        (Outcome(503), 5, "unreachable", "unreachable"),
        (code(503, "SERVER_UNAVAILABLE"), 1, "retry", "retry"),
        (Outcome(429), 4, "retry", "retry"),
        (Outcome(429), 5, "quota", "quota"),
        (code(403, "REQUEST_LIMIT_EXCEEDED"), 1, "quota", "quota"),
        (code(403, "CONCURRENT_LIMIT"), 1, "retry", "retry"),
        (code(400, "UNABLE_TO_LOCK_ROW"), 1, "retry", "retry"),
        (code(400, "UNABLE_TO_LOCK_ROW"), 5, "unreachable", "unreachable"),
        (code(401, "INVALID_SESSION_ID"), 1, "denied", "denied"),
        (code(403, "INSUFFICIENT_ACCESS"), 1, "denied", "denied"),
        (code(403, "API_DISABLED_FOR_ORG"), 1, "denied", "denied"),
        (Outcome(403), 1, "denied", "denied"),
        (code(400, "invalid_client"), 1, "denied", "denied"),
        (code(400, "unknown_error"), 1, "retry", "retry"),
        (code(400, "MALFORMED_QUERY"), 1, "config", "config"),
        (code(400, "INVALID_FIELD"), 1, "config", "config"),
        (code(400, "QUERY_TIMEOUT"), 2, "retry", "retry"),
        (code(400, "QUERY_TIMEOUT"), 3, "config", "config"),
        (code(400, "INVALID_QUERY_LOCATOR"), 1, "unreachable", "unreachable"),
        (Outcome(404), 1, "config", "config"),
        (Outcome(414), 1, "config", "config"),
        (Outcome(302), 1, "config", "config"),
        (code(400, "JSON_PARSER_ERROR"), 1, "config", "refused"),
        (code(410, "NEVER_HEARD_OF"), 1, "config", "refused"),
        (code(418, "NEVER_HEARD_OF"), 1, "unreachable", "refused"),
    ],
)
def test_decision_table(outcome: Outcome, attempt: int, read: Action, write: Action) -> None:
    assert decide(outcome, attempt, writes=False) == read
    assert decide(outcome, attempt, writes=True) == write


@pytest.mark.parametrize(
    ("outcome", "action"),
    [
        (code(400, "something_new"), "denied"),
        (code(400, "temporarily_unavailable"), "retry"),
        (Outcome(404), "config"),
        (Outcome(302), "config"),
        (Outcome(500), "retry"),
    ],
)
def test_a_sign_in_refused_in_whatever_words_is_denied(outcome: Outcome, action: Action) -> None:
    assert decide(outcome, 1, writes=False, signs_in=True) == action


@pytest.mark.parametrize("outcome", [Outcome(401), code(401, "INVALID_SESSION_ID"), code(403, "INVALID_SESSION_ID")])
@pytest.mark.parametrize("writes", [True, False])
def test_a_refused_session_is_renewed_where_it_can_be(outcome: Outcome, writes: bool) -> None:
    assert decide(outcome, 1, writes=writes, renewable=True) == "sign_in"
    assert decide(outcome, 1, writes=writes) == "denied"


@pytest.mark.parametrize(("action", "name"), [(action, name) for action, names in BY_CODE.items() for name in names])
def test_salesforces_own_word_decides_whatever_the_status(action: Action, name: str) -> None:
    ends = {"retry": "config" if name == "QUERY_TIMEOUT" else "unreachable"}.get(action, action)
    for status in (418, 502):
        for writes in (False, True):
            assert decide(code(status, name), 1, writes=writes) == action
            assert decide(code(status, name), 99, writes=writes) == ends


def test_a_write_is_repeated_only_where_nothing_was_done() -> None:
    repeated = {status for status in range(100, 600) if decide(Outcome(status), 1, writes=True) == "retry"}
    assert repeated == {429, 503}


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("denied", Denied),
        ("quota", QuotaExhausted),
        ("config", ConfigRefused),
        ("refused", RequestRefused),
        ("unreachable", VendorUnreachable),
        ("doubt", InDoubt),
    ],
)
def test_each_ending_raises_the_class_that_names_its_recovery(action: Action, kind: type[ConnectorError]) -> None:
    error = failure(action, Outcome(400, "X", "words"), "GET query (acme)", 1)
    assert type(error) is kind
    assert action != "denied" or isinstance(error, AccessDenied)


@pytest.mark.parametrize(
    ("outcome", "tries", "message", "hint"),
    [
        (
            Outcome(400, "MALFORMED_QUERY", "unexpected token: 'Frm'"),
            1,
            "Salesforce refused GET query (acme) with 400: MALFORMED_QUERY: unexpected token: 'Frm'",
            "mend select.where of the mapping",
        ),
        (
            Outcome(fault=Fault.UNREACHED, words="Connection refused"),
            3,
            "Salesforce could not be reached after 3 attempts: GET query (acme): Connection refused",
            "check connection.instance_url and the network",
        ),
        (
            Outcome(fault=Fault.UNTRUSTED, words="self-signed certificate"),
            1,
            "Salesforce's certificate was refused: GET query (acme): self-signed certificate",
            "behind a company proxy, name its CA bundle in connection.ca_file",
        ),
        (
            Outcome(fault=Fault.LOST, words="timed out"),
            3,
            "Salesforce's answer was lost after 3 attempts: GET query (acme): timed out",
            "run again; nothing is lost",
        ),
        (
            Outcome(301),
            1,
            "Salesforce refused GET query (acme) with 301",
            "check connection.instance_url: it must be the org's own My Domain",
        ),
        (
            Outcome(400, "X", "jane@acme.example called +44 7700 900123 with Bearer abc.def"),
            1,
            "Salesforce refused GET query (acme) with 400: X: ***@*** called *** with Bearer ***",
            "run again later; nothing is lost",
        ),
        (
            Outcome(400, "MALFORMED_QUERY", "\nWHERE (Titel\n       ^\nERROR at Row:1"),
            1,
            "Salesforce refused GET query (acme) with 400: MALFORMED_QUERY: WHERE (Titel ^ ERROR at Row:1",
            "mend select.where of the mapping",
        ),
    ],
)
def test_messages_word_for_word(outcome: Outcome, tries: int, message: str, hint: str | None) -> None:
    error = failure("unreachable", outcome, "GET query (acme)", tries)
    assert (error.message, error.hint) == (message, hint)


def test_a_refused_request_carries_salesforces_code_or_the_status() -> None:
    named = failure("refused", Outcome(400, "JSON_PARSER_ERROR"), "PATCH", 1)
    bare = failure("refused", Outcome(418), "PATCH", 1)
    assert isinstance(named, RequestRefused)
    assert isinstance(bare, RequestRefused)
    assert (named.code, bare.code) == ("JSON_PARSER_ERROR", "418")
