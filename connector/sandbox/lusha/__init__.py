"""The sandbox's Lusha: one account behind Lusha's whole API, both generations, over HTTP.

``app`` is the HTTP side, ``account`` what may be spent and was bought, ``v3`` and ``v2`` the two generations; the
rest is what both share: rules of bodies (``checker``), filters, signals, lookalikes. Rules: https://docs.lusha.com.
"""

from connector.sandbox.lusha.app import lusha_app

__all__ = ["lusha_app"]
