"""Accounts, users, teams and tokens, made through the server's own API; and what it alone can read."""

from __future__ import annotations

import base64
import os
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx


def unique(prefix: str = "case") -> str:
    """A name that nobody else uses, fit for people, teams and environments."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def unique_name(prefix: str = "CASE") -> str:
    """A name that nobody else uses, fit for secrets and variables."""
    return f"{prefix}_{uuid.uuid4().hex[:12].upper()}"


@dataclass(frozen=True)
class Server:
    url: str
    token: str = field(repr=False)
    account_id: str

    @property
    def api(self) -> str:
        return f"{self.url}/api/v1"

    def target(self, path: str) -> str:
        """A path behind `/api/v1` as a request target."""
        return urlsplit(self.api).path + path

    @staticmethod
    def from_environment() -> Server:
        missing = [
            name
            for name in ("STRONGROOM_URL", "STRONGROOM_TOKEN", "STRONGROOM_ACCOUNT_ID")
            if not os.environ.get(name)
        ]
        if missing:
            raise LookupError(f"the suite needs {', '.join(missing)} in the environment")
        return Server(
            url=os.environ["STRONGROOM_URL"].rstrip("/"),
            token=os.environ["STRONGROOM_TOKEN"],
            account_id=os.environ["STRONGROOM_ACCOUNT_ID"],
        )


@dataclass(frozen=True)
class User:
    """A user with a token."""

    id: str
    email: str
    token: str = field(repr=False)
    own: OwnApi = field(repr=False)

    def team(self, *members: User) -> Team:
        """A team that this user made and is in, with these others."""
        name = unique("team")
        made = self.own.post("/teams", self.token, {"name": name})
        team = Team(made["id"], name, self)
        for member in members:
            team.add(member)
        return team

    def further_token(self, **narrowed: Any) -> Token:
        made = self.own.post("/tokens", self.token, {"name": unique("token"), **narrowed})
        return Token(made["id"], made["token"])

    def revoke(self, token: Token) -> None:
        self.own.delete(f"/tokens/{token.id}", self.token)

    def tokens(self) -> list[str]:
        """The ids of the user's tokens that are in force."""
        told = self.own.get("/tokens", self.token)["data"]
        return [token["id"] for token in told if token["revoked_at"] is None]

    def approve(self, challenge: str) -> None:
        """Says yes to a login that waits under this code."""
        self.own.post(f"/login-challenges/{challenge}/approve", self.token, {})

    def opened(self, secret_id: str) -> bytes:
        """The value of a secret, which the vendor's API never tells."""
        return _bytes(self.own.get(f"/secrets/{secret_id}/value", self.token))

    def given_in(self, environment_id: str) -> dict[str, bytes]:
        """What a job of this environment is given, by name; a name twice is an error."""
        told = self.own.get(f"/groups/{environment_id}/values", self.token)["data"]
        names = [entry["name"] for entry in told]
        assert len(set(names)) == len(names), names
        return {entry["name"]: _bytes(entry) for entry in told}


@dataclass(frozen=True)
class Token:
    id: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Team:
    id: str
    name: str
    maker: User = field(repr=False)

    def add(self, user: User) -> None:
        self.maker.own.post(f"/teams/{self.id}/members", self.maker.token, {"member": user.id})

    def remove(self, user: User) -> None:
        self.maker.own.delete(f"/teams/{self.id}/members/{user.id}", self.maker.token)


@dataclass(frozen=True)
class Account:
    """An account of its own, with the token of its first administrator."""

    id: str
    token: str = field(repr=False)
    own: OwnApi = field(repr=False)

    def user(self, role: str = "member") -> User:
        email = f"{unique('user')}@example.test"
        made = self.own.post("/users", self.token, {"email": email, "role": role})
        return User(made["id"], email, made["token"], self.own)


class OwnApi:
    """`/strongroom/v1`, as far as the suite needs it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._http = httpx.Client(base_url=f"{server.url}/strongroom/v1", timeout=30)

    def account(self) -> Account:
        made = self.post("/accounts", self._server.token, {"name": unique("account")})
        return Account(made["id"], made["token"], self)

    def get(self, path: str, token: str) -> dict[str, Any]:
        return self._answer(self._http.get(path, headers=_bearer(token))).json()

    def post(self, path: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._answer(self._http.post(path, json=body, headers=_bearer(token))).json()

    def delete(self, path: str, token: str) -> None:
        self._answer(self._http.delete(path, headers=_bearer(token)))

    def close(self) -> None:
        self._http.close()

    @staticmethod
    def _answer(response: httpx.Response) -> httpx.Response:
        if response.is_error:
            raise OwnApiError(response)
        return response


class OwnApiError(RuntimeError):
    def __init__(self, response: httpx.Response) -> None:
        asked = f"{response.request.method} {response.request.url}"
        super().__init__(f"{asked}: {response.status_code} {response.text}")
        self.status = response.status_code


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _bytes(opened: dict[str, Any]) -> bytes:
    if opened["encoding"] == "base64":
        return base64.b64decode(opened["value"], validate=True)
    return opened["value"].encode()
