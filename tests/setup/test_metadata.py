"""The files that make fields in Salesforce: whole XML, every part named in the manifest."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from connector.crm.base import NewField
from connector.setup.metadata import commands, project
from connector.setup.stamps import FIELDS

SPACE = "{http://soap.sforce.com/2006/04/metadata}"
LACKING = {"Contact": list(FIELDS["salesforce"].values()), "Account": [FIELDS["salesforce"]["id"]]}


def texts(xml: str, tag: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(xml.encode()).iter(f"{SPACE}{tag}")]


def test_every_file_is_named_in_the_manifest_and_there() -> None:
    files = project(LACKING)
    assert json.loads(files[Path("sfdx-project.json")])["packageDirectories"][0]["path"] == "force-app"
    source = Path("force-app/main/default")
    fields = {
        f"{path.parts[-3]}.{path.name.removesuffix('.field-meta.xml')}" for path in files if "fields" in path.parts
    }
    sets = {
        path.name.removesuffix(".permissionset-meta.xml") for path in files if path.parent == source / "permissionsets"
    }
    assert {*fields, *sets} == set(texts(files[Path("package.xml")], "members"))
    assert fields == {"Contact.Lusha_Id__c", "Contact.Lusha_Last_Enriched__c", "Account.Lusha_Id__c"}


def test_a_field_says_its_type_and_length() -> None:
    folder = Path("force-app/main/default/objects/Contact/fields")
    files = project(LACKING)
    text = files[folder / "Lusha_Id__c.field-meta.xml"]
    assert [texts(text, tag) for tag in ("fullName", "type", "length")] == [["Lusha_Id__c"], ["Text"], ["64"]]
    time = files[folder / "Lusha_Last_Enriched__c.field-meta.xml"]
    assert [texts(time, tag) for tag in ("type", "length")] == [["DateTime"], []]


def test_the_permission_set_lets_see_and_edit_each() -> None:
    text = project(LACKING)[Path("force-app/main/default/permissionsets/Lusha_Sync_Contact.permissionset-meta.xml")]
    assert texts(text, "field") == ["Contact.Lusha_Id__c", "Contact.Lusha_Last_Enriched__c"]
    assert texts(text, "editable") == texts(text, "readable") == ["true", "true"]


def test_text_is_escaped() -> None:
    field = NewField("A__c", "A & B", "text", "<b>", length=10)
    [text] = [text for path, text in project({"Contact": [field]}).items() if path.name.startswith("A__c")]
    assert (texts(text, "label"), texts(text, "description")) == (["A & B"], ["<b>"])


def test_the_commands_name_the_folder_and_every_permission_set() -> None:
    lines = commands(Path("a b/acme"), ["Account", "Contact"], alias="acme", instance_url="https://acme.example.com")
    assert lines[0] == "cd 'a b/acme'"
    assert "--name Lusha_Sync_Account --name Lusha_Sync_Contact" in lines[-1]
