"""The options of ``init``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def _option(name: str, metavar: str, help: str) -> Any:
    return typer.Option(name, metavar=metavar, help=help)


_WAYS = "Salesforce: client_credentials (default), jwt, token or password. HubSpot: token (default) or oauth."
_ENV = (
    "The variable that holds a key, such as client_secret=ACME_SECRET; repeatable. Defaults: LUSHA_API_KEY, "
    "SF_CLIENT_ID, SF_CLIENT_SECRET, HUBSPOT_TOKEN."
)

NoInput = Annotated[bool, typer.Option("--no-input", help="Ask nothing: the options say everything.")]
NewConfig = Annotated[Path, _option("--config", "FILE", "The config file to write, or to add an org to.")]
OrgName = Annotated[str | None, _option("--org", "NAME", "What to call the org.")]
CrmName = Annotated[str | None, _option("--crm", "NAME", "salesforce or hubspot.")]
Objects = Annotated[
    list[str] | None, _option("--object", "NAME", "An object to map; repeatable. Default: companies and people.")
]
Way = Annotated[str | None, _option("--auth", "WAY", _WAYS)]
InstanceUrl = Annotated[str | None, _option("--instance-url", "URL", "Salesforce: the org's My Domain address.")]
Username = Annotated[str | None, _option("--username", "NAME", "Salesforce, by jwt or password: who signs in.")]
KeyFile = Annotated[Path | None, _option("--private-key-file", "FILE", "Salesforce, by jwt: the key that signs.")]
IsSandbox = Annotated[
    bool, typer.Option("--sandbox", help="Salesforce, by jwt: it is a sandbox, though its address does not say so.")
]
Variables = Annotated[list[str] | None, _option("--env", "KEY=VARIABLE", _ENV)]
CaFile = Annotated[Path | None, _option("--ca-file", "FILE", "An extra CA bundle (company proxy).")]
BaseUrl = Annotated[str | None, _option("--base-url", "URL", "HubSpot: another address of its API.")]
LushaUrl = Annotated[str | None, _option("--lusha-base-url", "URL", "Another address of Lusha's API.")]
CreateFields = Annotated[
    bool, typer.Option("--create-fields", help="HubSpot: make the properties that lack, in a group called Lusha.")
]
_FORCE = "Write mapping files anew that stand already; with the --org of an org in the config, those of that org."
Force = Annotated[bool, typer.Option("--force", help=_FORCE)]
