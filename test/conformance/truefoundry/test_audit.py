"""The audit log, by plain HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx
import pytest

from checks import assert_now, assert_refused
from identities import Account, Identity
from proof import proves
from vault import EDITOR, Filled, Store, Vault
from wire import Wire


def rows(http: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    answer = http.get("/audit-logs", params={"metric": "list", "limit": 1000, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.fixture
def made(vault_sync: Vault) -> Filled:
    return vault_sync.fill("a")


@proves("A-2.1")
@pytest.mark.parametrize("query", [{}, {"metric": ""}, {"metric": "sum"}, {"metric": "List"}])
def test_the_metric_is_required(http: httpx.Client, query: dict[str, str]) -> None:
    assert_refused(http.get("/audit-logs", params=query), 422)


@proves("A-2.2")
def test_what_was_done_has_a_row(
    http: httpx.Client, made: Filled, account: Account, admin: Identity
) -> None:
    found = rows(http, resourceId=made.id)
    assert found
    for row in found:
        assert row["id"] and row["requestPath"].startswith("/api/svc/v1/")
        assert (row["resourceId"], row["resourceName"]) == (made.id, made.name)
        assert row["resourceFqn"] == made.group.fqn
        assert row["tenantName"] == account.name
        assert row["subject"]["subjectId"] == admin.id
        assert row["subject"]["subjectType"] == "user"
        assert row["subject"]["subjectSlug"] == admin.email
        assert_now(row["createdAt"])
    assert len({row["id"] for row in found}) == len(found)


@proves("A-2.3")
def test_filters_find_what_they_name(
    vault_sync: Vault,
    http: httpx.Client,
    made: Filled,
    connect_sync: Any,
    account: Account,
    admin: Identity,
) -> None:
    another, mate = vault_sync.fill("a"), account.user("admin")
    connect_sync(mate.token).secret_groups.delete(another.id)
    by_id = rows(http, resourceId=made.id)
    assert rows(http, resourceName=made.name, resourceType="secret-group") == by_id
    assert rows(http, resourceFqn=made.group.fqn) == by_id
    assert rows(http, resourceId="nobody") == rows(http, resourceFqn="a:b") == []
    slugs = {row["subject"]["subjectSlug"] for row in rows(http, resourceId=another.id)}
    assert slugs == {admin.email, mate.email}
    (deleted,) = rows(http, resourceId=another.id, subjectSlug=mate.email)
    both = rows(http, resourceId=another.id, subjectSlug=f"{mate.email},x@example.test")
    assert both == [deleted]
    assert rows(http, resourceId=another.id, action=deleted["action"]) == [deleted]
    assert deleted not in rows(http, resourceId=made.id)


@proves("A-2.3")
def test_start_and_end_bound_the_time(http: httpx.Client, made: Filled) -> None:
    now = dt.datetime.now(dt.UTC)

    def at(**delta: int) -> str:
        return (now + dt.timedelta(**delta)).isoformat().replace("+00:00", "Z")

    whole = rows(http, resourceId=made.id)
    assert rows(http, resourceId=made.id, start=at(hours=-1), end=at(hours=1)) == whole
    assert rows(http, resourceId=made.id, start=at(hours=1)) == []
    assert rows(http, resourceId=made.id, end=at(hours=-1)) == []
    asked = {"metric": "list", "start": "yesterday"}
    assert_refused(http.get("/audit-logs", params=asked), 422)


@proves("A-2.4")
def test_count_tells_how_many(
    vault_sync: Vault, http: httpx.Client, made: Filled, wire: Wire
) -> None:
    for _ in range(3):
        vault_sync.update(made, a=wire.canary())
    listed = rows(http, resourceId=made.id)
    asked = {"metric": "count", "resourceId": made.id}
    answer = http.get("/audit-logs", params=asked)
    assert answer.status_code == 200
    assert answer.json()["pagination"]["total"] == len(listed)


@proves("A-2.5")
def test_others_see_what_they_did_themselves(
    vault_sync: Vault,
    http: httpx.Client,
    bearer: Any,
    connect_sync: Any,
    made: Filled,
    member: Identity,
    wire: Wire,
) -> None:
    vault_sync.share(made, {f"user:{member.email}": EDITOR})
    plain = bearer(member.token)
    Vault(connect_sync(member.token), vault_sync.store, wire).update(made, a=wire.canary())
    mine = rows(plain, resourceId=made.id)
    assert mine and {row["subject"]["subjectId"] for row in mine} == {member.id}
    everything = rows(http, resourceId=made.id)
    assert len(everything) > len(mine)
    assert {row["subject"]["subjectId"] for row in rows(plain)} == {member.id}


@proves("A-2.5", "X-2.2")
def test_a_tenant_sees_nothing_of_another(
    http: httpx.Client, bearer: Any, made: Filled, other: Account
) -> None:
    theirs = bearer(other.token)
    Store.of(theirs)
    assert rows(theirs, resourceId=made.id) == rows(theirs, resourceFqn=made.group.fqn) == []
    assert {row["tenantName"] for row in rows(theirs)} <= {other.name}
    assert rows(http, resourceId=made.id)


@proves("A-2.6")
def test_reading_a_value_is_on_the_record(
    vault_sync: Vault, http: httpx.Client, made: Filled, wire: Wire
) -> None:
    before = rows(http, resourceId=made.secret("a"))
    assert vault_sync.value(made.secret("a")) == made.values["a"]
    after = rows(http, resourceId=made.secret("a"))
    assert len(after) == len(before) + 1
    assert wire.leaks() == []


@proves("A-2.7")
def test_a_token_made_for_somebody_names_both(
    http: httpx.Client, admin: Identity, member: Identity
) -> None:
    asked = {"name": "gift", "userEmail": member.email}
    assert http.post("/personal-access-tokens/for-user", json=asked).status_code == 200
    (row,) = rows(http, resourceId=member.id, action="token.create")
    assert (row["resourceName"], row["subject"]["subjectId"]) == (member.email, admin.id)
