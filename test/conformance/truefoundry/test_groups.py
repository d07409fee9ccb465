"""Secret groups: create, get and list, by the client."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from truefoundry_sdk import HttpError, NotFoundError, SecretGroup, SecretInput
from truefoundry_sdk.core.api_error import ApiError

from checks import GROUP_MEMBERS, ID, ONCE, assert_now, assert_refused, calls, moment, refused
from identities import Account, Identity, unique
from proof import proves
from vault import Store, Vault, secret_ids
from wire import Wire

# -- create --------------------------------------------------------------------------------------


@proves("G-1.1", "G-1.2", "G-1.3", "G-1.4", "G-1.5")
def test_create_answers_the_whole_group(
    vault: Vault, account: Account, admin: Identity, wire: Wire
) -> None:
    name = unique("Group")
    made = vault.fill("db-password", "api.KEY_2", name=name)
    told = wire.last.json()["data"]
    assert wire.last.status == 200 and set(wire.last.json()) == {"data"}
    assert type(made.group) is SecretGroup
    assert set(told) >= GROUP_MEMBERS
    assert ID.fullmatch(told["id"])
    assert told["name"] == name
    assert told["fqn"] == f"{account.name}:{name}"
    assert (told["tenantName"], told["accountId"]) == (account.name, account.id)
    assert told["integrationId"] == vault.store.id
    assert told["createdBySubject"]["subjectId"] == admin.id
    assert told["createdBySubject"]["subjectType"] == "user"
    assert told["createdBySubject"]["subjectSlug"] == told["createdBy"] == admin.email
    assert_now(told["createdAt"])
    assert_now(told["updatedAt"])
    secrets = {secret["name"]: secret for secret in told["associatedSecrets"]}
    assert set(secrets) == {"db-password", "api.KEY_2"}
    for key, secret in secrets.items():
        assert ID.fullmatch(secret["id"])
        assert secret["fqn"] == f"{account.name}:{name}:{key}"
        assert secret["secretGroupId"] == told["id"]


@proves("G-1.6")
def test_every_secret_starts_with_version_1(vault: Vault) -> None:
    made = vault.fill("one", "two")
    assert vault.versions(made.secret("one")) == vault.versions(made.secret("two")) == [1]
    assert vault.value(made.secret("one")) == made.values["one"]
    assert vault.value(made.secret("two")) == made.values["two"]


@proves("G-1.9")
@pytest.mark.parametrize("name", ["a", "7", "Prod", "a.b_c-D", "A" + "-" * 40, "0..", "x__"])
def test_a_name_is_accepted(vault_sync: Vault, account: Account, name: str) -> None:
    made = vault_sync.fill(name=name).group
    assert made.fqn == f"{account.name}:{name}"
    assert vault_sync.client.secret_groups.get_by_fqn(made.fqn).data.id == made.id


@proves("G-1.10")
@pytest.mark.parametrize(
    "key", ["a", "API_KEY", "a.b-c", "with space", "-", "ключ", "🔑", "k" * 200]
)
def test_a_key_is_accepted(vault_sync: Vault, account: Account, key: str) -> None:
    made = vault_sync.fill(key)
    assert vault_sync.value(made.secret(key)) == made.values[key]
    (secret,) = made.group.associated_secrets
    assert (secret.name, secret.fqn) == (key, f"{account.name}:{made.name}:{key}")


@proves("G-1.14")
def test_two_tenants_may_use_one_name(
    connect: Any, vault: Vault, other: Account, bearer: Any, wire: Wire
) -> None:
    theirs = Vault(connect(other.token), Store.of(bearer(other.token)), wire)
    here, there = vault.fill("k", name="shared-name"), theirs.fill("k", name="shared-name")
    assert here.id != there.id and here.group.fqn != there.group.fqn
    assert vault.value(here.secret("k")) == here.values["k"]
    assert theirs.value(there.secret("k")) == there.values["k"]


@proves("G-1.13", "X-3.12")
def test_a_taken_name_is_409_and_changes_nothing(vault: Vault, wire: Wire) -> None:
    made = vault.fill("kept", name="taken")
    before = vault.client.secret_groups.get(made.id).data
    with calls(wire, 1), refused(ApiError, 409):
        vault.client.secret_groups.create(
            name="taken",
            integration_id=vault.store.id,
            secrets=[SecretInput(key="kept", value=wire.canary())],
            request_options=ONCE,
        )
    assert vault.client.secret_groups.get(made.id).data == before
    assert vault.value(made.secret("kept")) == made.values["kept"]
    assert vault.versions(made.secret("kept")) == [1]


@proves("G-1.15")
async def test_of_many_creates_of_one_name_one_succeeds(
    connect_async: Any, store: Store, wire: Wire
) -> None:
    tfy = connect_async()
    outcomes = await asyncio.gather(
        *(
            tfy.secret_groups.create(
                name="contested",
                integration_id=store.id,
                secrets=[SecretInput(key="k", value=wire.canary())],
                request_options=ONCE,
            )
            for _ in range(20)
        ),
        return_exceptions=True,
    )
    won = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(won) == 1
    assert {outcome.status_code for outcome in lost} == {409}
    pager = await tfy.secret_groups.list(search="contested")
    assert [group.id async for group in pager] == [won[0].data.id]
    await tfy._client_wrapper.httpx_client.httpx_client.aclose()


# -- get and list --------------------------------------------------------------------------------


def same(group: SecretGroup) -> dict[str, Any]:
    """What every call tells alike of one group."""
    return {
        "id": group.id,
        "fqn": group.fqn,
        "tenant": group.tenant_name,
        "account": group.account_id,
        "integration": group.integration_id,
        "manifest": group.manifest,
        "created": (group.created_at, group.created_by, group.created_by_subject.subject_id),
        "updated": group.updated_at,
        "secrets": sorted((one.name, one.id, one.fqn) for one in group.associated_secrets),
    }


@proves("G-2.1", "G-2.2")
def test_get_and_list_tell_the_same_as_create(vault: Vault, tfy: Any) -> None:
    made, another = vault.fill("a", "b"), vault.fill("c")
    assert same(tfy.secret_groups.get(made.id).data) == same(made.group)
    listed = {group.id: same(group) for group in tfy.secret_groups.list()}
    assert listed[made.id] == same(made.group)
    assert listed[another.id] == same(another.group)


@proves("G-2.3", "G-2.4")
def test_one_is_found_by_its_fqn(vault: Vault, tfy: Any, account: Account, wire: Wire) -> None:
    made = vault.fill("a", name="exact")
    vault.fill("a", name="exact-2")
    assert [group.id for group in tfy.secret_groups.list(fqn=made.group.fqn)] == [made.id]
    with calls(wire, 1):
        assert same(tfy.secret_groups.get_by_fqn(made.group.fqn).data) == same(made.group)
    for unknown in (f"{account.name}:exac", f"{account.name}:EXACT", "exact", "nobody:exact", ":"):
        page = tfy.secret_groups.list(fqn=unknown)
        assert wire.last.status == 200 and page.items == []
        assert page.response.pagination.total == 0


@proves("G-2.4")
def test_an_unknown_fqn_is_the_clients_own_error(tfy: Any, account: Account, wire: Wire) -> None:
    with calls(wire, 1), pytest.raises(NotFoundError) as caught:
        tfy.secret_groups.get_by_fqn(f"{account.name}:nowhere")
    assert wire.last.status == 200
    assert type(caught.value.body) is HttpError and caught.value.body.status_code == 404


@proves("G-2.5", "G-2.6")
def test_search_finds_by_group_and_by_secret(vault: Vault, tfy: Any) -> None:
    payments = vault.fill("stripe-key", "dsn", name="payments-prod")
    mail = vault.fill("SMTP_PASSWORD", "stripe-hook", name="mail-prod")
    vault.fill("unrelated", name="elsewhere")

    def found(text: str) -> dict[str | None, set[str]]:
        return {group.id: set(secret_ids(group)) for group in tfy.secret_groups.list(search=text)}

    whole = {payments.id: {"stripe-key", "dsn"}, mail.id: {"SMTP_PASSWORD", "stripe-hook"}}
    assert found("-prod") == whole
    assert found("stripe") == whole
    assert found("payments") == {payments.id: whole[payments.id]}
    assert found("smtp_pass") == {mail.id: whole[mail.id]}
    assert found("PAYMENTS") == {payments.id: whole[payments.id]}
    assert found("no-such-thing") == {}


@proves("G-2.5")
@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "*", "a%b", "[a-z]", ".*"])
def test_search_takes_every_character_as_it_is(vault_sync: Vault, text: str) -> None:
    vault_sync.fill("ab", name="a.b-c")
    assert list(vault_sync.client.secret_groups.list(search=text)) == []


@proves("G-2.7")
def test_attributes_are_accepted_in_both_forms(
    vault: Vault, tfy: Any, http: httpx.Client, wire: Wire
) -> None:
    made = vault.fill("a")
    (group,) = tfy.secret_groups.list(attributes=["id", "fqn"])
    assert wire.exchanges[-2].target.count("attributes=") == 2
    assert (group.id, group.fqn) == (made.id, made.group.fqn)
    for asked in ("name", "id,name", "manifest,createdAt", "id", "nothing"):
        answer = http.get("/secret-groups", params={"attributes": asked})
        assert answer.status_code == 200
        assert [row["id"] for row in answer.json()["data"]] == [made.id]


@proves("G-2.9")
def test_no_answer_about_groups_holds_a_value(vault: Vault, tfy: Any, wire: Wire) -> None:
    made = vault.fill("a", "b")
    tfy.secret_groups.get(made.id)
    list(tfy.secret_groups.list())
    vault.update(made, a=wire.canary(), b=None)
    vault.put(made.name)
    for exchange in wire.exchanges:
        if exchange.path.endswith("/provider-integrations"):
            continue
        data = exchange.json()["data"]
        for group in data if isinstance(data, list) else [data]:
            assert all(secret.get("value") is None for secret in group["associatedSecrets"])
    assert wire.leaks() == []


@proves("G-1.4")
def test_times_have_a_zone_and_an_order(vault: Vault, wire: Wire) -> None:
    made = vault.fill("a")
    created = wire.last.json()["data"]
    vault.update(made, a=wire.canary())
    changed = wire.last.json()["data"]
    assert moment(changed["updatedAt"]) >= moment(created["updatedAt"])
    assert changed["createdAt"] == created["createdAt"]


@proves("G-2.7")
def test_the_client_asks_with_limit_and_offset(tfy: Any, wire: Wire) -> None:
    assert list(tfy.secret_groups.list()) == []
    assert "limit=100&offset=0" in wire.last.target


@proves("G-2.2")
def test_the_list_needs_no_parameters(http: httpx.Client, vault_sync: Vault) -> None:
    made = vault_sync.fill("a")
    answer = http.get("/secret-groups")
    assert answer.status_code == 200
    assert [row["id"] for row in answer.json()["data"]] == [made.id]
    assert_refused(http.get("/secret-groups", params={"limit": "many"}), 422)
