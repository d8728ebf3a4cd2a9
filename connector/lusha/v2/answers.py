"""Lusha V2's answers → one Item for each thing asked, in the order asked, and what that cost. All pure.

V2 tells no sum of credits. What was charged is estimated here, and trued up by the account's balance later:

- people: for each with ``isCreditCharged`` true, the price of each datum asked for (both where the plan cannot ask for
  one); without a word on it, the price of those that came; false is 0.
- companies carry no such flag: the price of ``company`` for each in the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connector.lusha.attributes import DATUM_ROOTS, REVEALS
from connector.lusha.calls import Undocumented, document
from connector.lusha.cleaning import boolean, mapping, prune, text, texts
from connector.lusha.prices import PriceList
from connector.lusha.profiles import bought
from connector.lusha.v2 import shape
from connector.lusha.v2.matching import paired
from connector.models import Answer, Identity, Item
from connector.redact import redact

NOT_THERE = Item(error="NOT_FOUND", message="Lusha knows nothing of it")
NOTHING = Answer((NOT_THERE,), charged=0, estimated=True)
"""What a 404 says of the one thing asked."""

LEFT_OUT = Item(error="NO_ANSWER", message="Lusha left this item out of its answer")
_WHOSE = Item(error="NO_ANSWER", message="Lusha answered with companies that are called otherwise; one may be this one")
"""Not NOT_FOUND, which would be remembered: what came and fits nobody may be what was asked for."""

_NAMELESS = Item(error="NO_ANSWER", message="Lusha answered this item without an id")
_LAW = re.compile(r"gdpr|compliance", re.IGNORECASE)
_ABSENT = re.compile(r"not found|could not find|no data", re.IGNORECASE)


def people(
    payload: Any,
    identities: Sequence[Identity],
    references: Sequence[str],
    data: frozenset[str] | None,
    prices: PriceList,
) -> Answer:
    """The bulk answer: a map by our references, and the employers in a map of their own.

    One left out is NO_ANSWER: those that Lusha does not know are in it with an error of their own. Undocumented: no
    map of contacts.
    """
    told = document(payload)
    contacts, companies = told.get("contacts"), mapping(told.get("companies"))
    if not isinstance(contacts, Mapping):
        raise Undocumented("no contacts in the answer")
    entries = [_joined(contacts.get(reference), companies) for reference in references]
    items = [
        LEFT_OUT if entry is None else _person(entry, identity, data)
        for entry, identity in zip(entries, identities, strict=True)
    ]
    charged = sum(_charge(entry, data, prices) for entry in entries if entry is not None)
    return Answer(tuple(items), charged, estimated=True)


def one_person(payload: Any, identity: Identity, data: frozenset[str] | None, prices: PriceList) -> Answer:
    """The answer to one, its employer inside. Undocumented: no contact in it."""
    contact = document(payload).get("contact")
    if not isinstance(contact, Mapping):
        raise Undocumented("no contact in the answer")
    return Answer((_person(contact, identity, data),), _charge(contact, data, prices), estimated=True)


def companies(
    payload: Any,
    identities: Sequence[Identity],
    references: Sequence[str],
    data: frozenset[str] | None,
    prices: PriceList,
) -> Answer:
    """The bulk answer: a map of companies (``connector.lusha.v2.matching`` tells whose is whose).

    One left out is NOT_FOUND: an entry has no place for an error, so leaving it out is the only way in which Lusha
    can say that it knows no such company. Every company in the answer is counted as charged, also one that fits
    nothing asked: that one is in ``extra``, and whoever was left out beside it is NO_ANSWER.
    """
    told = document(payload)
    entries = {key: entry for key, entry in told.items() if isinstance(entry, Mapping)}
    if told and not entries:
        raise Undocumented("no companies in the answer")
    pairs = paired(entries, identities, references)
    spare = [company_item(entries[key], None if pairs.by_reference else key, data) for key in pairs.spare]
    extra = tuple(item.profile for item in spare if item.profile)
    items = [
        (_WHOSE if extra else NOT_THERE)
        if key is None
        else company_item(entries[key], identity.id if pairs.by_reference else key, data)
        for key, identity in zip(pairs.keys, identities, strict=True)
    ]
    charged = sum(_is_there(entry) for entry in entries.values()) * prices.of("company")
    return Answer(tuple(items), charged, estimated=True, extra=extra)


def one_company(payload: Any, identity: Identity, data: frozenset[str] | None, prices: PriceList) -> Answer:
    """The answer to one: ``data``, or ``errors``. Undocumented: neither is in it."""
    told = document(payload)
    if not told.keys() & {"data", "errors"}:
        raise Undocumented("neither data nor errors in the answer")
    entry = {**mapping(told.get("data")), **({"errors": told["errors"]} if told.get("errors") else {})}
    charged = prices.of("company") if _is_there(entry) else 0
    return Answer((company_item(entry, identity.id, data),), charged, estimated=True)


def worth(attributes: Mapping[str, Any], data: frozenset[str] | None, prices: PriceList) -> int:
    """The price of what was asked of a person and came; of both where nothing could be asked apart."""
    wanted = REVEALS["person"] if data is None else data
    return sum(prices.of(datum) for datum in wanted if DATUM_ROOTS[datum] in attributes)


def error_item(told: Any) -> Item | None:
    """The Item of ``{code, name, message}``, of a ``message`` alone, or of a text; None where there is no error."""
    told = prune(told)
    if told is None:
        return None
    error = told if isinstance(told, Mapping) else {"message": ", ".join(texts(told))}
    code, name, words = (text(error.get(part)) or "" for part in ("code", "name", "message"))
    if code == "451" or _LAW.search(f"{name} {words}"):
        return Item(error="COMPLIANCE_RESTRICTED", message=redact(words))
    if name == "EMPTY_DATA" or (not name and (code == "404" or _ABSENT.search(words))):
        return Item(error="NOT_FOUND", message=redact(words))
    return Item(error="ENRICH_FAILED", message=redact(": ".join(part for part in (name or code, words) if part)))


def _joined(contact: Any, employers: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The entry of one contact, with its employer beside ``data`` as ``company``: nothing of either is changed."""
    if not isinstance(contact, Mapping):
        return None
    employer = employers.get(text(mapping(contact.get("data")).get("companyId")) or "")
    return contact if employer is None else {**contact, "company": employer}


