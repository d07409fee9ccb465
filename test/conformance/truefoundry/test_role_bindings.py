"""Role bindings: roles given beside a group's own collaborators, by apply and delete."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from truefoundry_sdk import (
    RoleBinding,
    RoleBindingManifest,
    RoleBindingPermission,
    RoleBindingSubject,
    VirtualAccountManifest,
)
from truefoundry_sdk.core.api_error import ApiError

from checks import assert_now, assert_refused, refused, refused_with
from identities import Account, Identity, unique
from proof import proves
from vault import EDITOR, VIEWER, Filled, Vault
from wire import Wire


def binding(
    made: Filled, *subjects: tuple[str, str], role: str = EDITOR, name: str | None = None
) -> RoleBindingManifest:
    """Gives the role in the group to each `(kind, name)`."""
    return RoleBindingManifest(
        type="role-binding",
        name=name or unique("binding"),
        subjects=[RoleBindingSubject(type=kind, name=who) for kind, who in subjects],
        permissions=[
            RoleBindingPermission(
                resource_type="secret-group", resource_fqn=made.group.fqn or "", role=role
            )
        ],
    )


def value_for(client: Any, made: Filled) -> str | None:
    """What this client reads: the value, None as a viewer, `403` without a role."""
    try:
        return client.secrets.get(made.secret("a")).data.value
    except ApiError as refusal:
        assert refusal.status_code == 403
        return "403"


@pytest.fixture
def made(vault: Vault) -> Filled:
    return vault.fill("a")


@proves("R-2.1", "A-1.2")
def test_a_binding_gives_its_role(
    tfy: Any, connect: Any, made: Filled, account: Account, admin: Identity, member: Identity
) -> None:
    seen = connect(member.token)
    assert value_for(seen, made) == "403"
    told = tfy.apply(manifest=binding(made, ("user", member.email), name="readers"))
    assert type(told.data) is RoleBinding and told.action == "CREATE"
    assert (told.data.name, told.data.account_id) == ("readers", account.id)
    assert told.data.manifest.subjects[0].name == member.email
    assert told.data.created_by_subject.subject_id == admin.id
    assert_now(told.data.created_at)
    assert value_for(seen, made) == made.values["a"]


@proves("R-2.1")
def test_a_binding_names_users_teams_and_virtual_accounts(
    tfy: Any, connect: Any, made: Filled, account: Account, member: Identity
) -> None:
    mate = account.user("member")
    team = account.post("/teams", {"name": "bound"})["id"]
    account.post(f"/teams/{team}/members", {"member": mate.email})
    robot = tfy.virtual_accounts.create_or_update(
        manifest=VirtualAccountManifest(name="bound-robot")
    )
    subjects = [("user", member.email), ("team", "bound"), ("virtualaccount", "bound-robot")]
    tfy.apply(manifest=binding(made, *subjects))
    for token in (member.token, mate.token, robot.token):
        assert value_for(connect(token), made) == made.values["a"]


@proves("R-2.1")
def test_a_binding_gives_no_more_than_its_role(
    tfy: Any, connect: Any, made: Filled, vault: Vault, member: Identity
) -> None:
    another = vault.fill("a")
    tfy.apply(manifest=binding(made, ("user", member.email), role=VIEWER))
    seen = connect(member.token)
    assert value_for(seen, made) is None
    assert value_for(seen, another) == "403"
    assert [group.id for group in seen.secret_groups.list()] == [made.id]


@proves("R-2.2")
def test_bindings_and_collaborators_are_two_sets(
    tfy: Any, connect: Any, vault: Vault, made: Filled, account: Account, member: Identity
) -> None:
    collaborator, seen = account.user("member"), connect(member.token)
    tfy.apply(manifest=binding(made, ("user", member.email)))
    vault.share(made, {f"user:{collaborator.email}": EDITOR})
    assert value_for(seen, made) == made.values["a"]
    vault.put(made.name)
    assert value_for(seen, made) == made.values["a"]
    vault.put(made.name, collaborators=[])
    assert value_for(seen, made) == made.values["a"]
    assert value_for(connect(collaborator.token), made) == "403"


@proves("R-2.7")
def test_a_binding_survives_a_replace(
    tfy: Any, connect: Any, vault: Vault, made: Filled, member: Identity, wire: Wire
) -> None:
    tfy.apply(manifest=binding(made, ("user", member.email)))
    value = wire.canary()
    vault.update(made, a=value)
    assert value_for(connect(member.token), made) == value


@proves("R-2.3")
def test_applied_again_it_is_replaced(
    tfy: Any, connect: Any, vault: Vault, made: Filled, account: Account, member: Identity
) -> None:
    another, second = account.user("member"), vault.fill("a")
    seen, theirs = connect(member.token), connect(another.token)
    tfy.apply(manifest=binding(made, ("user", member.email), name="swap"))
    told = tfy.apply(manifest=binding(made, ("user", another.email), name="swap"))
    assert told.action == "UPDATE"
    assert (value_for(seen, made), value_for(theirs, made)) == ("403", made.values["a"])
    tfy.apply(manifest=binding(second, ("user", another.email), name="swap"))
    assert (value_for(theirs, made), value_for(theirs, second)) == ("403", second.values["a"])
    tfy.apply(manifest=binding(second, ("user", another.email), name="swap", role=VIEWER))
    assert value_for(theirs, second) is None


@proves("R-2.4", "A-1.7")
def test_deleted_it_takes_back_only_what_it_gave(
    tfy: Any, connect: Any, vault: Vault, made: Filled, member: Identity, wire: Wire
) -> None:
    seen = connect(member.token)
    vault.share(made, {f"user:{member.email}": VIEWER})
    given = [binding(made, ("user", member.email), name=f"given-{n}") for n in (1, 2)]
    for one in given:
        tfy.apply(manifest=one)
    assert value_for(seen, made) == made.values["a"]
    tfy.delete(manifest=given[0])
    assert (wire.last.status, wire.last.json()) == (200, {})
    assert value_for(seen, made) == made.values["a"]
    tfy.delete(manifest=given[1])
    assert value_for(seen, made) is None
    with refused(ApiError, 404):
        tfy.delete(manifest=given[1])


@proves("R-2.4")
def test_a_binding_of_a_deleted_group_gives_nothing(
    tfy: Any, connect: Any, vault: Vault, made: Filled, member: Identity
) -> None:
    tfy.apply(manifest=binding(made, ("user", member.email)))
    tfy.secret_groups.delete(made.id)
    again = vault.fill("a", name=made.name)
    assert value_for(connect(member.token), again) == "403"


@proves("R-2.6", "A-1.4")
def test_a_dry_run_gives_nothing(tfy: Any, connect: Any, made: Filled, member: Identity) -> None:
    manifest = binding(made, ("user", member.email))
    tfy.apply(manifest=manifest, dry_run=True)
    assert value_for(connect(member.token), made) == "403"
    with refused(ApiError, 404):
        tfy.delete(manifest=manifest)


# -- what is refused -----------------------------------------------------------------------------


def plain(made: Filled, member: Identity, **members: Any) -> dict[str, Any]:
    resource = {"resourceType": "secret-group", "resourceFqn": made.group.fqn, "role": EDITOR}
    return {
        "type": "role-binding",
        "name": unique("binding"),
        "subjects": [{"type": "user", "name": member.email}],
        "permissions": [resource],
        **members,
    }


@proves("R-2.5", "A-1.10")
@pytest.mark.parametrize("member_name", ["name", "subjects", "permissions"])
@pytest.mark.parametrize("wrong", ["missing", None, 5, "", {}], ids=str)
def test_a_required_member_is_422(
    http: httpx.Client,
    vault_sync: Vault,
    member: Identity,
    member_name: str,
    wrong: Any,
) -> None:
    sent = plain(vault_sync.fill("a"), member)
    if wrong == "missing":
        del sent[member_name]
    else:
        sent[member_name] = wrong
    assert_refused(http.put("/apply", json={"manifest": sent}), 422)


@proves("R-2.5", "A-1.10")
@pytest.mark.parametrize("name", ["a", "A-b", "1ab", "ab-", "a_b", "a b", "a" * 67, "a:b"])
def test_a_bad_name_is_422(
    http: httpx.Client, vault_sync: Vault, member: Identity, name: str
) -> None:
    sent = plain(vault_sync.fill("a"), member, name=name)
    assert_refused(http.put("/apply", json={"manifest": sent}), 422)


@proves("R-2.5", "X-2.3")
def test_what_it_names_must_be_there(
    tfy: Any,
    connect: Any,
    made: Filled,
    account: Account,
    other: Account,
    member: Identity,
) -> None:
    known = ("user", member.email)
    for subject in (
        ("user", other.user("member").email),
        ("user", "nobody@example.test"),
        ("team", "nowhere"),
        ("virtualaccount", "nowhere"),
    ):
        with refused_with(404):
            tfy.apply(manifest=binding(made, known, subject))
    manifest = binding(made, known)
    for fqn in (f"{account.name}:nowhere", f"{other.name}:{made.name}", made.name):
        manifest.permissions[0].resource_fqn = fqn
        with refused_with(404):
            tfy.apply(manifest=manifest)
    access = "provider-integration-access"
    for fqn in (f"{other.name}:truefoundry:strongroom:secret-store:embedded", "nowhere"):
        foreign = RoleBindingPermission(
            resource_type="provider-integration", resource_fqn=fqn, role=access
        )
        manifest = binding(made, known)
        manifest.permissions.append(foreign)
        with refused_with(404):
            tfy.apply(manifest=manifest)
    assert value_for(connect(member.token), made) == "403"


@proves("R-2.5")
@pytest.mark.parametrize(
    "wrong",
    [
        {"subjects": [{"type": "robot", "name": "x"}]},
        {"subjects": [{"type": "user"}]},
        {"subjects": [{"name": "x@example.test"}]},
        {"permissions": [{"resourceType": "secret-group", "role": EDITOR}]},
        {"permissions": [{"resourceFqn": "a:b", "role": EDITOR}]},
        {"permissions": [{"resourceType": "secret-group", "resourceFqn": "a:b"}]},
    ],
    ids=str,
)
def test_a_malformed_row_is_422(
    http: httpx.Client, vault_sync: Vault, member: Identity, wrong: dict[str, Any]
) -> None:
    sent = plain(vault_sync.fill("a"), member, **wrong)
    assert_refused(http.put("/apply", json={"manifest": sent}), 422)


@proves("R-2.5")
@pytest.mark.parametrize("role", ["secret-group-owner", "workspace-editor", "", "editor"])
def test_an_unknown_role_is_422(
    http: httpx.Client, vault_sync: Vault, member: Identity, role: str
) -> None:
    made = vault_sync.fill("a")
    sent = plain(made, member)
    sent["permissions"][0]["role"] = role
    assert_refused(http.put("/apply", json={"manifest": sent}), 422)
