"""Secrets of teams over plain HTTP: who sees them, and under which teamId."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from checks import SECRET_MEMBERS, assert_refused, data, page
from identities import Account, User
from proof import proves
from vault import SECRETS, UNKNOWN_ID, Operation, add_secret, listed, secret_body
from wire import Wire

every_operation = pytest.mark.parametrize("operation", SECRETS, ids=str)
on_one_secret = pytest.mark.parametrize(
    "operation", [operation for operation in SECRETS if "{secret}" in operation.path], ids=str
)


def of_team(
    operation: Operation, http: httpx.Client, wire: Wire, team: str, **options: Any
) -> httpx.Response:
    """The operation about a team, where this API names it: in the body of create, else in the query."""
    if operation.name == "secrets.create":
        return operation.send(http, wire, json=secret_body(wire, teamId=team), **options)
    return operation.send(http, wire, params={"teamId": team}, **options)


@proves("S-6.1", "S-4.5")
def test_a_team_secret_is_the_teams(http: httpx.Client, user: User, wire: Wire) -> None:
    team = user.team()
    made = add_secret(http, wire, teamId=team.id, description="shared")
    assert set(made) == SECRET_MEMBERS
    assert made["teamId"] == team.id
    assert made["userId"] in (user.id, None)
    assert listed(http, teamId=team.id) == [made]
    assert listed(http) == []


@proves("S-6.1")
def test_every_operation_with_its_team(http: httpx.Client, user: User, wire: Wire) -> None:
    team = user.team()
    body = secret_body(wire, teamId=team.id)
    made = data(http.post("/secrets/", json=body))
    query = {"teamId": team.id}
    path = f"/secrets/{made['id']}"
    assert data(http.get(path, params=query)) == made
    value = wire.canary()
    changed = data(http.patch(path, params=query, json={"description": "new", "value": value}))
    assert (changed["id"], changed["teamId"]) == (made["id"], team.id)
    assert user.opened(made["id"]) == value.encode()
    assert data(http.get(path, params=query)) == changed
    assert http.delete(path, params=query).status_code == 200
    assert listed(http, teamId=team.id) == []


@proves("S-6.2")
@on_one_secret
def test_a_team_secret_is_404_without_its_team(
    http: httpx.Client, user: User, wire: Wire, operation: Operation
) -> None:
    team, another = user.team(), user.team()
    made = add_secret(http, wire, teamId=team.id)
    assert_refused(operation.send(http, wire, secret=made["id"]), 404)
    assert_refused(of_team(operation, http, wire, another.id, secret=made["id"]), 404)
    assert listed(http, teamId=team.id) == [made]


@proves("S-6.3")
@on_one_secret
def test_a_personal_secret_is_404_with_a_team(
    http: httpx.Client, user: User, wire: Wire, operation: Operation
) -> None:
    team = user.team()
    made = add_secret(http, wire)
    assert_refused(of_team(operation, http, wire, team.id, secret=made["id"]), 404)
    assert listed(http) == [made]


@proves("S-6.4", "X-3.1")
@every_operation
def test_a_team_one_is_not_in_is_403(
    http: httpx.Client,
    connect: Any,
    colleague: User,
    stranger: User,
    wire: Wire,
    operation: Operation,
) -> None:
    theirs, foreign = colleague.team(), stranger.team()
    made = {
        team.id: add_secret(connect(team.maker.token), wire, teamId=team.id)
        for team in (theirs, foreign)
    }
    named = [theirs.id, foreign.id, UNKNOWN_ID, "no-id", theirs.id.upper(), f"{theirs.id}x"]
    answers = []
    for team in named:
        secret = made.get(team, made[theirs.id])["id"]
        answers.append(of_team(operation, http, wire, team, secret=secret))
        assert_refused(answers[-1], 403)
    assert len({answer.content for answer in answers}) == 1
    for team in (theirs, foreign):
        assert listed(connect(team.maker.token), teamId=team.id) == [made[team.id]]
    assert listed(http) == []


@proves("S-6.5")
def test_every_member_may_do_everything(
    http: httpx.Client, connect: Any, user: User, colleague: User, wire: Wire
) -> None:
    team = user.team(colleague)
    theirs = connect(colleague.token)
    made = add_secret(http, wire, teamId=team.id)
    assert listed(theirs, teamId=team.id) == [made]
    query = {"teamId": team.id}
    path = f"/secrets/{made['id']}"
    changed = data(theirs.patch(path, params=query, json={"description": "by another hand"}))
    assert data(http.get(path, params=query)) == changed
    added = add_secret(theirs, wire, teamId=team.id)
    assert {secret["id"] for secret in listed(http, teamId=team.id)} == {made["id"], added["id"]}
    assert theirs.delete(path, params=query).status_code == 200
    assert listed(http, teamId=team.id) == [added]


@proves("S-6.6")
@every_operation
def test_who_is_taken_out_is_403_at_once(
    http: httpx.Client,
    connect: Any,
    user: User,
    colleague: User,
    wire: Wire,
    operation: Operation,
) -> None:
    team = user.team(colleague)
    theirs = connect(colleague.token)
    made = add_secret(http, wire, teamId=team.id)
    assert listed(theirs, teamId=team.id) == [made]
    team.remove(colleague)
    assert_refused(of_team(operation, theirs, wire, team.id, secret=made["id"]), 403)
    assert listed(http, teamId=team.id) == [made]


@proves("S-6.7")
def test_one_name_in_each_scope(http: httpx.Client, user: User, wire: Wire) -> None:
    first, second = user.team(), user.team()
    made = [
        add_secret(http, wire, name="SHARED_NAME", **more)
        for more in ({}, {"teamId": first.id}, {"teamId": second.id})
    ]
    assert len({secret["id"] for secret in made}) == 3
    assert listed(http) == [made[0]]
    assert listed(http, teamId=first.id) == [made[1]]
    assert listed(http, teamId=second.id) == [made[2]]


@proves("S-6.7")
def test_a_name_taken_in_the_team_is_409(
    http: httpx.Client, connect: Any, user: User, colleague: User, wire: Wire
) -> None:
    team = user.team(colleague)
    made = add_secret(http, wire, teamId=team.id)
    again = secret_body(wire, name=made["name"], teamId=team.id)
    assert_refused(connect(colleague.token).post("/secrets/", json=again), 409)
    assert listed(http, teamId=team.id) == [made]


@proves("S-6.8")
def test_create_reads_the_team_from_the_body_only(
    http: httpx.Client, user: User, wire: Wire
) -> None:
    team = user.team()
    made = data(http.post("/secrets/", params={"teamId": team.id}, json=secret_body(wire)))
    assert (made["teamId"], made["userId"]) == (None, user.id)
    assert listed(http, teamId=team.id) == []


@proves("S-6.9")
def test_nobody_else_sees_a_personal_secret(
    http: httpx.Client, connect: Any, account: Account, colleague: User, wire: Wire
) -> None:
    made = add_secret(http, wire)
    for other in (colleague, account.user("admin")):
        theirs = connect(other.token)
        for operation in SECRETS:
            if "{secret}" in operation.path:
                assert_refused(operation.send(theirs, wire, secret=made["id"]), 404)
        assert page(theirs.get("/secrets/"))["total_count"] == 0
    assert listed(http) == [made]
