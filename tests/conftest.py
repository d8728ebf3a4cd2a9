"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says how busy the machine is, no more: the first one of a run also pays for its imports.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
