"""What is in an environment, over plain HTTP: direct secrets, links and variables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from checks import (
    ID,
    LINK_MEMBERS,
    assert_now,
    assert_refused,
    assert_refused_as_one_of,
    data,
    moment,
)
from identities import User, unique_name
from proof import proves
from refusals import BAD_NAMES, BAD_VALUES, NO_STRING
from sizes import TEXT_MAX
from vault import (
    IN_ENVIRONMENTS,
    UNKNOWN_ID,
    Environment,
    Operation,
    add_direct,
    add_secret,
    add_variable,
    link,
    listed,
    resolve,
    secret_body,
    secrets_of,
    unlink,
    variables_of,
)
from wire import Wire

ALWAYS = {"id", "name", "createdAt"}
AT_MOST = ALWAYS | {"description", "updatedAt"}

in_environment = pytest.mark.parametrize("operation", IN_ENVIRONMENTS, ids=str)


def assert_entry(entry: dict[str, Any], *more: str) -> None:
    """A direct secret, a link in the list or a variable: no member beyond what the CLI knows."""
    assert ALWAYS | set(more) <= set(entry) <= AT_MOST | set(more), entry
    assert ID.fullmatch(entry["id"])
    moment(entry["createdAt"])
    if entry.get("updatedAt") is not None:
        moment(entry["updatedAt"])


# -- direct secrets ------------------------------------------------------------------------------


@proves("E-4.1", "E-4.2")
def test_a_direct_secret(http: httpx.Client, user: User, environment: Environment, wire: Wire) -> None:
    body = secret_body(wire, description="only here")
    made = data(http.post(f"{environment.path}/secrets", json=body))
    assert_entry(made, "source")
    assert (made["name"], made["source"]) == (body["name"], "environment")
    assert made["description"] == "only here"
    assert_now(made["createdAt"])
    assert secrets_of(http, environment) == [made]
    assert user.given_in(environment.id) == {body["name"]: body["value"].encode()}


@proves("E-4.3")
@pytest.mark.parametrize(
    "members", [["name"], ["value"], ["description"], ["name", "value", "description"]], ids=str
)
def test_update_of_a_direct_secret(
    http: httpx.Client, user: User, environment: Environment, wire: Wire, members: list[str]
) -> None:
    body = secret_body(wire, description="before")
    made = data(http.post(f"{environment.path}/secrets", json=body))
    after = {"name": unique_name(), "value": wire.canary(), "description": "after"}
    sent = {member: after[member] for member in members}
    changed = data(http.patch(f"{environment.path}/secrets/{made['id']}", json=sent))
    expected = {**body, **sent}
    assert_entry(changed, "source")
    assert (changed["id"], changed["source"]) == (made["id"], "environment")
    assert (changed["name"], changed["description"]) == (expected["name"], expected["description"])
    assert secrets_of(http, environment) == [changed]
    assert user.given_in(environment.id) == {expected["name"]: expected["value"].encode()}


@proves("E-4.4")
def test_delete_of_a_direct_secret(
    http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    made, kept = add_direct(http, wire, environment), add_direct(http, wire, environment)
    path = f"{environment.path}/secrets/{made['id']}"
    assert http.delete(path).status_code == 200
    assert secrets_of(http, environment) == [kept]
    assert_refused(http.delete(path), 404)
    assert_refused(http.patch(path, json={"description": "nobody"}), 404)
    assert add_direct(http, wire, environment, name=made["name"])["id"] != made["id"]


@proves("E-4.5")
@pytest.mark.parametrize(
    ("member", "sent"),
    [
        *(("name", name) for name in (*BAD_NAMES, None, *NO_STRING)),
        *(("value", value) for value in (*BAD_VALUES, "v" * (TEXT_MAX + 1))),
        *(("description", sent) for sent in (*NO_STRING, "d" * 501)),
    ],
    ids=lambda sent: ascii(sent)[:16],
)
def test_a_direct_secret_is_refused(
    http: httpx.Client, environment: Environment, wire: Wire, member: str, sent: Any
) -> None:
    kept = add_direct(http, wire, environment)
    body = {**secret_body(wire), member: sent}
    assert_refused(http.post(f"{environment.path}/secrets", json=body), 422, "body", member)
    if sent is not None:
        answer = http.patch(f"{environment.path}/secrets/{kept['id']}", json={member: sent})
        assert_refused(answer, 422, "body", member)
    assert secrets_of(http, environment) == [kept]


@proves("E-4.6")
def test_a_name_is_taken_once(http: httpx.Client, environment: Environment, wire: Wire) -> None:
    first, second = add_direct(http, wire, environment), add_direct(http, wire, environment)
    body = secret_body(wire, name=first["name"])
    assert_refused(http.post(f"{environment.path}/secrets", json=body), 409)
    change = {"name": first["name"]}
    path = f"{environment.path}/secrets/{second['id']}"
    assert_refused(http.patch(path, json=change), 409)
    assert len(secrets_of(http, environment)) == 2


@proves("E-4.6")
def test_of_many_direct_secrets_of_one_name_one_is_made(
    http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    bodies = [secret_body(wire, name="ONLY_ONE") for _ in range(8)]
    with ThreadPoolExecutor(len(bodies)) as pool:
        answers = pool.map(lambda body: http.post(f"{environment.path}/secrets", json=body), bodies)
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert len(secrets_of(http, environment)) == 1


@proves("E-4.7")
def test_two_environments_may_use_one_name(
    http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    another = resolve(http)
    first = add_direct(http, wire, environment, name="SHARED_NAME")
    second = add_direct(http, wire, another, name="SHARED_NAME")
    assert (secrets_of(http, environment), secrets_of(http, another)) == ([first], [second])


@proves("E-4.8")
def test_a_direct_secret_is_in_its_environment_only(
    http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    another = resolve(http)
    made, personal = add_direct(http, wire, environment), add_secret(http, wire)
    assert listed(http) == [personal]
    assert_refused(http.get(f"/secrets/{made['id']}"), 404)
    for path in (
        f"{another.path}/secrets/{made['id']}",
        f"{environment.path}/secrets/{UNKNOWN_ID}",
        f"{environment.path}/secrets/no-id",
        f"{environment.path}/secrets/{made['name']}",
    ):
        assert_refused(http.patch(path, json={"description": "nobody"}), 404)
        assert_refused(http.delete(path), 404)
    assert secrets_of(http, environment) == [made]


# -- links ---------------------------------------------------------------------------------------


@proves("E-5.1", "E-5.2")
def test_a_link(http: httpx.Client, user: User, environment: Environment, wire: Wire) -> None:
    value = wire.canary()
    secret = add_secret(http, wire, value=value, description="linked")
    made = data(link(http, environment, secret["id"]))
    assert set(made) == LINK_MEMBERS
    assert (made["secretId"], made["secretName"]) == (secret["id"], secret["name"])
    assert made["environmentId"] == environment.id
    assert ID.fullmatch(made["id"])
    assert_now(made["createdAt"])
    (shown,) = secrets_of(http, environment)
    assert_entry(shown, "source")
    assert (shown["name"], shown["source"]) == (secret["name"], "global-linked")
    assert shown["id"] in (secret["id"], made["id"])
    assert user.given_in(environment.id) == {secret["name"]: value.encode()}


@proves("E-5.3")
def test_unlink_by_the_id_of_the_secret(
    http: httpx.Client, user: User, environment: Environment, wire: Wire
) -> None:
    secret = add_secret(http, wire)
    data(link(http, environment, secret["id"]))
    answer = unlink(http, environment, secret["id"])
    assert answer.status_code == 200 and isinstance(answer.json(), dict)
    assert (secrets_of(http, environment), user.given_in(environment.id)) == ([], {})
    assert data(http.get(f"/secrets/{secret['id']}")) == secret
    assert_refused(unlink(http, environment, secret["id"]), 404)


@proves("E-5.4", "E-5.6")
def test_what_cannot_be_linked_is_404(
    http: httpx.Client,
    connect: Any,
    colleague: User,
    stranger: User,
    environment: Environment,
    wire: Wire,
) -> None:
    theirs = [add_secret(connect(other.token), wire)["id"] for other in (colleague, stranger)]
    for named in (*theirs, UNKNOWN_ID, "no-id", environment.id):
        assert_refused(link(http, environment, named), 404)
        assert_refused(unlink(http, environment, named), 404)
    unlinked = add_secret(http, wire)
    assert_refused(unlink(http, environment, unlinked["id"]), 404)
    assert secrets_of(http, environment) == []


@proves("E-5.5")
def test_a_second_link_is_409(http: httpx.Client, environment: Environment, wire: Wire) -> None:
    secret = add_secret(http, wire)
    data(link(http, environment, secret["id"]))
    assert_refused(link(http, environment, secret["id"]), 409)
    assert len(secrets_of(http, environment)) == 1


@proves("E-5.7")
def test_a_deleted_secret_is_unlinked_everywhere(
    http: httpx.Client, user: User, environment: Environment, wire: Wire
) -> None:
    another = resolve(http)
    secret, kept = add_secret(http, wire), add_secret(http, wire)
    for place in (environment, another):
        data(link(http, place, secret["id"]))
    data(link(http, environment, kept["id"]))
    assert http.delete(f"/secrets/{secret['id']}").status_code == 200
    assert [shown["name"] for shown in secrets_of(http, environment)] == [kept["name"]]
    assert secrets_of(http, another) == []
    assert set(user.given_in(environment.id)) == {kept["name"]}
    assert_refused(unlink(http, environment, secret["id"]), 404)


@proves("E-5.8")
def test_a_new_value_is_given_through_the_link(
    http: httpx.Client, user: User, environment: Environment, wire: Wire
) -> None:
    secret = add_secret(http, wire)
    data(link(http, environment, secret["id"]))
    value = wire.canary()
    data(http.patch(f"/secrets/{secret['id']}", json={"value": value}))
    assert user.given_in(environment.id) == {secret["name"]: value.encode()}


@proves("E-5.9")
def test_members_link_a_secret_of_their_team(
    http: httpx.Client, connect: Any, user: User, colleague: User, slug: str, wire: Wire
) -> None:
    team = user.team(colleague)
    shared = resolve(http, team_id=team.id)
    secret = add_secret(http, wire, teamId=team.id)
    theirs = connect(colleague.token)
    assert data(link(theirs, shared, secret["id"]))["secretId"] == secret["id"]
    (shown,) = secrets_of(http, shared)
    assert (shown["name"], shown["source"]) == (secret["name"], "global-linked")
    assert unlink(theirs, shared, secret["id"]).status_code == 200


# -- whose environment ---------------------------------------------------------------------------


@proves("E-7.1", "X-2.1", "X-3.1")
@in_environment
def test_another_accounts_environment_is_as_if_it_were_not_there(
    http: httpx.Client,
    connect: Any,
    stranger: User,
    environment: Environment,
    wire: Wire,
    operation: Operation,
) -> None:
    direct, variable = add_direct(http, wire, environment), add_variable(http, environment)
    theirs = connect(stranger.token)
    secret = add_secret(theirs, wire)["id"]
    places = {"entry": direct["id"], "variable": variable["id"], "secret": secret}
    answers = [
        operation.send(theirs, wire, environment=named, **places)
        for named in (environment.id, UNKNOWN_ID, "no-id")
    ]
    for answer in answers:
        assert_refused(answer, 404)
    assert len({answer.content for answer in answers}) == 1
    assert secrets_of(http, environment) == [direct]
    assert variables_of(http, environment) == [variable]


@proves("E-7.2")
@in_environment
def test_a_colleague_may_do_nothing_in_it(
    http: httpx.Client,
    connect: Any,
    colleague: User,
    environment: Environment,
    wire: Wire,
    operation: Operation,
) -> None:
    direct, variable = add_direct(http, wire, environment), add_variable(http, environment)
    theirs = connect(colleague.token)
    places = {"entry": direct["id"], "variable": variable["id"]}
    secret = add_secret(theirs, wire)["id"]
    answer = operation.send(theirs, wire, environment=environment.id, secret=secret, **places)
    assert_refused_as_one_of(answer, 403, 404)
    assert secrets_of(http, environment) == [direct]
    assert variables_of(http, environment) == [variable]
