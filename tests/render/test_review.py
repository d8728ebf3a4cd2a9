"""The review list, word for word; machines see no value unless they ask."""

from __future__ import annotations

from connector.render import review
from connector.store.suggestions import Listed
from tests.render.test_text import REPORT, shown

VALUE = Listed(
    7, "value", 2, "acme", "Contact", "003A", "Title", None, "VP Engines",
    "Lusha knows this person at another company (Globex)", "job_title.title", "1001", "open", "2026-11-23T08:00:00Z",
)  # fmt: skip
MATCH = Listed(
    8, "match", 2, "acme", "Contact", "003B", "", None, "1002", "the names agree to 20 of 100, 80 is asked", "id",
    "1002", "open", "2026-11-23T08:00:00Z",
)  # fmt: skip


def test_each_entry_says_what_stands_there_what_is_proposed_and_why() -> None:
    lines = shown(review.table([VALUE, MATCH], 2), width=180)
    assert lines[0].split() == ["id", "org", "record", "field", "now", "proposed", "why"]
    assert "acme  Contact 003A  Title              (blank)  VP Engines     Lusha knows this person" in lines[1]
    assert "acme  Contact 003B  (is it this one?)           Lusha id 1002  the names agree to 20 of 100" in lines[2]
    assert lines[3] == "Next: lusha-sync review accept ID… or reject ID… (or --all)"


def test_a_long_list_is_cut_and_says_so() -> None:
    lines = shown(review.table([VALUE] * 2, 1_205), width=180)
    assert lines[3] == "… and 1,203 more: --json lists all, --org, --field and --record narrow"
    assert shown(review.table([], 0)) == ["Nothing waits for your word."]


def test_machines_see_values_and_reasons_only_where_they_ask() -> None:
    [entry, match] = review.document([VALUE, MATCH], values=False)["review"]
    assert "VP Engines" not in str(entry)
    assert "Globex" not in str(entry)
    assert (entry["field"], match["field"], match["kind"]) == ("Title", None, "match")
    [entry, _] = review.document([VALUE, MATCH], values=True)["review"]
    assert (entry["current"], entry["proposed"], entry["reason"]) == (None, "VP Engines", VALUE.reason)


def test_accepted_entries_are_told() -> None:
    assert shown(review.accepted([], {}, 2)) == ["2 matches accepted: the next sync uses them."]
    assert shown(review.accepted([REPORT], {}, 1))[-1] == "1 match accepted: the next sync uses them."
