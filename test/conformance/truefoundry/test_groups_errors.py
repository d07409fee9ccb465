"""Secret groups: what is refused, and that it leaves everything as it was."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from truefoundry_sdk import (
    FailedDependencyError,
    NotFoundError,
    SecretInput,
    UnprocessableEntityError,
)

from checks import UNKNOWN_ID, assert_refused, calls, refused
from identities import Account, unique
from proof import proves
from sizes import TEXT_MAX
from vault import Store, Vault
from wire import Wire

NO_TEXT = [5, True, None, ["a"], {"a": "b"}]


def body(store: Store, wire: Wire, **members: Any) -> dict[str, Any]:
    secret = {"key": "k", "value": wire.canary()}
    return {"name": unique(), "integrationId": store.id, "secrets": [secret], **members}


def assert_nothing_made(http: httpx.Client) -> None:
    assert http.get("/secret-groups").json()["data"] == []


# -- create --------------------------------------------------------------------------------------


@proves("G-1.7", "G-1.16")
@pytest.mark.parametrize("member", ["name", "integrationId", "secrets"])
def test_a_missing_member_is_422(http: httpx.Client, store: Store, wire: Wire, member: str) -> None:
    sent = body(store, wire)
    del sent[member]
    assert_refused(http.post("/secret-groups", json=sent), 422)
    assert_nothing_made(http)


@proves("G-1.7", "G-1.16")
@pytest.mark.parametrize("secret", [{}, {"key": "k"}, {"value": "a value, no key"}], ids=str)
def test_a_secret_needs_key_and_value(
    http: httpx.Client, store: Store, wire: Wire, secret: dict[str, Any]
) -> None:
    right = {"key": "right", "value": wire.canary()}
    sent = body(store, wire, secrets=[right, secret])
    assert_refused(http.post("/secret-groups", json=sent), 422)
    assert_nothing_made(http)


@proves("G-1.8", "G-1.16")
@pytest.mark.parametrize("wrong", NO_TEXT, ids=str)
def test_a_member_of_another_type_is_422(
    http: httpx.Client, store: Store, wire: Wire, wrong: Any
) -> None:
    sent = [
        body(store, wire, name=wrong),
        body(store, wire, integrationId=wrong),
        body(store, wire, secrets=wrong),
        body(store, wire, secrets=[wrong]),
        body(store, wire, secrets=[{"key": wrong, "value": wire.canary()}]),
        body(store, wire, secrets=[{"key": "k", "value": wrong}]),
    ]
    for one in sent:
        assert_refused(http.post("/secret-groups", json=one), 422)
    assert_nothing_made(http)


@proves("G-1.9", "G-1.16")
@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "-a",
        ".a",
        "_a",
        "a b",
        "a:b",
        "a/b",
        "a\n",
        "\na",
        "ä",
        "а",
        "a\x00",
        "a+b",
        "..",
        "🔑",
    ],
    ids=ascii,
)
def test_a_name_is_refused(http: httpx.Client, store: Store, wire: Wire, name: str) -> None:
    assert_refused(http.post("/secret-groups", json=body(store, wire, name=name)), 422)
    put = {"type": "secret-group", "name": name, "integration_fqn": store.fqn}
    assert_refused(http.put("/secret-groups", json={"manifest": put}), 422)
    assert_nothing_made(http)


@proves("G-1.10", "G-1.16")
@pytest.mark.parametrize(
    "key", ["", "a:b", ":", "a/b", "/", "a\x00", "a\nb", "\t", "a\x7f", "k" * 501], ids=ascii
)
def test_a_key_is_refused(http: httpx.Client, store: Store, wire: Wire, key: str) -> None:
    sent = body(store, wire, secrets=[{"key": key, "value": wire.canary()}])
    assert_refused(http.post("/secret-groups", json=sent), 422)
    assert_nothing_made(http)


@proves("G-1.10", "G-1.16")
def test_a_key_that_comes_twice_is_422(vault: Vault, http: httpx.Client, wire: Wire) -> None:
    with refused(UnprocessableEntityError):
        vault.client.secret_groups.create(
            name=unique(),
            integration_id=vault.store.id,
            secrets=[SecretInput(key="same", value=wire.canary()) for _ in range(2)],
        )
    assert_nothing_made(http)


@proves("G-1.11")
@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("v" * TEXT_MAX, 200),
        ("v" * (TEXT_MAX + 1), 422),
        ("é" * (TEXT_MAX // 2), 200),
        ("é" * (TEXT_MAX // 2) + "a", 422),
        ("🔑" * (TEXT_MAX // 4), 200),
        ("🔑" * (TEXT_MAX // 4 + 1), 422),
    ],
    ids=lambda given: f"{len(given.encode())}-bytes" if isinstance(given, str) else str(given),
)
def test_a_value_has_a_limit_in_bytes(
    http: httpx.Client, store: Store, wire: Wire, value: str, status: int
) -> None:
    sent = body(store, wire, secrets=[{"key": "k", "value": value}])
    assert http.post("/secret-groups", json=sent).status_code == status


@proves("G-1.12", "G-1.16", "X-3.11")
def test_an_unknown_integration_is_424(vault: Vault, http: httpx.Client, wire: Wire) -> None:
    for unknown in (UNKNOWN_ID, "embedded", vault.store.fqn, vault.store.id.upper(), "a" * 300):
        with calls(wire, 1), refused(FailedDependencyError):
            vault.client.secret_groups.create(
                name=unique(),
                integration_id=unknown,
                secrets=[SecretInput(key="k", value=wire.canary())],
            )
    assert_nothing_made(http)


@proves("G-1.12", "X-2.3")
def test_a_foreign_integration_is_the_same_424_as_none(
    http: httpx.Client, store: Store, bearer: Any, other: Account, wire: Wire
) -> None:
    theirs = Store.of(bearer(other.token))
    assert theirs.id != store.id
    foreign, unknown = (
        http.post("/secret-groups", json=body(store, wire, integrationId=id))
        for id in (theirs.id, UNKNOWN_ID)
    )
    assert_refused(foreign, 424)
    assert foreign.content == unknown.content
    assert_nothing_made(http)


# -- get, replace, delete by an id that is none ---------------------------------------------------

NO_IDS = [
    UNKNOWN_ID,
    "nobody",
    "0",
    "null",
    "undefined",
    "C" + "0" * 24,
    "c" * 26,
    "00000000-0000-0000-0000-000000000000",
    "i" * 1000,
    "é",
    "%",
    "a%2Fb",
    "__proto__",
    "constructor",
    "%00",
]


@proves("G-2.8")
@pytest.mark.parametrize("id", NO_IDS, ids=lambda id: id[:20])
def test_an_id_that_names_nothing_is_404(http: httpx.Client, wire: Wire, id: str) -> None:
    replaced = {"secrets": [{"key": "k", "value": wire.canary()}]}
    for answer in (
        http.get(f"/secret-groups/{id}"),
        http.put(f"/secret-groups/{id}", json=replaced),
        http.delete(f"/secret-groups/{id}"),
    ):
        assert_refused(answer, 404)


@proves("G-2.8", "X-3.11", "X-3.12")
def test_the_client_tells_an_unknown_id(vault: Vault, tfy: Any, wire: Wire) -> None:
    made = vault.fill("a")
    for id in (UNKNOWN_ID, made.secret("a"), made.id.upper(), made.name):
        for ask in (
            lambda: tfy.secret_groups.get(id),
            lambda: tfy.secret_groups.delete(id),
            lambda: tfy.secret_groups.update(id, secrets=[SecretInput(key="a", value="b")]),
        ):
            with calls(wire, 1), refused(NotFoundError):
                ask()
    assert tfy.secret_groups.get(made.id).data.id == made.id
    assert vault.value(made.secret("a")) == made.values["a"]
