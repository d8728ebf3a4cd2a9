"""Runs ``tap-salesforce`` against another address: ``python launch_salesforce.py ADDRESS TOKEN OPTIONS``, by its own
interpreter.

It signs in at Salesforce's own address alone. What is changed, from outside: it begins with a token and the address.
"""

import sys
from typing import Any

import tap_salesforce  # type: ignore[import-not-found]

ADDRESS, TOKEN = sys.argv.pop(1), sys.argv.pop(1)


def _signed_in(self: Any) -> None:
    self.access_token, self.instance_url = TOKEN, ADDRESS


tap_salesforce.Salesforce.login = _signed_in
tap_salesforce.main()
