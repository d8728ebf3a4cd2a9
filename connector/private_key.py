"""The private key that signs us in: read from its file, and refused with a reason that never shows what is in it.

The one home of ``cryptography``: ``config`` asks whether a file holds a key, ``crm.salesforce`` signs with it. It is
imported for a key alone: most connections sign in without one.
"""

from __future__ import annotations

from pathlib import Path

from connector.errors import ConfigError

LEAST_BITS = 2048
"""RS256 asks for as much: https://www.rfc-editor.org/rfc/rfc7518#section-3.3"""
_LARGEST = 64 * 1024


def read_private_key(file: Path) -> str:
    """The file's text: an RSA key in PEM, without a passphrase.

    Raises ConfigError, whose message goes on after the file's name: "holds no …".
    """
    try:
        with file.open("rb") as stream:
            content = stream.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot be read: {getattr(error, 'strerror', None) or 'no such path'}") from None
    _check(content)
    return content.decode("ascii", "replace")


def _check(content: bytes) -> None:
    if len(content) > _LARGEST:
        raise ConfigError("is too large for a private key")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(content, password=None)
    except TypeError:
        raise ConfigError("is protected by a passphrase; write the key without one, in a file for you alone") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError("holds no private key in PEM that can be read") from None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError("holds no RSA key; Salesforce takes signatures by RSA with SHA-256 alone")
    if key.key_size < LEAST_BITS:
        raise ConfigError(f"holds a key of {key.key_size:,} bits; {LEAST_BITS:,} are the least")
