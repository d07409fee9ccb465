"""`prime env secret`, `env var`, `env list`, `env status` and `env delete`."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from checks import data
from cli import Prime
from identities import User, unique, unique_name
from proof import proves
from vault import (
    UNKNOWN_ID,
    Environment,
    add_direct,
    add_secret,
    add_variable,
    link,
    resolve,
    secrets_of,
    variables_of,
)
from wire import Wire


def last_calls(wire: Wire, count: int) -> list[str]:
    return [exchange.call for exchange in wire.exchanges[-count:]]


def look_up(environment: Environment) -> str:
    return f"GET /environmentshub/{environment.slug}/@latest"


# -- secrets of an environment -------------------------------------------------------------------


@proves("E-9.1", "E-9.2")
def test_create(
    prime: Prime, http: httpx.Client, user: User, environment: Environment, wire: Wire
) -> None:
    name, value = unique_name(), wire.canary()
    words = ["--name", name, "--value", value]
    done = prime("env", "secret", "create", environment.slug, *words)
    assert last_calls(wire, 2) == [look_up(environment), f"POST {environment.path}/secrets"]
    assert wire.last.sent() == {"name": name, "value": value}
    (made,) = secrets_of(http, environment)
    done.said(f"Created secret '{name}' for {environment.slug}", made["id"])
    assert user.given_in(environment.id) == {name: value.encode()}
    words = ["--name", unique_name(), "--value", wire.canary(), "--description", "for the job"]
    told = prime.data("env", "secret", "create", environment.slug, *words)
    assert wire.last.sent()["description"] == told["description"] == "for the job"
    assert (told["source"], "value" in told) == ("environment", False)


@proves("E-9.2")
def test_list(
    prime: Prime, http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    prime("env", "secret", "list", environment.slug).said("No secrets found")
    direct = add_direct(http, wire, environment, description="for the job")
    linked = add_secret(http, wire)
    data(link(http, environment, linked["id"]))
    told = prime.data("env", "secret", "list", environment.slug)
    assert last_calls(wire, 2) == [look_up(environment), f"GET {environment.path}/secrets"]
    assert told == {"secrets": secrets_of(http, environment)}
    table = prime("env", "secret", "list", environment.slug)
    table.said(f"Secrets for {environment.slug}", "environment", "global-linked", "just now")
    table.said(direct["id"], direct["name"], "for the job", linked["name"])


@proves("E-9.2")
@pytest.mark.parametrize("flags", [["name"], ["value"], ["description"], ["name", "value"]], ids=str)
def test_update(
    prime: Prime,
    http: httpx.Client,
    user: User,
    environment: Environment,
    wire: Wire,
    flags: list[str],
) -> None:
    value = wire.canary()
    made = add_direct(http, wire, environment, value=value, description="before")
    new = {"name": unique_name(), "value": wire.canary(), "description": "after"}
    sent = {flag: new[flag] for flag in flags}
    words = [word for flag, text in sent.items() for word in (f"--{flag}", text)]
    told = prime.data("env", "secret", "update", environment.slug, "--id", made["id"], *words)
    path = f"{environment.path}/secrets/{made['id']}"
    assert last_calls(wire, 2) == [look_up(environment), f"PATCH {path}"]
    assert wire.last.sent() == sent
    expected = {"name": made["name"], "value": value, "description": "before", **sent}
    assert (told["name"], told["description"]) == (expected["name"], expected["description"])
    assert user.given_in(environment.id) == {expected["name"]: expected["value"].encode()}


@proves("E-9.2")
def test_update_offers_what_there_is(
    prime: Prime, http: httpx.Client, user: User, environment: Environment, wire: Wire
) -> None:
    made, value = add_direct(http, wire, environment), wire.canary()
    done = prime("env", "secret", "update", environment.slug, answers=("1", value))
    done.said(f"Updated secret '{made['name']}' for {environment.slug}")
    assert user.given_in(environment.id) == {made["name"]: value.encode()}


@proves("E-9.2")
def test_delete(
    prime: Prime, http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    made, kept = add_direct(http, wire, environment), add_direct(http, wire, environment)
    words = ["env", "secret", "delete", environment.slug, "--id"]
    prime(*words, made["id"], "--yes").said(f"Deleted secret '{made['name']}'")
    assert last_calls(wire, 3) == [
        look_up(environment),
        f"GET {environment.path}/secrets",
        f"DELETE {environment.path}/secrets/{made['id']}",
    ]
    prime(*words, kept["id"], answers=("n",)).said(f"'{kept['name']}'", "Cancelled.")
    assert secrets_of(http, environment) == [kept]


# -- links ---------------------------------------------------------------------------------------


@proves("E-9.3")
def test_link_and_unlink(
    prime: Prime, http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    secret, another = add_secret(http, wire), add_secret(http, wire)
    path = f"{environment.path}/secrets/link/{secret['id']}"
    told = prime.data("env", "secret", "link", secret["id"], environment.slug)
    assert last_calls(wire, 2) == [look_up(environment), f"POST {path}"]
    assert wire.last.sent() == {}
    assert (told["secretId"], told["environmentId"]) == (secret["id"], environment.id)
    prime("env", "secret", "link", another["id"], environment.slug).said(
        f"Linked global secret '{another['name']}' to {environment.slug}"
    )
    prime("env", "secret", "unlink", secret["id"], environment.slug, "--yes").said("Unlinked")
    assert last_calls(wire, 2) == [look_up(environment), f"DELETE {path}"]
    words = ["env", "secret", "unlink", another["id"], environment.slug]
    prime(*words, answers=("n",)).said("Cancelled.")
    assert [shown["name"] for shown in secrets_of(http, environment)] == [another["name"]]


@proves("E-9.3", "X-4.4")
def test_a_refused_link_is_told(
    prime: Prime, http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    secret = add_secret(http, wire)
    data(link(http, environment, secret["id"]))
    for status, command, named in (
        (409, "link", secret["id"]),
        (404, "link", UNKNOWN_ID),
        (404, "unlink", UNKNOWN_ID),
    ):
        flags = ["--yes"] if command == "unlink" else []
        done = prime("env", "secret", command, named, environment.slug, *flags)
        assert wire.last.status == status
        done.failed(f"Error: HTTP {status}: {wire.last.json()['detail']}")


# -- variables -----------------------------------------------------------------------------------


@proves("E-9.4")
def test_variables(
    prime: Prime, http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    words = ["--name", "REGION", "--value", "north", "--description", "where"]
    made = prime.data("env", "var", "create", environment.slug, *words)
    path = f"{environment.path}/variables"
    assert last_calls(wire, 2) == [look_up(environment), f"POST {path}"]
    assert wire.last.sent() == {"name": "REGION", "value": "north", "description": "where"}
    assert prime.data("env", "var", "list", environment.slug) == {"variables": [made]}
    assert last_calls(wire, 2) == [look_up(environment), f"GET {path}"]
    told = prime("env", "var", "list", environment.slug)
    told.said(f"Variables for {environment.slug}", made["id"], "REGION", "north", "where")
    changed = prime.data("env", "var", "update", made["id"], environment.slug, "--value", "south")
    assert last_calls(wire, 2) == [look_up(environment), f"PATCH {path}/{made['id']}"]
    assert wire.last.sent() == {"value": "south"}
    assert variables_of(http, environment) == [changed]
    assert (changed["name"], changed["value"]) == ("REGION", "south")
    prime("env", "var", "delete", made["id"], environment.slug, "--yes").said("Variable deleted")
    assert last_calls(wire, 2) == [look_up(environment), f"DELETE {path}/{made['id']}"]
    assert variables_of(http, environment) == []
    prime("env", "var", "list", environment.slug).said("No variables found")


@proves("E-9.4")
def test_variables_in_words(
    prime: Prime, http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    done = prime("env", "var", "create", environment.slug, answers=("ASKED_FOR", "typed"))
    (made,) = variables_of(http, environment)
    done.said(f"Created variable 'ASKED_FOR' for {environment.slug}", made["id"])
    assert made["value"] == "typed"
    words = ["env", "var", "update", made["id"], environment.slug]
    prime(*words, "--name", "RENAMED").said("Updated variable 'RENAMED'")
    before = len(wire.exchanges)
    prime(*words).failed("At least one of")
    prime("env", "var", "create", environment.slug, "--name", "bad", "--value", "x").failed(
        "Invalid variable name"
    )
    assert len(wire.exchanges) == before


@proves("E-9.4", "X-4.4")
def test_a_refused_variable_is_told(
    prime: Prime, http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    made = add_variable(http, environment)
    words = ["--name", made["name"], "--value", "again"]
    prime("env", "var", "create", environment.slug, *words).failed("Error: HTTP 409: ")
    prime("env", "var", "delete", UNKNOWN_ID, environment.slug, "-y").failed("Error: HTTP 404: ")
    assert variables_of(http, environment) == [made]


# -- which environment ---------------------------------------------------------------------------


@proves("E-9.1", "X-4.4")
def test_an_environment_that_is_not_there_is_told(
    prime: Prime, http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    nowhere = f"{environment.owner}/{unique('env')}"
    create = ["create", nowhere, "--name", "A", "--value", wire.canary()]
    for words in (
        ["secret", "list", nowhere],
        ["secret", *create],
        ["secret", "link", UNKNOWN_ID, nowhere],
        ["var", "list", nowhere],
        ["var", *create],
    ):
        prime("env", *words).failed("Error: HTTP 404: ")
        assert wire.last.call == f"GET /environmentshub/{nowhere}/@latest"


@proves("E-9.5")
def test_the_folder_may_say_which_environment(
    prime: Prime, http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    kept = prime.folder / ".prime"
    kept.mkdir()
    told = {"owner": environment.owner, "name": environment.name}
    (kept / ".env-metadata.json").write_text(json.dumps(told), encoding="utf-8")
    secret = add_secret(http, wire)
    prime("env", "secret", "link", secret["id"]).said(
        f"Using environment: {environment.slug}", f"Linked global secret '{secret['name']}'"
    )
    prime("env", "secret", "list").said(secret["name"])


@proves("E-9.6")
def test_an_environment_of_a_team_by_its_slug(
    prime: Prime, http: httpx.Client, user: User, wire: Wire
) -> None:
    shared = resolve(http, team_id=user.team().id)
    words = ["--name", "OF_THE_TEAM", "--value", wire.canary()]
    prime("env", "secret", "create", shared.slug, *words).said("Created secret 'OF_THE_TEAM'")
    assert [shown["name"] for shown in secrets_of(http, shared)] == ["OF_THE_TEAM"]


# -- the hub -------------------------------------------------------------------------------------


def named(told: dict[str, Any]) -> list[str]:
    return [environment["environment"] for environment in told["environments"]]


@proves("E-9.7")
def test_env_list(prime: Prime, http: httpx.Client, slug: str, wire: Wire) -> None:
    prime("env", "list").said("No environments found.")
    made = [resolve(http, name).slug for name in ("bravo", "alpha", "charlie")]
    told = prime.data("env", "list")
    assert wire.last.call == "GET /environmentshub/"
    assert wire.last.query == {
        "include_teams": "true",
        "limit": "20",
        "offset": "0",
        "sort_by": "created_at",
        "sort_order": "desc",
    }
    assert named(told) == made[::-1]
    assert (told["total"], told["page"], told["per_page"]) == (3, 1, 20)
    prime("env", "list").said("Environments (Total: 3)", *made)
    by_name = prime.data("env", "list", "--sort", "name", "--order", "asc", "-n", "2", "--page", "2")
    assert named(by_name) == [f"{slug}/charlie"]
    assert by_name["total"] == 3
    assert named(prime.data("env", "list", "--search", "alph")) == [f"{slug}/alpha"]
    assert set(named(prime.data("env", "list", "--mine", "--owner", slug))) == set(made)
    prime("env", "list", "--page", "3").said("No more results.")


@proves("E-9.8")
def test_env_status(prime: Prime, http: httpx.Client, slug: str) -> None:
    made = resolve(http, visibility="PRIVATE")
    prime("env", "status", made.slug).said(made.slug, "PRIVATE", "No versions found")
    assert prime.data("env", "status", made.slug)["visibility"] == "PRIVATE"
    prime("env", "status", f"{slug}/{unique('env')}").failed("HTTP 404: ")


@proves("E-9.9")
def test_env_delete(
    prime: Prime, http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    prime("env", "delete", environment.id, "--force").said("deleted successfully")
    assert wire.last.call == f"DELETE {environment.path}"
    prime("env", "secret", "list", environment.slug).failed("HTTP 404: ")
    prime("env", "delete", environment.id, "--force").failed("HTTP 404: ")
    another = resolve(http)
    prime("env", "delete", another.slug, "--force").said("deleted successfully")
    assert wire.last.call == f"DELETE /environmentshub/{another.slug}"
    prime("env", "secret", "list", another.slug).failed("HTTP 404: ")
