"""Configurations of several files: defaults, include, patterns, extends."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from connector.config import load_config, load_mapping, shipped_mappings
from connector.config.settings import Budget, Config, FieldRule
from connector.errors import ConfigError

ENV = {"KEY": "k", "TOKEN": "t"}
MAPPING = """\
    version: 1
    crm: hubspot
    object: contacts
    entity: person
    identify: [{email: email}]
    select: {incomplete: [phone], stale_after: 90d}
    fields:
      jobtitle: {from: job_title.title, policy: refresh}
      phone: {from: "phones[0].number", as: {phone: {region: DE}}}
    stamp: {lusha_last_enriched: enriched_at}
    """
ORG = "{crm: hubspot, connection: {access_token: t}, mappings: [contact.yaml]}"


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Files by their paths, a mapping beside them; the path of config.yaml."""
    for name, text in {"contact.yaml": MAPPING, **files}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), "utf-8")
    return folder / "config.yaml"


def load(folder: Path, files: Mapping[str, str]) -> Config:
    return load_config(write(folder, files), env=ENV)


def refused(folder: Path, files: Mapping[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, files)
    return [line.removeprefix(f"{folder}{os.sep}") for line in caught.value.problems]


def test_defaults_lie_below_each_org_and_those_of_its_crm_between(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        {
            "config.yaml": """\
                version: 1
                lusha: {api_key: k, budget: {per_run: 500, keep: 50}}
                defaults:
                  mappings: [contact.yaml]
                  budget: {per_run: 100, per_day: 300}
                  guards: {max_replaced_share: 0.1}
                  connection: {api_reserve: 40%}
                  hubspot: {connection: {access_token: common, api_reserve: 30%}, guards: {min_records: 7}}
                  salesforce: {connection: {auth: jwt}}
                orgs:
                  one: {crm: hubspot}
                  two:
                    crm: hubspot
                    connection: {access_token: own}
                    budget: {per_day: null}
                    guards: {min_records: 9}
                    lusha: {budget: {per_run: 5}}
                """
        },
    )
    one, two = config.orgs["one"], config.orgs["two"]
    assert [mapping.name for mapping in one.mappings] == ["contact.yaml"]
    assert (one.connection["access_token"].reveal(), two.connection["access_token"].reveal()) == ("common", "own")
    assert one.connection["api_reserve"] == two.connection["api_reserve"] == 0.3
    assert (one.budget, two.budget) == (Budget(per_run=100, per_day=300), Budget(per_run=100))
    assert (one.guards.max_replaced_share, one.guards.min_records, two.guards.min_records) == (0.1, 7, 9)
    assert (one.lusha.budget, two.lusha.budget) == (Budget(per_run=500, keep=50), Budget(per_run=5, keep=50))


def test_a_mistake_in_the_defaults_is_said_once_and_there(tmp_path: Path) -> None:
    assert refused(
        tmp_path,
        {
            "config.yaml": f"""\
                version: 1
                lusha: {{api_key: k}}
                defaults:
                  guards: {{min_record: 7}}
                  salesforce: {{connection: {{auht: jwt}}, budget: []}}
                orgs:
                  one: {ORG}
                  two: {ORG}
                """
        },
    ) == [
        "config.yaml:4:12: defaults.guards.min_record: unknown key — did you mean 'min_records'?",
        "config.yaml:5:29: defaults.salesforce.connection.auht: unknown key — did you mean 'auth'?",
        "config.yaml:5:41: defaults.salesforce.budget: expected a map, found a list",
    ]


def test_what_an_org_and_its_defaults_lack_is_still_missed(tmp_path: Path) -> None:
    assert refused(
        tmp_path,
        {
            "config.yaml": """\
                version: 1
                lusha: {api_key: k}
                defaults: {mappings: [contact.yaml], salesforce: {connection: {client_id: i}}}
                orgs:
                  one: {crm: hubspot}
                  two: {connection: {access_token: t}}
                """
        },
    ) == [
        "config.yaml:5:3: orgs.one: needs the key 'connection'",
        "config.yaml:6:3: orgs.two: needs the key 'crm'",
    ]


def test_included_files_are_one_configuration_and_their_paths_are_relative_to_them(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        {
            "config.yaml": "version: 1\ninclude: [common/lusha.yaml, orgs/*.yaml]\nlusha: {budget: {per_run: 9}}\n",
            "common/lusha.yaml": """\
                version: 1
                lusha: {api_key: "${KEY}", budget: {per_run: 5, keep: 1}}
                state: {path: state/sync.db}
                """,
            "orgs/acme.yaml": f"version: 1\norgs: {{acme: {ORG.replace('contact', '../contact')}}}\n",
            "orgs/beta.yaml": f"version: 1\norgs: {{beta: {ORG.replace('contact', 'own/person')}}}\n",
            "orgs/_off.yaml": "version: 1\norgs: {off: {}}\n",
            "orgs/own/person.yaml": MAPPING,
        },
    )
    assert list(config.orgs) == ["acme", "beta"]
    assert config.state.path == tmp_path / "common/state/sync.db"
    assert config.orgs["acme"].lusha.budget == Budget(per_run=9, keep=1)
    names = [mapping.name for org in config.orgs.values() for mapping in org.mappings]
    assert names == ["contact.yaml", "orgs/own/person.yaml"]
    assert config.orgs["beta"].mappings[0].at("object") == "orgs/own/person.yaml:3:1"


def test_a_mistake_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    assert refused(
        tmp_path,
        {
            "config.yaml": "version: 1\ninclude: orgs/acme.yaml\nlusha: {api_key: k}\n",
            "orgs/acme.yaml": f"version: 1\nlsuha: {{}}\norgs:\n  acme: {ORG}\n  beta: {{crm: hubspt}}\n",
        },
    ) == [
        "orgs/acme.yaml:2:1: lsuha: unknown key — did you mean 'lusha'?",
        "orgs/acme.yaml:4:66: orgs.acme.mappings[0]: no file 'orgs/contact.yaml' — did you mean 'orgs/acme.yaml'?",
        "orgs/acme.yaml:5:3: orgs.beta: needs the key 'connection'",
        "orgs/acme.yaml:5:3: orgs.beta: needs the key 'mappings'",
        "orgs/acme.yaml:5:10: orgs.beta.crm: no CRM 'hubspt' — did you mean 'hubspot'?",
    ]


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ("gone.yaml", ["config.yaml:2:1: include: no file 'gone.yaml' — did you mean 'broken.yaml'?"]),
        ("[gone/*.yaml]", ["config.yaml:2:11: include[0]: no file fits 'gone/*.yaml'"]),
        ("[a.yaml, 5, '']", [
            "config.yaml:2:19: include[1]: expected the path of a file, found 5",
            "config.yaml:2:22: include[2]: expected the path of a file, found ''",
        ]),
        ("{a: b}", ["config.yaml:2:1: include: expected the path of a file, found a map"]),
        ("config.yaml", ["config.yaml:2:1: include: 'config.yaml' includes itself"]),
        ("loop.yaml", ["loop.yaml:2:1: include: 'config.yaml' includes itself"]),
        ("[a.yaml, b.yaml]", [
            "b.yaml:3:9: lusha.api_key: a.yaml:2:9 says otherwise; say it in one of them, or in the file that includes "
            "both",
        ]),
        ("[a.yaml, broken.yaml]",
         ["broken.yaml:1:6: not valid YAML: a comma is missing, or the ']' of the '[' on line 1"]),
    ],
)  # fmt: skip
def test_what_cannot_be_included(tmp_path: Path, include: str, expected: list[str]) -> None:
    files = {
        "config.yaml": f"version: 1\ninclude: {include}\norgs: {{acme: {ORG[:-1]}, lusha: {{api_key: k}}}}}}\n",
        "a.yaml": "version: 1\nlusha: {api_key: one}\n",
        "b.yaml": "version: 1\n\nlusha: {api_key: two}\n",
        "loop.yaml": "version: 1\ninclude: config.yaml\n",
        "broken.yaml": "a: [1}\n",
    }
    assert refused(tmp_path, files) == expected


