"""What was asked by hand, as people read it."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from connector.models import Answer, Found, Item, Lookalikes, Profile, Signals, SignalsAnswer
from connector.render import lusha as view

ADA = Profile("person", "c-1", {"full_name": "Ada Byron", "phones": [{"number": "+1 555", "type": "mobile"}]})
COST = {"credits": {"charged": 1, "balance": 1234}}
SAVED = "from the state file, bought before; --anew asks again"


def shown(renderable: Any) -> str:
    console = Console(width=140, record=True, file=None)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def test_what_was_enriched_is_a_block_an_id() -> None:
    answer = Answer((Item(ADA), Item(error="NO_ANSWER", message="Lusha left it out")), 5)
    document = view.enriched_document(answer, ["c-1", "c-2"], saved=False, raw=False)
    assert [(item["asked"], item["error"]) for item in document["items"]] == [("c-1", None), ("c-2", "NO_ANSWER")]
    lines = shown(view.enriched_view(document | COST)).splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "c-1",
        "full_name Ada Byron",
        "phones +1 555 (type mobile)",
        "c-2",
        "no answer: Lusha left it out",
        "charged 1 credit, 1,234 left",
    ]


@pytest.mark.parametrize(
    ("entity", "search", "words"),
    [
        ("person", "s-1", "reveal with: lusha-sync lusha enrich person s-1 ID … --reveal emails,phones"),
        ("person", None, "reveal with: lusha-sync lusha enrich person ID … --reveal emails,phones"),
        ("company", "s-2", "reveal with: lusha-sync lusha enrich company s-2 ID …"),
    ],
)
def test_prospecting_says_how_to_go_on(entity: Any, search: str | None, words: str) -> None:
    found = Found((Profile(entity, "c-1", {"name": "Acme"}),), 0, 25, 1, 1, search)
    document = view.found_document(found, saved=False, raw=False) | COST
    assert words in [line.strip() for line in shown(view.list_view(document)).splitlines()]


def test_nobody_found_is_nobody_to_reveal() -> None:
    document = view.found_document(Found((), 0, 25, 0, 0, "s-1"), saved=False, raw=False) | COST
    assert "reveal with" not in shown(view.list_view(document))


@pytest.mark.parametrize("saved", [True, False])
def test_what_cost_nothing_says_so(saved: bool) -> None:
    signals = SignalsAnswer((Signals("1", name="Acme"),), 0)
    documents = [
        (view.signals_document(signals, ["1"], saved=saved, raw=False), view.signals_view),
        (view.found_document(Found((ADA,), 0, 25, 1, 1), saved=saved, raw=False), view.list_view),
        (view.lookalikes_document(Lookalikes((ADA,), "s", False, 1), saved=saved, raw=False), view.list_view),
        (view.enriched_document(Answer((Item(ADA),), 1), ["c-1"], saved=saved, raw=False), view.enriched_view),
    ]
    for document, render in documents:
        assert document["saved"] == saved
        assert (SAVED in shown(render(document | COST))) == saved
