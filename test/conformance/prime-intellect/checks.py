"""What an answer must look like."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import httpx

from wire import Exchange

SECRET_MEMBERS = {
    "id",
    "name",
    "description",
    "isFile",
    "userId",
    "teamId",
    "createdAt",
    "updatedAt",
}

PAGE_MEMBERS = {"total_count", "offset", "limit", "data", "status"}

LINK_MEMBERS = {"id", "secretId", "secretName", "environmentId", "createdAt"}

ID = re.compile(r"c[0-9a-z]{24}")

SPOKEN = re.compile(r"/(secrets|environmentshub|user|teams|auth_challenge)(/|$)")
"""The paths behind `/api/v1` that are the vendor's, known or not."""

MARKUP = re.compile(r"\[[a-z#@/]")
"""What the CLI would swallow, or fall over, instead of printing it."""


def moment(text: object) -> dt.datetime:
    """The time that an ISO 8601 text with a time zone tells; the CLI must be able to read it."""
    assert isinstance(text, str)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text), text
    return dt.datetime.fromisoformat(text)


def assert_now(text: object) -> None:
    assert abs(moment(text) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def data(answer: httpx.Response) -> Any:
    """What the envelope of a success holds: exactly `data` and a `status` that says so."""
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
    told = answer.json()
    assert set(told) == {"data", "status"}, told
    assert told["status"] == "success", told
    return told["data"]


def page(answer: httpx.Response) -> dict[str, Any]:
    """A page of the documented shape."""
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
    told = answer.json()
    assert set(told) == PAGE_MEMBERS, told
    assert told["status"] == "success", told
    assert isinstance(told["data"], list), told
    for member in ("total_count", "offset", "limit"):
        assert type(told[member]) is int and told[member] >= 0, told
    return told


def problems(body: Any) -> list[dict[str, Any]]:
    """The problems of a 422, told in both shapes: the documented one and the one the CLI renders."""
    assert isinstance(body, dict) and set(body) == {"errors", "detail"}, body
    assert isinstance(body["errors"], list) and isinstance(body["detail"], list), body
    assert len(body["errors"]) == len(body["detail"]) > 0, body
    for error in body["errors"]:
        assert set(error) == {"param", "details"}, error
        assert all(isinstance(text, str) and text for text in error.values()), error
    for problem in body["detail"]:
        assert set(problem) == {"loc", "msg", "type"}, problem
        assert problem["loc"] and all(type(step) in (str, int) for step in problem["loc"]), problem
        assert problem["loc"][0] in ("body", "query", "path", "header"), problem
        assert isinstance(problem["msg"], str) and problem["msg"], problem
        assert isinstance(problem["type"], str) and problem["type"], problem
    return body["detail"]


def assert_error(status: int, body: Any, *loc: str | int) -> None:
    """An error body of the documented shape; with `loc`, a 422 with a problem there (or below)."""
    if status == 422:
        told = [problem["loc"] for problem in problems(body)]
        if loc:
            assert any(steps[: len(loc)] == list(loc) for steps in told), told
        if len(loc) > 1:
            params = [error["param"] for error in body["errors"]]
            assert any(str(loc[-1]) in param for param in params), params
        texts = [problem["msg"] for problem in body["detail"]]
        texts += [text for error in body["errors"] for text in error.values()]
    else:
        assert isinstance(body, dict) and set(body) == {"detail"}, body
        assert isinstance(body["detail"], str) and body["detail"], body
        texts = [body["detail"]]
    for text in texts:
        assert not MARKUP.search(text), text


def assert_well_formed(exchange: Exchange) -> None:
    """Every answer at all: no crash, nothing the CLI falls over, errors only in the documented shape."""
    told = f"{exchange.method} {exchange.target} -> {exchange.status} {exchange.body[:300]!r}"
    if exchange.status == 307:
        # The one redirect that keeps method and body, and only to the same path with its slash.
        where = httpx.URL(exchange.headers["location"]).path
        assert where == f"{httpx.URL(exchange.target).path}/", told
        return
    assert exchange.status < 300 or 400 <= exchange.status < 500, told
    if not SPOKEN.match(exchange.path):
        return
    assert exchange.headers["content-type"].split(";")[0] == "application/json", told
    assert isinstance(exchange.json(), dict), told
    if exchange.status >= 400:
        assert_error(exchange.status, exchange.json())


def assert_refused(answer: httpx.Response | Exchange, status: int, *loc: str | int) -> None:
    """An answer is this refusal."""
    got = answer.status_code if isinstance(answer, httpx.Response) else answer.status
    body = answer.content if isinstance(answer, httpx.Response) else answer.body
    assert got == status, f"{got} {body[:300]!r}"
    assert_error(status, answer.json(), *loc)


def assert_refused_as_one_of(answer: httpx.Response, *statuses: int) -> None:
    """An answer is a refusal by one of these, where either says the same to the client."""
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text}"
    assert_error(answer.status_code, answer.json())
