"""Variables of environments over plain HTTP; which name may stand where, and what comes first."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from checks import ID, assert_now, assert_refused, data, moment
from identities import User, unique_name
from proof import proves
from refusals import BAD_NAMES, NO_STRING
from vault import (
    UNKNOWN_ID,
    Environment,
    add_direct,
    add_secret,
    add_variable,
    link,
    resolve,
    secret_body,
    secrets_of,
    unlink,
    variables_of,
)
from wire import Wire

ALWAYS = {"id", "name", "value", "createdAt"}
AT_MOST = ALWAYS | {"description", "updatedAt"}


# -- variables -----------------------------------------------------------------------------------


@proves("E-6.1")
def test_a_variable_is_told_with_its_value(http: httpx.Client, environment: Environment) -> None:
    body = {"name": unique_name(), "value": "https://example.test/?a=b c", "description": "where"}
    made = data(http.post(f"{environment.path}/variables", json=body))
    assert ALWAYS <= set(made) <= AT_MOST
    assert {member: made[member] for member in body} == body
    assert ID.fullmatch(made["id"])
    assert_now(made["createdAt"])
    assert variables_of(http, environment) == [made]


@proves("E-6.1")
@pytest.mark.parametrize(
    "value", ["x", " ", "line\nline", "v" * 4_096, "Überweisung – 振込 🔑", "[bold]x[/x]", "{}"]
)
def test_value_of_a_variable_reads_back(
    http: httpx.Client, environment: Environment, value: str
) -> None:
    made = add_variable(http, environment, value=value)
    assert made["value"] == value
    assert variables_of(http, environment) == [made]


@proves("E-6.2")
@pytest.mark.parametrize("member", ["name", "value", "description"])
def test_update_of_a_variable(http: httpx.Client, environment: Environment, member: str) -> None:
    made = add_variable(http, environment, description="before")
    after = {"name": unique_name(), "value": "other", "description": "after"}
    path = f"{environment.path}/variables/{made['id']}"
    changed = data(http.patch(path, json={member: after[member]}))
    assert changed[member] == after[member]
    for other in {"id", "name", "value", "description", "createdAt"} - {member}:
        assert changed[other] == made[other], other
    if changed.get("updatedAt") is not None:
        assert moment(changed["updatedAt"]) >= moment(made["createdAt"])
    assert variables_of(http, environment) == [changed]


@proves("E-6.3")
def test_delete_of_a_variable(http: httpx.Client, environment: Environment) -> None:
    made, kept = add_variable(http, environment), add_variable(http, environment)
    path = f"{environment.path}/variables/{made['id']}"
    assert http.delete(path).status_code == 200
    assert variables_of(http, environment) == [kept]
    assert_refused(http.delete(path), 404)
    assert_refused(http.patch(path, json={"value": "nobody"}), 404)
    assert add_variable(http, environment, name=made["name"])["id"] != made["id"]


@proves("E-6.4")
@pytest.mark.parametrize(
    ("member", "sent"),
    [
        *(("name", name) for name in (*BAD_NAMES, None, *NO_STRING)),
        *(("value", value) for value in (None, *NO_STRING)),
        *(("description", sent) for sent in NO_STRING),
    ],
    ids=lambda sent: ascii(sent)[:16],
)
def test_a_variable_is_refused(
    http: httpx.Client, environment: Environment, member: str, sent: Any
) -> None:
    kept = add_variable(http, environment)
    body = {"name": unique_name(), "value": "plain", member: sent}
    assert_refused(http.post(f"{environment.path}/variables", json=body), 422, "body", member)
    if sent is not None:
        answer = http.patch(f"{environment.path}/variables/{kept['id']}", json={member: sent})
        assert_refused(answer, 422, "body", member)
    assert variables_of(http, environment) == [kept]


@proves("E-6.4")
@pytest.mark.parametrize("member", ["name", "value"])
def test_a_variable_needs_both(
    http: httpx.Client, environment: Environment, member: str
) -> None:
    body = {"name": unique_name(), "value": "plain"}
    del body[member]
    assert_refused(http.post(f"{environment.path}/variables", json=body), 422, "body", member)


@proves("E-6.5")
def test_a_variables_name_is_taken_once(http: httpx.Client, environment: Environment) -> None:
    first, second = add_variable(http, environment), add_variable(http, environment)
    path = f"{environment.path}/variables"
    assert_refused(http.post(path, json={"name": first["name"], "value": "again"}), 409)
    assert_refused(http.patch(f"{path}/{second['id']}", json={"name": first["name"]}), 409)
    assert add_variable(http, resolve(http), name=first["name"])["name"] == first["name"]
    told = variables_of(http, environment)
    assert sorted(variable["id"] for variable in told) == sorted([first["id"], second["id"]])


@proves("E-6.6")
def test_a_variable_is_in_its_environment_only(
    http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    another = resolve(http)
    made, direct = add_variable(http, environment), add_direct(http, wire, environment)
    for path in (
        f"{another.path}/variables/{made['id']}",
        f"{environment.path}/variables/{UNKNOWN_ID}",
        f"{environment.path}/variables/no-id",
        f"{environment.path}/variables/{direct['id']}",
        f"{environment.path}/secrets/{made['id']}",
    ):
        assert_refused(http.patch(path, json={"description": "nobody"}), 404)
        assert_refused(http.delete(path), 404)
    assert variables_of(http, environment) == [made]
    assert secrets_of(http, environment) == [direct]


# -- who may have which name, and what comes first -----------------------------------------------


@proves("E-8.1", "E-8.2")
@pytest.mark.parametrize("first", ["variable", "secret"])
def test_a_direct_secret_goes_before_a_variable_of_its_name(
    http: httpx.Client, user: User, environment: Environment, wire: Wire, first: str
) -> None:
    value = wire.canary()
    if first == "variable":
        add_variable(http, environment, name="BOTH")
        add_direct(http, wire, environment, name="BOTH", value=value)
    else:
        add_direct(http, wire, environment, name="BOTH", value=value)
        add_variable(http, environment, name="BOTH")
    assert [shown["name"] for shown in secrets_of(http, environment)] == ["BOTH"]
    assert [shown["name"] for shown in variables_of(http, environment)] == ["BOTH"]
    assert user.given_in(environment.id)["BOTH"] == value.encode()


@proves("E-8.3")
def test_a_direct_secret_and_a_link_do_not_share_a_name(
    http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    linked, taken = add_secret(http, wire), add_secret(http, wire)
    data(link(http, environment, linked["id"]))
    direct = add_direct(http, wire, environment, name=taken["name"])
    path = f"{environment.path}/secrets"
    assert_refused(http.post(path, json=secret_body(wire, name=linked["name"])), 409)
    assert_refused(link(http, environment, taken["id"]), 409)
    change = {"name": linked["name"]}
    assert_refused(http.patch(f"{path}/{direct['id']}", json=change), 409)
    told = {shown["name"]: shown["source"] for shown in secrets_of(http, environment)}
    assert told == {linked["name"]: "global-linked", taken["name"]: "environment"}


@proves("E-8.4")
def test_a_variable_and_a_link_do_not_share_a_name(
    http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    linked, taken = add_secret(http, wire), add_secret(http, wire)
    data(link(http, environment, linked["id"]))
    variable = add_variable(http, environment, name=taken["name"])
    path = f"{environment.path}/variables"
    assert_refused(http.post(path, json={"name": linked["name"], "value": "plain"}), 409)
    assert_refused(link(http, environment, taken["id"]), 409)
    change = {"name": linked["name"]}
    assert_refused(http.patch(f"{path}/{variable['id']}", json=change), 409)
    assert variables_of(http, environment) == [variable]
    assert [shown["name"] for shown in secrets_of(http, environment)] == [linked["name"]]


@proves("E-8.5")
def test_an_unlinked_name_is_free(http: httpx.Client, environment: Environment, wire: Wire) -> None:
    secret = add_secret(http, wire)
    data(link(http, environment, secret["id"]))
    assert unlink(http, environment, secret["id"]).status_code == 200
    add_variable(http, environment, name=secret["name"])
    direct = add_direct(http, wire, environment, name=secret["name"])
    assert secrets_of(http, environment) == [direct]
    assert_refused(link(http, environment, secret["id"]), 409)
