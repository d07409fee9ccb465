"""The client itself: every method, both kinds, raw answers, settings, additions."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from truefoundry_sdk import (
    AsyncTrueFoundry,
    SecretGroupManifest,
    SecretInput,
    TeamManifest,
    TrueFoundry,
    UpdateSecretInput,
    VirtualAccountManifest,
)
from truefoundry_sdk.core.parse_error import ParsingError

from identities import Account, Identity, Server, unique, unique_email
from proof import proves
from vault import Store, Vault
from wire import Wire


def every_method(tfy: Any, store: Store, who: Identity, wire: Wire) -> int:
    """Calls every method that this suite is about, with all it takes; answers how many."""
    before = wire.calls
    group = tfy.secret_groups.create(
        name=unique(),
        integration_id=store.id,
        secrets=[SecretInput(key=key, value=wire.canary()) for key in ("a", "b")],
    ).data
    manifest = SecretGroupManifest(name=unique(), integration_fqn=store.fqn)
    put = tfy.secret_groups.create_or_update(manifest=manifest, dry_run=False).data
    tfy.secret_groups.get(group.id)
    changes = [UpdateSecretInput(key="a", value=wire.canary()), UpdateSecretInput(key="b")]
    secret = tfy.secret_groups.update(group.id, secrets=changes).data.associated_secrets[0]
    tfy.secret_groups.get_by_fqn(group.fqn)
    tfy.secret_groups.list(limit=10, offset=0, fqn=group.fqn, search="", attributes=["id"])
    tfy.secrets.get(secret.id)
    tfy.secrets.list(
        limit=10, offset=0, secret_fqns=[secret.fqn], secret_group_id=group.id, with_value=True
    )
    tfy.secrets.delete(secret.id, force_delete=False)
    tfy.secret_groups.delete(put.id, force_delete=True)

    tokens = tfy.personal_access_tokens
    tokens.create(name="every-method", token_type="jwt")
    tokens.create_for_user(name="every-method", user_email=who.email)
    listed = tokens.list(limit=10, offset=0, name_search_query="every")
    tokens.delete(listed.items[0].id)
    tokens.revoke_all(email=who.email)

    robots = tfy.virtual_accounts
    robot = robots.create_or_update(manifest=VirtualAccountManifest(name=unique("robot"))).data
    robots.get(robot.id)
    robots.get_token(robot.id)
    robots.regenerate_token(robot.id, grace_period_in_minutes=5)
    robots.exists(name="nobody")
    robots.list(limit=10, offset=0, name_search_query="robot", is_expired=False)
    robots.delete(robot.id)

    manifest = TeamManifest(name=unique("team"), members=[who.email])
    team = tfy.teams.create_or_update(manifest=manifest, dry_run=False).data
    tfy.teams.get(team.id)
    tfy.teams.list(limit=10, offset=0)
    tfy.teams.list_members(team.id, offset=0, limit=10)
    tfy.teams.list_managers(team.id, offset=0, limit=10)
    tfy.teams.get_permissions(team.id)
    tfy.teams.delete(team.id)

    users, email = tfy.users, unique_email()
    users.list(limit=10, offset=0, query="@", show_invalid_users=False)
    user = users.get(who.id).data
    users.pre_register_users(email=email, send_invite_email=False, skip_if_user_exists=False)
    users.invite_user(email=unique_email(), accept_invite_client_url="https://x.example.test")
    users.update_roles(email=who.email, roles=user.roles)
    users.deactivate(email=who.email)
    users.activate(email=who.email)
    users.get_resources(who.id)
    users.get_permissions(who.id)
    users.get_teams(who.id)
    users.delete(who.id, force_delete=True)
    tfy.internal.users.get_info()

    last = TeamManifest(name=unique("team"), members=[])
    tfy.apply(manifest=last, dry_run=False, force=False)
    tfy.delete(manifest=last)
    return wire.calls - before


METHODS = 43


@proves("X-5.1", "X-5.2")
def test_every_method(tfy: Any, store: Store, account: Account, wire: Wire) -> None:
    before = wire.calls
    assert every_method(tfy, store, account.user("member"), wire) == METHODS
    for exchange in wire.exchanges[before:]:
        assert exchange.status == 200
        assert exchange.request_headers["user-agent"] == "truefoundry-sdk/0.6.0"


@proves("X-5.4")
def test_a_trailing_slash_of_the_base_url_is_fine(
    connect: Any, server: Server, store: Store, account: Account, wire: Wire
) -> None:
    tfy = connect(base_url=f"{server.url}/")
    assert every_method(tfy, store, account.user("member"), wire) == METHODS
    assert not any("//" in exchange.path for exchange in wire.exchanges)


@proves("X-5.2")
def test_the_clients_are_the_two_kinds(connect_sync: Any, connect_async: Any) -> None:
    assert type(connect_sync()) is TrueFoundry
    tfy = connect_async()
    assert type(tfy) is AsyncTrueFoundry
    asyncio.run(tfy._client_wrapper.httpx_client.httpx_client.aclose())


@proves("X-5.3")
def test_raw_answers(vault: Vault, tfy: Any) -> None:
    made = vault.fill("a")
    raw = tfy.secret_groups.with_raw_response.get(made.id)
    assert raw.data.data.id == made.id
    assert raw.headers["content-type"].split(";")[0] == "application/json"
    counted = tfy.secrets.with_raw_response.delete(made.secret("a"))
    assert counted.data == 1
    assert tfy.secret_groups.with_raw_response.delete(made.id).headers["content-length"] == "2"


@proves("X-5.1")
def test_the_typed_client_would_tell(connect_sync: Any, vault_sync: Vault) -> None:
    """The check that its types can fail at all: a secret is no group."""
    made = vault_sync.fill("a")
    groups = connect_sync().secret_groups
    with pytest.raises(ParsingError):
        groups.get(f"../secrets/{made.secret('a')}")


@proves("X-5.5")
def test_the_setting_from_the_environment(server: Server, admin: Identity) -> None:
    code = (
        "from truefoundry_sdk import TrueFoundry\n"
        f"print(TrueFoundry(base_url={server.url!r}).internal.users.get_info().id)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"TFY_API_KEY": admin.token, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.strip() == admin.id


@proves("X-5.6")
def test_what_a_caller_adds_is_ignored(vault: Vault, tfy: Any, wire: Wire) -> None:
    made = vault.fill("a")
    added = {
        "additional_headers": {"x-team": "payments"},
        "additional_query_parameters": {"colour": "blue", "__proto__": "x"},
    }
    assert tfy.secret_groups.get(made.id, request_options=added).data.id == made.id
    assert "colour=blue" in wire.last.target
    found = tfy.secret_groups.list(request_options=added)
    assert [group.id for group in found.items] == [made.id]
    more = {"additional_body_parameters": {"colour": "blue", "verbose": True}}
    assert [one.id for one in tfy.secrets.list(request_options=more).items] == [made.secret("a")]
    assert wire.last.sent()["colour"] == "blue"
    changed = tfy.secret_groups.update(
        made.id, secrets=[UpdateSecretInput(key="a")], request_options=more
    )
    assert changed.data.id == made.id


@proves("X-5.7")
async def test_many_calls_at_once(connect_async: Any, store: Store, wire: Wire) -> None:
    tfy = connect_async()
    values = {unique(): wire.canary() for _ in range(30)}
    made = await asyncio.gather(
        *(
            tfy.secret_groups.create(
                name=name, integration_id=store.id, secrets=[SecretInput(key="k", value=value)]
            )
            for name, value in values.items()
        )
    )
    secrets = [answer.data.associated_secrets[0].id for answer in made]
    answers = await asyncio.gather(*(tfy.secrets.get(secret) for secret in secrets))
    assert [answer.data.value for answer in answers] == list(values.values())
    pager = await tfy.secret_groups.list(limit=7)
    assert len({group.id async for group in pager}) == 30
    await tfy._client_wrapper.httpx_client.httpx_client.aclose()


@proves("X-5.8")
def test_our_own_api_shows_the_same(vault: Vault, account: Account, wire: Wire) -> None:
    made = vault.fill("a", "b")
    value = wire.canary()
    vault.update(made, a=value, b=None)
    named = f"/groups/{made.name}"
    assert account.get(named)["id"] == made.id
    opened = {row["name"]: row["value"] for row in account.get(f"{named}/values")["data"]}
    assert opened == {"a": value, "b": made.values["b"]}
    versions = account.get(f"/secrets/{made.secret('a')}/versions")["data"]
    assert sorted(row["version"] for row in versions) == sorted(vault.versions(made.secret("a")))
    own = account.post(f"{named}/secrets", {"name": "c", "value": "made there"})
    assert vault.value(own["id"]) == "made there"
    assert own["id"] in {one.id for one in vault.client.secrets.list(secret_group_id=made.id)}
