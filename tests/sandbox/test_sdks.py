"""The vendors' own client libraries for Python against the sandbox, over real HTTP; others are in ``tests/clients``."""

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

from connector.sandbox import Sandbox
from connector.sandbox import hubspot as portals
from connector.sandbox import salesforce as orgs
from connector.sandbox.hubspot_tokens import TOKEN
from connector.sandbox.salesforce_records import ORGANIZATION_ID
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


def test_simple_salesforce_writes_by_bulk_jobs() -> None:
    org = orgs.SalesforceOrg(salesforce_rows(), clock=still)
    org.ingest_jobs.polls = 1
    session = requests.Session()
    session.mount("https://127.0.0.1", _Loopback())
    with served(org.app()) as url, session:
        host = url.removeprefix("http://")
        client = simple_salesforce.Salesforce(instance=host, session_id=orgs.TOKEN, session=session, version="68.0")
        records = [{"Id": ANN, "Title": 'Chief, "Data"'}, {"Id": BOB, "Title": "x" * 129}]
        (told,) = client.bulk2.Contact.update(records=records, wait=0)
        assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (2, 1)
        assert org.row("Contact", ANN)["Title"] == 'Chief, "Data"'
        found = client.bulk2.Contact.get_all_ingest_records(told["job_id"])
        assert [[row["Id"] for row in rows] for rows in found.values()] == [[ANN], [BOB], []]
        assert found["failedRecords"][0]["sf__Error"].startswith("STRING_TOO_LONG:Title: data value too large")


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


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


@pytest.fixture
def salesforce(box: Sandbox) -> Iterator[Any]:
    """simple-salesforce in the demo world's org."""
    with requests.Session() as session:
        session.mount("https://127.0.0.1", _Loopback())
        host = box.salesforce_url.removeprefix("http://")
        yield simple_salesforce.Salesforce(instance=host, session_id=orgs.TOKEN, session=session, version="68.0")


def test_simple_salesforce_reads_the_demo_world(box: Sandbox, salesforce: Any) -> None:
    box.salesforce.page_size = 200
    page = salesforce.query("SELECT Id, Account.Name FROM Contact ORDER BY Id")
    assert (page["totalSize"], page["done"], len(page["records"])) == (300, False, 200)
    rest = salesforce.query_more(page["nextRecordsUrl"], identifier_is_url=True)
    assert (rest["done"], len(rest["records"])) == (True, 100)
    ids = [row["Id"] for row in page["records"] + rest["records"]]
    assert len(set(ids)) == 300
    assert len(list(salesforce.query_all_iter("SELECT Id FROM Contact", include_deleted=True))) == 300
    (text,) = salesforce.bulk2.Contact.query("SELECT Id FROM Contact", wait=0)
    assert sorted(text.replace('"', "").split()[1:]) == sorted(ids)
    assert {"Contact", "Account", "Lead"} <= {one["name"] for one in salesforce.describe()["sobjects"]}
    assert salesforce.Contact.metadata()["objectDescribe"]["keyPrefix"] == "003"
    assert salesforce.Contact.get(ids[0])["Id"] == ids[0]
    assert salesforce.Organization.get(ORGANIZATION_ID)["IsSandbox"] is salesforce.is_sandbox() is True
    assert salesforce.limits()["DailyApiRequests"]["Max"] == box.salesforce.daily.requests
    assert salesforce.api_usage["api-usage"].used == box.salesforce.daily.used


def test_simple_salesforce_writes_the_demo_world(box: Sandbox, salesforce: Any) -> None:
    free = "SELECT Id FROM Contact WHERE MobilePhone = null LIMIT 3"
    first, second, third = (row["Id"] for row in salesforce.query(free)["records"])
    changes = [{"Title": "Chief"}, {"Title": "x" * 129}, {"Nope": 1}]
    records = [
        {"attributes": {"type": "Contact"}, "id": id, **change}
        for id, change in zip((first, second, third), changes, strict=True)
    ]
    body = {"allOrNone": False, "records": records}
    keep_owner = {"Sforce-Auto-Assign": "FALSE"}
    results = salesforce.restful("composite/sobjects", method="PATCH", json=body, headers=keep_owner)
    codes = [[error["statusCode"] for error in one["errors"]] for one in results]
    assert codes == [[], ["STRING_TOO_LONG"], ["INVALID_FIELD"]]
    rows = salesforce.restful("composite/sobjects/Contact", method="POST", json={"ids": [first], "fields": ["Title"]})
    assert [row["Title"] for row in rows] == ["Chief"]
    jobs = salesforce.bulk2.Contact
    (job,) = jobs.update(records=[{"Id": second, "Title": "Head"}, {"Id": third, "Title": "x" * 129}], wait=0)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    assert "STRING_TOO_LONG" in jobs.get_failed_records(job["job_id"])
    new = salesforce.Contact.create({"LastName": "Eden"})["id"]
    assert salesforce.Contact.delete(new) == 204
    assert box.salesforce.tables["Contact"].tally.writes == {first: 1, second: 1, new: 1}


