"""Secrets over plain HTTP: what each of the five operations does when all is well."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from checks import ID, SECRET_MEMBERS, assert_now, assert_refused, data, moment, page
from identities import User, unique_name
from proof import proves
from sizes import CONTROL_MAX, TEXT_MAX
from vault import SECRETS, UNKNOWN_ID, add_secret, listed, secret_body
from wire import Wire

SERVER_OWNED = {
    "id": UNKNOWN_ID,
    "userId": "c" + "1" * 24,
    "createdAt": "2001-01-01T00:00:00Z",
    "updatedAt": "2001-01-01T00:00:00Z",
}


# -- create --------------------------------------------------------------------------------------


@proves("S-1.1", "S-4.1", "S-4.3", "S-4.4", "S-4.6", "S-4.7")
def test_create_answers_all_eight_members(http: httpx.Client, user: User, wire: Wire) -> None:
    body = secret_body(wire, description="for the billing job")
    made = data(http.post("/secrets/", json=body))
    assert set(made) == SECRET_MEMBERS
    assert made["name"] == body["name"]
    assert made["description"] == "for the billing job"
    assert made["isFile"] is False
    assert (made["userId"], made["teamId"]) == (user.id, None)
    assert_now(made["createdAt"])
    assert moment(made["updatedAt"]) == moment(made["createdAt"])


@proves("S-4.2")
def test_an_id_is_c_and_24_of_base_36(http: httpx.Client, wire: Wire) -> None:
    first, second = add_secret(http, wire), add_secret(http, wire)
    assert ID.fullmatch(first["id"]) and ID.fullmatch(second["id"])
    assert first["id"] != second["id"]


@proves("S-2.2", "S-2.3")
@pytest.mark.parametrize(
    "name",
    ["A", "Z9", "A_", "MY_SECRET", "API_KEY_2", "A__B", "A" * 255],
    ids=lambda name: f"{len(name)}-{name[:20]}",
)
def test_name_is_accepted(http: httpx.Client, wire: Wire, name: str) -> None:
    assert add_secret(http, wire, name=name)["name"] == name


@proves("S-2.6", "S-2.8", "S-2.9")
@pytest.mark.parametrize(
    "value",
    [
        "x",
        " ",
        "\n",
        "\x00",
        "line\r\nline\x00\x1b[0m\x7f",
        "пароль-密码-🔑-é-é",
        '{"a": [1, 2, {"b": null}]}',
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
        "v" * TEXT_MAX,
        "é" * (TEXT_MAX // 2),
        "🔑" * (TEXT_MAX // 4),
        "\x00" * CONTROL_MAX,
    ],
    ids=lambda value: f"{len(value.encode())}-bytes",
)
def test_value_is_kept_exactly(http: httpx.Client, user: User, wire: Wire, value: str) -> None:
    made = add_secret(http, wire, value=value)
    assert user.opened(made["id"]) == value.encode()
    other = add_secret(http, wire)
    data(http.patch(f"/secrets/{other['id']}", json={"value": value}))
    assert user.opened(other["id"]) == value.encode()


@proves("S-2.10", "S-2.11")
@pytest.mark.parametrize(
    "description",
    [" ", "Überweisung – 振込 🔑", "two\nlines\t", "[bold]<b>&amp;[/x]", "d" * 500, "🔑" * 500],
    ids=lambda description: ascii(description[:12]),
)
def test_description_reads_back_as_sent(http: httpx.Client, wire: Wire, description: str) -> None:
    made = add_secret(http, wire, description=description)
    assert made["description"] == description
    assert data(http.get(f"/secrets/{made['id']}"))["description"] == description


@proves("S-2.10")
@pytest.mark.parametrize("more", [{}, {"description": None}], ids=["omitted", "null"])
def test_description_omitted_or_null_reads_back_null(
    http: httpx.Client, wire: Wire, more: dict[str, Any]
) -> None:
    made = add_secret(http, wire, **more)
    assert made["description"] is None
    assert data(http.get(f"/secrets/{made['id']}"))["description"] is None


@proves("S-2.12")
@pytest.mark.parametrize(
    "content",
    [b"\x00\x01\xfe\xff", b"plain text\n", b"x", b"\x00" * min(49_152, CONTROL_MAX)],
    ids=lambda content: f"{len(content)}-bytes",
)
def test_a_file_is_kept_as_such(http: httpx.Client, user: User, wire: Wire, content: bytes) -> None:
    encoded = base64.b64encode(content)
    made = add_secret(http, wire, value=encoded.decode(), isFile=True)
    assert made["isFile"] is True
    assert data(http.get(f"/secrets/{made['id']}")) == made
    assert user.opened(made["id"]) in (content, encoded)
    changed = data(http.patch(f"/secrets/{made['id']}", json={"description": "other words"}))
    assert changed["isFile"] is True


@proves("S-2.14")
def test_no_file_is_the_default(http: httpx.Client, wire: Wire) -> None:
    assert add_secret(http, wire, isFile=False)["isFile"] is False
    assert add_secret(http, wire)["isFile"] is False


@proves("S-2.15", "S-4.4")
def test_teamid_null_is_personal(http: httpx.Client, user: User, wire: Wire) -> None:
    made = add_secret(http, wire, teamId=None)
    assert (made["userId"], made["teamId"]) == (user.id, None)
    assert listed(http) == [made]


@proves("S-2.16")
def test_create_ignores_members_it_does_not_know_or_the_server_owns(
    http: httpx.Client, user: User, wire: Wire
) -> None:
    made = add_secret(
        http, wire, **SERVER_OWNED, nothing=True, **{"__proto__": {"x": 1}, "constructor": 1}
    )
    assert set(made) == SECRET_MEMBERS
    assert made["id"] != SERVER_OWNED["id"] and made["userId"] == user.id
    assert_now(made["createdAt"])
    assert_now(made["updatedAt"])


@proves("S-2.18")
def test_two_people_may_use_one_name(
    http: httpx.Client, connect: Any, colleague: User, stranger: User, wire: Wire
) -> None:
    made = [
        add_secret(client, wire, name="SHARED_NAME")
        for client in (http, connect(colleague.token), connect(stranger.token))
    ]
    assert len({secret["id"] for secret in made}) == 3
    assert listed(http) == [made[0]]


@proves("S-2.19")
def test_of_many_creates_of_one_name_one_succeeds(http: httpx.Client, wire: Wire) -> None:
    bodies = [secret_body(wire, name="ONLY_ONE") for _ in range(8)]
    with ThreadPoolExecutor(len(bodies)) as pool:
        answers = list(pool.map(lambda body: http.post("/secrets/", json=body), bodies))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert len(listed(http)) == 1


# -- get, update, delete -------------------------------------------------------------------------


@proves("S-1.2", "S-1.3", "S-1.4", "S-4.8")
def test_all_operations_tell_the_same_of_one_secret(http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire, description="same everywhere")
    assert data(http.get(f"/secrets/{made['id']}")) == made
    assert page(http.get("/secrets/"))["data"] == [made]
    changed = data(http.patch(f"/secrets/{made['id']}", json={"description": "another"}))
    assert data(http.get(f"/secrets/{made['id']}")) == changed
    assert page(http.get("/secrets/"))["data"] == [changed]


@proves("S-1.4", "S-3.1", "S-3.2")
@pytest.mark.parametrize(
    "members", [["name"], ["value"], ["description"], ["name", "value", "description"]], ids=str
)
def test_update_moves_what_is_named(
    http: httpx.Client, user: User, wire: Wire, members: list[str]
) -> None:
    body = secret_body(wire, description="before")
    made = data(http.post("/secrets/", json=body))
    after = {**body, **{"name": unique_name(), "value": wire.canary(), "description": "after"}}
    sent = {member: after[member] for member in members}
    changed = data(http.patch(f"/secrets/{made['id']}", json=sent))
    expected = {**body, **sent}
    assert user.opened(made["id"]) == expected["value"].encode()
    assert (changed["name"], changed["description"]) == (expected["name"], expected["description"])
    for member in SECRET_MEMBERS - {"name", "description", "updatedAt"}:
        assert changed[member] == made[member], member
    assert data(http.get(f"/secrets/{made['id']}")) == changed


@proves("S-3.3", "S-3.4")
@pytest.mark.parametrize(
    "sent",
    [{}, {"name": None}, {"value": None}, {"description": None}],
    ids=["nothing", "name", "value", "description"],
)
def test_nothing_and_null_mean_unchanged(
    http: httpx.Client, user: User, wire: Wire, sent: dict[str, None]
) -> None:
    body = secret_body(wire, description="stays")
    made = data(http.post("/secrets/", json=body))
    assert data(http.patch(f"/secrets/{made['id']}", json=sent)) == made
    assert data(http.get(f"/secrets/{made['id']}")) == made
    assert user.opened(made["id"]) == body["value"].encode()


@proves("S-3.5")
def test_an_empty_description_clears(http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire, description="goes")
    changed = data(http.patch(f"/secrets/{made['id']}", json={"description": ""}))
    assert not changed["description"]
    assert data(http.get(f"/secrets/{made['id']}")) == changed


@proves("S-3.8")
def test_a_new_name_frees_the_old_one(http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire, name="BEFORE")
    assert data(http.patch(f"/secrets/{made['id']}", json={"name": "AFTER"}))["name"] == "AFTER"
    again = add_secret(http, wire, name="BEFORE")
    assert again["id"] != made["id"]
    assert {secret["name"] for secret in listed(http)} == {"BEFORE", "AFTER"}


@proves("S-3.9")
def test_a_rename_to_its_own_name_is_fine(http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire)
    changed = data(http.patch(f"/secrets/{made['id']}", json={"name": made["name"]}))
    assert changed["name"] == made["name"]


@proves("S-3.11")
def test_update_ignores_what_the_server_owns(
    http: httpx.Client, user: User, colleague: User, wire: Wire
) -> None:
    made = add_secret(http, wire, description="before")
    team = user.team(colleague)
    sent = {**SERVER_OWNED, "isFile": True, "teamId": team.id, "description": "after", "x": 1}
    changed = data(http.patch(f"/secrets/{made['id']}", json=sent))
    assert changed["description"] == "after"
    for member in SECRET_MEMBERS - {"description", "updatedAt"}:
        assert changed[member] == made[member], member


@proves("S-3.12")
def test_updatedat_moves_with_a_change(http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire)
    # One change may fall into the same millisecond as the create, a hundred cannot.
    for _ in range(100):
        changed = data(http.patch(f"/secrets/{made['id']}", json={"value": wire.canary()}))
    assert moment(changed["updatedAt"]) > moment(made["updatedAt"])
    assert changed["createdAt"] == made["createdAt"]


@proves("S-1.5", "S-1.6")
def test_what_is_deleted_is_gone(http: httpx.Client, wire: Wire) -> None:
    made, kept = add_secret(http, wire), add_secret(http, wire)
    answer = http.delete(f"/secrets/{made['id']}")
    assert answer.status_code == 200
    assert isinstance(answer.json(), dict) and answer.json()["status"] == "success"
    for operation in SECRETS:
        if "{secret}" in operation.path:
            assert_refused(operation.send(http, wire, secret=made["id"]), 404)
    assert listed(http) == [kept]


@proves("S-1.7")
def test_the_name_of_a_deleted_secret_is_free(http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire, name="AGAIN")
    assert http.delete(f"/secrets/{made['id']}").status_code == 200
    again = add_secret(http, wire, name="AGAIN")
    assert again["id"] != made["id"]
    assert listed(http) == [again]


@proves("S-1.8")
def test_a_name_is_no_id(http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire)
    for operation in SECRETS:
        if "{secret}" in operation.path:
            assert_refused(operation.send(http, wire, secret=made["name"]), 404)
    assert listed(http) == [made]


@proves("S-4.9", "S-4.10")
def test_there_is_no_way_to_ask_for_a_value(http: httpx.Client, wire: Wire) -> None:
    made = add_secret(http, wire)
    for query in ({"withValue": "true"}, {"include": "value"}, {"reveal": "1"}, {"decrypt": "1"}):
        assert data(http.get(f"/secrets/{made['id']}", params=query)) == made
        assert page(http.get("/secrets/", params=query))["data"] == [made]
    for exchange in wire.exchanges:
        assert b'"value"' not in exchange.body
