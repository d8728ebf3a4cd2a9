"""Files written all or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import ConfigError
from connector.setup.files import write_all


def nothing() -> None:
    """All is well."""


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    write_all(
        {tmp_path / "a/b/c.yaml": "one\n", tmp_path / ".env": "K=v\n"}, checked=nothing, private=tmp_path / ".env"
    )
    assert (tmp_path / "a/b/c.yaml").read_text() == "one\n"
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.rglob("*")) == [".env", "a", "b", "c.yaml"]


@pytest.mark.parametrize("error", [ConfigError("no"), KeyboardInterrupt()])
def test_whatever_goes_wrong_everything_is_as_it_was(tmp_path: Path, error: BaseException) -> None:
    stands = tmp_path / "stands.yaml"
    stands.write_text("theirs\n")
    stands.chmod(0o640)

    def refuse() -> None:
        assert stands.read_text() == "ours\n"
        raise error

    with pytest.raises(type(error)):
        write_all({tmp_path / "new/a.yaml": "one\n", stands: "ours\n"}, checked=refuse)
    assert [path.name for path in tmp_path.rglob("*")] == ["stands.yaml"]
    assert (stands.read_text(), stands.stat().st_mode & 0o777) == ("theirs\n", 0o640)


def test_what_cannot_be_written_says_which_and_takes_the_others_back(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_all({tmp_path / "a.yaml": "one\n", tmp_path / "file/b.yaml": "two\n"}, checked=nothing)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
