"""``config show``: what a configuration comes to, and where each value was written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.config.test_many_orgs import MAPPING, write
from tests.e2e.house import Said, said_here

FILES = {
    "config.yaml": """\
        version: 1
        include: lusha.yaml
        defaults:
          guards: {min_records: 7}
          hubspot: {connection: {api_reserve: 30%}}
        orgs:
          beta:
            crm: hubspot
            connection: {access_token: "${BETA_TOKEN}", base_url: "${BETA_URL:-https://api.example.com}"}
            mappings: [own.yaml, '*/*.yaml']
        """,
    "lusha.yaml": "version: 1\nlusha: {api_key: plainly-here, rate_limit: '${file:rate}'}\n",
    "rate": "20\n",
    "own.yaml": "version: 1\nextends: m/_base.yaml\nfields: {phone: {policy: suggest}}\n",
    "m/_base.yaml": MAPPING,
    "m/deals.yaml": MAPPING.replace("contacts", "deals"),
}
TOKEN = {"BETA_TOKEN": "very-secret"}


def show(folder: Path, *words: str, env: dict[str, str] | None = None) -> Said:
    return said_here("config", "show", *words, "--config", str(write(folder, FILES)), env=env or {})


def test_each_value_stands_with_its_source(tmp_path: Path) -> None:
    said = show(tmp_path, "beta", env=TOKEN)
    assert said.code == 0, said.err
    lines = [" ".join(line.split()) for line in said.out.replace(f"{tmp_path}/", "").splitlines()]
    for line in (
        'access_token: "***" # config.yaml:9:18, ${BETA_TOKEN}',
        "base_url: https://api.example.com # config.yaml:9:49, ${BETA_URL:-https://api.example.com}",
        'api_reserve: "30%" # config.yaml:5:26',
        "api_version: v3 # built in",
        "min_records: 7 # config.yaml:4:12",
        "max_replaced_share: 0.3 # built in",
        'api_key: "***" # lusha.yaml:2:9',
        'rate_limit: "***" # lusha.yaml:2:32, ${file:rate}',
        "- own.yaml # config.yaml:10:16",
        "- m/deals.yaml # config.yaml:10:26",
        "path: state.db # built in",
        "policy: suggest # own.yaml:3:18",
        'from: "phones[0].number" # m/_base.yaml:9:11',
        "as: {phone: {region: DE}} # m/_base.yaml:9:37",
        "object: deals # m/deals.yaml:3:1",
    ):
        assert line in lines, line
    assert "very-secret" not in said.out and "plainly-here" not in said.out


def test_what_is_printed_is_yaml_with_the_effective_values(tmp_path: Path) -> None:
    org, own, deals = yaml.safe_load_all(show(tmp_path, "beta", env=TOKEN).out)
    assert org["guards"]["min_records"] == 7
    assert org["mappings"] == ["own.yaml", "m/deals.yaml"]
    assert own["fields"] == {
        "jobtitle": {"from": "job_title.title", "policy": "refresh"},
        "phone": {"from": "phones[0].number", "as": {"phone": {"region": "DE"}}, "policy": "suggest"},
    }
    assert own["identify"] == [{"email": "email"}]
    assert deals["select"]["retry_after"] == "30d"


def test_crm_comes_first_then_what_the_org_says_itself(tmp_path: Path) -> None:
    text = """\
        version: 1
        lusha: {api_key: key}
        defaults: {crm: hubspot, guards: {min_records: 7}, connection: {api_reserve: 30%}}
        orgs:
          beta:
            connection: {access_token: "${BETA_TOKEN}", base_url: https://api.example.com}
            mappings: [own.yaml]
        """
    path = write(tmp_path, {**FILES, "config.yaml": text})
    org = yaml.safe_load(said_here("config", "show", "beta", "--config", str(path), env=TOKEN).out.split("---")[0])
    assert list(org) == ["crm", "connection", "mappings", "guards", "lusha", "state", "workers"]
    assert list(org["connection"]) == ["access_token", "base_url", "api_reserve", "api_version"]


def test_a_variable_need_not_be_set(tmp_path: Path) -> None:
    said = show(tmp_path, "beta", "--mapping", "own")
    assert (said.code, said.err) == (0, "")
    assert "config.yaml:9:18, ${BETA_TOKEN} is not there" in said.out
    assert said.out.count("---\n") == 1


def test_the_document_tells_the_same(tmp_path: Path) -> None:
    document = show(tmp_path, "beta", "--json", env=TOKEN).document
    assert (document["org"], [one["mapping"] for one in document["mappings"]]) == ("beta", ["own.yaml", "m/deals.yaml"])
    assert {
        "place": "connection.access_token",
        "value": "***",
        "source": f"{tmp_path}/config.yaml:9:18",
        "reference": "${BETA_TOKEN}",
        "set": True,
        "hidden": True,
    } in document["values"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["gamma"], "no org 'gamma'"),
        (["beta", "--mapping", "gone"], "no mapping 'gone' in beta"),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, words: list[str], sentence: str) -> None:
    said = show(tmp_path, *words)
    assert (said.code, said.out) == (2, "")
    assert sentence in said.err
