"""Stage two: from due records to answers, buying as little as possible and each thing once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connector.engine.cases import Enriched
from connector.engine.context import Context
from connector.engine.desk import Desk
from connector.engine.select import Due
from connector.errors import Stopped


def enrich(context: Context, pages: Iterable[list[Due]]) -> Iterator[list[Enriched]]:
    """Answers for due records as they come in; when a budget or quota ends, the rest is left for the next run."""
    desk = Desk(context)
    try:
        for _ in map(desk.take, pages):  # so that no page is kept while the next one is read
            yield from desk.ask()
            yield desk.ready()
        yield from desk.ask(rest=True)
    except Stopped as stop:
        context.stop = stop
        yield from desk.settle()
    desk.close()
    yield desk.ready()