def test_a_file_that_two_others_include_is_read_once(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        {
            "config.yaml": f"version: 1\ninclude: [a.yaml, b.yaml]\norgs: {{acme: {ORG}}}\n",
            "a.yaml": "version: 1\ninclude: key.yaml\n",
            "b.yaml": "version: 1\ninclude: key.yaml\nstate: {keep_profiles: 30d}\n",
            "key.yaml": "version: 1\nlusha: {api_key: k}\n",
        },
    )
    assert config.orgs["acme"].lusha.api_key.reveal() == "k"
    assert config.state.keep_profiles == timedelta(days=30)


def test_a_pattern_names_the_mappings_that_fit_it_in_order_and_each_once(tmp_path: Path) -> None:
    org = ORG.replace("[contact.yaml]", "[m/z.yaml, 'm/*.yaml', 'm/**/*.yaml']")
    config = load(
        tmp_path,
        {
            "config.yaml": f"version: 1\nlusha: {{api_key: k}}\norgs: {{acme: {org}}}\n",
            **{
                f"m/{name}.yaml": MAPPING.replace("contacts", f"object_{number}")
                for number, name in enumerate(["z", "b", "a", "_base", ".off", "deep/c"])
            },
        },
    )
    names = [mapping.name for mapping in config.orgs["acme"].mappings]
    assert names == ["m/z.yaml", "m/a.yaml", "m/b.yaml", "m/deep/c.yaml"]


