"""Identities, clients and the CLI for the cases, and the traceability of the contract's lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from checks import assert_well_formed
from cli import Prime
from identities import Account, OwnApi, Server, User
from proof import Traceability
from recorder import Recorder
from vault import Environment, resolve, take_slug
from wire import TLS, Wire

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
def user(account: Account) -> User:
    """Who the test is: a plain member of the account."""
    return account.user()


@pytest.fixture
def colleague(account: Account) -> User:
    """Somebody else in the same account."""
    return account.user()


@pytest.fixture
def stranger(own: OwnApi) -> User:
    """Somebody in another account."""
    return own.account().user()


@pytest.fixture(autouse=True)
def wire() -> Iterator[Wire]:
    """Hears every call of the test; at its end no answer may hold what no answer may hold."""
    wire = Wire()
    yield wire
    for exchange in wire.exchanges:
        assert_well_formed(exchange)
    assert wire.leaks() == []


Connect = Callable[[str | None], httpx.Client]


@pytest.fixture
def connect(server: Server, wire: Wire) -> Iterator[Connect]:
    """Makes plain HTTP clients for a token, or for none."""
    with ExitStack() as clients:

        def connect(token: str | None) -> httpx.Client:
            return clients.enter_context(
                httpx.Client(
                    base_url=server.api,
                    headers={} if token is None else {"authorization": f"Bearer {token}"},
                    event_hooks={"response": [wire.hear]},
                    timeout=30,
                    verify=TLS,
                )
            )

        yield connect


@pytest.fixture
def http(connect: Connect, user: User) -> httpx.Client:
    """Plain HTTP as the user."""
    return connect(user.token)


@pytest.fixture
def anonymous(connect: Connect) -> httpx.Client:
    """Plain HTTP without a token."""
    return connect(None)


@pytest.fixture
def recorder(server: Server, wire: Wire) -> Iterator[Recorder]:
    """What the CLI calls; it hands all on to the server."""
    with Recorder(server.url, wire) as recorder:
        yield recorder


@pytest.fixture
def prime(recorder: Recorder, tmp_path: Path, user: User) -> Prime:
    """The CLI of the user."""
    return Prime(tmp_path / "user", recorder.url, user.token)


@pytest.fixture
def slug(http: httpx.Client) -> str:
    """The user's slug, without which there are no environments of their own."""
    return take_slug(http)


@pytest.fixture
def environment(http: httpx.Client, slug: str) -> Environment:
    """An environment of the user."""
    made = resolve(http)
    assert made.owner == slug
    return made


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
