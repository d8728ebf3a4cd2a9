"""The one SOAP call there is: ``login()`` of the partner API, for old orgs. Pure: text in, text out.

Not in API 65.0 and later, and gone for good with the Summer '27 release: https://help.salesforce.com/s/articleView?id=005132110
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from .credentials import Password

LAST_VERSION = "64.0"
"""The last API version with ``login()``."""
HEADERS: Mapping[str, str] = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": "login"}
_LOGIN = """\
<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">
<soapenv:Body><login><username>{username}</username><password>{password}</password></login></soapenv:Body>
</soapenv:Envelope>"""


def login_envelope(user: Password) -> bytes:
    """The request's body. The security token, where there is one, follows the password without a space."""
    token = user.security_token.reveal() if user.security_token else ""
    password = escape(user.password.reveal() + token)
    return _LOGIN.format(username=escape(user.username), password=password).encode()


def texts(content: bytes) -> Mapping[str, str]:
    """The answer's elements by their names without a namespace: ``sessionId``, ``serverUrl``, or a fault's
    ``exceptionCode`` and ``exceptionMessage``. Empty where the answer is no XML.
    """
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):  # no XML, or in an encoding that nobody knows
        return {}
    return {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in root.iter()}
