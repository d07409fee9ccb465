"""A key by the login flow: over plain HTTP, and by `prime login` from its first word to its last."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from checks import assert_refused, assert_refused_as_one_of, data
from cli import Done, Prime
from identities import Account, OwnApiError, User
from proof import proves
from recorder import Recorder
from vault import JSON, add_secret
from wire import Wire

GENERATE = "/auth_challenge/generate"
STATUS = "/auth_challenge/status"

LIMITS = {
    "maxConcurrentSandboxes": 1,
    "maxSandboxCreationsPerHour": 0,
    "maxSandboxCpuCores": 2,
    "maxSandboxGpuCount": 3,
    "maxConcurrentTunnels": 4,
    "maxTunnelCreationsPerHour": 5,
    "maxTunnelTtlHours": 6,
}


def pem(key: Any) -> str:
    return (
        key.public_key()
        .public_bytes(
            encoding=serialization.Encoding.PEM,
            format=serialization.PublicFormat.SubjectPublicKeyInfo,
        )
        .decode()
    )


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Asked:
    """A login that waits."""

    def __init__(self, http: httpx.Client, key: rsa.RSAPrivateKey, **more: Any) -> None:
        answer = http.post(GENERATE, json={"encryptionPublicKey": pem(key), **more})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert set(told) == {"challenge", "status_auth_token"}
        self.challenge: str = told["challenge"]
        self.token: str = told["status_auth_token"]
        self._http, self._key = http, key

    def poll(self, token: str | None = None) -> httpx.Response:
        return self._http.get(
            STATUS,
            params={"challenge": self.challenge},
            headers={"authorization": f"Bearer {token or self.token}"},
        )

    def opened(self) -> str:
        """The key that the answer holds, sealed for who asked."""
        answer = self.poll()
        assert answer.status_code == 200, answer.text
        sealed = base64.b64decode(answer.json()["result"], validate=True)
        mask = padding.MGF1(algorithm=hashes.SHA256())
        scheme = padding.OAEP(mgf=mask, algorithm=hashes.SHA256(), label=None)
        return self._key.decrypt(sealed, scheme).decode()


# -- over plain HTTP -----------------------------------------------------------------------------


@proves("A-6.1", "A-6.2")
def test_a_challenge_needs_no_token(anonymous: httpx.Client, key: rsa.RSAPrivateKey) -> None:
    first, second = Asked(anonymous, key), Asked(anonymous, key)
    for asked in (first, second):
        assert re.fullmatch(r"[A-Za-z0-9_~.-]+", asked.challenge)
        assert asked.token and asked.token.isascii() and " " not in asked.token
    assert first.challenge != second.challenge and first.token != second.token


@proves("A-6.3")
def test_nothing_is_given_before_somebody_agrees(
    anonymous: httpx.Client, key: rsa.RSAPrivateKey
) -> None:
    asked = Asked(anonymous, key)
    for _ in range(2):
        answer = asked.poll()
        assert answer.status_code == 200
        assert not answer.json().get("result")


@proves("A-6.4")
@pytest.mark.parametrize("role", ["member", "admin"])
def test_the_key_is_a_new_one_of_who_agreed(
    anonymous: httpx.Client, connect: Any, account: Account, key: rsa.RSAPrivateKey, role: str
) -> None:
    asked, agreeing = Asked(anonymous, key), account.user(role)
    before = agreeing.tokens()
    agreeing.approve(asked.challenge)
    given = asked.opened()
    assert given != agreeing.token
    assert data(connect(given).get("/user/whoami"))["id"] == agreeing.id
    assert len(agreeing.tokens()) == len(before) + 1


@proves("A-6.4")
def test_what_the_key_makes_is_theirs(
    anonymous: httpx.Client, connect: Any, user: User, key: rsa.RSAPrivateKey, wire: Wire
) -> None:
    asked = Asked(anonymous, key)
    user.approve(asked.challenge)
    made = add_secret(connect(asked.opened()), wire)
    assert data(connect(user.token).get(f"/secrets/{made['id']}")) == made


@proves("A-6.5")
def test_only_who_asked_may_poll(
    anonymous: httpx.Client, user: User, key: rsa.RSAPrivateKey
) -> None:
    asked, another = Asked(anonymous, key), Asked(anonymous, key)
    user.approve(asked.challenge)
    for token in (another.token, user.token, "not-a-token-at-all", asked.token[:-1]):
        answer = asked.poll(token)
        assert 400 <= answer.status_code < 500, answer.text
        assert "result" not in answer.json()
    no_token = anonymous.get(STATUS, params={"challenge": asked.challenge})
    assert 400 <= no_token.status_code < 500 and "result" not in no_token.json()
    assert not another.poll().json().get("result")
    assert asked.opened()


@proves("A-6.6")
def test_an_unknown_challenge_is_404(anonymous: httpx.Client, key: rsa.RSAPrivateKey) -> None:
    asked = Asked(anonymous, key)
    answer = anonymous.get(
        STATUS,
        params={"challenge": "no-such-challenge"},
        headers={"authorization": f"Bearer {asked.token}"},
    )
    assert_refused(answer, 404)


@proves("A-6.6")
def test_the_challenge_must_be_named(anonymous: httpx.Client, key: rsa.RSAPrivateKey) -> None:
    asked = Asked(anonymous, key)
    answer = anonymous.get(STATUS, headers={"authorization": f"Bearer {asked.token}"})
    assert_refused_as_one_of(answer, 404, 422)


@proves("A-6.7")
def test_nobody_agrees_to_what_nobody_asked(user: User) -> None:
    with pytest.raises(OwnApiError) as caught:
        user.approve("no-such-challenge")
    assert caught.value.status == 404


@proves("A-6.7")
def test_who_shows_no_token_agrees_to_nothing(
    anonymous: httpx.Client, user: User, key: rsa.RSAPrivateKey
) -> None:
    asked = Asked(anonymous, key)
    nobody = User(user.id, user.email, "not-a-token-at-all", user.own)
    with pytest.raises(OwnApiError) as caught:
        nobody.approve(asked.challenge)
    assert caught.value.status == 401
    assert not asked.poll().json().get("result")


@proves("A-6.8")
def test_limits_may_be_asked_for(
    anonymous: httpx.Client, connect: Any, user: User, key: rsa.RSAPrivateKey
) -> None:
    for limits in ({}, {"maxTunnelTtlHours": 1}, LIMITS):
        asked = Asked(anonymous, key, limits=limits)
        user.approve(asked.challenge)
        assert data(connect(asked.opened()).get("/user/whoami"))["id"] == user.id


def bad_keys() -> list[Any]:
    sound = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return [
        None,
        7,
        [],
        {},
        "",
        "no key at all",
        sound[:-40],
        sound.replace("\n", ""),
        private.decode(),
        pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(ed25519.Ed25519PrivateKey.generate()),
    ]


@proves("A-6.9")
@pytest.mark.parametrize("sent", bad_keys(), ids=lambda sent: ascii(sent)[:12])
def test_a_key_that_seals_nothing_is_refused(anonymous: httpx.Client, sent: Any) -> None:
    answer = anonymous.post(GENERATE, json={"encryptionPublicKey": sent})
    assert_refused(answer, 422, "body", "encryptionPublicKey")


@proves("A-6.9")
def test_generate_is_refused_in_the_voice_of_the_api(anonymous: httpx.Client) -> None:
    assert_refused(anonymous.post(GENERATE, json={}), 422, "body", "encryptionPublicKey")
    assert_refused(anonymous.post(GENERATE, content=b"{no json", headers=JSON), 422, "body")
    assert_refused(anonymous.post(GENERATE, json=[]), 422, "body")


# -- by the CLI ----------------------------------------------------------------------------------


@pytest.fixture
def newcomer(recorder: Recorder, tmp_path: Path) -> Prime:
    """The CLI of somebody who has no key yet."""
    return Prime(tmp_path / "newcomer", recorder.url, None)


def agree_at_poll(recorder: Recorder, wire: Wire, user: User, at: int = 1) -> None:
    """Has the user agree right before the CLI asks for the so-manieth time."""
    polls = 0

    def before(method: str, path: str) -> None:
        nonlocal polls
        if path.endswith(STATUS):
            polls += 1
            if polls == at:
                asked = [seen for seen in wire.exchanges if seen.path == GENERATE]
                user.approve(asked[-1].json()["challenge"])

    recorder.before = before


def calls(wire: Wire) -> list[str]:
    return [exchange.call for exchange in wire.exchanges]


def log_in(prime: Prime, *flags: str, answers: tuple[str, ...] = ()) -> Done:
    return prime("login", "--headless", *flags, answers=answers)


@proves("A-6.10", "A-6.11")
def test_login_without_teams(
    recorder: Recorder, newcomer: Prime, user: User, wire: Wire
) -> None:
    agree_at_poll(recorder, wire, user)
    done = log_in(newcomer).said("Successfully logged in!")
    challenge = wire.exchanges[0].json()["challenge"]
    assert challenge in done.out
    assert f"{recorder.url}/dashboard/tokens/challenge?code={challenge}" in done.out
    assert calls(wire) == [
        f"POST {GENERATE}",
        f"GET {STATUS}",
        "GET /user/whoami",
        "GET /user/teams",
    ]
    assert "authorization" not in wire.exchanges[0].request_headers
    assert (newcomer.config["user_id"], newcomer.config["team_id"]) == (user.id, None)
    assert newcomer.config["api_key"] not in (user.token, "")
    newcomer("whoami").said(user.email)


@proves("A-6.10")
def test_login_waits_until_somebody_agrees(
    recorder: Recorder, newcomer: Prime, user: User, wire: Wire
) -> None:
    agree_at_poll(recorder, wire, user, at=2)
    log_in(newcomer).said("Successfully logged in!")
    assert calls(wire).count(f"GET {STATUS}") == 2
    assert newcomer.config["user_id"] == user.id


@proves("A-6.11")
@pytest.mark.parametrize("choice", ["personal", "team"])
def test_login_asks_which_team(
    recorder: Recorder, newcomer: Prime, user: User, wire: Wire, choice: str
) -> None:
    team = user.team()
    agree_at_poll(recorder, wire, user)
    done = log_in(newcomer, answers=("1",) if choice == "personal" else ("2",))
    done.said("Successfully logged in!", team.name)
    chosen = None if choice == "personal" else team.id
    assert newcomer.config["team_id"] == chosen
    made = newcomer.data("secret", "create", "--name", "FIRST", "--value", wire.canary())
    assert made["teamId"] == chosen


@proves("A-6.8")
def test_login_with_limits(recorder: Recorder, newcomer: Prime, user: User, wire: Wire) -> None:
    agree_at_poll(recorder, wire, user)
    flags = [
        *("--max-concurrent-sandboxes", "1", "--max-sandbox-creations-per-hour", "0"),
        *("--max-sandbox-cpu-cores", "2", "--max-sandbox-gpu-count", "3"),
        *("--max-concurrent-tunnels", "4", "--max-tunnel-creations-per-hour", "5"),
        *("--max-tunnel-ttl-hours", "6"),
    ]
    log_in(newcomer, *flags).said("Successfully logged in!", "API key limits")
    assert wire.exchanges[0].sent()["limits"] == LIMITS
    newcomer("whoami").said(user.email)
