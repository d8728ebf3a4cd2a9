"""``python -m tools.reference``: write every page of ``docs/reference`` anew."""

from __future__ import annotations

from pathlib import Path

from tools.reference import PAGES

FOLDER = Path(__file__).parents[2] / "docs" / "reference"

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), "utf-8")
