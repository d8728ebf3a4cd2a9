"""Key pairs of tests, made once a session: an RSA key takes a while."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)


def rsa_key(number: int = 0, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The test session's key of this number."""
    return _made(number, bits)


@cache
def _made(_number: int, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=bits)


def pem(key: PrivateKeyTypes, passphrase: bytes | None = None) -> bytes:
    """A private key as a file holds it."""
    how: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    """What an app registers."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


UNFIT: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "holds no private key in PEM that can be read"),
    "words": (b"no key at all", "holds no private key in PEM that can be read"),
    "half a key": (pem(rsa_key())[:600], "holds no private key in PEM that can be read"),
    "a public key": (public_pem(rsa_key()), "holds no private key in PEM that can be read"),
    "another kind": (
        pem(ec.generate_private_key(ec.SECP256R1())),
        "holds no RSA key; Salesforce takes signatures by RSA with SHA-256 alone",
    ),
    "a passphrase": (
        pem(rsa_key(), b"open sesame"),
        "is protected by a passphrase; write the key without one, in a file for you alone",
    ),
    "a short key": (pem(rsa_key(bits=1024)), "holds a key of 1,024 bits; 2,048 are the least"),
    "a large file": (b"-" * 70_000, "is too large for a private key"),
}
"""Files that hold no key to sign with, and what is said of them."""
