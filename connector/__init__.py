"""CRM sync connector: enrich Salesforce and HubSpot records from Lusha, inside budgets, without surprises.

The public API is ``load_config`` and ``Connector``, and ``LushaClient`` for Lusha alone (docs/lusha.md)::

    with Connector(load_config(Path("config.yaml"), env=os.environ)) as connector:
        report = connector.sync(["acme"], options=Options(limit=50))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector.config import load_config
    from connector.engine.work import Options
    from connector.lusha.client import LushaClient
    from connector.models import Identity
    from connector.redact import Secret
    from connector.runtime import Connector

__version__ = "0.1.0"
__all__ = ["Connector", "Identity", "LushaClient", "Options", "Secret", "__version__", "load_config"]

_HOMES = {
    "Connector": "connector.runtime",
    "Identity": "connector.models",
    "LushaClient": "connector.lusha.client",
    "Options": "connector.engine.work",
    "Secret": "connector.redact",
    "load_config": "connector.config",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: ``lusha-sync --help`` must not wait for the engine."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
