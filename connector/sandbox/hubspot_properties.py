"""The properties of the sandbox's HubSpot portal: told, and made by those who may change schemas.

Stands between ``hubspot_records``, which keeps a portal's types, and ``hubspot_endpoints``. What HubSpot asks of a new
property: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide;
that its ``fieldType`` goes with its ``type``: https://developers.hubspot.com/changelog/crm-object-property-validattion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connector.sandbox.hubspot_records import PortalRecords
from connector.sandbox.hubspot_schema import HubSpotProperty, HubSpotType
from connector.sandbox.hubspot_unique import UniqueValues
from connector.sandbox.hubspot_wire import ApiError, bad_json, invalid, named_type, only_known, read_body

_NEEDED = ("groupName", "name", "label", "type", "fieldType")
_MORE = (
    "description", "displayOrder", "hasUniqueValue", "hidden", "formField", "options", "calculationFormula",
    "externalOptions", "referencedObjectType", "dataSensitivity", "numberDisplayHint",
)  # fmt: skip
_OPTION_KEYS = ("label", "value", "displayOrder", "hidden", "description")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_WIDGETS: Mapping[str, tuple[str, ...]] = {
    "bool": ("booleancheckbox", "calculation_equation"),
    "enumeration": ("booleancheckbox", "checkbox", "radio", "select", "calculation_equation"),
    "date": ("date",),
    "datetime": ("date",),
    "string": ("file", "text", "textarea", "calculation_equation", "html", "phonenumber"),
    "number": ("number", "calculation_equation"),
}
"""The ``fieldType`` values that HubSpot takes with each ``type``."""


class PropertyEndpoints(PortalRecords):
    """Properties and their groups. ``groups``: object type → name of a group → its label."""

    def add_property(self, type: str, new: HubSpotProperty) -> None:
        """Give an object type of this portal another property."""
        self._change(type, (*self.types[type].properties, new))

    def drop_property(self, type: str, name: str) -> None:
        """Take a property away, and what the records hold in it."""
        self._change(type, tuple(one for one in self.types[type].properties if one.name != name))
        for row in self.tables[type]:
            row["properties"].pop(name, None)
        self._indexes[type].forget()

    def _change(self, type: str, properties: tuple[HubSpotProperty, ...]) -> None:
        self.types[type] = replace(self.types[type], properties=properties, by_name={})
        self._unique[type] = UniqueValues(self.types[type], self.tables[type])

    def _type(self, request: Request) -> HubSpotType:
        """The object type that the path names, as this portal has it. Raises ApiError 400."""
        return self.types[named_type(request).name]

    async def _properties(self, request: Request) -> Response:
        archived = request.query_params.get("archived", "false") == "true"
        shown = [spec.describe() for spec in self._type(request).properties if spec.archived is archived]
        return JSONResponse({"results": shown})

    async def _property(self, request: Request) -> Response:
        spec, name = self._type(request), request.path_params["name"]
        if name not in spec.by_name:
            raise ApiError(404, f'Property "{name}" does not exist', "OBJECT_NOT_FOUND")  # HubSpot documents no words
        return JSONResponse(spec.by_name[name].describe())

    async def _schemas(self, _request: Request) -> Response:
        """Custom objects alone, as HubSpot lists them."""
        own = [spec.describe() for spec in self.types.values() if spec.type_id.startswith("2-")]
        return JSONResponse({"results": own})

    async def _create_property(self, request: Request) -> Response:
        spec = self._type(request)
        new = _read_property(await read_body(request, (*_NEEDED, *_MORE)), self.groups[spec.name])
        if any(new.name == one.name for one in spec.properties):
            raise ApiError(409, f"A property named '{new.name}' already exists.", "OBJECT_ALREADY_EXISTS")
        self.add_property(spec.name, new)
        return JSONResponse(new.describe(), 201)

    async def _groups(self, request: Request) -> Response:
        groups = self.groups[self._type(request).name]
        return JSONResponse({"results": [_group(name, label) for name, label in groups.items()]})

    async def _create_group(self, request: Request) -> Response:
        groups = self.groups[self._type(request).name]
        body = await read_body(request, ("name", "label", "displayOrder"))
        name, label = _texts(body, ("name", "label"))
        if not _NAME.fullmatch(name):
            raise invalid(f"Property group name {name} is not valid")
        if name in groups:
            raise ApiError(409, f"A property group named '{name}' already exists.", "OBJECT_ALREADY_EXISTS")
        groups[name] = label
        return JSONResponse(_group(name, label), 201)


def _group(name: str, label: str) -> dict[str, Any]:
    return {"name": name, "label": label, "displayOrder": -1, "archived": False}


def _texts(body: Mapping[str, Any], keys: tuple[str, ...]) -> list[str]:
    if missing := [key for key in keys if not isinstance(body.get(key), str) or not body[key].strip()]:
        raise bad_json(f"Some required fields were not set: [{', '.join(missing)}]")
    return [str(body[key]) for key in keys]


def _read_property(body: Mapping[str, Any], groups: Mapping[str, str]) -> HubSpotProperty:
    group, name, label, kind, widget = _texts(body, _NEEDED)
    if not _NAME.fullmatch(name):
        raise invalid(
            f"Property name {name} is not valid: it must start with a letter and hold lower case letters, numbers and "
            "underscores alone"
        )
    if kind not in _WIDGETS:
        raise bad_json(f"Cannot deserialize value of type PropertyType from String {kind}")
    if widget not in _WIDGETS[kind]:
        raise invalid(f"fieldType {widget} is not valid for type {kind}: {', '.join(_WIDGETS[kind])}")
    if group not in groups:
        raise invalid(f"Property group {group} does not exist")
    if (unique := body.get("hasUniqueValue")) and kind not in ("string", "number"):
        raise invalid("hasUniqueValue is not valid for this type")
    return HubSpotProperty(
        name, label, kind, widget, _options(kind, body.get("options")), unique=bool(unique), hubspot_defined=False,
        hidden=bool(body.get("hidden")), group=group,
    )  # fmt: skip


def _options(kind: str, given: Any) -> tuple[tuple[str, str], ...]:
    """(value, label) each; an enumeration needs some, and neither value nor label stands twice."""
    options = given or []
    if not isinstance(options, list) or not all(isinstance(one, dict) for one in options):
        raise bad_json("options is no list of objects")
    for one in options:
        only_known(one, _OPTION_KEYS)
        _texts(one, ("label", "value"))
    pairs = tuple((str(one["value"]), str(one["label"])) for one in options)
    if kind == "enumeration" and not pairs:
        raise invalid("An enumeration property needs options")
    if kind not in ("enumeration", "bool") and pairs:
        raise invalid(f"options are not valid for type {kind}")
    if any(len({pair[side] for pair in pairs}) < len(pairs) for side in (0, 1)):
        raise invalid("Option values and labels must be unique")
    return pairs
