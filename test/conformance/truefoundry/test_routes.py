"""Routes: those that are not there, other methods, other spellings."""

from __future__ import annotations

import json

import httpx
import pytest

from calls import CALLS, Call
from checks import UNKNOWN_ID, assert_refused
from identities import Identity, Server
from proof import proves
from vault import Vault
from wire import API, Wire


@proves("X-3.7", "X-3.1")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/secret-group"),
        ("GET", "/secretgroups"),
        ("GET", "/secret-groups/a/b"),
        ("GET", "/secret-groups/a/secrets/b"),
        ("GET", "/secrets/a/value"),
        ("GET", "/teams/a/b"),
        ("GET", "/virtual-accounts/a/b/c/d"),
        ("POST", "/personal-access-tokens/a/b"),
        ("GET", "/users/a/b"),
        ("GET", "/x"),
        ("GET", "/x/users"),
        ("PUT", "/apply/now"),
        ("POST", "/delete/all"),
        ("GET", "/clusters"),
        ("DELETE", "/nothing/here"),
    ],
)
def test_an_unknown_route_is_404(http: httpx.Client, method: str, path: str) -> None:
    assert_refused(http.request(method, path), 404)


@proves("X-3.7")
@pytest.mark.parametrize("path", ["/api/svc", "/api/svc/v1", "/api/svc/v2/secret-groups"])
def test_above_it_there_is_nothing(server: Server, http: httpx.Client, path: str) -> None:
    assert_refused(http.get(server.url + path), 404)


@proves("X-3.7", "X-3.1")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *((method, "/secret-groups") for method in ("PATCH", "DELETE")),
        *((method, "/secret-groups/x") for method in ("POST", "PATCH")),
        *((method, "/secrets") for method in ("GET", "PUT", "DELETE")),
        *((method, "/secrets/x") for method in ("POST", "PUT", "PATCH")),
        *((method, "/virtual-accounts") for method in ("POST", "DELETE")),
        *((method, "/virtual-accounts/x/token") for method in ("POST", "DELETE")),
        *((method, "/virtual-accounts/x/regenerate-token") for method in ("GET", "PUT")),
        *((method, "/teams/x/members") for method in ("POST", "PUT", "DELETE")),
        *((method, "/x/users/info") for method in ("POST", "DELETE")),
        *((method, "/apply") for method in ("GET", "POST", "DELETE")),
        *((method, "/delete") for method in ("GET", "PUT", "DELETE")),
        *((method, "/provider-integrations") for method in ("POST", "PUT", "DELETE")),
        *((method, "/audit-logs") for method in ("POST", "DELETE")),
        *((method, "/session") for method in ("POST", "DELETE")),
    ],
)
def test_another_method_is_405(http: httpx.Client, method: str, path: str) -> None:
    answer = http.request(method, path)
    assert_refused(answer, 405)
    assert answer.headers["allow"] and method not in answer.headers["allow"].split(", ")


@proves("X-3.8")
def test_another_spelling_is_another_route(
    server: Server, vault_sync: Vault, admin: Identity, wire: Wire
) -> None:
    made = vault_sync.fill("a")
    headers = [("authorization", f"Bearer {admin.token}"), ("content-type", "application/json")]
    group = f"{API}/secret-groups"
    body = json.dumps({"secrets": [{"key": "a", "value": "overwritten"}]}).encode()
    for path in (
        f"{group}/",
        f"{group}/{made.id}/",
        f"/{group}",
        f"{API}//secret-groups",
        f"{group}//{made.id}",
        group.upper(),
        f"{API}/Secret-Groups",
        f"{group}/.",
        f"{group}/./{made.id}",
        f"{API}/x/../secret-groups",
        f"{group}/x/../{made.id}",
        f"{group}/%2e%2e/secret-groups",
        f"{group}/x/%2e%2e/{made.id}",
        f"{group}%2f{made.id}",
        f"{group}/{made.id}%2f",
        f"{group}/{made.id};x=1",
        f"{group}\\{made.id}",
        f"{group}/..%5csecret-groups",
        f"{group}/{made.id}%00",
        f"{group}/%252e%252e/secret-groups",
        f"/API/svc/v1/secret-groups/{made.id}",
        f"/api/svc/v1/../v1/secret-groups/{made.id}",
    ):
        for method in ("GET", "DELETE"):
            answer = wire.send_exactly(server.url, method, path, headers)
            assert answer.status in (400, 404), (method, path, answer.status, answer.body)
        answer = wire.send_exactly(server.url, "PUT", path, headers, body)
        assert answer.status in (400, 404, 405), ("PUT", path, answer.status, answer.body)
    assert vault_sync.value(made.secret("a")) == made.values["a"]


@proves("X-3.8", "X-3.7")
@pytest.mark.parametrize("call", CALLS, ids=str)
def test_no_call_redirects(http: httpx.Client, call: Call) -> None:
    """A client that follows would show its token to whomever it is sent to."""
    for headers in (
        {},
        {"host": "elsewhere.example.test"},
        {"x-forwarded-proto": "https", "x-forwarded-host": "elsewhere.example.test"},
    ):
        answer = call.send(http, UNKNOWN_ID, headers=headers)
        assert not 300 <= answer.status_code < 400
        assert "location" not in answer.headers
        assert answer.status_code not in (401, 405)


@proves("X-3.8")
def test_the_clients_own_slash_finds_nothing(vault_sync: Vault, http: httpx.Client) -> None:
    """An empty id makes the client ask for the list with a slash at its end."""
    made = vault_sync.fill("a")
    for path in ("/secret-groups/", "/secrets/", "/teams/", "/users/", "/virtual-accounts/"):
        assert_refused(http.get(path), 404)
        assert_refused(http.delete(path), 404)
    assert vault_sync.value(made.secret("a")) == made.values["a"]
