"""One more org in the text of a config file: what stands there stays, to the byte."""

from __future__ import annotations

import pytest

from connector.config.document import parse_document
from connector.config.insertion import with_org
from connector.errors import ConfigError

NEW = ["new:", "  crm: hubspot", "  mappings:", "    - m.yaml"]
BLOCK = "  new:\n    crm: hubspot\n    mappings:\n      - m.yaml\n"
PLAIN = """\
# ours
version: 1
orgs:
  acme: # the first
    crm: salesforce
    connection: {access_token: ${TOKEN:-none}}
    mappings: [a.yaml,
      b.yaml]
    # schedule: "0 3 * * *"

# the end
state: {path: x.db}
"""


def test_an_org_stands_behind_the_last_and_its_comments() -> None:
    before, after = PLAIN.split("\n# the end")
    assert with_org(PLAIN, NEW) == f"{before}\n{BLOCK}\n# the end{after}"


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.removesuffix("\n"),
        "orgs:\n      deep:\n          crm: x\nversion: 1\n",
        "version: 1\norgs:\n  a:\n    note: |\n      many\n      lines\nlusha:\n  api_key: k\n",
        "version: 1\norgs:\n  a:\n",
        "version: 1\norgs:\n  a: {crm: x}",
        "version: 1\norgs:\n  a:\n    mappings:\n    - m.yaml\n    -  n.yaml\n",
        "version: 1\ninclude: [others.yaml]\n",
    ],
)
def test_everything_that_stood_there_is_there_still(text: str) -> None:
    added = with_org(text, NEW)
    kept = [line for line in text.splitlines() if line]
    assert [line for line in added.splitlines() if line in kept and line][: len(kept)] == kept
    before, after = parse_document(text, "x")[0].value, parse_document(added, "x")[0].value
    assert after == {**before, "orgs": {**before.get("orgs", {}), "new": {"crm": "hubspot", "mappings": ["m.yaml"]}}}
    assert ("\r\n" in text) == ("\r\n" in added)


@pytest.mark.parametrize("text", ["orgs: {a: {crm: x}}\n", "orgs:\nversion: 1\n", "orgs: [a]\n"])
def test_orgs_that_are_not_written_line_by_line_are_left_to_people(text: str) -> None:
    with pytest.raises(ConfigError, match="no org can be added to it"):
        with_org(text, NEW)


@pytest.mark.parametrize("text", ["", "just text\n", "a: [\n"])
def test_what_is_no_config_is_left_as_it_is(text: str) -> None:
    with pytest.raises(ConfigError, match="mend it first"):
        with_org(text, NEW)


def test_half_a_reference_in_quotes_is_text_as_for_the_loader() -> None:
    text = "version: 1\norgs:\n  acme: {crm: hubspot, schedule: '$${', mappings: [a.yaml]}\n"
    document, problems = parse_document(with_org(text, NEW), "config.yaml")
    assert problems == []
    assert list(document.value["orgs"]) == ["acme", "new"]