def test_simple_salesforce_knows_every_refusal(box: Sandbox, salesforce: Any) -> None:
    errors = simple_salesforce.exceptions
    for soql in ("SELEC Id FROM Contact", "SELECT Nope FROM Contact", "SELECT Id FROM Nope"):
        with pytest.raises(errors.SalesforceMalformedRequest):
            salesforce.query(soql)
    for id in ("003SB0000099999AAA", "nope"):
        with pytest.raises(errors.SalesforceResourceNotFound):
            salesforce.Contact.get(id)
    box.salesforce.daily.requests = box.salesforce.daily.used
    with pytest.raises(errors.SalesforceRefusedRequest, match="REQUEST_LIMIT_EXCEEDED"):
        salesforce.limits()
    box.salesforce.tokens.clear()
    with pytest.raises(errors.SalesforceExpiredSession, match="INVALID_SESSION_ID"):
        salesforce.limits()


@pytest.fixture
def portal(box: Sandbox) -> Any:
    """hubspot-api-client in the demo world's portal; it sends nothing twice by itself."""
    return hubspot.HubSpot(access_token=TOKEN, host=box.hubspot_url, base_url=box.hubspot_url, retry=False)


def test_hubspot_api_client_reads_the_demo_world(portal: Any) -> None:
    contacts = portal.crm.contacts
    ids = [row.id for row in contacts.get_all(properties=["email"])]
    assert len(set(ids)) == 300
    found, after = [], "0"
    while after:
        body = PublicObjectSearchRequest(filter_groups=[], sorts=["hs_object_id"], limit=150, after=after)
        page = contacts.search_api.do_search(public_object_search_request=body)
        found += [row.id for row in page.results]
        after = page.paging.next.after if page.paging else ""
    assert found == ids
    one = contacts.basic_api.get_by_id(ids[0], properties=["email"], associations=["companies"])
    assert one.associations["companies"].results
    batch = contacts.batch_api.read({"inputs": [{"id": ids[0]}, {"id": "404"}], "properties": ["email"]})
    assert ([row.id for row in batch.results], batch.num_errors) == ([ids[0]], 1)
    named = portal.crm.properties.core_api.get_by_name("contacts", "jobtitle")
    assert (named.type, named.field_type) == ("string", "text")
    (link,) = portal.crm.associations.v4.basic_api.get_page("contacts", ids[0], "companies").results
    assert [kind.label for kind in link.association_types] == ["Primary", None]


def test_hubspot_api_client_writes_the_demo_world(box: Sandbox, portal: Any) -> None:
    contacts, rows = portal.crm.contacts, list(box.hubspot.tables["contacts"])
    first, second = [row for row in rows if "email" in row["properties"]][:2]
    inputs = [{"id": row["id"], "properties": {"jobtitle": "Chief"}} for row in rows[:100]]
    answer = contacts.batch_api.update({"inputs": inputs})
    assert {row.properties["jobtitle"] for row in answer.results} == {"Chief"}
    assert contacts.basic_api.update(second["id"], {"properties": {"jobtitle": "Head"}}).id == second["id"]
    refusals = {
        409: {"id": first["id"], "properties": {"email": second["properties"]["email"]}},
        400: {"id": first["id"], "properties": {"nope": "x"}},
    }
    for status, refused in refusals.items():
        with pytest.raises(hubspot.crm.contacts.ApiException) as met:
            contacts.batch_api.update({"inputs": [refused]})
        assert met.value.status == status
    new = contacts.basic_api.create({"properties": {"email": "eve@example.com"}, "associations": []})
    contacts.basic_api.archive(new.id)
    assert box.hubspot.tables["contacts"].tally.fields_received == {"jobtitle": 101, "email": 1}


def test_hubspot_api_client_knows_every_refusal(box: Sandbox, portal: Any) -> None:
    def status_of(call: Any, *args: Any, **kwargs: Any) -> int:
        with pytest.raises(hubspot.crm.contacts.ApiException) as met:
            call(*args, **kwargs)
        return int(met.value.status)

    contacts = portal.crm.contacts
    assert status_of(contacts.basic_api.get_by_id, "404") == 404
    assert status_of(contacts.basic_api.get_page, limit=101) == 400
    assert status_of(contacts.search_api.do_search, {"limit": 200, "after": "10000"}) == 400
    box.hubspot.ten_secondly.requests = 0
    assert status_of(contacts.basic_api.get_page) == 429
    stranger = hubspot.HubSpot(access_token="wrong", host=box.hubspot_url, base_url=box.hubspot_url, retry=False)
    assert status_of(stranger.crm.contacts.basic_api.get_page) == 401


def test_hubspots_client_makes_a_property(box: Sandbox, portal: Any) -> None:
    properties = hubspot.crm.properties
    group = properties.PropertyGroupCreate(name="ours", label="Ours")
    portal.crm.properties.groups_api.create("contacts", group)
    new = properties.PropertyCreate(
        name="our_note", label="Our note", type="string", field_type="text", group_name="ours", description="A note."
    )
    made = portal.crm.properties.core_api.create("contacts", new)
    assert (made.name, made.group_name, made.hubspot_defined) == ("our_note", "ours", False)
    with pytest.raises(properties.ApiException) as met:
        portal.crm.properties.core_api.create("contacts", new)
    assert met.value.status == 409
    box.hubspot.drop_property("contacts", "our_note")
