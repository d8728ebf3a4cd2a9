"""The text of a YAML file as nodes: by libyaml, which takes a tenth of the time, where it says what PyYAML itself says.

The two differ at the edges: about tabs, a ``?`` within ``{…}``, empty values, tags, block texts, odd characters. A file
must mean the same on every machine, also where PyYAML came without libyaml. So what could be one of these edges is
composed by PyYAML, and so is what libyaml refuses: PyYAML's words are the ones that ``syntax`` explains.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

TAG = "tag:yaml.org,2002:"
PLAIN: Mapping[str, re.Pattern[str]] = {
    "bool": re.compile(r"true|True|TRUE|false|False|FALSE"),
    "null": re.compile(r"~|null|Null|NULL|"),
    "int": re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})"),
    "float": re.compile(r"[-+]?(?:(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][-+]?[0-9]{1,2})?"),
}
"""What unquoted scalars mean by YAML 1.2, by the names of its tags; any other is text."""
_EVEN = re.compile("[ -~\n\u00a0-\u2027\u202a-\ud7ff\ue000\ue001]*")
"""Characters about which the two agree."""


class _Loader(yaml.SafeLoader):
    """Composes nodes with the scalar types of YAML 1.2 alone."""


_Loader.yaml_implicit_resolvers = {}
for _kind, _pattern in PLAIN.items():
    _Loader.add_implicit_resolver(TAG + _kind, re.compile(rf"^(?:{_pattern.pattern})$"), None)
if yaml.__with_libyaml__:

    class _QuickLoader(yaml.CSafeLoader):
        yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


def compose(text: str) -> yaml.Node | None:
    """The root node of the only document of a text; None where there is none. YAMLError, RecursionError: as PyYAML."""
    node = _quickly(text) if yaml.__with_libyaml__ and _EVEN.fullmatch(text) else None
    return node or yaml.compose(text, Loader=_Loader)


def _quickly(text: str) -> yaml.Node | None:
    """The node by libyaml; None where PyYAML is to be asked."""
    try:
        node = yaml.compose(text, Loader=_QuickLoader)
        return node if _is_even(node, set()) else None
    except (yaml.YAMLError, RecursionError):
        return None


def _is_even(node: yaml.Node | None, seen: set[int]) -> bool:
    """Whether a node and all below it are of the kinds about which the two agree."""
    if node is None or id(node) in seen:
        return node is not None
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        return _is_even_scalar(node)
    if isinstance(node, yaml.MappingNode):
        below = [one for pair in node.value for one in pair]
        return node.tag == f"{TAG}map" and all(_is_even(one, seen) for one in below)
    return node.tag == f"{TAG}seq" and all(_is_even(one, seen) for one in node.value)


def _is_even_scalar(node: yaml.ScalarNode) -> bool:
    if node.style in ("'", '"'):
        return bool(node.tag == f"{TAG}str")
    kind = next((kind for kind, pattern in PLAIN.items() if pattern.fullmatch(node.value)), "str")
    return bool(node.value) and not node.style and "?" not in node.value and node.tag == TAG + kind
