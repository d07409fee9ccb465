"""Who calls, and for which account."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import httpx
import pytest
from scale_gp_beta import AuthenticationError, NotFoundError, PermissionDeniedError

from checks import assert_refused, calls, refused
from families import CREDENTIALS, FAMILIES, ON_ONE_ITEM, OPERATIONS, Family, Operation
from identities import Account, Server
from proof import proves
from wire import Wire

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)
every_operation_on_an_item = pytest.mark.parametrize("operation", ON_ONE_ITEM, ids=str)

UNKNOWN_ID = "c" + "0" * 24


def altered(token: str) -> str:
    """The token with its last character changed."""
    return token[:-1] + ("a" if token[-1] != "a" else "b")


# -- the token -----------------------------------------------------------------------------------


@proves("X-1.1")
def test_the_token_comes_as_x_api_key(
    sgp: Any, account: Account, wire: Wire, family: Family
) -> None:
    family.add(sgp, wire)
    assert wire.last.request_headers["x-api-key"] == account.token
    assert "authorization" not in wire.last.request_headers


@proves("X-1.2")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_token_may_come_as_bearer(
    anonymous: httpx.Client, account: Account, wire: Wire, family: Family, scheme: str
) -> None:
    headers = {"authorization": f"{scheme} {account.token}"}
    made = anonymous.post(family.route, json=family.body(wire), headers=headers)
    assert made.status_code == 200
    assert (
        anonymous.get(f"{family.route}/{made.json()['id']}", headers=headers).json() == made.json()
    )


@proves("X-1.3", "X-3.1")
@every_operation
def test_both_at_once_are_400(
    http: httpx.Client, account: Account, wire: Wire, operation: Operation
) -> None:
    for token in (account.token, altered(account.token)):
        answer = operation.send(http, wire, headers={"authorization": f"Bearer {token}"})
        assert_refused(answer, 400)


@proves("X-1.4", "X-3.1")
@every_operation
def test_no_token_is_401(
    anonymous: httpx.Client, account: Account, wire: Wire, operation: Operation
) -> None:
    assert_refused(operation.send(anonymous, wire), 401)
    assert_refused(
        operation.send(anonymous, wire, headers={"x-selected-account-id": account.id}), 401
    )


@proves("X-1.5")
def test_a_bad_token_is_401_whatever_is_bad(
    anonymous: httpx.Client, account: Account, wire: Wire
) -> None:
    bad = [
        "x",
        "null",
        "not-a-token-at-all",
        altered(account.token),
        account.token[:-1],
        account.token + "a",
        account.token.upper() if account.token.upper() != account.token else account.token.lower(),
        "t" * 513,
        "t" * 4000,
        account.id,
        "../../etc/passwd",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
    ]
    answers = set()
    for token in bad:
        for headers in ({"x-api-key": token}, {"authorization": f"Bearer {token}"}):
            answer = anonymous.get(CREDENTIALS.route, headers=headers)
            assert_refused(answer, 401)
            answers.add(answer.content)
    assert len(answers) == 1
    assert_refused(anonymous.get(CREDENTIALS.route, headers={"x-api-key": ""}), 401)


@proves("X-1.5")
@pytest.mark.parametrize(
    "scheme", ["Basic {}", "{}", "Bearer", "Token {}", "Bearer{}", "Bearer {} {}"]
)
def test_another_authorization_scheme_is_401(
    anonymous: httpx.Client, account: Account, scheme: str
) -> None:
    headers = {"authorization": scheme.format(account.token, account.token)}
    assert_refused(anonymous.get(CREDENTIALS.route, headers=headers), 401)


@proves("X-1.5", "X-3.6", "X-3.7")
def test_the_client_tells_a_bad_token(connect: Any, wire: Wire, family: Family) -> None:
    sgp = connect(api_key="not-a-token-at-all")
    with calls(wire, 1), refused(AuthenticationError):
        family.of(sgp).list()
    with calls(wire, 1), refused(AuthenticationError):
        family.add(sgp, wire)


@proves("X-1.6")
def test_a_revoked_token_is_401(connect: Any, account: Account, wire: Wire, family: Family) -> None:
    token = account.further_token()
    sgp = connect(api_key=token.token)
    made = family.add(sgp, wire)
    account.revoke(token.id)
    with refused(AuthenticationError):
        family.of(sgp).retrieve(made.id)
    with refused(AuthenticationError):
        family.of(sgp).list()
    assert family.of(connect()).retrieve(made.id) == made


@proves("X-1.7")
def test_an_expired_token_is_401(connect: Any, account: Account, wire: Wire) -> None:
    end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3)
    token = account.further_token(
        expires_at=end.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
    sgp = connect(api_key=token.token)
    made = CREDENTIALS.add(sgp, wire)
    assert sgp.credentials.retrieve(made.id) == made
    time.sleep(max(0.0, (end - dt.datetime.now(dt.UTC)).total_seconds()) + 0.2)
    with refused(AuthenticationError):
        sgp.credentials.retrieve(made.id)
    with refused(AuthenticationError):
        sgp.credentials.decrypt(made.id)


@proves("X-1.8")
def test_401_comes_before_everything_else(
    anonymous: httpx.Client, http: httpx.Client, other: Account, wire: Wire, family: Family
) -> None:
    made = family.fill(http, wire, 1)[0]
    answers = [
        anonymous.post(family.route, json={}),
        anonymous.post(
            family.route, content=b"{no json", headers={"content-type": "application/json"}
        ),
        anonymous.post(
            family.route, json={family.label: made[family.label], family.value: wire.canary()}
        ),
        anonymous.get(f"{family.route}/{made['id']}"),
        anonymous.get(f"{family.route}/{UNKNOWN_ID}"),
        anonymous.get(f"{family.route}/no-id"),
        anonymous.get(family.route, params={"limit": "many", "sort_by": "value"}),
        anonymous.get(family.route, headers={"x-selected-account-id": other.id}),
        anonymous.get(family.route, headers={"x-selected-account-id": "nobody"}),
    ]
    for answer in answers:
        assert_refused(answer, 401)
    assert len({answer.content for answer in answers}) == 1


@proves("X-1.9")
def test_a_token_elsewhere_is_no_token(
    anonymous: httpx.Client, account: Account, wire: Wire, family: Family
) -> None:
    for name in ("x-api-key", "api_key", "token", "access_token", "authorization"):
        assert_refused(anonymous.get(family.route, params={name: account.token}), 401)
        body = family.body(wire, **{name: account.token})
        assert_refused(anonymous.post(family.route, json=body), 401)
    assert_refused(
        anonymous.get(family.route, headers={"cookie": f"x-api-key={account.token}"}), 401
    )


@proves("X-1.10", "X-3.7")
def test_a_narrow_token_is_403_beyond_its_scopes(
    connect: Any, account: Account, wire: Wire, family: Family
) -> None:
    made = {family.name: family.add(connect(), wire) for family in FAMILIES}
    sgp = connect(api_key=account.further_token(scopes=["list"]).token)
    assert [item.id for item in family.of(sgp).list()] == [made[family.name].id]
    with calls(wire, 1), refused(PermissionDeniedError):
        family.add(sgp, wire)
    with refused(PermissionDeniedError):
        family.of(sgp).update(made[family.name].id, description="no")
    with refused(PermissionDeniedError):
        family.of(sgp).delete(made[family.name].id)
    with refused(PermissionDeniedError):
        sgp.credentials.decrypt(made["credentials"].id)
    with refused(PermissionDeniedError):
        sgp.credentials.decrypt_by_name(made["credentials"].name)
    assert family.of(connect()).retrieve(made[family.name].id) == made[family.name]


@proves("X-1.11", "X-3.1")
@pytest.mark.parametrize("first", ["ours", "theirs", "the same", "unknown"])
@pytest.mark.parametrize("header", ["x-api-key", "authorization"])
def test_two_keys_are_refused(
    server: Server,
    account: Account,
    other: Account,
    wire: Wire,
    family: Family,
    first: str,
    header: str,
) -> None:
    scheme = "Bearer " if header == "authorization" else ""
    tokens = {
        "ours": (account.token, other.token),
        "theirs": (other.token, account.token),
        "the same": (account.token, account.token),
        "unknown": ("no-such-token", account.token),
    }[first]
    headers = [(header, scheme + token) for token in tokens]
    assert wire.send_exactly(server.url, "GET", family.route, headers).status in (400, 401)


# -- the account ---------------------------------------------------------------------------------


@proves("X-2.1", "X-2.2", "X-5.5")
@every_operation
def test_own_missing_and_empty_account_are_the_same(
    http: httpx.Client, account: Account, wire: Wire, operation: Operation
) -> None:
    family = operation.family
    for headers in ({"x-selected-account-id": account.id}, {}, {"x-selected-account-id": ""}):
        made = family.fill(http, wire, 1)[0]
        answer = operation.send(
            http, wire, id=made["id"], label=made[family.label], headers=headers
        )
        assert answer.status_code == (204 if operation.name == "secrets.delete" else 200), (
            answer.text
        )
        for item in family.ids(http):
            assert http.delete(f"{family.route}/{item}").is_success


@proves("X-2.2")
def test_the_client_may_have_no_account(
    connect: Any, account: Account, wire: Wire, family: Family
) -> None:
    sgp = connect(account_id="")
    made = family.add(sgp, wire)
    assert wire.last.request_headers["x-selected-account-id"] == ""
    assert family.of(connect(account_id=account.id)).retrieve(made.id) == made


@proves("X-2.3", "X-2.4", "X-3.1")
@every_operation
def test_a_foreign_and_an_unknown_account_are_the_same_403(
    http: httpx.Client, other: Account, wire: Wire, operation: Operation
) -> None:
    made = operation.family.fill(http, wire, 1)[0]
    answers = [
        operation.send(
            http,
            wire,
            id=made["id"],
            label=made[operation.family.label],
            headers={"x-selected-account-id": named},
        )
        for named in (
            other.id,
            UNKNOWN_ID,
            "nobody",
            "0",
            other.id.upper(),
            f"{other.id}x",
            "null",
            "*",
            "a" * 300,
        )
    ]
    for answer in answers:
        assert_refused(answer, 403)
    assert len({answer.content for answer in answers}) == 1
    assert operation.family.ids(http) == [made["id"]]


@proves("X-2.3", "X-3.6", "X-3.7")
def test_the_client_tells_a_foreign_account(
    connect: Any, other: Account, wire: Wire, family: Family
) -> None:
    sgp = connect(account_id=other.id)
    with calls(wire, 1), refused(PermissionDeniedError):
        family.of(sgp).list()
    with calls(wire, 1), refused(PermissionDeniedError):
        family.add(sgp, wire)
    assert list(family.of(connect(api_key=other.token, account_id=other.id)).list()) == []
    assert list(family.of(connect()).list()) == []


@proves("X-2.5")
def test_two_accounts_at_once_are_refused(
    server: Server, http: httpx.Client, account: Account, other: Account, wire: Wire, family: Family
) -> None:
    made = family.fill(http, wire, 1)[0]
    for first, second in ((account.id, other.id), (other.id, account.id)):
        headers = [
            ("x-api-key", account.token),
            ("x-selected-account-id", first),
            ("x-selected-account-id", second),
        ]
        for method, path in (("GET", ""), ("GET", f"/{made['id']}"), ("DELETE", f"/{made['id']}")):
            assert_refused(wire.send_exactly(server.url, method, family.route + path, headers), 400)
    assert family.ids(http) == [made["id"]]


@proves("X-2.6")
def test_an_account_in_the_query_decides_nothing(
    http: httpx.Client, other: Account, wire: Wire, family: Family
) -> None:
    made = family.fill(http, wire, 1)[0]
    for name in ("account_id", "x-selected-account-id", "accountId"):
        told = http.get(family.route, params={name: other.id})
        assert [item["id"] for item in told.json()["items"]] == [made["id"]]
        assert http.get(f"{family.route}/{made['id']}", params={name: other.id}).json() == made


@proves("X-2.7", "X-3.20")
@every_operation_on_an_item
def test_what_is_anothers_is_the_same_404_as_nothing(
    server: Server, http: httpx.Client, other: Account, wire: Wire, operation: Operation
) -> None:
    family = operation.family
    with httpx.Client(
        base_url=server.url,
        headers={"x-api-key": other.token},
        event_hooks={"response": [wire.hear]},
    ) as theirs:
        foreign = family.fill(theirs, wire, 1)[0]
        answers = [
            operation.send(http, wire, id=named) for named in (foreign["id"], UNKNOWN_ID, "no-id")
        ]
        for answer in answers:
            assert_refused(answer, 404)
        assert len({answer.content for answer in answers}) == 1
        assert theirs.get(f"{family.route}/{foreign['id']}").json() == foreign


@proves("X-2.8", "C-3.8")
def test_lists_totals_and_names_show_the_own_account(
    connect: Any, other: Account, wire: Wire, family: Family
) -> None:
    ours, theirs = connect(), connect(api_key=other.token, account_id=other.id)
    mine = family.add(ours, wire, "mine")
    for label in ("theirs-1", "theirs-2"):
        family.add(theirs, wire, label)
    page = family.of(ours).list(limit=1)
    assert [item.id for item in page] == [mine.id]
    assert (page.total, page.has_more) == (1, False)
    if family is CREDENTIALS:
        assert ours.credentials.list(name="theirs-1").total == 0
        with refused(NotFoundError):
            ours.credentials.retrieve_by_name("theirs-1")
        with refused(NotFoundError):
            ours.credentials.decrypt_by_name("theirs-1")


@proves("X-2.9")
@every_operation_on_an_item
def test_an_id_of_the_other_family_is_404(
    http: httpx.Client, wire: Wire, operation: Operation
) -> None:
    stranger = next(family for family in FAMILIES if family is not operation.family)
    made = stranger.fill(http, wire, 1)[0]
    assert_refused(operation.send(http, wire, id=made["id"]), 404)
    assert http.get(f"{stranger.route}/{made['id']}").json() == made
