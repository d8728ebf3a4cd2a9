"""Three ways to read records with their values: by id, by listing and by search, each at its own price.

- By id: 100 a call (``batch/read``), as they are at this moment.
- By listing: 100 a call, all of them, as they are at this moment.
- By search: 200 a call, those that filters choose, from an index that lags by seconds.

What is filtered is searched for. What is not is read by id where ids are given, else listed: a list takes twice the
calls, of which a portal has 250,000 a day or more, and none of the five searches in a second that all integrations of
the account share. 60,000 contacts are 600 lists, 30 seconds at the limit, or 300 searches, 74 seconds in which nobody
else can search much. https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide,
https://developers.hubspot.com/docs/api-reference/search/guide#limits
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from connector.crm.hubspot.answers import Body, listed, results
from connector.crm.hubspot.endpoints import BATCH, HISTORY_BATCH
from connector.crm.hubspot.errors import ReadRefused
from connector.crm.hubspot.search import SearchPlan
from connector.crm.hubspot.transport import Transport
from connector.errors import ConfigError, VendorUnreachable

LIST_PAGE = 100
_LONGEST_LIST = 6_000  # characters of a list's query; servers and proxies take 8,000 of a whole address


def pages(
    transport: Transport,
    object: str,
    plan: SearchPlan,
    properties: Sequence[str],
    ids: Sequence[str] | None = None,
    *,
    where: bool = False,
) -> Iterator[Sequence[Body]]:
    """What ``plan`` finds (among ``ids``, if given) with these properties, at most 200 a page, each record once.

    ``where``: part of the filters is ``select.where``, which ConfigError then names if HubSpot refuses a search.
    """
    distinct = None if ids is None else list(dict.fromkeys(ids))
    if plan.everything and distinct is not None:
        for start in range(0, len(distinct), BATCH):
            yield entries(transport, object, distinct[start : start + BATCH], properties)
    elif plan.everything and _list_fits(properties):
        page = _list(transport, object, properties)
        for first in page:  # as many as a search finds: companies are asked for once a page
            yield [*first, *next(page, ())]
    else:
        for found in _searched(transport, object, plan, distinct, where=where):
            chosen = [str(one["id"]) for one in found]
            yield found if plan.whole else entries(transport, object, chosen, properties)


def entries(
    transport: Transport,
    object: str,
    ids: Sequence[str],
    properties: Sequence[str],
    *,
    history: Sequence[str] = (),
    finishing: bool = False,
) -> list[Body]:
    """Records as batch read gives them, in the order of ``ids``, no id twice; without those that are not there."""
    found: list[Body] = []
    distinct = list(dict.fromkeys(ids))
    asked = {"properties": list(properties), **({"propertiesWithHistory": list(history)} if history else {})}
    size = HISTORY_BATCH if history else BATCH
    for start in range(0, len(distinct), size):
        chunk = distinct[start : start + size]
        body = {"inputs": [{"id": one} for one in chunk], **asked}
        # A merged-away id is answered with the surviving record, under that one's id: not the one we asked for.
        by_id = {str(one.get("id")): one for one in answers(transport, object, body, finishing=finishing)}
        found += [by_id[one] for one in chunk if one in by_id]
    return found


def answers(
    transport: Transport, object: str, body: Mapping[str, object], *, finishing: bool = False
) -> Sequence[Body]:
    """The records of one batch read, in no order. VendorUnreachable: it failed for one that may well be there."""
    endpoint = transport.endpoints.batch_read
    answer = transport.send(endpoint, object, body, finishing=finishing)
    for complaint in listed(answer):
        # Only "not found" may make a record absent; any other error would pass for a deletion.
        if not complaint.not_found and complaint.code != "VALIDATION_ERROR":
            raise VendorUnreachable(f"HubSpot could not read all records: {complaint.message or complaint.code}")
    return results(answer, str(endpoint))


def _list_fits(properties: Sequence[str]) -> bool:
    return len(_list_query(properties, "9" * 20)) <= _LONGEST_LIST


def _list_query(properties: Sequence[str], after: str) -> str:
    asked = {"limit": LIST_PAGE, "properties": ",".join(properties), **({"after": after} if after else {})}
    return urlencode(asked, safe=",")


def _list(transport: Transport, object: str, properties: Sequence[str]) -> Iterator[Sequence[Body]]:
    after = ""
    while True:
        page = transport.send(transport.endpoints.list, object, query=_list_query(properties, after))
        yield results(page, str(transport.endpoints.list))
        ended, after = after, _next(page)
        if not after:
            return
        if after == ended:
            raise VendorUnreachable(f"HubSpot's list of {object} does not move past {after}")


def _searched(
    transport: Transport, object: str, plan: SearchPlan, ids: Sequence[str] | None, *, where: bool
) -> Iterator[Sequence[Body]]:
    if ids is None:
        yield from _all_found(transport, object, plan, where=where)
        return
    for body in plan.lots(ids):
        yield results(_search(transport, object, body, where=where), str(transport.endpoints.search))


def _all_found(transport: Transport, object: str, plan: SearchPlan, *, where: bool) -> Iterator[Sequence[Body]]:
    last = "0"
    while True:
        page = _search(transport, object, plan.page(after=last), where=where)
        found = results(page, str(transport.endpoints.search))
        if not found:
            return
        yield found
        ended, last = last, str(found[-1].get("id"))
        if not _more(page, len(found)):
            return
        if not last.isdigit() or int(last) <= int(ended):
            raise VendorUnreachable(f"HubSpot's search of {object} does not move past record {ended}")


def _search(transport: Transport, object: str, body: Mapping[str, object], *, where: bool) -> Body:
    try:
        return transport.send(transport.endpoints.search, object, body)
    except ReadRefused as refusal:
        if not where or refusal.http_status not in (400, 413, 422):
            raise
        raise ConfigError(f"select.where: {refusal.message}", hint="mend the filters of select.where") from refusal


def _next(page: Body) -> str:
    """Where the next page begins; empty on the last one."""
    paging = page.get("paging")
    following = paging.get("next") if isinstance(paging, Mapping) else None
    return str(following.get("after") or "") if isinstance(following, Mapping) else ""


def _more(page: Body, found: int) -> bool:
    paging = page.get("paging")
    total = page.get("total")
    return bool(isinstance(paging, Mapping) and paging.get("next")) or (isinstance(total, int) and total > found)
