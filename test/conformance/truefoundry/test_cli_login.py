"""The `tfy` command: what it asks before anything else, and logging in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from packaging.version import parse as version
from truefoundry_sdk import VirtualAccountManifest

from checks import assert_refused
from identities import Account, Identity, unique
from proof import proves
from tfy import Ran, Tfy
from vault import ADMIN, VIEWER, Store

ASKED_FIRST = {"GET /min-cli-version", "GET /tenant-id"}


def a_group(store: Store, name: str | None = None) -> dict[str, Any]:
    name = name or unique("group")
    return {"type": "secret-group", "name": name, "integration_fqn": store.fqn}


def assert_done(ran: Ran) -> None:
    assert ran.code == 0, ran.text


def assert_failed(ran: Ran) -> None:
    assert ran.code == 1, ran.text
    assert "Traceback" not in ran.text


def groups(http: httpx.Client) -> set[str]:
    return {row["name"] for row in http.get("/secret-groups").json()["data"]}


# -- what it asks --------------------------------------------------------------------------------


@proves("C-1.1")
def test_min_cli_version_needs_no_token(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/min-cli-version")
    assert answer.status_code == 200
    told = answer.json()
    assert isinstance(told["minVersion"], str) and version(told["minVersion"])
    assert version(told["truefoundryCliMinVersion"]) <= version("0.17.5")
    assert type(told.get("useSFYServerAuthAPIs")) in (bool, type(None))


@proves("C-1.2")
@pytest.mark.parametrize("host", ["vault.example.test", "127.0.0.1:7420", ""])
def test_tenant_id_needs_no_token(anonymous: httpx.Client, host: str) -> None:
    answer = anonymous.get("/tenant-id", params={"hostName": host})
    assert answer.status_code == 200
    assert isinstance(answer.json()["tenantName"], str) and answer.json()["tenantName"]
    assert isinstance(answer.json()["auth_server_url"], str)


@proves("C-1.3", "P-1.3")
def test_session_tells_who_it_is(
    http: httpx.Client, anonymous: httpx.Client, bearer: Any, account: Account, admin: Identity
) -> None:
    token = http.post("/personal-access-tokens", json={"name": "laptop"}).json()["token"]
    for client, pat in ((http, None), (bearer(token), "laptop")):
        user = client.get("/session").json()["user"]
        assert user["tenantName"] == account.name
        assert user["subject"]["subjectSlug"] == admin.email
        assert user["subject"].get("subjectPatName") == pat
    assert_refused(anonymous.get("/session"), 401)
    assert_refused(bearer(token[:-1]).get("/session"), 401)


@proves("C-1.4")
def test_the_dependency_tree_lists_every_manifest(http: httpx.Client, store: Store) -> None:
    sent = [
        a_group(store, "group"),
        {"type": "team", "name": "group", "members": []},
        {"type": "virtual-account", "name": "robot"},
        {"type": "role-binding", "name": "bind", "subjects": [], "permissions": []},
        {"type": "provider-account/aws", "name": "aws"},
        {"type": "no-such-type"},
    ]
    answer = http.post("/dependency-tree", json={"manifests": sent})
    if answer.status_code == 404:
        assert_refused(answer, 404)
        return
    assert answer.status_code == 200
    told = [(row["resourceType"], row["resourceName"]) for row in answer.json()["data"]]
    expected = [(one["type"], one.get("name", one["type"])) for one in sent]
    assert sorted(told) == sorted(expected)
    assert all(isinstance(row["dependencies"], list) for row in answer.json()["data"])


# -- login ---------------------------------------------------------------------------------------


@proves("C-2.1", "C-3.1")
def test_login_with_a_personal_access_token(cli: Tfy, http: httpx.Client, store: Store) -> None:
    token = http.post("/personal-access-tokens", json={"name": "laptop"}).json()["token"]
    login = cli.login(token)
    assert_done(login)
    assert login.says("Successfully logged in") and login.says("laptop")
    assert login.asked == ["GET /session", "GET /session"]
    assert token not in login.text
    assert cli.saved()["access_token"] == token
    ran = cli.run("apply", "-f", cli.write(a_group(store, "by-pat")))
    assert_done(ran)
    assert ASKED_FIRST < set(ran.asked) and ran.asked[-1] == "PUT /apply"
    bearers = {exchange.request_headers.get("authorization") for exchange in ran.calls}
    assert bearers <= {None, f"Bearer {token}"}
    assert groups(http) == {"by-pat"}


@proves("C-2.3", "C-3.6")
def test_login_with_a_jwt(cli: Tfy, http: httpx.Client, store: Store, admin: Identity) -> None:
    group = a_group(store, "gone")
    assert http.put("/secret-groups", json={"manifest": group}).status_code == 200
    asked = {"name": "laptop", "tokenType": "jwt"}
    token = http.post("/personal-access-tokens", json=asked).json()["token"]
    login = cli.login(token)
    assert_done(login)
    assert login.asked == [] and login.says(admin.email)
    assert cli.saved()["access_token"] == token
    assert_done(cli.run("delete", "-f", cli.write(group)))
    assert groups(http) == set()


@proves("C-2.2")
def test_login_with_a_bad_token_keeps_nothing(cli: Tfy, admin: Identity) -> None:
    bad = admin.tfy_token[:-1] + ("A" if admin.tfy_token[-1] != "A" else "B")
    login = cli.login(bad)
    assert_failed(login)
    assert set(login.asked) == {"GET /session"}
    assert {exchange.status for exchange in login.calls} == {401}
    assert login.says(login.calls[-1].json()["message"])
    assert bad not in login.text and not cli.credentials.exists()


@proves("C-2.4")
@pytest.mark.parametrize("form", ["own", "nonsense"])
def test_another_form_of_token_fails_before_any_call(cli: Tfy, admin: Identity, form: str) -> None:
    login = cli.login(admin.token if form == "own" else "not-a-token")
    assert login.code == 1 and login.asked == []
    assert not cli.credentials.exists()


@proves("C-2.6", "X-1.5")
@pytest.mark.parametrize("kind", ["opaque", "jwt"])
def test_with_a_revoked_token_nothing_is_done(
    cli: Tfy, http: httpx.Client, store: Store, kind: str
) -> None:
    asked = {"name": "short-lived", "tokenType": kind}
    token = http.post("/personal-access-tokens", json=asked).json()["token"]
    (row,) = http.get("/personal-access-tokens").json()["data"]
    assert http.delete(f"/personal-access-tokens/{row['id']}").status_code == 200
    ran = cli.as_(token, "apply", "-f", cli.write(a_group(store)))
    assert_failed(ran)
    refused = [exchange for exchange in ran.calls if exchange.status == 401]
    assert refused and ran.says(refused[-1].json()["message"])
    assert groups(http) == set()


@proves("C-2.7")
@pytest.mark.parametrize("kind", ["opaque", "jwt"])
def test_a_virtual_accounts_token_does_as_well(
    cli: Tfy, connect_sync: Any, http: httpx.Client, store: Store, member: Identity, kind: str
) -> None:
    robot = connect_sync().virtual_accounts.create_or_update(
        manifest=VirtualAccountManifest(name="deployer", token_type=kind)
    )
    ruling = {"subject": "virtualaccount:deployer", "role_id": ADMIN}
    group = {**a_group(store, "theirs"), "collaborators": [ruling]}
    assert http.put("/secret-groups", json={"manifest": group}).status_code == 200
    seeing = {"subject": f"user:{member.email}", "role_id": VIEWER}
    changed = {**group, "collaborators": [ruling, seeing]}
    ran = cli.as_(robot.token, "apply", "-f", cli.write(changed))
    assert_done(ran)
    (row,) = http.get("/secret-groups").json()["data"]
    assert row["manifest"] == changed
