"""Users: finding, making, changing and removing them, and what they may."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from truefoundry_sdk import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    Session,
    TeamManifest,
    UnprocessableEntityError,
    User,
)
from truefoundry_sdk.core.api_error import ApiError

from checks import ONCE, UNKNOWN_ID, assert_now, assert_refused, calls, refused, refused_with
from identities import Account, Identity, unique_email
from proof import proves
from vault import EDITOR, VIEWER, Vault
from wire import Wire


def emails(client: Any, **query: Any) -> set[str]:
    return {user.email for user in client.users.list(**query)}


def works(bearer: Any, token: str) -> bool:
    answer = bearer(token).get("/secret-groups")
    assert answer.status_code in (200, 401), answer.text
    return bool(answer.status_code == 200)


# -- find ----------------------------------------------------------------------------------------


@proves("U-1.1", "U-1.2")
def test_a_user_is_told_by_list_and_get(
    tfy: Any, account: Account, member: Identity, wire: Wire
) -> None:
    listed = {user.id: user for user in tfy.users.list()}
    told = tfy.users.get(member.id).data
    assert type(told) is User
    assert (told.id, told.email, told.tenant_name) == (member.id, member.email, account.name)
    assert told.active is True and type(told.is_editable) is bool
    assert_now(told.created_at)
    assert isinstance(wire.last.json()["data"]["metadata"], dict)
    for name in ("id", "email", "active", "roles", "created_at"):
        assert getattr(listed[member.id], name) == getattr(told, name)


@proves("U-1.1", "X-2.2")
def test_a_part_of_the_address_finds(
    tfy: Any, other: Account, admin: Identity, member: Identity
) -> None:
    foreign = other.user("member")
    assert emails(tfy, query=member.email[:12]) == {member.email}
    assert emails(tfy, query=member.email[5:]) == {member.email}
    assert emails(tfy, query="@example.test") >= {admin.email, member.email}
    assert emails(tfy, query="%") == emails(tfy, query=foreign.email) == set()
    assert foreign.email not in emails(tfy)
    assert foreign.email not in emails(tfy, show_invalid_users=True)


@proves("U-1.2", "X-2.1")
def test_a_stranger_is_404(tfy: Any, other: Account, vault: Vault, wire: Wire) -> None:
    bodies = set()
    for id in (other.user("member").id, UNKNOWN_ID, "nobody", vault.fill("a").id):
        for ask in (
            tfy.users.get,
            tfy.users.delete,
            tfy.users.get_resources,
            tfy.users.get_permissions,
            tfy.users.get_teams,
        ):
            with calls(wire, 1), refused(NotFoundError):
                ask(id)
        bodies.add(wire.last.body)
    assert len(bodies) == 1


# -- make ----------------------------------------------------------------------------------------


@proves("U-1.3")
def test_register_makes_a_user(tfy: Any, member: Identity, wire: Wire) -> None:
    email = unique_email()
    tfy.users.pre_register_users(email=email, dry_run=True)
    assert wire.last.json() == {} and emails(tfy, query=email) == set()
    tfy.users.pre_register_users(email=email)
    assert (wire.last.status, wire.last.json()) == (200, {})
    assert emails(tfy, query=email) == {email}
    for taken in (email, member.email, email.upper()):
        with calls(wire, 1), refused(ConflictError):
            tfy.users.pre_register_users(email=taken, request_options=ONCE)
    tfy.users.pre_register_users(email=email, skip_if_user_exists=True)
    assert wire.last.status == 200
    assert emails(tfy, query=email) == {email}


@proves("U-1.3")
@pytest.mark.parametrize("email", ["", "no-address", "a b@example.test", "a@b@c", "ä@example.test"])
def test_what_is_no_address_is_422(tfy: Any, email: str, wire: Wire) -> None:
    before = emails(tfy)
    with calls(wire, 1), refused(UnprocessableEntityError):
        tfy.users.pre_register_users(email=email)
    assert emails(tfy) == before


@proves("U-1.4")
def test_invite_gives_a_link(tfy: Any, member: Identity, wire: Wire) -> None:
    url = "https://vault.example.test/join"
    told = tfy.users.invite_user(email=unique_email(), accept_invite_client_url=url)
    assert wire.last.status == 200 and told.link.startswith(url)
    with calls(wire, 1), refused(ConflictError):
        tfy.users.invite_user(
            email=member.email, accept_invite_client_url=url, request_options=ONCE
        )


# -- change --------------------------------------------------------------------------------------


@proves("U-1.5")
def test_roles_are_in_force_at_once(
    tfy: Any, connect: Any, admin: Identity, member: Identity, wire: Wire
) -> None:
    ruling, plain = (tfy.users.get(who.id).data.roles for who in (admin, member))
    assert ruling and ruling != plain
    seen = connect(member.token)
    ask = {"accept_invite_client_url": "https://x.example.test"}
    with refused(ForbiddenError):
        seen.users.invite_user(email=unique_email(), **ask)
    tfy.users.update_roles(email=member.email, roles=ruling)
    assert (wire.last.status, wire.last.json()) == (200, {})
    assert tfy.users.get(member.id).data.roles == ruling
    seen.users.invite_user(email=unique_email(), **ask)
    tfy.users.update_roles(email=member.email, roles=plain)
    assert tfy.users.get(member.id).data.roles == plain
    with refused(ForbiddenError):
        seen.users.invite_user(email=unique_email(), **ask)


@proves("U-1.5", "X-2.3")
def test_roles_of_nobody_and_unknown_roles(
    tfy: Any, other: Account, admin: Identity, member: Identity, wire: Wire
) -> None:
    roles = tfy.users.get(admin.id).data.roles
    for email in ("nobody@example.test", other.user("member").email):
        with calls(wire, 1), refused(NotFoundError):
            tfy.users.update_roles(email=email, roles=roles)
    for wrong in (["emperor"], [""], []):
        with calls(wire, 1), refused(UnprocessableEntityError):
            tfy.users.update_roles(email=member.email, roles=wrong)
    assert tfy.users.get(member.id).data.roles != roles


@proves("U-1.6", "X-1.9")
def test_deactivate_ends_all_access(
    tfy: Any, connect: Any, bearer: Any, other: Account, member: Identity, wire: Wire
) -> None:
    theirs = connect(member.token).personal_access_tokens
    made = [theirs.create(name=f"pat-{kind}", token_type=kind) for kind in ("opaque", "jwt")]
    tokens = [member.token, *(pat.token for pat in made)]
    assert all(works(bearer, token) for token in tokens)
    tfy.users.deactivate(email=member.email)
    assert (wire.last.status, wire.last.json()) == (200, {})
    assert not any(works(bearer, token) for token in tokens)
    assert tfy.users.get(member.id).data.active is False
    tfy.users.activate(email=member.email)
    assert (wire.last.status, wire.last.json()) == (200, {})
    assert tfy.users.get(member.id).data.active is True
    assert works(bearer, member.token)
    for email in ("nobody@example.test", other.user("member").email):
        for ask in (tfy.users.deactivate, tfy.users.activate):
            with calls(wire, 1), refused(NotFoundError):
                ask(email=email)


@proves("U-1.7")
def test_what_is_deleted_is_gone(tfy: Any, bearer: Any, member: Identity, wire: Wire) -> None:
    tfy.users.delete(member.id)
    assert (wire.last.status, wire.last.json()) == (200, {})
    assert not works(bearer, member.token)
    for ask in (tfy.users.get, tfy.users.delete, tfy.users.get_teams):
        with refused(NotFoundError):
            ask(member.id)
    assert member.email not in emails(tfy)


@proves("U-1.8")
@pytest.mark.parametrize("tie", ["collaborator", "team"])
def test_who_is_needed_is_deleted_only_by_force(
    vault: Vault, tfy: Any, bearer: Any, account: Account, member: Identity, wire: Wire, tie: str
) -> None:
    made = vault.fill("a")
    if tie == "collaborator":
        vault.share(made, {f"user:{member.email}": VIEWER})
    else:
        team = TeamManifest(name="ours", members=[member.email])
        tfy.teams.create_or_update(manifest=team)
    for force in (None, False):
        with calls(wire, 1), refused(BadRequestError):
            tfy.users.delete(member.id, force_delete=force)
    assert works(bearer, member.token)
    tfy.users.delete(member.id, force_delete=True, tenant_name=account.name)
    assert not works(bearer, member.token)
    with refused(NotFoundError):
        tfy.users.get(member.id)


@proves("U-1.11")
def test_people_are_for_administrators(
    tfy: Any, connect: Any, account: Account, admin: Identity, member: Identity, wire: Wire
) -> None:
    plain, mate = connect(member.token).users, account.user("member")
    roles = tfy.users.get(admin.id).data.roles
    before = emails(tfy)
    url = "https://x.example.test"
    for ask in (
        lambda: plain.pre_register_users(email=unique_email()),
        lambda: plain.invite_user(email=unique_email(), accept_invite_client_url=url),
        lambda: plain.update_roles(email=member.email, roles=roles),
        lambda: plain.deactivate(email=admin.email),
        lambda: plain.activate(email=mate.email),
    ):
        with calls(wire, 1), refused_with(403):
            ask()
    with calls(wire, 1), refused_with(403):
        plain.delete(mate.id)
    assert emails(tfy) == before
    assert tfy.users.get(admin.id).data.active is True
    assert tfy.users.get(member.id).data.roles != roles


@proves("U-1.3", "U-1.5", "U-1.6")
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/users/register", {}),
        ("POST", "/users/register", {"email": 5}),
        ("POST", "/users/invite", {"email": "a@example.test"}),
        ("POST", "/users/invite", {"acceptInviteClientUrl": "https://x"}),
        ("PATCH", "/users/roles", {"email": "a@example.test"}),
        ("PATCH", "/users/roles", {"email": "a@example.test", "roles": "all"}),
        ("PATCH", "/users/activate", {}),
        ("PATCH", "/users/deactivate", {"email": None}),
    ],
    ids=str,
)
def test_a_malformed_question_is_422(
    http: httpx.Client, method: str, path: str, body: dict[str, Any]
) -> None:
    assert_refused(http.request(method, path, json=body), 422)


# -- who am I, what may I ------------------------------------------------------------------------


@proves("U-1.9")
def test_info_is_the_callers_own_session(
    tfy: Any, connect: Any, account: Account, admin: Identity, member: Identity, wire: Wire
) -> None:
    team = TeamManifest(name="ours", members=[member.email])
    made = tfy.teams.create_or_update(manifest=team).data
    told = connect(member.token).internal.users.get_info()
    assert type(told) is Session and "data" not in wire.last.json()
    assert (told.id, told.email, told.subject_slug) == (member.id, member.email, member.email)
    assert (told.subject_type, told.tenant_name) == ("user", account.name)
    assert [(one.id, one.name) for one in told.teams] == [(made.id, "ours")]
    assert (account.id, account.name) in [(one.id, one.name) for one in told.accounts]
    assert told.effective_user_id == member.id and told.subject_pat_name is None
    assert set(told.roles) >= set(tfy.users.get(member.id).data.roles)
    assert tfy.internal.users.get_info().id == admin.id


@proves("U-1.9", "X-1.1")
def test_the_first_administrator_has_a_session_too(connect: Any, account: Account) -> None:
    told = connect(account.token).internal.users.get_info()
    assert told.tenant_name == account.name and told.subject_slug


@proves("U-1.10")
def test_what_is_shared_with_a_user(
    vault: Vault, tfy: Any, connect: Any, account: Account, member: Identity
) -> None:
    direct, by_team = vault.fill("a"), vault.fill("a")
    team = TeamManifest(name="ours", members=[member.email])
    tfy.teams.create_or_update(manifest=team)
    assert (
        tfy.users.get_resources(member.id).data == tfy.users.get_permissions(member.id).data == []
    )
    vault.share(direct, {f"user:{member.email}": VIEWER})
    vault.share(by_team, {"team:ours": EDITOR})
    (resource,) = tfy.users.get_resources(member.id).data
    assert (resource.resource_type, resource.resource_id) == ("secret-group", direct.id)
    permissions = {row.resource_id: row for row in tfy.users.get_permissions(member.id).data}
    assert set(permissions) == {direct.id, by_team.id}
    assert permissions[direct.id].role_id != permissions[by_team.id].role_id
    assert permissions[direct.id].subject_type == "user"
    (row,) = tfy.users.get_teams(member.id).data
    assert row.team_name == "ours" and isinstance(row.roles, list)
    mine = connect(member.token)
    assert [one.resource_id for one in mine.users.get_resources(member.id).data] == [direct.id]
    with refused_with(404):
        connect(account.user("member").token).users.get_resources(member.id)


@proves("U-1.6", "X-3.11")
def test_the_client_has_no_class_for_a_403_here(
    connect: Any, admin: Identity, member: Identity
) -> None:
    with refused(ApiError, 403):
        connect(member.token).users.deactivate(email=admin.email)
