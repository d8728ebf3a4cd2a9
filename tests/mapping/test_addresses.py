from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.mapping.addresses import (
    _untangled,
    has_path,
    is_shared_mailbox,
    normal_domain,
    normal_email,
    normal_linkedin,
    url_key,
    web_address,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        (" Jane.Doe@Example.COM ", "jane.doe@example.com"),
        ("mailto:jane@example.com", "jane@example.com"),
        ("jane+crm@sub.example.co", "jane+crm@sub.example.co"),
        ("jane", None),
        ("jane@localhost", None),
        ("jane@example", None),
        ("a@b@example.com", None),
        ("jane doe@example.com", None),
        ("jane@exa mple.com", None),
        ("jäne@example.com", None),
        (".jane@example.com", None),
        ("ja..ne@example.com", None),
        ("jane@-example.com", None),
        ("jane@example.c", None),
        ("@example.com", None),
        ("jane@", None),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
        ("a" * 65 + "@example.com", None),
        ("a@" + ".".join(["b" * 60] * 5) + ".com", None),
        ("jane@example.com, joe@example.com", None),
        ("jane@example.com\n", "jane@example.com"),
    ],
)
def test_normal_email(text: str, normal: str | None) -> None:
    assert normal_email(text) == normal


@pytest.mark.parametrize(
    ("address", "shared"),
    [
        ("info@example.com", True),
        ("no-reply@example.com", True),
        ("sales+emea@example.com", True),
        ("customer.service@example.com", True),
        ("h.r@example.com", True),
        ("jane@example.com", False),
        ("sales.smith@example.com", False),
        ("infosys@example.com", False),
    ],
)
def test_shared_mailboxes(address: str, shared: bool) -> None:
    assert is_shared_mailbox(address) is shared


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("acme.example", "acme.example"),
        ("https://www.Acme.example/", "acme.example"),
        ("HTTP://user:pw@acme.example:8080/a?b#c", "acme.example"),
        ("//acme.example", "acme.example"),
        ("www.acme.co.uk.", "acme.co.uk"),
        ("jane@acme.example", "acme.example"),
        ("acme.example?utm=1", "acme.example"),
        ("www.com", "www.com"),
        ("müller.example", "xn--mller-kva.example"),
        ("acme", None),
        ("localhost", None),
        ("192.0.2.1", None),
        ("Acme Inc", None),
        ("acme.example / acme.test", None),
        ("a_b.example", None),
        ("", None),
    ],
)
def test_normal_domain(text: str, domain: str | None) -> None:
    assert normal_domain(text) == domain


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://www.linkedin.com/in/jane-doe", "in/jane-doe"),
        ("http://de.linkedin.com/in/Jane-Doe/?trk=abc", "in/jane-doe"),
        ("linkedin.com/in/jane-doe/en", "in/jane-doe"),
        ("www.linkedin.com/company/Acme/about", "company/acme"),
        ("https://m.linkedin.com/in/jos%C3%A9", "in/jos%C3%A9"),
        ("https://www.linkedin.com/in/josé#x", "in/jos%C3%A9"),
        ("https://www.linkedin.com/in/", None),
        ("https://www.linkedin.com/sales/lead/ABC", None),
        ("https://www.linkedin.com/pub/jane/1/2", None),
        ("https://linkedin.com.evil.example/in/jane", None),
        ("https://example.com/in/jane", None),
        ("jane-doe", None),
    ],
)
def test_normal_linkedin(url: str, page: str | None) -> None:
    assert normal_linkedin(url) == (f"https://www.linkedin.com/{page}" if page else None)


def test_web_addresses() -> None:
    assert web_address(" www.acme.example/a ") == "https://www.acme.example/a"
    assert web_address("HTTPS://acme.example") == "HTTPS://acme.example"
    for text in ("ftp://acme.example", "jane@acme.example", "acme", "acme.example or so", "https://u@acme.example"):
        assert web_address(text) is None, text
    assert has_path("https://linkedin.com/company/a")
    assert not has_path("https://linkedin.com/")


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        ("HTTP://WWW.Acme.example/", "acme.example", True),
        ("https://acme.example/a/", "acme.example/a", True),
        ("https://acme.example/A", "https://acme.example/a", False),
        ("https://acme.example/?q=1", "https://acme.example/?q=2", False),
        ("https://uk.linkedin.com/in/Jane/", "linkedin.com/in/jane", True),
        ("acme.example", "acme.test", False),
    ],
)
def test_url_key(a: str, b: str, equal: bool) -> None:
    assert (url_key(a) == url_key(b)) is equal


ADDRESSISH = st.text(alphabet="aZé-.@:/?#% w1_", max_size=24)
SLUGS = st.text(st.sampled_from("aZ9-_.~%/?#é ſK\n"), max_size=8)
STARTS = st.sampled_from(["", "http://", "HTTPS://www.", "https://de.", "www.", " www.", "ftp://"])
KINDS = st.sampled_from(["in", "In", "company", "ſchool", "school", "showcase", "pub", "/in"])


@settings(max_examples=300)
@given(STARTS, KINDS, SLUGS)
def test_a_plain_linkedin_address_is_read_as_any_other_would_be(start: str, kind: str, slug: str) -> None:
    url = f"{start}linkedin.com/{kind}/{slug}"
    assert normal_linkedin(url) == _untangled(url)


HOSTS = st.sampled_from(["linkedin.com/in/", "https://www.linkedin.com/company/", "http://", "www.", "mailto:", ""])


@settings(max_examples=300, deadline=None)
@given(HOSTS, ADDRESSISH)
def test_normal_forms_are_fixed_points(start: str, rest: str) -> None:
    for normal in (normal_email, normal_domain, normal_linkedin, url_key, web_address):
        once = normal(start + rest)
        assert once is None or normal(once) == once
