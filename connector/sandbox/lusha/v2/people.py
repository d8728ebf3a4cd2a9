"""A person in V2's three shapes: alone, in bulk and from prospecting. Pure: V3's profile in, JSON out.

Field names follow the document's examples: alone ``address``, ``type``, ``countryIso2``; in bulk ``email``,
``emailType``, ``country_iso2``. ``phoneType`` is spelt as its schema enumerates it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from zlib import crc32

from connector.sandbox import pools
from connector.sandbox.lusha.catalogue import SENIORITIES
from connector.sandbox.lusha.signals import contact_events
from connector.sandbox.lusha.v2.firms import prospect_of, raw_location

Profile = Mapping[str, Any]
Answer = dict[str, Any]

_PHONE_TYPES = {"mobile": "Mobile", "direct": "Direct", "work": "Phone"}
_BULK_PLACE = {
    "country": "country",
    "countryIso2": "country_iso2",
    "continent": "continent",
    "isEuContact": "is_eu_contact",
    "state": "state",
    "city": "city",
    "coordinates": "location_coordinates",
}
_STATE_CODES = {(place.city, place.country): place.state_code for place in pools.PLACES}


def employer_id(profile: Profile) -> int:
    """The employer's id: every person of V2 has one. Of a company that Lusha has no profile of, V3 tells none: an
    invented one, which finds nothing."""
    employer = profile["company"]
    return int(employer["id"]) if "id" in employer else 900_000_000 + crc32(employer["name"].encode()) % 99_999_999


def alone(profile: Profile, reveal: Collection[str]) -> Answer:
    """``data`` of ``GET /v2/person`` but the company."""
    location = profile["location"]
    place = {
        name: location[name] for name in ("country", "countryIso2", "continent", "city", "state") if name in location
    }
    code = _state_code(location)
    return {
        **_common(profile),
        **({"emailAddresses": [_address(email) for email in profile["emails"]]} if "emails" in reveal else {}),
        **({"phoneNumbers": phone_numbers(profile)} if "phones" in reveal else {}),
        "location": place
        | ({"stateCode": code} if code else {})
        | {"rawLocation": raw_location(location | ({"stateCode": code} if code else {}))}
        | {"isEuContact": location["isEuContact"]},
    }


def in_bulk(profile: Profile, reveal: Collection[str]) -> Answer:
    """``data`` of one contact of ``POST /v2/person``."""
    emails, phones = profile["emails"], phone_numbers(profile)
    shown: Answer = _common(profile) | {"contactTags": profile["tags"], "location": _bulk_place(profile["location"])}
    if "emails" in reveal:
        shown["emails"] = [email["email"] for email in emails]
        shown["emailAddresses"] = [_email(email) for email in emails]
    if "phones" in reveal:
        shown["phones"] = [phone["number"] for phone in phones]
        shown["phoneNumbers"] = phones
    return shown


def prospected(profile: Profile, employer: Profile, reveal: Collection[str], *, callable_only: bool) -> Answer:
    """``data`` of one contact of ``POST /prospecting/contact/enrich``: flatter than the others."""
    title, location = profile["jobTitle"], profile["location"]
    phones = [phone for phone in phone_numbers(profile) if not (callable_only and phone["doNotCall"])]
    seniority = title.get("seniority")
    names = {
        "city": "city",
        "state": "state",
        "country": "country",
        "countryIso2": "country_iso2",
        "continent": "continent",
    }
    return {
        **{name: profile[name] for name in ("firstName", "lastName", "fullName")},
        "jobTitle": title["title"],
        "location": {there: location[here] for here, there in names.items() if here in location},
        **({"emailAddresses": [_email(email) for email in profile["emails"]]} if "emails" in reveal else {}),
        **({"phoneNumbers": phones} if "phones" in reveal else {}),
        "companyId": employer_id(profile),
        "companyName": profile["company"]["name"],
        "socialLinks": dict(profile["socialLinks"]),
        "departments": title["departments"],
        "seniority": [{"id": SENIORITIES[seniority], "value": seniority.lower()}] if seniority else [],
        "company": prospect_of(employer),
    }


def phone_numbers(profile: Profile) -> list[Answer]:
    """``phoneNumbers``, spelt alike in all shapes."""
    return [
        {
            "number": phone["number"],
            "phoneType": _PHONE_TYPES[phone["type"]],
            "doNotCall": phone["doNotCall"],
            "updateDate": phone["updateDate"],
        }
        for phone in profile["phones"]
    ]


def _common(profile: Profile) -> Answer:
    """What the single and the bulk answer name alike. ``seniority`` must be a string there: "" is not known."""
    title = profile["jobTitle"]
    started = [event.day.isoformat() for event in contact_events(profile) if event.type == "companyChange"]
    return {
        **{name: profile[name] for name in ("firstName", "lastName", "fullName", "updateDate")},
        "personId": int(profile["id"]),
        "companyId": employer_id(profile),
        "jobTitle": {"seniority": "", **title},
        "socialLinks": dict(profile["socialLinks"]),
        **({"jobStartDate": started[0]} if started else {}),
        "previousJob": _previous(profile),
    }


def _previous(profile: Profile) -> Answer:
    """Both parts are empty where there was no job before, as in the document's example."""
    former = profile["previousEmployment"]
    return dict(former[0]) if former else {"company": {}, "jobTitle": {}}


def _address(email: Profile) -> Answer:
    return {
        "address": email["email"],
        "type": email["type"],
        "emailConfidence": email["confidence"],
        "updateDate": email["updateDate"],
    }


def _email(email: Profile) -> Answer:
    return {
        "email": email["email"],
        "emailType": email["type"],
        "emailConfidence": email["confidence"],
        "updateDate": email["updateDate"],
    }


def _bulk_place(location: Profile) -> Answer:
    code = _state_code(location)
    place = {there: location[here] for here, there in _BULK_PLACE.items() if here in location}
    return place | ({"state_code": code} if code else {})


def _state_code(location: Profile) -> str | None:
    """V3 tells no state code of people; V2 does."""
    return _STATE_CODES.get((location.get("city", ""), location["country"]))
