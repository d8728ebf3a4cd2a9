"""The log of a long run stays small."""

from __future__ import annotations

from connector.sandbox.log import MOST_BYTES, MOST_REQUESTS, RequestLog


def test_the_older_half_goes_when_there_are_too_many() -> None:
    log: RequestLog[int] = RequestLog()
    for request in range(MOST_REQUESTS + 1):
        log.keep(request, 0)
    assert log == list(range(MOST_REQUESTS // 2, MOST_REQUESTS + 1))


def test_the_older_half_goes_when_bodies_are_too_large() -> None:
    log: RequestLog[int] = RequestLog()
    for request in range(9):
        log.keep(request, MOST_BYTES // 8)
    assert log == [4, 5, 6, 7, 8]


def test_what_is_cleared_takes_no_room() -> None:
    log: RequestLog[int] = RequestLog()
    for request in range(3):
        log.keep(request, MOST_BYTES)
        log.clear()
    log.keep(3, 1)
    log.keep(4, 1)
    assert log == [3, 4]
