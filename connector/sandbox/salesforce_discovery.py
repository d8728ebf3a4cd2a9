"""What the sandbox's Salesforce org tells clients that look around: API versions, resources, objects, and who they are.

Stands beside ``salesforce``, which lends its frame (token, daily calls). Connectors of other makers ask these before
they read a record. https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_list.htm
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from connector.sandbox.salesforce_records import ORGANIZATION_ID, OWNER, OrgRecords
from connector.sandbox.salesforce_schema import SalesforceObject
from connector.sandbox.salesforce_signin import USERNAME, Sessions
from connector.sandbox.salesforce_wire import VERSIONS, bearer, named_object

Handler = Callable[[Request], Awaitable[Response]]
_RESOURCES = ("sobjects", "query", "queryAll", "limits", "composite", "jobs")
_SEASONS = ("Spring", "Summer", "Winter")


class Discovery:
    """The org's own account of itself; changes nothing."""

    def __init__(self, org: OrgRecords, sessions: Sessions) -> None:
        self._org = org
        self._sessions = sessions

    def routes(self, data: str, framed: Callable[[Handler], Handler]) -> list[Route]:
        """The paths of the org and those below ``data``, the latter in the org's frame."""
        objects = f"{data}/sobjects"
        return [
            Route("/services/data", self._versions, methods=["GET"]),
            Route("/services/data/", self._versions, methods=["GET"]),
            Route("/id/{organization}/{user}", self._identity, methods=["GET"]),
            Route(data, framed(self._resources), methods=["GET"]),
            Route(f"{data}/", framed(self._resources), methods=["GET"]),
            Route(objects, framed(self._objects), methods=["GET"]),
            Route(f"{objects}/", framed(self._objects), methods=["GET"]),
            Route(f"{objects}/{{object}}", framed(self._object), methods=["GET"]),
            Route(f"{objects}/{{object}}/", framed(self._object), methods=["GET"]),
        ]

    async def _versions(self, _request: Request) -> Response:
        """Told to everybody: no token is asked for."""
        return JSONResponse([_version(number) for number in VERSIONS])

    async def _resources(self, request: Request) -> Response:
        version = request.path_params["version"]
        return JSONResponse({name: f"/services/data/{version}/{name}" for name in _RESOURCES})

    async def _objects(self, request: Request) -> Response:
        known = sorted(name for name in self._org.objects if self._org.known(name))
        shown = [_summary(self._org.objects[name], request) for name in known]
        return JSONResponse({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})

    async def _object(self, request: Request) -> Response:
        found = named_object(request, self._org.known)
        return JSONResponse({"objectDescribe": _summary(found, request), "recentItems": []})

    async def _identity(self, request: Request) -> Response:
        """The user behind the token, which may stand in the query. Refused by 403 and a word; data calls are by 401.

        https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_using_openid.htm
        """
        token = request.query_params.get("oauth_token") or bearer(request)
        if token is None:
            return PlainTextResponse("Missing_OAuth_Token", 403)
        if token not in self._sessions.tokens:
            return PlainTextResponse("Bad_OAuth_Token", 403)
        if request.path_params["organization"] != ORGANIZATION_ID:
            return PlainTextResponse("Wrong_Org", 403)
        if request.path_params["user"] != OWNER:
            return PlainTextResponse("Bad_Id", 404)
        return JSONResponse(_user(str(request.base_url).rstrip("/")))


def _version(number: int) -> dict[str, str]:
    year = 14 + (number - 30) // 3 + (number % 3 == 2)  # 30.0 was Spring '14; a Winter is named after the next year
    return {
        "label": f"{_SEASONS[number % 3]} '{year}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"
    }  # fmt: skip


def _summary(spec: SalesforceObject, request: Request) -> dict[str, Any]:
    base = f"/services/data/{request.path_params['version']}/sobjects/{spec.name}"
    urls = {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"}
    return {**spec.summary(), "urls": urls}


def _user(base: str) -> dict[str, Any]:
    data = f"{base}/services/data/v{{version}}/"
    return {
        "id": f"{base}/id/{ORGANIZATION_ID}/{OWNER}", "asserted_user": True,
        "user_id": OWNER, "organization_id": ORGANIZATION_ID,
        "username": USERNAME, "nick_name": "integration", "display_name": "Integration User", "email": USERNAME,
        "email_verified": True, "first_name": "Integration", "last_name": "User", "timezone": "UTC",
        "active": True, "user_type": "STANDARD", "language": "en_US", "locale": "en_US", "utcOffset": 0,
        "urls": {
            "partner": f"{base}/services/Soap/u/{{version}}/{ORGANIZATION_ID[:15]}", "rest": data,
            "sobjects": f"{data}sobjects/", "query": f"{data}query/",
        },
    }  # fmt: skip
