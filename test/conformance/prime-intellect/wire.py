"""Everything a test sent and was answered, and what must never be found in an answer."""

from __future__ import annotations

import http.client
import json
import secrets
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

TLS = ssl.create_default_context()
"""Of every client: each would make one for itself, which takes longer than most cases."""

WINDOW = 8
"""Fewer characters of a value than this can meet by chance."""

VOCABULARY = frozenset(
    {
        "auth_challenge",
        "createdAt",
        "created_at",
        "description",
        "environment",
        "environments",
        "environmentshub",
        "personal",
        "sort_order",
        "updatedAt",
        "updated_at",
        "variable",
        "variables",
        "visibility",
    }
)
"""Words of the API itself: an error may say them, whoever sent them."""


@dataclass(frozen=True)
class Exchange:
    method: str
    target: str
    request_headers: Mapping[str, str]
    request_body: bytes
    status: int
    headers: httpx.Headers
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def sent(self) -> Any:
        """The body of the request."""
        return json.loads(self.request_body)

    @property
    def path(self) -> str:
        """The path behind `/api/v1`."""
        return urlsplit(self.target).path.partition("/api/v1")[2]

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def call(self) -> str:
        return f"{self.method} {self.path}"


class Wire:
    """Listens on every HTTP client of one test."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.canaries: list[str] = []

    @property
    def last(self) -> Exchange:
        return self.exchanges[-1]

    def canary(self) -> str:
        """A value of which no eight characters may ever come back."""
        self.canaries.append(secrets.token_hex(24))
        return self.canaries[-1]

    def hear(self, response: httpx.Response) -> None:
        """An event hook for a client of httpx."""
        response.read()
        request = response.request
        try:
            body = request.content
        except httpx.RequestNotRead:
            body = b""
        self.exchanges.append(
            Exchange(
                method=request.method,
                target=request.url.raw_path.decode("ascii"),
                request_headers=request.headers,
                request_body=body,
                status=response.status_code,
                headers=response.headers,
                body=response.content,
            )
        )

    def send_exactly(
        self,
        base_url: str,
        method: str,
        target: str,
        headers: Sequence[tuple[str, str]],
        body: bytes | None = None,
    ) -> Exchange:
        """Sends a request target and headers as they are, with nothing put right on the way."""
        url = urlsplit(base_url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            if not any(name.lower() == "host" for name, _ in headers):
                connection.putheader("host", url.netloc)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            exchange = Exchange(
                method=method,
                target=target,
                request_headers=httpx.Headers(list(headers)),
                request_body=body or b"",
                status=answer.status,
                headers=httpx.Headers(answer.getheaders()),
                body=answer.read(),
            )
        finally:
            connection.close()
        self.exchanges.append(exchange)
        return exchange

    # -- the promise -----------------------------------------------------------------------------

    def leaks(self) -> list[str]:
        """What was sent as a value, or refused, and came back all the same; empty when all is well."""
        values = {value for exchange in self.exchanges for value in _values(exchange)}
        windows = {window for canary in self.canaries for window in _windows(canary)}
        found: list[str] = []
        for exchange in self.exchanges:
            where = f"{exchange.method} {exchange.target} -> {exchange.status}"
            text = _told(exchange)
            if not windows.isdisjoint(_windows(text)):
                found.append(f"{where}: a part of a value")
            if any(len(value) >= WINDOW and value in text for value in values):
                found.append(f"{where}: a whole value")
            if exchange.status >= 400:
                found += [
                    f"{where}: sent back {sent!r}" for sent in _sent(exchange) if sent in text
                ]
        return found


def _told(exchange: Exchange) -> str:
    """All text of an answer, as written and as decoded."""
    headers = "\n".join(f"{name}: {value}" for name, value in exchange.headers.items())
    body = exchange.body.decode("utf-8", "replace")
    try:
        parsed = json.loads(body)
    except ValueError:
        return f"{headers}\n{body}"
    return "\n".join([headers, body, *_strings(parsed, keys=True)])


def _values(exchange: Exchange) -> Iterator[str]:
    """The secret value in a request body that is an object; a variable is no secret."""
    body = _parsed(exchange.request_body)
    if isinstance(body, dict) and "/variables" not in exchange.path:
        if isinstance(body.get("value"), str):
            yield body["value"]


def _sent(exchange: Exchange) -> Iterator[str]:
    """Every text of a request that an error has no business to say."""
    url = urlsplit(exchange.target)
    texts = [
        *(unquote(segment) for segment in url.path.split("/")),
        *(value for _, value in parse_qsl(url.query)),
        exchange.request_headers.get("authorization", "").removeprefix("Bearer "),
        *_strings(_parsed(exchange.request_body), keys=False),
    ]
    for text in texts:
        if len(text) >= WINDOW and text not in VOCABULARY:
            yield text


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _strings(node: Any, *, keys: bool) -> Iterator[str]:
    stack = [node]
    while stack:
        match stack.pop():
            case str(text):
                yield text
            case bool() | None:
                pass
            case int() | float() as number:
                yield str(number)
            case list(members):
                stack.extend(members)
            case dict(members):
                stack.extend(members.values())
                if keys:
                    yield from members


def _windows(text: str) -> Iterator[str]:
    return (text[start : start + WINDOW] for start in range(len(text) - WINDOW + 1))
