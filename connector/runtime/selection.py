"""Which orgs and mappings a command means, and in which order they run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from connector.config.settings import Config, MappingSettings, OrgSettings
from connector.errors import ConfigError
from connector.runtime.naming import ids_of, refuse_strangers

Selected = list[tuple[OrgSettings, list[MappingSettings]]]


def selected(config: Config, names: Sequence[str], mapping: str | None, records: Sequence[str] = ()) -> Selected:
    """The orgs named (all where none is), each with its mappings, or with those that answer to ``mapping``; where
    ``records`` are named, the orgs that they can be of.

    ConfigError: an org or mapping that is not in the config, an id that no record of them can have, or a mapping that
    no org could run.
    """
    from connector.mapping.refusals import offline_problems  # the names below are asked for without any mapping

    chosen = [org_named(config, name) for name in dict.fromkeys(names)] or list(config.orgs.values())
    pairs = [(org, [m for m in org.mappings if mapping is None or m.answers_to(mapping)]) for org in chosen]
    pairs = [(org, mappings) for org, mappings in pairs if mappings]
    if mapping is not None and not pairs:
        raise no_such_mapping(mapping, [org.name for org in chosen], [m.name for org in chosen for m in org.mappings])
    if records:
        refuse_strangers([org for org, _ in pairs], records)
        pairs = [(org, mappings) for org, mappings in pairs if ids_of(org, records)]
    problems = [problem for _, mappings in pairs for settings in mappings for problem in offline_problems(settings)]
    if problems:
        raise ConfigError("mappings that no org could run", problems=list(dict.fromkeys(problems)))
    return pairs


def org_named(config: Config, name: str) -> OrgSettings:
    """An org of the config; ConfigError where there is none of that name."""
    if name not in config.orgs:
        raise no_such_org(name, config.orgs, config.file.name)
    return config.orgs[name]


def no_such_org(name: str, known: Collection[str], file: str) -> ConfigError:
    """That a name is none of the orgs of a config file, and which may be meant."""
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean '{close[0]}'?" if close else f"orgs: {', '.join(known)}"
    return ConfigError(f"no org '{name}' in {file}", hint=hint)


def no_such_mapping(name: str, orgs: Iterable[str], known: Iterable[str]) -> ConfigError:
    """That a name is none of the mappings of these orgs."""
    return ConfigError(f"no mapping '{name}' in {', '.join(orgs)}", hint=f"mappings: {', '.join(dict.fromkeys(known))}")


def object_named(org: OrgSettings, name: str) -> str:
    """The object of an org's mappings that is meant, in whatever case; ConfigError where no mapping is about it."""
    known = {settings.object.casefold(): settings.object for settings in org.mappings}
    if name.casefold() not in known:
        close = get_close_matches(name.casefold(), known, n=1)
        hint = f"did you mean '{known[close[0]]}'?" if close else f"objects: {', '.join(known.values())}"
        raise ConfigError(f"no mapping of {org.name} is about an object '{name}'", hint=hint)
    return known[name.casefold()]


def companies_first(mappings: Sequence[MappingSettings]) -> list[MappingSettings]:
    """Companies before people: a website found today identifies the people who work there in the same invocation (in
    HubSpot at the first run, and at a whole reading: its search does not tell that a contact's company changed)."""
    return sorted(mappings, key=lambda settings: settings.entity != "company")


def place(org: OrgSettings, mapping: str) -> int:
    """Where the config lists a mapping of an org."""
    return [settings.name for settings in org.mappings].index(mapping)
