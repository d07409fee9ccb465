"""Stands between the CLI and the server: hands everything on as it is, and tells the wire."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import httpx

from wire import Exchange, Wire

HOP_BY_HOP = {"connection", "host", "keep-alive", "transfer-encoding", "content-length", "date"}


class Recorder:
    """A server of its own for one test; `url` is what the CLI is told to call."""

    def __init__(self, upstream: str, wire: Wire) -> None:
        self.before: Callable[[str, str], None] = lambda method, path: None
        """Called with method and path of each request before it is handed on."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, upstream, wire))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(self, *exit: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(recorder: Recorder, upstream: str, wire: Wire) -> type[BaseHTTPRequestHandler]:
    url = urlsplit(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _hand_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            try:
                recorder.before(self.command, urlsplit(self.path).path)
            except Exception:
                # 404 ends whatever the CLI is waiting for; the case then fails at once.
                self.send_error(404)
                raise
            connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=30)
            try:
                connection.putrequest(
                    self.command, url.path + self.path, skip_accept_encoding=True
                )
                for name, value in self.headers.items():
                    if name.lower() not in HOP_BY_HOP:
                        connection.putheader(name, value)
                if "content-length" in self.headers:
                    connection.putheader("content-length", str(len(body)))
                connection.endheaders(body)
                answer = connection.getresponse()
                told = answer.read()
            finally:
                connection.close()
            wire.exchanges.append(
                Exchange(
                    method=self.command,
                    target=self.path,
                    request_headers=httpx.Headers(self.headers.items()),
                    request_body=body,
                    status=answer.status,
                    headers=httpx.Headers(answer.getheaders()),
                    body=told,
                )
            )
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _hand_on

        def log_message(self, format: str, *args: object) -> None:
            """What was asked is told by the wire."""

    return Handler
