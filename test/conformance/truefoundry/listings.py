"""Every list of the API, so that a case about all of them is written once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from identities import Account, Identity, unique_email
from vault import Store
from wire import Wire


@dataclass(frozen=True)
class Scene:
    """Who and what a list is filled for."""

    http: httpx.Client
    account: Account
    admin: Identity
    store: Store
    wire: Wire

    def made(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.http.request(method, path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()


Fill = Callable[[Scene, int], tuple[str, set[str]]]
Walk = Callable[[Any, str, int], Any]


@dataclass(frozen=True)
class Listing:
    """`fill` makes rows and answers the path of the list and the keys of the rows."""

    name: str
    key: str
    fill: Fill
    walk: Walk | None
    """The list through the client: given the path, with this limit."""
    by_post: bool = False

    def ask(self, http: httpx.Client, path: str, **query: Any) -> httpx.Response:
        if self.by_post:
            return http.post(path, json=query)
        return http.get(httpx.URL(path).copy_merge_params(query))

    def keys(self, answer: httpx.Response) -> list[str]:
        assert answer.status_code == 200, answer.text
        return [row[self.key] for row in answer.json()["data"]]

    def __str__(self) -> str:
        return self.name


def _groups(scene: Scene, count: int) -> tuple[str, set[str]]:
    def put(number: int) -> str:
        fqn = scene.store.fqn
        manifest = {"type": "secret-group", "name": f"group-{number}", "integration_fqn": fqn}
        return scene.made("PUT", "/secret-groups", {"manifest": manifest})["data"]["id"]

    return "/secret-groups", {put(number) for number in range(count)}


def _secrets(scene: Scene, count: int) -> tuple[str, set[str]]:
    secrets = [{"key": f"key-{n}", "value": scene.wire.canary()} for n in range(count)]
    body = {"name": "full", "integrationId": scene.store.id, "secrets": secrets}
    made = scene.made("POST", "/secret-groups", body)["data"]
    return "/secrets", {secret["id"] for secret in made["associatedSecrets"]}


def _tokens(scene: Scene, count: int) -> tuple[str, set[str]]:
    path = "/personal-access-tokens"
    for number in range(count):
        scene.made("POST", path, {"name": f"token-{number}"})
    return path, {row["id"] for row in scene.http.get(path).json()["data"]}


def _robots(scene: Scene, count: int) -> tuple[str, set[str]]:
    def put(number: int) -> str:
        manifest = {"type": "virtual-account", "name": f"robot-{number}"}
        return scene.made("PUT", "/virtual-accounts", {"manifest": manifest})["data"]["id"]

    return "/virtual-accounts", {put(number) for number in range(count)}


def _team(scene: Scene, name: str, **members: list[str]) -> str:
    manifest = {"type": "team", "name": name, **members}
    return scene.made("PUT", "/teams", {"manifest": manifest})["data"]["id"]


def _teams(scene: Scene, count: int) -> tuple[str, set[str]]:
    email = scene.admin.email
    made = {_team(scene, f"team-{n}", members=[email]) for n in range(count)}
    return "/teams/user", made


def _members(scene: Scene, count: int) -> tuple[str, set[str]]:
    people = [scene.account.user("member") for _ in range(count)]
    team = _team(scene, "crowd", members=[who.email for who in people])
    return f"/teams/{team}/members", {who.id for who in people}


def _managers(scene: Scene, count: int) -> tuple[str, set[str]]:
    people = [scene.account.user("member") for _ in range(count)]
    emails = [who.email for who in people]
    team = _team(scene, "crowd", members=emails, managers=emails)
    return f"/teams/{team}/managers", {who.id for who in people}


def _users(scene: Scene, count: int) -> tuple[str, set[str]]:
    emails = {unique_email() for _ in range(count)}
    for email in emails:
        scene.made("POST", "/users/register", {"email": email})
    rows = scene.http.get("/users").json()["data"]
    return "/users", {row["id"] for row in rows if row["email"] in emails}


def _audit(scene: Scene, count: int) -> tuple[str, set[str]]:
    """The record of one group that was put so many times."""
    manifest = {"type": "secret-group", "name": "busy", "integration_fqn": scene.store.fqn}
    for number in range(count):
        manifest["collaborators"] = [] if number % 2 else None
        group = scene.made("PUT", "/secret-groups", {"manifest": manifest})["data"]["id"]
    path = f"/audit-logs?metric=list&resourceId={group}"
    return path, {row["id"] for row in scene.http.get(path).json()["data"]}


def _team_of(path: str) -> str:
    return path.split("/")[2]


LISTINGS = (
    Listing("groups", "id", _groups, lambda tfy, _, n: tfy.secret_groups.list(limit=n)),
    Listing("secrets", "id", _secrets, lambda tfy, _, n: tfy.secrets.list(limit=n), by_post=True),
    Listing("tokens", "id", _tokens, lambda tfy, _, n: tfy.personal_access_tokens.list(limit=n)),
    Listing("robots", "id", _robots, lambda tfy, _, n: tfy.virtual_accounts.list(limit=n)),
    Listing("teams", "id", _teams, lambda tfy, _, n: tfy.teams.list(limit=n)),
    Listing(
        "members",
        "subjectId",
        _members,
        lambda tfy, path, n: tfy.teams.list_members(_team_of(path), limit=n),
    ),
    Listing(
        "managers",
        "subjectId",
        _managers,
        lambda tfy, path, n: tfy.teams.list_managers(_team_of(path), limit=n),
    ),
    Listing("users", "id", _users, lambda tfy, _, n: tfy.users.list(limit=n)),
    Listing("audit", "id", _audit, None),
)
