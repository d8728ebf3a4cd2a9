"""Runs ``tap-hubspot`` against another address: ``python launch_hubspot.py ADDRESS OPTIONS``, by its own interpreter.

It has no option for the address. What is changed, from outside: the address, and that contacts are the one stream (it
discovers every stream before it reads one, custom objects too, and some by HubSpot's first API).
"""

import sys

import tap_hubspot  # type: ignore[import-not-found]

tap_hubspot.BASE_URL = sys.argv.pop(1)
tap_hubspot.STREAMS = [one for one in tap_hubspot.STREAMS if one.tap_stream_id == "contacts"]
tap_hubspot.generate_custom_streams = lambda *words, **options: []
tap_hubspot.main()
