"""The questions of ``init``, each answer tried before the next is asked: what the vendor refuses is asked for again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from connector.cli.given import SANDBOX_HOST, Given, answers_of, default_org, org_problem, wrong_options
from connector.cli.questions import Questions
from connector.cli.session import Session, interruptible
from connector.config.addresses import address_problem
from connector.config.diagnostics import SECRETS
from connector.config.dotenv import read_dotenv
from connector.config.files import is_file
from connector.crm.base import NewField
from connector.errors import AccessDenied, ConfigError, Interrupted, RequestRefused, VendorUnreachable
from connector.redact import Secret
from connector.render.setup import draft_view
from connector.runtime import Outside
from connector.setup.answers import OBJECTS, SIGN_INS, USUAL, Answers, shipped_object, variable
from connector.setup.dotenv import dotenv_file
from connector.setup.drafts import Draft
from connector.setup.setting_up import lacking, made_between, mapping_files
from connector.setup.standing import standing_org, standing_orgs
from connector.setup.survey import Site, account, site

_REFUSALS = (AccessDenied, ConfigError, VendorUnreachable)
_WHAT = {
    "api_key": "Lusha API key (dashboard.lusha.com, API)",
    "client_id": "client id of the app",
    "client_secret": "client secret of the app",
    "access_token": "access token",
    "refresh_token": "refresh token",
    "username": "user name",
    "password": "password",
}


@contextmanager
def unwritten() -> Iterator[None]:
    """While questions are asked and tried: Ctrl-C ends it at once, since nothing is written yet."""
    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        raise Interrupted("interrupted; nothing was written") from None


def interview(ask: Questions, given: Given, outside: Outside) -> Answers:
    """Ask for what the options leave open. What is returned signs in, at the CRM and at Lusha."""
    if given.org and given.force and standing_org(given.config, given.org):
        return answers_of(given)
    if given.crm is not None and given.crm not in SIGN_INS:
        answers_of(given)  # which says so
    crm = given.crm or ask.choice("Which CRM", tuple(SIGN_INS), default="salesforce")
    given = replace(given, crm=crm)
    if problems := list(wrong_options(given, crm)):
        raise ConfigError("the options do not fit together", problems=problems, hint="lusha-sync init --help")
    orgs = standing_orgs(given.config, os.environ)
    if given.config.exists():
        ask.say(f"{given.config} stands already: this org is added to it, and nothing else there is changed.")
    given, answers = _signed_in(ask, given, crm, orgs, outside)
    if answers.lusha is not None:
        given, answers = _with_lusha(ask, given, answers, outside)
    if not given.objects:
        named = ask.several(f"Objects to map ({', '.join(OBJECTS[crm])})", default=USUAL[crm],
                            known=lambda name: shipped_object(crm, name))  # fmt: skip
        answers = replace(answers_of(replace(given, objects=named)), typed=answers.typed)
    return answers


def _signed_in(ask: Questions, given: Given, crm: str, orgs: Sequence[str], outside: Outside) -> tuple[Given, Answers]:
    """Ask until the CRM lets us in; the second time everything is asked, with what was said before as the default."""
    again = False
    while True:
        said = _place(ask, given, crm, orgs, again=again)
        typed, names = _keys(ask, said, crm, SIGN_INS[crm][said.auth or ""], again=again)
        said = replace(said, env=tuple(f"{key}={name}" for key, name in names.items()))
        try:
            answers = replace(answers_of(said), typed=typed)
            ask.say("signing in …")
            with site(replace(answers, lusha=None), os.environ, outside) as there:
                ask.say(f"signed in to {crm}" + (f" (its id is {there.tenant})" if there.tenant else ""))
            return said, answers
        except _REFUSALS as refused:
            ask.refused(refused)
            given, again = replace(said, env=given.env), True


def _place(ask: Questions, given: Given, crm: str, orgs: Sequence[str], *, again: bool) -> Given:
    """Where the org is, what it is called, and how to sign in."""
    if crm == "salesforce" and (again or given.instance_url is None):
        url = ask.text("My Domain address, such as https://acme.my.salesforce.com", default=given.instance_url,
                       check=address_problem)  # fmt: skip
        given = replace(given, instance_url=url)
    if given.org is None:
        folder, usual = given.config.parent / "mappings", default_org(crm, given.instance_url)
        free = usual if _name_problem(usual, orgs, folder) is None else None
        check = partial(_name_problem, orgs=orgs, folder=folder)
        name = ask.text("What to call this org", default=free, check=check)
        given = replace(given, org=name)
    ways = tuple(SIGN_INS[crm])
    if again or given.auth is None:
        given = replace(given, auth=ask.choice("How to sign in", ways, default=given.auth or ways[0]))
    if given.auth == "jwt" and (again or given.private_key_file is None):
        default = str(given.private_key_file) if given.private_key_file else None
        file = ask.text("private key file (PEM)", default=default, check=_no_file)
        given = replace(given, private_key_file=Path(file).expanduser())
        if SANDBOX_HOST not in (given.instance_url or ""):
            given = replace(given, sandbox=ask.yes("Is the org a sandbox?", default=given.sandbox))
    return given


def _name_problem(name: str, orgs: Sequence[str], folder: Path) -> str | None:
    if name in orgs:
        return f"the config has an org '{name}' already"
    return f"{folder / name} stands already" if (folder / name).exists() else org_problem(name)


def _no_file(name: str) -> str | None:
    return None if is_file(Path(name).expanduser()) else f"there is no file '{name}'"


def _keys(
    ask: Questions, given: Given, crm: str, keys: tuple[str, ...], *, again: bool
) -> tuple[dict[str, Secret], dict[str, str]]:
    """What was typed, by environment variable, and the variable of each key."""
    named = dict(pair.split("=", 1) for pair in given.env)
    there = {**read_dotenv(given.config.resolve().parent)[0], **os.environ}
    taken = given.config.read_text("utf-8") if given.config.exists() else ""
    typed: dict[str, Secret] = {}
    names: dict[str, str] = dict(named)
    for key in keys:
        if key == "username" and given.username:
            continue
        usual = variable(crm, key)
        own = f"{_shouted(given.org or '')}_{usual}"  # the usual one is another org's
        names[key] = named.get(key) or (own if f"${{{usual}}}" in taken else usual)
        if again or not there.get(names[key], "").strip():
            typed[names[key]] = _key(ask, key, names[key])
        else:
            ask.say(f"{_WHAT[key]}: from {names[key]}")
    return typed, names


def _shouted(org: str) -> str:
    """An org's name as the beginning of a variable's: ``acme-eu`` is ``ACME_EU``."""
    word = "".join(char if char.isascii() and char.isalnum() else "_" for char in org.upper())
    return f"ORG_{word}" if word[:1].isdigit() else word


def _key(ask: Questions, key: str, name: str) -> Secret:
    question = f"{_WHAT[key]}, kept as {name}"
    return ask.secret(question) if key in SECRETS else Secret(ask.text(question))


def _with_lusha(ask: Questions, given: Given, answers: Answers, outside: Outside) -> tuple[Given, Answers]:
    again = False
    while True:
        typed, names = _keys(ask, given, answers.crm, ("api_key",), again=again)
        said = replace(given, env=tuple(f"{key}={name}" for key, name in names.items()))
        tried = replace(answers_of(said), typed={**answers.typed, **typed})
        try:
            found = account(tried, os.environ, outside)
        except _REFUSALS as refused:
            ask.refused(refused)
            again = True
            continue
        if found.remaining is not None:
            ask.say(f"Lusha accepts the key: {found.remaining:,} credits are left")
        return said, tried


@dataclass(frozen=True, slots=True)
class Last:
    """What comes of the last questions. ``keep``: what was typed goes into ``.env``."""

    drafts: Mapping[str, Draft]
    made: Mapping[str, tuple[str, ...]]
    keep: bool


def last_questions(ask: Questions, answers: Answers, session: Session) -> Last:
    """Show what is proposed; ask for a word on everything that is to be made or written."""
    with site(answers, os.environ, session.outside) as there:
        before = there.drafts(answers.objects)
        drafts = there.drafts(answers.objects) if _tried_to_make(ask, there, answers, lacking(before)) else before
    files = mapping_files(answers)
    for name, draft in drafts.items():
        for part in draft_view(draft, files[name]):
            session.console.print(part, highlight=False)
    ask.say("")
    keep = bool(answers.typed) and ask.yes(
        f"Keep what was typed in {dotenv_file(answers)}, for you alone to read? (It must never be committed.)",
        default=True,
    )
    if not ask.yes(f"Write {answers.config} and {len(files)} mapping{'s' if len(files) > 1 else ''}?", default=True):
        raise Interrupted("nothing was written")
    for name in overshadowed(answers, os.environ):
        session.warn(f"{name} in your environment has another value than what was typed, and counts before .env")
    return Last(drafts, made_between(before, drafts), keep)


def _tried_to_make(ask: Questions, there: Site, answers: Answers, wanted: Mapping[str, Sequence[NewField]]) -> bool:
    """Whether the fields that lack were made, or some of them: nobody is stopped by a right that lacks."""
    if not wanted or not there.can_make:
        return False
    names = "; ".join(f"{object}: {', '.join(new.name for new in fields)}" for object, fields in wanted.items())
    question = f"There is no field yet for the books ({names}). Make them, in a group called Lusha?"
    if not answers.create_fields and not ask.yes(question, default=True):
        return False
    try:
        there.make(wanted)
    except (AccessDenied, RequestRefused) as refused:
        ask.refused(refused)
        ask.say("  going on without them")
    return True


def overshadowed(answers: Answers, env: Mapping[str, str]) -> list[str]:
    """Variables whose value in the environment is another than the one that was typed and works."""
    return [name for name, secret in answers.typed.items() if name in env and env[name].strip() != secret.reveal()]
