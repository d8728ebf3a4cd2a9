"""Every block of the documentation is done, page by page (``blocks`` and ``follow`` say how)."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.sandbox import Sandbox
from tests.docs.blocks import PAGES, ROOT, blocks
from tests.docs.follow import Reader


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_of_the_page_is_true(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = blocks(page)
    if not any(block.not_run is None for block in found):
        return
    with Sandbox(contacts=40, companies=10, limits=False) as box:
        box.salesforce.rules.clear()
        wrong = Reader(tmp_path, box, monkeypatch).follow(found)
    assert not wrong, "\n".join(wrong)
