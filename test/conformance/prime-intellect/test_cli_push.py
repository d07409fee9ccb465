"""`prime env push`: its first step makes the environment; what follows is not ours."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from checks import data
from cli import Done, Prime
from identities import User, unique
from proof import proves
from vault import take_slug
from wire import Exchange, Wire

# A package that builds itself, so that a build needs nothing from anywhere.
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "{name}"
version = "0.1.0"
"""

BACKEND = '''
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "pushed-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        info = "pushed-0.1.0.dist-info"
        wheel.writestr("pushed.py", "")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: pushed\\nVersion: 0.1.0\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
'''


@pytest.fixture
def name(prime: Prime) -> str:
    """The name of a package that stands in the folder, ready to be pushed."""
    name = unique("pushed")
    (prime.folder / "pyproject.toml").write_text(PROJECT.format(name=name), encoding="utf-8")
    (prime.folder / "backend.py").write_text(BACKEND, encoding="utf-8")
    return name


def push(prime: Prime, *flags: str, answers: tuple[str, ...] = (), **settings: str) -> Done:
    """All of it that there is: the code itself goes to no vault."""
    done = prime("env", "push", "--runtime", "v0", *flags, answers=answers, **settings)
    return done.failed("Failed to prepare wheel upload: HTTP 405: ")


def resolves(wire: Wire) -> list[Exchange]:
    return [seen for seen in wire.exchanges if seen.call == "POST /environmentshub/resolve"]


def found(http: httpx.Client, owner: str, name: str) -> Any:
    return data(http.get(f"/environmentshub/{owner}/{name}/@latest"))


@proves("E-9.10", "E-9.11")
def test_push_makes_the_environment(
    prime: Prime, http: httpx.Client, slug: str, name: str, wire: Wire
) -> None:
    push(prime, "--visibility", "PRIVATE").told(f"Created environment: {slug}/{name}")
    assert resolves(wire)[-1].sent() == {"name": name, "visibility": "PRIVATE"}
    made = found(http, slug, name)
    push(prime).told(f"Found existing environment: {slug}/{name}")
    assert found(http, slug, name)["id"] == made["id"]
    words = ["--name", "A", "--value", wire.canary()]
    prime("env", "secret", "create", f"{slug}/{name}", *words).said("Created secret 'A'")


@proves("E-9.12")
def test_push_asks_for_a_username(
    prime: Prime, http: httpx.Client, connect: Any, colleague: User, name: str, wire: Wire
) -> None:
    taken, chosen = take_slug(connect(colleague.token)), unique("owner")
    done = push(prime, answers=("No Name!", taken, chosen))
    done.told(
        "missing a username",
        "Invalid username.",
        "That username is already taken.",
        f"Username set to {chosen}",
        f"Created environment: {chosen}/{name}",
    )
    assert found(http, chosen, name)["owner"]["name"] == chosen
    assert [seen.status for seen in resolves(wire)] == [400, 200]
    slugs = [seen for seen in wire.exchanges if seen.call == "PATCH /user/slug"]
    assert [(seen.sent()["slug"], seen.status) for seen in slugs[-2:]] == [
        (taken, 409),
        (chosen, 200),
    ]


@proves("E-9.13")
def test_push_for_a_team(
    prime: Prime, http: httpx.Client, user: User, slug: str, name: str, wire: Wire
) -> None:
    team = user.team()
    push(prime, PRIME_TEAM_ID=team.id).told("Created environment: ")
    assert resolves(wire)[-1].sent() == {"name": name, "team_id": team.id}
    owner = resolves(wire)[-1].json()["data"]["owner"]["name"]
    assert found(http, owner, name)["id"] == resolves(wire)[-1].json()["data"]["id"]
    push(prime, "--team", owner).told(f"Found existing environment: {owner}/{name}")
    assert resolves(wire)[-1].sent() == {"name": name, "team_slug": owner}
    push(prime, "--owner", slug).told(f"Created environment: {slug}/{name}")
    assert resolves(wire)[-1].sent() == {"name": name, "owner_slug": slug}


@proves("E-9.13")
def test_push_for_a_team_one_is_not_in(
    prime: Prime, colleague: User, slug: str, name: str, wire: Wire
) -> None:
    done = prime("env", "push", PRIME_TEAM_ID=colleague.team().id)
    done.failed("Failed to resolve environment: HTTP 403: ")
    assert wire.last.call == "POST /environmentshub/resolve"
