"""What a configuration comes to for one org; nobody is asked anything, and no keyring is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from connector.config.loader import inspect_config
from connector.config.problems import refuse
from connector.config.showing import Shown, shown_mapping, shown_org
from connector.errors import ConfigError
from connector.runtime.selection import no_such_org


def shown(
    path: Path, env: Mapping[str, str], *, org: str, mapping: str | None = None
) -> tuple[Sequence[Shown], Mapping[str, Sequence[Shown]]]:
    """The values of an org, and those of its mappings, or of the one named. Variables need not be set.

    ConfigError: something is wrong in a file, or there is no such org or mapping.
    """
    found = inspect_config(path, env=env, keyring=None)
    refuse(str(path), found.problems)
    if org not in found.orgs:
        raise no_such_org(org, found.orgs, found.path.name)
    names = [name for name in found.orgs[org] if mapping is None or found.mappings[name].answers_to(mapping)]
    if not names:
        raise ConfigError(f"no mapping '{mapping}' in {org}", hint=f"mappings: {', '.join(found.orgs[org])}")
    return shown_org(found, org), {name: shown_mapping(found, name) for name in names}
