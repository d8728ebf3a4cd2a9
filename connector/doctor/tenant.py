"""One org's CRM: sign-in, the mappings against its schema, what is left of the day's calls, and its clock."""

from __future__ import annotations

from collections.abc import Iterator

from connector.config.settings import OrgSettings
from connector.crm.base import Crm
from connector.doctor.clock import clock_finding
from connector.doctor.finding import Check, Finding
from connector.doctor.mappings import check_mapping, of_mapping
from connector.errors import ConfigError, ConnectorError, Interrupted, QuotaExhausted, VendorUnreachable
from connector.runtime.clients import Clients
from connector.runtime.outside import Outside
from connector.store.db import Store
from connector.store.lease import same_tenant

FEW_CALLS = 500
"""So many calls read and write some ten thousand records; with fewer a run may end early."""
_FIRST = "mend sign-in first"


def check_tenant(org: OrgSettings, clients: Clients, store: Store | None, outside: Outside) -> Iterator[Finding]:
    """``store``: None where the state file cannot be read, so that nobody knows which tenant it was until now."""
    signing_in = Check(org.name, "sign-in")
    try:
        with clients.crm(org) as crm:
            tenant = crm.tenant_id()
            yield _same(signing_in, org, tenant, store)
            yield from _mappings(org, crm, outside)
            yield _calls(Check(org.name, "api calls"), org, crm)
            yield clock_finding(Check(org.name, "clock"), org.crm, crm.ahead())
    except Interrupted:
        raise
    except ConnectorError as refused:
        yield signing_in.failed(refused)
        for settings in org.mappings:
            yield from (check.skipped("nobody is signed in", _FIRST) for check in of_mapping(org, settings))
        for name in ("api calls", "clock"):
            yield Check(org.name, name).skipped("nobody is signed in", _FIRST)


def _same(check: Check, org: OrgSettings, tenant: str | None, store: Store | None) -> Finding:
    try:
        if store is not None:
            same_tenant(store, org=org.name, tenant=tenant)
    except ConfigError as other:
        return check.failed(other)
    return check.passed(f"signed in to {org.crm}" + (f", tenant {tenant}" if tenant else ", which tells no tenant id"))


def _mappings(org: OrgSettings, crm: Crm, outside: Outside) -> Iterator[Finding]:
    """Each mapping; a CRM that falls silent, or whose calls are used up, is not asked again."""
    silent = False
    for settings in org.mappings:
        left = {check.name: check for check in of_mapping(org, settings)}
        if not silent:
            try:
                for finding in check_mapping(org, settings, crm, outside.now()):
                    yield finding
                    left.pop(finding.check, None)
                continue
            except Interrupted:
                raise
            except ConnectorError as error:
                silent = isinstance(error, VendorUnreachable | QuotaExhausted)
                yield left.pop(next(iter(left))).failed(error)
        because = "the CRM does not answer" if silent else "the check before it failed"
        yield from (check.skipped(because, "mend the failure above first") for check in left.values())


def _calls(check: Check, org: OrgSettings, crm: Crm) -> Finding:
    quota = crm.quota()
    if quota is None:
        return check.passed(f"{org.crm} tells no daily limit")
    told = f"{quota.most - quota.used:,} of {quota.most:,} are left today, {quota.ours:,} of them to us"
    wait = "run tomorrow, or lower connection.api_reserve"
    if quota.ours == 0:
        return check.failed(QuotaExhausted(f"{told}: api_reserve leaves {quota.reserve:.0%} to others"), wait)
    if quota.ours < FEW_CALLS:
        return check.warned(f"{told}: a long run would end early, resumable", wait)
    return check.passed(told)
