"""Another org put into the text of a configuration file; every byte that stands there stays.

For ``init``, which adds an org to a file that people wrote: their comments, order and spacing are theirs. Only text is
made here; whoever writes it loads it first.
"""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from connector.config.document import with_references_hidden
from connector.errors import ConfigError

_BY_HAND = "put it there by hand"


def with_org(text: str, lines: Sequence[str]) -> str:
    """The text with these lines as the last entry of ``orgs``. ``lines``: the entry as it stands with no indentation.

    ConfigError: the file is no mapping, or its ``orgs`` cannot be added to line by line.
    """
    root = _composed(text)
    orgs = next((value for key, value in root.value if key.value == "orgs"), None)
    ending = "\r\n" if "\r\n" in text else "\n"
    if orgs is None:
        body = [*text.splitlines(), "", "orgs:", *_indented(lines, 2)]
        return ending.join(body) + ending
    if not isinstance(orgs, yaml.MappingNode) or orgs.flow_style or not orgs.value:
        where = f"line {orgs.start_mark.line + 1}"
        raise ConfigError(f"orgs ({where}) is not written line by line, so no org can be added to it", hint=_BY_HAND)
    column = orgs.value[0][0].start_mark.column
    there = text.splitlines()
    place = _behind_comments(there, _last_line(orgs) + 1, column)
    return ending.join([*there[:place], "", *_indented(lines, column), *there[place:]]) + ending


def _composed(text: str) -> yaml.MappingNode:
    hidden = with_references_hidden(text.removeprefix("\ufeff"))
    try:
        root = yaml.compose(hidden, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError("the config file is not valid YAML: mend it first", hint="lusha-sync validate") from error
    if not isinstance(root, yaml.MappingNode):
        raise ConfigError("the config file holds no keys: mend it first", hint="lusha-sync validate")
    return root


def _last_line(node: yaml.Node) -> int:
    """The line, counted from 0, on which the last value below a node ends."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return end.line if end.column or end.line == node.start_mark.line else end.line - 1


def _behind_comments(lines: Sequence[str], place: int, column: int) -> int:
    """Past comments that belong to the last entry: those that are indented deeper than its name."""
    while place < len(lines) and (bare := lines[place].lstrip()).startswith("#"):
        if len(lines[place]) - len(bare) <= column:
            break
        place += 1
    return place


def _indented(lines: Sequence[str], column: int) -> list[str]:
    return [f"{' ' * column}{line}" if line else "" for line in lines]
