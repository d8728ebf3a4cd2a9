"""Valid files that the tests of this folder change, and the environment that they name."""

from __future__ import annotations

from pathlib import Path

from connector.config import load_config, load_mapping
from connector.config.settings import Config
from connector.errors import ConfigError

ENV = {
    "LUSHA_API_KEY": "lusha-key",
    "SF_CLIENT_ID": "sf-id",
    "SF_CLIENT_SECRET": "sf-secret",
    "HUBSPOT_TOKEN": "hs-token",
}

# The two examples of the format's design, word for word.
CONFIG = """\
# config.yaml
version: 1
lusha:
  api_key: ${LUSHA_API_KEY}
  api_version: v3                  # v3 (default) | v2
  base_url: https://api.lusha.com  # default
  rate_limit: 25                   # requests per second and endpoint; headers and 429s tighten it
  budget:                          # shared by all orgs that use this key; every key optional
    per_run: 500
    per_day: 2000
    per_month: 20000
    keep: 200                      # never go below this balance
state: {path: state.db, keep_profiles: 90d}
orgs:
  acme:
    crm: salesforce
    connection:
      instance_url: https://acme.my.salesforce.com
      auth: client_credentials     # see the table below
      client_id: ${SF_CLIENT_ID}
      client_secret: ${SF_CLIENT_SECRET}
      ca_file: null                # extra CA bundle (company proxy, sandbox); verification is never switched off
    mappings: [mappings/salesforce/contact.yaml, mappings/salesforce/account.yaml]
    budget: {per_run: 200}
    guards: {max_replaced_share: 0.3, min_records: 20}   # see "Rules"
    schedule: "0 3 * * 1-5"
  beta:
    crm: hubspot
    connection: {access_token: ${HUBSPOT_TOKEN}, base_url: https://api.hubapi.com}
    mappings: [mappings/hubspot/contact.yaml, mappings/hubspot/company.yaml]
"""
PERSON = """\
# mappings/salesforce/contact.yaml
version: 1
crm: salesforce
object: Contact
entity: person
identify:                          # tried in order; the first that is complete and valid is used
  - {id: Lusha_Id__c}
  - {linkedin_url: LinkedIn_URL__c}
  - {email: Email}
  - {first_name: FirstName, last_name: LastName, company_domain: Account.Website}
  - {first_name: FirstName, last_name: LastName, company_name: Account.Name}
select:
  where: "IsEmailBounced = false"  # native: SOQL condition | HubSpot filters
  incomplete: [Title, Phone, MobilePhone]
  stale_after: 90d
  retry_after: 30d                 # after no match, or a match without what we need
match: {min_name: 80, on_job_change: suggest}   # suggest (default) | update | skip
fields:
  Title:          {from: job_title.title, policy: refresh}
  Email:          {from: "emails[?type=='work'] | [0].email", policy: fill}
  Phone:          {from: "phones[?!do_not_call] | [0].number", policy: fill, as: phone}
  MobilePhone:    {from: "phones[?type=='mobile' && !do_not_call] | [0].number", policy: fill, as: phone}
  MailingCountry: {from: location.country, policy: fill}
  Seniority__c:   {from: job_title.seniority, policy: refresh, as: {picklist: {C-Suite: Executive}}}
stamp:                             # bookkeeping; written only together with the record's first match or a change
  Lusha_Id__c: id
  Lusha_Last_Enriched__c: enriched_at
"""
COMPANY = """\
version: 1
crm: salesforce
object: Account
entity: company
identify: [{domain: Website}]
select: {incomplete: [Industry]}
fields:
  Industry: {from: industry}
"""
HUBSPOT_PERSON = """\
version: 1
crm: hubspot
object: contacts
entity: person
identify: [{email: email}]
select:
  where: [{propertyName: lifecyclestage, operator: IN, values: [lead]}]
  incomplete: [jobtitle]
fields:
  jobtitle: {from: job_title.title}
"""
HUBSPOT_COMPANY = COMPANY.replace("salesforce", "hubspot").replace("Website", "domain").replace("Industry", "industry")
FILES = {
    "mappings/salesforce/contact.yaml": PERSON,
    "mappings/salesforce/account.yaml": COMPANY,
    "mappings/hubspot/contact.yaml": HUBSPOT_PERSON,
    "mappings/hubspot/company.yaml": HUBSPOT_COMPANY,
}


def write(folder: Path, text: str = CONFIG, **files: str) -> Path:
    """Write a configuration with its mapping files (``name=text`` replaces ``…/name.yaml`` of Salesforce)."""
    for path, content in FILES.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        name = file.stem if "salesforce" in path else f"hubspot_{file.stem}"
        file.write_text(files.get(name, content), "utf-8")
    path_ = folder / "config.yaml"
    path_.write_text(text, "utf-8")
    return path_


def load(folder: Path, text: str = CONFIG, *, env: dict[str, str] | None = None, **files: str) -> Config:
    """The configuration as loaded."""
    return load_config(write(folder, text, **files), env=ENV if env is None else env)


def problems(folder: Path, text: str = CONFIG, *, env: dict[str, str] | None = None, **files: str) -> list[str]:
    """What is wrong with a configuration, without the folder that it stands in."""
    try:
        load(folder, text, env=env, **files)
    except ConfigError as error:
        return [line.replace(f"{folder}/", "") for line in error.problems]
    return []


def mapping_problems(folder: Path, text: str) -> list[str]:
    """What is wrong with a mapping file named ``contact.yaml``."""
    file = folder / "contact.yaml"
    file.write_text(text, "utf-8")
    try:
        load_mapping(file, "contact.yaml")
    except ConfigError as error:
        return list(error.problems)
    return []


def swap(text: str, old: str, new: str) -> str:
    """The text with ``old``, which must be in it, replaced once."""
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)
