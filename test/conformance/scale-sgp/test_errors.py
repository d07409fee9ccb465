"""What both families refuse in the same way, and how they say so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from scale_gp_beta import (
    APIStatusError,
    BadRequestError,
    ConflictError,
    NotFoundError,
    UnprocessableEntityError,
)

from checks import assert_refused, calls, problems, refused
from families import CREDENTIALS, OPERATIONS, SECRETS, Family, Operation
from identities import Account, Server, unique
from proof import proves
from sizes import TEXT_MAX
from wire import Wire

JSON = {"content-type": "application/json"}
MEBIBYTE = 1_048_576


# -- the shape and the cost of an error ----------------------------------------------------------


@proves("X-3.1", "X-3.2", "X-3.3", "X-3.6", "X-3.7")
def test_each_refusal_has_its_class_its_shape_and_one_call(
    connect: Any, account: Account, wire: Wire, family: Family
) -> None:
    sgp = connect()
    with calls(wire, 1), refused(NotFoundError):
        family.of(sgp).retrieve("c" + "0" * 24)
    with calls(wire, 1), refused(UnprocessableEntityError, "body", family.label):
        family.of(sgp).create(**{**family.body(wire), family.label: ""})
    with calls(wire, 1), refused(BadRequestError):
        family.of(sgp).list(extra_headers={"authorization": f"Bearer {account.token}"})
    with calls(wire, 1), refused(APIStatusError):
        family.of(sgp).create(**{**family.body(wire), family.value: "v" * MEBIBYTE})
    assert wire.last.status == 413
    family.add(sgp, wire, "taken")
    with calls(wire, 1), refused(ConflictError):
        family.add(sgp, wire, "taken")
    for exchange in wire.exchanges:
        assert exchange.headers["content-type"].split(";")[0] == "application/json"


@proves("X-3.2")
def test_a_422_says_where_and_never_what(http: httpx.Client, wire: Wire, family: Family) -> None:
    sent = family.body(wire, label="short-of-nothing", description=["no text"])
    answer = http.post(family.route, json=sent)
    assert_refused(answer, 422, "body", "description")
    assert [set(problem) for problem in problems(answer.json())] == [{"loc", "msg", "type"}]
    for name in ("input", "ctx", "url"):
        assert f'"{name}"' not in answer.text


@proves("X-3.20", "X-3.22")
def test_the_exception_does_not_hold_what_was_sent(sgp: Any, wire: Wire, family: Family) -> None:
    taken = family.add(sgp, wire)
    value = wire.canary()
    with refused(ConflictError) as conflict:
        family.of(sgp).create(
            **{**family.body(wire, getattr(taken, family.label)), family.value: value}
        )
    with refused(UnprocessableEntityError) as invalid:
        family.of(sgp).create(**{**family.body(wire), family.value: value, "description": 7})
    with refused(UnprocessableEntityError) as long:
        family.of(sgp).update(taken.id, **{family.value: value * 2000})
    for caught in (conflict, invalid, long):
        assert value not in str(caught.value) and value not in repr(caught.value.body)
        assert getattr(taken, family.label) not in str(caught.value)


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
        "' or ''='",
        "C" + "0" * 24,
        "c" * 25 + "!",
        "00000000-0000-0000-0000-000000000000",
        "i" * 2000,
        "é",
        "🔑",
        "a/b",
        "a%2Fb",
        "%",
        "...",
        "name",
        "secret",
        "__proto__",
        "constructor",
        "\x00",
        "c" + "0" * 24 + "\x00",
        "c" + "0" * 24 + "\n",
    ],
    ids=lambda named: ascii(named[:20]),
)
def test_an_id_that_names_nothing_is_404(sgp: Any, wire: Wire, family: Family, named: str) -> None:
    items = family.of(sgp)
    for ask in (
        lambda: items.retrieve(named),
        lambda: items.update(named, description="nobody"),
        lambda: items.delete(named),
    ):
        with calls(wire, 1), refused(NotFoundError):
            ask()
    if family is CREDENTIALS:
        with calls(wire, 1), refused(NotFoundError):
            items.decrypt(named)


@proves("X-3.4")
def test_a_real_id_in_another_spelling_is_404(sgp: Any, wire: Wire, family: Family) -> None:
    made = family.add(sgp, wire)
    for named in (
        made.id.upper(),
        f" {made.id}",
        f"{made.id} ",
        f"{made.id}\x00",
        f"{made.id}/",
        made.id[:-1],
    ):
        with refused(NotFoundError):
            family.of(sgp).retrieve(named)


# -- bodies --------------------------------------------------------------------------------------


def write_routes(http: httpx.Client, wire: Wire, family: Family) -> list[tuple[str, str]]:
    """Create and update, the latter of an item that exists."""
    made = family.fill(http, wire, 1)[0]
    return [("POST", family.route), ("PATCH", f"{family.route}/{made['id']}")]


@proves("X-3.8")
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"}",
        b'{"key"',
        b'{"key": }',
        b"{'key': 1}",
        b'{"key": "a",}',
        b"nul",
        b'{"a": 01}',
        b'{"a": NaN}',
        b"{} {}",
        b'{"a": "\n"}',
        b'{"a": "\\x"}',
        b'{"a": "\\u12"}',
        b"\xff",
        b'{"key": "\xff"}',
        b'{"key": "\xed\xa0\x80"}',
        b'{"key": "\xc3"}',
        b" ",
        b"\x00",
        b"/* c */ {}",
    ],
    ids=ascii,
)
def test_malformed_json_is_json_invalid(
    http: httpx.Client, wire: Wire, family: Family, body: bytes
) -> None:
    for method, path in write_routes(http, wire, family):
        answer = http.request(method, path, content=body, headers=JSON)
        assert_refused(answer, 422, "body")
        assert [problem["type"] for problem in problems(answer.json())] == ["json_invalid"]


@proves("X-3.9")
@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b'"text"',
        b"1",
        b"true",
        b"null",
        b"[{}]",
        b'[["key", "a"], ["value", "b"]]',
        b"1.5e3",
    ],
    ids=ascii,
)
def test_a_body_that_is_no_object_is_422(
    http: httpx.Client, wire: Wire, family: Family, body: bytes
) -> None:
    for method, path in write_routes(http, wire, family):
        assert_refused(http.request(method, path, content=body, headers=JSON), 422, "body")


@proves("X-3.9")
def test_no_body_at_all_is_422(http: httpx.Client, wire: Wire, family: Family) -> None:
    for method, path in write_routes(http, wire, family):
        assert_refused(http.request(method, path, headers=JSON), 422, "body")
        assert_refused(http.request(method, path), 422, "body")


@proves("X-3.10")
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/octet-stream",
        "application/jsonp",
        "text/json",
        "nonsense",
        "application",
    ],
)
def test_another_content_type_is_422(
    http: httpx.Client, wire: Wire, family: Family, content_type: str
) -> None:
    body = json.dumps(family.body(wire)).encode()
    answer = http.post(family.route, content=body, headers={"content-type": content_type})
    assert_refused(answer, 422, "body")
    assert family.ids(http) == []


@proves("X-3.10")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json ; x=y",
    ],
)
def test_json_in_any_spelling_is_read(
    http: httpx.Client, wire: Wire, family: Family, content_type: str
) -> None:
    body = json.dumps(family.body(wire)).encode()
    assert (
        http.post(family.route, content=body, headers={"content-type": content_type}).status_code
        == 200
    )


CONTENT_TYPES = [
    "application/json",
    "APPLICATION/JSON",
    "application/json ",
    "application/json;",
    "application/json\t",
    "application/json;charset",
    "application/json; charset=utf-16",
    "application/json, text/plain",
    "application/json garbage",
    "application/json\tgarbage",
    "application/ json",
    "application/json+x",
    "application/vnd.api+json",
    "text/json",
    "text/plain",
    "text/plain; application/json",
    "*/*",
    "application/*",
    "",
    ";",
    "/",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json\\",
    'application/json; a="b',
]


@proves("X-3.11")
@pytest.mark.parametrize("content_type", CONTENT_TYPES, ids=ascii)
def test_no_content_type_lets_an_invalid_body_in(
    server: Server,
    http: httpx.Client,
    account: Account,
    wire: Wire,
    family: Family,
    content_type: str,
) -> None:
    made = family.fill(http, wire, 1)[0]
    headers = [("x-api-key", account.token), ("content-type", content_type)]
    body = json.dumps(
        {family.label: "NOT/../GOOD\x00", family.value: 7, "description": wire.canary()}
    ).encode()
    created = wire.send_exactly(server.url, "POST", family.route, headers, body)
    changed = wire.send_exactly(server.url, "PATCH", f"{family.route}/{made['id']}", headers, body)
    assert_refused(created, 422)
    assert_refused(changed, 422)
    assert http.get(f"{family.route}/{made['id']}").json() == made
    assert family.ids(http) == [made["id"]]


def text_members(family: Family) -> list[str]:
    return [family.label, family.value, "description", *(["type"] if family is CREDENTIALS else [])]


@proves("X-3.12")
@pytest.mark.parametrize(
    "lone", ["\ud800", "\udfff", "a\ud83d", "\udd11a", "\udd11\ud83d"], ids=ascii
)
def test_a_lone_surrogate_is_422_in_every_text(
    http: httpx.Client, wire: Wire, family: Family, lone: str
) -> None:
    made = family.fill(http, wire, 1)[0]
    for member in text_members(family):
        created = json.dumps({**family.body(wire), member: lone}).encode()
        assert_refused(http.post(family.route, content=created, headers=JSON), 422, "body")
        if member == "key":
            continue
        changed = json.dumps({member: lone}).encode()
        answer = http.patch(f"{family.route}/{made['id']}", content=changed, headers=JSON)
        assert_refused(answer, 422, "body")
    assert family.ids(http) == [made["id"]]


@proves("X-3.12")
@pytest.mark.parametrize(
    "metadata", [{"a": "\ud800"}, {"\udfff": 1}, {"a": [{"b": ["\ud83d"]}]}], ids=ascii
)
def test_a_lone_surrogate_is_422_in_metadata(
    http: httpx.Client, wire: Wire, metadata: dict[str, Any]
) -> None:
    body = json.dumps(CREDENTIALS.body(wire, credential_metadata=metadata)).encode()
    assert_refused(http.post(CREDENTIALS.route, content=body, headers=JSON), 422, "body")


@proves("X-3.12")
def test_the_client_refuses_a_lone_surrogate_itself(sgp: Any, wire: Wire, family: Family) -> None:
    with calls(wire, 0), pytest.raises(UnicodeEncodeError):
        family.add(sgp, wire, description="\ud800")


@proves("X-3.13")
def test_nul_is_422_in_names_and_descriptions(sgp: Any, wire: Wire, family: Family) -> None:
    for text in ("\x00", "a\x00", "\x00a", "a\x00b"):
        with refused(UnprocessableEntityError, "body", family.label):
            family.add(sgp, wire, text)
        with refused(UnprocessableEntityError, "body", "description"):
            family.add(sgp, wire, description=text)
        made = family.add(sgp, wire)
        with refused(UnprocessableEntityError, "body", "description"):
            family.of(sgp).update(made.id, description=text)
        assert family.of(sgp).retrieve(made.id) == made


def padded(body: dict[str, Any], size: int) -> bytes:
    """The body, blown up with white space to exactly this size."""
    text = json.dumps(body).encode()
    return text[:-1] + b" " * (size - len(text)) + b"}"


@proves("X-3.14")
def test_a_body_over_one_mebibyte_is_413(http: httpx.Client, wire: Wire, family: Family) -> None:
    at, over = padded(family.body(wire), MEBIBYTE), padded(family.body(wire), MEBIBYTE + 1)
    assert (len(at), len(over)) == (MEBIBYTE, MEBIBYTE + 1)
    assert http.post(family.route, content=at, headers=JSON).status_code == 200
    assert_refused(http.post(family.route, content=over, headers=JSON), 413)
    made = family.ids(http)
    assert len(made) == 1
    change = padded({"description": "over"}, MEBIBYTE + 1)
    assert_refused(http.patch(f"{family.route}/{made[0]}", content=change, headers=JSON), 413)


@proves("X-3.14")
def test_a_chunked_body_over_one_mebibyte_is_413(
    http: httpx.Client, wire: Wire, family: Family
) -> None:
    def chunks(body: bytes) -> Iterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    over = padded(family.body(wire), MEBIBYTE + 1)
    assert_refused(http.post(family.route, content=chunks(over), headers=JSON), 413)
    at = padded(family.body(wire), MEBIBYTE)
    assert http.post(family.route, content=chunks(at), headers=JSON).status_code == 200


@proves("X-3.15")
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"]
)
def test_a_very_deep_body_is_refused(
    http: httpx.Client, wire: Wire, family: Family, opening: str, closing: str
) -> None:
    deep = 100_000
    middle = "1" if closing == "}" else ""
    nested = opening * deep + middle + closing * deep
    inside = json.dumps(family.body(wire))[:-1] + f', "extra": {nested}}}'
    for body in (nested, inside):
        answer = http.post(family.route, content=body.encode(), headers=JSON)
        assert answer.status_code in (400, 413, 422)
    assert family.ids(http) == []


def broken(body: bytes) -> list[bytes]:
    """The body cut or damaged in some fifty ways."""
    cuts = [body[:end] for end in range(1, len(body), max(1, len(body) // 20))]
    holes = [
        body[:at] + b"\xff" + body[at + 1 :] for at in range(0, len(body), max(1, len(body) // 10))
    ]
    quotes = [
        body.replace(b'"', b"'"),
        body.replace(b":", b"=", 1),
        body.replace(b",", b"", 1),
        body.replace(b'"', b"", 1),
    ]
    wraps = [
        b"[" + body + b"]",
        body + body,
        body + b"x",
        b"x" + body,
        json.dumps(body.decode()).encode(),
        body[1:],
        b"\x00" + body,
    ]
    return cuts + holes + quotes + wraps


@proves("X-3.20", "X-3.21")
def test_no_broken_body_brings_the_value_back(
    http: httpx.Client, wire: Wire, family: Family
) -> None:
    body = json.dumps(family.body(wire, description="beside it")).encode()
    for damaged in broken(body):
        for headers in (JSON, {"content-type": "text/plain"}):
            answer = http.post(family.route, content=damaged, headers=headers)
            assert_refused(answer, 422, "body")
    assert family.ids(http) == []
    assert wire.leaks() == []


@proves("X-3.20", "X-3.21")
def test_a_value_in_the_wrong_place_is_not_repeated(
    http: httpx.Client, wire: Wire, family: Family
) -> None:
    made = family.fill(http, wire, 1)[0]
    value = wire.canary()
    misplaced = [
        {family.label: value.upper() + "\x00", family.value: value},
        {family.label: "", family.value: value, value: value},
        {family.label: {value: value}, family.value: [value]},
        {family.value: {"text": value}},
        {"description": [value], family.label: 5, family.value: value},
        [value],
        value,
    ]
    for body in misplaced:
        assert_refused(http.post(family.route, json=body), 422, "body")
    assert_refused(
        http.patch(f"{family.route}/{made['id']}", json={"description": {"a": value}}), 422
    )
    for query in (
        {"sort_by": value},
        {"sort_order": value},
        {"limit": value},
        {"starting_after": value},
    ):
        assert_refused(http.get(family.route, params=query), 422, "query")
    assert_refused(http.get(f"{family.route}/{value}"), 404)
    assert_refused(http.get(family.route, headers={"x-selected-account-id": value}), 403)
    assert wire.leaks() == []


# -- routes --------------------------------------------------------------------------------------


@proves("X-3.16", "X-3.1")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v5"),
        ("GET", "/v5/sgp"),
        ("GET", "/v5/sgp/secret"),
        ("GET", "/v5/secrets"),
        ("GET", "/v5/egp/secrets"),
        ("GET", "/v5/credential"),
        ("POST", "/v5/sgp/credentials"),
        ("GET", "/v5/credentials/name/a/b"),
        ("POST", "/v5/credentials/name/a/b/secret"),
        ("GET", "/v5/credentials/a/b/c/d/e"),
        ("DELETE", "/v5/nothing/here"),
    ],
)
def test_an_unknown_route_is_404(http: httpx.Client, method: str, path: str) -> None:
    assert_refused(http.request(method, path), 404)


def other_spellings(route: str, made: dict[str, Any], label: str) -> list[str]:
    id = made["id"]
    parent, last = route.rsplit("/", 1)
    spelled = [
        f"{route}/",
        f"{route}/{id}/",
        f"/{route}",
        f"{parent}//{last}",
        f"{route}//{id}",
        route.upper(),
        f"{parent}/{last.capitalize()}",
        f"{route}/.",
        f"{route}/./{id}",
        f"{parent}/x/../{last}",
        f"{route}/x/../{id}",
        f"{route}/%2e%2e/{last}",
        f"{route}/x/%2e%2e/{id}",
        f"{route}/%2E/{id}",
        f"{route}%2f{id}",
        f"{route}/{id}%2f",
        f"{parent}%2F{last}",
        f"{route}/{id};x=1",
        f"{route};x/{id}",
        f"{route}\\{id}",
        f"{route}/..%5c{last}",
        f"{route}/{id}%00",
        f"{route}/%252e%252e/{last}",
        f"{parent}/..;/{last}",
    ]
    if label == "name":
        spelled += [
            f"{route}/name/{made['name']}/",
            f"{route}/name//{made['name']}",
            f"{route}/name/x/../{made['name']}",
        ]
    return spelled


@proves("X-3.17", "X-3.19")
def test_another_spelling_of_a_route_is_another_route(
    server: Server, http: httpx.Client, account: Account, wire: Wire, family: Family
) -> None:
    made = family.fill(http, wire, 1)[0]
    headers = [("x-api-key", account.token), ("content-type", "application/json")]
    for path in other_spellings(family.route, made, family.label):
        for method in ("GET", "DELETE"):
            answer = wire.send_exactly(server.url, method, path, headers)
            assert answer.status in (400, 404), (method, path, answer.status, answer.body)
        body = json.dumps(family.body(wire)).encode()
        answer = wire.send_exactly(server.url, "POST", path, headers, body)
        assert answer.status in (400, 404, 405), ("POST", path, answer.status, answer.body)
    assert family.ids(http) == [made["id"]]


@proves("X-3.18", "X-3.1")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *((method, "/v5/sgp/secrets") for method in ("PUT", "PATCH", "DELETE")),
        *((method, "/v5/sgp/secrets/x") for method in ("PUT", "POST")),
        *((method, "/v5/credentials") for method in ("PUT", "PATCH", "DELETE")),
        *((method, "/v5/credentials/x") for method in ("PUT", "POST")),
        *((method, "/v5/credentials/x/secret") for method in ("GET", "PUT", "PATCH", "DELETE")),
        *((method, "/v5/credentials/name/x") for method in ("PUT", "PATCH", "DELETE")),
        *(
            (method, "/v5/credentials/name/x/secret")
            for method in ("GET", "PUT", "PATCH", "DELETE")
        ),
    ],
)
def test_another_method_is_405(http: httpx.Client, method: str, path: str) -> None:
    assert_refused(http.request(method, path), 405)
    assert http.request(method, path).headers["allow"]


@proves("X-3.19")
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_no_operation_redirects(http: httpx.Client, wire: Wire, operation: Operation) -> None:
    operation.send(http, wire)
    operation.send(http, wire, headers={"host": "elsewhere.example.test"})
    operation.send(
        http,
        wire,
        headers={"x-forwarded-proto": "https", "x-forwarded-host": "elsewhere.example.test"},
    )
    for exchange in wire.exchanges:
        assert not 300 <= exchange.status < 400
        assert "location" not in exchange.headers


@proves("X-5.11")
def test_a_refused_create_leaves_nothing_behind(sgp: Any, wire: Wire, family: Family) -> None:
    label = unique()
    for fault in ({family.value: ""}, {"description": 1}, {family.value: "v" * (TEXT_MAX + 1)}):
        with refused(UnprocessableEntityError):
            family.of(sgp).create(**{**family.body(wire, label), **fault})
    page = family.of(sgp).list()
    assert (page.items, page.total) == ([], 0)
    assert getattr(family.add(sgp, wire, label), family.label) == label


@proves("X-3.20")
def test_secrets_have_no_way_to_ask_for_a_value(http: httpx.Client, wire: Wire) -> None:
    made = SECRETS.fill(http, wire, 1)[0]
    for query in (
        {"withValue": "true"},
        {"include": "value"},
        {"reveal": "1"},
        {"fields": "value"},
        {"expand": "value"},
    ):
        assert http.get(f"{SECRETS.route}/{made['id']}", params=query).json() == made
        assert http.get(SECRETS.route, params=query).json()["items"] == [made]
