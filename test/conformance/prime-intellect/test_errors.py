"""How a refusal is said, and what the routes are."""

from __future__ import annotations

import httpx
import pytest

from checks import assert_refused, data, problems
from identities import Server, User
from proof import proves
from vault import UNKNOWN_ID, Environment, add_secret, fill, listed, secret_body
from wire import Wire

MEBIBYTE = 1_048_576


# -- shapes --------------------------------------------------------------------------------------


@proves("X-3.1", "X-3.2", "X-3.3")
def test_each_refusal_has_its_shape(http: httpx.Client, anonymous: httpx.Client, wire: Wire) -> None:
    body = secret_body(wire)
    data(http.post("/secrets/", json=body))
    assert_refused(http.post("/environmentshub/resolve", json={"name": "no-slug"}), 400)
    assert_refused(anonymous.get("/secrets/"), 401)
    assert_refused(http.get("/secrets/", params={"teamId": UNKNOWN_ID}), 403)
    assert_refused(http.get(f"/secrets/{UNKNOWN_ID}"), 404)
    assert_refused(http.put("/secrets/", json=body), 405)
    assert_refused(http.post("/secrets/", json=body), 409)
    assert_refused(http.post("/secrets/", json={**body, "value": "v" * MEBIBYTE}), 413)
    assert_refused(http.post("/secrets/", json={**body, "name": "lower"}), 422, "body", "name")
    for exchange in wire.exchanges:
        assert exchange.headers["content-type"].split(";")[0] == "application/json"


@proves("X-3.2")
def test_a_422_says_where_and_never_what(http: httpx.Client, wire: Wire) -> None:
    answer = http.post("/secrets/", json=secret_body(wire, description=["no text"]))
    assert_refused(answer, 422, "body", "description")
    (problem,) = problems(answer.json())
    assert problem["loc"] == ["body", "description"]
    for name in ("input", "ctx", "url"):
        assert f'"{name}"' not in answer.text


@proves("X-3.4")
@pytest.mark.parametrize(
    "named",
    [
        "c" + "0" * 24,
        "c" + "z" * 24,
        "x",
        "0",
        "-1",
        "null",
        "undefined",
        "None",
        "1 or 1=1",
        "C" + "0" * 24,
        "c" * 25 + "!",
        "00000000-0000-0000-0000-000000000000",
        "i" * 2000,
        "%C3%A9",
        "a%2Fb",
        "%25",
        "__proto__",
        "constructor",
        "%00",
        "c" + "0" * 24 + "%00",
        "c" + "0" * 24 + "%0A",
    ],
    ids=lambda named: named[:20],
)
def test_an_id_that_names_nothing_is_404(
    http: httpx.Client, environment: Environment, named: str
) -> None:
    changes = {"description": "nobody"}
    for path in (
        f"/secrets/{named}",
        f"{environment.path}/secrets/{named}",
        f"{environment.path}/variables/{named}",
    ):
        assert_refused(http.patch(path, json=changes), 404)
        assert_refused(http.delete(path), 404)
    assert_refused(http.get(f"/secrets/{named}"), 404)
    assert_refused(http.get(f"/environmentshub/{named}/secrets"), 404)
    assert_refused(http.post(f"{environment.path}/secrets/link/{named}", json={}), 404)
    assert_refused(http.delete(f"{environment.path}/secrets/link/{named}"), 404)


# -- routes --------------------------------------------------------------------------------------


@proves("X-3.13")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/secrets/x/value"),
        ("GET", "/secrets/x/versions"),
        ("POST", "/secrets/x/decrypt"),
        ("GET", "/environmentshub/a/b/c/d/e"),
        ("POST", "/environmentshub/x/wheels/y/finalize"),
        ("GET", "/user"),
        ("GET", "/user/nobody"),
        ("GET", "/teams"),
        ("GET", "/teams/x/secrets"),
        ("GET", "/auth_challenge"),
        ("POST", "/auth_challenge/other"),
    ],
)
def test_an_unknown_route_is_404(http: httpx.Client, method: str, path: str) -> None:
    assert_refused(http.request(method, path), 404)


@proves("X-3.14")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *((method, "/secrets/") for method in ("PUT", "PATCH", "DELETE")),
        *((method, "/secrets/x") for method in ("PUT", "POST")),
        ("PUT", "/environmentshub/"),
        ("PUT", "/environmentshub/x/secrets"),
        ("PUT", "/environmentshub/x/secrets/link/y"),
        ("PUT", "/environmentshub/x/variables/y"),
        ("POST", "/user/whoami"),
        ("DELETE", "/user/teams"),
        ("PUT", "/user/slug"),
        ("POST", "/teams/x/members"),
        ("PUT", "/auth_challenge/generate"),
    ],
)
def test_another_method_is_405(http: httpx.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert_refused(answer, 405)
    assert answer.headers["allow"]


@proves("X-3.15")
def test_a_slash_more_or_less_is_no_other_route(http: httpx.Client, wire: Wire) -> None:
    made = fill(http, wire, 2)
    body = secret_body(wire)
    for method, path, options in (
        ("GET", "/secrets", {}),
        ("POST", "/secrets", {"json": body}),
        ("GET", f"/secrets/{made[0]['id']}/", {}),
        ("DELETE", f"/secrets/{made[0]['id']}/", {}),
    ):
        answer = http.request(method, path, **options)
        assert answer.status_code in (200, 307, 404), answer.text
        if method == "GET" and answer.status_code == 200:
            assert answer.json() == http.get(_with_or_without(path)).json()
    assert {secret["id"] for secret in listed(http)} >= {made[1]["id"]}


def _with_or_without(path: str) -> str:
    """The spelling of the contract."""
    return path.rstrip("/") if path.endswith("/") else f"{path}/"


@proves("X-3.16")
def test_another_spelling_is_never_another_routes_answer(
    server: Server, http: httpx.Client, user: User, wire: Wire
) -> None:
    made = add_secret(http, wire)
    headers = [("authorization", f"Bearer {user.token}"), ("content-type", "application/json")]
    id = made["id"]
    for path in (
        f"/secrets//{id}",
        f"/secrets/./{id}",
        f"/secrets/x/../{id}",
        f"/secrets/x/%2e%2e/{id}",
        f"/secrets/%2E/{id}",
        f"/secrets%2f{id}",
        f"/secrets/{id}%2f",
        f"/secrets/{id};x=1",
        f"/secrets\\{id}",
        f"/secrets/{id}%00",
        f"/SECRETS/{id}",
        f"/Secrets/{id}",
        f"/user/../secrets/{id}",
    ):
        for method in ("GET", "DELETE"):
            answer = wire.send_exactly(server.url, method, server.target(path), headers)
            assert answer.status in (400, 404), (method, path, answer.status, answer.body)
    assert listed(http) == [made]
