"""State and country picklists of the sandbox's Salesforce org, as an administrator switches them on.

Every address gets ``…CountryCode`` and ``…StateCode`` by ISO code; the text fields keep the labels, and each pair says
the same: one follows the other, a country's code takes its state with it when it is cleared, and a code and a text sent
together that differ are refused, as is what is no valid country or state.
https://help.salesforce.com/s/articleView?id=xcloud.admin_state_country_picklists_field_syncing.htm
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.sandbox.salesforce_schema import SalesforceField, SalesforceObject
from connector.sandbox.salesforce_write import Refusal
from connector.sandbox.tables import Row

COUNTRIES: Mapping[str, str] = {
    "AU": "Australia", "CA": "Canada", "DE": "Germany", "ES": "Spain", "FR": "France", "GB": "United Kingdom",
    "IE": "Ireland", "SE": "Sweden", "US": "United States",
}  # fmt: skip
STATES: Mapping[str, Mapping[str, str]] = {
    "AU": {"NSW": "New South Wales", "VIC": "Victoria", "WA": "Western Australia"},
    "CA": {"BC": "British Columbia", "ON": "Ontario", "QC": "Quebec"},
    "US": {"CA": "California", "MA": "Massachusetts", "NY": "New York", "TX": "Texas", "WA": "Washington"},
}
"""Not every country has states, and one code may be a state of two (``WA``): describe lists it twice."""
ADDRESSES: Mapping[str, str] = {"Account": "Billing", "Contact": "Mailing", "Lead": ""}

_COUNTRY = (
    "There's a problem with this country, even though it may appear correct. "
    "Please select a country/territory from the list of valid countries."
)
_STATE = (
    "There's a problem with this state, even though it may appear correct. "
    "Please select a state from the list of valid states."
)
_FIRST = "A country/territory must be specified before specifying a state value for field"


def address_fields(object: str) -> tuple[SalesforceField, ...]:
    """The fields of an object's address once the picklists are on."""
    prefix = ADDRESSES[object]
    states = [(code, name, (country,)) for country, named in STATES.items() for code, name in named.items()]
    codes, names, within = zip(*states, strict=True)
    label = f"{prefix} ".lstrip()
    return (
        SalesforceField(f"{prefix}State", f"{label}State/Province", length=80),
        SalesforceField(f"{prefix}Country", f"{label}Country", length=80),
        SalesforceField(
            f"{prefix}CountryCode", f"{label}Country Code", "picklist", 10, options=tuple(COUNTRIES),
            labels=tuple(COUNTRIES.values()), restricted=True,
        ),
        SalesforceField(
            f"{prefix}StateCode", f"{label}State/Province Code", "picklist", 10, options=codes, labels=names,
            restricted=True, controller=f"{prefix}CountryCode", valid_for=within,
        ),
    )  # fmt: skip


def settle_address(spec: SalesforceObject, before: Row, values: Row) -> list[Refusal]:
    """Refuse what is no place, and bring code and text of an address into step in ``values``, which are written."""
    if (prefix := ADDRESSES.get(spec.name)) is None or spec.find(f"{prefix}CountryCode") is None:
        return []
    return _country(prefix, values) or _state(prefix, before, values)


def _country(prefix: str, values: Row) -> list[Refusal]:
    text, code = f"{prefix}Country", f"{prefix}CountryCode"
    if not (sent := [name for name in (code, text) if name in values]):
        return []
    if len(meant := _meant(sent, values, COUNTRIES)) > 1 or None in meant:
        return [Refusal("FIELD_INTEGRITY_EXCEPTION", f"{_COUNTRY}: {_label(sent[0])}", (sent[0],))]
    found = meant.pop() or None
    if found is None and sent[0] == code and not {f"{prefix}State", f"{prefix}StateCode"} & values.keys():
        values |= {f"{prefix}State": None, f"{prefix}StateCode": None}
    values |= {code: found, text: COUNTRIES.get(found or "")}
    return []


def _state(prefix: str, before: Row, values: Row) -> list[Refusal]:
    text, code, ruler = f"{prefix}State", f"{prefix}StateCode", f"{prefix}CountryCode"
    sent = [name for name in (code, text) if name in values]
    if not sent and ruler not in values:
        return []
    names, after = sent or [code], {**before, **values}
    if not (country := after.get(ruler)) and any(after.get(name) for name in names):
        return [Refusal("FIELD_INTEGRITY_EXCEPTION", f"{_FIRST}: {_label(names[0])}", (names[0],))]
    states = STATES.get(country or "", {})
    if len(meant := _meant(names, after, states)) > 1 or None in meant:
        return [Refusal("FIELD_INTEGRITY_EXCEPTION", f"{_STATE}: {_label(names[0])}", (names[0],))]
    found = meant.pop() or None
    values |= {code: found, text: states.get(found or "")}
    return []


def _meant(names: Sequence[str], row: Row, named: Mapping[str, str]) -> set[str | None]:
    """The codes that these fields mean: an empty one where they are blank, None where they hold no place."""
    by_label = {label: code for code, label in named.items()}
    codes = {code: code for code in named}
    return {(codes if name.endswith("Code") else by_label).get(row[name]) if row.get(name) else "" for name in names}


def _label(name: str) -> str:
    return name.replace("Code", " Code")


def with_codes(row: Row, prefix: str) -> Row:
    """A row from before, its codes found by its texts, as the conversion of the switch does."""
    country = _converted(row.get(f"{prefix}Country"), COUNTRIES)
    state = _converted(row.get(f"{prefix}State"), STATES.get(country or "", {}))
    return {**row, f"{prefix}CountryCode": country, f"{prefix}StateCode": state}


def _converted(text: str | None, named: Mapping[str, str]) -> str | None:
    return next((code for code, label in named.items() if text in (code, label)), None)