def _told_of(contact: Mapping[str, Any], identity: Identity | None = None) -> Mapping[str, Any]:
    """What an entry says of the person, pruned; the id asked for where it tells none."""
    told = dict(mapping(prune(contact.get("data"))))
    employer = prune(contact.get("company"))
    if told and employer:
        told.setdefault("company", employer)
    if told and identity and identity.id:
        told.setdefault("personId", identity.id)
    return told


def _person(contact: Mapping[str, Any], identity: Identity, data: frozenset[str] | None) -> Item:
    if failed := error_item(contact.get("error")):
        return failed
    told = _told_of(contact, identity)
    if not told:
        return NOT_THERE
    attributes = shape.person(told)
    if "id" not in attributes:
        return _NAMELESS
    return Item(bought("person", attributes["id"], attributes, REVEALS["person"] if data is None else data, contact))


def _charge(contact: Mapping[str, Any], data: frozenset[str] | None, prices: PriceList) -> int:
    """Where Lusha says that it charged, the price of all that was asked, whether it came or not: what for, it does not
    say, and until the balance tells no credit may be thought to be left that is not."""
    charged = boolean(contact.get("isCreditCharged"))
    if charged is False:
        return 0
    if charged:
        return sum(prices.of(datum) for datum in (REVEALS["person"] if data is None else data))
    return worth(shape.person(_told_of(contact)), data, prices)


def _is_there(company: Mapping[str, Any]) -> bool:
    """Whether an entry tells of a company at all."""
    return bool(not _failure(company) and prune(company))


def company_item(company: Mapping[str, Any], id: str | None, data: frozenset[str] | None) -> Item:
    """``id`` stands in for one that is not told. Intent comes with the base in V2, so it is held whether it came or
    not: asking again brings no more."""
    if failed := _failure(company):
        return failed
    told = dict(mapping(prune(company)))
    if not told:
        return NOT_THERE
    if id:
        told.setdefault("id", id)
    attributes = shape.company(told)
    if "id" not in attributes:
        return _NAMELESS
    return Item(bought("company", attributes["id"], attributes, {"intent", *(data or ())}, company))


def _failure(company: Mapping[str, Any]) -> Item | None:
    return error_item(company.get("errors")) or error_item(company.get("error"))
