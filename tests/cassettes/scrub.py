"""What a cassette may hold: no secret, and nothing that differs from one recording to the next.

Called by ``player`` for every request and answer, when recording and when playing, so both sides of a comparison are
scrubbed alike. JSON is spelled so that it diffs: requests one value a line with sorted keys (equal texts then mean
equal JSON with equal types), answers one record a line in the vendor's own order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

HIDDEN = "***"
SECRET_HEADERS = frozenset({"api_key", "authorization"})
SECRET_KEYS = frozenset({"client_id", "client_secret"})
KEPT_REQUEST_HEADERS = re.compile(r"content-type|sforce-.+|if-.+")
"""What a vendor acts on. The rest (User-Agent, Accept-Encoding …) tells of library versions alone."""
KEPT_ANSWER_HEADERS = re.compile(r"content-type|retry-after|sforce-.+|x-.+")
REQUEST_ID = "00000000-0000-4000-8000-000000000000"


def scrub_request(request: Any) -> Any:
    """A vcrpy request (a copy of it) without secrets and without headers that no vendor acts on."""
    request.headers = {
        name.lower(): HIDDEN if name.lower() in SECRET_HEADERS else _text(value)
        for name, value in request.headers.items()
        if name.lower() in SECRET_HEADERS or KEPT_REQUEST_HEADERS.fullmatch(name.lower())
    }
    if request.body:
        form = "urlencoded" in request.headers.get("content-type", "")
        request.body = _form(request.body) if form else _json(request.body, _by_value)
    return request


def scrub_answer(answer: dict[str, Any]) -> dict[str, Any]:
    """A vcrpy response (a copy of it) without tokens, request ids and headers of the moment."""
    headers: Mapping[str, Iterable[str]] = answer["headers"]
    kept = {name.lower(): list(values) for name, values in headers.items()}
    answer["headers"] = {name: values for name, values in kept.items() if KEPT_ANSWER_HEADERS.fullmatch(name)}
    answer["body"] = {"string": _json(answer["body"]["string"], _by_record)}
    return answer


def _form(body: bytes) -> bytes:
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    return urlencode([(name, HIDDEN if name in SECRET_KEYS else value) for name, value in pairs], safe="*").encode()


def _json(body: bytes, spell: Callable[[Any], str]) -> bytes:
    """The JSON spelled our way; anything else as it is."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return body
    if isinstance(parsed, dict):
        _hide(parsed)
    return spell(parsed).encode()


def _by_value(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True)


def _by_record(body: Any, depth: int = 2) -> str:
    """Members of the body on lines of their own, and items of lists among them; what is deeper stays on its line."""
    if not depth or not body or not isinstance(body, dict | list):
        return json.dumps(body, ensure_ascii=False)
    if isinstance(body, list):
        return "[\n" + ",\n".join(_by_record(item, depth - 1) for item in body) + "\n]"
    items = (
        f"{json.dumps(name)}: {_by_record(value, 1 if isinstance(value, list) else 0)}" for name, value in body.items()
    )
    return "{\n" + ",\n".join(items) + "\n}"


def _hide(body: dict[str, Any]) -> None:
    if "access_token" in body:  # the organisation id that a Salesforce token begins with is no secret, and is read
        body["access_token"] = str(body["access_token"]).partition("!")[0] + "!" + HIDDEN
    if "requestId" in body:
        body["requestId"] = REQUEST_ID


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
