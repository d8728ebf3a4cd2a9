"""E-mail addresses, domains, web and LinkedIn addresses in one spelling each.

Stands below ``values``, ``identity`` and ``transforms``. Each ``normal_…`` gives None for what it cannot be, and is
its own fixed point: a normal value stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from connector.mapping.words import SHARED_MAILBOXES

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})")
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_WITHOUT_MARKS = str.maketrans("", "", "._-")
_KEPT = 8192
"""LinkedIn addresses whose normal form is kept: a record's own and its answer's are compared several times."""
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_LINKEDIN_HOST = re.compile(r"(?:[a-z]{1,3}\.)?linkedin\.com")
_LINKEDIN_PLAIN = re.compile(
    r"(?:https?://)?(?:www\.)?linkedin\.com/(in|company|school|showcase)/([a-z0-9_.~-]+)/?", re.IGNORECASE | re.ASCII
)
"""How nearly all of them are written: there is nothing to unescape, nor to leave out."""
_LINKEDIN_PATH = re.compile(r"/+(in|company|school|showcase)/+([^/?#]+)", re.IGNORECASE)


def normal_email(text: str) -> str | None:
    """The address in lower case, or None where a strict server would refuse it.

    ASCII alone, one @, a dot in the domain, no spaces, at most 254 characters. Lusha refuses a whole request
    for one invalid address (https://docs.lusha.com), so this is stricter than a mail server.

    >>> normal_email(" Jane.Doe@Example.COM "), normal_email("jane@localhost"), normal_email("a@b@example.com")
    ('jane.doe@example.com', None, None)
    """
    address = text.strip().lower().removeprefix("mailto:")
    local, at, domain = address.partition("@")
    valid = at and len(address) <= 254 and len(local) <= 64 and _LOCAL.fullmatch(local) and _is_domain(domain)
    return address if valid else None


def is_shared_mailbox(email: str) -> bool:
    """Whether a normalised address belongs to a role, not to a person: ``info@``, ``no-reply@``, ``sales+emea@``."""
    local = email.partition("@")[0].partition("+")[0]
    return local.translate(_WITHOUT_MARKS) in SHARED_MAILBOXES


def normal_domain(text: str) -> str | None:
    """The domain of a domain, a web address or an e-mail address: lower case, no ``www.``, no port, IDN as ``xn--``.

    >>> normal_domain("https://WWW.Acme.example:443/about"), normal_domain("jane@acme.example"), normal_domain("acme")
    ('acme.example', 'acme.example', None)
    """
    host = _host(text)
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return None
    shorter = host.removeprefix("www.")
    return next((name for name in (shorter, host) if _is_domain(name)), None)


def _host(text: str) -> str:
    """The host part of an address, in lower case; not checked."""
    rest = _SCHEME.sub("", text.strip(), count=1)
    if not _SCHEME.match(text.strip()):
        rest = rest.removeprefix("//").removeprefix("mailto:")
    host = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
    return re.sub(r":\d*$", "", host).rstrip(".").lower()


def _is_domain(host: str) -> bool:
    return len(host) <= 253 and _DOMAIN.fullmatch(host) is not None


def has_path(text: str) -> bool:
    """Whether a web address goes on after its host: ``linkedin.com/company/acme``."""
    rest = _SCHEME.sub("", text.strip(), count=1)
    return bool(rest.partition("/")[2].strip("/"))


@lru_cache(_KEPT)
def normal_linkedin(url: str) -> str | None:
    """The canonical address of a LinkedIn person or company page; None for any other page.

    Country hosts, tracking parameters, trailing parts, percent-escapes and case make no difference. School
    and showcase pages keep their kind; Sales Navigator links and old ``/pub/`` pages name nobody by slug.

    >>> normal_linkedin("http://de.linkedin.com/in/Jane-Doe/?trk=x"), normal_linkedin("linkedin.com/company/Acme/about")
    ('https://www.linkedin.com/in/jane-doe', 'https://www.linkedin.com/company/acme')
    """
    if plain := _LINKEDIN_PLAIN.fullmatch(url):
        return f"https://www.linkedin.com/{plain[1].lower()}/{plain[2].lower()}"
    return _untangled(url)


def _untangled(url: str) -> str | None:
    rest = _SCHEME.sub("", url.strip(), count=1)
    host, slash, path = rest.partition("/")
    if not _LINKEDIN_HOST.fullmatch(host.lower().removeprefix("www.")):
        return None
    found = _LINKEDIN_PATH.match(slash + path)
    slug = _slug(found[2]) if found else ""
    return f"https://www.linkedin.com/{found[1].lower()}/{slug}" if found and slug else None


def _slug(escaped: str) -> str:
    plain = unicodedata.normalize("NFC", unquote(escaped).strip().lower())
    usable = plain.isprintable() and not re.search(r"[\s/?#%\\�]", plain)
    return quote(unicodedata.normalize("NFC", plain), safe="-_.~") if usable else ""


def web_address(text: str) -> str | None:
    """A whole web address: with ``https://`` in front where the scheme is missing; None where it is none.

    >>> web_address("acme.example"), web_address("http://acme.example/a"), web_address("ftp://acme.example")
    ('https://acme.example', 'http://acme.example/a', None)
    """
    address = text.strip()
    scheme = _SCHEME.match(address)
    wrong_scheme = scheme and scheme[1].lower() not in ("http", "https")
    if wrong_scheme or re.search(r"\s", address) or "@" in re.split(r"[/?#]", address.split("://")[-1])[0]:
        return None
    whole = address if scheme else "https://" + address.removeprefix("//")
    return whole if normal_domain(whole) else None


def url_key(text: str) -> str | None:
    """What two spellings of one web address share: no scheme, ``www.``, case of the host, trailing slash.

    The path keeps its case, except on LinkedIn. None where the text is no web address.

    >>> url_key("HTTP://www.Acme.example/") == url_key("acme.example")
    True
    """
    address = web_address(text)
    domain = normal_domain(address) if address else None
    if address is None or domain is None:
        return None
    tail = re.sub(r"^[^/?#\\]*", "", _SCHEME.sub("", address, count=1))
    return normal_linkedin(address) or domain + tail.rstrip("/")
