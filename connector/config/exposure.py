"""Secrets that stand in the config file itself, where a backup or a repository takes them along. Read by ``doctor``.

Keys of servers on this machine open nothing, so they may stand there: the sandbox's do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from connector.config.diagnostics import SECRETS
from connector.config.document import Document
from connector.config.places import Place
from connector.config.problems import Problem
from connector.hosts import is_loopback

_BLOCKS: tuple[Place, ...] = (("lusha",), ("orgs", "*", "lusha"), ("orgs", "*", "connection"))
_ADDRESSES = ("base_url", "instance_url")


def exposed_secrets(document: Document) -> Iterator[Problem]:
    """Each secret that is written out instead of named, in a document whose ``defaults`` lie below its orgs."""
    for pattern in _BLOCKS:
        for place, block in document.find(*pattern):
            if isinstance(block, dict) and not _is_local(block):
                yield from _of_block(document, place, block)


def _of_block(document: Document, place: Place, block: dict[str, Any]) -> Iterator[Problem]:
    for key, value in block.items():
        if key in SECRETS and isinstance(value, str) and value and (*place, key) not in document.references:
            yield document.problem((*place, key), "the secret itself stands in the file")


def _is_local(block: dict[str, Any]) -> bool:
    """Whether it is about a server of this machine."""
    address = next((value for key in _ADDRESSES if isinstance(value := block.get(key), str)), "")
    return is_loopback(urlsplit(address).hostname or "")
