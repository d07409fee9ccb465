"""Every call of the API as plain HTTP, so that a case about all of them is written once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from checks import UNKNOWN_ID
from identities import Account, Identity, unique, unique_email
from vault import Store
from wire import Wire


@dataclass(frozen=True)
class Call:
    """One call. `{group}`, `{secret}` and so on in the path are ids of things that may be there."""

    method: str
    path: str
    body: Callable[[], dict[str, Any]] | None = None

    @property
    def about(self) -> str | None:
        """What the call is about, if it is about one thing: `group`, `secret`, ..."""
        return self.path.split("{", 1)[1].split("}", 1)[0] if "{" in self.path else None

    def send(self, http: httpx.Client, id: str = UNKNOWN_ID, **options: Any) -> httpx.Response:
        if self.body is not None and not {"content", "json"} & set(options):
            options["json"] = self.body()
        return http.request(self.method, self.target(id), **options)

    def target(self, id: str = UNKNOWN_ID) -> str:
        path = self.path.replace(f"{{{self.about}}}", id, 1)
        return path.replace("{jwt}", UNKNOWN_ID)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _manifest(kind: str, **members: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"manifest": {"type": kind, "name": unique("x"), **members}, "dryRun": False}


def _secrets() -> list[dict[str, str]]:
    return [{"key": "k", "value": "some value"}]


CALLS = (
    Call("GET", "/secret-groups"),
    Call(
        "POST",
        "/secret-groups",
        lambda: {"name": unique(), "integrationId": UNKNOWN_ID, "secrets": _secrets()},
    ),
    Call(
        "PUT", "/secret-groups", _manifest("secret-group", integration_fqn="a:b:c:secret-store:d")
    ),
    Call("GET", "/secret-groups/{group}"),
    Call("PUT", "/secret-groups/{group}", lambda: {"secrets": _secrets()}),
    Call("DELETE", "/secret-groups/{group}"),
    Call("POST", "/secrets", lambda: {}),
    Call("GET", "/secrets/{secret}"),
    Call("DELETE", "/secrets/{secret}"),
    Call("GET", "/provider-integrations"),
    Call("GET", "/provider-accounts"),
    Call("GET", "/personal-access-tokens"),
    Call("POST", "/personal-access-tokens", lambda: {"name": unique("pat")}),
    Call(
        "POST",
        "/personal-access-tokens/for-user",
        lambda: {"name": unique("pat"), "userEmail": unique_email()},
    ),
    Call("DELETE", "/personal-access-tokens/revoke/all", lambda: {"email": unique_email()}),
    Call("DELETE", "/personal-access-tokens/{pat}"),
    Call("GET", "/virtual-accounts"),
    Call("PUT", "/virtual-accounts", _manifest("virtual-account")),
    Call("GET", "/virtual-accounts/exists?name=x"),
    Call("GET", "/virtual-accounts/{robot}"),
    Call("DELETE", "/virtual-accounts/{robot}"),
    Call("GET", "/virtual-accounts/{robot}/token"),
    Call("POST", "/virtual-accounts/{robot}/regenerate-token", lambda: {"gracePeriodInMinutes": 5}),
    Call("POST", "/virtual-accounts/{robot}/sync-to-secret-store"),
    Call("DELETE", "/virtual-accounts/{robot}/jwt/{jwt}"),
    Call("GET", "/teams/user"),
    Call("PUT", "/teams", _manifest("team", members=[])),
    Call("GET", "/teams/{team}"),
    Call("DELETE", "/teams/{team}"),
    Call("GET", "/teams/{team}/members"),
    Call("GET", "/teams/{team}/managers"),
    Call("GET", "/teams/{team}/permissions"),
    Call("GET", "/users"),
    Call("GET", "/users/{user}"),
    Call("DELETE", "/users/{user}"),
    Call("POST", "/users/register", lambda: {"email": unique_email()}),
    Call(
        "POST",
        "/users/invite",
        lambda: {"email": unique_email(), "acceptInviteClientUrl": "https://x.example.test"},
    ),
    Call("PATCH", "/users/roles", lambda: {"email": unique_email(), "roles": ["admin"]}),
    Call("PATCH", "/users/activate", lambda: {"email": unique_email()}),
    Call("PATCH", "/users/deactivate", lambda: {"email": unique_email()}),
    Call("GET", "/x/users/info"),
    Call("GET", "/x/users/{user}/resources"),
    Call("GET", "/x/users/{user}/permissions"),
    Call("GET", "/x/users/{user}/teams"),
    Call("PUT", "/apply", _manifest("team", members=[])),
    Call("POST", "/delete", _manifest("team", members=[])),
    Call("GET", "/audit-logs?metric=list"),
    Call("GET", "/fqn/app?fqn=a:b"),
    Call("GET", "/session"),
)

ABOUT_ONE = tuple(call for call in CALLS if call.about is not None)

WITH_BODY = tuple(call for call in CALLS if call.body is not None)


@dataclass(frozen=True)
class Belongings:
    """One thing of every kind that a tenant has, by its id, and how to know that it is unharmed."""

    ids: dict[str, str]
    _http: httpx.Client

    @staticmethod
    def of(account: Account, http: httpx.Client, wire: Wire) -> Belongings:
        """Makes one of each; `http` is an administrator's."""

        def made(answer: httpx.Response) -> dict[str, Any]:
            assert answer.status_code == 200, answer.text
            return answer.json()

        secret = {"key": "theirs", "value": wire.canary()}
        store = Store.of(http)
        body = {"name": unique("group"), "integrationId": store.id, "secrets": [secret]}
        group = made(http.post("/secret-groups", json=body))["data"]
        person: Identity = account.user("member")
        team = {"type": "team", "name": unique("team"), "members": []}
        robot = {"type": "virtual-account", "name": unique("robot")}
        made(http.post("/personal-access-tokens", json={"name": "theirs"}))
        ids = {
            "group": group["id"],
            "secret": group["associatedSecrets"][0]["id"],
            "user": person.id,
            "team": made(http.put("/teams", json={"manifest": team}))["data"]["id"],
            "robot": made(http.put("/virtual-accounts", json={"manifest": robot}))["data"]["id"],
            "pat": made(http.get("/personal-access-tokens"))["data"][0]["id"],
        }
        return Belongings(ids, http)

    def told(self) -> dict[str, Any]:
        """All there is to see of them."""
        paths = [
            f"/secret-groups/{self.ids['group']}",
            f"/secrets/{self.ids['secret']}",
            f"/users/{self.ids['user']}",
            f"/teams/{self.ids['team']}",
            f"/virtual-accounts/{self.ids['robot']}",
            f"/virtual-accounts/{self.ids['robot']}/token",
            "/personal-access-tokens",
        ]
        answers = {path: self._http.get(path) for path in paths}
        assert {answer.status_code for answer in answers.values()} == {200}
        return {path: answer.json() for path, answer in answers.items()}
