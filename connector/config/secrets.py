"""Values that a configuration names and does not hold: secret files, and the keyring of this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from connector.config.files import absolute
from connector.config.wording import quoted

AskKeyring = Callable[[str, str], str]
"""Takes a service and a name, gives the password; raises NotThere."""

_MOST_BYTES = 65_536


class NotThere(Exception):
    """What a reference names cannot be had; the text is one sentence for people."""


def from_file(path: str, folder: Path) -> str:
    """The text of a file, such as a secret mounted into a container, less white space around it.

    A relative path is relative to ``folder``. Raises NotThere.
    """
    file = absolute(path, folder)
    try:
        with file.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
        text = content.decode("utf-8-sig").strip()
    except FileNotFoundError:
        raise NotThere(f"no file {quoted(path)}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8 text"
        raise NotThere(f"{quoted(path)} cannot be read: {reason}") from None
    if len(content) > _MOST_BYTES:
        raise NotThere(f"{quoted(path)} is too large to be a secret")
    if not text:
        raise NotThere(f"the file {quoted(path)} is empty")
    return text


def from_keyring(service: str, name: str) -> str:
    """A password from the keyring of this machine (macOS Keychain, Windows Credential Locker, Secret Service, KWallet).

    Raises NotThere. https://keyring.readthedocs.io
    """
    try:
        import keyring  # seldom used, and slow to import
        from keyring.errors import KeyringError
    except ImportError:
        sentence = "references to the keyring need a package: pip install 'lusha-crm-connector[keyring]'"
        raise NotThere(sentence) from None
    try:
        password = keyring.get_password(service, name)
    except KeyringError as error:
        raise NotThere(
            f"the keyring of this machine cannot be read: {next(iter(str(error).splitlines()), type(error).__name__)}"
        ) from None
    if not password or not password.strip():
        raise NotThere(f"the keyring holds nothing: run 'keyring set {service} {name}'")
    return password.strip()
