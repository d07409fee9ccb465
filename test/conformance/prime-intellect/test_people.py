"""Who the caller is, their teams and their slug, over plain HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from checks import ID, assert_now, assert_refused, assert_refused_as_one_of, data, moment, page
from identities import Account, User, unique
from proof import proves
from vault import UNKNOWN_ID, take_slug

USER_MEMBERS = {
    "id",
    "role",
    "createdAt",
    "name",
    "slug",
    "email",
    "image",
    "emailVerified",
    "hasBetaAccess",
    "isBanned",
    "skipPrepay",
    "blacklist",
    "scope",
}

TEAM_MEMBERS = {"teamId", "name", "slug", "role", "createdAt"}

MEMBER_MEMBERS = {"userId", "userName", "userEmail", "role", "joinedAt"}


# -- whoami --------------------------------------------------------------------------------------


@proves("A-1.1", "A-1.2", "A-1.3")
@pytest.mark.parametrize("role", ["member", "admin"])
def test_whoami(connect: Any, account: Account, role: str) -> None:
    caller = account.user(role)
    told = data(connect(caller.token).get("/user/whoami"))
    assert USER_MEMBERS <= set(told)
    assert (told["id"], told["email"]) == (caller.id, caller.email)
    assert ID.fullmatch(told["id"])
    assert isinstance(told["name"], str) and told["name"]
    assert told["role"] in ("ADMIN", "MANAGER", "USER")
    assert told["slug"] is None
    assert_now(told["createdAt"])
    assert told["isBanned"] is False
    assert told["blacklist"] == []
    for permission in (told["scope"] or {}).values():
        assert permission is None or {type(may) for may in permission.values()} == {bool}
    for limits in ("account_limits", "key_limits"):
        for limit in (told.get(limits) or {}).values():
            assert limit is None or type(limit) is int


@proves("A-1.4")
def test_whoami_takes_a_team_one_is_in(http: httpx.Client, user: User) -> None:
    told = data(http.get("/user/whoami", params={"teamId": user.team().id}))
    assert told["id"] == user.id


# -- teams ---------------------------------------------------------------------------------------


@proves("A-2.1", "A-2.2")
def test_the_callers_teams(
    http: httpx.Client, connect: Any, user: User, colleague: User, stranger: User
) -> None:
    own, joined = user.team(), colleague.team(user)
    colleague.team(), stranger.team()
    told = {team["teamId"]: team for team in page(http.get("/user/teams"))["data"]}
    assert set(told) == {own.id, joined.id}
    for team in (own, joined):
        assert set(told[team.id]) == TEAM_MEMBERS
        assert told[team.id]["name"] == team.name
        assert told[team.id]["role"] in ("ADMIN", "MEMBER")
        assert told[team.id]["slug"] is None or isinstance(told[team.id]["slug"], str)
        assert_now(told[team.id]["createdAt"])
        assert ID.fullmatch(team.id)
    assert page(connect(stranger.token).get("/user/teams"))["total_count"] == 1


@proves("A-3.1")
def test_the_members_of_a_team(
    http: httpx.Client, connect: Any, user: User, colleague: User
) -> None:
    team = user.team(colleague)
    path = f"/teams/{team.id}/members"
    told = {member["userId"]: member for member in page(http.get(path))["data"]}
    assert set(told) == {user.id, colleague.id}
    for member in (user, colleague):
        assert set(told[member.id]) == MEMBER_MEMBERS
        assert told[member.id]["userEmail"] == member.email
        assert told[member.id]["role"] in ("ADMIN", "MEMBER")
        moment(told[member.id]["joinedAt"])
    assert page(connect(colleague.token).get(path))["data"] == page(http.get(path))["data"]


@proves("A-3.3")
def test_members_are_told_to_members_only(
    http: httpx.Client, colleague: User, stranger: User
) -> None:
    answers = [
        http.get(f"/teams/{team}/members")
        for team in (colleague.team().id, stranger.team().id, UNKNOWN_ID)
    ]
    for answer in answers:
        assert_refused_as_one_of(answer, 403, 404)
    assert len({answer.content for answer in answers}) == 1


# -- slug ----------------------------------------------------------------------------------------


@proves("A-4.1")
@pytest.mark.parametrize("slug", ["abc", "0-9", "a" * 30, "new-owner"])
def test_a_slug_is_set_once_and_told(http: httpx.Client, user: User, slug: str) -> None:
    told = data(http.patch("/user/slug", json={"slug": slug}))
    assert (told["id"], told["slug"]) == (user.id, slug)
    assert data(http.get("/user/whoami"))["slug"] == slug


@proves("A-4.2")
def test_a_taken_slug_is_409(http: httpx.Client, connect: Any, colleague: User) -> None:
    taken = take_slug(connect(colleague.token))
    assert_refused(http.patch("/user/slug", json={"slug": taken}), 409)
    assert data(http.get("/user/whoami"))["slug"] is None
    assert take_slug(http) != taken


@proves("A-4.2")
def test_two_accounts_may_use_one_slug(http: httpx.Client, connect: Any, stranger: User) -> None:
    slug = unique("owner")
    for client in (http, connect(stranger.token)):
        assert data(client.patch("/user/slug", json={"slug": slug}))["slug"] == slug


@proves("A-4.3")
@pytest.mark.parametrize(
    "slug",
    ["", "ab", "a" * 31, "Upper", "under_score", "a b", "a/b", "a.b", "abc\n", "ünd", None, 7, []],
    ids=ascii,
)
def test_a_slug_is_refused(http: httpx.Client, slug: Any) -> None:
    assert_refused(http.patch("/user/slug", json={"slug": slug}), 422, "body", "slug")
    assert data(http.get("/user/whoami"))["slug"] is None


@proves("A-4.3")
def test_a_slug_is_needed(http: httpx.Client) -> None:
    assert_refused(http.patch("/user/slug", json={}), 422, "body", "slug")
