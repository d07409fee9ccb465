"""Secrets over plain HTTP: what create and update refuse, and that a refusal changes nothing."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from checks import assert_refused, data, problems
from identities import User, unique_name
from proof import proves
from refusals import BAD_NAMES, BAD_VALUES, NO_BASE64, NO_STRING, TOO_LONG
from vault import add_secret, listed, secret_body
from wire import Wire


# -- create --------------------------------------------------------------------------------------


@proves("S-2.1", "S-2.5", "S-2.20")
def test_missing_members_are_told_all_at_once(http: httpx.Client) -> None:
    answer = http.post("/secrets/", json={})
    assert_refused(answer, 422)
    assert sorted(problem["loc"] for problem in problems(answer.json())) == [
        ["body", "name"],
        ["body", "value"],
    ]


@proves("S-2.1", "S-2.5")
@pytest.mark.parametrize("member", ["name", "value"])
def test_one_missing_member(http: httpx.Client, wire: Wire, member: str) -> None:
    body = secret_body(wire)
    del body[member]
    answer = http.post("/secrets/", json=body)
    assert_refused(answer, 422, "body", member)
    assert len(problems(answer.json())) == 1
    assert listed(http) == []


@proves("S-2.2", "S-2.3")
@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda name: ascii(name[:12]))
def test_name_is_refused(http: httpx.Client, wire: Wire, name: str) -> None:
    assert_refused(http.post("/secrets/", json=secret_body(wire, name=name)), 422, "body", "name")
    assert listed(http) == []


@proves("S-2.4")
@pytest.mark.parametrize("name", [None, *NO_STRING], ids=repr)
def test_name_of_another_type_is_refused(http: httpx.Client, wire: Wire, name: Any) -> None:
    assert_refused(http.post("/secrets/", json=secret_body(wire, name=name)), 422, "body", "name")


@proves("S-2.5", "S-2.6", "S-2.7")
@pytest.mark.parametrize("value", BAD_VALUES, ids=repr)
def test_value_is_refused(http: httpx.Client, wire: Wire, value: Any) -> None:
    body = secret_body(wire, value=value)
    assert_refused(http.post("/secrets/", json=body), 422, "body", "value")


@proves("S-2.9")
@pytest.mark.parametrize("value", TOO_LONG, ids=lambda value: f"{len(value)}-characters")
def test_value_above_the_limit_is_refused(http: httpx.Client, wire: Wire, value: str) -> None:
    body = secret_body(wire, value=value)
    assert_refused(http.post("/secrets/", json=body), 422, "body", "value")
    assert listed(http) == []


@proves("S-2.11")
@pytest.mark.parametrize(
    "description", [*NO_STRING, "d" * 501, "🔑" * 501], ids=lambda sent: ascii(sent)[:16]
)
def test_description_is_refused(http: httpx.Client, wire: Wire, description: Any) -> None:
    body = secret_body(wire, description=description)
    assert_refused(http.post("/secrets/", json=body), 422, "body", "description")


@proves("S-2.14")
@pytest.mark.parametrize("sent", [None, "perhaps", "", 2, [], [True], {}], ids=repr)
def test_isfile_of_another_type_is_refused(http: httpx.Client, wire: Wire, sent: Any) -> None:
    body = secret_body(wire, value=base64.b64encode(b"content").decode(), isFile=sent)
    assert_refused(http.post("/secrets/", json=body), 422, "body", "isFile")


@proves("S-2.13")
@pytest.mark.parametrize("value", NO_BASE64, ids=ascii)
def test_a_file_that_is_no_base64_is_refused(http: httpx.Client, wire: Wire, value: str) -> None:
    body = secret_body(wire, value=value, isFile=True)
    assert_refused(http.post("/secrets/", json=body), 422, "body", "value")
    assert listed(http) == []


@proves("S-2.13")
def test_a_file_above_64_kib_encoded_is_refused(http: httpx.Client, wire: Wire) -> None:
    over = base64.b64encode(b"\x01" * 49_153).decode()
    assert len(over) > 65_536
    body = secret_body(wire, value=over, isFile=True)
    assert_refused(http.post("/secrets/", json=body), 422, "body", "value")


@proves("S-2.15")
@pytest.mark.parametrize("sent", [0, True, [], ["team"], {}], ids=repr)
def test_teamid_of_another_type_is_refused(http: httpx.Client, wire: Wire, sent: Any) -> None:
    assert_refused(
        http.post("/secrets/", json=secret_body(wire, teamId=sent)), 422, "body", "teamId"
    )
    assert listed(http) == []


@proves("S-2.17")
def test_a_taken_name_is_409_and_changes_nothing(
    http: httpx.Client, user: User, wire: Wire
) -> None:
    body = secret_body(wire, description="first")
    made = data(http.post("/secrets/", json=body))
    again = secret_body(wire, name=body["name"], description="second")
    assert_refused(http.post("/secrets/", json=again), 409)
    assert listed(http) == [made]
    assert user.opened(made["id"]) == body["value"].encode()


@proves("S-2.20")
def test_several_problems_are_told_in_one_answer(http: httpx.Client) -> None:
    body = {"name": "lower", "value": "", "description": 7, "isFile": "perhaps"}
    answer = http.post("/secrets/", json=body)
    for member in body:
        assert_refused(answer, 422, "body", member)


# -- update --------------------------------------------------------------------------------------


@proves("S-3.6", "S-3.7", "S-3.10")
@pytest.mark.parametrize(
    ("member", "sent"),
    [
        *(("name", name) for name in BAD_NAMES),
        *(("name", sent) for sent in NO_STRING),
        ("value", ""),
        *(("value", sent) for sent in NO_STRING),
        *(("value", value) for value in TOO_LONG),
        *(("description", sent) for sent in NO_STRING),
        ("description", "d" * 501),
    ],
    ids=lambda sent: ascii(sent)[:16],
)
def test_a_refused_update_changes_nothing(
    http: httpx.Client, user: User, wire: Wire, member: str, sent: Any
) -> None:
    body = secret_body(wire, description="stays")
    made = data(http.post("/secrets/", json=body))
    change = {"name": unique_name(), "value": wire.canary(), "description": "moved", member: sent}
    assert_refused(http.patch(f"/secrets/{made['id']}", json=change), 422, "body", member)
    assert data(http.get(f"/secrets/{made['id']}")) == made
    assert user.opened(made["id"]) == body["value"].encode()


@proves("S-3.9")
def test_a_rename_to_a_taken_name_is_409(http: httpx.Client, user: User, wire: Wire) -> None:
    taken = add_secret(http, wire)
    body = secret_body(wire)
    made = data(http.post("/secrets/", json=body))
    change = {"name": taken["name"], "value": wire.canary(), "description": "moved"}
    assert_refused(http.patch(f"/secrets/{made['id']}", json=change), 409)
    assert data(http.get(f"/secrets/{made['id']}")) == made
    assert data(http.get(f"/secrets/{taken['id']}")) == taken
    assert user.opened(made["id"]) == body["value"].encode()


@proves("S-3.13")
def test_a_file_stays_base64(http: httpx.Client, user: User, wire: Wire) -> None:
    encoded = base64.b64encode(b"\x00first").decode()
    made = add_secret(http, wire, value=encoded, isFile=True)
    before = user.opened(made["id"])
    for sent in NO_BASE64:
        answer = http.patch(f"/secrets/{made['id']}", json={"value": sent})
        assert_refused(answer, 422, "body", "value")
    assert user.opened(made["id"]) == before
    second = base64.b64encode(b"\x00second")
    data(http.patch(f"/secrets/{made['id']}", json={"value": second.decode()}))
    assert user.opened(made["id"]) in (b"\x00second", second)
