"""What people typed into a CRM about the demo world: the mess, before it takes a CRM's native field names.

Stands between ``people``/``firms`` (the truth) and ``native`` (rows of Salesforce and HubSpot). Blank is None here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar

from connector.sandbox import phones, pools
from connector.sandbox.firms import Firm
from connector.sandbox.people import Human

T = TypeVar("T")

AS_OF = date(2026, 11, 23)
"""The day on which the times below were written; ``as_of`` moves them to another."""
_OLDEST = datetime(2025, 1, 6, 8, 0, tzinfo=UTC)
_DAYS = 660
"""Every row was last touched between January 2025 and October 2026."""
LONG_AGO = datetime(2026, 2, 10, 4, 0, tzinfo=UTC)
LATELY = datetime(2026, 10, 20, 4, 0, tzinfo=UTC)

_TWINS, _BARE, _MAILBOXES, _ODD = 0.07, 0.03, 0.025, 0.03
_ABBREVIATED = {"Vice President": "VP", "Chief Executive Officer": "CEO", "Manager": "Mgr.", "Senior": "Sr."}
_BROKEN_EMAILS = ("n/a", "not-provided", "{}@", "{}@@example.com", "{} @example.com", "none", "{}@example")
_PLACEHOLDERS = ("[not provided]", "Unknown")
_COUNTRIES = {"United States": "USA", "United Kingdom": "UK", "Germany": "Deutschland", "China": "PR China"}


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """One contact. ``firm``: the account it hangs on; ``company``: the employer's name as typed."""

    last_name: str | None
    modified: datetime
    created: datetime
    first_name: str | None = None
    email: str | None = None
    title: str | None = None
    department: str | None = None
    phone: str | None = None
    mobile: str | None = None
    firm: Firm | None = None
    company: str | None = None
    city: str | None = None
    country: str | None = None
    linkedin: str | None = None
    seniority: str | None = None
    opted_out: bool = False
    do_not_call: bool = False
    bounced: bool = False
    lusha_id: str | None = None
    enriched: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One account or company."""

    firm: Firm
    name: str
    modified: datetime
    created: datetime
    website: str | None = None
    has_industry: bool = False
    employees: int | None = None
    revenue: int | None = None
    phone: str | None = None
    description: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None
    founded: int | None = None
    linkedin: str | None = None
    lusha_id: str | None = None
    enriched: datetime | None = None


def head_count(contacts: int) -> int:
    """How many different people stand behind ``contacts`` rows of one CRM."""
    return contacts - sum(_extras(contacts))


def _extras(contacts: int) -> tuple[int, ...]:
    return tuple(round(contacts * share) for share in (_TWINS, _BARE, _MAILBOXES, _ODD))


def contact_entries(rng: Random, humans: Sequence[Human], firms: Sequence[Firm], count: int) -> list[ContactEntry]:
    """A CRM's ``count`` contacts: each of ``humans`` (``head_count(count)`` of them) once, then twins, bare names,
    shared mailboxes and odd ones."""
    twins, bare, mailboxes, odd = _extras(count)
    seen_twice = [rng.choice(humans) for _ in range(twins)]
    if twins > 1:
        seen_twice[1] = seen_twice[0]  # one person stands there three times
    made = [_person(rng, human) for human in humans]
    made += [_twin(rng, human, nth) for nth, human in enumerate(seen_twice)]
    made += [_bare(rng, rng.choice(humans)) for _ in range(bare)]
    made += [_mailbox(rng, rng.choice(firms), nth) for nth in range(mailboxes)]
    made += [_odd(rng, rng.choice(humans), nth) for nth in range(odd)]
    rng.shuffle(made)
    return made


def lead_entries(rng: Random, humans: Sequence[Human]) -> list[ContactEntry]:
    """A CRM's leads: each of ``humans`` once."""
    return [_person(rng, human) for human in humans]


