"""Secrets: reading one with its value and versions, listing many, deleting one."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from truefoundry_sdk import NotFoundError, Secret, SecretInput

from checks import (
    ID,
    SECRET_MEMBERS,
    UNKNOWN_ID,
    assert_now,
    assert_refused,
    calls,
    refused,
)
from identities import Account, Identity, unique
from proof import proves
from sizes import TEXT_MAX
from test_groups_errors import NO_IDS
from vault import EDITOR, Store, Vault, secret_ids
from wire import Wire

VALUES = [
    "x",
    " ",
    "\n",
    "\x00",
    "line\r\nline\x00\x1b[0m\x7f",
    "пароль-密码-🔑-é-é",
    '{"b": [1, 2, {"a": null}],  "a": 1.0}',
    "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
    "v" * TEXT_MAX,
    "é" * (TEXT_MAX // 2),
    "null",
    "tfy-secret://a:b:c",
]

# -- one -----------------------------------------------------------------------------------------


@proves("S-1.1", "S-1.3", "S-1.4")
def test_get_tells_all_of_a_secret(
    vault: Vault, account: Account, admin: Identity, wire: Wire
) -> None:
    made = vault.fill("api-key", "other")
    told = vault.client.secrets.get(made.secret("api-key")).data
    raw = wire.last.json()["data"]
    assert wire.last.status == 200 and set(wire.last.json()) == {"data"}
    assert type(told) is Secret and set(raw) >= SECRET_MEMBERS
    assert (raw["id"], raw["name"]) == (made.secret("api-key"), "api-key")
    assert raw["fqn"] == f"{account.name}:{made.name}:api-key"
    assert raw["secretGroupId"] == made.id
    assert raw["value"] == made.values["api-key"]
    assert raw["activeDeploymentsCount"] == 0
    assert raw["createdBy"] == raw["createdBySubject"]["subjectSlug"] == admin.email
    assert raw["createdBySubject"]["subjectId"] == admin.id
    assert_now(raw["createdAt"])
    assert_now(raw["updatedAt"])
    (version,) = raw["secretVersions"]
    assert version["fqn"] == f"{raw['fqn']}:1" and version["version"] == 1


@proves("S-1.2", "G-1.11")
@pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{len(value.encode())}-bytes")
def test_a_value_comes_back_exactly(vault: Vault, value: str) -> None:
    secrets = [SecretInput(key="k", value=value)]
    made = vault.client.secret_groups.create(
        name=unique(), integration_id=vault.store.id, secrets=secrets
    ).data
    (secret,) = made.associated_secrets
    assert vault.value(secret.id) == value
    (listed,) = vault.client.secrets.list(secret_group_id=made.id, with_value=True)
    assert listed.value == value


@proves("S-1.4")
def test_versions_are_told_newest_first_without_values(
    vault: Vault, account: Account, wire: Wire
) -> None:
    made = vault.fill("k")
    for _ in range(3):
        vault.update(made, k=wire.canary())
    told = vault.client.secrets.get(made.secret("k")).data
    fqn = f"{account.name}:{made.name}:k"
    assert [version.version for version in told.secret_versions] == [4, 3, 2, 1]
    assert [version.fqn for version in told.secret_versions] == [f"{fqn}:{n}" for n in (4, 3, 2, 1)]
    assert len({version.id for version in told.secret_versions}) == 4
    raw = wire.last.json()["data"]
    times = [version["createdAt"] for version in raw["secretVersions"]]
    assert times == sorted(times, reverse=True)
    for version in raw["secretVersions"]:
        assert version["secretId"] == made.secret("k")
        assert version.get("value") is None
        assert_now(version["createdAt"])
    assert raw["value"] == wire.canaries[-1]


@proves("S-1.3")
def test_the_creator_stays_the_creator(connect: Any, vault: Vault, member: Identity) -> None:
    made = vault.fill("old")
    vault.share(made, {f"user:{member.email}": EDITOR})
    editor = Vault(connect(member.token), vault.store, vault.wire)
    changed = editor.update(made, old="changed by another", new="made by another")
    told = {one.name: one for one in editor.client.secrets.list(secret_group_id=changed.id)}
    assert told["old"].created_by == made.group.created_by
    assert told["new"].created_by == member.email
    assert told["new"].created_by_subject.subject_id == member.id


@proves("S-1.5", "X-3.11", "X-3.12")
def test_the_client_tells_an_unknown_secret(vault: Vault, wire: Wire) -> None:
    made = vault.fill("k")
    for id in (UNKNOWN_ID, made.id, made.secret("k").upper(), "k", f"{made.name}:k"):
        for ask in (vault.client.secrets.get, vault.client.secrets.delete):
            with calls(wire, 1), refused(NotFoundError):
                ask(id)
    assert vault.value(made.secret("k")) == made.values["k"]


@proves("S-1.5")
@pytest.mark.parametrize("id", NO_IDS, ids=lambda id: id[:20])
def test_an_id_that_names_nothing_is_404(http: httpx.Client, id: str) -> None:
    assert_refused(http.get(f"/secrets/{id}"), 404)
    assert_refused(http.delete(f"/secrets/{id}"), 404)


@proves("S-1.6")
def test_reading_changes_nothing(vault: Vault) -> None:
    made = vault.fill("k")
    before = vault.client.secret_groups.get(made.id).data
    first = vault.client.secrets.get(made.secret("k")).data
    list(vault.client.secrets.list(with_value=True))
    assert vault.client.secrets.get(made.secret("k")).data == first
    assert vault.client.secret_groups.get(made.id).data == before


# -- many ----------------------------------------------------------------------------------------


@proves("S-2.1", "S-2.2")
def test_the_list_has_values_only_when_asked(vault: Vault, http: httpx.Client) -> None:
    first, second = vault.fill("a", "b"), vault.fill("a")
    ids = {first.secret("a"), first.secret("b"), second.secret("a")}
    bare = http.post("/secrets", json={})
    assert bare.status_code == 200
    assert {row["id"] for row in bare.json()["data"]} == ids
    assert all(row.get("value") is None for row in bare.json()["data"])
    for told in vault.client.secrets.list(), vault.client.secrets.list(with_value=False):
        secrets = list(told)
        assert {one.id for one in secrets} == ids
        assert {one.value for one in secrets} == {None}
    opened = {one.id: one.value for one in vault.client.secrets.list(with_value=True)}
    assert opened == {
        first.secret("a"): first.values["a"],
        first.secret("b"): first.values["b"],
        second.secret("a"): second.values["a"],
    }


@proves("S-2.1")
def test_a_row_is_what_get_tells(vault: Vault) -> None:
    made = vault.fill("a")
    (row,) = vault.client.secrets.list(with_value=True)
    told = vault.client.secrets.get(made.secret("a")).data
    for member in ("id", "fqn", "name", "secret_group_id", "value", "created_by", "created_at"):
        assert getattr(row, member) == getattr(told, member)
    assert ID.fullmatch(row.id)


@proves("S-2.3", "S-2.4", "S-2.5")
def test_filters_find_what_they_name(vault: Vault, account: Account) -> None:
    first, second = vault.fill("a", "b"), vault.fill("a", "c")

    def found(**filters: Any) -> set[str]:
        return {one.id for one in vault.client.secrets.list(**filters)}

    def fqn(made: Any, key: str) -> str:
        return f"{account.name}:{made.name}:{key}"

    assert found(secret_group_id=first.id) == {first.secret("a"), first.secret("b")}
    assert found(secret_fqns=[fqn(first, "a")]) == {first.secret("a")}
    both = {first.secret("b"), second.secret("c")}
    assert found(secret_fqns=[fqn(first, "b"), fqn(second, "c")]) == both
    unknown = [fqn(first, "a"), fqn(first, "z"), fqn(first, "A"), "nobody:x:a", "a", ""]
    assert found(secret_fqns=unknown) == {first.secret("a")}
    named = [fqn(first, "a"), fqn(second, "a")]
    assert found(secret_fqns=named, secret_group_id=second.id) == {second.secret("a")}


@proves("S-2.6")
def test_null_filters_are_no_filters(vault: Vault, wire: Wire) -> None:
    made = vault.fill("a", "b")
    found = list(vault.client.secrets.list(secret_fqns=None, secret_group_id=None))
    sent = wire.last.sent()
    assert sent["secretFqns"] is None and sent["secretGroupId"] is None
    assert {one.id for one in found} == {made.secret("a"), made.secret("b")}


@proves("S-2.7", "X-2.2")
def test_a_foreign_group_is_the_same_as_none(
    vault: Vault, connect: Any, http: httpx.Client, bearer: Any, other: Account, wire: Wire
) -> None:
    vault.fill("a")
    theirs = Vault(connect(other.token), Store.of(bearer(other.token)), wire).fill("a")
    for with_value in (True, False):
        foreign, unknown = (
            http.post("/secrets", json={"secretGroupId": id, "withValue": with_value})
            for id in (theirs.id, UNKNOWN_ID)
        )
        assert_refused(foreign, 404)
        assert foreign.content == unknown.content
    asked = {"secretFqns": [f"{other.name}:{theirs.name}:a"], "withValue": True}
    assert http.post("/secrets", json=asked).json()["data"] == []


@proves("S-2.8")
@pytest.mark.parametrize(
    "wrong",
    [
        {"secretFqns": "a:b:c"},
        {"secretFqns": [5]},
        {"secretFqns": {}},
        {"secretGroupId": 5},
        {"secretGroupId": ["a"]},
        {"withValue": "true"},
        {"withValue": 1},
        {"limit": "10"},
        {"limit": 1.5},
        {"offset": []},
    ],
    ids=str,
)
def test_a_member_of_another_type_is_422(http: httpx.Client, wrong: dict[str, Any]) -> None:
    assert_refused(http.post("/secrets", json=wrong), 422)


# -- delete --------------------------------------------------------------------------------------


@proves("S-3.1", "S-3.2")
def test_delete_answers_how_many(vault: Vault, wire: Wire) -> None:
    made = vault.fill("gone", "kept")
    count = vault.client.secrets.delete(made.secret("gone"))
    assert (wire.last.status, wire.last.body.strip()) == (200, b"1")
    assert type(count) is float and count == 1
    for ask in (vault.client.secrets.get, vault.client.secrets.delete):
        with refused(NotFoundError):
            ask(made.secret("gone"))
    left = vault.client.secret_groups.get(made.id).data
    assert secret_ids(left) == {"kept": made.secret("kept")}
    assert [one.id for one in vault.client.secrets.list()] == [made.secret("kept")]
    assert vault.value(made.secret("kept")) == made.values["kept"]


@proves("S-3.3")
def test_a_deleted_key_is_free_at_once(vault: Vault, wire: Wire) -> None:
    made = vault.fill("again", "kept")
    vault.client.secrets.delete(made.secret("again"))
    value = wire.canary()
    second = secret_ids(vault.update(made, again=value, kept=None))["again"]
    assert second != made.secret("again")
    assert vault.value(second) == value and vault.versions(second) == [1]


@proves("S-3.4")
@pytest.mark.parametrize("force", [True, False])
def test_force_delete_is_accepted(vault: Vault, wire: Wire, force: bool) -> None:
    made = vault.fill("a")
    assert vault.client.secrets.delete(made.secret("a"), force_delete=force) == 1
    assert wire.last.target.endswith(f"?forceDelete={str(force).lower()}")
