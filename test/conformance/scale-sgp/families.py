"""What the two families have in common, so that a case about both is written once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from identities import unique
from wire import Wire


@dataclass(frozen=True)
class Family:
    name: str
    route: str
    label: str
    """The member that names an item: unique, chosen by the caller."""
    value: str
    """The member that holds the secret itself."""
    sorts: tuple[str, ...]

    def of(self, sgp: Any) -> Any:
        """The resource of the client."""
        return getattr(sgp, self.name)

    def body(self, wire: Wire, label: str | None = None, **more: Any) -> dict[str, Any]:
        """A body that makes an item."""
        kind = {"type": "key"} if self.name == "credentials" else {}
        return {self.label: label or unique(), self.value: wire.canary(), **kind, **more}

    def add(self, sgp: Any, wire: Wire, label: str | None = None, **more: Any) -> Any:
        return self.of(sgp).create(**self.body(wire, label, **more))

    def fill(self, http: httpx.Client, wire: Wire, count: int) -> list[dict[str, Any]]:
        """Makes items over plain HTTP; answers them in the list's own order."""
        made = []
        for number in range(count):
            answer = http.post(self.route, json=self.body(wire, f"item-{number:05}"))
            assert answer.status_code == 200, answer.text
            made.append(answer.json())
        return sorted(made, key=lambda item: (item["created_at"], item["id"]))

    def ids(self, http: httpx.Client) -> list[str]:
        """Every id of the account, in the list's own order."""
        answer = http.get(self.route, params={"limit": 10_000})
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]


SECRETS = Family(
    name="secrets",
    route="/v5/sgp/secrets",
    label="key",
    value="value",
    sorts=("id", "created_at", "updated_at", "key", "cloud_secret_path", "account_id", "object"),
)

CREDENTIALS = Family(
    name="credentials",
    route="/v5/credentials",
    label="name",
    value="payload",
    sorts=("id", "created_at", "updated_at", "name", "object"),
)

FAMILIES = (SECRETS, CREDENTIALS)


@dataclass(frozen=True)
class Operation:
    """One of the thirteen operations, as plain HTTP."""

    name: str
    method: str
    path: str
    family: Family
    sends: str | None = None

    def send(self, http: httpx.Client, wire: Wire, **options: Any) -> httpx.Response:
        """Sends it about an item that need not exist, or about `id` and `label`."""
        path = self.path.format(
            id=options.pop("id", "c" + "0" * 24), label=options.pop("label", "nobody")
        )
        if self.sends == "create":
            options.setdefault("json", self.family.body(wire))
        elif self.sends == "update":
            options.setdefault("json", {"description": "other words"})
        return http.request(self.method, path, **options)

    def __str__(self) -> str:
        return self.name


OPERATIONS = (
    Operation("secrets.create", "POST", "/v5/sgp/secrets", SECRETS, "create"),
    Operation("secrets.list", "GET", "/v5/sgp/secrets", SECRETS),
    Operation("secrets.retrieve", "GET", "/v5/sgp/secrets/{id}", SECRETS),
    Operation("secrets.update", "PATCH", "/v5/sgp/secrets/{id}", SECRETS, "update"),
    Operation("secrets.delete", "DELETE", "/v5/sgp/secrets/{id}", SECRETS),
    Operation("credentials.create", "POST", "/v5/credentials", CREDENTIALS, "create"),
    Operation("credentials.list", "GET", "/v5/credentials", CREDENTIALS),
    Operation("credentials.retrieve", "GET", "/v5/credentials/{id}", CREDENTIALS),
    Operation("credentials.retrieve_by_name", "GET", "/v5/credentials/name/{label}", CREDENTIALS),
    Operation("credentials.update", "PATCH", "/v5/credentials/{id}", CREDENTIALS, "update"),
    Operation("credentials.delete", "DELETE", "/v5/credentials/{id}", CREDENTIALS),
    Operation("credentials.decrypt", "POST", "/v5/credentials/{id}/secret", CREDENTIALS),
    Operation(
        "credentials.decrypt_by_name", "POST", "/v5/credentials/name/{label}/secret", CREDENTIALS
    ),
)

ON_ONE_ITEM = tuple(operation for operation in OPERATIONS if "{id}" in operation.path)
