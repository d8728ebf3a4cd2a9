"""The config file and its secrets."""

from __future__ import annotations

from pathlib import Path

from connector.config import shipped_mappings
from connector.doctor.files import check_files
from connector.doctor.finding import Finding

CONFIG = """version: 1
lusha: {api_key: %s}
defaults: {connection: {access_token: pat-na1-of-both}}
orgs:
  acme: {crm: hubspot, mappings: [contact.yaml]}
  beta: {crm: hubspot, mappings: [contact.yaml]}
"""


def found(folder: Path, key: str = "plain") -> list[Finding]:
    (folder / "contact.yaml").write_text((shipped_mappings() / "hubspot" / "contact.yaml").read_text("utf-8"), "utf-8")
    (folder / "config.yaml").write_text(CONFIG % key, "utf-8")
    findings, config = check_files(folder / "config.yaml", {"KEY": "k"})
    assert config is not None
    return [one for one in findings if one.check == "secrets"]


def test_a_secret_in_the_file_is_named_once_with_where_to_put_it(tmp_path: Path) -> None:
    key, token = found(tmp_path)
    assert (key.level, key.mend) == (
        "warn", "put it into .env beside the config, and write ${LUSHA_API_KEY} in its place"
    )  # fmt: skip
    assert key.what.endswith("config.yaml:2:9: lusha.api_key: the secret itself stands in the file")
    assert "config.yaml:3:25: defaults.connection.access_token: " in token.what and "pat-na1" not in token.what
    assert token.mend == "put it into .env beside the config, and write ${ACCESS_TOKEN} in its place"


def test_a_dotenv_that_others_can_read(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_text("KEY=k\n", "utf-8")
    dotenv.chmod(0o644)
    *_, one = found(tmp_path, "${KEY}")
    assert (one.level, one.what, one.mend) == (
        "warn", f"others on this machine can read {dotenv}", f"chmod 600 {dotenv}"
    )  # fmt: skip
    dotenv.chmod(0o600)
    assert [one.what for one in found(tmp_path, "${KEY}") if "read" in one.what] == []
