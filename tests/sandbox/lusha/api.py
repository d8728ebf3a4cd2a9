"""The sandbox's Lusha in process: an account with an HTTP client, and people and companies to ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from httpx import Response
from starlette.testclient import TestClient

from connector.sandbox.lusha import lusha_app
from connector.sandbox.lusha.account import LushaAccount
from connector.sandbox.world import Company, Person, build_world

KEY = "sandbox-lusha-key"
NOW = datetime(2026, 11, 2, 9, 30, 12, tzinfo=UTC)
WORLD = build_world()


def account(
    *, credits: int = 10_000, limits: bool = False, unified: bool = True, clock: Callable[[], datetime] = lambda: NOW
) -> LushaAccount:
    return LushaAccount(WORLD, key=KEY, clock=clock, credits=credits, limits=limits, unified=unified)


class Api:
    """The account and an HTTP client for it."""

    def __init__(self, account: LushaAccount) -> None:
        self.account = account
        self.http = TestClient(lusha_app(account), headers={"api_key": KEY})

    def post(self, path: str, body: Any) -> Response:
        """``path`` is V3's (``contacts/search``) unless it starts with a slash."""
        answer: Response = self.http.post(path if path.startswith("/") else f"/v3/{path}", json=body)
        return answer

    def get(self, path: str, **query: Any) -> Response:
        answer: Response = self.http.get(path if path.startswith("/") else f"/v3/{path}", params=query)
        return answer

    def ok(self, path: str, body: Any) -> dict[str, Any]:
        return dict(json_of(self.post(path, body)))

    def got(self, path: str, **query: Any) -> Any:
        return json_of(self.get(path, **query))

    def errors(self, path: str, body: Any) -> list[str]:
        """The problems of a refused body."""
        answer = self.post(path, body)
        assert answer.status_code == 400, answer.text
        return list(answer.json().get("errors", ()))


def json_of(answer: Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def pick(*, phones: bool = True) -> Person:
    """Somebody with an e-mail who still works at a company that Lusha knows."""
    return next(
        person
        for person in WORLD.people.values()
        if not person.restricted
        and not person.profile["previousEmployment"]
        and "domain" in person.profile["company"]
        and person.profile["emails"]
        and bool(person.profile["phones"]) == phones
    )


def person_where(test: Callable[[Person], object]) -> Person:
    return next(person for person in WORLD.people.values() if test(person) and not person.restricted)


def restricted() -> Person:
    return next(person for person in WORLD.people.values() if person.restricted)


def ids(count: int) -> list[str]:
    return [id for id, person in WORLD.people.items() if not person.restricted][:count]


def company_with(extra: str) -> str:
    return next(id for id, company in WORLD.companies.items() if extra in company.profile)


def company_where(test: Callable[[Company], object]) -> Company:
    return next(company for company in WORLD.companies.values() if test(company))
