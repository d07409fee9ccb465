"""What is made over plain HTTP before a case begins, and every operation there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from checks import data, page
from identities import unique, unique_name
from wire import Wire

UNKNOWN_ID = "c" + "0" * 24

JSON = {"content-type": "application/json"}


# -- secrets -------------------------------------------------------------------------------------


def secret_body(wire: Wire, **more: Any) -> dict[str, Any]:
    """A body that makes a secret, or a direct secret of an environment."""
    return {"name": unique_name(), "value": wire.canary(), **more}


def add_secret(http: httpx.Client, wire: Wire, **more: Any) -> dict[str, Any]:
    return data(http.post("/secrets/", json=secret_body(wire, **more)))


def fill(http: httpx.Client, wire: Wire, count: int, **more: Any) -> list[dict[str, Any]]:
    """Makes secrets; answers them newest first."""
    made = [add_secret(http, wire, **more) for _ in range(count)]
    return sorted(made, key=lambda secret: (secret["createdAt"], secret["id"]), reverse=True)


def listed(http: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    """Every secret of the caller, or of a team."""
    return page(http.get("/secrets/", params={"limit": 1000, **query}))["data"]


# -- environments --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Environment:
    id: str
    owner: str
    name: str

    @property
    def slug(self) -> str:
        """As people and the CLI call it."""
        return f"{self.owner}/{self.name}"

    @property
    def path(self) -> str:
        return f"/environmentshub/{self.id}"


def resolve(http: httpx.Client, name: str | None = None, **more: Any) -> Environment:
    """Gets or makes an environment; the caller needs a slug for one of their own."""
    name = name or unique("env")
    told = data(http.post("/environmentshub/resolve", json={"name": name, **more}))
    return Environment(told["id"], told["owner"]["name"], name)


def take_slug(http: httpx.Client) -> str:
    """Gives the caller a slug."""
    slug = unique("owner")
    data(http.patch("/user/slug", json={"slug": slug}))
    return slug


def add_direct(
    http: httpx.Client, wire: Wire, environment: Environment, **more: Any
) -> dict[str, Any]:
    return data(http.post(f"{environment.path}/secrets", json=secret_body(wire, **more)))


def add_variable(http: httpx.Client, environment: Environment, **more: Any) -> dict[str, Any]:
    body = {"name": unique_name("VAR"), "value": "plain", **more}
    return data(http.post(f"{environment.path}/variables", json=body))


def link(http: httpx.Client, environment: Environment, secret_id: str) -> httpx.Response:
    return http.post(f"{environment.path}/secrets/link/{secret_id}", json={})


def unlink(http: httpx.Client, environment: Environment, secret_id: str) -> httpx.Response:
    return http.delete(f"{environment.path}/secrets/link/{secret_id}")


def secrets_of(http: httpx.Client, environment: Environment) -> list[dict[str, Any]]:
    return http.get(f"{environment.path}/secrets").json()["data"]


def variables_of(http: httpx.Client, environment: Environment) -> list[dict[str, Any]]:
    return http.get(f"{environment.path}/variables").json()["data"]


# -- operations ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Operation:
    """One of the operations that take a token, as plain HTTP."""

    name: str
    method: str
    path: str
    sends: str | None = None

    def send(self, http: httpx.Client, wire: Wire, **options: Any) -> httpx.Response:
        """Sends it about things that need not exist, or about those named by these options."""
        places = {
            place: options.pop(place, UNKNOWN_ID)
            for place in ("secret", "environment", "entry", "variable", "team", "owner", "name")
        }
        if "json" not in options and "content" not in options:
            body = self._body(wire)
            if body is not None:
                options["json"] = body
        return http.request(self.method, self.path.format(**places), **options)

    def _body(self, wire: Wire) -> dict[str, Any] | None:
        match self.sends:
            case "secret":
                return secret_body(wire)
            case "variable":
                return {"name": unique_name("VAR"), "value": "plain"}
            case "change":
                return {"description": "other words"}
            case "name":
                return {"name": unique("env")}
            case "slug":
                return {"slug": unique("owner")}
            case "nothing":
                return {}
            case _:
                return None

    def __str__(self) -> str:
        return self.name


SECRETS = (
    Operation("secrets.list", "GET", "/secrets/"),
    Operation("secrets.create", "POST", "/secrets/", "secret"),
    Operation("secrets.get", "GET", "/secrets/{secret}"),
    Operation("secrets.update", "PATCH", "/secrets/{secret}", "change"),
    Operation("secrets.delete", "DELETE", "/secrets/{secret}"),
)

IN_ENVIRONMENTS = (
    Operation("env.secrets.list", "GET", "/environmentshub/{environment}/secrets"),
    Operation("env.secrets.create", "POST", "/environmentshub/{environment}/secrets", "secret"),
    Operation(
        "env.secrets.update", "PATCH", "/environmentshub/{environment}/secrets/{entry}", "change"
    ),
    Operation("env.secrets.delete", "DELETE", "/environmentshub/{environment}/secrets/{entry}"),
    Operation(
        "env.link", "POST", "/environmentshub/{environment}/secrets/link/{secret}", "nothing"
    ),
    Operation("env.unlink", "DELETE", "/environmentshub/{environment}/secrets/link/{secret}"),
    Operation("env.vars.list", "GET", "/environmentshub/{environment}/variables"),
    Operation("env.vars.create", "POST", "/environmentshub/{environment}/variables", "variable"),
    Operation(
        "env.vars.update", "PATCH", "/environmentshub/{environment}/variables/{variable}", "change"
    ),
    Operation("env.vars.delete", "DELETE", "/environmentshub/{environment}/variables/{variable}"),
    Operation("env.delete", "DELETE", "/environmentshub/{environment}"),
)

OPERATIONS = (
    *SECRETS,
    *IN_ENVIRONMENTS,
    Operation("env.resolve", "POST", "/environmentshub/resolve", "name"),
    Operation("env.list", "GET", "/environmentshub/"),
    Operation("env.get", "GET", "/environmentshub/{owner}/{name}/@latest"),
    Operation("user.whoami", "GET", "/user/whoami"),
    Operation("user.teams", "GET", "/user/teams"),
    Operation("user.slug", "PATCH", "/user/slug", "slug"),
    Operation("teams.members", "GET", "/teams/{team}/members"),
)
