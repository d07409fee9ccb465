"""Tenants: nothing of one is seen or touched by another."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from calls import ABOUT_ONE, Belongings, Call
from checks import UNKNOWN_ID, assert_refused
from identities import Account
from proof import proves
from vault import Filled, Store, Vault
from wire import Wire

KINDS = ("group", "secret", "user", "team", "robot", "pat")

every_call_about_one = pytest.mark.parametrize("call", ABOUT_ONE, ids=str)


@pytest.fixture
def theirs(other: Account, bearer: Any, wire: Wire) -> Belongings:
    """What another tenant has; its token is that of the tenant's first administrator."""
    return Belongings.of(other, bearer(other.token), wire)


@proves("X-2.1", "X-3.9")
@every_call_about_one
def test_what_is_anothers_is_the_same_404_as_nothing(
    http: httpx.Client, theirs: Belongings, call: Call
) -> None:
    before = theirs.told()
    answers = [call.send(http, id) for id in (theirs.ids[str(call.about)], UNKNOWN_ID, "nobody")]
    for answer in answers:
        assert_refused(answer, 404)
    assert len({answer.content for answer in answers}) == 1
    assert theirs.told() == before


@proves("X-2.4")
@every_call_about_one
def test_an_id_of_another_kind_is_404(
    http: httpx.Client, account: Account, wire: Wire, call: Call
) -> None:
    mine = Belongings.of(account, http, wire)
    before = mine.told()
    for kind in KINDS:
        if kind != call.about:
            assert_refused(call.send(http, mine.ids[kind]), 404)
    assert mine.told() == before


@proves("X-2.2")
def test_lists_show_the_own_tenant_only(
    http: httpx.Client, theirs: Belongings, other: Account
) -> None:
    told = theirs.told()
    their_ids = set(theirs.ids.values())
    group = told[f"/secret-groups/{theirs.ids['group']}"]["data"]
    secret = told[f"/secrets/{theirs.ids['secret']}"]["data"]
    for answer in (
        http.get("/secret-groups"),
        http.get("/secret-groups", params={"search": group["name"]}),
        http.get("/secret-groups", params={"search": "theirs"}),
        http.get("/secret-groups", params={"fqn": group["fqn"]}),
        http.post("/secrets", json={"withValue": True}),
        http.post("/secrets", json={"secretFqns": [secret["fqn"]], "withValue": True}),
        http.get("/personal-access-tokens"),
        http.get("/virtual-accounts"),
        http.get("/teams/user"),
        http.get("/users"),
        http.get("/users", params={"query": "example.test"}),
        http.get("/provider-integrations"),
        http.get("/provider-accounts"),
    ):
        assert answer.status_code == 200
        found = {row.get("id") for row in answer.json()["data"]}
        assert found.isdisjoint(their_ids)
        assert answer.json()["pagination"]["total"] == len(answer.json()["data"])
        assert other.name not in answer.text and other.id not in answer.text
    name = told[f"/virtual-accounts/{theirs.ids['robot']}"]["data"]["manifest"]["name"]
    answer = http.get("/virtual-accounts/exists", params={"name": name})
    assert answer.json() == {"exists": False}


@proves("X-2.5")
def test_a_tenant_in_the_question_decides_nothing(
    vault_sync: Vault, http: httpx.Client, account: Account, other: Account, bearer: Any
) -> None:
    made = vault_sync.fill("a")
    named = {"tenantName": other.name, "accountId": other.id, "account": other.name}
    listed = http.get("/secret-groups", params=named, headers={"x-tfy-tenant": other.name})
    assert [row["id"] for row in listed.json()["data"]] == [made.id]
    opened = http.post("/secrets", json=named)
    assert [row["id"] for row in opened.json()["data"]] == [made.secret("a")]
    secrets = [{"key": "k", "value": "a value"}]
    body = {"name": "here", "integrationId": vault_sync.store.id, "secrets": secrets, **named}
    told = http.post("/secret-groups", json=body)
    if told.status_code == 200:
        assert told.json()["data"]["tenantName"] == account.name
        assert told.json()["data"]["accountId"] == account.id
    else:
        assert_refused(told, 422)
    assert bearer(other.token).get("/secret-groups").json()["data"] == []


@proves("X-2.1", "X-2.2")
def test_even_an_administrator_of_another_tenant_reads_nothing(
    vault_sync: Vault, other: Account, bearer: Any
) -> None:
    made: Filled = vault_sync.fill("a")
    asking = bearer(other.user("admin").token)
    Store.of(asking)
    for path in (f"/secret-groups/{made.id}", f"/secrets/{made.secret('a')}"):
        assert_refused(asking.get(path), 404)
        assert_refused(asking.delete(path), 404)
    body = {"secrets": [{"key": "a", "value": "overwritten"}]}
    assert_refused(asking.put(f"/secret-groups/{made.id}", json=body), 404)
    assert vault_sync.value(made.secret("a")) == made.values["a"]
    assert vault_sync.versions(made.secret("a")) == [1]
