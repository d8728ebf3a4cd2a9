"""A drafted mapping as YAML that people read: each line with its reason, and what is doubtful as a comment.

Only text is made here; ``files`` writes it. What is written loads as it was drafted (tests/setup/test_writing.py).
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.config.quantities import spell_duration
from connector.config.settings import FieldRule, MappingSettings
from connector.config.yaml_text import flow, inline, scalar
from connector.crm.base import NewField
from connector.setup.drafts import USUAL, Draft, Line

WIDTH = 120
_POLICIES = (
    "fill: into a blank field only. refresh: also replaces a value that the connector wrote and nobody changed since."
)
_SEARCHED = {
    "person": "Only data that a field could be given are bought: an e-mail costs 1 credit, phones cost 5, the rest "
    "comes with them.",
    "company": "Domain, industry, employees and place come with the search; all else that is mapped costs 1 credit.",
}

_STALE = {"person": "90d", "company": "180d"}
"""What the shipped mappings say."""


def comment(text: str, indent: str = "") -> Iterator[str]:
    """A sentence as comment lines."""
    clean = " ".join(text.split())
    yield from textwrap.wrap(clean, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ",
                             break_long_words=False, break_on_hyphens=False)  # fmt: skip


def mapping_text(draft: Draft, *, org: str, schema: str | None = None) -> str:
    """The mapping file. ``schema``: address of the mapping's JSON Schema, for editors."""
    blocks = [_head(draft.settings, org, schema), _identify(draft), _selection(draft)]
    if draft.settings.entity == "person":
        blocks.append(_match(draft.settings))
    blocks += [_fields(draft), _stamp(draft), _left_out(draft)]
    return "\n\n".join("\n".join(block) for block in map(list, blocks) if block) + "\n"


def _head(settings: MappingSettings, org: str, schema: str | None) -> Iterator[str]:
    if schema:
        yield f"# yaml-language-server: $schema={schema}"
    kind = "people" if settings.entity == "person" else "companies"
    yield from comment(f"{settings.object} of {org} from Lusha {kind}: proposed by lusha-sync init, yours to change.")
    yield "version: 1"
    yield f"crm: {settings.crm}"
    yield f"object: {scalar(settings.object)}"
    yield f"entity: {settings.entity}"


def _identify(draft: Draft) -> Iterator[str]:
    yield "identify: # tried in order; the first that is complete and valid is used"
    for row in draft.settings.identify:
        yield f"  - {flow(row)}"


def _selection(draft: Draft) -> Iterator[str]:
    select = draft.settings.select
    yield "select:"
    if isinstance(select.where, str):
        yield f"  where: {json.dumps(select.where, ensure_ascii=False)} # a condition of your own"
    yield f"  incomplete: {inline(list(select.incomplete))} # due when any of these is blank"
    if select.stale_after:
        yield f"  stale_after: {spell_duration(select.stale_after)} # or when last enriched longer ago than this"
    else:
        yield f"  # stale_after: {_STALE[draft.settings.entity]} # for when a stamp below holds enriched_at"
    yield f"  retry_after: {spell_duration(select.retry_after)} # wait this long after no match, or a match of no use"


def _match(settings: MappingSettings) -> Iterator[str]:
    yield "match:"
    yield f"  min_name: {settings.match.min_name} # least similarity of names, 0 to 100"
    yield f"  on_job_change: {settings.match.on_job_change} # suggest: a change of employer is for people to decide"


def _fields(draft: Draft) -> Iterator[str]:
    yield from comment(_POLICIES)
    yield from comment(_SEARCHED[draft.settings.entity])
    yield "fields:"
    for line in draft.lines:
        yield from comment(line.reason, "  ") if line.reason != USUAL else ()
        yield from _field(line)
    if draft.weak:
        yield ""
        yield from comment("Less sure, so they are comments: take the # away where one is right.", "  ")
    for line in draft.weak:
        yield from comment(line.reason, "  ")
        yield from (re.sub(r"^  ", "  # ", text) for text in _field(line))


def _field(line: Line) -> Iterator[str]:
    rule = line.rule
    head: dict[str, Any] = {"from": rule.source, "policy": rule.policy}
    if rule.on_too_long != "skip":
        head["on_too_long"] = rule.on_too_long
    steps = [name if argument is None else {name: argument} for name, argument in rule.transforms]
    as_ = {"as": steps[0] if len(steps) == 1 else steps} if steps else {}
    one_line = f"  {scalar(line.name)}: {flow({**head, **as_})}"
    table = _table(rule)
    if not table and len(one_line) <= WIDTH:
        yield one_line
        return
    yield f"  {scalar(line.name)}:"
    yield from (f"    {key}: {inline(value)}" for key, value in head.items())
    if not table:
        yield from (f"    {key}: {inline(value)}" for key, value in as_.items())
        return
    yield "    as:"
    yield "      picklist: # Lusha's word: your option; null leaves a word out; others pass unchanged"
    yield from _words(table, line.options)


def _table(rule: FieldRule) -> Mapping[str, Any]:
    return next((argument for name, argument in rule.transforms if name == "picklist"), {})


def _words(table: Mapping[str, Any], options: Mapping[str, str]) -> Iterator[str]:
    for word, ours in table.items():
        perhaps = f" # perhaps {scalar(options[word])}" if word in options else ""
        yield f"        {scalar(word)}: {scalar(ours)}{perhaps}"


def _stamp(draft: Draft) -> Iterator[str]:
    missing = {source: new for source, new in draft.missing.items() if source in ("id", "enriched_at")}
    note = "bookkeeping; written only together with a record's first match or a change"
    if draft.stamps:
        yield f"stamp: # {note}"
        yield from (f"  {scalar(field)}: {source}" for field, source in draft.stamps.items())
    if missing:
        yield from _to_be_made(draft.settings, missing, begun=bool(draft.stamps))


def _to_be_made(settings: MappingSettings, missing: Mapping[str, NewField], *, begun: bool) -> Iterator[str]:
    kinds = {"text": "text", "datetime": "date/time", "picklist": "picklist"}
    made = ", ".join(f"{new.name} ({kinds[new.type]})" for new in missing.values())
    indent = "  " if begun else ""
    yield from comment(
        f"{settings.object} has no field for these yet. Make {made}, let the user that signs in see and edit them, and "
        "take the # away.",
        indent,
    )
    if not begun:
        yield "# stamp:"
    yield from (f"{indent}#   {scalar(new.name)}: {source}" for source, new in missing.items())
    if "id" in missing:
        yield f"{indent}# And as the first line of identify:"
        yield f"{indent}#   - {{id: {scalar(missing['id'].name)}}}"


def _left_out(draft: Draft) -> Iterator[str]:
    if draft.left:
        yield "# Not mapped:"
    for one in draft.left:
        yield from _hanging(f"{one.what}: {one.why}")
    if draft.untaken:
        yield from comment(f"No field was found for what Lusha also tells: {', '.join(draft.untaken)}")


def _hanging(text: str) -> Sequence[str]:
    return textwrap.wrap(" ".join(text.split()), WIDTH, initial_indent="# - ", subsequent_indent="#   ",
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip
