"""The `tfy` command: apply, dry runs, differences, delete."""

from __future__ import annotations

import re
from typing import Any

import httpx

from identities import Account, Identity
from proof import proves
from test_cli_login import a_group, assert_done, assert_failed, groups
from tfy import Ran, Tfy
from vault import ADMIN, EDITOR, VIEWER, Store


def applied(ran: Ran) -> list[tuple[str, int]]:
    """The name in each PUT /apply, and its status."""
    return [
        (exchange.sent()["manifest"]["name"], exchange.status)
        for exchange in ran.calls
        if exchange.call == "PUT /apply"
    ]


def set_of(account: Account, store: Store, member: Identity) -> list[dict[str, Any]]:
    """Four documents; those that name another come before it."""
    fqn = f"{account.name}:cli-group"
    grant = {"resourceType": "secret-group", "resourceFqn": fqn, "role": EDITOR}
    return [
        {
            "type": "role-binding",
            "name": "cli-binding",
            "subjects": [{"type": "virtualaccount", "name": "cli-robot"}],
            "permissions": [grant],
        },
        {"type": "virtual-account", "name": "cli-robot"},
        {
            **a_group(store, "cli-group"),
            "collaborators": [{"subject": "team:cli-team", "role_id": VIEWER}],
        },
        {"type": "team", "name": "cli-team", "members": [member.email]},
    ]


def token_of(http: httpx.Client, kind: str) -> str:
    """A personal access token of the administrator, `opaque` or `jwt`."""
    asked = {"name": "ci-runner", "tokenType": kind}
    return http.post("/personal-access-tokens", json=asked).json()["token"]


def assert_by_environment(cli: Tfy, ran: Ran, *, asks: bool) -> None:
    """It took the token of the environment, asking who that is unless the token says so."""
    assert ("GET /session" in ran.asked) == asks and not cli.credentials.exists()


def put_all(http: httpx.Client, *manifests: dict[str, Any]) -> None:
    for manifest in manifests:
        answer = http.put("/apply", json={"manifest": manifest, "dryRun": False})
        assert answer.status_code == 200, answer.text


@proves("C-3.2", "C-1.4", "C-2.5", "X-1.1")
def test_several_documents_are_all_applied(
    cli: Tfy,
    http: httpx.Client,
    bearer: Any,
    account: Account,
    store: Store,
    member: Identity,
) -> None:
    first, *rest = set_of(account, store, member)
    pat = token_of(http, "opaque")
    ran = cli.as_(pat, "apply", "-f", cli.write(first), "-f", cli.write(*rest))
    assert_done(ran)
    assert_by_environment(cli, ran, asks=True)
    names = {"cli-binding", "cli-robot", "cli-group", "cli-team"}
    assert {name for name, status in applied(ran) if status == 200} == names
    for name in names:
        assert ran.says(f"Successfully configured manifest {name}")
    (group,) = bearer(member.token).get("/secret-groups").json()["data"]
    assert group["name"] == "cli-group"
    (robot,) = http.get("/virtual-accounts").json()["data"]
    token = http.get(f"/virtual-accounts/{robot['id']}/token").json()["token"]
    assert groups(bearer(token)) == {"cli-group"}


@proves("C-3.3", "C-2.5", "X-1.1")
def test_one_that_fails_does_not_stop_the_others(
    cli: Tfy, http: httpx.Client, store: Store
) -> None:
    documents = [
        a_group(store, "before"),
        a_group(store, "not a name"),
        {**a_group(store, "storeless"), "integration_fqn": "internal:aws:a:secret-store:b"},
        {"type": "role", "name": "custom"},
        a_group(store, "after"),
    ]
    ran = cli.as_(token_of(http, "jwt"), "apply", "-f", cli.write(*documents))
    assert_failed(ran)
    assert_by_environment(cli, ran, asks=False)
    assert sorted(applied(ran)) == sorted(
        [("before", 200), ("not a name", 422), ("storeless", 404), ("custom", 422), ("after", 200)]
    )
    for exchange in ran.calls:
        if exchange.status >= 400:
            assert ran.says(exchange.json()["message"])
    assert ran.says("Successfully configured manifest after")
    assert groups(http) == {"before", "after"}


@proves("C-3.4")
def test_a_dry_run_makes_nothing(
    cli: Tfy, http: httpx.Client, store: Store, admin: Identity
) -> None:
    documents = [
        a_group(store, "not-yet"),
        a_group(store, "a b"),
        {"type": "team", "name": "not-ever", "members": []},
    ]
    ran = cli.as_(admin.tfy_token, "apply", "--dry-run", "-f", cli.write(*documents))
    assert_failed(ran)
    assert sorted(applied(ran)) == [("a b", 422), ("not-ever", 200), ("not-yet", 200)]
    assert ran.says("(No changes were applied)")
    sent = [exchange.sent() for exchange in ran.calls if exchange.call == "PUT /apply"]
    assert all(one["dryRun"] is True for one in sent)
    assert groups(http) == set()
    assert http.get("/teams/user").json()["data"] == []


@proves("C-3.5", "A-1.3")
def test_show_diff_shows_what_would_change(
    cli: Tfy, http: httpx.Client, account: Account, store: Store, admin: Identity, member: Identity
) -> None:
    documents = set_of(account, store, member)
    paying = {"type": "team", "name": "paying", "members": [member.email]}
    put_all(http, *reversed(documents), paying)
    other = {**paying, "description": "who pays"}
    fresh = {"type": "team", "name": "fresh", "members": []}
    path = cli.write(*documents, other, fresh)
    ran = cli.as_(admin.tfy_token, "apply", "--dry-run", "--show-diff", "-f", path)
    assert_done(ran)
    assert set(applied(ran)) >= {("cli-team", 200), ("paying", 200), ("fresh", 200)}
    # With dependencies told, the command leaves out a dry run of what depends on another document.
    for name, status in applied(ran):
        assert status == 200
        assert ran.says(f"No changes detected for {name}") == (name not in ("paying", "fresh"))
    changed = [
        line.strip(" │")
        for line in ran.text.splitlines()
        # A line that stays as it is may be an item of a list, "- ...".
        if re.match(r"[+-][^ ]", line.strip(" │")) and "/paying" not in line
    ]
    assert changed == ["+description: who pays"]
    assert ran.text.count("@@") == 2 and not ran.says("Diff for fresh")


@proves("C-3.6")
def test_delete_deletes_each_document(
    cli: Tfy, http: httpx.Client, account: Account, store: Store, admin: Identity, member: Identity
) -> None:
    documents = set_of(account, store, member)
    put_all(http, *reversed(documents), a_group(store, "kept"))
    missing = a_group(store, "nowhere")
    ran = cli.as_(admin.tfy_token, "delete", "-f", cli.write(documents[0], missing, *documents[1:]))
    assert_failed(ran)
    told = [
        (exchange.sent()["manifest"]["name"], exchange.status)
        for exchange in ran.calls
        if exchange.call == "POST /delete"
    ]
    assert told == [
        ("cli-binding", 200),
        ("nowhere", 404),
        ("cli-robot", 200),
        ("cli-group", 200),
        ("cli-team", 200),
    ]
    assert "POST /dependency-tree" not in ran.asked
    assert ran.says("Successfully deleted resource manifest cli-group")
    assert ran.says("Failed to delete resource manifest nowhere")
    assert groups(http) == {"kept"}


@proves("C-3.7")
def test_without_the_right_nothing_changes(
    cli: Tfy, http: httpx.Client, store: Store, member: Identity
) -> None:
    group = a_group(store, "not-theirs")
    put_all(http, group)
    ruling = {"subject": f"user:{member.email}", "role_id": ADMIN}
    path = cli.write({**group, "collaborators": [ruling]})
    for command in ("apply", "delete"):
        ran = cli.as_(member.tfy_token, command, "-f", path)
        assert_failed(ran)
        assert ran.calls[-1].status == 403 and ran.says(ran.calls[-1].json()["message"])
    (row,) = http.get("/secret-groups").json()["data"]
    assert row["manifest"] == group


@proves("C-3.8", "G-4.3", "C-2.5", "X-1.1")
def test_null_members_are_left_out(
    cli: Tfy, http: httpx.Client, store: Store, admin: Identity
) -> None:
    group = a_group(store, "with-nulls")
    path = cli.write({**group, "collaborators": None, "ownedBy": None})
    ran = cli.as_(admin.tfy_token, "apply", "-f", path)
    assert_done(ran)
    assert_by_environment(cli, ran, asks=True)
    assert ran.calls[-1].sent()["manifest"] == group
    (row,) = http.get("/secret-groups").json()["data"]
    assert row["manifest"] == group
