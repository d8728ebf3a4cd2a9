"""Is everything ready? One command that asks what a run would meet, and says what to mend."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from connector.cli.options import DEFAULT_CONFIG, ConfigFile, Json, Orgs, Verbose
from connector.cli.session import existing, running

if TYPE_CHECKING:
    from connector.doctor import Finding


def doctor(
    orgs: Orgs = None, config: ConfigFile = DEFAULT_CONFIG, as_json: Json = False, verbose: Verbose = False
) -> None:
    """Check keys, rights, mappings, options, balance, limits, clocks and the state: each with its mend. Free."""
    from connector.doctor import examine, worst
    from connector.render.doctor import doctor_document, doctor_lines, doctor_sum

    found: list[Finding] = []
    with running(as_json, verbose, empty={"findings": []}) as session:
        findings = examine(existing(config), os.environ, orgs=orgs or (), outside=session.outside)
        if as_json:
            found += findings
            session.show(doctor_document(found), "")
        else:
            session.follow(doctor_lines(_kept(findings, found)))
            session.follow([doctor_sum(found)])
        failure = worst(found)
        session.code = failure.exit_code if failure else 0


def _kept(findings: Iterable[Finding], found: list[Finding]) -> Iterator[Finding]:
    """Each finding handed on as it comes, and kept for the sum."""
    for one in findings:
        found.append(one)
        yield one
