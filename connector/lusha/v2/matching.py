"""Whose is which company of V2's bulk answer.

The answer is a map, and the document does not say by what: our references or Lusha's ids. A map whose every key is its
own company's id is one by ids, and says nothing of our references, even where these look like ids; any other is
by references as soon as one of its keys is one. Every company in it is paid for, so whose it is is looked for as far
as that can be told: by what was asked exactly, then by its other names and domains, then by what is left over. All
pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from connector.lusha.cleaning import bare_domain, mapping, text, texts
from connector.models import Identity
from connector.naming import normal_company, normal_name

Entry = Mapping[str, Any]
Kind = Literal["id", "domain", "name"]
Question = tuple[Kind, str]
"""What is asked by, and the value in the spelling that is compared."""


class Pairs(NamedTuple):
    """The key of each identity's company, None for one left out; the keys of those that are nobody's.

    ``by_reference``: what the map is keyed by; else a key is Lusha's id.
    """

    keys: list[str | None]
    spare: list[str]
    by_reference: bool


def paired(entries: Mapping[str, Entry], identities: Sequence[Identity], references: Sequence[str]) -> Pairs:
    """Each company to whom it belongs, and to nobody else: two share one only where both asked for exactly that.

    By reference where the map is by references. All others: by the id asked (``lushaCompanyId``, ``id`` or the key),
    by the domain, by the name; then by any domain that it tells, by a name without its legal form (Acme is Acme Inc.),
    as far as only one fits. In a map by ids, one company left over belongs to the one identity left over, since Lusha
    tells of nothing that was not asked for.
    """
    by_reference = _is_by_reference(entries, references)
    questions = [_question(identity) for identity in identities]
    own = [reference if by_reference and reference in entries else None for reference in references]
    matching = _Matching({question: key for question, key in zip(questions, own, strict=True) if key is not None})
    strangers = {key: entry for key, entry in entries.items() if not (by_reference and key in references)}
    asked = [question for question in dict.fromkeys(questions) if question not in matching.found]
    matching.exactly(asked, strangers)
    matching.loosely(asked, strangers)
    left = _left_over(entries, {*matching.found.values(), *filter(None, own)}, by_reference)
    if not by_reference:
        left = matching.by_what_is_left(asked, left)
    keys = [mine or matching.found.get(question) for mine, question in zip(own, questions, strict=True)]
    return Pairs(keys, left, by_reference)


@dataclass
class _Matching:
    """What is known so far: the key of the company that answers a question."""

    found: dict[Question, str] = field(default_factory=dict)

    def exactly(self, asked: Sequence[Question], entries: Mapping[str, Entry]) -> None:
        """By what was asked, the surest first; of several that tell it, one that nobody has yet."""
        for kind, tell in _EXACT:
            telling = _index(entries, tell)
            for question in self._open(asked):
                if question[0] == kind and (keys := telling.get(question[1])):
                    taken = set(self.found.values())
                    self.found[question] = next((key for key in keys if key not in taken), keys[0])

    def loosely(self, asked: Sequence[Question], entries: Mapping[str, Entry]) -> None:
        """By what else an entry tells: where it fits one question alone, and no other entry does."""
        for kind, read, tell in _LOOSE:
            asking: dict[str, list[Question]] = {}
            for question in self._open(asked):
                if question[0] == kind:
                    asking.setdefault(read(question[1]), []).append(question)
            telling = _index(entries, tell)
            for value, questions in asking.items():
                taken = set(self.found.values())
                keys = [key for key in telling.get(value, ()) if key not in taken]
                if len(questions) == len(keys) == 1:
                    self.found[questions[0]] = keys[0]

    def by_what_is_left(self, asked: Sequence[Question], left: Sequence[str]) -> list[str]:
        """The last company to the last question; what is left after that."""
        unanswered = self._open(asked)
        if not len(unanswered) == len(left) == 1:
            return list(left)
        self.found[unanswered[0]] = left[0]
        return []

    def _open(self, asked: Sequence[Question]) -> list[Question]:
        return [question for question in asked if question not in self.found]


def _is_by_reference(entries: Mapping[str, Entry], references: Iterable[str]) -> bool:
    by_ids = all(key in _ids(entry) for key, entry in entries.items())
    return not by_ids and not entries.keys().isdisjoint(references)


def _left_over(entries: Mapping[str, Entry], taken: Iterable[str], by_reference: bool) -> list[str]:
    """Those that tell of a company that nobody has; one told again under another key is no other company."""
    known = {_id(key, entries[key], by_reference) for key in taken}
    left: dict[str, str] = {}
    for key, entry in entries.items():
        if key not in taken and any(told for tell in _TELLING for told in tell(key, entry)):
            left.setdefault(_id(key, entry, by_reference) or f"nameless {key}", key)
    return [key for id, key in left.items() if id not in known]


def _id(key: str, entry: Entry, by_reference: bool) -> str | None:
    return next(iter(_ids(entry)), None if by_reference else key)


def _ids(entry: Entry) -> list[str]:
    return [id for name in ("lushaCompanyId", "id") if (id := text(entry.get(name)))]


def _question(identity: Identity) -> Question:
    if identity.id:
        return "id", identity.id
    if identity.domain:
        return "domain", bare_domain(identity.domain) or ""
    return "name", _plain(identity.name)


def _plain(name: Any) -> str:
    """A name without case, accents and punctuation; one of nothing else as it stands."""
    written = text(name) or ""
    return normal_name(written) or " ".join(written.casefold().split())


Tell = Callable[[str, Entry], Iterable[str]]
"""What an entry tells that a question may be compared with, given its key too."""


def _told(name: str, read: Callable[[Any], str | None]) -> Tell:
    return lambda key, entry: filter(None, [read(entry.get(name))])


def _own_domains(key: str, entry: Entry) -> Iterator[str]:
    return filter(None, (bare_domain(entry.get(name)) for name in ("domain", "fqdn")))


def _domains(key: str, entry: Entry) -> Iterator[str]:
    """Every domain that an entry tells anywhere, an e-mail address by its domain."""
    plain = (entry.get(name) for name in ("domain", "fqdn", "website", "homepageUrl", "emailDomain"))
    told = entry.get("domains")
    listed = list(mapping(told).values()) or texts(told)
    return filter(None, (bare_domain((text(one) or "").rpartition("@")[2]) for one in (*plain, *listed)))


def _names(key: str, entry: Entry) -> Iterator[str]:
    return filter(None, (normal_company(text(entry.get(name)) or "") for name in ("name", "alternativeName")))


_EXACT: tuple[tuple[Kind, Tell], ...] = (
    ("id", _told("lushaCompanyId", text)),
    ("id", _told("id", text)),
    ("id", lambda key, entry: [key]),
    ("domain", _own_domains),
    ("name", _told("name", _plain)),
)
_LOOSE: tuple[tuple[Kind, Callable[[str], str], Tell], ...] = (
    ("domain", str, _domains),
    ("name", normal_company, _names),
)
_TELLING: tuple[Tell, ...] = (lambda key, entry: _ids(entry), _told("name", _plain), _domains)


def _index(entries: Mapping[str, Entry], tell: Tell) -> dict[str, list[str]]:
    """Keys by what their entries tell."""
    found: dict[str, list[str]] = {}
    for key, entry in entries.items():
        for value in dict.fromkeys(tell(key, entry)):
            found.setdefault(value, []).append(key)
    return found
