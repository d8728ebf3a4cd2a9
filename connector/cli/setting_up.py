"""``init``: from nothing to a config and mappings that fit the org, by questions or by flags."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from connector.cli.options import DEFAULT_CONFIG, Json, Verbose
from connector.cli.session import Session, running
from connector.cli.setup_options import (
    BaseUrl,
    CaFile,
    CreateFields,
    CrmName,
    Force,
    InstanceUrl,
    IsSandbox,
    KeyFile,
    LushaUrl,
    NewConfig,
    NoInput,
    Objects,
    OrgName,
    Username,
    Variables,
    Way,
)

if TYPE_CHECKING:
    from connector.cli.given import Given
    from connector.setup.answers import Answers


def init(
    no_input: NoInput = False,
    config: NewConfig = DEFAULT_CONFIG,
    org: OrgName = None,
    crm: CrmName = None,
    objects: Objects = None,
    auth: Way = None,
    instance_url: InstanceUrl = None,
    username: Username = None,
    private_key_file: KeyFile = None,
    sandbox: IsSandbox = False,
    env: Variables = None,
    ca_file: CaFile = None,
    base_url: BaseUrl = None,
    lusha_base_url: LushaUrl = None,
    create_fields: CreateFields = False,
    force: Force = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Write a config and mappings that fit your org: signs in, reads its fields, proposes. Costs no credit."""
    from connector.cli.given import Given, answers_of

    given = Given(
        config, org, crm, tuple(objects or ()), auth, instance_url, username, private_key_file, tuple(env or ()),
        ca_file, base_url, lusha_base_url, create_fields, force, sandbox,
    )  # fmt: skip
    with running(as_json, verbose, empty={"written": []}) as session:
        if no_input:
            _by_options(session, answers_of(given))
        else:
            _by_questions(session, given)


def _by_options(session: Session, answers: Answers) -> None:
    from connector.render.setup import set_up_view
    from connector.setup.setting_up import document, lacking, made_between, refuse_what_stands, set_up
    from connector.setup.survey import account, site

    refuse_what_stands(answers, os.environ)
    if answers.lusha is not None:
        account(answers, os.environ, session.outside)
    with site(answers, os.environ, session.outside) as there:
        before = drafts = there.drafts(answers.objects)
        if answers.create_fields and (wanted := lacking(before)):
            there.make(wanted)
            drafts = there.drafts(answers.objects)
    done = set_up(answers, drafts, os.environ, made=made_between(before, drafts))
    session.end(document(done), set_up_view(done))


def _by_questions(session: Session, given: Given) -> None:
    from connector.cli.questions import Questions
    from connector.cli.wizard import interview, last_questions, unwritten
    from connector.render.setup import end_view
    from connector.setup.setting_up import document, refuse_what_stands, set_up

    ask = Questions()
    with unwritten():
        answers = interview(ask, given, session.outside)
        refuse_what_stands(answers, os.environ)
        last = last_questions(ask, answers, session)
    done = set_up(answers, last.drafts, os.environ, made=last.made, keep=last.keep)
    session.end(document(done), end_view(done))
