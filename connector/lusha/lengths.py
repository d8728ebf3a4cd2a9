"""How long Lusha's texts get: what a field should have room for. Read by the validator alone.

No document of Lusha's names limits, so these are judgements: what is hardly ever exceeded, in characters. A longer text
is no error; at run time it is reported or cut, as the mapping says. Ids are up to 38 characters long in Lusha's own
examples (``v1.`` and a key; https://docs.lusha.com/apis/openapi), and a cut id is worth nothing, hence the room.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from connector.models import Entity

ID_LENGTH = 40
"""Characters that a field for Lusha's ids should hold."""

_URL, _NAME, _PLACE = 130, 100, 40
_LOCATION = {"country": 60, "state": _PLACE, "city": _PLACE, "raw": _NAME}
_EVERYBODY = {
    "id": ID_LENGTH,
    "social.linkedin": _URL,
    "social.x": 80,
    **{f"location.{leaf}": length for leaf, length in _LOCATION.items()},
}
_LENGTHS: Mapping[Entity, Mapping[str, int]] = MappingProxyType(
    {
        "person": {
            **_EVERYBODY,
            "first_name": 30,
            "last_name": 50,
            "full_name": 80,
            "job_title.title": 120,
            "job_title.departments": 80,
            "company.id": ID_LENGTH,
            "company.name": _NAME,
            "company.domain": 80,
            "emails.email": 80,
            "phones.number": 25,  # E.164 with an extension behind it
            "previous_job.company.name": _NAME,
            "previous_job.job_title.title": 120,
            "tags": 255,
        },
        "company": {
            **_EVERYBODY,
            "name": _NAME,
            "alternative_name": _NAME,
            "domain": 80,
            "alternative_domains": 255,
            "description": 1_000,
            "sub_industry": 80,
            "specialities": 1_000,
            "sic_codes.description": 120,
            "naics_codes.description": 120,
            "location.zip_code": 12,
            "social.facebook": _URL,
            "social.crunchbase": _URL,
            "phone": 25,
            "email": 80,
            "website": _NAME,
            "technologies": 4_000,
            "keywords": 1_000,
            "intent.topics.name": 255,
            "competitors.name": 255,
            "logo_url": 255,
        },
    }
)


def usual_length(entity: Entity, attribute: str) -> int | None:
    """How many characters a field for this attribute should hold (lists: joined); None where it is not known.

    >>> usual_length("company", "description"), usual_length("person", "emails[].email")
    (1000, 80)
    """
    return _LENGTHS[entity].get(attribute.replace("[]", ""))
