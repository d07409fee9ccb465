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
from truefoundry_sdk import AsyncTrueFoundry, TrueFoundry

from blocking import Blocking
from checks import assert_well_formed
from identities import Account, Identity, OwnApi, Server
from proof import Traceability
from relay import Relay
from tfy import Tfy
from vault import Store, Vault
from wire import API, TLS, Wire

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
    """A tenant that only this test uses."""
    return own.account()


@pytest.fixture
def other(own: OwnApi) -> Account:
    """Somebody else's tenant."""
    return own.account()


@pytest.fixture
def admin(account: Account) -> Identity:
    """An administrator of the test's tenant; the clients are theirs unless said otherwise."""
    return account.user("admin")


@pytest.fixture
def member(account: Account) -> Identity:
    """Somebody of the test's tenant who was given nothing."""
    return account.user("member")


@pytest.fixture(autouse=True)
def wire() -> Iterator[Wire]:
    """Hears every call of the test; at its end no answer may hold what no answer may hold."""
    wire = Wire()
    yield wire
    for exchange in wire.exchanges:
        assert_well_formed(exchange)
    assert wire.leaks() == []


Connect = Callable[..., Any]


@pytest.fixture
def connect_sync(server: Server, admin: Identity, wire: Wire) -> Iterator[Connect]:
    """Makes synchronous clients: of the administrator, or of whose token is given."""
    with ExitStack() as open_clients:

        def connect(token: str = admin.token, **options: Any) -> TrueFoundry:
            http = httpx.Client(event_hooks={"response": [wire.hear]}, timeout=30, verify=TLS)
            open_clients.enter_context(http)
            return TrueFoundry(
                **{"base_url": server.url, "api_key": token, "httpx_client": http, **options}
            )

        yield connect


@pytest.fixture
def connect_async(server: Server, admin: Identity, wire: Wire) -> Connect:
    """Makes asynchronous clients; who makes one closes its `httpx_client`."""

    def connect(token: str = admin.token, **options: Any) -> AsyncTrueFoundry:
        http = httpx.AsyncClient(
            event_hooks={"response": [wire.hear_async]}, timeout=30, verify=TLS
        )
        return AsyncTrueFoundry(
            **{"base_url": server.url, "api_key": token, "httpx_client": http, **options}
        )

    return connect


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Makes clients of both kinds, the asynchronous one called like the other."""
    if request.param == "sync":
        yield request.getfixturevalue("connect_sync")
        return
    make: Connect = request.getfixturevalue("connect_async")
    clients: list[AsyncTrueFoundry] = []

    def connect(*args: Any, **options: Any) -> Blocking:
        clients.append(make(*args, **options))
        return Blocking(clients[-1], runner)

    with asyncio.Runner() as runner:
        yield connect
        for client in clients:
            runner.run(close(client))


async def close(client: AsyncTrueFoundry) -> None:
    await client._client_wrapper.httpx_client.httpx_client.aclose()


@pytest.fixture
def tfy(connect: Connect) -> Any:
    """The administrator's client, synchronous in one run and asynchronous in the other."""
    return connect()


@pytest.fixture
def store(http: httpx.Client) -> Store:
    """The secret store of the test's tenant."""
    return Store.of(http)


@pytest.fixture
def vault(tfy: Any, store: Store, wire: Wire) -> Vault:
    return Vault(tfy, store, wire)


@pytest.fixture
def vault_sync(connect_sync: Connect, store: Store, wire: Wire) -> Vault:
    """The same by the synchronous client alone, where the case is not about the client."""
    return Vault(connect_sync(), store, wire)


Bearer = Callable[[str], httpx.Client]


@pytest.fixture
def bearer(server: Server, wire: Wire) -> Iterator[Bearer]:
    """Plain HTTP with a token; paths are below `/api/svc/v1`."""
    with ExitStack() as open_clients:

        def bearer(token: str) -> httpx.Client:
            client = httpx.Client(
                base_url=server.url + API,
                headers={"authorization": f"Bearer {token}"},
                event_hooks={"response": [wire.hear]},
                timeout=30,
                verify=TLS,
            )
            return open_clients.enter_context(client)

        yield bearer


@pytest.fixture
def http(bearer: Bearer, admin: Identity) -> httpx.Client:
    """Plain HTTP with the administrator's token."""
    return bearer(admin.token)


@pytest.fixture
def anonymous(server: Server, wire: Wire) -> Iterator[httpx.Client]:
    """Plain HTTP without a token."""
    with httpx.Client(
        base_url=server.url + API,
        event_hooks={"response": [wire.hear]},
        timeout=30,
        verify=TLS,
    ) as client:
        yield client


@pytest.fixture
def cli(server: Server, tmp_path: Path, wire: Wire) -> Iterator[Tfy]:
    """The `tfy` command, with nobody logged in."""
    relay = Relay(server.url, wire)
    yield Tfy(relay.url, tmp_path, wire)
    relay.close()


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


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """One of the processes that share the cases has ended."""
    if told := getattr(node, "workeroutput", {}).get("trace"):
        node.config.stash[_TRACE].add(told)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["trace"] = session.config.stash[_TRACE].told()
        return
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
