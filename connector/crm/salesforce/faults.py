"""What a call without an answer came to: requests' exceptions as ``errors`` decides about them. Pure."""

from __future__ import annotations

import ssl

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from .errors import Fault, Outcome

_NOT_SENT = (ConnectTimeoutError, NewConnectionError, ProxyError, requests.exceptions.InvalidURL)


def fault_of(error: requests.RequestException) -> Outcome:
    """Whether anything was sent, and why there is no answer to read."""
    causes = _causes(error)
    words = next((c.strerror for c in causes if isinstance(c, OSError) and c.strerror), None)
    if certificate := next((c for c in causes if isinstance(c, ssl.SSLCertVerificationError)), None):
        return Outcome(words=certificate.verify_message, fault=Fault.UNTRUSTED)
    if any(isinstance(c, _NOT_SENT) for c in causes):
        return Outcome(words=words or "timed out", fault=Fault.UNREACHED)
    timed_out = isinstance(error, requests.Timeout)
    return Outcome(words=words or ("timed out" if timed_out else "the connection was cut"), fault=Fault.LOST)


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it was made of: requests and urllib3 wrap in ``args`` and ``reason`` as well.

    Never ``__context__``: it reaches into whatever the caller was handling, and an old refused connection there
    would make a lost write look unsent.
    """
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, getattr(one, "reason", None), *one.args]
    return found
