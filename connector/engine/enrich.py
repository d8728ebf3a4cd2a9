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
        for page in pages:
            desk.take(page)
            while desk.full_of_searches():
                desk.search()
                yield desk.ready()
            while desk.full_of_wants():
                desk.reveal()
                yield desk.ready()
            yield desk.ready()
        while desk.searches or desk.wants:
            context.check()
            (desk.search if desk.searches else desk.reveal)()
            yield desk.ready()
        desk.close()
    except Stopped as stop:
        context.stop = stop
        desk.close()
        yield desk.ready()
