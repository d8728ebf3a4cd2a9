"""``ca_file`` is added to the public authorities; verification is never switched off."""

from __future__ import annotations

import ssl
from pathlib import Path

import certifi
import pytest

from connector.crm.hubspot import connect
from connector.crm.trust import trusting
from connector.errors import ConfigError, VendorUnreachable
from connector.redact import Secret
from tests.crm.salesforce.test_tls import self_signed, server

__all__ = ["server"]  # the fixture


def test_the_public_authorities_stay_trusted(tmp_path: Path) -> None:
    public = ssl.create_default_context(cafile=certifi.where()).cert_store_stats()["x509_ca"]
    context = trusting(self_signed(tmp_path)[0])
    assert context.cert_store_stats()["x509_ca"] == public + 1
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "there is no file"), ("not a certificate", "holds no certificate (PEM) that can be read")],
)
def test_a_useless_file_is_named(content: str | None, words: str, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content)
    with pytest.raises(ConfigError) as refused:
        trusting(file)
    assert str(file) in refused.value.message
    assert words in refused.value.message


def test_hubspot_too_believes_the_file_and_nobody_without_it(server: tuple[str, Path]) -> None:
    url, pem = server
    settings = {"access_token": Secret("t"), "base_url": url, "api_version": "v3", "api_reserve": 0.2}
    trusted, doubted = (connect({**settings, "ca_file": file}, sleep=lambda _: None) for file in (pem, None))
    assert trusted.tenant_id() is None  # it answered: a portal that does not tell its id
    with pytest.raises(VendorUnreachable, match="certificate"):
        doubted.tenant_id()
