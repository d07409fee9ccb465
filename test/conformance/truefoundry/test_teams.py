"""Teams: their manifest, members and managers, what they were given."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from truefoundry_sdk import ConflictError, ForbiddenError, NotFoundError, Team, TeamManifest

from checks import (
    ID,
    ONCE,
    UNKNOWN_ID,
    assert_now,
    assert_refused,
    calls,
    refused,
    refused_with,
)
from identities import Account, Identity, unique
from proof import proves
from vault import EDITOR, Vault
from wire import Wire


def manifest(name: str | None = None, *members: Identity, **more: Any) -> TeamManifest:
    emails = [who.email for who in members]
    return TeamManifest(type="team", name=name or unique("team"), members=emails, **more)


def put(client: Any, name: str | None = None, *members: Identity, **more: Any) -> Team:
    return client.teams.create_or_update(manifest=manifest(name, *members, **more)).data


def members(client: Any, team: Team) -> set[str]:
    return {row.subject_slug for row in client.teams.list_members(team.id)}


def managers(client: Any, team: Team) -> set[str]:
    return {row.subject_slug for row in client.teams.list_managers(team.id)}


# -- make ----------------------------------------------------------------------------------------


@proves("T-1.1", "T-1.6", "T-1.9")
def test_a_put_makes_a_team(
    tfy: Any, account: Account, admin: Identity, member: Identity, wire: Wire
) -> None:
    mate = account.user("member")
    made = put(tfy, "payments", member, mate, managers=[mate.email], description="who pays")
    sent = wire.last.sent()["manifest"]
    raw = wire.last.json()["data"]
    assert wire.last.status == 200 and raw["manifest"] == sent
    assert type(made) is Team and ID.fullmatch(made.id)
    assert (made.tenant_name, made.account_id) == (account.name, account.id)
    assert made.description == "who pays" and made.is_editable is True
    assert made.created_by_subject.subject_id == admin.id
    assert_now(made.created_at)
    assert members(tfy, made) >= {member.email, mate.email}
    assert managers(tfy, made) >= {mate.email}
    got = tfy.teams.get(made.id).data
    assert wire.last.json()["data"]["manifest"] == sent
    assert (got.id, got.manifest.name) == (made.id, "payments")


@proves("T-1.2")
def test_put_again_it_is_the_same_team(tfy: Any, account: Account, member: Identity) -> None:
    mate = account.user("member")
    first = put(tfy, "payments", member, managers=[member.email])
    second = put(tfy, "payments", mate, managers=[mate.email])
    assert (second.id, second.created_at) == (first.id, first.created_at)
    assert member.email not in members(tfy, second) | managers(tfy, second)
    assert mate.email in members(tfy, second) and mate.email in managers(tfy, second)


@proves("T-1.3", "T-1.6")
def test_a_team_may_be_empty(tfy: Any, wire: Wire) -> None:
    made = put(tfy, "nobody-yet")
    assert wire.last.sent()["manifest"]["members"] == []
    assert made.description == "" and made.manifest.members == []
    assert list(tfy.teams.list_members(made.id)) == []
    assert wire.last.json()["pagination"]["total"] == 0


@proves("T-1.4")
def test_a_dry_run_makes_nothing(tfy: Any, account: Account, member: Identity, wire: Wire) -> None:
    told = tfy.teams.create_or_update(manifest=manifest("not-yet", member), dry_run=True)
    assert wire.last.sent()["dryRun"] is True and told.data.manifest.name == "not-yet"
    assert [team["name"] for team in account.get("/teams")["data"]] == []
    made = put(tfy, "is-there", member)
    tfy.teams.create_or_update(manifest=manifest("is-there"), dry_run=True)
    assert member.email in members(tfy, made)


@proves("T-1.5", "A-1.10")
@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "team", "members": []},
        {"type": "team", "name": "no-members"},
        {"name": "no-type", "members": []},
        {"type": "virtual-account", "name": "another-type", "members": []},
        {"type": "team", "name": "", "members": []},
        {"type": "team", "name": 5, "members": []},
        {"type": "team", "name": "team", "members": "all"},
        {"type": "team", "name": "team", "members": [5]},
        {"type": "team", "name": "team", "members": None},
        {"type": "team", "name": "team", "members": [], "managers": "all"},
        None,
        [],
    ],
    ids=str,
)
def test_a_malformed_manifest_is_422(http: httpx.Client, account: Account, wrong: Any) -> None:
    assert_refused(http.put("/teams", json={"manifest": wrong}), 422)
    if not isinstance(wrong, dict) or wrong.get("type") == "team":
        assert_refused(http.put("/apply", json={"manifest": wrong}), 422)
    assert account.get("/teams")["data"] == []


@proves("T-1.5", "X-2.3")
def test_a_member_that_names_nobody_is_refused(
    tfy: Any, account: Account, other: Account, member: Identity, wire: Wire
) -> None:
    foreign = other.user("member")
    bodies = []
    for email in (foreign.email, "nobody@example.test", "no-address"):
        sent = TeamManifest(name="team", members=[member.email, email])
        with refused_with(404):
            tfy.teams.create_or_update(manifest=sent)
        bodies.append(wire.last.body)
    assert bodies[0] == bodies[1]
    with refused_with(404):
        put(tfy, "team", member, managers=[foreign.email])
    assert account.get("/teams")["data"] == []


# -- find ----------------------------------------------------------------------------------------


@proves("T-1.7")
def test_a_user_has_the_teams_they_belong_to(tfy: Any, connect: Any, member: Identity) -> None:
    first = put(tfy, "first", member)
    second = put(tfy, "second", member, managers=[member.email])
    put(tfy, "third")
    seen = connect(member.token)
    assert {team.id for team in seen.teams.list()} == {first.id, second.id}
    assert {team.id for team in seen.teams.list(role="manager")} == {second.id}


@proves("T-1.8")
def test_attributes_are_accepted(tfy: Any, http: httpx.Client, admin: Identity, wire: Wire) -> None:
    made = put(tfy, "ours", admin)
    for include in (True, False):
        listed = tfy.teams.list(attributes=["id", "manifest"], include_membership=include)
        assert [team.id for team in listed] == [made.id]
        assert f"includeMembership={str(include).lower()}" in wire.last.target
    answer = http.get("/teams/user", params={"attributes": "id,manifest"})
    assert [row["id"] for row in answer.json()["data"]] == [made.id]


@proves("T-1.9")
def test_a_member_is_a_row_of_three(
    tfy: Any, account: Account, member: Identity, wire: Wire
) -> None:
    mate = account.user("member")
    made = put(tfy, "ours", member, mate, managers=[mate.email])
    rows = {row.subject_slug: row for row in tfy.teams.list_members(made.id)}
    assert "limit=" not in wire.last.target
    assert rows[member.email].subject_id == member.id
    assert rows[member.email].subject_type == "user"
    found = [row.subject_id for row in tfy.teams.list_members(made.id, filter=mate.email)]
    assert found == [mate.id]
    assert list(tfy.teams.list_members(made.id, filter="nobody-like-that")) == []
    (manager,) = tfy.teams.list_managers(made.id, filter=mate.email)
    assert manager.subject_id == mate.id
    assert list(tfy.teams.list_managers(made.id, filter=member.email)) == []


@proves("T-1.10")
def test_permissions_are_what_it_was_given(vault: Vault, tfy: Any, member: Identity) -> None:
    made, group = put(tfy, "ours", member), vault.fill("a")
    assert tfy.teams.get_permissions(made.id).data == []
    vault.share(group, {"team:ours": EDITOR})
    (row,) = tfy.teams.get_permissions(made.id).data
    assert (row.resource_type, row.resource_id) == ("secret-group", group.id)
    assert row.resource_fqn in (None, group.group.fqn)
    assert row.role_id and row.role_name
    assert (row.subject_type, row.subject_id) == ("team", made.id)
    vault.share(group, {})
    assert tfy.teams.get_permissions(made.id).data == []


@proves("T-1.15", "X-5.8")
def test_a_team_is_the_same_in_our_own_api(
    vault: Vault, tfy: Any, connect: Any, account: Account, member: Identity
) -> None:
    made = put(tfy, "from-here", member)
    assert [team["id"] for team in account.get("/teams")["data"]] == [made.id]
    listed = account.get(f"/teams/{made.id}/members")["data"]
    assert member.id in {row["id"] for row in listed}
    own = account.post("/teams", {"name": "from-there"})["id"]
    account.post(f"/teams/{own}/members", {"member": member.email})
    told = tfy.teams.get(own).data
    assert (told.id, told.manifest.name) == (own, "from-there")
    assert own in {team.id for team in connect(member.token).teams.list()}
    group = vault.fill("a")
    vault.share(group, {"team:from-there": EDITOR})
    assert connect(member.token).secrets.get(group.secret("a")).data.value == group.values["a"]


# -- change, delete ------------------------------------------------------------------------------


@proves("T-1.13")
def test_a_plain_member_changes_no_team(
    tfy: Any, connect: Any, account: Account, member: Identity
) -> None:
    made = put(tfy, "ours", member)
    seen, stranger = connect(member.token), connect(account.user("member").token)
    for client in (seen, stranger):
        with refused_with(403):
            client.teams.create_or_update(
                manifest=manifest("ours", member, managers=[member.email]), request_options=ONCE
            )
        with refused_with(403 if client is seen else 404):
            client.teams.delete(made.id)
    for ask in (stranger.teams.get, stranger.teams.list_members, stranger.teams.get_permissions):
        with refused_with(404):
            ask(made.id)
    assert member.email not in managers(tfy, made)
    assert tfy.teams.get(made.id).data.id == made.id


@proves("T-1.13")
def test_a_manager_changes_the_members(
    tfy: Any, connect: Any, account: Account, member: Identity
) -> None:
    mate = account.user("member")
    made = put(tfy, "ours", member, managers=[member.email])
    acting = connect(member.token)
    put(acting, "ours", member, mate, managers=[member.email])
    assert mate.email in members(tfy, made)
    put(tfy, "ours", member, managers=[])
    with refused_with(403):
        put(acting, "ours", member, mate)
    assert members(tfy, made) == {member.email}


@proves("T-1.11", "R-1.12")
def test_what_is_deleted_is_gone(
    vault: Vault, tfy: Any, connect: Any, account: Account, member: Identity, wire: Wire
) -> None:
    made, group = put(tfy, "ours", member), vault.fill("a")
    vault.share(group, {"team:ours": EDITOR})
    seen = connect(member.token)
    assert seen.secrets.get(group.secret("a")).data.value == group.values["a"]
    tfy.teams.delete(made.id)
    assert (wire.last.status, wire.last.json()) == (200, {})
    with refused(ForbiddenError):
        seen.secrets.get(group.secret("a"))
    for ask in (
        lambda: tfy.teams.get(made.id),
        lambda: tfy.teams.delete(made.id),
        lambda: tfy.teams.list_members(made.id),
    ):
        with refused(NotFoundError):
            ask()
    assert account.get("/teams")["data"] == []
    again = put(tfy, "ours", member)
    assert again.id != made.id
    with refused(ForbiddenError):
        seen.secrets.get(group.secret("a"))


@proves("T-1.12")
def test_a_team_that_owns_something_is_not_deleted(tfy: Any, account: Account, wire: Wire) -> None:
    made = put(tfy, "owner")
    account.post("/groups", {"name": "of-the-team", "team": made.id})
    with calls(wire, 1), refused(ConflictError):
        tfy.teams.delete(made.id, request_options=ONCE)
    assert tfy.teams.get(made.id).data.id == made.id


@proves("T-1.14", "X-3.11", "X-3.12")
def test_an_id_that_names_nothing_is_404(
    vault: Vault, tfy: Any, member: Identity, wire: Wire
) -> None:
    for id in (UNKNOWN_ID, "nobody", vault.fill("a").id, member.id):
        for ask in (
            tfy.teams.get,
            tfy.teams.delete,
            tfy.teams.list_members,
            tfy.teams.list_managers,
            tfy.teams.get_permissions,
        ):
            with calls(wire, 1), refused(NotFoundError):
                ask(id)
