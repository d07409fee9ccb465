"""Bodies that are not what they should be, and what an error never says."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from truefoundry_sdk import SecretInput, UnprocessableEntityError, UpdateSecretInput
from truefoundry_sdk.core.api_error import ApiError

from calls import WITH_BODY, Belongings, Call
from checks import ONCE, UNKNOWN_ID, assert_refused, calls, refused
from identities import Account, unique
from proof import proves
from vault import Store, Vault
from wire import Wire

JSON = {"content-type": "application/json"}
MEBIBYTE = 1_048_576

every_call_with_a_body = pytest.mark.parametrize("call", WITH_BODY, ids=str)

# Of `POST /secrets` every member is optional.
every_call_that_needs_one = pytest.mark.parametrize(
    "call", [call for call in WITH_BODY if call.path != "/secrets"], ids=str
)


@pytest.fixture
def mine(account: Account, http: httpx.Client, wire: Wire) -> Belongings:
    return Belongings.of(account, http, wire)


def send(http: httpx.Client, call: Call, mine: Belongings, **options: Any) -> httpx.Response:
    return call.send(http, mine.ids.get(str(call.about), UNKNOWN_ID), **options)


# -- JSON ----------------------------------------------------------------------------------------


@proves("X-3.2")
@every_call_with_a_body
def test_malformed_json_is_400(http: httpx.Client, mine: Belongings, call: Call) -> None:
    before = mine.told()
    for body in (b"{", b'{"name": }', b"{'a': 1}", b'{"a": "b",}', b"nul", b"{} {}", b"\xff"):
        assert_refused(send(http, call, mine, content=body, headers=JSON), 400)
    assert mine.told() == before


@proves("X-3.2")
@pytest.mark.parametrize(
    "body",
    [
        b"}",
        b'{"name"',
        b'{"a": 01}',
        b'{"a": NaN}',
        b'{"a": "\n"}',
        b'{"a": "\\x"}',
        b'{"a": "\\u12"}',
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": "\xc3"}',
        b" ",
        b"\x00",
        b"/* c */ {}",
        b"\xef\xbb\xbf{",
    ],
    ids=ascii,
)
def test_wherever_it_breaks_it_is_400(http: httpx.Client, body: bytes) -> None:
    for method, path in (("POST", "/secret-groups"), ("PUT", "/apply"), ("POST", "/secrets")):
        assert_refused(http.request(method, path, content=body, headers=JSON), 400)


@proves("X-3.3")
@every_call_with_a_body
def test_a_body_that_is_no_object_is_422(http: httpx.Client, mine: Belongings, call: Call) -> None:
    before = mine.told()
    for body in (b"[]", b'"text"', b"1", b"true", b"null", b"[{}]"):
        assert_refused(send(http, call, mine, content=body, headers=JSON), 422)
    assert mine.told() == before


@proves("X-3.3")
@every_call_that_needs_one
def test_no_body_at_all_is_refused(http: httpx.Client, mine: Belongings, call: Call) -> None:
    before = mine.told()
    assert_refused(send(http, call, mine, content=b"", headers=JSON), 400, 422)
    assert_refused(send(http, call, mine, content=b""), 400, 422)
    assert mine.told() == before


@proves("X-3.4")
@every_call_with_a_body
def test_another_content_type_is_400(http: httpx.Client, mine: Belongings, call: Call) -> None:
    before = mine.told()
    assert call.body is not None
    body = json.dumps(call.body()).encode()
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "text/json",
        "nonsense",
    ):
        answer = send(http, call, mine, content=body, headers={"content-type": kind})
        assert_refused(answer, 400)
    assert mine.told() == before


@proves("X-3.4")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json ; x=y",
    ],
)
def test_json_in_any_spelling_is_read(http: httpx.Client, content_type: str) -> None:
    answer = http.post("/secrets", content=b"{}", headers={"content-type": content_type})
    assert answer.status_code == 200 and answer.json()["data"] == []


def padded(body: dict[str, Any], size: int) -> bytes:
    """The body as JSON of exactly this many bytes."""
    text = json.dumps(body).encode()
    return text[:-1] + b" " * (size - len(text)) + b"}"


@proves("X-3.5")
@every_call_with_a_body
def test_a_body_over_the_limit_is_413(http: httpx.Client, mine: Belongings, call: Call) -> None:
    before = mine.told()
    assert call.body is not None
    body = padded(call.body(), MEBIBYTE + 1)
    assert_refused(send(http, call, mine, content=body, headers=JSON), 413)
    assert mine.told() == before


@proves("X-3.5")
def test_the_limit_holds_in_chunks(http: httpx.Client, store: Store, wire: Wire) -> None:
    def chunks(body: bytes) -> Iterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    def body(size: int) -> bytes:
        secrets = [{"key": "k", "value": wire.canary()}]
        sent = {"name": unique(), "integrationId": store.id, "secrets": secrets}
        return padded(sent, size)

    over = http.post("/secret-groups", content=chunks(body(MEBIBYTE + 1)), headers=JSON)
    assert_refused(over, 413)
    at = http.post("/secret-groups", content=chunks(body(MEBIBYTE)), headers=JSON)
    assert at.status_code == 200
    assert len(http.get("/secret-groups").json()["data"]) == 1


@proves("X-3.5")
@pytest.mark.parametrize("told", [True, False], ids=["length", "chunks"])
def test_who_sends_slowly_gets_the_413_too(http: httpx.Client, told: bool) -> None:
    def slowly() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 60_000
            time.sleep(0.01)

    length = {"content-length": str(20 * 60_000)} if told else {}
    for _ in range(2):
        answer = http.post("/secret-groups", content=slowly(), headers={**JSON, **length})
        assert_refused(answer, 413)


@proves("X-3.5", "X-3.11", "X-3.12")
def test_the_client_tells_a_413(vault: Vault, wire: Wire) -> None:
    made = vault.fill("a")
    secrets = [UpdateSecretInput(key=f"k{n}", value="v" * 60_000) for n in range(20)]
    with calls(wire, 1), refused(ApiError, 413):
        vault.client.secret_groups.update(made.id, secrets=secrets)
    assert vault.value(made.secret("a")) == made.values["a"]


@proves("X-3.6")
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"]
)
def test_a_very_deep_body_is_refused(http: httpx.Client, opening: str, closing: str) -> None:
    deep = 100_000
    nested = opening * deep + ("1" if closing == "}" else "") + closing * deep
    for path in ("/apply", "/virtual-accounts"):
        sent = f'{{"manifest": {{"type": "virtual-account", "name": "x", "tags": {nested}}}}}'
        for body in (nested, sent):
            answer = http.put(path, content=body.encode(), headers=JSON)
            assert answer.status_code in (400, 413, 422)
    assert http.get("/virtual-accounts").json()["data"] == []


@proves("X-3.6")
@pytest.mark.parametrize("lone", ["\ud800", "\udfff", "a\ud83d", "\udd11\ud83d"], ids=ascii)
def test_a_lone_surrogate_is_422(http: httpx.Client, store: Store, lone: str) -> None:
    right = {"name": unique(), "integrationId": store.id}
    for sent in (
        {**right, "name": lone, "secrets": [{"key": "k", "value": "v"}]},
        {**right, "secrets": [{"key": lone, "value": "v"}]},
        {**right, "secrets": [{"key": "k", "value": lone}]},
    ):
        body = json.dumps(sent).encode()
        assert_refused(http.post("/secret-groups", content=body, headers=JSON), 422)
    manifest = {"type": "team", "name": "team", "members": [], "description": lone}
    body = json.dumps({"manifest": manifest}).encode()
    for path in ("/teams", "/apply"):
        assert_refused(http.put(path, content=body, headers=JSON), 422)
    assert http.get("/secret-groups").json()["data"] == []


@proves("X-3.13")
def test_names_of_the_language_are_ordinary_names(http: httpx.Client, store: Store) -> None:
    for name in ("__proto__", "constructor", "prototype", "toString"):
        body = f'{{"limit": 5, "{name}": {{"withValue": true, "admin": true}}}}'
        answer = http.post("/secrets", content=body.encode(), headers=JSON)
        assert answer.status_code in (200, 422)
        secrets = [{"key": name, "value": "value"}]
        sent = {"name": unique(), "integrationId": store.id, "secrets": secrets}
        made = http.post("/secret-groups", json=sent).json()["data"]
        assert [one["name"] for one in made["associatedSecrets"]] == [name]
        tags = {"type": "virtual-account", "name": unique("robot"), "tags": {"before": "x"}}
        text = json.dumps({"manifest": tags}).replace('"before"', f'"{name}"')
        assert http.put("/virtual-accounts", content=text.encode(), headers=JSON).status_code in (
            200,
            422,
        )
    assert http.post("/secrets", json={}).json()["pagination"]["limit"] == 100
    assert all(row.get("value") is None for row in http.post("/secrets", json={}).json()["data"])


# -- what an error never says ----------------------------------------------------------------------


def broken(body: bytes) -> list[bytes]:
    """The body cut or damaged in some fifty ways."""
    cuts = [body[:end] for end in range(1, len(body), max(1, len(body) // 20))]
    step = max(1, len(body) // 10)
    holes = [body[:at] + b"\xff" + body[at + 1 :] for at in range(0, len(body), step)]
    quotes = [
        body.replace(b'"', b"'"),
        body.replace(b":", b"=", 1),
        body.replace(b",", b"", 1),
        body.replace(b'"', b"", 1),
    ]
    wraps = [body + body, body + b"x", b"x" + body, body[1:], b"\x00" + body]
    return cuts + holes + quotes + wraps


@proves("X-3.9", "X-3.10")
def test_no_broken_body_brings_the_value_back(
    http: httpx.Client, store: Store, mine: Belongings, wire: Wire
) -> None:
    secrets = [{"key": "the-key-itself", "value": wire.canary()}]
    sent = {"name": "the-name-itself", "integrationId": store.id, "secrets": secrets}
    before = http.get("/secret-groups").json()["data"]
    for path in ("/secret-groups", f"/secret-groups/{mine.ids['group']}"):
        method = "POST" if path == "/secret-groups" else "PUT"
        for damaged in broken(json.dumps(sent).encode()):
            for kind in ("application/json", "text/plain"):
                headers = {"content-type": kind}
                answer = http.request(method, path, content=damaged, headers=headers)
                assert_refused(answer, 400)
    assert http.get("/secret-groups").json()["data"] == before
    assert wire.leaks() == []


@proves("X-3.9", "X-3.1")
def test_a_value_in_the_wrong_place_is_not_repeated(
    http: httpx.Client, store: Store, mine: Belongings, wire: Wire
) -> None:
    value = wire.canary()
    group, robot = f"/secret-groups/{mine.ids['group']}", f"/virtual-accounts/{mine.ids['robot']}"
    right = {"name": unique(), "integrationId": store.id}
    for method, path, body in (
        ("POST", "/secret-groups", {**right, "name": value + ":", "secrets": []}),
        ("POST", "/secret-groups", {**right, "secrets": [{"key": value + "/", "value": "v"}]}),
        ("POST", "/secret-groups", {**right, "secrets": [{value: "key", "value": [value]}]}),
        ("POST", "/secret-groups", {**right, "secrets": value}),
        (
            "POST",
            "/secret-groups",
            {**right, "integrationId": value, "secrets": [{"key": "k", "value": value}]},
        ),
        ("PUT", group, {"secrets": [{"key": value}]}),
        ("PUT", "/secret-groups", {"manifest": {"type": value, "name": value}}),
        ("PUT", "/apply", {"manifest": {"type": value, "name": value}}),
        ("POST", "/delete", {"manifest": {"type": "team", "name": value}}),
        ("POST", "/secrets", {"secretFqns": value}),
        ("POST", "/personal-access-tokens", {"name": value + "_"}),
        ("POST", f"{robot}/regenerate-token", {"gracePeriodInMinutes": value}),
        ("POST", "/users/register", {"email": value}),
        ("PATCH", "/users/deactivate", {"email": f"{value}@example.test"}),
    ):
        answer = http.request(method, path, json=body)
        assert_refused(answer, 400, 404, 422, 424)
    for path in (
        f"/secrets/{value}",
        f"/{value}",
        f"/teams/{value}",
        f"/secret-groups?limit={value}",
    ):
        assert_refused(http.get(path), 404, 422)
    assert wire.leaks() == []


@proves("X-3.11", "X-3.9")
def test_the_text_of_the_exception_holds_no_value(vault: Vault, wire: Wire) -> None:
    made = vault.fill("a")
    value = wire.canary()
    with refused(UnprocessableEntityError) as caught:
        vault.update(made, **{"a": value, "b:c": value})
    assert value not in str(caught.value) and value[:8] not in str(caught.value)
    with refused(ApiError, 409) as taken:
        vault.client.secret_groups.create(
            name=made.name,
            integration_id=vault.store.id,
            secrets=[SecretInput(key="a", value=value)],
            request_options=ONCE,
        )
    assert value not in str(taken.value) and made.name not in str(taken.value.body)


@proves("X-3.12", "G-1.13")
def test_a_409_is_sent_three_times(vault: Vault, wire: Wire) -> None:
    made = vault.fill("a")
    with calls(wire, 3), refused(ApiError, 409):
        vault.client.secret_groups.create(
            name=made.name,
            integration_id=vault.store.id,
            secrets=[SecretInput(key="a", value=wire.canary())],
        )
    assert {exchange.status for exchange in wire.exchanges[-3:]} == {409}
    assert vault.versions(made.secret("a")) == [1]
    assert len(list(vault.client.secret_groups.list())) == 1
