"""Who is meant by what was named, through a configuration; and the retention that every start carries out."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.config.settings import Config, LushaSettings, MappingSettings, Match, OrgSettings, Select, StateSettings
from connector.engine.forget import Forgotten
from connector.errors import ConfigError
from connector.mapping.identity import record_spelling
from connector.models import Entity
from connector.redact import Secret
from connector.runtime import Connector, Outside
from connector.runtime.forgetting import Named
from connector.store import answers, attempts, people, records
from connector.store.packing import packed
from connector.store.people import SavedProfile

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SHORT, LONG = "0035g00000AbCdE", "0035g00000AbCdEAAV"


def mapping(object: str, entity: Entity = "person", retry_after: int = 30) -> MappingSettings:
    select = Select(retry_after=timedelta(days=retry_after))
    return MappingSettings(f"{object}.yaml", Path(f"{object}.yaml"), "x", object, entity, (), select, Match(), {}, {})


def config(folder: Path, *, retry_after: int = 30) -> Config:
    lusha = LushaSettings(Secret("k3y-of-lusha"))
    salesforce = {"instance_url": "https://acme.example", "client_secret": Secret("s3cret")}
    hubspot = {"base_url": "https://hubspot.example", "access_token": Secret("t0ken")}
    orgs = {
        "acme": OrgSettings(
            "acme", "salesforce", salesforce, (mapping("Contact"), mapping("Account", "company")), lusha
        ),
        "beta": OrgSettings("beta", "hubspot", hubspot, (mapping("contacts", retry_after=retry_after),), lusha),
    }
    return Config(folder / "config.yaml", StateSettings(folder / "state.db"), orgs)


def opened(folder: Path, *, now: datetime = NOW, **more: Any) -> Connector:
    return Connector(config(folder, **more), outside=Outside(now=lambda: now))


def known(connector: Connector, org: str, object: str, id: str, lusha_id: str = "1001") -> None:
    attempt = attempts.Attempt(id, "matched", "f", frozenset({"Title"}), lusha_id)
    attempts.save(
        connector.store, org=org, object=object, mapping="m.yaml", attempts=[attempt], now=NOW, rest=attempts.Rest()
    )


def suppressed(connector: Connector, *at: str) -> bool:
    return bool(people.suppressed(connector.store, entity="person", spellings=[record_spelling(*at)]))


@pytest.mark.parametrize("id", [SHORT, LONG])
def test_a_record_is_known_by_either_spelling_of_its_id(tmp_path: Path, id: str) -> None:
    with opened(tmp_path) as connector:
        known(connector, "acme", "Contact", LONG)
        assert connector.forget(Named(records=[id])).records == 1
        assert suppressed(connector, "acme", "Contact", LONG)


@pytest.mark.parametrize("id", [SHORT, LONG])
def test_a_record_that_was_never_seen_is_suppressed_as_it_will_be_read(tmp_path: Path, id: str) -> None:
    with opened(tmp_path) as connector:
        assert connector.forget(Named(records=[id], org="acme")) == Forgotten(suppressed=1)
        assert suppressed(connector, "acme", "Contact", LONG)
        assert not suppressed(connector, "acme", "Account", LONG)


def test_where_a_record_is_must_be_said_where_it_may_be_in_two_places(tmp_path: Path) -> None:
    with opened(tmp_path) as connector:
        with pytest.raises(ConfigError, match="may be in 2 places") as error:
            connector.forget(Named(records=["101"]))
        assert error.value.hint == "say where: --org acme --object Contact, --org beta --object contacts"
        known(connector, "beta", "contacts", "101")
        known(connector, "gone", "contacts", "101", "1002")  # an org that left the config
        with pytest.raises(ConfigError, match="may be in 2 places"):
            connector.forget(Named(records=["101"]))
        assert connector.forget(Named(records=["101"], org="gone", object="contacts")).records == 1
        assert connector.forget(Named(records=["101"])).records == 1


def test_a_company_is_no_person(tmp_path: Path) -> None:
    with opened(tmp_path) as connector:
        known(connector, "acme", "Account", "001", "1001")
        known(connector, "acme", "Contact", LONG, "1001")
        with pytest.raises(ConfigError, match="no object of people in it"):
            connector.forget(Named(records=["001"], org="acme", object="Account"))
        assert connector.forget(Named(lusha_ids=["1001"])).records == 1
        assert set(records.known(connector.store, org="acme", object="Account", mapping="m.yaml", ids=["001"])) == {
            "001"
        }


def test_what_would_be_erased_is_what_is_erased_and_nothing_before_that_is_agreed(tmp_path: Path) -> None:
    with opened(tmp_path) as connector:
        known(connector, "acme", "Contact", LONG)
        told: list[Forgotten] = []

        def refuses(would: Forgotten) -> None:
            told.append(would)
            raise ConfigError("nobody was forgotten")

        with pytest.raises(ConfigError):
            connector.forget(Named(lusha_ids=["1001"]), confirm=refuses)
        assert not suppressed(connector, "acme", "Contact", LONG)
        assert connector.forget(Named(lusha_ids=["1001"]), confirm=told.append) == told[0] == told[1]
        assert (told[0].records, told[0].suppressed) == (1, 2)


def test_several_people_at_once(tmp_path: Path) -> None:
    with opened(tmp_path) as connector:
        for number in range(30):
            known(connector, "acme", "Contact", f"c{number}", str(1000 + number))
        told = connector.forget(Named(lusha_ids=[str(1000 + number) for number in range(20)]))
        assert told.records == 20


def test_whoever_buys_writes_or_asks_lets_go_of_what_is_old_first(tmp_path: Path) -> None:
    old = NOW - timedelta(days=100)
    with opened(tmp_path, now=old) as connector:
        key = LushaSettings(Secret("k3y-of-lusha")).api_key.fingerprint()
        saved = SavedProfile("1", packed('{"mail":"ada@acme.example"}'), old, {})
        people.save_profiles(connector.store, key=key, entity="person", profiles=[saved])
        for spelling, id in (("email:ada@acme.example", "1"), ("email:bob@acme.example", None)):
            people.save_identities(
                connector.store, key=key, entity="person", known=dict.fromkeys([spelling], id), now=old
            )
        answers.save(connector.store, key=key, action="signals", question="q", body='"ada@acme.example"', now=old)
    with opened(tmp_path, retry_after=120) as connector, connector.lusha(pays=False):
        left = [line["spelling"] for line in connector.store.rows("SELECT spelling FROM identities")]
        assert left == ["email:bob@acme.example"]  # a record may still rest because of it
    with opened(tmp_path) as connector, connector.lusha(pays=False):
        assert [tuple(line) for line in connector.store.rows("SELECT spelling FROM identities")] == []
    assert b"ada@acme" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_no_secret_is_in_the_repr_of_a_configuration(tmp_path: Path) -> None:
    shown = repr(config(tmp_path)) + str(dataclasses.replace(config(tmp_path)))
    assert "***" in shown
    assert not any(secret in shown for secret in ("k3y-of-lusha", "s3cret", "t0ken"))
