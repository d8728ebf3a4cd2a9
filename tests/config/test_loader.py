"""What a configuration becomes: every key, every default."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import certifi
import pytest

from connector.config import load_config, load_mapping, parse_duration, shipped_mappings
from connector.config.settings import Budget, FieldRule, Guards, MappingSettings, Match, Select
from connector.errors import ConfigError
from connector.redact import Secret
from tests.config.samples import COMPANY, CONFIG, ENV, HUBSPOT_PERSON, PERSON, load, mapping_problems, problems, swap

REPOSITORY = Path(__file__).parents[2]
SMALL = """\
version: 1
lusha: {api_key: key}
orgs:
  beta:
    crm: hubspot
    connection: {access_token: token}
    mappings: [mappings/hubspot/contact.yaml]
"""
SALESFORCE = """\
version: 1
lusha: {api_key: key}
orgs:
  acme:
    crm: salesforce
    connection: {instance_url: https://acme.my.salesforce.com, access_token: token}
    mappings: [mappings/salesforce/contact.yaml]
"""


def _mapping(folder: Path, text: str) -> MappingSettings:
    file = folder / "contact.yaml"
    file.write_text(text, "utf-8")
    return load_mapping(file, "contact.yaml")


def test_the_design_example_loads_whole(tmp_path: Path) -> None:
    config = load(tmp_path)
    acme, beta = config.orgs["acme"], config.orgs["beta"]
    assert config.file == tmp_path / "config.yaml"
    assert config.warnings == ()
    assert (config.state.path, config.state.keep_profiles) == (tmp_path / "state.db", timedelta(days=90))
    assert acme.connection == {
        "auth": "client_credentials",
        "instance_url": "https://acme.my.salesforce.com",
        "client_id": "sf-id",
        "client_secret": Secret("sf-secret"),
        "login_url": None,
        "api_version": "68.0",
        "bulk_read_from": 50_000,
        "bulk_write_from": 0,
        "duplicate_rules": "enforce",
        "ca_file": None,
        "api_reserve": 0.2,
    }
    assert beta.connection == {
        "access_token": Secret("hs-token"),
        "base_url": "https://api.hubapi.com",
        "api_version": "v3",
        "ca_file": None,
        "api_reserve": 0.2,
    }
    assert (acme.crm, acme.name, acme.schedule) == ("salesforce", "acme", "0 3 * * 1-5")
    assert (acme.budget, acme.guards) == (Budget(per_run=200), Guards(0.3, 20))
    assert acme.lusha == beta.lusha
    assert acme.lusha.api_key == Secret("lusha-key")
    assert (acme.lusha.api_version, acme.lusha.base_url, acme.lusha.rate_limit) == ("v3", "https://api.lusha.com", 25)
    assert acme.lusha.budget == Budget(500, 2000, 20000, 200)
    assert [mapping.name for mapping in beta.mappings] == [
        "mappings/hubspot/contact.yaml",
        "mappings/hubspot/company.yaml",
    ]
    assert beta.mappings[0].select.where == [{"propertyName": "lifecyclestage", "operator": "IN", "values": ["lead"]}]


def test_the_design_mapping_loads_whole(tmp_path: Path) -> None:
    mapping = _mapping(tmp_path, PERSON)
    assert (mapping.name, mapping.file) == ("contact.yaml", tmp_path / "contact.yaml")
    assert (mapping.crm, mapping.object, mapping.entity) == ("salesforce", "Contact", "person")
    assert mapping.identify == (
        {"id": "Lusha_Id__c"},
        {"linkedin_url": "LinkedIn_URL__c"},
        {"email": "Email"},
        {"first_name": "FirstName", "last_name": "LastName", "company_domain": "Account.Website"},
        {"first_name": "FirstName", "last_name": "LastName", "company_name": "Account.Name"},
    )
    assert mapping.select == Select(
        "IsEmailBounced = false", ("Title", "Phone", "MobilePhone"), timedelta(days=90), timedelta(days=30)
    )
    assert mapping.match == Match(80, "suggest")
    assert mapping.fields["Title"] == FieldRule("job_title.title", "refresh")
    assert mapping.fields["Phone"] == FieldRule("phones[?!do_not_call] | [0].number", "fill", (("phone", None),))
    assert mapping.fields["Seniority__c"].transforms == (("picklist", {"C-Suite": "Executive"}),)
    assert list(mapping.fields) == ["Title", "Email", "Phone", "MobilePhone", "MailingCountry", "Seniority__c"]
    assert mapping.stamp == {"Lusha_Id__c": "id", "Lusha_Last_Enriched__c": "enriched_at"}


def test_places_know_their_positions(tmp_path: Path) -> None:
    mapping = _mapping(tmp_path, PERSON)
    assert mapping.at() == "contact.yaml:2:1"
    assert mapping.at("identify", 2, "email") == "contact.yaml:9:6"
    assert mapping.at("select", "incomplete", 1) == "contact.yaml:14:23"
    assert mapping.at("fields", "Title", "from") == "contact.yaml:19:20"
    assert mapping.at("fields", "Title", "no such key") == "contact.yaml:19:3"
    assert mapping.at("stamp", "Lusha_Id__c") == "contact.yaml:26:3"


def test_defaults_of_a_small_configuration(tmp_path: Path) -> None:
    config = load(tmp_path, SMALL)
    org = config.orgs["beta"]
    assert config.state.path == tmp_path / "state.db"
    assert (config.state.keep_profiles, config.state.keep_changes) == (timedelta(days=90), timedelta(days=400))
    assert (org.budget, org.guards, org.schedule) == (Budget(), Guards(0.3, 20), None)
    assert (org.lusha.api_version, org.lusha.base_url, org.lusha.rate_limit) == ("v3", "https://api.lusha.com", 25)
    assert org.lusha.budget == Budget()
    assert org.mappings[0].match == Match(80, "suggest")
    assert org.mappings[0].select.retry_after == timedelta(days=30)
    assert org.mappings[0].fields["jobtitle"] == FieldRule("job_title.title", "fill", (), "skip")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", {"auth": "token", "access_token": Secret("token")}),
        (", auth: token", {"auth": "token"}),
        (", api_version: 61.0", {"api_version": "61.0"}),
        (", api_version: '61.0'", {"api_version": "61.0"}),
        (", login_url: https://login.acme.example/", {"login_url": "https://login.acme.example"}),
        (", login_url: null", {"login_url": None}),
        (", api_reserve: 35%", {"api_reserve": 0.35}),
        (", api_reserve: 0.5", {"api_reserve": 0.5}),
        (", api_reserve: 0", {"api_reserve": 0.0}),
        (", ca_file: null", {"ca_file": None}),
    ],
)
def test_salesforce_connection(tmp_path: Path, given: str, expected: dict[str, Any]) -> None:
    connection = (
        load(tmp_path, swap(SALESFORCE, "access_token: token", f"access_token: token{given}")).orgs["acme"].connection
    )
    assert {key: connection[key] for key in expected} == expected


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:1234/", "http://[::1]:99", "https://acme.example/"]
)
def test_loopback_may_be_plain_and_a_trailing_slash_goes(tmp_path: Path, url: str) -> None:
    text = swap(SALESFORCE, "https://acme.my.salesforce.com", f"'{url}'")
    assert load(tmp_path, text).orgs["acme"].connection["instance_url"] == url.rstrip("/")


def test_lusha_may_stand_behind_a_path_prefix(tmp_path: Path) -> None:
    text = swap(SMALL, "api_key: key", "api_key: key, base_url: https://docs.lusha.com/_mock/apis/openapi/")
    assert load(tmp_path, text).orgs["beta"].lusha.base_url == "https://docs.lusha.com/_mock/apis/openapi"


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "proxy.pem").write_bytes(Path(certifi.where()).read_bytes())
    text = swap(SMALL, "access_token: token", "access_token: token, ca_file: proxy.pem") + "state: {path: data/x.db}\n"
    config = load(tmp_path, text)
    assert config.orgs["beta"].connection["ca_file"] == tmp_path / "proxy.pem"
    assert config.state.path == tmp_path / "data" / "x.db"


def test_an_orgs_own_lusha_block_lies_over_the_common_one(tmp_path: Path) -> None:
    text = swap(
        CONFIG, "    crm: hubspot\n", "    crm: hubspot\n    lusha: {api_key: own, budget: {per_run: 7, keep: null}}\n"
    )
    config = load(tmp_path, text)
    assert config.orgs["beta"].lusha.api_key == Secret("own")
    assert config.orgs["beta"].lusha.budget == Budget(7, 2000, 20000, None)
    assert config.orgs["beta"].lusha.rate_limit == 25
    assert config.orgs["acme"].lusha.budget == Budget(500, 2000, 20000, 200)


def test_orgs_with_keys_of_their_own_need_none_at_the_top(tmp_path: Path) -> None:
    text = swap(SMALL, "lusha: {api_key: key}\n", "") + "    lusha: {api_key: own}\n"
    assert load(tmp_path, text).orgs["beta"].lusha.api_key == Secret("own")


def test_two_orgs_share_one_mapping_file(tmp_path: Path) -> None:
    second = SMALL.split("orgs:\n")[1].replace("beta", "gamma")
    config = load(tmp_path, SMALL + second)
    assert config.orgs["beta"].mappings == config.orgs["gamma"].mappings


def test_variables_become_numbers_and_text_where_these_are_wanted(tmp_path: Path) -> None:
    text = swap(CONFIG, "per_run: 500", "per_run: ${RUN}").replace("https://acme.my", "https://${NAME}.my")
    env = {**ENV, "RUN": "450", "NAME": "acme", "SF_CLIENT_ID": "007", "LUSHA_API_KEY": "12345\n"}
    acme = load(tmp_path, text, env=env).orgs["acme"]
    assert acme.lusha.budget.per_run == 450
    assert acme.connection["instance_url"] == "https://acme.my.salesforce.com"
    assert acme.connection["client_id"] == "007"
    assert acme.lusha.api_key == Secret("12345")


def test_a_doubled_dollar_stands_for_itself(tmp_path: Path) -> None:
    text = swap(SMALL, "access_token: token", 'access_token: "a$${B}c"')
    assert load(tmp_path, text).orgs["beta"].connection["access_token"] == Secret("a${B}c")


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    shown = repr(load(tmp_path))
    assert not [value for key, value in ENV.items() if key != "SF_CLIENT_ID" and value in shown]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("phone", (("phone", None),)),
        ("{phone: {region_from: MailingCountry}}", (("phone", {"region_from": "MailingCountry"}),)),
        ("{phone: {region: DE}}", (("phone", {"region": "DE"}),)),
        ("email", (("email", None),)),
        ("domain", (("domain", None),)),
        ("url", (("url", None),)),
        ("linkedin_url", (("linkedin_url", None),)),
        ("int", (("int", None),)),
        ("number", (("number", None),)),
        ("join", (("join", None),)),
        ('{join: "; "}', (("join", "; "),)),
        ("{text: 80}", (("text", 80),)),
        ("{picklist: {1-10: 10, no: No, Yes: on}}", (("picklist", {"1-10": "10", "no": "No", "Yes": "on"}),)),
        ('[{join: ", "}, {text: 80}]', (("join", ", "), ("text", 80))),
        ("[email, {text: 80}]", (("email", None), ("text", 80))),
    ],
)
def test_transforms(tmp_path: Path, given: str, expected: tuple[tuple[str, Any], ...]) -> None:
    text = swap(PERSON, "{from: location.country, policy: fill}", f"{{from: location.country, as: {given}}}")
    assert _mapping(tmp_path, text).fields["MailingCountry"].transforms == expected


@pytest.mark.parametrize("policy", ["fill", "refresh", "overwrite", "suggest"])
def test_policies(tmp_path: Path, policy: str) -> None:
    text = swap(PERSON, "policy: refresh", f"policy: {policy}, on_too_long: cut")
    assert _mapping(tmp_path, text).fields["Title"] == FieldRule("job_title.title", policy, (), "cut")  # type: ignore[arg-type]


@pytest.mark.parametrize("choice", ["suggest", "update", "skip"])
def test_ways_to_treat_a_job_change(tmp_path: Path, choice: str) -> None:
    text = swap(PERSON, "{min_name: 80, on_job_change: suggest}", f"{{min_name: 0, on_job_change: {choice}}}")
    assert _mapping(tmp_path, text).match == Match(0, choice)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "entry",
    [
        "full_name: Name, company_name: Account.Name",
        "full_name: Name, company_domain: Account.Website",
        "first_name: F, last_name: L, company_domain: Account.Website, company_name: Account.Name",
    ],
)
def test_complete_identities(tmp_path: Path, entry: str) -> None:
    assert mapping_problems(tmp_path, swap(PERSON, "email: Email", entry)) == []


@pytest.mark.parametrize(
    "where",
    [
        "[{propertyName: a, operator: BETWEEN, value: 1, highValue: 2}, {propertyName: b, operator: HAS_PROPERTY}]",
        "[[{propertyName: a, operator: EQ, value: x}], [{propertyName: b, operator: NOT_IN, values: [x, 2]}]]",
    ],
)
def test_hubspot_filters_stay_native(tmp_path: Path, where: str) -> None:
    text = swap(HUBSPOT_PERSON, "[{propertyName: lifecyclestage, operator: IN, values: [lead]}]", where)
    loaded = _mapping(tmp_path, text).select.where
    assert isinstance(loaded, list)
    assert "propertyName" in str(loaded)


def test_warnings_name_fields_that_nothing_fills(tmp_path: Path) -> None:
    contact = swap(PERSON, "[Title, Phone, MobilePhone]", "[title, Fax]")
    account = swap(COMPANY, "select: {incomplete: [Industry]}\n", "")
    assert load(tmp_path, contact=contact, account=account).warnings == (
        "mappings/salesforce/contact.yaml:14:23: select.incomplete[1]: "
        "fields does not fill 'Fax', so it makes no record due",
        "mappings/salesforce/account.yaml:1:1: select: without incomplete or stale_after no record is due",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90d", timedelta(days=90)), ("12h", timedelta(hours=12)), ("2w", timedelta(weeks=2)), ("0d", timedelta())],
)
def test_durations(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "3m", "1.5d", "90 d", "999999d", "９d"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_duration(text)
    assert caught.value.message == f"expected a duration such as 90d or 12h, found '{text}'"


def test_shipped_mappings_are_those_of_the_checkout() -> None:
    assert shipped_mappings() == REPOSITORY / "mappings"


@pytest.mark.parametrize(
    "name", ["salesforce/contact.yaml", "salesforce/account.yaml", "hubspot/contact.yaml", "hubspot/company.yaml"]
)
def test_every_shipped_mapping_loads(name: str) -> None:
    mapping = load_mapping(shipped_mappings() / name, name)
    assert mapping.crm == name.split("/")[0]
    assert mapping.entity == ("person" if "contact" in name else "company")
    assert set(mapping.select.incomplete) <= set(mapping.fields)
    assert {rule.policy for rule in mapping.fields.values()} == {"fill", "refresh"}
    assert set(mapping.stamp.values()) == {"id", "enriched_at"}


def test_the_example_configuration_loads_without_warnings() -> None:
    config = load_config(REPOSITORY / "config.example.yaml", env=ENV)
    assert list(config.orgs) == ["acme", "beta"]
    assert config.warnings == ()


def test_no_problem_no_error(tmp_path: Path) -> None:
    assert problems(tmp_path) == []
