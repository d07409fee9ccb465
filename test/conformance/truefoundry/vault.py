"""What most cases need before they start: a store, and groups with secrets that are shared."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import httpx
from truefoundry_sdk import (
    Collaborator,
    SecretGroup,
    SecretGroupManifest,
    SecretInput,
    UpdateSecretInput,
)

from identities import Account, unique
from wire import Wire

ADMIN = "secret-group-admin"
EDITOR = "secret-group-editor"
VIEWER = "secret-group-viewer"

# The built-in store, or the one that the accounts of this run are kept in.
STORE = os.environ.get("STRONGROOM_STORE", "embedded")


@dataclass(frozen=True)
class Store:
    """The secret store that groups of a tenant are made in, as an integration."""

    id: str
    fqn: str

    @staticmethod
    def of(http: httpx.Client) -> Store:
        answer = http.get("/provider-integrations", params={"type": "secret-store"})
        assert answer.status_code == 200, answer.text
        (row,) = (row for row in answer.json()["data"] if row["name"] == STORE)
        return Store(row["id"], row["fqn"])


@dataclass(frozen=True)
class Filled:
    """A group, and the values that were put into it."""

    group: SecretGroup
    values: dict[str, str]

    @property
    def id(self) -> str:
        assert self.group.id is not None
        return self.group.id

    @property
    def name(self) -> str:
        return str(self.group.manifest["name"]) if self.group.manifest else ""

    def secret(self, key: str) -> str:
        """The id of a secret."""
        return secret_ids(self.group)[key]


def secret_ids(group: SecretGroup) -> dict[str, str]:
    return {secret.name: secret.id for secret in group.associated_secrets}


def manifest(store: Store, name: str | None = None, **more: Any) -> SecretGroupManifest:
    return SecretGroupManifest(
        type="secret-group", name=name or unique("group"), integration_fqn=store.fqn, **more
    )


def collaborators(roles: dict[str, str]) -> list[Collaborator]:
    """Each `<kind>:<name>` with its role."""
    return [Collaborator(subject=subject, role_id=role) for subject, role in roles.items()]


class Vault:
    """Makes groups by one client."""

    def __init__(self, client: Any, store: Store, wire: Wire) -> None:
        self.client = client
        self.store = store
        self.wire = wire

    def fill(self, *keys: str, name: str | None = None) -> Filled:
        """A new group with a secret of each key."""
        values = {key: self.wire.canary() for key in keys or ("first",)}
        made = self.client.secret_groups.create(
            name=name or unique("group"),
            integration_id=self.store.id,
            secrets=[SecretInput(key=key, value=value) for key, value in values.items()],
        )
        return Filled(made.data, values)

    def put(self, name: str | None = None, *, dry_run: bool = False, **more: Any) -> SecretGroup:
        """A group put by its manifest."""
        told = self.client.secret_groups.create_or_update(
            manifest=manifest(self.store, name, **more), dry_run=dry_run
        )
        return told.data

    def share(self, made: Filled, roles: dict[str, str]) -> SecretGroup:
        """Gives these roles in the group, and no others."""
        return self.put(made.name, collaborators=collaborators(roles))

    def update(self, made: Filled, **values: str | None) -> SecretGroup:
        """Replaces the group's secrets: a key with None is listed without a value."""
        listed = [
            UpdateSecretInput(key=key) if value is None else UpdateSecretInput(key=key, value=value)
            for key, value in values.items()
        ]
        return self.client.secret_groups.update(made.id, secrets=listed).data

    def value(self, secret: str) -> str | None:
        return self.client.secrets.get(secret).data.value

    def versions(self, secret: str) -> list[int]:
        """The numbers of a secret's versions, as they are told."""
        told = self.client.secrets.get(secret).data.secret_versions
        assert told is not None
        return [int(version.version) for version in told]


def link(account: Account, group: str, secret: str) -> None:
    """Makes a secret of another group visible in this one, through the server's own API."""
    account.post(f"/groups/{group}/links", {"secret": secret})