def account_entries(rng: Random, firms: Sequence[Firm], count: int) -> list[AccountEntry]:
    """A CRM's accounts: every firm once, then some again under its legal name, up to ``count``."""
    again = [firms[index % len(firms)] for index in range(count - len(firms))]
    made = [_account(rng, firm) for firm in firms]
    return made + [replace(_account(rng, firm), name=firm.legal_name.upper(), website=None) for firm in again]


E = TypeVar("E", ContactEntry, AccountEntry)


def as_of(entries: Sequence[E], today: date) -> list[E]:
    """The same entries as they would stand on another day: what was enriched lately stays enriched lately."""
    shift = today - AS_OF
    return [
        replace(
            entry,
            modified=entry.modified + shift,
            created=entry.created + shift,
            enriched=entry.enriched + shift if entry.enriched else None,
        )
        for entry in entries
    ]


def _times(rng: Random) -> tuple[datetime, datetime]:
    modified = _OLDEST + timedelta(days=rng.randrange(_DAYS), seconds=rng.randrange(86_400))
    return modified, modified - timedelta(days=rng.randrange(1, 900))


def _perhaps(rng: Random, share: float, value: T) -> T | None:
    return value if rng.random() < share else None


def _person(rng: Random, human: Human) -> ContactEntry:
    way = rng.random()  # how the record can be identified: e-mail, LinkedIn, or name and company alone
    modified, created = _times(rng)
    at_home = rng.random() < 0.5
    linkedin = _linkedin(rng, human.linkedin) if 0.8 <= way < 0.88 or rng.random() < 0.3 else None
    stamped = human.known and not human.restricted and rng.random() < 0.05
    has_firm = way >= 0.88 or rng.random() < 0.9
    return ContactEntry(
        first_name=_typed_name(rng, human.first_name),
        last_name=_typed_name(rng, human.last_name),
        email=_typed_email(rng, human.email) if way < 0.8 else None,
        title=_typed_title(rng, human),
        department=_perhaps(rng, 0.3, human.title[1]),
        phone=_perhaps(rng, 0.5, rng.choice(phones.SPELLINGS)(human.direct)),
        mobile=_perhaps(rng, 0.45, _typed_mobile(rng, human)),
        firm=human.employer if has_firm else None,
        company=human.employer.name if has_firm else None,
        city=human.place.city if at_home else None,
        country=_country(rng, human.place.country) if at_home else None,
        linkedin=linkedin,
        seniority=_perhaps(rng, 0.3, human.title[2]),
        opted_out=rng.random() < 0.02,
        do_not_call=rng.random() < 0.02,
        bounced=rng.random() < 0.03,
        lusha_id=human.id if stamped else None,
        enriched=rng.choice((LONG_AGO, LATELY)) if stamped else None,
        modified=modified,
        created=created,
    )


def _twin(rng: Random, human: Human, nth: int) -> ContactEntry:
    """The same person again: the e-mail in other letters, a private one, or name and company instead."""
    entry = replace(_person(rng, human), lusha_id=None, enriched=None, opted_out=False)
    if nth % 3 == 0:
        return replace(entry, email=human.email.upper())
    if nth % 3 == 1:
        return replace(entry, email=human.emails[-1])
    return replace(
        entry, email=None, linkedin=None, firm=human.employer, company=human.employer.legal_name,
        first_name=human.first_name, last_name=human.last_name,
    )  # fmt: skip


def _bare(rng: Random, human: Human) -> ContactEntry:
    """A name and nothing else: no way to tell who it is."""
    modified, created = _times(rng)
    return ContactEntry(
        first_name=_perhaps(rng, 0.5, human.first_name),
        last_name=human.last_name,
        modified=modified,
        created=created,
    )


def _mailbox(rng: Random, firm: Firm, nth: int) -> ContactEntry:
    modified, created = _times(rng)
    box = ("info", "sales", "office", "support")[nth % 4]
    return ContactEntry(
        last_name="Reception",
        email=f"{box}@{firm.domain}",
        firm=firm,
        company=firm.name,
        modified=modified,
        created=created,
    )


