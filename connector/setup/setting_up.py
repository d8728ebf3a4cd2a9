"""One org set up: what is to be written, written all or none, and told."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector.config import load_config
from connector.config.settings import Config
from connector.crm.base import NewField
from connector.errors import ConfigError
from connector.setup.answers import OBJECTS, Answers
from connector.setup.config_text import config_text
from connector.setup.dotenv import dotenv_file, dotenv_text
from connector.setup.drafts import Draft, Line
from connector.setup.files import write_all
from connector.setup.metadata import commands, project
from connector.setup.standing import standing_orgs
from connector.setup.survey import known
from connector.setup.writing import mapping_text


@dataclass(frozen=True, slots=True)
class SetUp:
    """What was done.

    ``written``: files, in order. ``made``: object → fields that were made in the CRM. ``added``: the config stood
    before. ``kept``: what was typed is in ``.env``. ``unused``: mapping files that the config does not name for this
    org, since it stood before and names others.
    """

    answers: Answers
    drafts: Mapping[str, Draft]
    written: tuple[Path, ...]
    made: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    added: bool = False
    kept: bool = False
    unused: tuple[str, ...] = ()

    @property
    def unset(self) -> tuple[str, ...]:
        """Variables that were typed and are kept nowhere: the commands to come need them."""
        return () if self.kept else tuple(self.answers.typed)

    @property
    def lacking(self) -> dict[str, list[NewField]]:
        """Object → the fields to be made that it has not."""
        return lacking(self.drafts)

    @property
    def deploy(self) -> tuple[str, ...]:
        """How an administrator makes what lacks in Salesforce; empty where nothing does, and for HubSpot."""
        if self.answers.crm != "salesforce" or not self.lacking:
            return ()
        url, alias = str(self.answers.connection["instance_url"]), self.answers.org
        return commands(project_folder(self.answers), list(self.lacking), alias=alias, instance_url=url)

    @property
    def next(self) -> tuple[str, ...]:
        """The commands to go on with."""
        return tuple(self._command(verb, self.answers.org) for verb in ("doctor", "plan"))

    @property
    def again(self) -> str:
        """The command that proposes anew for this org, once it has other fields."""
        return self._command("init", "--no-input", "--force", "--org", self.answers.org)

    def _command(self, *words: str) -> str:
        file = self.answers.config
        return shlex.join(["lusha-sync", *words, *([] if file == Path("config.yaml") else ["--config", str(file)])])


def refuse_what_stands(answers: Answers, env: Mapping[str, str]) -> None:
    """ConfigError where a file that people may have changed would be overwritten, or the config is not whole."""
    standing = [path for path in mapping_files(answers).values() if path.exists()]
    if standing and not answers.force:
        raise ConfigError(f"{standing[0]} stands already and is left as it is",
                          hint="--force writes it anew, --org takes another name")  # fmt: skip
    if answers.org in standing_orgs(answers.config, known(answers, env)) and not answers.again:
        raise ConfigError(f"{answers.config} has an org '{answers.org}' already",
                          hint="--org takes another name; --force writes the mappings of this one anew")  # fmt: skip


def lacking(drafts: Mapping[str, Draft]) -> dict[str, list[NewField]]:
    """Object → the fields to be made that it has not."""
    return {name: list(draft.missing.values()) for name, draft in drafts.items() if draft.missing}


def made_between(before: Mapping[str, Draft], after: Mapping[str, Draft]) -> dict[str, tuple[str, ...]]:
    """Object → the fields that lacked before and do not any more."""
    gone = {
        name: tuple(new.name for source, new in draft.missing.items() if source not in after[name].missing)
        for name, draft in before.items()
    }
    return {name: fields for name, fields in gone.items() if fields}


def project_folder(answers: Answers) -> Path:
    """Where the files for Salesforce's command line go."""
    return answers.config.parent / "salesforce-fields" / answers.org


def mapping_files(answers: Answers) -> dict[str, Path]:
    """Each object's mapping file: beside the config, in a folder of the org's own."""
    folder = answers.config.parent / "mappings" / answers.org
    return {name: folder / OBJECTS[answers.crm][name] for name in answers.objects}


def set_up(
    answers: Answers,
    drafts: Mapping[str, Draft],
    env: Mapping[str, str],
    *,
    made: Mapping[str, tuple[str, ...]],
    keep: bool = False,
) -> SetUp:
    """Write the config and the mappings; they are loaded before they are left there. ``keep``: what was typed too."""
    files = mapping_files(answers)
    there = answers.config.read_bytes().decode() if answers.config.exists() else None
    names = [path.relative_to(answers.config.parent).as_posix() for path in files.values()]
    texts = {path: mapping_text(drafts[name], org=answers.org) for name, path in files.items()}
    if not answers.again:
        texts[answers.config] = config_text(answers, names, there=there)
    if answers.crm == "salesforce" and (missing := lacking(drafts)):
        folder = project_folder(answers)
        texts |= {folder / path: text for path, text in project(missing).items()}
    keys = dotenv_file(answers)
    if keep:
        texts[keys] = dotenv_text(keys.read_text("utf-8") if keys.exists() else "", answers.typed)
    write_all(texts, checked=lambda: _load(answers, env), private=keys)
    used = {mapping.file for mapping in _load(answers, env).orgs[answers.org].mappings}
    unused = tuple(name for name, path in zip(names, files.values(), strict=True) if path.resolve() not in used)
    return SetUp(answers, drafts, tuple(texts), made, added=there is not None, kept=keep, unused=unused)


def _load(answers: Answers, env: Mapping[str, str]) -> Config:
    return load_config(answers.config, env=known(answers, env))


def document(done: SetUp) -> dict[str, Any]:
    """What ``init --json`` prints."""
    files = mapping_files(done.answers)
    return {
        "org": done.answers.org,
        "crm": done.answers.crm,
        "config": str(done.answers.config),
        "written": [str(path) for path in done.written],
        "mappings": [
            {
                "object": name,
                "file": str(files[name]),
                "fields": [_line(line) for line in draft.lines],
                "suggested": [_line(line) for line in draft.weak],
                "stamp": dict(draft.stamps),
                "missing": [{"field": new.name, "type": new.type, "holds": source}
                            for source, new in draft.missing.items()],
                "left_out": [{"what": one.what, "why": one.why} for one in draft.left],
                "made": list(done.made.get(name, ())),
            }
            for name, draft in done.drafts.items()
        ],
        "unused": list(done.unused),
        "deploy": list(done.deploy),
        "next": list(done.next),
    }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    return {"field": line.name, "from": line.rule.source, "policy": line.rule.policy, "score": line.score,
            "reason": line.reason}  # fmt: skip
