"""Records a test's HTTP traffic into a cassette, and plays it back without a network.

vcrpy by itself lets a test pass that should not: it matches without looking at bodies, says nothing about recorded
interactions that nobody asked for, and a request it has no answer for may end in somebody's ``except``. Here each of
these fails the test, and no socket connects during playback. vcrpy patches the process: one thread, one cassette.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import vcr
import yaml
from urllib3 import HTTPHeaderDict
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.serialize import deserialize, serialize
from vcr.stubs import VCRHTTPResponse

from tests.cassettes.scrub import scrub_answer, scrub_request

RECORD = "CONNECTOR_RECORD"
"""Set to 1, this environment variable makes every test record its cassette anew."""
HEADER = (
    "# Recorded by `make cassettes` from this project's own sandbox; no vendor was asked and no key is in here.\n"
    "# The people and companies in it are invented.\n"
)
MATCH_ON = ("method", "scheme", "host", "port", "path", "query", "headers", "raw_body")
"""Port, because the three vendors differ in nothing else here; headers, because ``scrub`` keeps those that matter;
the raw body, because ``scrub`` spells equal JSON alike and unequal types apart."""


class PlaybackFailed(AssertionError):
    """The test and its cassette do not tell the same story."""


class NetworkReached(PlaybackFailed):
    """Something tried to connect while a cassette was playing."""


def is_recording() -> bool:
    """Whether tests record instead of playing back."""
    return os.environ.get(RECORD) == "1"


@contextmanager
def recorded(path: Path) -> Iterator[Any]:
    """Let requests through and write them, with their answers, to ``path``; a block that fails writes nothing."""
    path.unlink(missing_ok=True)
    with _urllib3_headers(), _machine("all").use_cassette(str(path)) as cassette:
        yield cassette


@contextmanager
def played(path: Path) -> Iterator[Any]:
    """Answer requests from ``path``, each interaction once.

    Raises PlaybackFailed where the block ends well, but asked for something that is not in the cassette (even if the
    refusal was swallowed), left something unasked, or tried to connect.
    """
    if not path.is_file():
        raise PlaybackFailed(f"there is no cassette {path.name}; `make cassettes` records it")
    faults: list[str] = []
    with _no_network(faults), _urllib3_headers(), _machine("none").use_cassette(str(path)) as cassette:
        _watch(cassette, faults)
        yield cassette
        faults += [
            f"never asked for: {_place(request)}"
            for index, request in enumerate(cassette.requests)
            if not cassette.play_counts[index]
        ]
        if faults or not cassette.all_played:
            raise PlaybackFailed("\n".join([f"{path.name} was not played as recorded:", *faults]))


def _machine(mode: str) -> Any:
    machine = vcr.VCR(
        record_mode=mode,
        match_on=MATCH_ON,
        before_record_request=scrub_request,
        before_record_response=scrub_answer,
        record_on_exception=False,
    )
    machine.register_serializer("yaml", _Yaml)
    machine.register_persister(_Files)
    return machine


def _urllib3_headers() -> Any:
    """vcrpy's answers give header pairs as http.client does; the HubSpot SDK's exceptions keep urllib3's mapping."""
    pairs = VCRHTTPResponse.getheaders
    return mock.patch.multiple(
        VCRHTTPResponse,
        getheaders=lambda answer: HTTPHeaderDict(pairs(answer)),
        getheader=lambda answer, name, default=None: answer.headers.get(name, default),
    )


def _watch(cassette: Any, faults: list[str]) -> None:
    """Remember requests that the cassette cannot answer, whatever becomes of vcrpy's own exception."""
    ask = cassette.can_play_response_for

    def asked(request: Any) -> bool:
        answer = bool(ask(request))
        if not answer:
            faults.append(f"not in the cassette, or asked for too often: {_place(request)}")
        return answer

    cassette.can_play_response_for = asked


def _place(request: Any) -> str:
    return f"{request.method} {request.uri.partition('?')[0]}"


@contextmanager
def _no_network(faults: list[str]) -> Iterator[None]:
    def refuse(*arguments: object, **_: object) -> None:
        target = next(argument for argument in arguments if not isinstance(argument, socket.socket))
        faults.append(f"tried to connect to {target}")
        raise NetworkReached(faults[-1])

    with (
        mock.patch.object(socket.socket, "connect", refuse),
        mock.patch.object(socket.socket, "connect_ex", refuse),
        mock.patch.object(socket, "getaddrinfo", refuse),
    ):
        yield


class _Files:
    """Cassettes on disk: UTF-8 and ``\\n`` on every machine, with a header that says what they are."""

    @staticmethod
    def load_cassette(path: str, serializer: Any) -> Any:
        try:
            text = Path(path).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise CassetteNotFoundError from None
        return deserialize(text, serializer)

    @staticmethod
    def save_cassette(path: str, cassette_dict: Any, serializer: Any) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        text = HEADER + serialize(cassette_dict, serializer)
        Path(path).write_text(text, encoding="utf-8", newline="\n")


class _Yaml:
    """YAML in which a body of several lines stands as it is, so that a changed member is a changed line."""

    @staticmethod
    def deserialize(text: str) -> Any:
        return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    @staticmethod
    def serialize(data: Any) -> str:
        return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    pass


def _lines(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _lines)
