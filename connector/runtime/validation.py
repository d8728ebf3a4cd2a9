"""A configuration judged before anything runs: its files alone, or also by what each org's CRM says.

``validate`` needs no state file and touches none, takes no lease, asks Lusha nothing and costs no credit. What it says
online is what ``compile`` says at the start of every run, by the same functions; there the CRM is asked once a run, and
nothing of its schema is kept for the next: a description costs a call or two, and an old one would let through what is
not true any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from connector.config.loader import Inspection, inspect_config
from connector.config.mapping_rules import mapping_warnings
from connector.config.problems import by_line, in_order
from connector.config.secrets import from_keyring
from connector.config.settings import MappingSettings, OrgSettings, means
from connector.errors import ConfigError, ConnectorError, Interrupted, VendorUnreachable
from connector.mapping.cautions import offline_warnings
from connector.mapping.refusals import offline_problems
from connector.runtime.outside import Outside
from connector.runtime.reports import worst_of
from connector.runtime.selection import no_such_mapping, no_such_org

if TYPE_CHECKING:
    from connector.crm.base import Crm


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with one mapping of one org, a line each. ``failure``: why the CRM could not be asked."""

    org: str
    mapping: str
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    failure: ConnectorError | None = None


@dataclass(frozen=True, slots=True)
class Validation:
    """What is wrong with a configuration: ``errors`` and ``warnings`` of the config file itself, then each mapping's.

    ``errors`` hold those of orgs that were not asked about too, as far as they keep the whole configuration from use.
    ``asked``: whether any CRM was. It is none where the files alone are wrong already, even online.
    """

    file: str
    asked: bool
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def all_errors(self) -> tuple[str, ...]:
        """Every error once, however many orgs share the mapping."""
        return tuple(dict.fromkeys([*self.errors, *(line for one in self.verdicts for line in one.errors)]))

    @property
    def all_warnings(self) -> tuple[str, ...]:
        """Every warning once."""
        return tuple(dict.fromkeys([*self.warnings, *(line for one in self.verdicts for line in one.warnings)]))

    @property
    def error(self) -> ConnectorError | None:
        """The error that the exit code tells of; None where there are warnings at most."""
        failures = [one.failure for one in self.verdicts if one.failure]
        if wrong := [line for line in self.all_errors if line not in {failure.message for failure in failures}]:
            count = "1 error" if len(wrong) == 1 else f"{len(wrong)} errors"
            failures.append(ConfigError(f"{self.file}: {count}", problems=wrong))
        return worst_of(failures)


def validate(
    path: Path,
    env: Mapping[str, str],
    *,
    orgs: Sequence[str] = (),
    mapping: str | None = None,
    online: bool = False,
    outside: Outside | None = None,
) -> Validation:
    """Judge a config file, and the mappings of the orgs named (all where none is), or those that answer to ``mapping``.

    Offline a variable that is not set is a warning, and no keyring is opened: nothing is signed in to. ConfigError: an
    org or the mapping is not in the config. Interrupted: somebody gave up.
    """
    found = inspect_config(path, env=env, keyring=from_keyring if online else None)
    chosen = _chosen(found, orgs, mapping)
    judged = {name for org in chosen for name in found.orgs[org] if name not in found.mappings}
    own = [problem for problem in found.problems if problem.at.file not in judged]
    errors = in_order([*own, *(found.unset if online else ())])
    warnings = [*found.own_warnings, *(() if online else in_order(found.unset))]
    verdicts = [_offline(found, org, name) for org, names in chosen.items() for name in names]
    askable = online and not found.problems and not found.unset
    if askable:
        verdicts = list(_online(found, chosen, outside or Outside()))
    told = tuple(one for one in verdicts if one is not None)
    return Validation(str(path), askable, tuple(errors), tuple(warnings), told)


def _chosen(found: Inspection, names: Sequence[str], mapping: str | None) -> dict[str, list[str]]:
    """The mappings to judge, by their orgs."""
    if not found.orgs:
        return {}  # the file is not even read: that is said already
    for name in names:
        if name not in found.orgs:
            raise no_such_org(name, found.orgs, found.path.name)
    orgs = {name: list(found.orgs[name]) for name in names or found.orgs}
    if mapping is None:
        return orgs
    if not (chosen := {org: named for org, all_ in orgs.items() if (named := [n for n in all_ if means(mapping, n)])}):
        raise no_such_mapping(mapping, orgs, [name for all_ in orgs.values() for name in all_])
    return chosen


def _offline(found: Inspection, org: str, name: str) -> Verdict | None:
    """The verdict on a mapping file; None where there is no such file, which is the config's error.

    Of a file with mistakes, the rest is judged too, without warnings: they may come of what is left out.
    """
    settings = found.mappings.get(name)
    if settings is None:
        errors = in_order(problem for problem in found.problems if problem.at.file == name)
        rest = found.remainders.get(name)
        errors = by_line(name, [*errors, *(offline_problems(rest) if rest else ())])
        return Verdict(org, name, tuple(errors)) if errors else None
    refused = tuple(offline_problems(settings))
    doubted = mapping_warnings(settings) if refused else (*mapping_warnings(settings), *offline_warnings(settings))
    return Verdict(org, name, refused, tuple(by_line(name, doubted)))


def _online(found: Inspection, chosen: Mapping[str, Sequence[str]], outside: Outside) -> Iterator[Verdict]:
    from connector.runtime.clients import Clients  # the vendors' clients are slow to import, and only asked online
    from connector.store.rates import shared_beside

    config = found.config()
    with closing(Clients(config.state.path, outside, shared=shared_beside(config.state.path))) as clients:
        for name, named in chosen.items():
            org = config.orgs[name]
            org = replace(org, mappings=tuple(settings for settings in org.mappings if settings.name in named))
            try:
                with clients.crm(org) as crm:
                    crm.tenant_id()  # signs in, once for all mappings: wrong passwords are counted
                    yield from _of_org(org, crm, outside)
            except Interrupted:
                raise
            except ConnectorError as refused:  # nothing of this org can be asked
                yield from (_failed(name, settings, refused) for settings in org.mappings)


def _of_org(org: OrgSettings, crm: Crm, outside: Outside) -> Iterator[Verdict]:
    """A verdict for each mapping; a CRM that does not answer is not asked again."""
    from connector.runtime.trial import try_on

    silent: ConnectorError | None = None
    for settings in org.mappings:
        if silent is not None:
            yield _failed(org.name, settings, silent)
            continue
        try:
            errors, warnings = try_on(org, settings, crm, outside.now())
            warnings = by_line(settings.name, [*mapping_warnings(settings), *warnings])
            yield Verdict(org.name, settings.name, tuple(errors), tuple(warnings))
        except Interrupted:
            raise
        except ConnectorError as error:
            silent = error if isinstance(error, VendorUnreachable) else None
            yield _failed(org.name, settings, error)


def _failed(org: str, settings: MappingSettings, failure: ConnectorError) -> Verdict:
    errors = (*offline_problems(settings), failure.message)
    return Verdict(org, settings.name, errors, mapping_warnings(settings), failure)
