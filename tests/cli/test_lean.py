"""Commands that only look import nothing that takes its time and is not asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """\
version: 1
lusha: {api_key: key}
state: {path: state.db}
orgs:
  acme:
    crm: salesforce
    connection: {instance_url: "https://acme.example.com", auth: token, access_token: token}
    mappings: ["shipped:salesforce/contact.yaml"]
"""
HEAVY = (
    "connector.engine", "connector.mapping", "connector.lusha", "connector.models", "cryptography", "dotenv", "httpx",
    "hubspot", "jsonschema", "phonenumbers", "pycountry", "rapidfuzz", "simple_salesforce", "sqlite_utils", "starlette",
)  # fmt: skip
TELLS = """\
import json, sys
from connector.cli import main
sys.argv = ["lusha-sync", *sys.argv[1:]]
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("command", [("status",), ("runs",), ("history", "acme", "Contact", "0035g00000AbCdE")])
def test_a_look_into_the_state_file_imports_what_it_reads(tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG, "utf-8")
    for _ in range(2):  # the first one makes the state file
        words = [sys.executable, "-c", TELLS, *command, "--quiet", "--config", str(file)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert loaded & set(HEAVY) == set()
