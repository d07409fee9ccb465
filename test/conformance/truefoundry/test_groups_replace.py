"""Secret groups: replacing the secrets of a group."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from truefoundry_sdk import NotFoundError, UnprocessableEntityError, UpdateSecretInput

from checks import assert_refused, calls, refused
from identities import Account
from proof import proves
from vault import Vault, link, secret_ids
from wire import Wire


@proves("G-3.1", "G-3.10")
def test_a_value_that_differs_is_a_new_version(vault: Vault, wire: Wire) -> None:
    made = vault.fill("changes")
    secret = made.secret("changes")
    for number in (2, 3):
        value = wire.canary()
        vault.update(made, changes=value)
        assert vault.value(secret) == value
        assert vault.versions(secret) == list(range(number, 0, -1))


@proves("G-3.2")
@pytest.mark.parametrize("listed", [{"key": "kept"}, {"key": "kept", "value": None}], ids=str)
def test_a_secret_without_a_value_keeps_its_own(
    vault: Vault, wire: Wire, listed: dict[str, Any]
) -> None:
    made = vault.fill("kept", "changes")
    value = wire.canary()
    vault.client.secret_groups.update(
        made.id,
        secrets=[UpdateSecretInput(**listed), UpdateSecretInput(key="changes", value=value)],
    )
    assert wire.last.sent()["secrets"][0] == listed
    assert vault.value(made.secret("kept")) == made.values["kept"]
    assert vault.versions(made.secret("kept")) == [1]
    assert vault.value(made.secret("changes")) == value


@proves("G-3.3")
def test_the_same_value_is_no_new_version(vault: Vault, wire: Wire) -> None:
    made = vault.fill("same", "changes")
    vault.update(made, same=made.values["same"], changes=wire.canary())
    assert vault.versions(made.secret("same")) == [1]
    assert vault.versions(made.secret("changes")) == [2, 1]
    vault.update(made, same=wire.canary(), changes=None)
    vault.update(made, same=made.values["same"], changes=None)
    assert vault.versions(made.secret("same")) == [3, 2, 1]


@proves("G-3.4", "G-3.13")
def test_what_is_not_listed_is_deleted(vault: Vault, wire: Wire) -> None:
    made = vault.fill("kept", "gone")
    left = vault.update(made, kept=None)
    assert secret_ids(left) == {"kept": made.secret("kept")}
    with refused(NotFoundError):
        vault.client.secrets.get(made.secret("gone"))
    assert vault.value(made.secret("kept")) == made.values["kept"]
    again = secret_ids(vault.update(made, kept=None, gone=wire.canary()))
    assert again["gone"] != made.secret("gone")
    assert vault.versions(again["gone"]) == [1]


@proves("G-3.5", "G-3.10")
def test_a_new_key_is_a_new_secret(vault: Vault, account: Account, wire: Wire) -> None:
    made = vault.fill("old")
    value = wire.canary()
    changed = vault.update(made, old=None, new=value)
    ids = secret_ids(changed)
    assert set(ids) == {"old", "new"} and ids["old"] == made.secret("old")
    told = vault.client.secrets.get(ids["new"]).data
    assert (told.value, told.fqn) == (value, f"{account.name}:{made.name}:new")
    assert vault.versions(ids["new"]) == [1]


@proves("G-3.10")
def test_what_stays_through_a_replace(vault: Vault) -> None:
    made = vault.fill("a", "b")
    changed = vault.update(made, a="another value", b=None)
    assert secret_ids(changed) == secret_ids(made.group)
    for member in ("id", "fqn", "tenant_name", "account_id", "integration_id", "created_by"):
        assert getattr(changed, member) == getattr(made.group, member)
    assert changed.created_at == made.group.created_at
    assert changed.created_by_subject == made.group.created_by_subject
    assert changed.updated_at >= made.group.updated_at
    assert vault.client.secret_groups.get(made.id).data.updated_at == changed.updated_at


# -- what is refused -----------------------------------------------------------------------------


def assert_untouched(vault: Vault, made: Any) -> None:
    group = vault.client.secret_groups.get(made.id).data
    assert secret_ids(group) == secret_ids(made.group)
    assert group.updated_at == made.group.updated_at
    for key, value in made.values.items():
        assert vault.value(made.secret(key)) == value
        assert vault.versions(made.secret(key)) == [1]


@proves("G-3.6", "G-3.11")
@pytest.mark.parametrize("value", [{}, {"value": None}], ids=["missing", "null"])
def test_a_new_key_needs_a_value(vault: Vault, wire: Wire, value: dict[str, Any]) -> None:
    made = vault.fill("a", "b")
    with calls(wire, 1), refused(UnprocessableEntityError):
        vault.client.secret_groups.update(
            made.id,
            secrets=[
                UpdateSecretInput(key="a", value=wire.canary()),
                UpdateSecretInput(key="c", **value),
            ],
        )
    assert_untouched(vault, made)


@proves("G-3.7", "G-3.11")
def test_no_secrets_at_all_are_422(vault: Vault, http: httpx.Client) -> None:
    made = vault.fill("a", "b")
    with refused(UnprocessableEntityError):
        vault.client.secret_groups.update(made.id, secrets=[])
    for sent in ({}, {"secrets": None}, {"secret": []}):
        assert_refused(http.put(f"/secret-groups/{made.id}", json=sent), 422)
    assert_untouched(vault, made)


@proves("G-3.11", "G-3.12")
@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "b", "value": 5},
        {"key": "b", "value": ["a"]},
        {"key": "b", "value": "v" * 65_537},
        {"key": "a", "value": "twice"},
        {"key": "a"},
        {"key": "c:d", "value": "with a colon"},
        {"key": "c/d", "value": "with a slash"},
        {"key": "", "value": "no key"},
        {"key": None, "value": "null key"},
        {"value": "key is missing"},
        "b",
        None,
        ["b"],
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_a_wrong_secret_changes_nothing(
    vault_sync: Vault, http: httpx.Client, wire: Wire, wrong: Any
) -> None:
    made = vault_sync.fill("a", "b")
    sent = {"secrets": [{"key": "a", "value": wire.canary()}, wrong]}
    assert_refused(http.put(f"/secret-groups/{made.id}", json=sent), 422)
    assert_untouched(vault_sync, made)


# -- links ---------------------------------------------------------------------------------------


@proves("G-3.8")
def test_a_linked_secret_that_is_not_listed_loses_only_the_link(
    vault: Vault, account: Account, wire: Wire
) -> None:
    home, guest = vault.fill("shared", "alone"), vault.fill("own")
    link(account, guest.name, home.secret("shared"))
    shown = vault.client.secret_groups.get(guest.id).data
    assert {secret.name for secret in shown.associated_secrets} == {"own", "shared"}
    left = vault.update(guest, own=wire.canary())
    assert set(secret_ids(left)) == {"own"}
    assert secret_ids(vault.client.secret_groups.get(home.id).data) == secret_ids(home.group)
    assert vault.value(home.secret("shared")) == home.values["shared"]
    assert vault.versions(home.secret("shared")) == [1]


@proves("G-3.9")
def test_a_linked_secret_that_is_listed_stays(vault: Vault, account: Account, wire: Wire) -> None:
    home, guest = vault.fill("shared"), vault.fill("own")
    link(account, guest.name, home.secret("shared"))
    vault.update(guest, own=wire.canary(), shared=None)
    shown = vault.client.secret_groups.get(guest.id).data
    assert {secret.name for secret in shown.associated_secrets} == {"own", "shared"}
    assert vault.value(home.secret("shared")) == home.values["shared"]
    assert vault.versions(home.secret("shared")) == [1]


@proves("G-5.5")
def test_a_deleted_group_leaves_what_it_only_linked(vault: Vault, account: Account) -> None:
    home, guest = vault.fill("shared"), vault.fill("own")
    link(account, guest.name, home.secret("shared"))
    vault.client.secret_groups.delete(guest.id)
    assert vault.value(home.secret("shared")) == home.values["shared"]
    assert secret_ids(vault.client.secret_groups.get(home.id).data) == secret_ids(home.group)
    with refused(NotFoundError):
        vault.client.secrets.get(guest.secret("own"))


# -- delete --------------------------------------------------------------------------------------


@proves("G-5.1", "G-5.2")
def test_what_is_deleted_is_gone(vault: Vault, http: httpx.Client, wire: Wire) -> None:
    made, kept = vault.fill("a"), vault.fill("a")
    vault.client.secret_groups.delete(made.id)
    assert (wire.last.status, wire.last.json()) == (200, {})
    for ask in (
        lambda: vault.client.secret_groups.get(made.id),
        lambda: vault.update(made, a=wire.canary()),
        lambda: vault.client.secret_groups.delete(made.id),
        lambda: vault.client.secrets.get(made.secret("a")),
        lambda: vault.client.secrets.delete(made.secret("a")),
    ):
        with refused(NotFoundError):
            ask()
    assert [group.id for group in vault.client.secret_groups.list()] == [kept.id]
    assert [one.id for one in vault.client.secrets.list()] == [kept.secret("a")]
    assert http.get("/secret-groups", params={"fqn": made.group.fqn}).json()["data"] == []


@proves("G-5.3")
def test_a_deleted_name_is_free_at_once(vault: Vault) -> None:
    first = vault.fill("k", name="again")
    vault.client.secret_groups.delete(first.id)
    second = vault.fill("k", name="again")
    assert second.id != first.id
    assert vault.value(second.secret("k")) == second.values["k"]
    assert vault.versions(second.secret("k")) == [1]


@proves("G-5.4")
@pytest.mark.parametrize("force", [True, False])
def test_force_delete_is_accepted(vault: Vault, wire: Wire, force: bool) -> None:
    made = vault.fill("a")
    vault.client.secret_groups.delete(made.id, force_delete=force)
    assert wire.last.target.endswith(f"?forceDelete={str(force).lower()}")
    assert wire.last.json() == {}
