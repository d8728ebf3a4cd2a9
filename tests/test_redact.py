"""Nothing secret and nobody's data leaves in a message, a repr, a pickle or a log."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import re
import traceback
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.config.settings import LushaSettings
from connector.redact import Secret, hide, redact

KEY = "s3cr3t-K3y"


@pytest.mark.parametrize(
    "words",
    [
        "Authorization: Bearer s3cr3t-K3y",
        "authorization: bearer s3cr3t-K3y, retry",
        "GET /v3?api_key=s3cr3t-K3y&page=2",
        "api_key: s3cr3t-K3y",
        "API_KEY=s3cr3t-K3y",
        "client_secret=s3cr3t-K3y&grant_type=x",
        "access_token=s3cr3t-K3y;",
        '{"api_key": "s3cr3t-K3y"}',
        "{'access_token': 's3cr3t-K3y'}",
        '{"client_secret":"s3cr3t-K3y","x":1}',
        "refresh_token=s3cr3t-K3y",
        "password=s3cr3t-K3y",
    ],
)
def test_credentials_are_blanked_however_they_are_spelled(words: str) -> None:
    assert KEY not in redact(words)
    assert "***" in redact(words)


def test_what_stands_around_a_credential_stays() -> None:
    assert redact("client_secret=abc&grant_type=x") == "client_secret=***&grant_type=x"
    assert redact("Bearer abc.def, retry in 5 s") == "Bearer ***, retry in 5 s"


@pytest.mark.parametrize(
    "mail", ["ada@acme.example", "Ada.Byron+crm@mail.acme.example", "jörg@müller.example", "a_b%c@acme.co.example"]
)
def test_e_mail_addresses_are_blanked(mail: str) -> None:
    assert redact(f"Invalid value '{mail}' for Email.") == "Invalid value '***@***' for Email."


@pytest.mark.parametrize(
    "mail", ["ada%40acme.example", "Ada.Byron%2Bcrm%40mail.acme.example", "filter=ada%40acme.co.example"]
)
def test_e_mail_addresses_in_addresses_of_the_web_are_blanked(mail: str) -> None:
    assert "acme" not in redact(f"GET /contacts?email={mail}&page=2 failed")
    assert redact(f"GET /contacts?email={mail}&page=2").endswith("***@***&page=2")


@pytest.mark.parametrize(
    "page",
    ["https://www.linkedin.com/in/ada-byron", "linkedin.com/in/ada-byron-5550100/", "LINKEDIN.com/IN/Ada-Byron",
     "https%3A%2F%2Fde.linkedin.com%2Fin%2Fada-byron", "https://linkedin.com/pub/ada-byron/1/2/3",
     "linkedin.com/in/ad%C3%A4-byron"],
)  # fmt: skip
def test_peoples_pages_are_blanked(page: str) -> None:
    words = redact(f'Not valid: "{page}", or taken')
    assert "byron" not in words.lower()
    assert words.startswith('Not valid: "') and words.endswith('***", or taken')


def test_the_page_of_a_company_stays() -> None:
    assert redact("see linkedin.com/company/acme") == "see linkedin.com/company/acme"


def test_names_that_are_known_are_hidden_as_whole_words_alone() -> None:
    words = "ADA BYRON was not one of [Adam, Byronic, ada]; see O'Brien (Ünal)."
    known = ["Ada", "Byron", "O'Brien", "Ünal", " ", "", None, 5]
    assert hide(words, known) == "*** *** was not one of [Adam, Byronic, ***]; see *** (***)."
    assert hide("Ada Byron-Lovelace", ["Ada Byron-Lovelace", "Byron"]) == "***"
    assert hide(words, []) == words
    assert hide("a.c and abc", ["a.c"]) == "*** and abc"


@given(st.text(max_size=40), st.lists(st.text(max_size=8), max_size=4))
def test_what_is_hidden_is_not_there_any_more(text: str, values: list[str]) -> None:
    hidden = hide(text, values)
    for value in {value.strip() for value in values}:
        if len(value) > 1 and value.isalpha() and value.isascii():
            assert value.lower() not in re.findall(r"[^\W]+", hidden.lower())


@pytest.mark.parametrize(
    "number",
    ["+1 555 010 0001", "+15550100001", "(555) 010-0001", "+44 (0)7700 900123", "07700 900123", "555.010.0001",
     "+49 30 23125-101"],
)  # fmt: skip
def test_phone_numbers_are_blanked(number: str) -> None:
    assert redact(f"bad phone: {number}, try again") == "bad phone: ***, try again"


@pytest.mark.parametrize(
    "words",
    [
        "STRING_TOO_LONG: Title: data value too large (max length=40)",
        "record 0035g00000AbCdEAAV is locked",
        "answered 429: Reset in 1800 seconds",
        "2,000 records a page; limit 30.0%, 420 of 1,000",
        "Property values were not valid: jobtitle",
    ],
)
def test_ordinary_words_stay_as_they_are(words: str) -> None:
    assert redact(words) == words


@given(st.text(max_size=60))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@dataclass(frozen=True)
class Holder:
    key: Secret


def test_a_secret_prints_as_stars_wherever_it_lands() -> None:
    secret = Secret(KEY)
    shown = [
        repr(secret), str(secret), f"{secret}", f"{secret!r:>8}", "%s" % secret, "{}".format(secret),  # noqa: UP031, UP032
        repr(Holder(secret)), repr(LushaSettings(secret)), repr([secret]), repr({"key": secret}),
        json.dumps({"key": secret}, default=str), str(ValueError(secret)), secret.fingerprint(),
    ]  # fmt: skip
    assert not any(KEY in text for text in shown)
    assert repr(secret) == "***"


def test_a_secret_is_in_no_traceback_even_one_that_shows_what_each_line_held() -> None:
    def signs(key: Secret, settings: LushaSettings) -> None:
        holder = {"key": key, "settings": settings}
        raise ValueError(f"cannot sign with {holder}")

    with pytest.raises(ValueError, match=r"\*\*\*") as caught:
        signs(Secret(KEY), LushaSettings(Secret(KEY)))
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "signs" in shown and KEY not in shown.replace(f'KEY = "{KEY}"', "")


def test_a_secret_in_a_log_line_is_stars(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        logging.getLogger("connector").info("key %s of %r", Secret(KEY), {"key": Secret(KEY)})
    assert caplog.messages == ["key *** of {'key': ***}"]


def test_a_secret_is_never_serialised() -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(Secret(KEY), protocol)
    with pytest.raises(TypeError, match="a Secret is never serialised"):
        copy.deepcopy(Holder(Secret(KEY)))
    with pytest.raises(TypeError):
        json.dumps(Secret(KEY))
    assert not hasattr(Secret(KEY), "__dict__")


def test_secrets_are_equal_by_value_and_told_apart_by_fingerprint() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert Secret("a").reveal() == "a"
    assert len(Secret("a").fingerprint()) == 12
    assert Secret("a").fingerprint() != Secret("b").fingerprint()
