"""What people and machines read of an examination."""

from __future__ import annotations

import io

from rich.console import Console

from connector.doctor import Finding
from connector.doctor.finding import Check
from connector.errors import AccessDenied, ConfigError
from connector.render.doctor import doctor_document, doctor_lines, doctor_sum

SIGN_IN, RIGHTS, CLOCK = (Check("acme", name) for name in ("sign-in", "rights contact", "clock"))
REFUSED = SIGN_IN.failed(AccessDenied("refused", hint="check the key"))
FINDINGS = [
    Check(None, "config").passed("config.yaml loads: 1 org, 1 mapping"),
    REFUSED,
    RIGHTS.skipped("nobody is signed in", "mend sign-in first"),
    CLOCK.skipped("nobody is signed in", "mend sign-in first"),
]


def printed(findings: list[Finding], width: int = 80) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width)
    for view in [*doctor_lines(findings), doctor_sum(findings)]:
        console.print(view, highlight=False, crop=False)
    return out.getvalue().splitlines()


def test_checks_skipped_for_one_reason_share_a_line() -> None:
    assert printed(FINDINGS) == [
        "shared by all orgs",
        "  pass  config            config.yaml loads: 1 org, 1 mapping",
        "",
        "acme",
        "  fail  sign-in           refused",
        "                          → check the key",
        "  warn  skipped           rights contact, clock: nobody is signed in",
        "                          → mend sign-in first",
        "",
        "1 passed, 0 warned, 1 failed, 2 skipped; mend what failed, then ask again",
    ]


def test_what_two_orgs_skipped_stays_apart() -> None:
    beta = Check("beta", "clock").skipped("nobody is signed in", "mend sign-in first")
    lines = printed([FINDINGS[3], beta])
    assert [line for line in lines if "skipped  " in line] == [
        "  warn  skipped           clock: nobody is signed in"
    ] * 2  # fmt: skip


def test_what_is_to_be_done_about_several_lines_is_said_below_the_first() -> None:
    config = Check(None, "config")
    wrong = [config.failed(ConfigError(f"config.yaml:{line}:1: x: unknown key"), "mend that line") for line in (1, 2)]
    other = config.failed(ConfigError("TOKEN is not set"), "set it")
    assert printed([*wrong, other])[1:6] == [
        "  fail  config            config.yaml:1:1: x: unknown key",
        "                          → mend that line",
        "  fail  config            config.yaml:2:1: x: unknown key",
        "  fail  config            TOKEN is not set",
        "                          → set it",
    ]


def test_a_long_sentence_is_broken_below_itself_and_a_rule_to_paste_is_not() -> None:
    rule = "  Title:\n    from: job_title.title # " + "a remark " * 12
    lines = printed([CLOCK.warned("word " * 20, "do " * 30, paste=rule.rstrip())], width=60)
    assert lines[1] == "  warn  clock             word word word word word word word"
    assert lines[2] == " " * 26 + "word word word word word word word"
    assert all(len(line) <= 60 for line in lines if "remark" not in line)
    assert rule.rstrip().splitlines() == [line for line in lines if "itle" in line]


def test_the_narrowest_screen_has_room_for_a_sentence() -> None:
    assert "  pass  config            config.yaml loads: 1 org, 1" in printed(FINDINGS, width=30)


def test_a_report_without_failures_names_the_next_step() -> None:
    assert printed(FINDINGS[:1])[-1] == "1 passed, 0 warned, 0 failed; ready: lusha-sync plan says what a run would do"


def test_the_document_tells_the_same() -> None:
    document = doctor_document(FINDINGS)
    assert document["findings"][1] == {
        "org": "acme", "check": "sign-in", "level": "fail", "what": "refused", "mend": "check the key", "paste": None
    }  # fmt: skip
    assert document["findings"][2]["what"] == "skipped: nobody is signed in"
    assert [document[name] for name in ("passed", "warned", "failed", "skipped")] == [1, 2, 1, 2]
    assert document["error"] == {"exit": 7, "message": "refused", "hint": "check the key"}


def test_of_several_failures_the_exit_code_is_the_first_in_order() -> None:
    document = doctor_document([REFUSED, CLOCK.failed(ConfigError("20 minutes behind"))])
    assert document["error"]["exit"] == 2
    assert document["findings"][1]["mend"] == "run the command again with -v, which tells each call"