def _odd(rng: Random, human: Human, nth: int) -> ContactEntry:
    """An e-mail that is none; every second one has placeholders for a name as well."""
    broken = _BROKEN_EMAILS[nth % len(_BROKEN_EMAILS)].format(human.email.partition("@")[0])
    entry = replace(_person(rng, human), email=broken, linkedin=None, lusha_id=None, enriched=None)
    if nth % 2:
        return replace(entry, first_name="Unknown", last_name="[not provided]", firm=None, company="Unknown")
    return entry


def _typed_name(rng: Random, name: str) -> str:
    spellings: tuple[Callable[[str], str], ...] = (str.upper, str.lower, _unaccented)
    return rng.choice(spellings)(name) if rng.random() < 0.06 else name


def _unaccented(name: str) -> str:
    return pools.latin(name) if not any("一" <= letter <= "鿿" for letter in name) else name


def _typed_email(rng: Random, email: str) -> str:
    return email.title() if rng.random() < 0.08 else email


def _typed_title(rng: Random, human: Human) -> str | None:
    """Blank for nearly half; else right, right in other letters, abbreviated, someone's own words, a placeholder."""
    title, chance = human.title[0], rng.random()
    if chance < 0.45:
        return None
    if chance < 0.78:
        return title
    if chance < 0.84:
        return title.lower()
    if chance < 0.92:
        for long, short in _ABBREVIATED.items():
            title = title.replace(long, short)
        return title
    return rng.choice(pools.TITLES)[0] if chance < 0.98 else rng.choice(_PLACEHOLDERS)


def _typed_mobile(rng: Random, human: Human) -> str:
    """Mostly with a plus sign: the demo org's rule asks for it; a few are older than the rule."""
    spellings = phones.NATIONAL if rng.random() < 0.04 else phones.INTERNATIONAL
    return rng.choice(spellings)(human.mobile)


def _country(rng: Random, country: str) -> str:
    return _COUNTRIES.get(country, country) if rng.random() < 0.3 else country


def _linkedin(rng: Random, url: str) -> str:
    bare = url.removeprefix("https://www.")
    return rng.choice((url, bare, f"http://www.{bare}/", f"https://de.{bare}?trk=profile"))


def _account(rng: Random, firm: Firm) -> AccountEntry:
    modified, created = _times(rng)
    at_home = rng.random() < 0.6
    size = firm.profile["employeeCount"]["exact"]
    stamped = firm.known and rng.random() < 0.05
    return AccountEntry(
        firm=firm,
        name=rng.choice((firm.name, firm.name, firm.name, firm.legal_name)),
        website=_perhaps(rng, 0.8, _website(rng, firm)),
        has_industry=rng.random() < 0.45,
        employees=_perhaps(rng, 0.5, size if rng.random() < 0.5 else max(1, size * 7 // 10)),
        revenue=_perhaps(rng, 0.3, size * 150_000),
        phone=_perhaps(rng, 0.5, rng.choice(phones.SPELLINGS)(firm.phone)),
        description=_perhaps(rng, 0.25, rng.choice((f"{firm.name}: key account", "n/a"))),
        city=firm.place.city if at_home else None,
        state=firm.place.state if at_home else None,
        country=_country(rng, firm.place.country) if at_home else None,
        founded=_perhaps(rng, 0.4, firm.profile.get("yearFounded")),
        linkedin=_perhaps(rng, 0.3, firm.profile["socialLinks"]["linkedin"]),
        lusha_id=firm.id if stamped else None,
        enriched=LONG_AGO if stamped else None,
        modified=modified,
        created=created,
    )


def _website(rng: Random, firm: Firm) -> str:
    return rng.choice(
        (firm.domain, f"https://www.{firm.domain}/", f"http://{firm.domain}/en?ref=crm", f"WWW.{firm.domain.upper()}")
    )
