"""Bodies that are refused in the same way everywhere, and never sent back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from checks import assert_refused, data, page
from proof import proves
from vault import (
    JSON,
    OPERATIONS,
    Environment,
    Operation,
    add_direct,
    add_secret,
    add_variable,
    listed,
    secret_body,
    secrets_of,
)
from wire import Wire

MEBIBYTE = 1_048_576

WRITES = [operation for operation in OPERATIONS if operation.sends not in (None, "nothing")]

every_write = pytest.mark.parametrize("operation", WRITES, ids=str)


def places(http: httpx.Client, environment: Environment, wire: Wire) -> dict[str, str]:
    """Things that are there, so that a refusal is about the body and nothing else."""
    return {
        "secret": add_secret(http, wire)["id"],
        "environment": environment.id,
        "entry": add_direct(http, wire, environment)["id"],
        "variable": add_variable(http, environment)["id"],
    }


@proves("X-3.5")
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name"',
        b'{"name": }',
        b"{'name': 1}",
        b'{"name": "A",}',
        b"nul",
        b'{"a": NaN}',
        b"{} {}",
        b'{"a": "\n"}',
        b'{"a": "\\x"}',
        b"\xff",
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        b" ",
        b"\x00",
    ],
    ids=ascii,
)
def test_malformed_json_is_422(
    http: httpx.Client, environment: Environment, wire: Wire, body: bytes
) -> None:
    things = places(http, environment, wire)
    for operation in WRITES:
        answer = operation.send(http, wire, content=body, headers=JSON, **things)
        assert_refused(answer, 422, "body")


@proves("X-3.6")
@pytest.mark.parametrize("body", [b"[]", b'"text"', b"1", b"true", b"null", b"[{}]"], ids=ascii)
def test_a_body_that_is_no_object_is_422(
    http: httpx.Client, environment: Environment, wire: Wire, body: bytes
) -> None:
    things = places(http, environment, wire)
    for operation in WRITES:
        answer = operation.send(http, wire, content=body, headers=JSON, **things)
        assert_refused(answer, 422, "body")


@proves("X-3.6")
@every_write
def test_no_body_at_all_is_422(
    http: httpx.Client, environment: Environment, wire: Wire, operation: Operation
) -> None:
    things = places(http, environment, wire)
    for headers in (JSON, {}):
        answer = operation.send(http, wire, content=b"", headers=headers, **things)
        assert_refused(answer, 422, "body")


@proves("X-3.7")
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/octet-stream",
        "text/json",
        "nonsense",
    ],
)
def test_another_content_type_is_422(http: httpx.Client, wire: Wire, content_type: str) -> None:
    body = json.dumps(secret_body(wire)).encode()
    answer = http.post("/secrets/", content=body, headers={"content-type": content_type})
    assert_refused(answer, 422, "body")
    assert listed(http) == []


@proves("X-3.7")
@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON", "application/json; charset=utf-8"],
)
def test_json_in_any_spelling_is_read(http: httpx.Client, wire: Wire, content_type: str) -> None:
    body = json.dumps(secret_body(wire)).encode()
    data(http.post("/secrets/", content=body, headers={"content-type": content_type}))


@proves("X-3.8")
@pytest.mark.parametrize("lone", ["\ud800", "\udfff", "a\ud83d", "\udd11\ud83d"], ids=ascii)
def test_a_lone_surrogate_is_422_in_every_text(http: httpx.Client, wire: Wire, lone: str) -> None:
    made = add_secret(http, wire)
    for member in ("name", "value", "description"):
        created = json.dumps({**secret_body(wire), member: lone}).encode()
        assert_refused(http.post("/secrets/", content=created, headers=JSON), 422, "body")
        changed = json.dumps({member: lone}).encode()
        path = f"/secrets/{made['id']}"
        assert_refused(http.patch(path, content=changed, headers=JSON), 422, "body")
    assert listed(http) == [made]


@proves("X-3.8")
def test_nul_in_a_description_is_422(http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire)
    for text in ("\x00", "a\x00b"):
        body = secret_body(wire, description=text)
        assert_refused(http.post("/secrets/", json=body), 422, "body", "description")
        answer = http.patch(f"/secrets/{made['id']}", json={"description": text})
        assert_refused(answer, 422, "body", "description")
    assert listed(http) == [made]


def padded(body: dict[str, Any], size: int) -> bytes:
    """The body, blown up with white space to exactly this size."""
    text = json.dumps(body).encode()
    return text[:-1] + b" " * (size - len(text)) + b"}"


@proves("X-3.9")
def test_a_body_over_one_mebibyte_is_413(http: httpx.Client, wire: Wire) -> None:
    def chunks(body: bytes) -> Iterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    over = padded(secret_body(wire), MEBIBYTE + 1)
    assert_refused(http.post("/secrets/", content=over, headers=JSON), 413)
    assert_refused(http.post("/secrets/", content=chunks(over), headers=JSON), 413)
    assert listed(http) == []
    made = data(http.post("/secrets/", content=padded(secret_body(wire), MEBIBYTE), headers=JSON))
    change = padded({"description": "over"}, MEBIBYTE + 1)
    assert_refused(http.patch(f"/secrets/{made['id']}", content=change, headers=JSON), 413)


@proves("X-3.9")
@every_write
def test_every_body_has_the_limit(
    http: httpx.Client, environment: Environment, wire: Wire, operation: Operation
) -> None:
    things = places(http, environment, wire)
    over = padded({"name": "OVER"}, MEBIBYTE + 1)
    assert_refused(operation.send(http, wire, content=over, headers=JSON, **things), 413)


@proves("X-3.10")
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"]
)
def test_a_very_deep_body_is_refused(
    http: httpx.Client, wire: Wire, opening: str, closing: str
) -> None:
    deep = 100_000
    nested = opening * deep + ("1" if closing == "}" else "") + closing * deep
    inside = json.dumps(secret_body(wire))[:-1] + f', "extra": {nested}}}'
    for body in (nested, inside):
        answer = http.post("/secrets/", content=body.encode(), headers=JSON)
        assert answer.status_code in (400, 413, 422)
    assert listed(http) == []


@proves("X-3.11")
def test_an_empty_body_may_have_a_content_type(
    http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    made, direct = add_secret(http, wire), add_direct(http, wire, environment)
    assert page(http.get("/secrets/", headers=JSON))["data"] == [made]
    assert http.delete(f"/secrets/{made['id']}", headers=JSON).status_code == 200
    path = f"{environment.path}/secrets/{direct['id']}"
    assert http.delete(path, headers=JSON).status_code == 200
    assert (listed(http), secrets_of(http, environment)) == ([], [])


# -- what was sent is not sent back --------------------------------------------------------------


def broken(body: bytes) -> list[bytes]:
    """The body cut or damaged in some forty ways."""
    cuts = [body[:end] for end in range(1, len(body), max(1, len(body) // 20))]
    holes = [
        body[:at] + b"\xff" + body[at + 1 :] for at in range(0, len(body), max(1, len(body) // 10))
    ]
    wraps = [
        b"[" + body + b"]",
        body + body,
        body + b"x",
        b"\x00" + body,
        body[1:],
        body.replace(b'"', b"'"),
        body.replace(b":", b"=", 1),
        json.dumps(body.decode()).encode(),
    ]
    return cuts + holes + wraps


@proves("X-3.12")
def test_no_broken_body_brings_the_value_back(http: httpx.Client, wire: Wire) -> None:
    body = json.dumps(secret_body(wire, description="beside it")).encode()
    for damaged in broken(body):
        assert_refused(http.post("/secrets/", content=damaged, headers=JSON), 422, "body")
    assert listed(http) == []
    assert wire.leaks() == []


@proves("X-3.12")
def test_a_value_in_the_wrong_place_is_not_repeated(
    http: httpx.Client, environment: Environment, wire: Wire
) -> None:
    made = add_secret(http, wire)
    value = wire.canary()
    for body in (
        {"name": value, "value": value},
        {"name": {value: value}, "value": [value]},
        {"name": "A", "value": {"text": value}},
        {"name": "A", "value": value, "description": [value], "isFile": value},
        [value],
        value,
    ):
        assert_refused(http.post("/secrets/", json=body), 422, "body")
        assert_refused(http.post(f"{environment.path}/secrets", json=body), 422, "body")
    body = {"name": "A", "value": value, "teamId": [value]}
    assert_refused(http.post("/secrets/", json=body), 422, "body", "teamId")
    answer = http.patch(f"/secrets/{made['id']}", json={"description": {"a": value}})
    assert_refused(answer, 422)
    for query in ({"limit": value}, {"offset": value}):
        assert_refused(http.get("/secrets/", params=query), 422, "query")
    assert_refused(http.get("/secrets/", params={"teamId": value}), 403)
    assert_refused(http.get(f"/secrets/{value}"), 404)
    assert_refused(http.get(f"/environmentshub/{value}/{value}/@latest"), 404)
    assert wire.leaks() == []
