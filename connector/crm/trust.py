"""Whom we believe over TLS: the public authorities always, and a company's own where ``ca_file`` names one."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi

from connector.errors import ConfigError


def trusting(ca_file: Path) -> ssl.SSLContext:
    """A context that verifies, with the bundle added to the public authorities, never in their place.

    Raises ConfigError where the file is missing or holds no certificate.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    try:
        context.load_verify_locations(cafile=ca_file)
    except FileNotFoundError:
        raise ConfigError(f"connection.ca_file: there is no file {ca_file}") from None
    except (ssl.SSLError, OSError):
        raise ConfigError(f"connection.ca_file: {ca_file} holds no certificate (PEM) that can be read") from None
    return context
