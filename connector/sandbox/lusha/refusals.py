"""A request that Lusha refuses whole: the status and its documented words (https://docs.lusha.com, "Error Codes")."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from connector.sandbox.faults import Fault, page

Body = Mapping[str, Any]

WORDS: Mapping[int, str] = {
    400: "Invalid request parameters",
    401: "Invalid API key",
    402: "Insufficient credits for this operation",
    403: "Your account is not active. Please reach out to support at support@lusha.com",
    404: "Resource not found",
    412: "The request failed due to invalid syntax that was provided. Please make sure to send a full name field "
    "that contains a valid first & last name",
    429: "Too many requests. Please wait before making another request.",
    451: "We are unable to process this contact request due to our GDPR regulations",
    499: "Request failed due to request timeout",
    500: "Internal server error. Please try again later.",
}


class Json(JSONResponse):
    """Half a character, which JSON can escape and UTF-8 cannot hold, is echoed escaped, as JavaScript writes it."""

    def render(self, content: Any) -> bytes:
        """The body."""
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "backslashreplace")


class Refusal(Exception):
    """The request is refused whole, with ``status`` and Lusha's words.

    ``body``: sent instead of ``{statusCode, message, errors}``, where the document shows another shape.
    """

    def __init__(
        self, status: int, message: str | None = None, errors: list[str] | None = None, *, body: Body | None = None
    ) -> None:
        super().__init__(status)
        self.status = status
        self.message = message or WORDS.get(status, WORDS[500 if status >= 500 else 400])
        self.errors = errors
        self._body = body

    def response(self) -> Response:
        """``{statusCode, message, errors}``; ``errors`` only where there are some."""
        body: dict[str, Any] = {"statusCode": self.status, "message": self.message}
        return Json(self._body or body | ({"errors": self.errors} if self.errors else {}), self.status)


def refuse(problems: Iterable[str]) -> None:
    """Refuse with 400 when there are problems."""
    found = list(problems)
    if found:
        raise Refusal(400, "Validation failed", found)


def refuse_table(body: Body) -> None:
    """No table exists here, so ``tableId`` names one that cannot be found."""
    if "tableId" in body:
        raise Refusal(404, "TABLE_NOT_FOUND: Table not found")


def failure(status: int, fault: Fault) -> Response:
    """The answer of an armed fault: its own body, or Lusha's words for the status."""
    return Refusal(status).response() if fault.body is None else page(status, fault.body)
