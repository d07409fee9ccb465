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

API = "/api/svc/v1"

TLS = ssl.create_default_context()
"""Of every client: each would make one for itself, which takes longer than most cases."""

WINDOW = 8
"""Fewer characters of a value than this can meet by chance."""

VOCABULARY = frozenset(
    {
        "audit-logs",
        "collaborators",
        "constructor",
        "credentials",
        "deactivate",
        "dependency-tree",
        "manifest",
        "managers",
        "personal-access-tokens",
        "permissions",
        "provider-account",
        "provider-accounts",
        "provider-integration",
        "provider-integrations",
        "regenerate-token",
        "register",
        "resources",
        "role-binding",
        "secret-group",
        "secret-group-admin",
        "secret-group-editor",
        "secret-group-viewer",
        "secret-groups",
        "secret-store",
        "strongroom",
        "sync-to-secret-store",
        "tfy-secrets",
        "truefoundry",
        "virtual-account",
        "virtual-accounts",
        "virtualaccount",
        "workspace",
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
        return json.loads(self.request_body)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def call(self) -> str:
        """`METHOD /path`, the path without what is common to all."""
        return f"{self.method} {self.path.removeprefix(API)}"

    @property
    def may_show_values(self) -> bool:
        """Whether this is one of the two calls that give values."""
        if self.method == "POST" and self.path == f"{API}/secrets":
            asked = _parsed(self.request_body)
            return isinstance(asked, dict) and asked.get("withValue") is True
        return self.method == "GET" and self.path.startswith(f"{API}/secrets/")


class Wire:
    """Listens on every HTTP client of one test."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.canaries: list[str] = []

    @property
    def calls(self) -> int:
        return len(self.exchanges)

    @property
    def last(self) -> Exchange:
        return self.exchanges[-1]

    def canary(self) -> str:
        """A value of which no eight characters may come back but where a value was asked for."""
        self.canaries.append(secrets.token_hex(24))
        return self.canaries[-1]

    # -- hooks -----------------------------------------------------------------------------------

    def hear(self, response: httpx.Response) -> None:
        response.read()
        self._record(response)

    async def hear_async(self, response: httpx.Response) -> None:
        await response.aread()
        self._record(response)

    def _record(self, response: httpx.Response) -> None:
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
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            exchange = Exchange(
                method=method,
                target=target,
                request_headers=dict(headers),
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
        """What came back though it must not; empty when all is well."""
        values = {value for exchange in self.exchanges for value in _values(exchange)}
        tokens = {token for exchange in self.exchanges for token in _tokens(exchange)}
        windows = {window for canary in self.canaries for window in _windows(canary)}
        found: list[str] = []
        for exchange in self.exchanges:
            where = f"{exchange.method} {exchange.target} -> {exchange.status}"
            text = _told(exchange)
            if not windows.isdisjoint(_windows(text)):
                found.append(f"{where}: a part of a value")
            if any(len(value) >= WINDOW and value in text for value in values):
                found.append(f"{where}: a whole value")
            if any(token in text for token in tokens):
                found.append(f"{where}: a token")
            if exchange.status >= 400:
                found += [
                    f"{where}: sent back {sent!r}" for sent in _sent(exchange) if sent in text
                ]
        return found


def _told(exchange: Exchange) -> str:
    """All text of an answer, as written and as decoded, without what it was asked to show."""
    headers = "\n".join(f"{name}: {value}" for name, value in exchange.headers.items())
    body = exchange.body.decode("utf-8", "replace")
    try:
        parsed = json.loads(body)
    except ValueError:
        return f"{headers}\n{body}"
    if exchange.status == 200 and isinstance(parsed, dict):
        parsed.pop("token", None)
        if exchange.may_show_values:
            for secret in _rows(parsed.get("data")):
                secret.pop("value", None)
        body = json.dumps(parsed, ensure_ascii=False)
    return "\n".join([headers, body, *_strings(parsed, keys=True)])


def _rows(data: Any) -> Iterator[dict[str, Any]]:
    for row in data if isinstance(data, list) else [data]:
        if isinstance(row, dict):
            yield row


def _values(exchange: Exchange) -> Iterator[str]:
    """The secret values in a request body."""
    body = _parsed(exchange.request_body)
    secrets_sent = body.get("secrets") if isinstance(body, dict) else None
    for secret in _rows(secrets_sent):
        if isinstance(secret.get("value"), str):
            yield secret["value"]


def _tokens(exchange: Exchange) -> Iterator[str]:
    """The token that an answer gave."""
    answer = _parsed(exchange.body)
    token = answer.get("token") if isinstance(answer, dict) else None
    if isinstance(token, str) and len(token) >= WINDOW:
        yield token


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
