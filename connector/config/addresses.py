"""Addresses of the vendors: absolute, without a query, and never such that a key would travel unencrypted."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from connector.config.wording import quoted
from connector.hosts import is_loopback


def address_problem(text: str, *, prefix: bool = False) -> str | None:
    """What is wrong with a base address, or None. ``prefix``: whether it may carry a path."""
    if "@" in text:
        return "the URL holds a user name or password; take it out"
    try:
        url = urlsplit(text)
        complete = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        complete = False
    if not complete or any(char.isspace() for char in text):
        return f"expected an absolute URL such as https://host.example, found {quoted(text)}"
    return _parts_problem(text, url, prefix) or _plain_problem(text, url)


def _parts_problem(text: str, url: SplitResult, prefix: bool) -> str | None:
    if "?" in text or "#" in text:
        return f"the URL must not have a query or fragment: {quoted(text)}"
    if url.path.strip("/") and not prefix:
        return f"the URL must not have a path: {quoted(text)}"
    return None


def _plain_problem(text: str, url: SplitResult) -> str | None:
    if url.scheme == "http" and not is_loopback(url.hostname or ""):
        return f"{quoted(text)} would send the key unencrypted; use https://"
    return None
