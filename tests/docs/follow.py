"""Somebody who follows a page: each block is done in its turn, in a folder where the sandbox is the vendors.

    sh      each line is a ``lusha-sync`` command, run here with the folder's ``config.yaml`` and an empty state file at
            the page's beginning, so that the numbers of runs on the page are true; ``< FILE`` and ``> FILE`` work.
            ``export`` must name variables that ``config.example.yaml`` reads; ``init`` speaks to the sandbox
    text    after sh: each line is among what the last command printed (``…`` stands for anything)
    json    after sh: what the last command printed; texts with ``…`` stand for any, fractions for any fraction
    yaml    a config is loaded, a mapping is compared with the sandbox's CRM, as ``validate`` does; a part is laid over
            its file first. Where its first line is ``# NAME.yaml``, the block is saved under that name, and commands
            further down may use it; a config then speaks to the sandbox
    python  executed

What comes back is what went wrong: ``page:line: why`` each.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml

import connector
from connector.config.document import parse_document
from connector.sandbox import HEADER, Sandbox
from tests.docs.blocks import ROOT, Block
from tests.docs.compare import missing, no_attributes, unlike
from tests.e2e.house import Said, configured, said_here
from tests.keys import pem, rsa_key

_SAVED = re.compile(r"# (\S+\.yaml)\n")
_VARIABLE = re.compile(r"\$\{([A-Z_]+)\}")
EXPORTED = frozenset(_VARIABLE.findall((ROOT / "config.example.yaml").read_text("utf-8")))
_KEYS: Mapping[str, Callable[[Sandbox], str]] = {
    "LUSHA_API_KEY": lambda box: box.lusha_key,
    "HUBSPOT_CLIENT_ID": lambda box: box.hubspot_client_id,
    "HUBSPOT_CLIENT_SECRET": lambda box: box.hubspot_client_secret,
    "CLIENT_ID": lambda box: box.client_id,
    "CLIENT_SECRET": lambda box: box.client_secret,
    "SF_ACCESS_TOKEN": lambda box: box.salesforce_token,
    "REFRESH_TOKEN": lambda box: box.hubspot_refresh_token,
    "TOKEN": lambda box: box.hubspot_token,
    "PASSWORD": lambda box: box.client_secret,
}
"""What a variable holds, by the end of its name: the first that fits."""


class Reader:
    """One page's reader, with a folder and a sandbox of their own."""

    def __init__(self, folder: Path, box: Sandbox, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.box = folder, box
        self.said: Said | None = None
        configured(box, folder)
        shutil.copytree(folder, folder / "try")
        (folder / "addresses.txt").write_text("nobody@example.com\n", "utf-8")
        (folder / "salesforce.key").write_bytes(pem(rsa_key()))
        (folder / "salesforce.key").chmod(0o600)
        patch.chdir(folder)
        patch.setattr(connector, "LushaClient", partial(connector.LushaClient, base_url=box.lusha_url), raising=False)
        self._patch = patch
        for name in EXPORTED:
            self._set(name)

    def follow(self, blocks: Sequence[Block]) -> list[str]:
        """Do every block; what went wrong."""
        return [f"{block.place}: {why}" for block in blocks for why in self._do(block)]

    def _do(self, block: Block) -> Iterator[str]:
        if block.not_run:
            return
        if block.language in ("text", "json"):
            yield from self._printed(block)
            return
        self.said = None
        match block.language:
            case _ if block.wrong:
                yield from self._refused(block)
            case "sh":
                yield from self._commands(block)
            case "yaml" if block.profile:
                yield from no_attributes(block.profile, _read(block.text))
            case "yaml":
                yield from self._settings(block)
            case "python":
                with redirect_stdout(StringIO()):
                    exec(compile(block.text, block.place, "exec"), {})
            case _:
                yield f"nobody knows how to do {block.language}; say why it is not run"

    def _printed(self, block: Block) -> Iterator[str]:
        if self.said is None:
            yield "is the output of no command"
        elif block.language == "text":
            yield from missing(block.text, self.said.out + self.said.err)
        else:
            yield from unlike(json.loads(block.text), self.said.document, "")

    def _commands(self, block: Block) -> Iterator[str]:
        lines = [words for line in block.text.replace("\\\n", " ").splitlines() if (words := _words(line))]
        for number, words in enumerate(lines, 1):
            if words[0] == "export":
                unknown = {word.partition("=")[0] for word in words[1:]} - EXPORTED
                yield from (f"no config reads {name}" for name in sorted(unknown))
            elif words[0] != "lusha-sync":
                yield f"'{shlex.join(words)}' cannot be run here; say why it is not run"
            else:
                self.said = self._run(words[1:])
                expected = block.exit if number == len(lines) else 0
                if self.said.code != expected:
                    yield f"'{shlex.join(words)}' ended with {self.said.code}, not {expected}: {self.said.err}"

    def _run(self, words: list[str]) -> Said:
        stdin = None
        if "<" in words:
            place = words.index("<")
            stdin = (self.folder / words[place + 1]).read_text("utf-8")
            words = words[:place] + words[place + 2 :]
        words, _, to = _partition(words, ">")
        if words[0] == "init":
            words = self._sandboxed_init(words)
        said = said_here(*words, stdin=stdin)
        if to:
            (self.folder / to[0]).write_text(said.out, "utf-8")
        return said

    def _settings(self, block: Block) -> Iterator[str]:
        value = self._whole(block)
        saved = _SAVED.match(block.text)
        for name in _VARIABLE.findall(block.text):
            self._set(name)
        if block.included:
            self._save(saved[1], block.text) if saved else (yield "a file that is included needs its name")
        elif value.keys() & {"orgs", "include", "defaults"}:
            name = saved[1] if saved else "documented.yaml"
            self._save(name, yaml.safe_dump(value, sort_keys=False) if block.over else block.text)
            yield from self._judge("validate", "--config", name)
            if saved:
                self._save(name, yaml.safe_dump(self.sandboxed(value), sort_keys=False))
        else:
            name = saved[1] if saved else "mappings/documented.yaml"
            self._save(name, yaml.safe_dump(value, sort_keys=False) if block.over else block.text)
            if block.persons:
                self.box.salesforce.person_accounts()
            online = () if block.offline else ("--online",)
            yield from self._judge("validate", *online, "--config", self._config_of(name, _crm(value)))

    def _refused(self, block: Block) -> Iterator[str]:
        """A file with mistakes, saved under its name; the ``text`` that follows is what ``validate`` says of it."""
        if (saved := _SAVED.match(block.text)) is None:
            yield "a file with mistakes needs its name in the first line"
            return
        value = self._whole(block)
        self._save(saved[1], block.text)
        config = saved[1] if "orgs" in value else self._config_of(saved[1], value["crm"])
        self.said = said_here("validate", "--config", config)
        if self.said.code != 2:
            yield f"is not refused: {self.said.out}"

    def _whole(self, block: Block) -> dict[str, Any]:
        value = _read(block.text)
        if block.over is None:
            return value
        whole = _read((ROOT / block.over).read_text("utf-8"))
        for step in reversed(block.at.split(".") if block.at else ()):
            value = {step: value}
        laid: dict[str, Any] = _laid_over(whole, value)
        return laid

    def _config_of(self, mapping: str, crm: str) -> str:
        """A config for the sandbox with this one mapping."""
        whole = yaml.safe_load((self.folder / "try/config.yaml").read_text("utf-8"))
        org = next(org for org in whole["orgs"].values() if org["crm"] == crm)
        self._save("one.yaml", yaml.safe_dump({**whole, "orgs": {"one": {**org, "mappings": [mapping]}}}))
        return "one.yaml"

    def _judge(self, *words: str) -> Iterator[str]:
        said = said_here(*words)
        if said.code:
            yield f"{said.out}{said.err}"

    def _set(self, variable: str) -> None:
        """Whatever the vendor, the sandbox's own key: its name says which is meant."""
        of_box = next((value for end, value in _KEYS.items() if variable.endswith(end)), None)
        if of_box is not None:
            self._patch.setenv(variable, of_box(self.box))

    def _save(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")

    def sandboxed(self, config: dict[str, Any]) -> dict[str, Any]:
        """The same config, with the sandbox's addresses in the place of the vendors'."""
        orgs = {name: self._sandboxed_org(org) for name, org in config.get("orgs", {}).items()}
        return {
            **config,
            "lusha": {**config["lusha"], "base_url": self.box.lusha_url},
            **({"orgs": orgs} if orgs else {}),
        }

    def _sandboxed_init(self, words: list[str]) -> list[str]:
        """``init`` with the sandbox's addresses, in a folder where nobody set up anything yet."""
        config = self.folder / "config.yaml"
        if config.is_file() and config.read_text("utf-8").startswith(HEADER):
            config.unlink()
        words = [re.sub(r"https://\S+\.my\.salesforce\.com", self.box.salesforce_url, word) for word in words]
        hubspot = ["--base-url", self.box.hubspot_url] if "hubspot" in words else []
        return [*words, *hubspot, "--lusha-base-url", self.box.lusha_url]

    def _sandboxed_org(self, org: dict[str, Any]) -> dict[str, Any]:
        key, url = (
            ("instance_url", self.box.salesforce_url)
            if org["crm"] == "salesforce"
            else ("base_url", self.box.hubspot_url)
        )
        lusha = {"lusha": {**org["lusha"], "base_url": self.box.lusha_url}} if "lusha" in org else {}
        return {**org, **lusha, "connection": {**org.get("connection", {}), key: url}}


def _read(text: str) -> dict[str, Any]:
    """YAML as the connector reads it, references left as they are."""
    document, problems = parse_document(text, "a block")
    assert not problems, problems
    assert isinstance(document.value, dict)
    return document.value


def _crm(mapping: dict[str, Any]) -> str:
    """The CRM of a mapping; the path of a shipped one that it extends names it too."""
    return str(mapping.get("crm") or mapping["extends"].removeprefix("shipped:").partition("/")[0])


def _words(line: str) -> list[str]:
    return shlex.split(line, comments=True)


def _partition(words: list[str], at: str) -> tuple[list[str], str, list[str]]:
    place = words.index(at) if at in words else len(words)
    return words[:place], at, words[place + 1 :]


def _laid_over(below: Any, above: Any) -> Any:
    """Maps are laid over each other key by key; anything else, and a connection, takes the other's place."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    merged = {key: _laid_over(below.get(key), value) if key != "connection" else value for key, value in above.items()}
    return {**below, **merged}
