"""From a record's raw values to what it tells Lusha about who it is, and to the spellings by which it is known.

Stage ``identify``. Pure. A value that would send Lusha to the wrong person (a shared mailbox, a placeholder, a free
mail domain as employer) or make it refuse a whole request (an invalid e-mail) counts as blank.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from connector.mapping.addresses import has_path, is_shared_mailbox, normal_domain, normal_email, normal_linkedin
from connector.mapping.names import is_identity_placeholder, split_full_name
from connector.mapping.scalars import plain_text
from connector.mapping.words import FREE_MAIL, NO_COMPANY, SHARED_HOSTS
from connector.models import Entity, Identity, Profile, Value, is_blank
from connector.naming import collapse, normal_company, normal_name

_KEPT = 8192
"""Values whose reading is kept: neighbours in a CRM share first names and employers, and each record is read more than
once on its way."""
_ALONE: Mapping[Entity, tuple[str, ...]] = {
    "person": ("id", "linkedin_url", "email"),
    "company": ("id", "linkedin_url", "email", "domain", "name"),
}
"""Keys that make an identity by themselves."""
_Keys = tuple[tuple[str, str], ...]


def identify(
    entity: Entity, alternatives: Sequence[Mapping[str, str]], values: Mapping[str, Value]
) -> tuple[Identity, ...]:
    """Every complete and valid identity of a record, in the order its mapping declares them.

    ``alternatives``: identity key → field path, as in the mapping's ``identify``. The first is the one to ask
    with; the rest are spellings of the same record. Empty: the record has no identity and is never sent. An e-mail
    field may hold several addresses (HubSpot's ``hs_additional_emails``): each is an identity.

    >>> identify("company", [{"domain": "Website"}], {"Website": "https://www.acme.example/"})[0].domain
    'acme.example'
    """
    return tuple(Identity(entity, **dict(keys)) for keys in _identifying(entity, alternatives, values))


def _identifying(entity: Entity, alternatives: Sequence[Mapping[str, str]], values: Mapping[str, Value]) -> list[_Keys]:
    """The keys of each identity that ``identify`` finds, each once."""
    found = [_known(entity, one, reading) for one in alternatives for reading in _readings(one, values)]
    return [keys for keys in dict.fromkeys(found) if keys]


def identity_of(entity: Entity, words: str) -> Identity | None:
    """Who is meant by one word or line that a person typed: an id, a LinkedIn page, an e-mail address, a domain, a
    company's name. None: nothing that could be asked for.

    >>> identity_of("person", "jane@acme.example").email, identity_of("company", "acme.example").domain
    ('jane@acme.example', 'acme.example')
    """
    words = words.strip()
    named = ("linkedin_url", "email") if entity == "person" else ("domain", "name")
    keys = ("id",) if words.isdigit() else named
    found = (identify(entity, [{key: "typed"}], {"typed": words}) for key in keys)
    return next((identities[0] for identities in found if len(identities) == 1), None)


def addresses_in(text: str) -> list[str]:
    """What stands in an e-mail field: one address, or several joined by ``;``. Not checked.

    >>> addresses_in("jane@acme.example;doe@acme.example")
    ['jane@acme.example', 'doe@acme.example']
    """
    return text.split(";")


def _readings(alternative: Mapping[str, str], values: Mapping[str, Value]) -> Sequence[Mapping[str, Value]]:
    """The values as an alternative is to read them: once for each address of its e-mail field."""
    path = alternative.get("email")
    joined = values.get(path) if path else None
    if path is None or not isinstance(joined, str) or ";" not in joined:
        return (values,)
    return [{**values, path: address} for address in addresses_in(joined)]


def _known(entity: Entity, alternative: Mapping[str, str], values: Mapping[str, Value]) -> _Keys:
    """The identity that an alternative's fields make, as its fields; none unless each key has a valid value."""
    read: dict[str, str] = {}
    for key, path in alternative.items():
        raw = values.get(path)
        text = raw if type(raw) is str else "" if raw is None else plain_text(raw)
        valid = _VALID[key](text) if text else None
        if valid is None:
            return ()
        read[key] = valid
    for key in _ALONE[entity]:
        if key in read:
            return ((key, read[key]),)
    return _named_person(read) if entity == "person" else ()


def _named_person(read: Mapping[str, str]) -> _Keys:
    names = split_full_name(read["full_name"]) if "full_name" in read else None
    first, last = names or (read.get("first_name"), read.get("last_name"))
    if not first or not last or not all(map(_name, (first, last))):
        return ()
    for key in ("company_domain", "company_name"):
        if key in read:
            return ("first_name", first), ("last_name", last), (key, read[key])
    return ()


def _id(text: str) -> str | None:
    known = text.strip()
    return None if is_identity_placeholder(known) or len(known.split()) > 1 else known


def _person_page(text: str) -> str | None:
    page = normal_linkedin(text)
    return page if page and "/in/" in page else None


@lru_cache(_KEPT)
def personal_email(text: str) -> str | None:
    """A valid address that belongs to one person, normalised; None for shared mailboxes and invalid ones."""
    address = normal_email(text)
    return None if address is None or is_shared_mailbox(address) else address


@lru_cache(_KEPT)
def company_domain(text: str) -> str | None:
    """The domain that is a company's own, of a domain, web address or e-mail address; None for any other.

    Free-mail domains are nobody's; a page on LinkedIn or Facebook belongs to another company than its host.

    >>> company_domain("www.acme.example/about"), company_domain("gmail.com"), company_domain("linkedin.com/company/a")
    ('acme.example', None, None)
    """
    domain = normal_domain(text)
    elsewhere = domain in SHARED_HOSTS and (has_path(text) or normal_linkedin(text))
    return None if domain is None or domain in FREE_MAIL or elsewhere else domain


@lru_cache(_KEPT)
def company_name(text: str) -> str | None:
    """A company's name in its own spelling; None for placeholders and for "self-employed"."""
    name = collapse(text)
    says_nothing = is_identity_placeholder(name) or name.casefold() in NO_COMPANY
    return None if says_nothing or not normal_company(name) else name


@lru_cache(_KEPT)
def _name(text: str) -> str | None:
    name = collapse(text)
    spelled_out = any(letter.isalpha() for letter in normal_name(name))
    return name if spelled_out and "@" not in name and not is_identity_placeholder(name) else None


_VALID: Mapping[str, Callable[[str], str | None]] = {
    "id": _id,
    "linkedin_url": _person_page,
    "email": personal_email,
    "first_name": _name,
    "last_name": _name,
    "full_name": _name,
    "company_domain": company_domain,
    "company_name": company_name,
    "domain": company_domain,
    "name": company_name,
}


def spellings(identity: Identity) -> tuple[str, ...]:
    """The normalised keys by which this identity is looked up: ``email:jane@acme.example``, ``domain:acme.example``.

    >>> spellings(Identity("person", first_name="Jane", last_name="Doe", company_name="Acme, Inc."))
    ('name@company:jane doe|acme',)
    """
    one = identity
    people = one.first_name, one.last_name, one.company_domain, one.company_name
    return tuple(_spelled(one.id, one.linkedin_url, one.email, *people, one.domain, one.name))


def _spelled(
    id: str | None = None,
    linkedin_url: str | None = None,
    email: str | None = None,
    first_name: str | None = None,
    last_name: str | None = None,
    company_domain: str | None = None,
    company_name: str | None = None,
    domain: str | None = None,
    name: str | None = None,
) -> list[str]:
    found: list[str] = []
    if id is not None:
        found += _keyed("id", id)
    if linkedin_url:
        found += _keyed("linkedin", _page(linkedin_url))
    if email is not None:
        found += _keyed("email", email)
    if first_name or last_name:
        found += _named(f"{first_name or ''} {last_name or ''}", company_domain, company_name)
    if domain is not None:
        found += _keyed("domain", domain)
    if name:
        found += _keyed("company", normal_company(name))
    return found


def says_who(spelling: str) -> bool:
    """Whether a spelling means one person, and nobody else: an id, an e-mail address, a LinkedIn page."""
    return spelling.startswith(("id:", "email:", "linkedin:"))


def record_spelling(org: str, object: str, id: str) -> str:
    """The mark of a record itself, whoever it says it is: for suppression alone.

    >>> record_spelling("acme", "Contact", "c1")
    'record:acme/Contact/c1'
    """
    return f"record:{org}/{object}/{id}"


def profile_spellings(profile: Profile) -> tuple[str, ...]:
    """The same keys for an answer: every spelling under which it would be found again.

    Shared mailboxes and free-mail domains are left out, as in ``identify``.
    """
    attributes = profile.attributes
    keys = _company_keys(attributes) if profile.entity == "company" else _person_keys(attributes)
    return tuple(dict.fromkeys([*_keyed("id", profile.id), *keys]))


def _person_keys(attributes: Mapping[str, Any]) -> Iterator[str]:
    yield from _keyed("linkedin", _page((attributes.get("social") or {}).get("linkedin")))
    for entry in attributes.get("emails") or ():
        yield from _keyed("email", personal_email(entry.get("email") or ""))
    company = attributes.get("company") or {}
    domain = company_domain(company.get("domain") or "")
    first_last = f"{attributes.get('first_name') or ''} {attributes.get('last_name') or ''}"
    for full_name in dict.fromkeys((first_last, attributes.get("full_name") or "")):
        yield from _named(full_name, domain, company.get("name"))


def _company_keys(attributes: Mapping[str, Any]) -> Iterator[str]:
    for text in (attributes.get("domain"), *(attributes.get("alternative_domains") or ())):
        yield from _keyed("domain", company_domain(text or ""))
    name = company_name(attributes.get("name") or "")
    yield from _keyed("company", normal_company(name or ""))


def all_spellings(identities: Iterable[Identity]) -> tuple[str, ...]:
    """Every key by which a record is known, each once, in the order of its identities."""
    return tuple(dict.fromkeys(key for identity in identities for key in spellings(identity)))


def fingerprint(entity: Entity, alternatives: Sequence[Mapping[str, str]], values: Mapping[str, Value]) -> str:
    """The ``mark_over`` every identity that ``identify`` finds: another one = the record's identity changed."""
    identifying = _identifying(entity, alternatives, values)
    return mark_over(entity, [spelling for keys in identifying for spelling in _spelled(**dict(keys))])


def mark_over(entity: Entity, spelled: Collection[str]) -> str:
    """Sixteen hex digits over all spellings of a record, in any order; one that has none is of no entity."""
    keys = sorted({entity, *spelled}) if spelled else ()
    return sha256("\n".join(keys).encode()).hexdigest()[:16]


def _keyed(kind: str, text: str | None) -> Sequence[str]:
    return () if is_blank(text) else (f"{kind}:{text}",)


def _named(full_name: str, domain: str | None, company: str | None) -> Iterator[str]:
    """Keys of a person's whole name at an employer; a single word is not a whole name."""
    name = normal_name(full_name)
    if " " not in name:
        return
    if domain:
        yield f"name@domain:{name}|{domain}"
    if employer := normal_company(company or ""):
        yield f"name@company:{name}|{employer}"


def _page(url: str | None) -> str | None:
    """``in/jane-doe`` of a LinkedIn address."""
    page = normal_linkedin(url or "")
    return page.removeprefix("https://www.linkedin.com/") if page else None
