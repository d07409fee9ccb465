"""What an answer must look like."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from truefoundry_sdk import (
    BadRequestError,
    ConflictError,
    FailedDependencyError,
    ForbiddenError,
    HttpError,
    NotFoundError,
    UnauthorizedError,
    UnprocessableEntityError,
)
from truefoundry_sdk.core.api_error import ApiError
from truefoundry_sdk.core.request_options import RequestOptions

from wire import API, Exchange, Wire

ONCE: RequestOptions = {"max_retries": 0}
"""The client would send a call that got 409 twice more, three seconds later."""

ID = re.compile(r"c[0-9a-z]{24}")
UNKNOWN_ID = "c" + "0" * 24

STATUS = {
    BadRequestError: 400,
    UnauthorizedError: 401,
    ForbiddenError: 403,
    NotFoundError: 404,
    ConflictError: 409,
    UnprocessableEntityError: 422,
    FailedDependencyError: 424,
}

MARKUP = re.compile(r"\[[a-z#/@]")
"""What the `tfy` command takes for markup, when it prints a message, and swallows."""

GROUP_MEMBERS = {
    "id",
    "fqn",
    "name",
    "tenantName",
    "createdBySubject",
    "associatedSecrets",
    "integrationId",
    "manifest",
    "accountId",
    "createdAt",
    "updatedAt",
    "createdBy",
}

SECRET_MEMBERS = {
    "id",
    "fqn",
    "name",
    "secretGroupId",
    "value",
    "createdBySubject",
    "createdAt",
    "updatedAt",
    "secretVersions",
    "activeDeploymentsCount",
    "createdBy",
}


def moment(text: object) -> dt.datetime:
    """The time that an ISO 8601 text with a time zone tells."""
    assert isinstance(text, str)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text), text
    return dt.datetime.fromisoformat(text)


def assert_now(time: dt.datetime | str | None) -> None:
    told = time if isinstance(time, dt.datetime) else moment(time)
    assert abs(told - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def assert_in(time: dt.datetime, hence: dt.timedelta) -> None:
    """The time is so far in the future, within five minutes."""
    assert abs(time - dt.datetime.now(dt.UTC) - hence) < dt.timedelta(minutes=5)


def claims(token: str) -> dict[str, Any]:
    """What a JWT says; its signature is not looked at."""
    header, payload, signature = token.split(".")
    assert header and signature
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def assert_http_error(status: int | None, body: Any) -> None:
    """An HttpError, exactly as the API describes one, in words that every client can print."""
    assert isinstance(body, dict), body
    assert {"statusCode", "message"} <= set(body) <= {"statusCode", "message", "code", "details"}
    assert type(body["statusCode"]) is int and body["statusCode"] == status, body
    assert isinstance(body["message"], str) and body["message"].strip(), body
    assert not MARKUP.search(body["message"]), body
    assert type(body.get("code")) in (int, str, type(None)), body
    details = body.get("details")
    assert details is None or all(isinstance(detail, dict) for detail in details), body


def assert_well_formed(exchange: Exchange) -> None:
    """Every answer at all: no redirect, no crash, JSON, and an error only as an HttpError."""
    told = f"{exchange.method} {exchange.target} -> {exchange.status} {exchange.body[:300]!r}"
    assert not 300 <= exchange.status < 400, told
    assert exchange.status < 500, told
    if exchange.status == 204:
        assert exchange.body == b"", told
        return
    assert exchange.headers["content-type"].split(";")[0] == "application/json", told
    if exchange.status >= 400 and exchange.path.startswith(API):
        assert_http_error(exchange.status, exchange.json())


def assert_refused(answer: httpx.Response | Exchange, *statuses: int) -> None:
    """An answer over plain HTTP is this refusal (or one of these)."""
    got = answer.status_code if isinstance(answer, httpx.Response) else answer.status
    body = answer.content if isinstance(answer, httpx.Response) else answer.body
    assert got in statuses, f"{got} {body[:300]!r}"
    assert_http_error(got, answer.json())


@contextmanager
def refused(
    error: type[ApiError], status: int | None = None
) -> Iterator[pytest.ExceptionInfo[ApiError]]:
    """
    The client raises exactly this class. A status that it has no class for at this call comes as
    an `ApiError`; then `status` says which.
    """
    with pytest.raises(ApiError) as caught:
        yield caught
    told = caught.value
    assert type(told) is error, told
    assert told.status_code == (STATUS[error] if status is None else status), told
    body = json.loads(told.body.json()) if isinstance(told.body, HttpError) else told.body
    assert_http_error(told.status_code, body)


@contextmanager
def refused_with(*statuses: int) -> Iterator[pytest.ExceptionInfo[ApiError]]:
    """The client raises for one of these statuses, where the API leaves open which."""
    with pytest.raises(ApiError) as caught:
        yield caught
    assert caught.value.status_code in statuses, caught.value


@contextmanager
def calls(wire: Wire, expected: int) -> Iterator[None]:
    """The block makes exactly so many calls."""
    before = wire.calls
    yield
    assert wire.calls - before == expected
