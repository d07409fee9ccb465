"""Credentials: what is refused, and that a refusal changes nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from scale_gp_beta import ConflictError, UnprocessableEntityError

from checks import assert_refused, calls, problems, refused
from families import CREDENTIALS
from identities import Account, unique
from proof import proves
from sizes import TEXT_MAX
from wire import Wire

NO_STRING = [0, 1.5, True, False, [], ["text"], {}, {"a": "text"}]
NO_OBJECT = ["text", "{}", "", 0, 1.5, True, [], [{}]]
REQUIRED = ["name", "type", "payload"]


def raw_metadata(wire: Wire, metadata: str) -> bytes:
    """A sound body with metadata written exactly so."""
    return (
        f'{{"name": "{unique()}", "type": "key", "payload": "{wire.canary()}",'
        f' "credential_metadata": {metadata}}}'
    ).encode()


JSON = {"content-type": "application/json"}


# -- create --------------------------------------------------------------------------------------


@proves("C-2.1")
def test_missing_members_are_told_all_at_once(http: httpx.Client) -> None:
    answer = http.post(CREDENTIALS.route, json={})
    assert_refused(answer, 422)
    assert sorted(problem["loc"][-1] for problem in problems(answer.json())) == sorted(REQUIRED)


@proves("C-2.1")
@pytest.mark.parametrize("member", REQUIRED)
def test_one_missing_member(http: httpx.Client, wire: Wire, member: str) -> None:
    body = CREDENTIALS.body(wire)
    del body[member]
    answer = http.post(CREDENTIALS.route, json=body)
    assert_refused(answer, 422, "body", member)
    assert len(problems(answer.json())) == 1


@proves("C-2.2", "C-2.3")
@pytest.mark.parametrize("sent", ["", *NO_STRING, None], ids=repr)
@pytest.mark.parametrize("member", REQUIRED)
def test_a_required_member_is_refused(sgp: Any, wire: Wire, member: str, sent: Any) -> None:
    body = {**CREDENTIALS.body(wire), member: sent}
    with calls(wire, 1), refused(UnprocessableEntityError, "body", member):
        sgp.credentials.create(**body)


@proves("C-2.5")
@pytest.mark.parametrize(
    "payload",
    [
        "no json",
        "{",
        '{"a": 1',
        "{'a': 1}",
        '{"a": 1,}',
        "NaN",
        "Infinity",
        "01",
        " ",
        "[1] 2",
        "\ufeff{}",
        "// c\n{}",
    ],
    ids=ascii,
)
def test_json_payload_must_be_json(sgp: Any, payload: str) -> None:
    with refused(UnprocessableEntityError, "body", "payload"):
        sgp.credentials.create(name=unique(), type="json", payload=payload)


@proves("C-2.7")
@pytest.mark.parametrize(
    "payload",
    ["p" * (TEXT_MAX + 1), "é" * (TEXT_MAX // 2) + "p", "🔑" * (TEXT_MAX // 4) + "p", "p" * 200_000],
    ids=lambda payload: f"{len(payload)}-characters",
)
def test_payload_above_the_limit_is_refused(sgp: Any, payload: str) -> None:
    with refused(UnprocessableEntityError, "body", "payload"):
        sgp.credentials.create(name=unique(), type="key", payload=payload)


@proves("C-2.9")
@pytest.mark.parametrize("description", [*NO_STRING, "d" * 4097], ids=lambda sent: repr(sent)[:16])
def test_description_is_refused(sgp: Any, wire: Wire, description: Any) -> None:
    with refused(UnprocessableEntityError, "body", "description"):
        CREDENTIALS.add(sgp, wire, description=description)


@proves("C-2.12")
@pytest.mark.parametrize("metadata", NO_OBJECT, ids=repr)
def test_metadata_that_is_no_object_is_refused(
    http: httpx.Client, wire: Wire, metadata: Any
) -> None:
    answer = http.post(CREDENTIALS.route, json=CREDENTIALS.body(wire, credential_metadata=metadata))
    assert_refused(answer, 422, "body", "credential_metadata")


@proves("C-2.13")
@pytest.mark.parametrize(
    "number",
    [
        "9007199254740993",
        "-9007199254740993",
        "12345678901234567890",
        "1e400",
        "-1e400",
        "3.141592653589793238462643",
        "1e-400",
    ],
)
@pytest.mark.parametrize(
    "shape", ['{{"n": {}}}', '{{"n": [[{{"m": {}}}]]}}'], ids=["flat", "nested"]
)
def test_a_number_that_would_be_rounded_is_refused(
    http: httpx.Client, wire: Wire, number: str, shape: str
) -> None:
    body = raw_metadata(wire, shape.format(number))
    assert_refused(http.post(CREDENTIALS.route, content=body, headers=JSON), 422, "body")
    made = CREDENTIALS.fill(http, wire, 1)[0]
    change = f'{{"credential_metadata": {shape.format(number)}}}'.encode()
    answer = http.patch(f"{CREDENTIALS.route}/{made['id']}", content=change, headers=JSON)
    assert_refused(answer, 422, "body")


@proves("C-2.14")
@pytest.mark.parametrize(
    "metadata",
    [
        '{"d": ' + "[" * 5_000 + "]" * 5_000 + "}",
        '{"d":' * 5_000 + "1" + "}" * 5_000,
        '{"s": "' + "s" * 70_000 + '"}',
        '{"s": "' + "é" * 33_000 + '"}',
        "{" + ",".join(f'"k{number}": {number}' for number in range(20_000)) + "}",
    ],
    ids=["deep list", "deep object", "long text", "long accents", "many members"],
)
def test_metadata_too_deep_or_too_large_is_refused(
    http: httpx.Client, wire: Wire, metadata: str
) -> None:
    answer = http.post(CREDENTIALS.route, content=raw_metadata(wire, metadata), headers=JSON)
    assert_refused(answer, 422, "body")


@proves("C-2.15")
@pytest.mark.parametrize(
    "member", ["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "toJSON"]
)
@pytest.mark.parametrize(
    "inner", ['{"polluted": "yes"}', '"yes"', "null", '{"prototype": {"polluted": 1}}']
)
def test_members_with_names_of_the_language_are_only_names(
    http: httpx.Client, wire: Wire, member: str, inner: str
) -> None:
    answer = http.post(
        CREDENTIALS.route,
        content=raw_metadata(wire, f'{{"{member}": {inner}, "a": 1}}'),
        headers=JSON,
    )
    if answer.status_code == 422:
        assert_refused(answer, 422, "body")
    else:
        assert answer.status_code == 200
        assert f'"{member}"' in answer.text and answer.json()["credential_metadata"]["a"] == 1
    body = f'{{"name": "{unique()}", "type": "key", "payload": "{wire.canary()}", "{member}": {inner}}}'
    plain = http.post(CREDENTIALS.route, content=body.encode(), headers=JSON)
    assert plain.status_code == 200
    told = http.get(f"{CREDENTIALS.route}/{plain.json()['id']}").json()
    assert told["credential_metadata"] is None and "polluted" not in told
    later = http.post(CREDENTIALS.route, json=CREDENTIALS.body(wire, credential_metadata={}))
    assert later.json()["credential_metadata"] == {}


@proves("C-2.17", "X-3.5", "X-5.11")
def test_a_taken_name_is_409_and_changes_nothing(sgp: Any, wire: Wire) -> None:
    made = sgp.credentials.create(
        name="taken", type="key", payload="first payload", description="first"
    )
    with calls(wire, 1), refused(ConflictError):
        CREDENTIALS.add(sgp, wire, "taken", description="second")
    assert wire.last.headers["x-should-retry"] == "false"
    assert list(sgp.credentials.list()) == [made]
    assert sgp.credentials.decrypt_by_name("taken").result == "first payload"


# -- names ---------------------------------------------------------------------------------------


@proves("C-3.4", "C-3.7", "C-4.15", "X-3.13")
@pytest.mark.parametrize(
    "name",
    [".", "..", "n" * 501, "a\x00b", "\x00"],
    ids=lambda name: ascii(name[:8]) + f"-{len(name)}",
)
def test_a_name_is_refused_on_create_and_on_rename(sgp: Any, wire: Wire, name: str) -> None:
    with refused(UnprocessableEntityError, "body", "name"):
        CREDENTIALS.add(sgp, wire, name)
    made = CREDENTIALS.add(sgp, wire)
    with refused(UnprocessableEntityError, "body", "name"):
        sgp.credentials.update(made.id, name=name)
    assert sgp.credentials.retrieve(made.id) == made


@proves("C-3.5")
@pytest.mark.parametrize("name", ["", ".", ".."])
def test_the_client_refuses_some_names_itself(sgp: Any, wire: Wire, name: str) -> None:
    with calls(wire, 0):
        with pytest.raises(ValueError):
            sgp.credentials.retrieve_by_name(name)
        with pytest.raises(ValueError):
            sgp.credentials.decrypt_by_name(name)


@proves("C-3.9")
@pytest.mark.parametrize(
    "segment",
    ["%", "%2", "%zz", "%ff", "%c3", "%c3%28", "%ed%a0%80", "%00", "a%00", "%2e", "%2E%2e"],
)
def test_a_broken_escape_is_a_refusal(
    http: httpx.Client, account: Account, wire: Wire, segment: str
) -> None:
    CREDENTIALS.fill(http, wire, 1)
    headers = [("x-api-key", account.token)]
    for method, path in (
        ("GET", f"/name/{segment}"),
        ("POST", f"/name/{segment}/secret"),
        ("GET", f"/{segment}"),
    ):
        answer = wire.send_exactly(str(http.base_url), method, CREDENTIALS.route + path, headers)
        assert answer.status in (400, 404, 422)


@proves("C-3.9")
@pytest.mark.parametrize("text", ["%ff", "%c3", "%c3%28", "%ed%a0%80", "%zz", "%", "%00"])
def test_a_broken_escape_in_the_filter_finds_nothing(
    http: httpx.Client, account: Account, wire: Wire, text: str
) -> None:
    for name in ("\ufffd", "\ufffd(", "\ufffd" * 3):
        assert http.post(CREDENTIALS.route, json=CREDENTIALS.body(wire, name)).status_code == 200
    target = f"{CREDENTIALS.route}?name={text}"
    answer = wire.send_exactly(str(http.base_url), "GET", target, [("x-api-key", account.token)])
    if answer.status == 200:
        assert answer.json()["items"] == []
    else:
        assert_refused(answer, 422, "query", "name")


@proves("C-1.10")
def test_there_is_no_update_and_no_delete_by_name(http: httpx.Client, wire: Wire) -> None:
    made = CREDENTIALS.fill(http, wire, 1)[0]
    path = f"{CREDENTIALS.route}/name/{made['name']}"
    assert_refused(http.patch(path, json={"description": "by name"}), 405)
    assert_refused(http.delete(path), 405)
    assert http.get(path).json() == made


# -- update --------------------------------------------------------------------------------------


@proves("C-4.8", "C-4.9", "C-4.15")
@pytest.mark.parametrize(
    ("member", "sent"),
    [
        *((member, sent) for member in REQUIRED for sent in ["", *NO_STRING]),
        *(("description", sent) for sent in [*NO_STRING, "d" * 4097]),
        *(("credential_metadata", sent) for sent in NO_OBJECT),
        ("payload", "p" * (TEXT_MAX + 1)),
        ("payload", "é" * (TEXT_MAX // 2) + "p"),
    ],
    ids=lambda part: ascii(part)[:24],
)
def test_a_refused_update_changes_nothing(
    http: httpx.Client, wire: Wire, member: str, sent: Any
) -> None:
    body = CREDENTIALS.body(wire, description="stays", credential_metadata={"stays": True})
    made = http.post(CREDENTIALS.route, json=body).json()
    path = f"{CREDENTIALS.route}/{made['id']}"
    sound = {"description": "moved"} if member != "description" else {"type": "moved"}
    assert_refused(http.patch(path, json={**sound, member: sent}), 422, "body", member)
    assert http.get(path).json() == made
    assert http.post(f"{path}/secret").json()["result"] == body["payload"]


@proves("C-4.11", "X-3.5")
def test_a_rename_to_a_taken_name_is_409(sgp: Any, wire: Wire) -> None:
    CREDENTIALS.add(sgp, wire, "taken")
    payload = wire.canary()
    made = sgp.credentials.create(name="mine", type="key", payload=payload)
    with calls(wire, 1), refused(ConflictError):
        sgp.credentials.update(made.id, name="taken", payload=wire.canary(), description="moved")
    assert sgp.credentials.retrieve_by_name("mine") == made
    assert sgp.credentials.decrypt(made.id).result == payload


@proves("C-4.13", "C-4.14")
def test_a_json_credential_stays_json(sgp: Any) -> None:
    made = sgp.credentials.create(name=unique(), type="json", payload='{"old": 1}')
    with refused(UnprocessableEntityError, "body", "payload"):
        sgp.credentials.update(made.id, payload="{no json")
    with refused(UnprocessableEntityError, "body", "payload"):
        sgp.credentials.update(made.id, type="json", payload="{no json")
    assert sgp.credentials.retrieve(made.id) == made
    assert sgp.credentials.decrypt(made.id).result == '{"old": 1}'
    assert sgp.credentials.update(made.id, payload='{"new": 2}').type == "json"
    assert sgp.credentials.decrypt(made.id).result == '{"new": 2}'


# -- list ----------------------------------------------------------------------------------------


@proves("C-7.7")
@pytest.mark.parametrize(
    "sort_by",
    [
        "payload",
        "type",
        "description",
        "credential_metadata",
        "created_by_user_id",
        "created_by_identity_type",
        "key",
        "account_id",
        "NAME",
        "name;--",
        "ciphertext",
        "__proto__",
        "constructor",
    ],
)
def test_sort_by_outside_the_list_is_refused(sgp: Any, sort_by: str) -> None:
    with refused(UnprocessableEntityError, "query", "sort_by"):
        sgp.credentials.list(sort_by=sort_by)
