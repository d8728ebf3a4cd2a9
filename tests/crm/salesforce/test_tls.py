"""A server with a certificate of its own: refused by default, trusted through ``ca_file``."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connector.crm.salesforce import connect
from connector.errors import VendorUnreachable
from connector.redact import Secret
from tests.crm.salesforce.bench import no_sleep


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain),
    )
    return pem, secret


class _Describe(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b'{"fields": [{"name": "Title", "type": "string"}]}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a TLS server, and the certificate to trust it by."""
    pem, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    web = HTTPServer(("127.0.0.1", 0), _Describe)
    web.socket = context.wrap_socket(web.socket, server_side=True)
    thread = Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"https://127.0.0.1:{web.server_port}", pem
    web.shutdown()
    thread.join()
    web.server_close()


def test_an_unknown_certificate_is_refused_with_what_to_do(server: tuple[str, Path]) -> None:
    url, _ = server
    crm = connect({"auth": "token", "instance_url": url, "access_token": Secret("t")}, sleep=no_sleep)
    with pytest.raises(VendorUnreachable, match="Salesforce's certificate was refused") as refused:
        crm.schema("Contact")
    assert refused.value.hint == "behind a company proxy, name its CA bundle in connection.ca_file"
    assert crm.calls.read == 0
    crm.close()


def test_the_ca_file_makes_it_trusted(server: tuple[str, Path]) -> None:
    url, pem = server
    connection = {"auth": "token", "instance_url": url, "access_token": Secret("t"), "ca_file": pem}
    crm = connect(connection, sleep=no_sleep)
    assert list(crm.schema("Contact")) == ["Title"]
    crm.close()
