"""What an answer must look like."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from scale_gp_beta import APIStatusError
from scale_gp_beta.types.cloud_secret import CloudSecret

from wire import Exchange, Wire

SECRET_MEMBERS = {
    "id",
    "object",
    "key",
    "description",
    "cloud_secret_path",
    "updated_by",
    "updated_at",
    "account_id",
    "created_at",
    "created_by",
}

CREDENTIAL_MEMBERS = {
    "id",
    "object",
    "created_by_user_id",
    "created_by_identity_type",
    "type",
    "name",
    "description",
    "credential_metadata",
    "created_at",
    "updated_at",
}

PAGE_MEMBERS = {"items", "has_more", "total", "limit", "object"}

URL_SAFE = re.compile(r"[A-Za-z0-9_-]+")


def moment(text: object) -> dt.datetime:
    """The time that an ISO 8601 text with a time zone tells."""
    assert isinstance(text, str)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text), text
    return dt.datetime.fromisoformat(text)


def assert_path(secret: CloudSecret) -> None:
    """Where the secret is: in the store that the accounts of this run are kept in, if there is one."""
    path = secret.cloud_secret_path
    if "STRONGROOM_STORE" not in os.environ:
        assert path == f"accounts/{secret.account_id}/{secret.key}"
        return
    # A store spells a character that it does not take, or that parts its paths, in another way.
    account, name = secret.account_id, re.sub("[^A-Za-z0-9]", "[_-]", secret.key)
    shape = rf"(?P<prefix>[a-z]+)(?P<by>[/-]){account}(?P=by)secrets(?P=by){name}(?P=by){secret.id}"
    assert re.fullmatch(f"/?{shape}", path), path


def assert_now(text: object) -> None:
    assert abs(moment(text) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def problems(body: Any) -> list[dict[str, Any]]:
    """The problems of a 422, each of the documented shape and nothing more."""
    assert isinstance(body, dict) and set(body) == {"detail"}, body
    assert isinstance(body["detail"], list) and body["detail"], body
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
    else:
        assert isinstance(body, dict) and set(body) == {"detail"}, body
        assert isinstance(body["detail"], str) and body["detail"], body


def assert_well_formed(exchange: Exchange) -> None:
    """Every answer at all: no redirect, no crash, and an error only in the documented shape."""
    told = f"{exchange.method} {exchange.target} -> {exchange.status} {exchange.body[:300]!r}"
    assert not 300 <= exchange.status < 400, told
    assert exchange.status < 500, told
    if exchange.body:
        assert exchange.headers["content-type"].split(";")[0] == "application/json", told
    if exchange.status >= 400 and exchange.target.startswith("/v5/"):
        assert_error(exchange.status, exchange.json())


def assert_refused(answer: httpx.Response | Exchange, status: int, *loc: str | int) -> None:
    """An answer over plain HTTP is this refusal."""
    got = answer.status_code if isinstance(answer, httpx.Response) else answer.status
    body = answer.content if isinstance(answer, httpx.Response) else answer.body
    assert got == status, f"{got} {body[:300]!r}"
    assert_error(status, answer.json(), *loc)


@contextmanager
def refused(
    error: type[APIStatusError], *loc: str | int
) -> Iterator[pytest.ExceptionInfo[APIStatusError]]:
    """The client raises exactly this class, with a body of the documented shape."""
    with pytest.raises(APIStatusError) as caught:
        yield caught
    assert type(caught.value) is error, caught.value
    assert_error(caught.value.status_code, caught.value.body, *loc)


@contextmanager
def calls(wire: Wire, expected: int) -> Iterator[None]:
    """The block makes exactly so many calls."""
    before = wire.calls
    yield
    assert wire.calls - before == expected
