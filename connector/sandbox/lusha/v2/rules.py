"""What V2's queries and bodies must be, as data: persons, companies, signals and lookalikes.

Written from https://docs.lusha.com (V2). Prospecting's filters stand in ``filter_rules``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from connector.sandbox.lusha.checker import Body, Flag, Many, Number, Problems, Rule, Shape, Text, given, texts
from connector.sandbox.lusha.signals import ALL, COMPANY_TYPES, CONTACT_TYPES
from connector.sandbox.lusha.v3.rules import LOOKALIKE_CONTACT, lookalike_rules

MOST = 100
"""Items in one request."""
SIGNAL_TYPES: Mapping[str, tuple[str, ...]] = {
    "contacts": (ALL, *CONTACT_TYPES),
    "companies": (ALL, *COMPANY_TYPES),
}
_DAY = Text(format="date")
_METADATA: Mapping[str, Rule] = {
    "refreshJobInfo": Flag(),
    "filterBy": Text(one_of=("phoneNumbers", "emailAddresses")),
    "revealEmails": Flag(),
    "revealPhones": Flag(),
    "signals": texts(*SIGNAL_TYPES["contacts"]),
    "signalsStartDate": _DAY,
    "partialProfile": Flag(),
}
"""Named alike in the single query and in the bulk ``metadata``."""


def _texts_of(*names: str) -> dict[str, Rule]:
    return dict.fromkeys(names, Text())


# --- persons ----------------------------------------------------------------------------------------------


def person_problems(query: Body) -> Problems:
    """What identifies nobody; told after ``PERSON_QUERY`` and after a name that is none (412)."""
    named = given(query, "firstName") and given(query, "lastName")
    employed = given(query, "companyName") or given(query, "companyDomain")
    if not (named and employed) and not any(given(query, key) for key in ("personId", "email", "linkedinUrl")):
        yield "provide personId, email, linkedinUrl, or firstName and lastName and (companyName or companyDomain)"


PERSON_QUERY = Shape(
    _texts_of("firstName", "lastName", "personId", "companyName", "companyDomain", "email", "linkedinUrl")
    | dict(_METADATA)
)


def _company_named(item: Body, name: str) -> Problems:
    if not given(item, "name") and not given(item, "domain"):
        yield f"{name} must have name or domain"


def _person_named(item: Body, name: str) -> Problems:
    named = given(item, "fullName") and bool(item.get("companies"))
    if not named and not any(given(item, key) for key in ("personId", "email", "linkedinUrl")):
        yield f"{name} must have personId, email, linkedinUrl, or fullName with companies"


def _numbered_apart(name: str, key: str) -> Callable[[Body, str], Problems]:
    """Answers are maps by this id: the same one twice would lose an answer. Our choice; the document says "unique"."""

    def check(body: Body, _: str) -> Problems:
        items = body.get(name)
        seen: set[str] = set()
        for index, item in enumerate(items if isinstance(items, list) else ()):
            id = item.get(key) if isinstance(item, dict) else None
            if isinstance(id, str) and id in seen:
                yield f"{name}.{index}.{key} must be unique"
            elif isinstance(id, str):
                seen.add(id)

    return check


_EMPLOYER = Shape(
    _texts_of("name", "domain") | {"isCurrent": Flag()} | _texts_of("jobTitle", "fqdn", "companySocialId"),
    required=("isCurrent",),
    also=_company_named,
)
_PERSON = Shape(
    _texts_of("contactId", "personId", "fullName", "location", "linkedinUrl", "email") | {"companies": Many(_EMPLOYER)},
    required=("contactId",),
    also=_person_named,
)
PERSONS = Shape(
    {"contacts": Many(_PERSON, least=1, most=MOST), "metadata": Shape(_METADATA)},
    required=("contacts",),
    also=_numbered_apart("contacts", "contactId"),
)

# --- companies --------------------------------------------------------------------------------------------


def _company_asked(query: Body, name: str) -> Problems:
    if not any(given(query, key) for key in ("domain", "company", "companyId")):
        yield "provide domain, company or companyId"


def _firm_named(item: Body, name: str) -> Problems:
    if not any(given(item, key) for key in ("domain", "fqdn", "name", "companyId")):
        yield f"{name} must have domain, fqdn, name or companyId"


_COMPANY_SIGNALS: Mapping[str, Rule] = {
    "signals": texts(*SIGNAL_TYPES["companies"]),
    "signalsStartDate": _DAY,
    "partialCompany": Flag(),
}
COMPANY_QUERY = Shape(_texts_of("domain", "company", "companyId") | dict(_COMPANY_SIGNALS), also=_company_asked)

# The schema enumerates news events and departments, the text beside it says that unrecognized values are silently
# ignored: any text is taken. ``state`` without ``country`` is refused, as ``country`` is required.
_REFINED = Shape(
    {
        "newsEventTypes": texts(),
        "hiringByDepartments": texts(),
        "hiringByLocations": Many(Shape(_texts_of("country", "state"), required=("country",))),
    }
)
_FILTERS = Shape({"include": _REFINED})
COMPANIES = Shape(
    {
        "companies": Many(
            Shape(_texts_of("id", "domain", "fqdn", "name", "companyId"), required=("id",), also=_firm_named),
            least=1,
            most=MOST,
        ),
        **_COMPANY_SIGNALS,
        "signalsFilters": _FILTERS,
    },
    required=("companies",),
    also=_numbered_apart("companies", "id"),
)

# --- signals ----------------------------------------------------------------------------------------------


def _signals(kind: str, name: str, items: Rule) -> Shape:
    filters: dict[str, Rule] = {"filters": _FILTERS} if kind == "companies" else {}
    return Shape(
        {
            name: items,
            "signals": texts(*SIGNAL_TYPES[kind]),
            "startDate": _DAY,
            "maxResultsPerSignal": Number(),
            **filters,
        },
        required=(name, "signals"),
        also=_numbered_apart(name, "id"),
    )


_IDS = Many(Number(), least=1, most=MOST)
_CONTACT = Shape(
    {
        "id": Text(),
        "social_link": Text(format="uri"),
        "full_name": Text(),
        "email": Text(format="email"),
        "companies": Many(
            Shape(_texts_of("name", "domain") | {"is_current": Flag()}, required=("name", "domain")),
        ),
    },
    required=("id",),
)
_COMPANY = Shape(_texts_of("id", "name", "domain"), required=("id",))
SIGNALS = {
    "contacts": _signals("contacts", "contactIds", _IDS),
    "companies": _signals("companies", "companyIds", _IDS),
}
SIGNALS_SEARCH = {
    "contacts": _signals("contacts", "contacts", Many(_CONTACT, least=1, most=MOST)),
    "companies": _signals("companies", "companies", Many(_COMPANY, least=1, most=MOST)),
}

# --- lookalikes -------------------------------------------------------------------------------------------

LOOKALIKE = {
    "contacts": lookalike_rules(
        Shape(
            {
                "linkedinUrls": texts(most=MOST),
                "contacts": Many(LOOKALIKE_CONTACT, most=MOST),
                "emails": Many(Text(format="email"), most=MOST),
                "contactIds": Many(Number(), most=MOST),
            },
            null=True,
            least=1,
        )
    ),
    "companies": lookalike_rules(
        Shape({"domains": texts(most=MOST), "linkedinUrls": texts(most=MOST)}, least=1),
    ),
}