def test_a_pattern_that_nothing_fits_is_refused(tmp_path: Path) -> None:
    org = ORG.replace("[contact.yaml]", "['m/*.yaml']")
    assert refused(tmp_path, {"config.yaml": f"version: 1\nlusha: {{api_key: k}}\norgs: {{acme: {org}}}\n"}) == [
        "config.yaml:3:71: orgs.acme.mappings[0]: no file fits 'm/*.yaml'"
    ]


def test_a_mapping_may_change_a_few_lines_of_a_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "contact.yaml"
    own.write_text(
        textwrap.dedent("""\
            version: 1
            extends: shipped:salesforce/contact.yaml
            select: {stale_after: 30d, incomplete: [Title]}
            fields:
              Title: {policy: overwrite}
              Phone: null
              Fax: {from: "phones[0].number"}
            """)
    )
    mapping, shipped = load_mapping(own, "contact.yaml"), shipped_mappings() / "salesforce/contact.yaml"
    base = load_mapping(shipped, "base.yaml")
    assert mapping.fields["Title"] == FieldRule("job_title.title", "overwrite")
    assert [*mapping.fields] == [*(name for name in base.fields if name != "Phone"), "Fax"]
    assert (mapping.identify, mapping.stamp, mapping.object) == (base.identify, base.stamp, base.object)
    assert mapping.select.stale_after == timedelta(days=30)
    assert (mapping.select.incomplete, mapping.select.where) == (("Title",), base.select.where)
    assert mapping.at("fields", "Title", "policy") == "contact.yaml:5:11"
    assert mapping.at("fields", "Title", "from").startswith("shipped:salesforce/contact.yaml:")


def test_a_chain_of_extensions_is_laid_in_order(tmp_path: Path) -> None:
    files = {
        "_base.yaml": MAPPING,
        "de.yaml": "version: 1\nextends: _base.yaml\nfields: {phone: {as: {phone: {region: AT}}}}\n",
        "deep/own.yaml": "version: 1\nextends: ../de.yaml\nfields: {jobtitle: {policy: fill}}\n",
    }
    write(tmp_path, files)
    mapping = load_mapping(tmp_path / "deep/own.yaml", "deep/own.yaml")
    assert mapping.fields["phone"].transforms == (("phone", {"region": "AT"}),)
    assert mapping.fields["jobtitle"].policy == "fill"


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("extends: gone.yaml", "own.yaml:2:1: extends: no file 'gone.yaml' — did you mean 'own.yaml'?"),
        ("extends: shipped:salesforce/contcat.yaml",
         "own.yaml:2:1: extends: no file 'shipped:salesforce/contcat.yaml' — did you mean "
         "'shipped:salesforce/contact.yaml'?"),
        ("extends: own.yaml", "own.yaml:2:1: extends: 'own.yaml' extends itself"),
        ("extends: [contact.yaml]", "own.yaml:2:1: extends: expected the path of a mapping file, found a list"),
        ("extends: contact.yaml\nfields: {jobtitle: {policy: fresh}}",
         "own.yaml:3:21: fields.jobtitle.policy: no policy 'fresh' — did you mean 'refresh'?"),
        ("extends: contact.yaml\nfields: {city: {policy: fill}}", "own.yaml:3:10: fields.city: needs the key 'from'"),
        ("extends: contact.yaml\nfields: {city: null}", "own.yaml:3:10: fields.city: expected a map, found nothing"),
        ("extends: contact.yaml\nstamp: {phone: id}",
         "own.yaml:3:9: stamp.phone: is also written by fields (contact.yaml:9:3)"),
    ],
)  # fmt: skip
def test_what_cannot_extend(tmp_path: Path, own: str, expected: str) -> None:
    write(tmp_path, {"own.yaml": f"version: 1\n{own}\n"})
    with pytest.raises(ConfigError) as caught:
        load_mapping(tmp_path / "own.yaml", "own.yaml")
    assert caught.value.problems == (expected,)


def test_a_mistake_in_an_extended_file_names_that_file(tmp_path: Path) -> None:
    broken = MAPPING.replace("policy: refresh", "policy: fresh")
    org = ORG.replace("contact.yaml", "m/own.yaml")
    files = {
        "config.yaml": f"version: 1\nlusha: {{api_key: k}}\norgs: {{acme: {org}}}\n",
        "m/_base.yaml": broken,
        "m/own.yaml": "version: 1\nextends: _base.yaml\n",
    }
    assert refused(tmp_path, files) == [
        "m/_base.yaml:8:37: fields.jobtitle.policy: no policy 'fresh' — did you mean 'refresh'?"
    ]


