"""Fields that a Salesforce org lacks, as a project for Salesforce's own command line: it makes them, not we.

Making a field takes the Metadata API and the right to customise the application, which a user for enrichment should not
have. So an administrator deploys these files, in the source format of Salesforce DX:
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm,
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_permissionset.htm. A new field is seen by
nobody until somebody is given it: hence the permission set, one for each object, so that one never overwrites another.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from connector.crm.base import NewField

API_VERSION = "62.0"
"""Of the files alone: every org that is not years behind takes it."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
_SOURCE = Path("force-app/main/default")
_TYPES = {"text": "Text", "datetime": "DateTime"}


def permission_set(object: str) -> str:
    """The name of the permission set for an object's new fields."""
    return f"Lusha_Sync_{object.removesuffix('__c')}"


def project(fields: Mapping[str, Sequence[NewField]]) -> dict[Path, str]:
    """The files of the project, relative to its folder. ``fields``: object → what it lacks."""
    texts = {Path("sfdx-project.json"): _project_file(), Path("package.xml"): _manifest(fields)}
    for object, lacking in fields.items():
        for field in lacking:
            texts[_SOURCE / "objects" / object / "fields" / f"{field.name}.field-meta.xml"] = _field(field)
        name = f"{permission_set(object)}.permissionset-meta.xml"
        texts[_SOURCE / "permissionsets" / name] = _permissions(object, lacking)
    return texts


def commands(folder: Path, objects: Sequence[str], *, alias: str, instance_url: str) -> tuple[str, ...]:
    """What an administrator runs. ``USERNAME``: of the user that the connector signs in as."""
    sets = [word for name in objects for word in ("--name", permission_set(name))]
    return (
        shlex.join(["cd", str(folder)]),
        shlex.join(["sf", "org", "login", "web", "--alias", alias, "--instance-url", instance_url]),
        shlex.join(["sf", "project", "deploy", "start", "--manifest", "package.xml", "--target-org", alias]),
        shlex.join(["sf", "org", "assign", "permset", *sets, "--target-org", alias, "--on-behalf-of", "USERNAME"]),
    )


def _project_file() -> str:
    value = {"packageDirectories": [{"path": "force-app", "default": True}], "sourceApiVersion": API_VERSION}
    return json.dumps(value, indent=2) + "\n"


def _manifest(fields: Mapping[str, Sequence[NewField]]) -> str:
    names = [f"{object}.{field.name}" for object, lacking in fields.items() for field in lacking]
    sets = [permission_set(object) for object in fields]
    body = "".join(_members(kind, members) for kind, members in (("CustomField", names), ("PermissionSet", sets)))
    return f"{_HEAD}<Package {_SPACE}>\n{body}    <version>{API_VERSION}</version>\n</Package>\n"


def _members(kind: str, members: Sequence[str]) -> str:
    listed = "".join(f"        <members>{escape(name)}</members>\n" for name in members)
    return f"    <types>\n{listed}        <name>{kind}</name>\n    </types>\n"


def _field(field: NewField) -> str:
    values = {"fullName": field.name, "description": field.about, "label": field.label}
    values |= {"length": str(field.length)} if field.type == "text" else {}
    values |= {"required": "false", "type": _TYPES[field.type]}
    body = "".join(f"    <{key}>{escape(value)}</{key}>\n" for key, value in values.items())
    return f"{_HEAD}<CustomField {_SPACE}>\n{body}</CustomField>\n"


def _permissions(object: str, fields: Sequence[NewField]) -> str:
    body = "".join(line for field in fields for line in _permission(f"{object}.{field.name}"))
    label = permission_set(object).replace("_", " ")
    about = f"See and edit the fields in which lusha-sync keeps its books on {object}."
    return (
        f"{_HEAD}<PermissionSet {_SPACE}>\n    <description>{escape(about)}</description>\n{body}"
        f"    <hasActivationRequired>false</hasActivationRequired>\n    <label>{escape(label)}</label>\n"
        "</PermissionSet>\n"
    )


def _permission(field: str) -> Iterator[str]:
    yield "    <fieldPermissions>\n        <editable>true</editable>\n"
    yield f"        <field>{escape(field)}</field>\n        <readable>true</readable>\n    </fieldPermissions>\n"
