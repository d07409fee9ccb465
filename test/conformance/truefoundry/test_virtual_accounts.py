"""Virtual accounts: making, finding and deleting them, and what they may."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from truefoundry_sdk import (
    NotFoundError,
    Permissions,
    VirtualAccount,
    VirtualAccountManifest,
    VirtualAccountOwnedBy,
)
from truefoundry_sdk.core.api_error import ApiError

from checks import ID, UNKNOWN_ID, assert_now, assert_refused, calls, refused, refused_with
from identities import Account, Identity, unique
from proof import proves
from vault import EDITOR, VIEWER, Filled, Store, Vault
from wire import Wire


def manifest(name: str | None = None, **more: Any) -> VirtualAccountManifest:
    return VirtualAccountManifest(type="virtual-account", name=name or unique("robot"), **more)


def permission(fqn: str | None, role: str = EDITOR) -> Permissions:
    return Permissions(resource_type="secret-group", resource_fqn=fqn or "", role_id=role)


def put(client: Any, name: str | None = None, **more: Any) -> Any:
    return client.virtual_accounts.create_or_update(manifest=manifest(name, **more))


def reads(client: Any, made: Filled) -> str | None:
    """What this client reads: the value, None as a viewer, `403` without a role."""
    try:
        return client.secrets.get(made.secret("a")).data.value
    except ApiError as refusal:
        assert refusal.status_code == 403
        return "403"


# -- make ----------------------------------------------------------------------------------------


@proves("V-1.1", "V-1.2")
def test_a_put_makes_one_with_a_token(
    tfy: Any, connect: Any, account: Account, admin: Identity, wire: Wire
) -> None:
    told = put(tfy, "deployer", tags={"team": "payments"})
    raw = wire.last.json()
    assert wire.last.status == 200 and set(raw) == {"data", "token"}
    made = told.data
    assert type(made) is VirtualAccount and ID.fullmatch(made.id) and made.type
    assert (made.tenant_name, made.account_id) == (account.name, account.id)
    assert made.created_by_subject.subject_id == admin.id
    assert made.is_expired in (False, None)
    assert_now(made.created_at)
    sent = {"type": "virtual-account", "name": "deployer", "tags": {"team": "payments"}}
    assert raw["data"]["manifest"] == sent
    assert connect(told.token).internal.users.get_info().tenant_name == account.name


@proves("V-1.2")
def test_put_again_it_is_the_same_one(tfy: Any, connect: Any, wire: Wire) -> None:
    first = put(tfy, "deployer")
    second = put(tfy, "deployer", tags={"a": "b"})
    assert wire.last.json().get("token") is None and second.token is None
    assert (second.data.id, second.data.created_at) == (first.data.id, first.data.created_at)
    sent = {"type": "virtual-account", "name": "deployer", "tags": {"a": "b"}}
    assert wire.last.json()["data"]["manifest"] == sent
    tfy.virtual_accounts.get(first.data.id)
    assert wire.last.json()["data"]["manifest"] == sent
    assert connect(first.token).internal.users.get_info().id
    assert len(list(tfy.virtual_accounts.list())) == 1


@proves("V-1.3")
def test_a_dry_run_makes_nothing(tfy: Any, wire: Wire) -> None:
    tfy.virtual_accounts.create_or_update(manifest=manifest("not-yet"), dry_run=True)
    assert wire.last.sent()["dryRun"] is True and wire.last.json().get("token") is None
    assert list(tfy.virtual_accounts.list()) == []
    assert tfy.virtual_accounts.exists(name="not-yet").exists is False
    made = put(tfy, "is-there")
    tfy.virtual_accounts.create_or_update(
        manifest=manifest("is-there", tags={"a": "b"}), dry_run=True
    )
    assert wire.last.json().get("token") is None
    kept = tfy.virtual_accounts.get(made.data.id).data
    assert kept.manifest.tags is None and kept.updated_at == made.data.updated_at


@proves("V-1.5", "A-1.10")
@pytest.mark.parametrize(
    "wrong",
    [
        {"manifest": {"type": "virtual-account"}},
        {"manifest": {"name": "robot"}},
        {"manifest": {"type": "team", "name": "robot"}},
        {"manifest": {"type": "virtual-account", "name": ""}},
        {"manifest": {"type": "virtual-account", "name": 5}},
        {"manifest": {"type": "virtual-account", "name": None}},
        {"manifest": []},
        {"manifest": None},
        {},
    ],
    ids=str,
)
def test_a_malformed_manifest_is_422(http: httpx.Client, wrong: dict[str, Any]) -> None:
    assert_refused(http.put("/virtual-accounts", json=wrong), 422)
    assert_refused(http.put("/apply", json=wrong), 422)
    assert http.get("/virtual-accounts").json()["data"] == []


@proves("V-1.5")
@pytest.mark.parametrize(
    "wrong",
    [
        {"permissions": "all"},
        {"permissions": [{"resource_type": "secret-group", "role_id": EDITOR}]},
        {"permissions": [{"resource_fqn": "a:b", "role_id": EDITOR}]},
        {"permissions": [{"resource_fqn": "a:b", "resource_type": "secret-group"}]},
        {"expiration_date": "tomorrow"},
        {"expiration_date": "2030-02-31"},
        {"expiration_date": 5},
        {"token_type": "saml"},
        {"tags": ["a"]},
        {"ownedBy": {"account": "no-team"}},
        {"ownedBy": {"team": "no-such-team"}},
        {"secret_store_config": {"type": "tfy-secrets", "key": "k"}},
        {"auto_rotate": {"auto_rotate_interval": 29, "grace_period": 1}},
        {"auto_rotate": {"auto_rotate_interval": 30, "grace_period": 0}},
    ],
    ids=str,
)
def test_a_wrong_member_is_refused(http: httpx.Client, wrong: dict[str, Any]) -> None:
    sent = {"type": "virtual-account", "name": "robot", **wrong}
    assert_refused(http.put("/virtual-accounts", json={"manifest": sent}), 400, 404, 422)
    assert http.get("/virtual-accounts").json()["data"] == []


@proves("V-1.13", "T-1.16", "X-2.3")
@pytest.mark.parametrize("kind", ["virtual-account", "team"])
def test_owned_by_names_the_own_tenant(
    http: httpx.Client, account: Account, other: Account, kind: str
) -> None:
    assert http.put("/teams", json={"manifest": team("owners")}).status_code == 200
    path = f"/{kind}s"

    def put_owned(owner: Any) -> httpx.Response:
        owned = {"account": owner, "team": "owners"}
        sent = {"type": kind, "name": "owned", "members": [], "ownedBy": owned}
        return http.put(path, json={"manifest": sent})

    answers = [put_owned(name) for name in (other.name, unique("tenant"))]
    for answer in answers:
        assert_refused(answer, 409)
    assert answers[0].content == answers[1].content
    assert put_owned(account.name).status_code == 200


def team(name: str) -> dict[str, Any]:
    return {"type": "team", "name": name, "members": []}


# -- permissions ---------------------------------------------------------------------------------


@proves("V-1.4")
def test_permissions_give_roles(vault: Vault, tfy: Any, connect: Any) -> None:
    first, second = vault.fill("a"), vault.fill("a")
    told = put(tfy, "reader", permissions=[permission(first.group.fqn)])
    robot = connect(told.token)
    assert (reads(robot, first), reads(robot, second)) == (first.values["a"], "403")
    put(tfy, "reader")
    assert reads(robot, first) == first.values["a"]
    both = [permission(first.group.fqn, VIEWER), permission(second.group.fqn)]
    put(tfy, "reader", permissions=both)
    assert (reads(robot, first), reads(robot, second)) == (None, second.values["a"])
    put(tfy, "reader", permissions=[permission(second.group.fqn)])
    assert (reads(robot, first), reads(robot, second)) == ("403", second.values["a"])


@proves("V-1.4")
def test_empty_permissions_are_refused(
    vault: Vault, tfy: Any, connect: Any, http: httpx.Client
) -> None:
    made = vault.fill("a")
    robot = connect(put(tfy, "reader", permissions=[permission(made.group.fqn)]).token)
    with refused_with(422):
        put(tfy, "reader", permissions=[])
    with refused_with(422):
        put(tfy, "another", permissions=[])
    assert reads(robot, made) == made.values["a"]
    assert [row["manifest"]["name"] for row in http.get("/virtual-accounts").json()["data"]] == [
        "reader"
    ]


@proves("V-1.4")
def test_permissions_and_collaborators_are_two_sets(vault: Vault, tfy: Any, connect: Any) -> None:
    made = vault.fill("a")
    robot = connect(put(tfy, "reader", permissions=[permission(made.group.fqn)]).token)
    vault.share(made, {"virtualaccount:reader": VIEWER})
    vault.put(made.name, collaborators=[])
    assert reads(robot, made) == made.values["a"]


@proves("V-1.6", "X-2.3")
def test_a_permission_on_nothing_is_refused(
    vault: Vault, tfy: Any, connect: Any, bearer: Any, account: Account, other: Account, wire: Wire
) -> None:
    made = vault.fill("a")
    foreign = Store.of(bearer(other.token))
    theirs = Vault(connect(other.token), foreign, wire).fill("a")
    bodies = []
    for fqn in (theirs.group.fqn, f"{other.name}:nowhere", f"{account.name}:nowhere", made.name):
        with refused_with(404):
            put(tfy, "reader", permissions=[permission(made.group.fqn), permission(fqn)])
        bodies.append(wire.last.body)
    assert bodies[0] == bodies[1]
    for role in ("secret-group-owner", "workspace-editor", ""):
        with refused_with(422):
            put(tfy, "reader", permissions=[permission(made.group.fqn, role)])
    for kind in ("tenant", "provider-integration"):
        role = "tenant-admin" if kind == "tenant" else f"{kind}-access"
        for name in (other.name, foreign.fqn, "nowhere", ""):
            wide = Permissions(resource_type=kind, resource_fqn=name, role_id=role)
            with refused_with(404):
                put(tfy, "reader", permissions=[wide])
        with refused_with(422):
            own = account.name if kind == "tenant" else vault.store.fqn
            named = Permissions(resource_type=kind, resource_fqn=own, role_id="owner")
            put(tfy, "reader", permissions=[named])
    assert list(tfy.virtual_accounts.list()) == []


@proves("V-1.12")
def test_virtual_accounts_are_for_administrators(
    tfy: Any, connect: Any, member: Identity, wire: Wire
) -> None:
    made = put(tfy, "theirs").data
    plain = connect(member.token).virtual_accounts
    for ask in (
        lambda: plain.create_or_update(manifest=manifest("mine")),
        lambda: plain.create_or_update(manifest=manifest("theirs", tags={"a": "b"})),
        lambda: plain.get_token(made.id),
        lambda: plain.regenerate_token(made.id, grace_period_in_minutes=1),
        lambda: plain.delete(made.id),
    ):
        with calls(wire, 1), refused_with(403):
            ask()
    assert [one.id for one in tfy.virtual_accounts.list()] == [made.id]


# -- find ----------------------------------------------------------------------------------------


@proves("V-1.7")
def test_get_and_list_tell_the_same(tfy: Any) -> None:
    made = put(tfy, "one").data
    assert tfy.virtual_accounts.get(made.id).data.id == made.id
    (listed,) = tfy.virtual_accounts.list()
    got = tfy.virtual_accounts.get(made.id).data
    for member in ("id", "type", "tenant_name", "manifest", "account_id", "created_at"):
        assert getattr(listed, member) == getattr(got, member) == getattr(made, member)


@proves("V-1.7")
def test_names_and_expiry_are_searched(tfy: Any) -> None:
    later = (dt.date.today() + dt.timedelta(days=40)).isoformat()
    for name in ("build-linux", "build-mac"):
        put(tfy, name, expiration_date=later)
    put(tfy, "laptop")

    def found(**query: Any) -> set[str]:
        return {one.manifest.name for one in tfy.virtual_accounts.list(**query)}

    assert found(name_search_query="build") == {"build-linux", "build-mac"}
    assert found(name_search_query="-mac") == {"build-mac"}
    assert found(name_search_query="%") == set()
    assert found(is_expired=False) == {"build-linux", "build-mac", "laptop"}
    assert found(is_expired=True) == set()
    assert found(name_search_query="build", is_expired=False) == {"build-linux", "build-mac"}


@proves("V-1.8")
def test_the_ones_of_a_team_are_found(
    tfy: Any, http: httpx.Client, account: Account, wire: Wire
) -> None:
    for team in ("payments", "mail", "idle"):
        account.post("/teams", {"name": team})
    for name, team in (("p-1", "payments"), ("p-2", "payments"), ("m-1", "mail")):
        put(tfy, name, owned_by=VirtualAccountOwnedBy(team=team))
    put(tfy, "nobodys")

    def names(answer: httpx.Response) -> set[str]:
        assert answer.status_code == 200, answer.text
        return {row["manifest"]["name"] for row in answer.json()["data"]}

    listed = tfy.virtual_accounts.list(owned_by_teams=["payments", "mail"])
    assert wire.last.target.count("ownedByTeams=") == 2
    assert {one.manifest.name for one in listed} == {"p-1", "p-2", "m-1"}
    asked = "/virtual-accounts?ownedByTeams="
    assert names(http.get(f"{asked}payments,mail")) == {"p-1", "p-2", "m-1"}
    assert names(http.get(f"{asked}payments")) == {"p-1", "p-2"}
    assert names(http.get(f"{asked}idle")) == set()


@proves("V-1.9", "X-2.2")
def test_exists_tells_of_the_own_tenant(tfy: Any, connect: Any, other: Account) -> None:
    put(tfy, "taken")
    put(connect(other.token), "theirs")
    told = [tfy.virtual_accounts.exists(name=name).exists for name in ("taken", "theirs", "Taken")]
    assert told == [True, False, False]


# -- delete --------------------------------------------------------------------------------------


@proves("V-1.10", "X-1.5")
def test_what_is_deleted_is_gone(vault: Vault, tfy: Any, connect: Any, wire: Wire) -> None:
    made = vault.fill("a")
    told = put(tfy, "reader", permissions=[permission(made.group.fqn)])
    robot = connect(told.token)
    assert reads(robot, made) == made.values["a"]
    tfy.virtual_accounts.delete(told.data.id)
    assert (wire.last.status, wire.last.json()) == (200, {})
    with refused(ApiError, 401):
        robot.secret_groups.list()
    with refused(NotFoundError):
        tfy.virtual_accounts.get(told.data.id)
    assert tfy.virtual_accounts.exists(name="reader").exists is False
    assert list(tfy.virtual_accounts.list()) == []
    again = put(tfy, "reader")
    assert again.data.id != told.data.id and again.token != told.token
    assert reads(connect(again.token), made) == "403"
    with refused(ApiError, 401):
        robot.secret_groups.list()


@proves("V-1.11")
def test_an_id_that_names_nothing_is_404(
    vault: Vault, tfy: Any, member: Identity, wire: Wire
) -> None:
    accounts = tfy.virtual_accounts
    for id in (UNKNOWN_ID, "nobody", vault.fill("a").id, member.id):
        for ask in (
            lambda: accounts.get(id),
            lambda: accounts.delete(id),
            lambda: accounts.get_token(id),
            lambda: accounts.regenerate_token(id, grace_period_in_minutes=1),
            lambda: accounts.sync_to_secret_store(id),
        ):
            with calls(wire, 1), refused(NotFoundError):
                ask()
        with refused(ApiError, 404):
            accounts.delete_jwt(id, UNKNOWN_ID)
