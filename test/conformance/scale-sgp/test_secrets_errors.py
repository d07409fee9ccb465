"""Secrets: what is refused, and that a refusal changes nothing."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from scale_gp_beta import ConflictError, UnprocessableEntityError

from checks import assert_refused, calls, problems, refused
from families import SECRETS
from identities import unique
from proof import proves
from sizes import TEXT_MAX
from wire import Wire

NO_STRING = [0, 1, 1.5, True, False, [], ["text"], {}, {"a": "text"}]


@proves("S-2.1", "S-2.7", "S-2.20")
def test_missing_members_are_told_all_at_once(http: httpx.Client) -> None:
    answer = http.post(SECRETS.route, json={})
    assert_refused(answer, 422, "body", "key")
    assert_refused(answer, 422, "body", "value")
    both = http.post(SECRETS.route, json={"key": "NOT GOOD", "value": "", "description": 1})
    told = {tuple(problem["loc"]) for problem in problems(both.json())}
    assert told == {("body", "key"), ("body", "value"), ("body", "description")}


@proves("S-2.1", "S-2.7")
@pytest.mark.parametrize("member", ["key", "value"])
def test_one_missing_member(http: httpx.Client, wire: Wire, member: str) -> None:
    body = SECRETS.body(wire)
    del body[member]
    answer = http.post(SECRETS.route, json=body)
    assert_refused(answer, 422, "body", member)
    assert len(problems(answer.json())) == 1


@proves("S-2.2", "S-2.3", "S-2.5")
@pytest.mark.parametrize(
    "key",
    [
        "",
        "a" * 91,
        "a" * 5000,
        "A",
        "openai-API-key",
        "OPENAI_API_KEY",
        "a.b",
        "a_b",
        "-",
        "-a",
        "a-",
        "a b",
        " a",
        "a ",
        "a\n",
        "\na",
        "a\nb",
        "a/b",
        "../a",
        "a\u200b",
        "é",
        "ａ",
        "а",
        "٣",
        "²",
        "a\u0130",
        "ſ",
        "a:b",
        "a%20b",
    ],
    ids=lambda key: ascii(key[:12]) + f"-{len(key)}",
)
def test_key_is_refused(sgp: Any, wire: Wire, key: str) -> None:
    with calls(wire, 1), refused(UnprocessableEntityError, "body", "key"):
        sgp.secrets.create(key=key, value=wire.canary())


@proves("S-2.6")
@pytest.mark.parametrize("key", [*NO_STRING, None], ids=repr)
def test_key_of_another_type_is_refused(sgp: Any, wire: Wire, key: Any) -> None:
    with refused(UnprocessableEntityError, "body", "key"):
        sgp.secrets.create(key=key, value=wire.canary())


@proves("S-2.7", "S-2.8", "S-2.9")
@pytest.mark.parametrize("value", ["", *NO_STRING, None], ids=repr)
def test_value_is_refused(sgp: Any, value: Any) -> None:
    with refused(UnprocessableEntityError, "body", "value"):
        sgp.secrets.create(key=unique(), value=value)


@proves("S-2.10")
@pytest.mark.parametrize(
    "value",
    ["v" * (TEXT_MAX + 1), "é" * (TEXT_MAX // 2) + "v", "🔑" * (TEXT_MAX // 4) + "v", "v" * 200_000],
    ids=lambda value: f"{len(value)}-characters",
)
def test_value_above_the_limit_is_refused(sgp: Any, value: str) -> None:
    with refused(UnprocessableEntityError, "body", "value"):
        sgp.secrets.create(key=unique(), value=value)


@proves("S-2.14")
@pytest.mark.parametrize("description", NO_STRING, ids=repr)
def test_description_of_another_type_is_refused(sgp: Any, wire: Wire, description: Any) -> None:
    with refused(UnprocessableEntityError, "body", "description"):
        SECRETS.add(sgp, wire, description=description)


@proves("S-2.15")
def test_description_above_the_limit_is_refused(sgp: Any, wire: Wire) -> None:
    with refused(UnprocessableEntityError, "body", "description"):
        SECRETS.add(sgp, wire, description="d" * 4097)
    made = SECRETS.add(sgp, wire)
    with refused(UnprocessableEntityError, "body", "description"):
        sgp.secrets.update(made.id, description="d" * 4097)


@proves("S-2.17", "X-3.5", "X-5.11")
def test_a_taken_key_is_409_and_changes_nothing(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire, "taken", description="first")
    with calls(wire, 1), refused(ConflictError):
        SECRETS.add(sgp, wire, "taken", description="second")
    assert wire.last.headers["x-should-retry"] == "false"
    assert list(sgp.secrets.list()) == [made]


@proves("S-3.7", "S-3.8", "S-3.9")
@pytest.mark.parametrize(
    ("member", "sent"),
    [
        ("value", ""),
        ("value", "v" * (TEXT_MAX + 1)),
        ("value", "é" * (TEXT_MAX // 2) + "v"),
        *(("value", sent) for sent in NO_STRING),
        *(("description", sent) for sent in NO_STRING),
    ],
    ids=lambda part: ascii(part)[:24],
)
def test_a_refused_update_changes_nothing(sgp: Any, wire: Wire, member: str, sent: Any) -> None:
    made = SECRETS.add(sgp, wire, description="stays")
    sound = {"description": "moved"} if member == "value" else {"value": wire.canary()}
    with calls(wire, 1), refused(UnprocessableEntityError, "body", member):
        sgp.secrets.update(made.id, **{member: sent}, **sound)
    assert sgp.secrets.retrieve(made.id) == made


@proves("S-5.3")
@pytest.mark.parametrize(
    "sort_by",
    [
        "value",
        "description",
        "created_by",
        "updated_by",
        "name",
        "KEY",
        "-key",
        "key,id",
        "key;--",
        "key desc",
        "ciphertext",
        "row_mac",
        "__proto__",
        "constructor",
        "toString",
        "1",
    ],
)
def test_sort_by_outside_the_list_is_refused(sgp: Any, sort_by: str) -> None:
    with refused(UnprocessableEntityError, "query", "sort_by"):
        sgp.secrets.list(sort_by=sort_by)
