"""Environments over plain HTTP: made, found, listed, deleted; and who may."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from checks import ID, assert_refused, assert_refused_as_one_of, data, moment
from identities import User, unique
from proof import proves
from vault import (
    UNKNOWN_ID,
    Environment,
    add_direct,
    add_secret,
    add_variable,
    link,
    listed,
    resolve,
    secrets_of,
    take_slug,
    variables_of,
)
from wire import Wire

RESOLVE = "/environmentshub/resolve"


def latest(http: httpx.Client, environment: Environment) -> httpx.Response:
    return http.get(f"/environmentshub/{environment.slug}/@latest")


def hub(http: httpx.Client, **query: Any) -> dict[str, Any]:
    """A page of the list of environments."""
    answer = http.get("/environmentshub/", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(http: httpx.Client, **query: Any) -> list[str]:
    return [found["name"] for found in hub(http, **query)["data"]]


# -- get or create -------------------------------------------------------------------------------


@proves("E-1.1", "E-1.2", "E-2.5")
def test_resolve_makes_once_and_then_finds(http: httpx.Client, slug: str) -> None:
    name = unique("env")
    made = data(http.post(RESOLVE, json={"name": name}))
    assert (made["created"], made["owner"]["name"]) == (True, slug)
    assert ID.fullmatch(made["id"])
    found = data(http.post(RESOLVE, json={"name": name}))
    assert (found["id"], found["created"]) == (made["id"], False)
    assert found["owner"] == made["owner"]


@proves("E-1.3")
def test_without_a_slug_nothing_is_made(http: httpx.Client) -> None:
    name = unique("env")
    answer = http.post(RESOLVE, json={"name": name})
    assert_refused(answer, 400)
    assert "missing a username" in answer.json()["detail"].lower()
    assert hub(http, mine_only="true")["total_count"] == 0
    take_slug(http)
    assert data(http.post(RESOLVE, json={"name": name}))["created"] is True


@proves("E-1.4")
def test_the_callers_own_slug_is_the_same_as_none(http: httpx.Client, slug: str) -> None:
    made = resolve(http)
    assert resolve(http, made.name, owner_slug=slug) == made


@proves("E-1.5")
def test_a_slug_that_is_not_the_callers_is_refused(
    http: httpx.Client, connect: Any, slug: str, colleague: User, stranger: User
) -> None:
    theirs = [(take_slug(client), client) for client in map(connect, _tokens(colleague, stranger))]
    name = unique("env")
    for named in (*(owner for owner, _ in theirs), unique("nobody")):
        answer = http.post(RESOLVE, json={"name": name, "owner_slug": named})
        assert_refused_as_one_of(answer, 403, 404)
    for owner, client in theirs:
        assert_refused(client.get(f"/environmentshub/{owner}/{name}/@latest"), 404)
    assert_refused(http.get(f"/environmentshub/{slug}/{name}/@latest"), 404)


def _tokens(*users: User) -> list[str]:
    return [user.token for user in users]


@proves("E-1.6", "E-1.7")
def test_a_team_has_environments_for_all_its_members(
    http: httpx.Client, connect: Any, user: User, colleague: User, slug: str
) -> None:
    team = user.team(colleague)
    made = resolve(http, team_id=team.id)
    assert made.owner != slug
    theirs = connect(colleague.token)
    assert resolve(theirs, made.name, team_id=team.id) == made
    assert resolve(theirs, made.name, team_slug=made.owner) == made
    assert data(latest(theirs, made))["id"] == made.id
    slugs = {told["teamId"]: told["slug"] for told in http.get("/user/teams").json()["data"]}
    assert slugs[team.id] == made.owner


@proves("E-1.8", "X-3.1")
def test_a_team_one_is_not_in_makes_nothing(
    http: httpx.Client, connect: Any, slug: str, colleague: User, stranger: User
) -> None:
    theirs, foreign = colleague.team(), stranger.team()
    name = unique("env")
    answers = [
        http.post(RESOLVE, json={"name": name, "team_id": team})
        for team in (theirs.id, foreign.id, UNKNOWN_ID)
    ]
    for answer in answers:
        assert_refused(answer, 403)
    assert len({answer.content for answer in answers}) == 1
    their_slug = resolve(connect(colleague.token), team_id=theirs.id).owner
    for team in (their_slug, unique("nobody")):
        answer = http.post(RESOLVE, json={"name": name, "team_slug": team})
        assert_refused_as_one_of(answer, 403, 404)
    assert names(connect(colleague.token), search=name) == []


@proves("E-1.9", "E-3.1")
@pytest.mark.parametrize("visibility", ["PUBLIC", "PRIVATE"])
def test_visibility_is_kept(http: httpx.Client, slug: str, visibility: str) -> None:
    made = resolve(http, visibility=visibility)
    (told,) = hub(http, mine_only="true")["data"]
    assert (told["name"], told["visibility"]) == (made.name, visibility)


@proves("E-1.10")
@pytest.mark.parametrize(
    ("member", "sent"),
    [
        *(("name", sent) for sent in ("", None, 0, True, [], {})),
        *(("visibility", sent) for sent in ("private?", "EVERYONE", 1, [])),
        *(("team_id", sent) for sent in (1, [], {})),
        *(("team_slug", sent) for sent in (1, [], {})),
        *(("owner_slug", sent) for sent in (1, [], {})),
    ],
    ids=repr,
)
def test_resolve_refuses(http: httpx.Client, slug: str, member: str, sent: Any) -> None:
    body = {"name": unique("env"), member: sent}
    assert_refused(http.post(RESOLVE, json=body), 422, "body", member)
    assert hub(http, mine_only="true")["total_count"] == 0


@proves("E-1.10")
def test_resolve_needs_a_name(http: httpx.Client, slug: str) -> None:
    assert_refused(http.post(RESOLVE, json={}), 422, "body", "name")


@proves("E-1.11")
def test_of_many_resolves_at_once_one_makes(http: httpx.Client, slug: str) -> None:
    name = unique("env")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: http.post(RESOLVE, json={"name": name}), range(8)))
    told = [data(answer) for answer in answers]
    assert len({one["id"] for one in told}) == 1
    assert [one["created"] for one in told].count(True) == 1
    assert names(http, mine_only="true") == [name]


@proves("E-1.12")
def test_two_owners_may_use_one_name(
    http: httpx.Client, connect: Any, user: User, colleague: User, slug: str
) -> None:
    own = resolve(http)
    theirs = connect(colleague.token)
    take_slug(theirs)
    others = [resolve(theirs, own.name), resolve(http, own.name, team_id=user.team().id)]
    assert len({own.id, *(other.id for other in others)}) == 3
    assert data(latest(http, own))["id"] == own.id


# -- look-up -------------------------------------------------------------------------------------


@proves("E-2.1")
def test_an_environment_is_found_by_owner_and_name(
    http: httpx.Client, environment: Environment
) -> None:
    told = data(latest(http, environment))
    assert told["id"] == environment.id
    assert (told["name"], told["owner"]["name"]) == (environment.name, environment.owner)


@proves("E-2.2", "X-3.1")
def test_what_is_not_there_is_404(http: httpx.Client, environment: Environment) -> None:
    for owner, name in (
        (environment.owner, unique("env")),
        (unique("nobody"), environment.name),
        (environment.owner, environment.id),
        (environment.id, environment.name),
    ):
        assert_refused(http.get(f"/environmentshub/{owner}/{name}/@latest"), 404)


@proves("E-2.3")
@pytest.mark.parametrize("visibility", ["PUBLIC", "PRIVATE"])
def test_another_accounts_environment_is_not_there(
    http: httpx.Client, connect: Any, slug: str, stranger: User, visibility: str
) -> None:
    made = resolve(http, visibility=visibility)
    theirs = connect(stranger.token)
    unknown = latest(theirs, Environment(UNKNOWN_ID, unique("nobody"), made.name))
    assert_refused(latest(theirs, made), 404)
    assert latest(theirs, made).content == unknown.content
    assert hub(theirs)["total_count"] == 0


@proves("E-2.4", "E-3.5")
def test_a_colleagues_private_environment_is_not_shown(
    http: httpx.Client, connect: Any, user: User, slug: str, colleague: User
) -> None:
    made = [
        resolve(http, visibility="PRIVATE"),
        resolve(http, visibility="PRIVATE", team_id=user.team().id),
    ]
    theirs = connect(colleague.token)
    for environment in made:
        assert_refused_as_one_of(latest(theirs, environment), 403, 404)
    assert hub(theirs)["total_count"] == 0
    assert hub(http, include_teams="true")["total_count"] == 2


# -- list ----------------------------------------------------------------------------------------


@proves("E-3.1")
def test_the_list_has_what_the_cli_reads(http: httpx.Client, environment: Environment) -> None:
    told = hub(http, include_teams="true", limit=20, offset=0, sort_by="created_at")
    assert told["total_count"] == 1
    (found,) = told["data"]
    assert (found["name"], found["owner"]["name"]) == (environment.name, environment.owner)
    assert found["description"] is None or isinstance(found["description"], str)
    assert found["visibility"] in ("PUBLIC", "PRIVATE")
    assert found["latest_version"] is None or isinstance(found["latest_version"], str)
    assert type(found["stars"]) is int
    assert isinstance(found["tags"], list)
    moment(found["updated_at"])


@proves("E-3.2")
@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_of_environments_reach_each_once(http: httpx.Client, slug: str, limit: int) -> None:
    made = {resolve(http).name for _ in range(5)}
    found: list[str] = []
    while len(found) < 5:
        told = hub(http, limit=limit, offset=len(found))
        assert told["total_count"] == 5
        assert len(told["data"]) == min(limit, 5 - len(found))
        found += [environment["name"] for environment in told["data"]]
    assert set(found) == made and len(found) == 5
    assert hub(http, limit=limit, offset=5)["data"] == []


@proves("E-3.3")
def test_the_list_is_narrowed(
    http: httpx.Client, connect: Any, user: User, slug: str, colleague: User
) -> None:
    one = resolve(http, unique("alpha"), visibility="PRIVATE")
    two = resolve(http, unique("beta"), visibility="PUBLIC")
    shared = resolve(http, unique("gamma"), visibility="PRIVATE", team_id=user.team().id)
    assert names(http, search="alpha-") == [one.name]
    assert names(http, search=unique("nothing")) == []
    assert set(names(http, owner=slug)) == {one.name, two.name}
    assert names(http, owner=shared.owner) == [shared.name]
    assert names(http, visibility="PUBLIC") == [two.name]
    assert set(names(http, visibility="PRIVATE")) == {one.name, shared.name}
    assert set(names(http, mine_only="true")) == {one.name, two.name, shared.name}
    assert hub(http, owner=slug, visibility="PRIVATE")["total_count"] == 1


@proves("E-3.4")
def test_the_list_is_sorted(http: httpx.Client, slug: str) -> None:
    made = [resolve(http, name).name for name in ("bravo", "alpha", "delta", "charlie")]
    for by, ascending in (("name", sorted(made)), ("created_at", made)):
        assert names(http, sort_by=by, sort_order="asc") == ascending
        assert names(http, sort_by=by, sort_order="desc") == ascending[::-1]


# -- status, delete ------------------------------------------------------------------------------


@proves("E-3.6")
def test_status_tells_the_visibility(http: httpx.Client, slug: str) -> None:
    made = resolve(http, visibility="PRIVATE")
    told = data(http.get(f"/environmentshub/{made.slug}/status"))
    assert (told["name"], told["visibility"]) == (made.name, "PRIVATE")
    assert told.get("latest_version") is None
    assert_refused(http.get(f"/environmentshub/{slug}/{unique('env')}/status"), 404)


@proves("E-3.7")
@pytest.mark.parametrize("way", ["id", "slug"])
def test_what_was_in_a_deleted_environment_goes_with_it(
    http: httpx.Client, environment: Environment, wire: Wire, way: str
) -> None:
    path = f"/environmentshub/{environment.id if way == 'id' else environment.slug}"
    linked = add_secret(http, wire)
    assert link(http, environment, linked["id"]).status_code == 200
    add_direct(http, wire, environment)
    add_variable(http, environment)
    answer = http.delete(path)
    assert answer.status_code == 200 and isinstance(answer.json(), dict)
    assert_refused(latest(http, environment), 404)
    assert_refused(http.get(f"{environment.path}/secrets"), 404)
    assert_refused(http.delete(path), 404)
    assert names(http, mine_only="true") == []
    assert listed(http) == [linked]
    again = resolve(http, environment.name)
    assert again.id != environment.id
    assert (secrets_of(http, again), variables_of(http, again)) == ([], [])
