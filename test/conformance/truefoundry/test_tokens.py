"""Who calls: tokens of every form, and what is no token."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import httpx
import pytest
from truefoundry_sdk import NotFoundError, UnauthorizedError
from truefoundry_sdk.core.api_error import ApiError

from calls import CALLS, Call
from checks import assert_refused, calls, refused
from identities import Account, Identity, Server
from proof import proves
from vault import Vault
from wire import API, Wire

every_call = pytest.mark.parametrize("call", CALLS, ids=str)


def altered(token: str, at: int = -10) -> str:
    """The token with another character at this place."""
    there = token[at]
    put = "A" if there != "A" else "B"
    return token[:at] + put + token[at + 1 if at != -1 else len(token) :]


def works(bearer: Any, token: str) -> bool:
    answer = bearer(token).get("/secret-groups")
    assert answer.status_code in (200, 401), answer.text
    return bool(answer.status_code == 200)


# -- none, or none that is good --------------------------------------------------------------------


@proves("X-1.2", "X-1.6")
@every_call
def test_no_token_is_401(anonymous: httpx.Client, call: Call) -> None:
    plain = call.send(anonymous)
    assert_refused(plain, 401)
    for more in (
        {"content": b"{ not json"},
        {"content": b"x" * 100, "headers": {"content-type": "a/b"}},
    ):
        answer = call.send(anonymous, **more)
        assert_refused(answer, 401)
        assert answer.content == plain.content
    assert call.send(anonymous, id="nobody").content == plain.content


@proves("X-1.3")
@every_call
def test_an_unknown_token_is_401(bearer: Any, admin: Identity, call: Call) -> None:
    assert_refused(call.send(bearer(altered(admin.token))), 401)


@proves("X-1.3")
def test_every_bad_token_is_the_same_401(
    server: Server, http: httpx.Client, anonymous: httpx.Client, admin: Identity, wire: Wire
) -> None:
    jwt = {"name": "for-its-shape", "tokenType": "jwt"}
    token = http.post("/personal-access-tokens", json=jwt).json()["token"]
    shown = [
        "Bearer x",
        "Bearer " + "x" * 3000,
        f"Bearer {altered(admin.token)}",
        f"Bearer {altered(admin.tfy_token)}",
        f"Bearer {admin.token[:-1]}",
        f"Bearer {admin.token}A",
        f"Bearer {admin.token.upper()}",
        f"Bearer {admin.token.replace('sr_', 'xx_', 1)}",
        f"Bearer tfy_{admin.token}",
        f"Bearer {altered(token)}",
        f"Bearer {token}.x",
        "Bearer tfy_",
        "Bearer null",
        "Bearer undefined",
    ]
    answers = [anonymous.get("/secret-groups", headers={"authorization": text}) for text in shown]
    for answer in answers:
        assert_refused(answer, 401)
    assert len({answer.content for answer in answers}) == 1
    for text in (
        "Bearer",
        "Bearer ",
        "",
        f"Basic {admin.token}",
        admin.token,
        f"Token {admin.token}",
    ):
        answer = wire.send_exactly(
            server.url, "GET", f"{API}/secret-groups", [("authorization", text)]
        )
        assert_refused(answer, 401)


@proves("X-1.4")
def test_a_forged_jwt_is_401(http: httpx.Client, bearer: Any) -> None:
    asked = {"name": "to-be-forged", "tokenType": "jwt"}
    token = http.post("/personal-access-tokens", json=asked).json()["token"]
    assert works(bearer, token)
    header, payload, signature = token.split(".")

    def encoded(part: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")

    def decoded(part: str) -> dict[str, Any]:
        return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))

    later = {**decoded(payload), "exp": decoded(payload)["exp"] + 3600}
    forged = [
        f"{header}.{encoded(later)}.{signature}",
        f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}.",
        f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{payload}.{signature}",
        f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{payload}.{signature}",
        f"{encoded({**decoded(header), 'kid': '../x'})}.{payload}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
        f"{header}.{payload}.{'A' * len(signature)}",
        f"{header}.{encoded({'tenantName': 'x', 'exp': 2_000_000_000})}.{signature}",
        f"{altered(header, 3)}.{payload}.{signature}",
    ]
    assert not any(works(bearer, one) for one in forged)
    assert works(bearer, token)


@proves("X-1.7")
def test_a_token_elsewhere_is_no_token(
    server: Server, anonymous: httpx.Client, admin: Identity, other: Account, wire: Wire
) -> None:
    for name in ("token", "access_token", "apiKey", "authorization"):
        assert_refused(anonymous.get("/secret-groups", params={name: admin.token}), 401)
    for name in ("x-api-key", "x-auth-token", "cookie", "x-tfy-api-key"):
        assert_refused(anonymous.get("/secret-groups", headers={name: admin.token}), 401)
    assert_refused(anonymous.post("/secrets", json={"token": admin.token}), 401)
    for first, second in ((admin.token, other.token), (other.token, admin.token)):
        shown = [("authorization", f"Bearer {token}") for token in (first, second)]
        answer = wire.send_exactly(server.url, "GET", f"{API}/secret-groups", shown)
        assert_refused(answer, 400)


# -- good ones -----------------------------------------------------------------------------------


@proves("X-1.1", "X-5.8")
def test_every_form_of_token_is_the_same_person(
    http: httpx.Client, bearer: Any, admin: Identity, account: Account
) -> None:
    tokens = [admin.token, admin.tfy_token, account.token_of(admin).token]
    for kind in ("opaque", "jwt"):
        asked = {"name": f"as-{kind}", "tokenType": kind}
        tokens.append(http.post("/personal-access-tokens", json=asked).json()["token"])
    for token in tokens:
        told = bearer(token).get("/x/users/info")
        assert (told.status_code, told.json()["id"]) == (200, admin.id)
        assert account.own.get("/whoami", token)["id"] == admin.id


@proves("X-1.5")
def test_a_revoked_token_of_our_own_is_401(
    connect: Any, bearer: Any, account: Account, admin: Identity, wire: Wire
) -> None:
    token = account.token_of(admin)
    tfy_form = token.tfy_token
    for _ in range(3):
        assert works(bearer, token.token) and works(bearer, tfy_form)
    account.revoke(token.id, admin)
    assert not works(bearer, token.token) and not works(bearer, tfy_form)
    with calls(wire, 1), refused(ApiError, 401):
        connect(token.token).secret_groups.list()
    with calls(wire, 1), refused(UnauthorizedError):
        connect(token.token).users.activate(email=admin.email)


@proves("X-1.5")
def test_an_expired_token_is_401(bearer: Any, account: Account, admin: Identity) -> None:
    then = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    token = account.token_of(admin, expires_at=then.isoformat())
    client = bearer(token.token)
    statuses = {client.get("/secret-groups").status_code}
    while dt.datetime.now(dt.UTC) < then:
        statuses.add(client.get("/secret-groups").status_code)
    assert statuses <= {200, 401} and 200 in statuses
    assert_refused(client.get("/secret-groups"), 401)


@proves("X-1.8")
def test_a_narrowed_token_is_403_for_the_rest(
    vault_sync: Vault, bearer: Any, account: Account, admin: Identity
) -> None:
    made = vault_sync.fill("a")
    secret, group = f"/secrets/{made.secret('a')}", f"/secret-groups/{made.id}"
    listing, reading = (
        bearer(account.token_of(admin, scopes=scopes).token)
        for scopes in (["list"], ["list", "read"])
    )
    assert listing.get(group).status_code == reading.get(group).status_code == 200
    assert reading.get(secret).json()["data"]["value"] == made.values["a"]
    told = listing.get(secret)
    assert told.status_code == 403 or told.json()["data"]["value"] is None
    asked = {"secretGroupId": made.id, "withValue": True}
    assert_refused(listing.post("/secrets", json=asked), 403)
    changes = {"secrets": [{"key": "a", "value": "another one"}]}
    for client in (listing, reading):
        assert_refused(client.put(group, json=changes), 403)
        assert_refused(client.delete(secret), 403)
        assert_refused(client.delete(group), 403)
        assert_refused(client.post("/personal-access-tokens", json={"name": "wider"}), 403)
    assert vault_sync.value(made.secret("a")) == made.values["a"]


@proves("X-1.6")
def test_a_404_is_only_for_who_is_known(
    tfy: Any, connect: Any, admin: Identity, wire: Wire
) -> None:
    with calls(wire, 1), refused(NotFoundError):
        tfy.secrets.get("nobody")
    with calls(wire, 1), refused(ApiError, 401):
        connect(altered(admin.token)).secrets.get("nobody")
