"""Is the answer about the person or company of the record? The judgement before anything of it is used.

Read by the engine after an answer came. Pure. Each function gives the reason to leave the answer to people, None when
nothing speaks against it. The reasons may name companies, never a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from connector.mapping.addresses import normal_linkedin
from connector.mapping.companies import (
    Employer,
    company_verdict,
    domains_agree,
    employer_of,
    names_agree,
    names_domain,
    stated_domains,
    stated_names,
    told_domains,
    told_names,
)
from connector.mapping.identity import personal_email
from connector.mapping.scalars import plain_text
from connector.mapping.similarity import name_score
from connector.models import Identity, Profile, Value, is_blank
from connector.naming import normal_company, normal_name

_NAME = ("first_name", "last_name", "full_name")
Alternatives = Sequence[Mapping[str, str]]
"""Identity key → field path, as in the mapping's ``identify``."""


def person_doubt(
    alternatives: Alternatives,
    identities: Sequence[Identity],
    values: Mapping[str, Value],
    profile: Profile,
    *,
    least: int,
    before: bool = False,
) -> str | None:
    """Why an answer may be about another person: its name differs, or it may be a namesake's.

    ``identities``: every one the record offers, the first to be asked for first. ``least``: the mapping's ``min_name``.
    ``before``: the record was matched with this profile before, so only its name is held against it.
    """
    spelled, told = _name(alternatives, values), profile.attributes.get("full_name") or ""
    if spelled and (score := name_score(spelled, told)) < least:
        return f"the names agree to {score} of 100, {least} is asked"
    if before or _surely_asked(identities, profile) or _same_address(identities, profile):
        return None
    return _namesake(employer_of(alternatives, values), profile)


def _name(alternatives: Alternatives, values: Mapping[str, Value]) -> str | None:
    """The record's whole name, by the first alternative that has all its parts."""
    for alternative in alternatives:
        paths = [alternative[key] for key in _NAME if key in alternative]
        raws = [raw for path in paths if (raw := values.get(path)) is not None and not is_blank(raw)]
        if paths and len(raws) == len(paths):
            return " ".join(plain_text(raw).strip() for raw in raws)
    return None


def _surely_asked(identities: Sequence[Identity], profile: Profile) -> bool:
    """Whether Lusha was asked by something that one person alone has: its own id, a LinkedIn page, an address.

    A stamped id that is not the answer's was asked for in vain, and then the next identity.
    """
    if any(identity.id == profile.id for identity in identities):
        return True
    asked = _asked(identities)
    return asked is not None and bool(asked.linkedin_url or asked.email)


def _asked(identities: Sequence[Identity]) -> Identity | None:
    return next((identity for identity in identities if identity.id is None), None)


def _same_address(identities: Sequence[Identity], profile: Profile) -> bool:
    """Whether the record's LinkedIn page, or an address that is one person's, is the profile's too."""
    page = normal_linkedin((profile.attributes.get("social") or {}).get("linkedin") or "")
    mails = {personal_email(entry.get("email") or "") for entry in profile.attributes.get("emails") or ()}
    return any(
        (identity.linkedin_url is not None and identity.linkedin_url == page)
        or (identity.email is not None and identity.email in mails)
        for identity in identities
    )


def _namesake(ours: Employer, profile: Profile) -> str | None:
    """Somebody of this name at another company, who was at yet another one before. Where Lusha does not tell the
    previous job (no preview does) they are taken for one who moved: it was asked for the name at the record's company.
    """
    company = profile.attributes.get("company") or {}
    previous = (profile.attributes.get("previous_job") or {}).get("company") or {}
    if company_verdict(ours, company) != "changed" or company_verdict(ours, previous) != "changed":
        return None
    there = company.get("name") or company.get("domain")
    return f"found by name alone: Lusha knows this name at {there}, the record says {_one(ours.names or ours.domains)}"


def company_doubt(
    alternatives: Alternatives, identities: Sequence[Identity], values: Mapping[str, Value], profile: Profile
) -> str | None:
    """Why an answer may be about another company: found by domain its name differs, or the other way round.

    What Lusha knows as another name or domain of the company counts. A record of Lusha's own id is not doubted.
    """
    asked = _asked(identities)
    if asked is None or any(identity.id == profile.id for identity in identities):
        return None
    ours = Employer(stated_domains("domain", alternatives, values), stated_names("name", alternatives, values))
    domains, names = told_domains(profile.attributes), told_names(profile.attributes)
    if asked.domain is not None:
        return None if _names_fit(ours, names, ours.domains | domains) else _other_name(asked, ours.names, names[0])
    if {normal_company(name) for name in ours.names} & {normal_company(name) for name in names}:
        return None
    if ours.domains and domains:
        told = profile.attributes.get("domain") or _one(domains)
        words = f"found by name, but Lusha knows it at {told} and the record says {_one(ours.domains)}"
        return None if domains_agree(ours.domains, domains) else words
    return None if _names_fit(ours, names, domains) else _other_name(asked, ours.names, names[0])


def _names_fit(ours: Employer, names: Sequence[str], domains: Iterable[str]) -> bool:
    """Whether some name of the record is one of Lusha's or a domain's own label; what cannot be compared fits."""
    pairs = [(a, b) for a in ours.names for b in names if _one_script(a, b)]
    labelled = any(names_domain(name, domain) for name in ours.names for domain in domains)
    return not pairs or labelled or any(names_agree(a, b) for a, b in pairs)


def _one_script(a: str, b: str) -> bool:
    """Whether both names are in Latin letters, or neither is: 株式会社トヨタ and Toyota cannot be compared."""
    return any(map(str.isascii, normal_name(a))) == any(map(str.isascii, normal_name(b)))


def _other_name(asked: Identity, ours: Iterable[str], theirs: str) -> str:
    by = f"domain {asked.domain}" if asked.domain else "name"
    return f"found by {by}, but Lusha calls it '{theirs}' and the record '{_one(ours)}'"


def _one(words: Iterable[str]) -> str:
    return min(words)
