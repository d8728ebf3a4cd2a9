"""What is said about a wrong configuration file, word for word."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.config import load_config
from connector.errors import ConfigError
from tests.config.samples import COMPANY, CONFIG, ENV, HUBSPOT_PERSON, PERSON, load, problems, swap, write

CONNECTION = "orgs.acme.connection"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "auth: client_credentials",
            "auth: clientcredentials",
            "19:7: orgs.acme.connection.auth: no sign-in method 'clientcredentials' — did you mean"
            " 'client_credentials'?",
        ),
        (
            "auth: client_credentials",
            "auth: saml",
            "19:7: orgs.acme.connection.auth: no sign-in method 'saml' (known: client_credentials, token, jwt,"
            " password)",
        ),
        ("crm: salesforce", "crm: salesforc", "16:5: orgs.acme.crm: no CRM 'salesforc' — did you mean 'salesforce'?"),
        ("crm: hubspot", "crm: dynamics", "28:5: orgs.beta.crm: no CRM 'dynamics' (known: salesforce, hubspot)"),
        ("version: 1", "version: 2", "2:1: version: no format version 2 (known: 1)"),
        ("version: 1", "version: one", "2:1: version: expected a whole number, found 'one'"),
        (
            "per_run: 500",
            "per_run: lots",
            "9:5: lusha.budget.per_run: expected a whole number or nothing, found 'lots'",
        ),
        ("per_run: 500", "per_run: 1.5", "9:5: lusha.budget.per_run: expected a whole number or nothing, found 1.5"),
        ("per_run: 500", "per_run: -1", "9:5: lusha.budget.per_run: expected 0 or more, found -1"),
        (
            "per_run: 500",
            "per_run: 5000000000",
            "9:5: lusha.budget.per_run: expected 1,000,000,000 or less, found 5000000000",
        ),
        (
            "per_run: 500",
            "per_run: 0500",
            "9:5: lusha.budget.per_run: expected a whole number or nothing, found '0500'; write 500",
        ),
        ("per_run: 500", "per_rum: 500", "9:5: lusha.budget.per_rum: unknown key — did you mean 'per_run'?"),
        (
            "per_run: 500",
            "limit: 500",
            "9:5: lusha.budget.limit: unknown key (known: per_run, per_day, per_month, keep)",
        ),
        ("rate_limit: 25", "rate_limit: 0", "7:3: lusha.rate_limit: expected 1 or more, found 0"),
        ("rate_limit: 25", "rate_limit: 25.0", "7:3: lusha.rate_limit: expected a whole number, found 25.0"),
        ("rate_limit: 25", "rate_limit: no", "7:3: lusha.rate_limit: expected a whole number, found 'no'"),
        (
            "per_run: 500",
            "per_run: 1_000",
            "9:5: lusha.budget.per_run: expected a whole number or nothing, found '1_000'; write 1000",
        ),
        ("rate_limit: 25", "rate_limit: true", "7:3: lusha.rate_limit: expected a whole number, found true"),
        ("rate_limit: 25", "rate_limit: [25]", "7:3: lusha.rate_limit: expected a whole number, found a list"),
        ("rate_limit: 25", "rate_limit: {a: 1}", "7:3: lusha.rate_limit: expected a whole number, found a map"),
        ("rate_limit: 25", "rate_limit:", "7:3: lusha.rate_limit: expected a whole number, found nothing"),
        ("api_version: v3", "api_version: v4", "5:3: lusha.api_version: no Lusha API version 'v4' (known: v3, v2)"),
        (
            "https://api.lusha.com",
            "http://api.lusha.example",
            "6:3: lusha.base_url: 'http://api.lusha.example' would send the key unencrypted; use https://",
        ),
        (
            "https://acme.my.salesforce.com",
            "acme.my.salesforce.com",
            f"18:7: {CONNECTION}.instance_url: "
            "expected an absolute URL such as https://host.example, found 'acme.my.salesforce.com'",
        ),
        (
            "https://acme.my.salesforce.com",
            "https://acme.my.salesforce.com?a=b",
            f"18:7: {CONNECTION}.instance_url: "
            "the URL must not have a query or fragment: 'https://acme.my.salesforce.com?a=b'",
        ),
        (
            "https://acme.my.salesforce.com",
            "https://acme.my.salesforce.com/lightning",
            f"18:7: {CONNECTION}.instance_url: the URL must not have a path: 'https://acme.my.salesforce.com/lightning'",
        ),
        (
            "https://acme.my.salesforce.com",
            "https://me:pass@acme.my.salesforce.com",
            f"18:7: {CONNECTION}.instance_url: the URL holds a user name or password; take it out",
        ),
        (
            "https://api.hubapi.com",
            "http://10.0.0.8",
            "29:50: orgs.beta.connection.base_url: 'http://10.0.0.8' would send the key unencrypted; use https://",
        ),
        ("ca_file: null", "ca_file: gone.pem", f"22:7: {CONNECTION}.ca_file: no file 'gone.pem'"),
        (
            "auth: client_credentials",
            "auth: token",
            [
                f"17:5: {CONNECTION}: auth: token needs access_token",
                f"20:7: {CONNECTION}.client_id: belongs to auth: client_credentials or jwt; this is auth: token",
                f"21:7: {CONNECTION}.client_secret: belongs to auth: client_credentials; this is auth: token",
            ],
        ),
        (
            "      client_secret: ${SF_CLIENT_SECRET}\n",
            "",
            f"17:5: {CONNECTION}: auth: client_credentials needs client_secret",
        ),
        (
            "ca_file: null ",
            "sandbox: true ",
            f"22:7: {CONNECTION}.sandbox: belongs to auth: jwt; this is auth: client_credentials",
        ),
        (
            "ca_file: null ",
            "duplicate_rules: ignore ",
            f"22:7: {CONNECTION}.duplicate_rules: no way with duplicate rules 'ignore' (known: enforce, allow)",
        ),
        (
            "ca_file: null ",
            "api_version: v68 ",
            f"22:7: {CONNECTION}.api_version: expected an API version such as 68.0, found 'v68'",
        ),
        (
            "ca_file: null ",
            "api_reserve: 30 ",
            f"22:7: {CONNECTION}.api_reserve: expected a share such as 20% or 0.2, found '30'",
        ),
        (
            "ca_file: null ",
            "api_reserve: 130% ",
            f"22:7: {CONNECTION}.api_reserve: expected a share such as 20% or 0.2, found '130%'",
        ),
        (
            "base_url: https://api.hubapi.com",
            "api_version: 2026-90",
            "29:50: orgs.beta.connection.api_version: no HubSpot API version '2026-90' — did you mean '2026-09'?",
        ),
        (
            "access_token: ${HUBSPOT_TOKEN}, base_url",
            "base_url",
            "29:5: orgs.beta.connection: needs the key 'access_token'",
        ),
        (
            "max_replaced_share: 0.3",
            "max_replaced_share: 30",
            "25:14: orgs.acme.guards.max_replaced_share: expected 1 or less, found 30",
        ),
        (
            '"0 3 * * 1-5"',
            '"0 3 * *"',
            "26:5: orgs.acme.schedule: expected five cron fields such as \"0 3 * * 1-5\", found '0 3 * *'",
        ),
        ('"0 3 * * 1-5"', '"0 25 * * 1-5"', "26:5: orgs.acme.schedule: the hour is 0 to 23, found '25'"),
        (
            "keep_profiles: 90d",
            "keep_profiles: 90",
            "13:25: state.keep_profiles: expected a duration such as 90d or 12h, found '90'",
        ),
        ("state: {path", "state: {pth: x, path", "13:9: state.pth: unknown key — did you mean 'path'?"),
        ("path: state.db", 'path: "a\\0b"', "13:9: state.path: expected a path, found 'a\\x00b'"),
        ("ca_file: null", "ca_file: ~nobody-here/x.pem", f"22:7: {CONNECTION}.ca_file: no file '~nobody-here/x.pem'"),
        ("ca_file: null", f"ca_file: {'x' * 300}", f"22:7: {CONNECTION}.ca_file: no file '{'x' * 300}'"),
        ("version: 1", 'version: "1\\n2"', "2:1: version: expected a whole number, found '1\\n2'"),
        ("    crm: salesforce\n", "", "15:3: orgs.acme: needs the key 'crm'"),
        (
            "orgs:",
            "more:",
            [
                "2:1: needs the key 'orgs'",
                "14:1: more: unknown key (known: version, lusha, state, orgs, defaults, include)",
            ],
        ),
        (
            "  acme:",
            "  acme corp:",
            "15:3: orgs[\"acme corp\"]: expected an org name of letters, digits, '.', '_' and '-', found 'acme corp'",
        ),
        ("api_key: ${LUSHA_API_KEY}", "api_key: ''", "4:3: lusha.api_key: is empty"),
        ("api_key: ${LUSHA_API_KEY}", "api_key: [secret]", "4:3: lusha.api_key: expected text, found a value"),
        (
            "api_key: ${LUSHA_API_KEY}",
            "api_key: a b",
            "4:3: lusha.api_key: holds white space or a character that cannot stand in a key",
        ),
        ("  api_key: ${LUSHA_API_KEY}\n", "", "3:1: lusha: needs api_key"),
        (
            "mappings/salesforce/account.yaml]",
            "mappings/salesforce/acount.yaml]",
            "23:50: orgs.acme.mappings[1]: no file 'mappings/salesforce/acount.yaml' "
            "— did you mean 'mappings/salesforce/account.yaml'?",
        ),
        (
            "mappings/salesforce/account.yaml]",
            "mappings/salesforce]",
            "23:50: orgs.acme.mappings[1]: 'mappings/salesforce' is a folder; name the files in it",
        ),
        (
            "mappings/salesforce/account.yaml]",
            "mappings/salesforce/../salesforce/contact.yaml]",
            "23:50: orgs.acme.mappings[1]: 'mappings/salesforce/../salesforce/contact.yaml' stands twice in this org "
            "(first on line 23)",
        ),
        (
            "mappings/salesforce/account.yaml]",
            "mappings/hubspot/company.yaml]",
            "23:50: orgs.acme.mappings[1]: 'mappings/hubspot/company.yaml' is a mapping for hubspot, "
            "this org is salesforce",
        ),
        (
            "mappings: [mappings/hubspot/contact.yaml, mappings/hubspot/company.yaml]",
            "mappings: []",
            "30:5: orgs.beta.mappings: is an empty list",
        ),
        (
            "mappings: [mappings/hubspot/contact.yaml, mappings/hubspot/company.yaml]",
            "mappings: mappings/hubspot/contact.yaml",
            "30:5: orgs.beta.mappings: expected a list, found 'mappings/hubspot/contact.yaml'",
        ),
        ("guards: {", "crm: hubspot\n    guards: {", "25:5: orgs.acme.crm: stands twice (first on line 16)"),
        (
            "guards: {",
            "crm: hubspot\n    guard: {",
            [
                "25:5: orgs.acme.crm: stands twice (first on line 16)",
                "26:5: orgs.acme.guard: unknown key — did you mean 'guards'?",
            ],
        ),
    ],
)
def test_problems_of_one_place(tmp_path: Path, old: str, new: str, expected: str | list[str]) -> None:
    lines = [expected] if isinstance(expected, str) else expected
    assert problems(tmp_path, swap(CONFIG, old, new)) == [f"config.yaml:{line}" for line in lines]


HUBSPOT_CONNECTION = "{access_token: ${HUBSPOT_TOKEN}, base_url: https://api.hubapi.com}"


@pytest.mark.parametrize(
    ("connection", "expected"),
    [
        ("{client_id: a, client_secret: b, refresh_token: c, api_version: 2026-09}", []),
        (
            "{client_id: a, refresh_token: c}",
            ["29:5: orgs.beta.connection: signing in without access_token needs client_secret"],
        ),
        (
            "{access_token: a, client_secret: b, refresh_token: c}",
            ["29:35: orgs.beta.connection.client_secret: access_token signs in already; take one out"],
        ),
    ],
)
def test_hubspot_signs_in_in_exactly_one_way(tmp_path: Path, connection: str, expected: list[str]) -> None:
    assert problems(tmp_path, swap(CONFIG, HUBSPOT_CONNECTION, connection)) == [
        f"config.yaml:{one}" for one in expected
    ]


def test_an_org_without_any_key(tmp_path: Path) -> None:
    text = swap(CONFIG, "  api_key: ${LUSHA_API_KEY}\n", "")
    text = swap(text, "    crm: hubspot\n", "    crm: hubspot\n    lusha: {api_key: own}\n")
    assert problems(tmp_path, text) == [
        "config.yaml:14:3: orgs.acme: needs lusha.api_key, here or at the top",
    ]


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, "the environment variable HUBSPOT_TOKEN is not set"),
        ({"HUBSPOT_TOKEN": " \n"}, "the environment variable HUBSPOT_TOKEN is empty"),
        (
            {"HUBSPOT_TOKEN": "töken"},
            "holds white space or a character that cannot stand in a key",
        ),
    ],
)
def test_a_variable_that_does_not_serve(tmp_path: Path, env: dict[str, str], expected: str) -> None:
    rest = {key: value for key, value in ENV.items() if key != "HUBSPOT_TOKEN"}
    assert problems(tmp_path, env={**rest, **env}) == [
        f"config.yaml:29:18: orgs.beta.connection.access_token: {expected}"
    ]


def test_a_reference_without_end(tmp_path: Path) -> None:
    assert problems(tmp_path, swap(CONFIG, "${SF_CLIENT_ID}", '"${SF CLIENT}"')) == [
        "config.yaml:20:7: orgs.acme.connection.client_id: "
        "'${SF CLIENT}' is no reference; write ${NAME}, ${NAME:-default}, ${file:PATH} or ${keyring:SERVICE/NAME}, or "
        "'$${' for the characters themselves"
    ]


def test_the_value_of_a_variable_is_not_shown(tmp_path: Path) -> None:
    text = swap(CONFIG, "per_run: 500", "per_run: ${LUSHA_API_KEY}")
    assert problems(tmp_path, text) == [
        "config.yaml:9:5: lusha.budget.per_run: expected a whole number or nothing, found the value of ${LUSHA_API_KEY}"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: the file is empty"),
        ("# nothing\n", "1:1: the file is empty"),
        ("[]", "1:1: expected a map, found a list"),
        ("version: 1\n\tlusha: x\n", "2:1: not valid YAML: a tab; YAML is indented with spaces"),
        (
            "version: 1\norgs: a: b\n",
            "2:8: not valid YAML: a ':' where no key can stand; check the indentation, and put text that holds one in "
            "quotes",
        ),
        (
            "version: `1`\n",
            "1:10: not valid YAML: '`' cannot begin a value; put the value in quotes",
        ),
        ("a: [1, 2\nb: 3\n", "2:2: not valid YAML: a comma is missing, or the ']' of the '[' on line 1"),
        ("a: 1\n---\nb: 2\n", "2:1: not valid YAML: a second document begins; a file holds one"),
        ("a: \x01\n", "1:4: not valid YAML: the control character #x0001"),
        ("a: *b\n", "1:4: not valid YAML: '*' begins an alias, and nothing has this name; put the value in quotes"),
        ("&a [*a]\n", "1:1: [0]: an alias stands inside what it stands for"),
        (
            "a: !!python/object:os.system x\n",
            "1:4: a: the tag !!python/object:os.system is not known here; leave it out",
        ),
        ("a: !secret x\n", "1:4: a: the tag !secret is not known here; leave it out"),
        ("a: !!int x\n", "1:4: a: the tag !!int does not fit its value; leave it out"),
        ("a: {b: 1}\n? [x]\n: 1\n", "2:3: a key must be text; put it in quotes"),
        ("a: {<<: {b: 1}}\n", '1:5: a["<<"]: merge keys are not supported; write the keys out'),
        (
            "a: {b: 'c\nd: e'\n}x: y\n",
            "3:2: not valid YAML: text stands behind a value; put all of it in one pair of quotes",
        ),
        ("[" * 3000, "1:1: is nested too deeply"),
    ],
)
def test_what_is_no_yaml_of_ours(tmp_path: Path, text: str, expected: str) -> None:
    assert problems(tmp_path, text) == [f"config.yaml:{expected}"]


def test_aliases_that_stand_for_too_much(tmp_path: Path) -> None:
    text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    for depth in range(1, 8):
        text += f"a{depth}: &a{depth} [{', '.join([f'*a{depth - 1}'] * 10)}]\n"
    assert len(problems(tmp_path, text)) == 1
    assert "holds more than 100,000 values" in problems(tmp_path, text)[0]


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_bytes("version: 1\n# Zürich\n".encode("latin-1"))
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "config.yaml", env={})
    assert caught.value.problems == (f"{tmp_path}/config.yaml:2:4: is not UTF-8 text; save it as UTF-8",)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "config.yaml", env={})
    assert caught.value.problems == (f"{tmp_path}/config.yaml:1:1: no such file",)
    assert caught.value.exit_code == 2


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path, env={})
    assert caught.value.problems == (f"{tmp_path}:1:1: cannot be read: Is a directory",)


def test_every_problem_of_every_file_at_once(tmp_path: Path) -> None:
    text = swap(CONFIG, "rate_limit: 25", "rate_limit: x")
    text = swap(text, "auth: client_credentials", "auth: clientcredentials")
    text = swap(text, "per_month: 20000", "per_moth: 20000")
    contact = swap(PERSON, "policy: refresh", "policy: refesh")
    account = swap(COMPANY, "entity: company", "entity: firm")
    hubspot = swap(HUBSPOT_PERSON, "operator: IN", "operator: in")
    assert problems(tmp_path, text, env={}, contact=contact, account=account, hubspot_contact=hubspot) == [
        "config.yaml:4:3: lusha.api_key: the environment variable LUSHA_API_KEY is not set",
        "config.yaml:7:3: lusha.rate_limit: expected a whole number, found 'x'",
        "config.yaml:11:5: lusha.budget.per_moth: unknown key — did you mean 'per_month'?",
        "config.yaml:19:7: orgs.acme.connection.auth: "
        "no sign-in method 'clientcredentials' — did you mean 'client_credentials'?",
        "config.yaml:20:7: orgs.acme.connection.client_id: the environment variable SF_CLIENT_ID is not set",
        "config.yaml:21:7: orgs.acme.connection.client_secret: the environment variable SF_CLIENT_SECRET is not set",
        "config.yaml:29:18: orgs.beta.connection.access_token: the environment variable HUBSPOT_TOKEN is not set",
        "mappings/salesforce/contact.yaml:19:43: fields.Title.policy: no policy 'refesh' — did you mean 'refresh'?",
        "mappings/salesforce/account.yaml:4:1: entity: no entity 'firm' (known: person, company)",
        "mappings/hubspot/contact.yaml:7:42: select.where[0].operator: no operator 'in' — did you mean 'IN'?",
    ]


def test_the_message_counts_the_problems(tmp_path: Path) -> None:
    path = write(tmp_path, swap(CONFIG, "rate_limit: 25", "rate_limit: x"))
    with pytest.raises(ConfigError) as caught:
        load_config(path, env={})
    assert len(caught.value.problems) == 5
    assert caught.value.message == "\n".join([f"{path}: 5 problems", *caught.value.problems])


def test_a_good_file_has_none(tmp_path: Path) -> None:
    assert load(tmp_path).warnings == ()


def test_no_org(tmp_path: Path) -> None:
    assert problems(tmp_path, "version: 1\norgs: {}\n") == ["config.yaml:2:1: orgs: is empty"]


@pytest.mark.parametrize(
    "text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_bundle_without_a_certificate(tmp_path: Path, text: str) -> None:
    (tmp_path / "ca.pem").write_text(text, "utf-8")
    assert problems(tmp_path, swap(CONFIG, "ca_file: null", "ca_file: ca.pem")) == [
        f"config.yaml:22:7: {CONNECTION}.ca_file: 'ca.pem' holds no certificate that can be read; "
        "expected PEM (-----BEGIN CERTIFICATE-----)"
    ]


def test_a_word_of_yaml_1_1_is_translated(tmp_path: Path) -> None:
    jwt = "auth: jwt\n      username: u\n      sandbox: no\n      private_key_file: gone"
    text = swap(swap(CONFIG, "auth: client_credentials", jwt), "      client_secret: ${SF_CLIENT_SECRET}\n", "")
    assert f"config.yaml:21:7: {CONNECTION}.sandbox: expected true or false, found 'no'; 'no' is text, write false" in (
        problems(tmp_path, text)
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\xef\xbb\xbf" + CONFIG.encode(), []),
        (CONFIG.replace("\n", "\r\n").encode(), []),
        (CONFIG.encode("utf-16"), ["config.yaml:1:1: is not UTF-8 text; save it as UTF-8"]),
        (b"version: 1\norgs: \xe9\n", ["config.yaml:2:7: is not UTF-8 text; save it as UTF-8"]),
        (b"", ["config.yaml:1:1: the file is empty"]),
        (b"# nothing but this\n", ["config.yaml:1:1: the file is empty"]),
        (b"- version: 1\n", ["config.yaml:1:1: expected a map, found a list"]),
        (b"version:1\n", ["config.yaml:1:1: expected a map, found 'version:1'; a space is missing behind 'version:'"]),
        (b"version\x00: 1\n", ["config.yaml:1:8: not valid YAML: the control character #x0000"]),
    ],
    ids=["byte order mark", "CRLF", "UTF-16", "Latin-1", "empty", "comment", "list", "no space", "NUL"],
)
def test_files_as_editors_leave_them(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    write(tmp_path).write_bytes(content)
    try:
        load_config(tmp_path / "config.yaml", env=ENV)
        found = []
    except ConfigError as error:
        found = [line.replace(f"{tmp_path}/", "") for line in error.problems]
    assert found == expected


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").mkdir()
    with pytest.raises(ConfigError) as refused:
        load_config(tmp_path / "config.yaml", env=ENV)
    assert refused.value.problems == (f"{tmp_path}/config.yaml:1:1: cannot be read: Is a directory",)
