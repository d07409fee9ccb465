"""Virtual accounts: their tokens, how long they last, and keeping them in a secret group."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest
from truefoundry_sdk import (
    BadRequestError,
    TfySecretsConfig,
    UnprocessableEntityError,
    VirtualAccountManifest,
)
from truefoundry_sdk.core.api_error import ApiError

from checks import assert_in, assert_now, assert_refused, calls, claims, moment, refused
from checks import refused_with
from identities import Account, Identity
from proof import proves
from vault import Vault, secret_ids
from wire import Wire


def put(client: Any, name: str, **more: Any) -> Any:
    sent = VirtualAccountManifest(type="virtual-account", name=name, **more)
    return client.virtual_accounts.create_or_update(manifest=sent)


def works(bearer: Any, token: str) -> bool:
    answer = bearer(token).get("/secret-groups")
    assert answer.status_code in (200, 401), answer.text
    return bool(answer.status_code == 200)


# -- the token -----------------------------------------------------------------------------------


@proves("V-2.1", "X-1.1")
@pytest.mark.parametrize("kind", ["opaque", "jwt"])
def test_the_token_can_be_seen_again(tfy: Any, bearer: Any, wire: Wire, kind: str) -> None:
    made = put(tfy, "robot", token_type=kind)
    told = tfy.virtual_accounts.get_token(made.data.id)
    assert wire.last.json() == {"token": made.token} and told.token == made.token
    assert works(bearer, told.token)


@proves("V-2.7")
def test_a_jwt_says_who_bears_it(tfy: Any, bearer: Any, account: Account) -> None:
    made = put(tfy, "robot", token_type="jwt")
    said = claims(made.token)
    assert said["tenantName"] == account.name
    assert type(said["exp"]) is int and said["exp"] > dt.datetime.now().timestamp()
    assert "robot" in (said.get("username"), said.get("email"), said.get("sub"))
    assert works(bearer, made.token)
    assert put(tfy, "plain", token_type="opaque").token.startswith("tfy_")


@proves("V-2.8", "V-2.5")
@pytest.mark.parametrize("kind", ["opaque", "jwt"])
def test_an_expiration_date_is_when_it_ends(tfy: Any, bearer: Any, kind: str) -> None:
    date = dt.date.today() + dt.timedelta(days=40)
    made = put(tfy, "robot", token_type=kind, expiration_date=date.isoformat())
    assert works(bearer, made.token)
    (token,) = tfy.virtual_accounts.get(made.data.id).data.jwts
    assert abs(token.expiry.date() - date) <= dt.timedelta(days=1)
    if kind == "jwt":
        ends = dt.datetime.fromtimestamp(claims(made.token)["exp"], dt.UTC)
        assert abs(ends.date() - date) <= dt.timedelta(days=1)


# -- regenerate ----------------------------------------------------------------------------------


@proves("V-2.2", "V-2.1", "V-2.5")
@pytest.mark.parametrize("kind", ["opaque", "jwt"])
def test_the_old_token_works_on_for_a_while(tfy: Any, bearer: Any, wire: Wire, kind: str) -> None:
    made = put(tfy, "robot", token_type=kind)
    before = tfy.virtual_accounts.get(made.data.id).data
    told = tfy.virtual_accounts.regenerate_token(made.data.id, grace_period_in_minutes=60)
    assert wire.last.json() == {"token": told.token} and told.token != made.token
    assert works(bearer, made.token) and works(bearer, told.token)
    assert tfy.virtual_accounts.get_token(made.data.id).token == told.token
    after = tfy.virtual_accounts.get(made.data.id).data
    (old,) = before.jwts
    assert before.jwt_id == old.id != after.jwt_id
    jwts = {token.id: token for token in after.jwts}
    assert set(jwts) == {old.id, after.jwt_id}
    assert_in(jwts[old.id].expiry, dt.timedelta(minutes=60))
    assert jwts[after.jwt_id].expiry > jwts[old.id].expiry
    for token in jwts.values():
        assert (token.subject_id, token.token_type.value) == (made.data.id, kind)
        assert_now(token.created_at)


@proves("V-2.3")
def test_the_period_may_be_in_days(tfy: Any, http: httpx.Client, bearer: Any) -> None:
    made = put(tfy, "robot")
    old = tfy.virtual_accounts.get(made.data.id).data.jwt_id
    asked = f"/virtual-accounts/{made.data.id}/regenerate-token"
    answer = http.post(asked, json={"gracePeriodInDays": 2})
    assert answer.status_code == 200 and set(answer.json()) == {"token"}
    assert works(bearer, made.token) and works(bearer, answer.json()["token"])
    jwts = {token.id: token for token in tfy.virtual_accounts.get(made.data.id).data.jwts}
    assert_in(jwts[old].expiry, dt.timedelta(days=2))


@proves("V-2.4")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"gracePeriodInMinutes": None},
        {"gracePeriodInMinutes": "60"},
        {"gracePeriodInMinutes": -1},
        {"gracePeriodInDays": "2"},
        {"gracePeriodInDays": -1},
        {"gracePeriod": 60},
        {"gracePeriodInMinutes": []},
    ],
    ids=str,
)
def test_a_period_is_needed(
    connect_sync: Any, http: httpx.Client, bearer: Any, body: dict[str, Any]
) -> None:
    tfy = connect_sync()
    made = put(tfy, "robot")
    asked = f"/virtual-accounts/{made.data.id}/regenerate-token"
    assert_refused(http.post(asked, json=body), 422)
    assert tfy.virtual_accounts.get_token(made.data.id).token == made.token
    assert works(bearer, made.token)


@proves("V-2.4", "X-3.11")
def test_the_client_tells_a_wrong_period(tfy: Any, wire: Wire) -> None:
    made = put(tfy, "robot")
    with calls(wire, 1), refused(UnprocessableEntityError):
        tfy.virtual_accounts.regenerate_token(made.data.id, grace_period_in_minutes=-5)


@proves("V-2.6")
@pytest.mark.parametrize("kind", ["opaque", "jwt"])
def test_a_jwt_is_deleted_alone(tfy: Any, bearer: Any, kind: str) -> None:
    made = put(tfy, "robot", token_type=kind)
    old = tfy.virtual_accounts.get(made.data.id).data.jwt_id
    told = tfy.virtual_accounts.regenerate_token(made.data.id, grace_period_in_minutes=60)
    assert tfy.virtual_accounts.delete_jwt(made.data.id, old) is None
    assert not works(bearer, made.token) and works(bearer, told.token)
    after = tfy.virtual_accounts.get(made.data.id).data
    assert [token.id for token in after.jwts] == [after.jwt_id]


@proves("V-2.6", "X-2.4")
def test_a_jwt_of_another_account_is_not_deleted(tfy: Any, bearer: Any) -> None:
    first, second = put(tfy, "first"), put(tfy, "second")
    theirs = tfy.virtual_accounts.get(second.data.id).data.jwt_id
    with refused(ApiError, 404):
        tfy.virtual_accounts.delete_jwt(first.data.id, theirs)
    assert works(bearer, first.token) and works(bearer, second.token)


# -- kept in a secret group ------------------------------------------------------------------------


def stored(vault: Vault, group: str | None, key: str) -> Any:
    """The secret that a token was written to."""
    ids = secret_ids(vault.client.secret_groups.get(group).data)
    return vault.client.secrets.get(ids[key]).data


@proves("V-2.9", "V-2.10")
def test_sync_writes_the_token_into_a_group(vault: Vault, tfy: Any, wire: Wire) -> None:
    group = vault.fill("beside", name="tokens")
    config = TfySecretsConfig(type="tfy-secrets", secret_group="tokens", key="ROBOT")
    made = put(tfy, "robot", secret_store_config=config)
    told = tfy.virtual_accounts.sync_to_secret_store(made.data.id, force=True)
    assert wire.last.target.endswith("?force=true")
    info = told.sync_token_in_secret_store_info
    assert info.error is None
    assert info.jwt_id == tfy.virtual_accounts.get(made.data.id).data.jwt_id
    assert_now(moment(info.updated_at))
    assert stored(vault, group.id, "ROBOT").value == made.token
    assert vault.value(group.secret("beside")) == group.values["beside"]
    fresh = tfy.virtual_accounts.regenerate_token(made.data.id, grace_period_in_minutes=5)
    again = tfy.virtual_accounts.sync_to_secret_store(made.data.id)
    assert again.sync_token_in_secret_store_info.jwt_id != info.jwt_id
    kept = stored(vault, group.id, "ROBOT")
    assert kept.value == fresh.token
    assert len(kept.secret_versions) >= 2


@proves("V-2.10")
def test_sync_of_the_same_token_is_no_new_version(vault: Vault, tfy: Any) -> None:
    group = vault.fill("beside", name="tokens")
    config = TfySecretsConfig(type="tfy-secrets", secret_group="tokens", key="ROBOT")
    made = put(tfy, "robot", secret_store_config=config)
    for _ in range(2):
        tfy.virtual_accounts.sync_to_secret_store(made.data.id)
    assert [one.version for one in stored(vault, group.id, "ROBOT").secret_versions] == [1]


@proves("V-2.11")
def test_sync_needs_a_store(tfy: Any, wire: Wire) -> None:
    made = put(tfy, "robot")
    with calls(wire, 1), refused(BadRequestError):
        tfy.virtual_accounts.sync_to_secret_store(made.data.id)
    nowhere = TfySecretsConfig(type="tfy-secrets", secret_group="nowhere", key="K")
    with refused_with(404):
        put(tfy, "robot", secret_store_config=nowhere)
    assert list(tfy.secret_groups.list()) == []


# -- who it is -----------------------------------------------------------------------------------


@proves("V-2.12")
def test_a_virtual_account_is_told_as_such(
    vault: Vault, tfy: Any, connect: Any, account: Account
) -> None:
    group = vault.fill("a")
    made = put(tfy, "robot")
    vault.share(group, {"virtualaccount:robot": "secret-group-editor"})
    robot = Vault(connect(made.token), vault.store, vault.wire)
    info = robot.client.internal.users.get_info()
    assert (info.subject_slug, info.tenant_name) == ("robot", account.name)
    assert info.subject_type in ("serviceaccount", "virtualaccount")
    assert info.subject_pat_name is None
    ids = secret_ids(robot.update(group, a=None, b="made by a robot"))
    told = tfy.secrets.get(ids["b"]).data
    assert told.created_by == told.created_by_subject.subject_slug == "robot"
    assert told.created_by_subject.subject_id == made.data.id
    assert told.created_by_subject.subject_type == info.subject_type


@proves("V-2.12")
def test_a_service_account_of_our_own_is_told_alike(
    connect: Any, account: Account, admin: Identity
) -> None:
    service = account.service_account()
    info = connect(service.token).internal.users.get_info()
    assert (info.id, info.subject_slug) == (service.id, service.name)
    assert info.subject_type in ("serviceaccount", "virtualaccount")
    mine = connect(admin.token).internal.users.get_info()
    assert (mine.id, mine.subject_slug, mine.subject_type) == (admin.id, admin.email, "user")
