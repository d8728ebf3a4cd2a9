"""What a set-up did, as people read it: each mapping with its reasons, what was left out, what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.config.yaml_text import inline
from connector.setup.config_text import PER_DAY, PER_MONTH, PER_RUN
from connector.setup.drafts import Draft, Line
from connector.setup.setting_up import SetUp, mapping_files, project_folder


def set_up_view(done: SetUp) -> RenderableType:
    """Everything that was written, and the commands to go on with."""
    files = mapping_files(done.answers)
    mappings = [part for name, draft in done.drafts.items() for part in draft_view(draft, files[name])]
    return Group(*mappings, end_view(done))


def end_view(done: SetUp) -> RenderableType:
    """What was written, what lacks, and the commands to go on with."""
    return Group(*(Text(line) for line in _end(done)))


def draft_view(draft: Draft, file: Path) -> Iterator[RenderableType]:
    """One mapping: its fields with their reasons, then what is not put to work."""
    yield Text(f"\n{draft.settings.object} → {file}", style="bold")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("field", "from", "policy", "why"):
        table.add_column(title, overflow="fold")
    for line in draft.lines:
        table.add_row(*(Text(cell) for cell in _row(line)))
    yield table
    yield from (Text(line) for line in _rest(draft))


def _row(line: Line) -> tuple[str, ...]:
    return line.name, line.rule.source, line.rule.policy, line.reason


def _rest(draft: Draft) -> Iterator[str]:
    if draft.stamps:
        yield f"the books are kept in: {', '.join(draft.stamps)}"
    if draft.missing:
        yield f"no field yet for: {', '.join(f'{source} ({new.name})' for source, new in draft.missing.items())}"
    if draft.weak:
        yield f"less sure, written as comments: {', '.join(line.name for line in draft.weak)}"
    yield from (f"not mapped: {one.what}: {one.why}" for one in draft.left)


def _lacking(done: SetUp) -> Iterator[str]:
    if not done.lacking:
        return
    yield ""
    if not done.deploy:
        yield "Fields that lack can be made by hand (each mapping says where they go then), or by this, which writes"
        yield "the mappings anew as well:"
        yield f"  {done.again} --create-fields"
        return
    yield "Fields that lack are made by an administrator, with Salesforce's own command line (USERNAME is that of the"
    yield "user who signs in):"
    yield from (f"  {command}" for command in done.deploy)
    yield "Then this puts them to work, in mappings written anew; or by hand, each mapping says where they go:"
    yield f"  {done.again}"


def _end(done: SetUp) -> Iterator[str]:
    yield ""
    folder = project_folder(done.answers)
    for path in done.written:
        if path.is_relative_to(folder):
            continue
        how = f"org {done.answers.org} added" if done.added and path == done.answers.config else "written"
        yield f"{path}: {how}"
    if done.deploy:
        yield f"{folder}: written, for Salesforce's command line"
    yield "fill: into blank fields only; refresh: also over a value that the connector wrote and nobody changed since"
    if not done.added:
        yield (
            f"budget: {PER_RUN:,} credits a run, {PER_DAY:,} a day, {PER_MONTH:,} a month; raise it in "
            f"{done.answers.config} once the first runs look right"
        )
    if done.unused:
        yield ""
        org = done.answers.org
        yield f"{done.answers.config} names other mappings for {org}. To use these, write into orgs.{org}:"
        yield f"  mappings: {inline(done.unused)}"
    yield from _lacking(done)
    if done.unset:
        yield ""
        yield f"First: export {' '.join(f'{name}=…' for name in done.unset)}"
    if done.kept:
        yield "Keep .env out of version control: a line .env in .gitignore does."
    yield ""
    for place, command in enumerate(done.next):
        yield f"{'next:' if place == 0 else 'then:'} {command}"
