"""Who calls: the token, what it is narrowed to, and what is another tenant's."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from checks import assert_refused, assert_refused_as_one_of, data
from identities import Server, User
from proof import proves
from vault import (
    JSON,
    OPERATIONS,
    SECRETS,
    UNKNOWN_ID,
    Environment,
    Operation,
    add_direct,
    add_secret,
    add_variable,
    link,
    listed,
    resolve,
    secrets_of,
    variables_of,
)
from wire import Wire

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)
on_one_secret = pytest.mark.parametrize(
    "operation", [operation for operation in SECRETS if "{secret}" in operation.path], ids=str
)


def altered(token: str) -> str:
    """The token with its last character changed."""
    return token[:-1] + ("a" if token[-1] != "a" else "b")


# -- the token -----------------------------------------------------------------------------------


@proves("X-1.1")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_token_comes_as_bearer(
    anonymous: httpx.Client, user: User, wire: Wire, scheme: str
) -> None:
    headers = {"authorization": f"{scheme} {user.token}"}
    made = add_secret_with(anonymous, wire, headers)
    assert data(anonymous.get(f"/secrets/{made['id']}", headers=headers)) == made


def add_secret_with(
    http: httpx.Client, wire: Wire, headers: dict[str, str]
) -> dict[str, Any]:
    body = {"name": "BY_BEARER", "value": wire.canary()}
    return data(http.post("/secrets/", json=body, headers=headers))


@proves("X-1.2", "X-3.1")
@every_operation
def test_no_token_is_401(anonymous: httpx.Client, wire: Wire, operation: Operation) -> None:
    assert_refused(operation.send(anonymous, wire), 401)


@proves("X-1.3")
def test_a_bad_token_is_401_whatever_is_bad(
    anonymous: httpx.Client, user: User, wire: Wire
) -> None:
    bad = [
        "x",
        "null",
        "not-a-token-at-all",
        altered(user.token),
        user.token[:-1],
        user.token + "a",
        "t" * 513,
        "t" * 4000,
        user.id,
        "../../etc/passwd",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
    ]
    answers = set()
    for token in bad:
        answer = anonymous.get("/secrets/", headers={"authorization": f"Bearer {token}"})
        assert_refused(answer, 401)
        answers.add(answer.content)
    assert len(answers) == 1


@proves("X-1.3")
@every_operation
def test_a_bad_token_is_401_everywhere(
    connect: Any, user: User, wire: Wire, operation: Operation
) -> None:
    assert_refused(operation.send(connect(altered(user.token)), wire), 401)


@proves("X-1.3")
@pytest.mark.parametrize(
    "scheme", ["Basic {}", "{}", "Bearer", "Token {}", "Bearer{}", "Bearer {} {}"]
)
def test_another_authorization_scheme_is_401(
    anonymous: httpx.Client, user: User, scheme: str
) -> None:
    headers = {"authorization": scheme.format(user.token, user.token)}
    assert_refused(anonymous.get("/secrets/", headers=headers), 401)


@proves("X-1.4")
def test_a_revoked_token_is_401(connect: Any, user: User, wire: Wire) -> None:
    token = user.further_token()
    http = connect(token.text)
    made = add_secret(http, wire)
    user.revoke(token)
    for operation in SECRETS:
        assert_refused(operation.send(http, wire, secret=made["id"]), 401)
    assert listed(connect(user.token)) == [made]


@proves("X-1.5")
def test_401_comes_before_everything_else(
    anonymous: httpx.Client, http: httpx.Client, user: User, wire: Wire
) -> None:
    made = add_secret(http, wire)
    answers = [
        anonymous.post("/secrets/", json={}),
        anonymous.post("/secrets/", content=b"{no json", headers=JSON),
        anonymous.post("/secrets/", json={"name": made["name"], "value": wire.canary()}),
        anonymous.get(f"/secrets/{made['id']}"),
        anonymous.get(f"/secrets/{UNKNOWN_ID}"),
        anonymous.get("/secrets/", params={"limit": "many", "teamId": user.team().id}),
        anonymous.get("/environmentshub/nobody/nothing/@latest"),
    ]
    for answer in answers:
        assert_refused(answer, 401)
    assert len({answer.content for answer in answers}) == 1


@proves("X-1.6")
def test_a_token_elsewhere_is_no_token(anonymous: httpx.Client, user: User) -> None:
    for name in ("api_key", "apiKey", "token", "access_token", "authorization"):
        assert_refused(anonymous.get("/secrets/", params={name: user.token}), 401)
    cookie = {"cookie": f"authorization={user.token}"}
    assert_refused(anonymous.get("/secrets/", headers=cookie), 401)


@proves("X-1.7")
@pytest.mark.parametrize("first", ["ours", "theirs", "the same", "unknown"])
def test_two_tokens_are_refused(
    server: Server, user: User, stranger: User, wire: Wire, first: str
) -> None:
    tokens = {
        "ours": (user.token, stranger.token),
        "theirs": (stranger.token, user.token),
        "the same": (user.token, user.token),
        "unknown": ("no-such-token", user.token),
    }[first]
    headers = [("authorization", f"Bearer {token}") for token in tokens]
    answer = wire.send_exactly(server.url, "GET", server.target("/secrets/"), headers)
    assert answer.status in (400, 401)


@proves("X-1.8", "X-3.1")
def test_a_narrow_token_is_403_beyond_its_scopes(
    connect: Any, user: User, environment: Environment, wire: Wire
) -> None:
    whole, narrow = connect(user.token), connect(user.further_token(scopes=["list"]).text)
    made, direct = add_secret(whole, wire), add_direct(whole, wire, environment)
    variable = add_variable(whole, environment)
    assert listed(narrow) == [made]
    assert secrets_of(narrow, environment) == [direct]
    assert variables_of(narrow, environment) == [variable]
    places = {
        "secret": made["id"],
        "environment": environment.id,
        "entry": direct["id"],
        "variable": variable["id"],
    }
    for operation in OPERATIONS:
        if operation.method != "GET":
            assert_refused(operation.send(narrow, wire, **places), 403)
    assert listed(whole) == [made]
    assert secrets_of(whole, environment) == [direct]
    assert variables_of(whole, environment) == [variable]


# -- what is another's ---------------------------------------------------------------------------


@proves("X-2.1")
@on_one_secret
def test_what_is_anothers_is_the_same_404_as_nothing(
    http: httpx.Client,
    connect: Any,
    colleague: User,
    stranger: User,
    wire: Wire,
    operation: Operation,
) -> None:
    theirs = [(connect(other.token), other) for other in (colleague, stranger)]
    made = [add_secret(client, wire) for client, _ in theirs]
    named = [*(secret["id"] for secret in made), UNKNOWN_ID, "no-id"]
    answers = [operation.send(http, wire, secret=secret) for secret in named]
    for answer in answers:
        assert_refused(answer, 404)
    assert len({answer.content for answer in answers}) == 1
    for (client, _), secret in zip(theirs, made, strict=True):
        assert listed(client) == [secret]


@proves("X-2.2")
def test_an_id_of_one_kind_is_404_as_another(
    http: httpx.Client, environment: Environment, user: User, wire: Wire
) -> None:
    secret, direct = add_secret(http, wire), add_direct(http, wire, environment)
    variable = add_variable(http, environment)
    for named in (environment.id, direct["id"], variable["id"], user.id, user.team().id):
        for operation in SECRETS:
            if "{secret}" in operation.path:
                assert_refused(operation.send(http, wire, secret=named), 404)
    for named in (secret["id"], direct["id"], variable["id"], user.id):
        assert_refused(http.get(f"/environmentshub/{named}/secrets"), 404)
        assert_refused(http.get(f"/environmentshub/{named}/variables"), 404)
        assert_refused(http.delete(f"/environmentshub/{named}"), 404)
    assert listed(http) == [secret]


@proves("X-2.3")
def test_a_team_environment_closes_with_the_membership(
    http: httpx.Client, connect: Any, user: User, colleague: User, slug: str, wire: Wire
) -> None:
    team = user.team(colleague)
    shared = resolve(http, team_id=team.id)
    secret = add_secret(http, wire, teamId=team.id)
    theirs = connect(colleague.token)
    assert data(link(theirs, shared, secret["id"]))["secretId"] == secret["id"]
    team.remove(colleague)
    for answer in (
        theirs.get(f"{shared.path}/secrets"),
        theirs.get(f"{shared.path}/variables"),
        theirs.get(f"/environmentshub/{shared.slug}/@latest"),
        theirs.delete(f"{shared.path}/secrets/link/{secret['id']}"),
    ):
        assert_refused_as_one_of(answer, 403, 404)
    assert [shown["name"] for shown in secrets_of(http, shared)] == [secret["name"]]
