"""Identities and clients for the cases, and the traceability of the contract's lines."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from scale_gp_beta import AsyncSGPClient, DefaultAsyncHttpxClient, DefaultHttpxClient, SGPClient

from blocking import Blocking
from checks import assert_well_formed
from families import FAMILIES, Family
from identities import Account, OwnApi, Server
from proof import Traceability
from wire import Wire

HERE = Path(__file__).parent

# -- who talks to whom ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def server() -> Server:
    return Server.from_environment()


@pytest.fixture(scope="session")
def own(server: Server) -> Iterator[OwnApi]:
    api = OwnApi(server)
    yield api
    api.close()


@pytest.fixture
def account(own: OwnApi) -> Account:
    """An account that only this test uses."""
    return own.account()


@pytest.fixture
def other(own: OwnApi) -> Account:
    """Somebody else's account."""
    return own.account()


@pytest.fixture(autouse=True)
def wire() -> Iterator[Wire]:
    """Hears every call of the test; at its end no answer may hold what no answer may hold."""
    wire = Wire()
    yield wire
    for exchange in wire.exchanges:
        assert_well_formed(exchange)
    assert wire.leaks() == []


@pytest.fixture(params=FAMILIES, ids=lambda family: family.name)
def family(request: pytest.FixtureRequest) -> Family:
    return request.param


Connect = Callable[..., Any]


@pytest.fixture
def connect_sync(server: Server, account: Account, wire: Wire) -> Iterator[Connect]:
    """Makes synchronous clients: for the test's account, strict, else as they come."""
    with ExitStack() as open_clients:

        def connect(**options: Any) -> SGPClient:
            return open_clients.enter_context(
                SGPClient(
                    http_client=DefaultHttpxClient(event_hooks={"response": [wire.hear]}),
                    **_defaults(server, account, options),
                )
            )

        yield connect


@pytest.fixture
def connect_async(server: Server, account: Account, wire: Wire) -> Connect:
    """Makes asynchronous clients; who makes one closes it."""

    def connect(**options: Any) -> AsyncSGPClient:
        return AsyncSGPClient(
            http_client=DefaultAsyncHttpxClient(event_hooks={"response": [wire.hear_async]}),
            **_defaults(server, account, options),
        )

    return connect


def _defaults(server: Server, account: Account, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "base_url": server.url,
        "api_key": account.token,
        "account_id": account.id,
        "_strict_response_validation": True,
        **options,
    }


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Makes clients of both kinds, the asynchronous one called like the other."""
    if request.param == "sync":
        yield request.getfixturevalue("connect_sync")
        return
    make: Connect = request.getfixturevalue("connect_async")
    clients: list[AsyncSGPClient] = []

    def connect(**options: Any) -> Blocking:
        clients.append(make(**options))
        return Blocking(clients[-1], runner)

    with asyncio.Runner() as runner:
        yield connect
        for client in clients:
            runner.run(client.close())


@pytest.fixture
def sgp(connect: Connect) -> Any:
    """The client of the test's account, synchronous in one run and asynchronous in the other."""
    return connect()


@pytest.fixture
def http(server: Server, account: Account, wire: Wire) -> Iterator[httpx.Client]:
    """Plain HTTP with the token of the test's account."""
    with httpx.Client(
        base_url=server.url,
        headers={"x-api-key": account.token},
        event_hooks={"response": [wire.hear]},
        timeout=30,
    ) as client:
        yield client


@pytest.fixture
def anonymous(server: Server, wire: Wire) -> Iterator[httpx.Client]:
    """Plain HTTP without a token."""
    with httpx.Client(
        base_url=server.url, event_hooks={"response": [wire.hear]}, timeout=30
    ) as client:
        yield client


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a case that is a coroutine."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


# -- which case proves which line ----------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--traceability", metavar="PATH", help="write the table of lines and cases here"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "proves(*lines): the lines of contract.md that a case proves"
    )
    config.stash[_TRACE] = Traceability()


_TRACE = pytest.StashKey[Traceability]()
_PASSED = pytest.StashKey[bool]()


def pytest_itemcollected(item: pytest.Item) -> None:
    item.config.stash[_TRACE].collect(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[_PASSED] = report.passed
    elif report.when == "teardown":
        passed = item.stash.get(_PASSED, False) and report.passed
        item.config.stash[_TRACE].record(item.nodeid, passed)
    return report


def _whole_suite(config: pytest.Config) -> bool:
    options = config.option
    narrowed = options.keyword or options.markexpr or options.deselect or options.collectonly
    paths = [Path(arg.split("::")[0]).resolve() for arg in config.args]
    whole = all("::" not in arg for arg in config.args) and all(
        path == HERE or path in HERE.parents for path in paths
    )
    return whole and not narrowed


def _gaps(config: pytest.Config) -> list[str]:
    trace = config.stash[_TRACE]
    gaps = [f"{line}: named by a case, not in contract.md" for line in trace.unknown()]
    gaps += [f"{case}: names no line" for case in trace.aimless()]
    if _whole_suite(config):
        gaps += [f"{line}: not proven by any case" for line in trace.unproven()]
    return gaps


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if path := session.config.getoption("--traceability"):
        Path(path).write_text(session.config.stash[_TRACE].table(), encoding="utf-8")
    if exitstatus == pytest.ExitCode.OK and _gaps(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    trace = config.stash[_TRACE]
    if gaps := _gaps(config):
        terminalreporter.section("contract lines without proof")
        for gap in gaps:
            terminalreporter.write_line(gap)
    elif _whole_suite(config):
        terminalreporter.write_line(f"all {len(trace.lines)} contract lines proven")
