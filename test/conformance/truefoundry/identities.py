"""Accounts, users, service accounts and tokens, made through the server's own API."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx


def unique(prefix: str = "case") -> str:
    """A name that nobody else uses, fit for every kind of thing."""
    return f"{prefix}-{uuid.uuid4().hex[:12]}"


def unique_email() -> str:
    return f"{unique('user')}@example.test"


@dataclass(frozen=True)
class Server:
    url: str
    token: str = field(repr=False)
    account_id: str

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
class Identity:
    """Somebody who calls: a user (with an e-mail address) or a service account, with a token."""

    id: str
    token: str = field(repr=False)
    name: str

    @property
    def email(self) -> str:
        return self.name

    @property
    def tfy_token(self) -> str:
        """The same token in the form that the `tfy` command takes."""
        return self.token.replace("sr_", "tfy_", 1)


@dataclass(frozen=True)
class Account:
    """An account (a tenant) of its own, with the token of its first administrator."""

    id: str
    name: str
    token: str = field(repr=False)
    own: OwnApi = field(repr=False)

    def user(self, role: str = "admin") -> Identity:
        email = unique_email()
        made = self.own.post("/users", self.token, {"email": email, "role": role})
        return Identity(made["id"], made["token"], email)

    def service_account(self, role: str = "member") -> Identity:
        name = unique("svc")
        made = self.own.post("/service-accounts", self.token, {"name": name, "role": role})
        return Identity(made["id"], made["token"], name)

    def token_of(self, who: Identity, **narrowed: Any) -> Identity:
        """A further token of a user; `id` is the token's own."""
        made = self.own.post("/tokens", who.token, {"name": unique("token"), **narrowed})
        return Identity(made["id"], made["token"], who.name)

    def revoke(self, token_id: str, who: Identity) -> None:
        self.own.delete(f"/tokens/{token_id}", who.token)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.own.post(path, self.token, body)

    def get(self, path: str) -> dict[str, Any]:
        return self.own.get(path, self.token)

    def delete(self, path: str) -> None:
        self.own.delete(path, self.token)


class OwnApi:
    """`/strongroom/v1`, as far as the suite needs it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._http = httpx.Client(base_url=f"{server.url}/strongroom/v1", timeout=30)

    def account(self) -> Account:
        made = self.post("/accounts", self._server.token, {"name": unique("tenant")})
        told = self.get("/whoami", made["token"])["account"]
        return Account(told["id"], told["name"], made["token"], self)

    def post(self, path: str, token: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._answer(self._http.post(path, json=body, headers=_bearer(token))).json()

    def get(self, path: str, token: str) -> dict[str, Any]:
        return self._answer(self._http.get(path, headers=_bearer(token))).json()

    def delete(self, path: str, token: str) -> None:
        self._answer(self._http.delete(path, headers=_bearer(token)))

    def close(self) -> None:
        self._http.close()

    @staticmethod
    def _answer(response: httpx.Response) -> httpx.Response:
        if response.is_error:
            raise RuntimeError(
                f"{response.request.method} {response.request.url}: {response.status_code} {response.text}"
            )
        return response


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
