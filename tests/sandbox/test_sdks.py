"""The vendors' own client libraries against the sandbox, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import hubspot
import pytest
import requests
import simple_salesforce
import urllib3
from hubspot.crm.contacts import BatchInputSimplePublicObjectBatchInput, PublicObjectSearchRequest
from requests.adapters import HTTPAdapter
from simple_salesforce.login import SalesforceLogin
from starlette.applications import Starlette

from connector.sandbox import hubspot as portals
from connector.sandbox import salesforce as orgs
from connector.sandbox.hubspot_tokens import TOKEN
from connector.sandbox.salesforce_signin import PASSWORD, SECURITY_TOKEN, USERNAME
from connector.sandbox.serving import LocalServer
from tests.keys import pem, public_pem, rsa_key
from tests.sandbox.rows import ANN, BOB, CAI, DEE, hubspot_rows, salesforce_rows, still


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    server = LocalServer(app)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


class _Loopback(HTTPAdapter):
    """simple-salesforce builds https addresses; the sandbox speaks http on loopback."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = urlunsplit(urlsplit(str(request.url))._replace(scheme="http"))
        return super().send(request, *args, **kwargs)


def test_simple_salesforce_reads_and_writes() -> None:
    org = orgs.SalesforceOrg(salesforce_rows(), clock=still)
    org.page_size = 3
    session = requests.Session()
    session.mount("https://127.0.0.1", _Loopback())
    with served(org.app()) as url, session:
        host = url.removeprefix("http://")
        client = simple_salesforce.Salesforce(instance=host, session_id=orgs.TOKEN, session=session, version="68.0")
        rows = client.query_all("SELECT Id, Account.Name FROM Contact")["records"]
        assert [row["Id"] for row in rows] == [ANN, BOB, CAI, DEE]
        assert client.Contact.describe()["keyPrefix"] == "003"
        assert client.Contact.update(ANN, {"Title": "Chief"}, headers={"Sforce-Auto-Assign": "FALSE"}) == 204
        assert org.row("Contact", ANN)["Title"] == "Chief"
        with pytest.raises(simple_salesforce.exceptions.SalesforceMalformedRequest, match="STRING_TOO_LONG"):
            client.Contact.update(ANN, {"Title": "x" * 129})
        org.drop_next()
        with pytest.raises(requests.ConnectionError):
            client.query("SELECT Id FROM Contact")


def test_hubspot_api_client_reads_and_writes() -> None:
    portal = portals.HubSpotPortal(hubspot_rows(), clock=still)
    with served(portal.app()) as url:
        client = hubspot.HubSpot(access_token=TOKEN, host=url, base_url=url, retry=False)
        objects = client.crm.contacts
        page = objects.basic_api.get_page(limit=2, properties=["jobtitle"])
        assert ([row.id for row in page.results], page.paging.next.after) == (["9", "10"], "10")
        named_cai = {"filters": [{"propertyName": "firstname", "operator": "EQ", "value": "Cai"}]}
        body = PublicObjectSearchRequest(
            filter_groups=[named_cai], sorts=[], properties=["firstname"], limit=10, after="0"
        )
        assert objects.search_api.do_search(public_object_search_request=body).total == 1
        inputs: list[dict[str, Any]] = [{"id": id, "properties": {"jobtitle": "Chief"}} for id in ("9", "404")]
        answer = objects.batch_api.update(BatchInputSimplePublicObjectBatchInput(inputs=inputs))
        assert [(row.id, row.properties["jobtitle"]) for row in answer.results] == [("9", "Chief")]
        assert answer.num_errors == 1
        bad = BatchInputSimplePublicObjectBatchInput(inputs=[{"id": "9", "properties": {"email": "x"}}])
        with pytest.raises(hubspot.crm.contacts.ApiException) as refused:
            objects.batch_api.update(bad)
        assert refused.value.status == 400
        portal.drop_next()
        with pytest.raises(urllib3.exceptions.HTTPError):
            objects.basic_api.get_page(limit=1)
        assert client.crm.properties.core_api.get_all("companies").results[0].name == "name"


class _HereForSalesforce(HTTPAdapter):
    """Brings whatever is sent to a login host to the sandbox."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = urlsplit(url)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = urlunsplit(urlsplit(str(request.url))._replace(scheme="http", netloc=self._url.netloc))
        return super().send(request, *args, **kwargs)


@pytest.mark.parametrize(
    "credentials",
    [
        {"consumer_key": orgs.CLIENT_ID, "privatekey": pem(rsa_key()).decode()},
        {"password": PASSWORD, "security_token": SECURITY_TOKEN, "sf_version": "64.0"},
    ],
    ids=["jwt", "password"],
)
def test_simple_salesforce_signs_in_by_its_own_functions(credentials: dict[str, str]) -> None:
    org = orgs.SalesforceOrg(salesforce_rows(), clock=lambda: datetime.now(UTC))
    org.sign_in.certificate = public_pem(rsa_key())
    with served(org.app()) as url, requests.Session() as session:
        session.mount("https://test.salesforce.com", _HereForSalesforce(url))
        token, host = SalesforceLogin(username=USERNAME, domain="test", session=session, **credentials)
        assert token in org.tokens
        assert host == url.removeprefix("http://")