def test_a_file_is_one_file_by_whatever_link_it_is_named(tmp_path: Path) -> None:
    org = ORG.replace("[contact.yaml]", "[contact.yaml, link.yaml, here/contact.yaml, '*t.yaml']")
    (tmp_path / "link.yaml").symlink_to("contact.yaml")
    (tmp_path / "here").symlink_to(".")
    assert refused(tmp_path, {"config.yaml": f"version: 1\nlusha: {{api_key: k}}\norgs: {{acme: {org}}}\n"}) == [
        "config.yaml:3:85: orgs.acme.mappings[1]: 'link.yaml' stands twice in this org (first on line 3)",
        "config.yaml:3:96: orgs.acme.mappings[2]: 'here/contact.yaml' stands twice in this org (first on line 3)",
    ]


def test_what_includes_or_extends_itself_by_a_link_does_so_once(tmp_path: Path) -> None:
    (tmp_path / "here").symlink_to(".")
    (tmp_path / "link.yaml").symlink_to("config.yaml")
    org = ORG.replace("contact.yaml", "own.yaml")
    files = {
        "config.yaml": "version: 1\ninclude: [here/config.yaml, link.yaml]\nlusha: {api_key: k}\n"
        f"orgs: {{acme: {org}}}\n",
        "own.yaml": "version: 1\nextends: here/own.yaml\n",
    }
    assert refused(tmp_path, files) == [
        "config.yaml:2:11: include[0]: 'here/config.yaml' includes itself",
        "config.yaml:2:29: include[1]: 'link.yaml' includes itself",
        "own.yaml:2:1: extends: 'here/own.yaml' extends itself",
    ]


def test_a_pattern_of_include_leaves_out_the_file_that_it_stands_in(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        {
            "config.yaml": "version: 1\ninclude: 'c*g.yaml'\nlusha: {api_key: k}\n",
            "clients-g.yaml": f"version: 1\norgs: {{acme: {ORG}}}\n",
        },
    )
    assert list(config.orgs) == ["acme"]


def test_a_mapping_extends_one_of_its_own_crm(tmp_path: Path) -> None:
    write(tmp_path, {"own.yaml": "version: 1\nextends: contact.yaml\ncrm: salesforce\n"})
    with pytest.raises(ConfigError) as caught:
        load_mapping(tmp_path / "own.yaml", "own.yaml")
    assert caught.value.problems == (
        "own.yaml:2:1: extends: 'contact.yaml' is a mapping for hubspot, this one is for salesforce",
    )


def test_an_unknown_key_of_the_defaults_is_said_once(tmp_path: Path) -> None:
    files = {"config.yaml": f"version: 1\nlusha: {{api_key: k}}\ndefaults: {{orgs: {{}}}}\norgs: {{acme: {ORG}}}\n"}
    assert refused(tmp_path, files) == [
        "config.yaml:3:12: defaults.orgs: unknown key (known: salesforce, hubspot, crm, connection, mappings, lusha, "
        "budget, guards, schedule, workers)"
    ]


def test_an_org_that_is_no_map_is_not_asked_for_a_key(tmp_path: Path) -> None:
    own = f"{ORG[:-1]}, lusha: {{api_key: k}}}}"
    files = {"config.yaml": f"version: 1\norgs: {{acme: [crm, hubspot], beta: {own}}}\n"}
    assert refused(tmp_path, files) == ["config.yaml:2:8: orgs.acme: expected a map, found a list"]


@pytest.mark.parametrize(
    "line",
    [
        "include: ${SECRET}",
        "orgs: {acme: {connection: {ca_file: '${SECRET}'}}}",
        "orgs: {acme: {connection: {base_url: '${SECRET}'}}}",
        "orgs: {acme: {connection: {base_url: 'https://${SECRET}/?x'}}}",
        "orgs: {acme: {connection: {api_reserve: '${SECRET}'}}}",
        "orgs: {acme: {mappings: ['${SECRET}', '*.yaml', '${SECRET}/*.yaml']}}",
        "orgs: {acme: {schedule: '${SECRET}'}}",
        "orgs: {acme: {schedule: '${SECRET} * * * *'}}",
        "orgs: {acme: {crm: salesforce, connection: {auth: jwt, private_key_file: '${SECRET}'}}}",
        "orgs: {acme: {guards: {max_replaced_share: '${SECRET}'}}}",
        "state: {keep_changes: '${SECRET}'}",
    ],
)
def test_no_message_holds_what_a_reference_stands_for(tmp_path: Path, line: str) -> None:
    files = {
        "config.yaml": f"version: 1\ninclude: org.yaml\n{line}\n".replace(
            "include: org.yaml\ninclude: $", "include: $"
        ),
        "org.yaml": f"version: 1\nlusha: {{api_key: k}}\norgs: {{acme: {ORG}}}\n",
    }
    secret = "sk-" + "0123456789" * 8
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, files), env={"SECRET": secret})
    assert "SECRET" in str(caught.value.problems)
    assert secret[:12] not in str(caught.value.problems)
