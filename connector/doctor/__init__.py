"""Is everything ready for a run? Each check asks what a run would meet, changes nothing and costs no credit.

``examination`` puts the checks in order: the files (``files``), the state (``state``), each Lusha key (``keys``), each
org's CRM (``tenant``) and mappings (``mappings``, ``options``), its schedule (``schedule``, ``times``). One check that
fails stops only those that need what it lacks.
"""

from __future__ import annotations

from connector.doctor.examination import examine
from connector.doctor.finding import Finding, Level, worst

__all__ = ["Finding", "Level", "examine", "worst"]
