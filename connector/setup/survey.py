"""The org asked, before anything is written: whether the sign-in works, what its objects have, what it can answer.

Nothing is changed there but fields made on a person's word, and no credit is spent: of Lusha the account usage alone is
asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connector.config import load_config, load_mapping, shipped_mappings
from connector.config.dotenv import read_dotenv
from connector.config.settings import MappingSettings, OrgSettings
from connector.crm.base import Crm, MakesFields, NewField, Query
from connector.errors import ConfigError
from connector.models import Account
from connector.runtime.clients import Clients
from connector.runtime.outside import Outside
from connector.setup.answers import OBJECTS, Answers
from connector.setup.config_text import config_text
from connector.setup.drafts import Draft
from connector.setup.proposals import propose
from connector.setup.standing import standing_lusha

_UNASKED = {"api_key": "not-asked-for-yet"}
_FILES = ("ca_file", "private_key_file")


@dataclass(frozen=True, slots=True)
class Site:
    """An org that is signed in to. ``tenant``: its own id, where it tells one."""

    org: OrgSettings
    crm: Crm
    tenant: str | None

    def drafts(self, objects: Sequence[str]) -> dict[str, Draft]:
        """A draft for each object, less what this org refuses to be asked. ConfigError: it does not know an object,
        or has nothing there to identify a record by, or to write."""
        return {name: self._draft(name) for name in objects}

    def make(self, wanted: Mapping[str, Sequence[NewField]]) -> None:
        """Make these fields (object → fields) by the CRM's API. ConfigError: it makes none."""
        crm = self.crm
        if not isinstance(crm, MakesFields):
            hint = "leave --create-fields out; what to deploy is written down"
            raise ConfigError(f"{crm.name} lets only administrators make fields", hint=hint)
        for name, fields in wanted.items():
            crm.make_fields(name, fields)

    @property
    def can_make(self) -> bool:
        """Whether this CRM makes fields by its API."""
        return isinstance(self.crm, MakesFields)

    def _draft(self, object: str) -> Draft:
        shipped = shipped_mapping(self.org.crm, object)
        consent = {*self.crm.consent.opted_out, *self.crm.consent.do_not_call}
        schema = self.crm.schema(object)
        draft = _answered(self.crm, propose(shipped, schema, consent=consent, generation=self.org.lusha.api_version))
        if not draft.settings.identify or not draft.lines:
            what = "to identify a record by" if not draft.settings.identify else "that Lusha's data could be written to"
            raise ConfigError(f"this user sees no field of {object} {what}",
                              hint="give the user that signs in the right to see and edit the fields")  # fmt: skip
        return draft


def shipped_mapping(crm: str, object: str) -> MappingSettings:
    """The mapping that a draft begins with."""
    file = OBJECTS[crm][object]
    return load_mapping(shipped_mappings() / crm / file, file)


@contextmanager
def site(answers: Answers, env: Mapping[str, str], outside: Outside) -> Iterator[Site]:
    """The org of these answers, signed in to. Raises the tree of ``connector.errors``, in the vendor's own words."""
    with _staged(answers, env, outside) as (org, clients), clients.crm(org) as crm:
        yield Site(org, crm, crm.tenant_id())


def account(answers: Answers, env: Mapping[str, str], outside: Outside) -> Account:
    """What the Lusha key of these answers may spend; free."""
    with _staged(answers, env, outside) as (org, clients), clients.lusha(org.lusha) as lusha:
        return lusha.generation(org.lusha.api_version).account()


@contextmanager
def _staged(answers: Answers, env: Mapping[str, str], outside: Outside) -> Iterator[tuple[OrgSettings, Clients]]:
    """The settings of an org that no file holds yet: checked by the rules of every config, away from the real place.

    Those of an org that stands in its config are taken from there.
    """
    if answers.again:
        standing = load_config(answers.config, env=known(answers, env))
        with TemporaryDirectory(prefix="lusha-init-") as folder:
            yield standing.orgs[answers.org], Clients(Path(folder) / "state.db", outside, shared=False)
        return
    absolute = {key: str(answers.folder / value) for key, value in answers.connection.items()
                if key in _FILES and value}  # fmt: skip
    lusha = answers.lusha or {**_UNASKED, **_generation(answers)}
    asked = replace(answers, connection={**answers.connection, **absolute}, lusha=lusha)
    mapping = shipped_mappings() / answers.crm / next(iter(OBJECTS[answers.crm].values()))
    with TemporaryDirectory(prefix="lusha-init-") as folder:
        file = Path(folder) / "config.yaml"
        file.write_text(config_text(asked, [str(mapping)]), encoding="utf-8")
        try:
            config = load_config(file, env=known(answers, env))
        except ConfigError as refused:
            raise _without_places(refused) from refused
        yield config.orgs[answers.org], Clients(config.state.path, outside, shared=False)


def _generation(answers: Answers) -> dict[str, Any]:
    """Which of Lusha's APIs the config asks that the org is added to: the older one tells less."""
    shared = standing_lusha(answers.config)
    return {"api_version": shared["api_version"]} if "api_version" in shared else {}


def known(answers: Answers, env: Mapping[str, str]) -> dict[str, str]:
    """The environment over the ``.env`` beside the config, with what was typed over both."""
    return {
        **read_dotenv(answers.folder)[0],
        **env,
        **{name: secret.reveal() for name, secret in answers.typed.items()},
    }


def _without_places(refused: ConfigError) -> ConfigError:
    """The same without ``file:line``, of a file that nobody has seen."""
    lines = [line.split(": ", 1)[-1] for line in refused.problems]
    return ConfigError(lines[0] if len(lines) == 1 else "the sign-in is not complete", hint=refused.hint,
                       problems=lines if len(lines) > 1 else ())  # fmt: skip


def _answered(crm: Crm, draft: Draft) -> Draft:
    """The draft less what only the CRM itself can refuse: fields of related records, and its own condition."""
    object, rows = draft.settings.object, draft.settings.identify
    refused: dict[int, str] = {}
    for place, row in enumerate(rows):
        related = tuple(name for name in row.values() if "." in name)
        if related and (why := _refusal(crm, Query(object, related))):
            refused[place] = why
    where = draft.settings.select.where
    said = _refusal(crm, Query(object, (draft.lines[0].name,), where)) if where and draft.lines else None
    return draft.without(where=said or "", identify=refused)


def _refusal(crm: Crm, query: Query) -> str | None:
    try:
        crm.check(query)
    except ConfigError as refused:
        return " ".join(refused.message.split())
    return None
