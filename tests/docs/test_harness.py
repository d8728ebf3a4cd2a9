"""The harness bites: what it cannot do, or finds untrue, is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from tests.docs.blocks import PAGES, ROOT, blocks, read_blocks
from tests.docs.follow import Reader

PAGE = "page.md"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(contacts=10, companies=4, limits=False) as running:
        yield running


@pytest.fixture
def reader(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    return Reader(tmp_path, box, monkeypatch)


LEAD = "mappings/salesforce/lead.yaml"


def block(language: str, text: str, mark: str = "") -> str:
    return f"{mark}\n```{language}\n{text}\n```\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (block("", "x"), "page.md:2: no language '': one of js, json, python, sh, text, yaml"),
        (block("toml", "x"), "page.md:2: no language 'toml'"),
        (block("sh", "x", "<!-- skip -->"), "page.md:2: no mark 'skip'"),
        (block("sh", "x", "<!-- not run: no -->"), "page.md:2: no mark 'not run: no'"),
        ("```sh\nx\n", "page.md:1: a block that never ends"),
    ],
)
def test_nothing_is_left_out_in_silence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace("(", "\\(")):
        list(read_blocks(text, PAGE))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (block("sh", "brew install it"), "'brew install it' cannot be run here"),
        (block("js", "1"), "nobody knows how to do js"),
        (block("sh", "lusha-sync plan nowhere"), "ended with 2, not 0"),
        (block("sh", "lusha-sync status", "<!-- exit 3 -->"), "ended with 0, not 3"),
        (block("sh", "lusha-sync status --nonsense"), "ended with 2, not 0"),
        (block("sh", "export SOMETHING=…"), "no config reads SOMETHING"),
        (block("text", "x"), "is the output of no command"),
        (
            block("sh", "lusha-sync status") + block("text", "acme … sulphur"),
            "'acme … sulphur' is not",
        ),
        (block("sh", "lusha-sync status --json") + block("json", '{"org": []}'), ": keys ['orgs'], not ['org']"),
        (block("sh", "lusha-sync status --json") + block("json", '{"orgs": [{}]}'), ".orgs: 2 items, not 1"),
        (block("yaml", "policy: fill", "<!-- laid over config.example.yaml -->"), "policy: unknown key"),
        (
            block("yaml", "fields: {Titel: {from: id}}", f"<!-- laid over {LEAD} -->"),
            "Titel",
        ),
        (block("yaml", "# a.yaml\nversion: 1\ncrm: hubspot", "<!-- wrong -->") + block("text", "sulphur"), "sulphur"),
        (
            block("yaml", "# lead.yaml\nretry: 1", f"<!-- laid over {LEAD} -->"),
            "retry: unknown key",
        ),
    ],
)
def test_what_is_untrue_is_told(text: str, sentence: str, reader: Reader) -> None:
    wrong = reader.follow(list(read_blocks(text, PAGE)))
    assert sentence in "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "  text\n" + block("sh", "export LUSHA_API_KEY=…  # a key\nlusha-sync status  # what happened so far"),
        block("sh", "lusha-sync status --json") + block("json", '{"orgs": ["…"]}'),
        block("sh", "lusha-sync status --json > status.json\nlusha-sync undo 7", "<!-- exit 2 -->")
        + block("text", "error: no run 7 in …"),
        block("yaml", "# a.yaml\nversion: 1\ncrm: hubspot\nobject: [", "<!-- not run: shows half of a file -->"),
    ],
)
def test_what_is_true_passes(text: str, reader: Reader) -> None:
    assert reader.follow(list(read_blocks(text, PAGE))) == []


def test_a_reason_that_names_a_test_names_one_that_is_there() -> None:
    reasons = [one.not_run for page in PAGES for one in blocks(page) if one.not_run]
    named = [word.strip(",;") for reason in reasons for word in reason.split() if word.startswith("tests/")]
    assert named
    assert all((ROOT / name).exists() for name in named)
