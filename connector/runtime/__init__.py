"""Composition root: a configuration becomes clients, a state file and runs. The one place that knows every room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connector.runtime.connector import Connector
    from connector.runtime.lookups import Lookups
    from connector.runtime.outside import Outside
    from connector.runtime.reports import EXIT_ORDER, SyncReport, worst_of

__all__ = ["EXIT_ORDER", "Connector", "Lookups", "Outside", "SyncReport", "worst_of"]

_HOMES = {"Connector": "connector", "Lookups": "lookups", "Outside": "outside"}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: ``validate`` must not wait for the engine."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'reports')}"), name)
