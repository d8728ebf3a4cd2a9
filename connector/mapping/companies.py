"""Which company is meant: whether two names, or a name and a domain, are one company's; and a record's employer.

Read by ``doubts`` and, for ``on_job_change``, by the engine. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import fuzz

from connector.mapping.identity import addresses_in, company_domain, company_name
from connector.mapping.scalars import plain_text
from connector.models import Value, is_blank
from connector.naming import normal_company, normal_name

_SAME_COMPANY = 88.0
_SMALL = frozenset({"and", "of", "the", "for", "in", "de", "des", "der", "die", "das", "und", "fur", "du", "la", "le",
                    "les", "et", "e", "y", "di", "del", "van", "voor", "en"})  # fmt: skip
"""Words that an acronym may pass over."""


@dataclass(frozen=True, slots=True)
class Employer:
    """Where a record's person works, as its CRM says: company domains and company names, each maybe empty."""

    domains: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


def employer(alternatives: Sequence[Mapping[str, str]], values: Mapping[str, Value], email: Value = None) -> Employer:
    """The record's employer: what the company keys of ``identify`` read, used or not; else the e-mail's domain.

    ``email`` is the record's own address; a free-mail address says nothing about an employer, and where a field
    holds several, nobody knows which one is of today's.
    """
    found = Employer(
        stated_domains("company_domain", alternatives, values), stated_names("company_name", alternatives, values)
    )
    mails = [] if email is None else addresses_in(plain_text(email))
    if found.domains or found.names or len(mails) != 1 or "@" not in mails[0]:
        return found
    work = company_domain(mails[0])
    return Employer(domains=frozenset({work} if work else ()))


def employer_of(alternatives: Sequence[Mapping[str, str]], values: Mapping[str, Value]) -> Employer:
    """As ``employer``, with the first address that the record has under ``identify``."""
    mails = (values.get(alternative["email"]) for alternative in alternatives if "email" in alternative)
    return employer(alternatives, values, next((mail for mail in mails if not is_blank(mail)), None))


def stated_domains(key: str, alternatives: Sequence[Mapping[str, str]], values: Mapping[str, Value]) -> frozenset[str]:
    """The company domains that a key of ``identify`` reads in the record, used to ask or not."""
    return frozenset(filter(None, map(company_domain, _read_keys(key, alternatives, values))))


def stated_names(key: str, alternatives: Sequence[Mapping[str, str]], values: Mapping[str, Value]) -> frozenset[str]:
    """The company names that a key of ``identify`` reads in the record, in their own spelling."""
    return frozenset(filter(None, map(company_name, _read_keys(key, alternatives, values))))


def _read_keys(key: str, alternatives: Sequence[Mapping[str, str]], values: Mapping[str, Value]) -> list[str]:
    raws = [values.get(alternative[key]) for alternative in alternatives if key in alternative]
    return [plain_text(raw) for raw in raws if raw is not None]


def told_domains(company: Mapping[str, Any]) -> frozenset[str]:
    """Every domain that Lusha knows a company by; free-mail domains and pages on other hosts are none."""
    texts = [company.get(key) for key in ("domain", "email_domain", "website")]
    texts += company.get("alternative_domains") or ()
    told = [str(text) for text in texts if not is_blank(text)]
    return frozenset(filter(None, map(company_domain, told)))


def told_names(company: Mapping[str, Any]) -> tuple[str, ...]:
    """The names that Lusha knows a company by, the main one first."""
    texts = (str(company.get(key) or "") for key in ("name", "alternative_name"))
    return tuple(name for text in texts if (name := company_name(text)))


def company_verdict(record: Employer, profile_company: Mapping[str, Any]) -> Literal["same", "changed", "unknown"]:
    """Whether the CRM's employer is the profile's: ``same`` as soon as one domain or one name agrees.

    ``changed`` needs evidence of one kind on both sides, and none that agrees. A domain alone and a name alone
    agree where the name is in the domain, and are ``unknown`` where it is not: a company need not be called as
    its domain is. ``profile_company``: ``name``, ``domain``, ``alternative_domains``, each maybe absent.
    """
    domains = told_domains(profile_company)
    if domains_agree(record.domains, domains):
        return "same"
    names = told_names(profile_company)
    agrees = (
        any(names_agree(a, b) for a in record.names for b in names)
        or any(names_domain(a, b) for a in record.names for b in domains)
        or any(names_domain(b, a) for a in record.domains for b in names)
    )
    comparable = (record.domains and domains) or (record.names and names)
    return "same" if agrees else "changed" if comparable else "unknown"


def domains_agree(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether one domain on either side is the same, or lies within the other's."""
    if not ours.isdisjoint(theirs):
        return True
    return any(a.endswith("." + b) or b.endswith("." + a) for a in ours for b in theirs)


def names_agree(a: str, b: str) -> bool:
    """Whether two names may be one company's: but for legal forms the same, one within the other, or its acronym.

    >>> names_agree("Acme Robotics Europe", "ACME, Inc."), names_agree("JP Morgan", "JPMorgan Chase & Co.")
    (True, True)
    >>> names_agree("International Business Machines", "IBM"), names_agree("Google", "Alphabet Inc.")
    (True, False)
    """
    ours, theirs = normal_company(a), normal_company(b)
    if not ours or not theirs:
        return False
    if ours == theirs:
        return True
    alike = fuzz.token_set_ratio(ours, theirs) >= _SAME_COMPANY
    return alike or _within(ours, theirs) or _within(theirs, ours) or _shortens(a, b) or _shortens(b, a)


def _within(part: str, whole: str) -> bool:
    """Whether one name stands in another, however it is parted: JP Morgan in JPMorgan Chase, Apple not in Applebees."""
    words, joined = whole.split(), part.replace(" ", "")
    return any(
        "".join(words[start:end]) == joined for start in range(len(words)) for end in range(start + 1, len(words) + 1)
    )


def _shortens(short: str, whole: str) -> bool:
    """Whether a name is, or begins with, the initials of another."""
    core = normal_company(short).split()
    forms = {"".join(core), "".join(word for word in core if word not in _SMALL)}
    forms |= {word for word in core[:1] if len(word) > 2}
    return not forms.isdisjoint(_acronyms(whole))


def _acronyms(name: str) -> Iterator[str]:
    """The initials of a name of two words or more, with and without its legal form and small words."""
    for words in (normal_company(name).split(), normal_name(name.replace("&", " and ")).split()):
        for kept in (words, [word for word in words if word not in _SMALL]):
            if len(kept) > 1:
                yield "".join(word[0] for word in kept)


def names_domain(name: str, domain: str) -> bool:
    """``Acme Robotics Inc`` and ``acme-robotics.example``: the whole name is the domain's own label."""
    joined = normal_company(name).replace(" ", "")
    return len(joined) > 2 and joined in (label.replace("-", "") for label in domain.split(".")[:-1])
