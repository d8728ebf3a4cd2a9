"""Lusha asked by hand through a configuration: whose key and settings, and what the account says of the cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connector.config.settings import Budget, Config, LushaSettings, OrgSettings, StateSettings
from connector.engine.inquiries import Inquiries
from connector.errors import ConfigError
from connector.redact import Secret
from connector.runtime import Connector
from connector.sandbox.lusha import lusha_app
from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.serving import LocalServer
from connector.sandbox.world import build_world
from connector.store import answers

KEY = "sandbox-lusha-key"
URL = "http://127.0.0.1:9"


def lusha(key: str = KEY, url: str = URL, version: str = "v3", budget: Budget | None = None) -> LushaSettings:
    return LushaSettings(Secret(key), api_version=version, base_url=url, budget=budget or Budget())


def config(folder: Path, **orgs: LushaSettings) -> Config:
    return Config(
        folder / "config.yaml",
        StateSettings(folder / "state.db"),
        {name: OrgSettings(name, "salesforce", {}, (), settings) for name, settings in orgs.items()},
    )


def test_orgs_that_share_key_and_settings_need_not_be_named(tmp_path: Path) -> None:
    with Connector(config(tmp_path, acme=lusha(), beta=lusha())) as connector, connector.lusha(pays=False) as asked:
        assert asked.generation == "v3"


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        (lusha(budget=Budget(per_day=5)), "lusha.budget"),
        (lusha(version="v2"), "lusha.api_version"),
        (lusha(url="http://127.0.0.1:10", version="v2"), "lusha.api_version, lusha.base_url"),
    ],
)
def test_orgs_that_share_a_key_with_other_settings_must_be_named(
    tmp_path: Path, other: LushaSettings, differs: str
) -> None:
    with Connector(config(tmp_path, acme=lusha(), beta=other)) as connector:
        with pytest.raises(ConfigError) as error, connector.lusha(pays=False):
            pass
        assert error.value.message == f"the orgs of config.yaml share a Lusha key and differ in {differs}"
        assert error.value.hint == "say whose settings to use: --org acme or --org beta"
        with connector.lusha("beta", pays=False) as asked:
            assert asked.generation == other.api_version


def test_orgs_with_several_keys_must_be_named(tmp_path: Path) -> None:
    several = config(tmp_path, acme=lusha(), beta=lusha("another"))
    with (
        Connector(several) as connector,
        pytest.raises(ConfigError, match=r"the orgs of config.yaml use 2 Lusha keys"),
        connector.lusha(),
    ):
        pass


@pytest.fixture
def sandbox() -> Iterator[tuple[LushaAccount, str]]:
    account = LushaAccount(
        build_world(seed=3, contacts=40, companies=12), key=KEY, clock=lambda: datetime.now(UTC), limits=False
    )
    server = LocalServer(lusha_app(account))
    server.start()
    yield account, server.url
    server.stop()


def spend(asked: Inquiries, account: LushaAccount) -> None:
    """Buy a result that the account owns already. V2 tells no charge: the estimate is its price, the truth nothing."""
    found = asked.prospect("person", {"contacts": {"include": {"existing_data_points": ["phone"]}}}, size=10)
    ids, search = [found.answer.profiles[0].id], found.answer.request_id
    asked.enrich("person", ids, ["phones"], search=search)
    asked.settle()
    assert asked.charged == account.used == 5
    asked.enrich("person", ids, ["phones"], search=search, anew=True)
    assert (asked.charged, account.used) == (10, 5)


def test_an_estimate_is_set_right_before_it_is_told(tmp_path: Path, sandbox: tuple[LushaAccount, str]) -> None:
    account, url = sandbox
    with Connector(config(tmp_path, acme=lusha(url=url, version="v2"))) as connector, connector.lusha() as asked:
        spend(asked, account)
        asked.settle()
        assert (asked.charged, asked.balance) == (5, account.remaining)


def test_an_estimate_is_set_right_where_the_block_raises(tmp_path: Path, sandbox: tuple[LushaAccount, str]) -> None:
    account, url = sandbox
    with Connector(config(tmp_path, acme=lusha(url=url, version="v2"))) as connector:
        with pytest.raises(ConfigError, match="of no use"), connector.lusha() as asked:
            spend(asked, account)
            raise ConfigError("of no use")
        assert asked.charged == 5


def test_old_answers_are_purged_with_old_profiles(tmp_path: Path) -> None:
    settings = config(tmp_path, acme=lusha())
    with Connector(settings) as connector:
        now = connector.outside.now()
        for age in (settings.state.keep_profiles * 2, settings.state.keep_profiles / 2):
            answers.save(connector.store, key="k", action="signals", question="q", body="{}", now=now - age)
    with Connector(settings) as connector:
        connector.status()
        assert len(connector.store.rows("SELECT * FROM answers")) == 2  # who only looks changes nothing
        with connector.lusha(pays=False):
            assert len(connector.store.rows("SELECT * FROM answers")) == 1
