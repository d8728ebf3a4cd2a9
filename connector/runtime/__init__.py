"""Composition root: a configuration becomes clients, a state file and runs. The one place that knows every room."""

from connector.runtime.connector import Connector
from connector.runtime.outside import Outside
from connector.runtime.reports import EXIT_ORDER, SyncReport, worst_of

__all__ = ["EXIT_ORDER", "Connector", "Outside", "SyncReport", "worst_of"]
