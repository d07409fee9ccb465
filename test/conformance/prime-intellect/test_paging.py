"""Lists by offset and limit, over plain HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from checks import assert_refused, data, moment, page
from identities import User
from proof import proves
from vault import add_secret, fill, listed
from wire import Wire

PAGED = ["/secrets/", "/user/teams"]


def item_id(item: dict[str, Any]) -> str:
    return item["id"] if "id" in item else item["teamId"]


def have_three(path: str, http: httpx.Client, user: User, wire: Wire) -> None:
    """Three things for this list to tell."""
    for _ in range(3):
        if path == "/secrets/":
            add_secret(http, wire)
        else:
            user.team()


def walk(http: httpx.Client, path: str, limit: int, **query: Any) -> list[dict[str, Any]]:
    """The whole list page by page, as a client pages that goes by total_count."""
    found: list[dict[str, Any]] = []
    total = 1
    while len(found) < total:
        told = page(http.get(path, params={"offset": len(found), "limit": limit, **query}))
        total = told["total_count"]
        assert (told["offset"], told["limit"]) == (len(found), limit)
        assert len(told["data"]) == min(limit, total - len(found))
        found += told["data"]
    return found


@proves("S-5.1", "S-5.2", "S-5.3")
@pytest.mark.parametrize("path", PAGED)
def test_an_empty_list_is_an_empty_page(http: httpx.Client, path: str) -> None:
    told = page(http.get(path))
    assert (told["data"], told["total_count"]) == ([], 0)
    assert (told["offset"], told["limit"]) == (0, 100)


@proves("S-5.4")
def test_the_newest_secret_comes_first(http: httpx.Client, wire: Wire) -> None:
    made = fill(http, wire, 6)
    told = page(http.get("/secrets/"))["data"]
    assert {secret["id"] for secret in told} == {secret["id"] for secret in made}
    times = [moment(secret["createdAt"]) for secret in told]
    assert times == sorted(times, reverse=True)
    data(http.patch(f"/secrets/{told[-1]['id']}", json={"description": "changed, not newer"}))
    assert [secret["id"] for secret in listed(http)] == [secret["id"] for secret in told]


@proves("S-5.5", "S-5.6")
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 8])
def test_pages_reach_everything_once_in_order(http: httpx.Client, wire: Wire, limit: int) -> None:
    made = fill(http, wire, 7)
    found = walk(http, "/secrets/", limit)
    assert found == listed(http)
    assert sorted(secret["id"] for secret in found) == sorted(secret["id"] for secret in made)


@proves("S-5.3", "S-5.5", "S-5.6")
def test_the_default_page_has_a_hundred(http: httpx.Client, wire: Wire) -> None:
    fill(http, wire, 103)
    first = page(http.get("/secrets/"))
    assert (len(first["data"]), first["total_count"], first["limit"]) == (100, 103, 100)
    rest = page(http.get("/secrets/", params={"offset": 100}))
    assert (len(rest["data"]), rest["total_count"], rest["offset"]) == (3, 103, 100)
    assert first["data"] + rest["data"] == listed(http)


@proves("S-5.7")
@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("offset", [3, 4, 1_000_000])
def test_past_the_end_is_an_empty_page(
    http: httpx.Client, user: User, wire: Wire, path: str, offset: int
) -> None:
    have_three(path, http, user, wire)
    told = page(http.get(path, params={"offset": offset}))
    assert (told["data"], told["total_count"], told["offset"]) == ([], 3, offset)


@proves("S-5.8")
@pytest.mark.parametrize("path", PAGED)
def test_any_limit_from_0_is_honoured_and_told(
    http: httpx.Client, user: User, wire: Wire, path: str
) -> None:
    have_three(path, http, user, wire)
    for limit, shown in ((0, 0), (1, 1), (3, 3), (100, 3), (1000, 3)):
        told = page(http.get(path, params={"limit": limit}))
        assert (len(told["data"]), told["limit"], told["total_count"]) == (shown, limit, 3)


@proves("S-5.9")
@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("parameter", ["offset", "limit"])
@pytest.mark.parametrize("sent", ["-1", "many", "1.5", "", "0x10", "null", "1e2"])
def test_offset_and_limit_are_refused(
    http: httpx.Client, path: str, parameter: str, sent: str
) -> None:
    assert_refused(http.get(path, params={parameter: sent}), 422, "query", parameter)


@proves("S-5.10")
def test_unknown_parameters_are_ignored(http: httpx.Client, wire: Wire) -> None:
    fill(http, wire, 2)
    for query in ({"name": "X"}, {"sort_by": "name"}, {"userId": "c" + "0" * 24}, {"cursor": "x"}):
        assert page(http.get("/secrets/", params=query))["data"] == listed(http)


@proves("S-5.11")
def test_each_scope_has_its_own_list_and_count(http: httpx.Client, user: User, wire: Wire) -> None:
    team = user.team()
    personal = fill(http, wire, 2)
    shared = fill(http, wire, 3, teamId=team.id)
    own, teams = (
        page(http.get("/secrets/")),
        page(http.get("/secrets/", params={"teamId": team.id})),
    )
    assert {secret["id"] for secret in own["data"]} == {secret["id"] for secret in personal}
    assert {secret["id"] for secret in teams["data"]} == {secret["id"] for secret in shared}
    assert (own["total_count"], teams["total_count"]) == (2, 3)
    assert walk(http, "/secrets/", 2, teamId=team.id) == teams["data"]


@proves("A-2.3")
@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_of_teams_reach_each_once(http: httpx.Client, user: User, limit: int) -> None:
    teams = {user.team().id for _ in range(5)}
    found = [item_id(team) for team in walk(http, "/user/teams", limit)]
    assert len(found) == 5 and set(found) == teams


@proves("A-3.2")
def test_pages_of_members_reach_each_once(http: httpx.Client, account: Any, user: User) -> None:
    members = [account.user() for _ in range(4)]
    team = user.team(*members)
    path = f"/teams/{team.id}/members"
    found = [member["userId"] for member in walk(http, path, 2)]
    assert len(found) == 5 and set(found) == {user.id, *(member.id for member in members)}
    assert page(http.get(path))["total_count"] == 5
