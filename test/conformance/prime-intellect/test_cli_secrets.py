"""`prime secret`: what it sends, and what it tells of our answers."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from checks import data
from cli import Prime
from identities import User, unique_name
from proof import proves
from vault import UNKNOWN_ID, add_secret, fill, listed, secret_body
from wire import Wire


def make(prime: Prime, wire: Wire, *flags: str, **settings: str | None) -> dict[str, Any]:
    """A secret made by the CLI, as it prints it."""
    name, value = unique_name(), wire.canary()
    words = ["--name", name, "--value", value, *flags]
    made: dict[str, Any] = prime.data("secret", "create", *words, **settings)
    sent = wire.last.sent()
    assert (sent["name"], sent["value"]) == (name, value)
    return made


# -- personal ------------------------------------------------------------------------------------


@proves("S-7.1", "X-4.1", "X-4.2")
def test_create_in_words(prime: Prime, http: httpx.Client, user: User, wire: Wire) -> None:
    name, value = unique_name(), wire.canary()
    done = prime("secret", "create", "-n", name, "-v", value)
    assert wire.last.call == "POST /secrets/"
    assert wire.last.sent() == {"name": name, "value": value}
    assert wire.last.request_headers["authorization"] == f"Bearer {user.token}"
    assert wire.last.request_headers["user-agent"].startswith("prime-cli/0.18.0 ")
    (made,) = listed(http)
    done.said(f"Created personal secret '{name}'", made["id"])
    assert user.opened(made["id"]) == value.encode()
    assert value not in done.out + done.err


@proves("S-7.2")
def test_create_with_all_flags(prime: Prime, http: httpx.Client, wire: Wire) -> None:
    value = base64.b64encode(b"\x00file").decode()
    words = ["--name", "A_FILE", "--value", value, "--description", "for the job", "--file"]
    made = prime.data("secret", "create", *words)
    assert wire.last.sent() == {
        "name": "A_FILE",
        "value": value,
        "description": "for the job",
        "isFile": True,
    }
    assert made == data(http.get(f"/secrets/{made['id']}"))
    assert (made["isFile"], made["description"]) == (True, "for the job")


@proves("S-7.2")
def test_create_with_as_little_as_may_be(prime: Prime, wire: Wire) -> None:
    make(prime, wire, "--description", "")
    assert set(wire.last.sent()) == {"name", "value"}


@proves("S-7.10")
def test_create_asks_for_what_is_missing(prime: Prime, http: httpx.Client, wire: Wire) -> None:
    value = wire.canary()
    done = prime("secret", "create", answers=("ASKED_FOR", value))
    done.said("Created personal secret 'ASKED_FOR'")
    assert wire.last.sent() == {"name": "ASKED_FOR", "value": value}
    assert len(listed(http)) == 1


@proves("S-7.3")
def test_list(prime: Prime, http: httpx.Client, wire: Wire) -> None:
    prime("secret", "list").said("No personal secrets found.")
    assert prime.data("secret", "list") == {"secrets": []}
    made = fill(http, wire, 2, description="for the job")
    told = prime.data("secret", "list")
    assert (wire.last.call, wire.last.query) == ("GET /secrets/", {})
    assert told == {"secrets": listed(http)}
    table = prime("secret", "list").said("Personal Secrets", "for the job", "just now")
    for secret in made:
        table.said(secret["id"], secret["name"])


@proves("S-7.11")
def test_list_shows_the_newest_hundred(prime: Prime, http: httpx.Client, wire: Wire) -> None:
    first = add_secret(http, wire)
    fill(http, wire, 99)
    last = add_secret(http, wire)
    told = [secret["id"] for secret in prime.data("secret", "list")["secrets"]]
    assert len(told) == 100
    assert last["id"] in told and first["id"] not in told


@proves("S-7.4")
def test_get(prime: Prime, http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire, description="for the job")
    assert prime.data("secret", "get", made["id"]) == made
    assert wire.last.call == f"GET /secrets/{made['id']}"
    prime("secret", "get", made["id"]).said(made["id"], made["name"], "for the job", "just now")


@proves("S-7.5")
@pytest.mark.parametrize("flags", [["name"], ["value"], ["description"], ["name", "value"]], ids=str)
def test_update(
    prime: Prime, http: httpx.Client, user: User, wire: Wire, flags: list[str]
) -> None:
    body = secret_body(wire, description="before")
    made = data(http.post("/secrets/", json=body))
    new = {"name": unique_name(), "value": wire.canary(), "description": "after"}
    sent = {flag: new[flag] for flag in flags}
    words = [word for flag, text in sent.items() for word in (f"--{flag}", text)]
    changed = prime.data("secret", "update", made["id"], *words)
    assert wire.last.call == f"PATCH /secrets/{made['id']}"
    assert wire.last.sent() == sent
    expected = {**body, **sent}
    assert (changed["name"], changed["description"]) == (expected["name"], expected["description"])
    assert user.opened(made["id"]) == expected["value"].encode()
    prime("secret", "update", made["id"], *words).said(f"Updated secret '{expected['name']}'")


@proves("S-7.5")
def test_update_with_nothing_in_it(prime: Prime, http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire, description="goes")
    assert not prime.data("secret", "update", made["id"], "--description", "")["description"]
    prime("secret", "update", made["id"], "--value", "").failed("Validation failed:", "- value: ")
    assert wire.last.sent() == {"value": ""}


@proves("S-7.10")
def test_update_offers_what_there_is(
    prime: Prime, http: httpx.Client, user: User, wire: Wire
) -> None:
    made, value = fill(http, wire, 2), wire.canary()
    newest = listed(http)[0]
    done = prime("secret", "update", answers=("1", value))
    done.said(*(secret["name"] for secret in made), f"Updated secret '{newest['name']}'")
    assert user.opened(newest["id"]) == value.encode()


@proves("S-7.6")
def test_delete(prime: Prime, http: httpx.Client, wire: Wire) -> None:
    made, kept = add_secret(http, wire), add_secret(http, wire)
    prime("secret", "delete", made["id"], "--yes").said(f"Deleted secret '{made['name']}'")
    calls = [exchange.call for exchange in wire.exchanges[-2:]]
    assert calls == [f"GET /secrets/{made['id']}", f"DELETE /secrets/{made['id']}"]
    done = prime("secret", "delete", kept["id"], answers=("n",))
    done.said(f"Delete secret '{kept['name']}'?", "Cancelled.")
    assert listed(http) == [kept]


@proves("S-7.8")
@pytest.mark.parametrize("name", ["lower", "1A", "A-B", "_A"])
def test_a_bad_name_is_not_sent(prime: Prime, http: httpx.Client, wire: Wire, name: str) -> None:
    made = add_secret(http, wire)
    before = len(wire.exchanges)
    prime("secret", "create", "--name", name, "--value", "value").failed("Invalid secret name")
    prime("secret", "update", made["id"], "--name", name).failed("Invalid secret name")
    assert len(wire.exchanges) == before


# -- teams ---------------------------------------------------------------------------------------


@proves("S-7.7")
def test_every_command_with_a_team(
    prime: Prime, http: httpx.Client, user: User, wire: Wire
) -> None:
    team = user.team()
    settings = {"PRIME_TEAM_ID": team.id}
    prime("secret", "list", **settings).said("No team secrets found.")
    made = make(prime, wire, **settings)
    assert wire.last.sent()["teamId"] == team.id and wire.last.query == {}
    assert made["teamId"] == team.id
    assert prime.data("secret", "list", **settings) == {"secrets": [made]}
    prime("secret", "list", **settings).said("Team Secrets", made["name"])
    assert prime.data("secret", "get", made["id"], **settings) == made
    words = ("--description", "for all of us")
    changed = prime.data("secret", "update", made["id"], *words, **settings)
    assert "teamId" not in wire.last.sent()
    prime("secret", "delete", made["id"], "-y", **settings).said(f"'{made['name']}'")
    for exchange in wire.exchanges:
        if exchange.method != "POST":
            assert exchange.query == {"teamId": team.id}
    assert changed["description"] == "for all of us"
    assert (listed(http, teamId=team.id), listed(http)) == ([], [])


@proves("S-7.7")
def test_the_words_say_whose_it_is(prime: Prime, user: User, wire: Wire) -> None:
    settings = {"PRIME_TEAM_ID": user.team().id}
    words = ["--name", "OF_THE_TEAM", "--value", wire.canary()]
    done = prime("secret", "create", *words, **settings)
    done.said("Created team secret 'OF_THE_TEAM'")


@proves("S-7.9")
@pytest.mark.parametrize("way", ["switch", "config"])
def test_a_chosen_team_counts_until_it_is_left(
    prime: Prime, http: httpx.Client, user: User, wire: Wire, way: str
) -> None:
    team = user.team()
    prime(*(["switch"] if way == "switch" else ["config", "set-team-id"]), team.id).said(team.name)
    made = make(prime, wire)
    assert made["teamId"] == team.id
    assert listed(http, teamId=team.id) == [made]
    prime(*(["switch", "personal"] if way == "switch" else ["config", "remove-team-id"])).said()
    assert make(prime, wire)["teamId"] is None


# -- what is refused -----------------------------------------------------------------------------


@proves("X-4.3")
def test_a_bad_key_is_told_in_the_clients_own_words(prime: Prime, wire: Wire) -> None:
    done = prime("secret", "list", PRIME_API_KEY="not-a-token-at-all")
    done.failed("API key unauthorized.")
    assert wire.last.status == 401
    prime("secret", "list", "--output", "json", PRIME_API_KEY="not-a-token-at-all").failed(
        "API key unauthorized."
    )


@proves("X-4.3")
def test_without_a_key_nothing_is_asked(prime: Prime, wire: Wire) -> None:
    prime("secret", "list", PRIME_API_KEY=None).failed("No API key configured.")
    assert wire.exchanges == []


@proves("X-4.4")
def test_each_refusal_is_told_with_its_detail(
    prime: Prime, http: httpx.Client, user: User, wire: Wire
) -> None:
    made = add_secret(http, wire)
    again = ["--name", made["name"], "--value", wire.canary()]
    size = ["--name", "LARGE", "--value", "v" * 100_000]
    for status, words, settings in (
        (403, ["secret", "list"], {"PRIME_TEAM_ID": UNKNOWN_ID}),
        (404, ["secret", "get", UNKNOWN_ID], {}),
        (404, ["secret", "get", made["id"]], {"PRIME_TEAM_ID": user.team().id}),
        (404, ["secret", "delete", UNKNOWN_ID, "--yes"], {}),
        (409, ["secret", "create", *again], {}),
    ):
        done = prime(*words, **settings)
        assert wire.last.status == status
        done.failed(f"Error: HTTP {status}: {wire.last.json()['detail']}")
    prime("secret", "create", *size).failed("Validation failed:", "- value: ")
    assert listed(http) == [made]


@proves("X-4.5")
def test_a_validation_error_is_rendered(prime: Prime, wire: Wire) -> None:
    done = prime("secret", "create", "--name", "A" * 256, "--value", wire.canary())
    (problem,) = wire.last.json()["detail"]
    done.failed("Validation failed:", f"- name: {problem['msg']}")
    with pytest.raises(ValueError):
        json.loads(done.out)


@proves("X-4.6")
@pytest.mark.parametrize("ending", ["/", "/api/v1", "/api/v1/"])
def test_the_base_url_may_end_in_several_ways(
    prime: Prime, http: httpx.Client, wire: Wire, ending: str
) -> None:
    made = add_secret(http, wire)
    base = prime.base_url + ending
    assert prime.data("secret", "list", PRIME_API_BASE_URL=base) == {"secrets": [made]}
    other = {"PRIME_API_BASE_URL": None, "PRIME_BASE_URL": base}
    assert prime.data("secret", "list", **other) == {"secrets": [made]}
