"""The pages of ``docs/reference``, generated from what the connector itself reads: schemas, catalogue, commands.

``make reference`` writes them; a test says when they are not what they would be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tools.reference.attributes import attributes_page
from tools.reference.commands import commands_page
from tools.reference.schemas import schema_page

PAGES: Mapping[str, Callable[[], str]] = {
    "config.md": lambda: schema_page("config", "config.yaml", "config.example.yaml"),
    "mapping.md": lambda: schema_page("mapping", "a mapping file", "mappings"),
    "attributes.md": attributes_page,
    "commands.md": commands_page,
}
"""Each page by its file's name, and what writes it."""
