"""Who may do what in a group: the three roles, none, and an administrator, by different tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from truefoundry_sdk import ForbiddenError, UpdateSecretInput, VirtualAccountManifest

from checks import calls, refused
from identities import Account, Identity
from proof import proves
from vault import ADMIN, EDITOR, VIEWER, Filled, Vault, secret_ids
from wire import Wire


@pytest.fixture
def made(vault: Vault) -> Filled:
    return vault.fill("a", "b")


@pytest.fixture
def seen_as(vault: Vault, made: Filled, member: Identity, connect: Any) -> Callable[[str], Vault]:
    """What the member sees with this role in the group."""

    def seen_as(role: str) -> Vault:
        vault.share(made, {f"user:{member.email}": role})
        return Vault(connect(member.token), vault.store, vault.wire)

    return seen_as


def assert_forbidden(wire: Wire, *asks: Callable[[], Any]) -> None:
    for ask in asks:
        with calls(wire, 1), refused(ForbiddenError):
            ask()


def changes(vault: Vault, made: Filled) -> list[Callable[[], Any]]:
    """Everything that changes a secret of the group."""
    return [
        lambda: vault.update(made, a="another value", b=None),
        lambda: vault.client.secrets.delete(made.secret("a")),
    ]


def governing(vault: Vault, made: Filled) -> list[Callable[[], Any]]:
    """Everything that changes the group itself."""
    return [
        lambda: vault.put(made.name),
        lambda: vault.share(made, {}),
        lambda: vault.client.secret_groups.delete(made.id),
    ]


def assert_untouched(vault: Vault, made: Filled) -> None:
    group = vault.client.secret_groups.get(made.id).data
    assert secret_ids(group) == secret_ids(made.group)
    assert vault.value(made.secret("a")) == made.values["a"]
    assert vault.versions(made.secret("a")) == [1]


# -- viewer --------------------------------------------------------------------------------------


@proves("R-1.2")
@pytest.mark.parametrize("role", [VIEWER, EDITOR, ADMIN])
def test_every_role_sees_group_and_keys(
    made: Filled, seen_as: Callable[[str], Vault], role: str
) -> None:
    seen = seen_as(role).client
    by_id = seen.secret_groups.get(made.id).data
    by_fqn = seen.secret_groups.get_by_fqn(made.group.fqn).data
    listed = list(seen.secret_groups.list())
    assert by_id.id == by_fqn.id == made.id
    assert [group.id for group in listed] == [made.id]
    for group in (by_id, by_fqn, *listed):
        assert secret_ids(group) == secret_ids(made.group)
    assert [group.id for group in seen.secret_groups.list(search=made.name)] == [made.id]


@proves("R-1.3")
def test_a_viewer_gets_a_secret_without_its_value(
    made: Filled, seen_as: Callable[[str], Vault], wire: Wire
) -> None:
    told = seen_as(VIEWER).client.secrets.get(made.secret("a")).data
    assert wire.last.status == 200
    raw = wire.last.json()["data"]
    assert "value" in raw and raw["value"] is None
    assert (told.id, told.name, told.value) == (made.secret("a"), "a", None)
    assert [version.version for version in told.secret_versions] == [1]


@proves("R-1.4")
def test_a_viewer_lists_keys_but_no_values(
    made: Filled, seen_as: Callable[[str], Vault], wire: Wire
) -> None:
    seen = seen_as(VIEWER)
    bare = list(seen.client.secrets.list(secret_group_id=made.id))
    assert {one.id for one in bare} == {made.secret("a"), made.secret("b")}
    assert {one.value for one in bare} == {None}
    fqn = f"{made.group.fqn}:a"
    assert_forbidden(
        wire,
        lambda: seen.client.secrets.list(secret_group_id=made.id, with_value=True),
        lambda: seen.client.secrets.list(secret_fqns=[fqn], with_value=True),
    )


@proves("R-1.5")
def test_a_viewer_changes_nothing(
    vault: Vault, made: Filled, seen_as: Callable[[str], Vault], wire: Wire
) -> None:
    seen = seen_as(VIEWER)
    assert_forbidden(wire, *changes(seen, made), *governing(seen, made))
    assert_untouched(vault, made)
    assert seen.client.secret_groups.get(made.id).data.id == made.id


# -- editor, admin -------------------------------------------------------------------------------


@proves("R-1.6")
def test_an_editor_reads_and_writes(
    vault: Vault, made: Filled, seen_as: Callable[[str], Vault], wire: Wire
) -> None:
    seen = seen_as(EDITOR)
    assert seen.value(made.secret("a")) == made.values["a"]
    opened = seen.client.secrets.list(secret_group_id=made.id, with_value=True)
    assert {one.value for one in opened} == set(made.values.values())
    value = wire.canary()
    seen.update(made, a=value, b=None)
    assert vault.value(made.secret("a")) == value
    assert seen.client.secrets.delete(made.secret("b")) == 1
    assert set(secret_ids(vault.client.secret_groups.get(made.id).data)) == {"a"}


@proves("R-1.7")
def test_an_editor_does_not_govern(
    vault: Vault, made: Filled, seen_as: Callable[[str], Vault], wire: Wire
) -> None:
    seen = seen_as(EDITOR)
    assert_forbidden(wire, *governing(seen, made))
    assert_untouched(vault, made)


@proves("R-1.8")
def test_an_admin_of_the_group_may_all(
    made: Filled, seen_as: Callable[[str], Vault], account: Account, connect: Any, member: Identity
) -> None:
    seen, another = seen_as(ADMIN), account.user("member")
    assert seen.value(made.secret("a")) == made.values["a"]
    roles = {f"user:{member.email}": ADMIN, f"user:{another.email}": EDITOR}
    seen.share(made, roles)
    theirs = connect(another.token).secrets.get(made.secret("a")).data
    assert theirs.value == made.values["a"]
    seen.update(made, a=None)
    seen.client.secret_groups.delete(made.id)
    assert list(seen.client.secret_groups.list()) == []


@proves("R-1.9")
def test_an_administrator_of_the_tenant_may_all(
    vault: Vault, made: Filled, account: Account, connect: Any, member: Identity, wire: Wire
) -> None:
    vault.share(made, {f"user:{member.email}": VIEWER})
    seen = Vault(connect(account.user("admin").token), vault.store, wire)
    assert seen.value(made.secret("a")) == made.values["a"]
    assert made.id in {group.id for group in seen.client.secret_groups.list()}
    seen.update(made, a=wire.canary(), b=None)
    seen.share(made, {f"user:{member.email}": EDITOR})
    assert connect(member.token).secrets.get(made.secret("b")).data.value == made.values["b"]
    seen.client.secret_groups.delete(made.id)
    assert list(vault.client.secret_groups.list()) == []


# -- none ----------------------------------------------------------------------------------------


@proves("R-1.10")
def test_without_a_role_it_is_403_and_in_no_list(
    vault: Vault, made: Filled, member: Identity, connect: Any, wire: Wire
) -> None:
    stranger = Vault(connect(member.token), vault.store, wire)
    assert_forbidden(
        wire,
        lambda: stranger.client.secret_groups.get(made.id),
        lambda: stranger.client.secrets.get(made.secret("a")),
        *changes(stranger, made),
        *governing(stranger, made),
    )
    groups, secrets = stranger.client.secret_groups, stranger.client.secrets
    assert list(groups.list()) == list(groups.list(search=made.name)) == []
    assert groups.list(fqn=made.group.fqn).response.pagination.total == 0
    assert list(secrets.list()) == list(secrets.list(with_value=True)) == []
    assert list(secrets.list(secret_fqns=[f"{made.group.fqn}:a"], with_value=True)) == []
    assert_untouched(vault, made)


@proves("R-1.11")
def test_what_is_taken_away_is_gone_at_once(
    vault: Vault, made: Filled, seen_as: Callable[[str], Vault], wire: Wire
) -> None:
    seen = seen_as(EDITOR)
    for _ in range(3):
        assert seen.value(made.secret("a")) == made.values["a"]
    seen_as(VIEWER)
    assert seen.value(made.secret("a")) is None
    seen_as(ADMIN)
    assert seen.value(made.secret("a")) == made.values["a"]
    vault.share(made, {})
    assert_forbidden(
        wire,
        lambda: seen.client.secrets.get(made.secret("a")),
        lambda: seen.client.secret_groups.get(made.id),
    )
    assert list(seen.client.secret_groups.list()) == []


# -- teams and virtual accounts --------------------------------------------------------------------


@proves("R-1.1", "R-1.12")
def test_a_teams_role_is_that_of_its_members(
    vault: Vault, made: Filled, account: Account, member: Identity, connect: Any, wire: Wire
) -> None:
    team = account.post("/teams", {"name": "payments"})["id"]
    vault.share(made, {"team:payments": EDITOR})
    seen = Vault(connect(member.token), vault.store, wire)
    assert_forbidden(wire, lambda: seen.client.secrets.get(made.secret("a")))
    account.post(f"/teams/{team}/members", {"member": member.email})
    assert seen.value(made.secret("a")) == made.values["a"]
    assert [group.id for group in seen.client.secret_groups.list()] == [made.id]
    account.delete(f"/teams/{team}/members/{member.id}")
    assert_forbidden(wire, lambda: seen.client.secrets.get(made.secret("a")))


@proves("R-1.13")
@pytest.mark.parametrize("own_role", [VIEWER, EDITOR])
def test_the_strongest_role_counts(
    vault: Vault,
    made: Filled,
    account: Account,
    member: Identity,
    connect: Any,
    wire: Wire,
    own_role: str,
) -> None:
    team = account.post("/teams", {"name": "both"})["id"]
    account.post(f"/teams/{team}/members", {"member": member.email})
    team_role = EDITOR if own_role == VIEWER else VIEWER
    vault.share(made, {f"user:{member.email}": own_role, "team:both": team_role})
    seen = Vault(connect(member.token), vault.store, wire)
    assert seen.value(made.secret("a")) == made.values["a"]
    seen.client.secret_groups.update(
        made.id, secrets=[UpdateSecretInput(key="a"), UpdateSecretInput(key="b")]
    )


@proves("R-1.1")
def test_a_group_is_shared_with_a_virtual_account(
    vault: Vault, made: Filled, connect: Any, tfy: Any, wire: Wire
) -> None:
    robot = tfy.virtual_accounts.create_or_update(manifest=VirtualAccountManifest(name="robot"))
    seen = Vault(connect(robot.token), vault.store, wire)
    assert_forbidden(wire, lambda: seen.client.secrets.get(made.secret("a")))
    vault.share(made, {"virtualaccount:robot": VIEWER})
    assert seen.value(made.secret("a")) is None
    vault.share(made, {"virtualaccount:robot": EDITOR})
    assert seen.value(made.secret("a")) == made.values["a"]
