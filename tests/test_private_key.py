"""A key is read, or refused with a reason that shows nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import ConfigError
from connector.private_key import read_private_key
from tests.keys import UNFIT, pem, rsa_key


@pytest.mark.parametrize("ending", [b"", b"\n", b"\n\n"])
def test_a_key_is_read_as_it_stands(tmp_path: Path, ending: bytes) -> None:
    file = tmp_path / "salesforce.key"
    file.write_bytes(pem(rsa_key()).rstrip() + ending)
    assert read_private_key(file).encode() == file.read_bytes()


@pytest.mark.parametrize(("content", "reason"), UNFIT.values(), ids=UNFIT)
def test_what_cannot_sign_is_refused_with_its_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "salesforce.key"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        read_private_key(file)
    assert refused.value.message == reason
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None or refused.value.__suppress_context__


@pytest.mark.parametrize("name", ["nowhere.key", "folder", "a\0b"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match="cannot be read: "):
        read_private_key(tmp_path / name)
