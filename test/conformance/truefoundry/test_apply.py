"""Apply and delete: every kind of manifest by one call."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from truefoundry_sdk import (
    RoleBinding,
    RoleBindingManifest,
    SecretGroup,
    SecretGroupManifest,
    Team,
    TeamManifest,
    VirtualAccount,
    VirtualAccountManifest,
)
from truefoundry_sdk.core.api_error import ApiError

from checks import UNKNOWN_ID, assert_refused, calls, refused
from identities import Account, Identity, unique
from proof import proves
from vault import EDITOR, VIEWER, Filled, Store, Vault, manifest
from wire import Wire

KINDS = {
    "secret-group": SecretGroup,
    "team": Team,
    "virtual-account": VirtualAccount,
    "role-binding": RoleBinding,
}

MANIFESTS = {
    "secret-group": SecretGroupManifest,
    "team": TeamManifest,
    "virtual-account": VirtualAccountManifest,
    "role-binding": RoleBindingManifest,
}

every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def made(vault_sync: Vault) -> Filled:
    return vault_sync.fill("a")


def document(kind: str, made: Filled, store: Store, who: Identity, name: str) -> dict[str, Any]:
    """A manifest of each kind, about the group `made` where it is about one."""
    member = f"user:{who.email}"
    grant = {"resourceType": "secret-group", "resourceFqn": made.group.fqn, "role": EDITOR}
    return {
        "secret-group": {
            "type": "secret-group",
            "name": name,
            "integration_fqn": store.fqn,
            "collaborators": [{"subject": member, "role_id": VIEWER}],
        },
        "team": {"type": "team", "name": name, "members": [who.email], "description": "first"},
        "virtual-account": {"type": "virtual-account", "name": name, "tags": {"step": "first"}},
        "role-binding": {
            "type": "role-binding",
            "name": name,
            "subjects": [{"type": "user", "name": who.email}],
            "permissions": [grant],
        },
    }[kind]


def changed(kind: str, sent: dict[str, Any]) -> dict[str, Any]:
    """The same manifest with something else in it."""
    return {
        **sent,
        **{
            "secret-group": {"collaborators": []},
            "team": {"description": "second"},
            "virtual-account": {"tags": {"step": "second"}},
            "role-binding": {
                "permissions": [{**row, "role": VIEWER} for row in sent.get("permissions", [])]
            },
        }[kind],
    }


def apply(http: httpx.Client, sent: Any, **more: Any) -> httpx.Response:
    return http.put("/apply", json={"manifest": sent, "dryRun": False, **more})


def delete(http: httpx.Client, sent: Any) -> httpx.Response:
    return http.post("/delete", json={"manifest": sent})


# -- apply ---------------------------------------------------------------------------------------


@proves("A-1.1", "A-1.2", "A-1.3")
@every_kind
def test_apply_makes_and_then_updates(
    http: httpx.Client, store: Store, made: Filled, member: Identity, kind: str
) -> None:
    sent = document(kind, made, store, member, unique("thing"))
    first = apply(http, sent)
    assert first.status_code == 200 and first.json()["action"] == "CREATE"
    assert first.json().get("existingManifest") is None
    assert first.json()["data"]["manifest"] == sent
    other = changed(kind, sent)
    second = apply(http, other)
    assert second.status_code == 200 and second.json()["action"] == "UPDATE"
    assert second.json()["existingManifest"] == sent
    assert second.json()["data"]["id"] == first.json()["data"]["id"]
    assert second.json()["data"]["manifest"] == other
    third = apply(http, other)
    assert third.json()["action"] == "UPDATE" and third.json()["existingManifest"] == other


@proves("A-1.2", "A-1.6")
@every_kind
def test_the_typed_client_reads_the_resource(
    tfy: Any, store: Store, made: Filled, member: Identity, kind: str, wire: Wire
) -> None:
    sent = document(kind, made, store, member, unique("thing"))
    typed = MANIFESTS[kind].model_validate(sent)
    for force in (False, True):
        told = tfy.apply(manifest=typed, force=force)
        assert wire.last.sent() == {"manifest": sent, "dryRun": False, "force": force}
        assert type(told.data) is KINDS[kind]
    assert type(told.existing_manifest) is MANIFESTS[kind]
    assert told.existing_manifest.name == sent["name"]


@proves("A-1.4")
@every_kind
def test_a_dry_run_makes_nothing_and_changes_nothing(
    tfy: Any, http: httpx.Client, store: Store, made: Filled, member: Identity, kind: str
) -> None:
    sent = document(kind, made, store, member, unique("thing"))
    told = tfy.apply(manifest=MANIFESTS[kind].model_validate(sent), dry_run=True)
    assert told.action == "CREATE" and told.existing_manifest is None
    assert told.data is None or type(told.data) is KINDS[kind]
    assert_refused(delete(http, sent), 404)
    apply(http, sent)
    dry = apply(http, changed(kind, sent), dryRun=True)
    assert dry.status_code == 200 and dry.json()["action"] == "UPDATE"
    assert dry.json()["existingManifest"] == sent
    assert apply(http, sent, dryRun=True).json()["existingManifest"] == sent


@proves("A-1.5")
def test_an_applied_group_keeps_its_secrets(vault: Vault, tfy: Any) -> None:
    group = vault.fill("a")
    told = tfy.apply(manifest=manifest(vault.store, group.name))
    assert told.action == "UPDATE" and told.data.id == group.id
    assert [one.id for one in told.data.associated_secrets] == [group.secret("a")]
    assert vault.value(group.secret("a")) == group.values["a"]
    assert vault.versions(group.secret("a")) == [1]


@proves("A-1.5")
def test_an_applied_virtual_accounts_token_is_asked_for(tfy: Any, connect: Any, wire: Wire) -> None:
    told = tfy.apply(manifest=VirtualAccountManifest(name="robot"))
    assert set(wire.last.json()) <= {"existingManifest", "action", "data"}
    token = tfy.virtual_accounts.get_token(told.data.id).token
    assert connect(token).internal.users.get_info().subject_slug == "robot"


@proves("A-1.1")
def test_what_is_applied_is_what_the_calls_of_its_family_show(
    tfy: Any, store: Store, connect: Any, member: Identity
) -> None:
    group = tfy.apply(manifest=manifest(store, "applied-group")).data
    assert tfy.secret_groups.get(group.id).data.fqn == group.fqn
    team = tfy.apply(manifest=TeamManifest(name="applied-team", members=[member.email])).data
    assert [one.id for one in connect(member.token).teams.list()] == [team.id]
    robot = tfy.apply(manifest=VirtualAccountManifest(name="applied-robot")).data
    assert tfy.virtual_accounts.get(robot.id).data.manifest.name == "applied-robot"


# -- delete --------------------------------------------------------------------------------------


@proves("A-1.7", "A-1.8")
@every_kind
def test_delete_finds_by_type_and_name(
    http: httpx.Client, store: Store, made: Filled, member: Identity, kind: str
) -> None:
    sent = document(kind, made, store, member, unique("thing"))
    kept = document(kind, made, store, member, unique("kept"))
    for one in (sent, kept):
        assert apply(http, one).status_code == 200
    answer = delete(http, changed(kind, sent))
    assert (answer.status_code, answer.json()) == (200, {})
    assert_refused(delete(http, sent), 404)
    assert apply(http, kept, dryRun=True).json()["action"] == "UPDATE"
    assert apply(http, sent).json()["action"] == "CREATE"


@proves("A-1.8")
def test_the_type_counts(http: httpx.Client, store: Store, made: Filled, member: Identity) -> None:
    sent = document("team", made, store, member, "same-name")
    assert apply(http, sent).status_code == 200
    for kind in ("secret-group", "virtual-account", "role-binding"):
        assert_refused(delete(http, document(kind, made, store, member, "same-name")), 404)
    assert delete(http, sent).status_code == 200


# -- what is refused -----------------------------------------------------------------------------


@proves("A-1.9")
@pytest.mark.parametrize(
    "sent",
    [
        {"type": "role", "name": "custom", "displayName": "c", "description": "d"},
        {"type": "provider-account/aws", "name": "aws-1", "integrations": []},
        {"type": "provider-account/gcp", "name": "gcp-1", "integrations": []},
        {"type": "provider-account/azure", "name": "azure-1", "integrations": []},
        {"type": "provider-account/hashicorp", "name": "vault-1", "integrations": []},
        {"type": "service", "name": "web"},
        {"type": "workspace", "name": "dev"},
        {"type": "ml-repo", "name": "models"},
        {"type": "no-such-type", "name": "x"},
        {"type": "Secret-Group", "name": "x"},
        {"type": "", "name": "x"},
        {"type": 5, "name": "x"},
        {"type": None, "name": "x"},
        {"name": "no-type"},
        {"type": "__proto__", "name": "x"},
        {},
        [],
        "secret-group",
        None,
    ],
    ids=str,
)
def test_what_is_not_ours_is_422(http: httpx.Client, sent: Any) -> None:
    assert_refused(apply(http, sent), 422)
    assert_refused(apply(http, sent, dryRun=True), 422)
    assert_refused(delete(http, sent), 422)


@proves("A-1.9")
def test_no_manifest_is_422(http: httpx.Client) -> None:
    assert_refused(http.put("/apply", json={}), 422)
    assert_refused(http.post("/delete", json={}), 422)
    assert_refused(http.put("/apply", json={"manifests": []}), 422)


@proves("A-1.10", "X-3.11")
def test_the_client_raises_an_api_error(tfy: Any, store: Store, wire: Wire) -> None:
    """It has no class for any error of these two calls."""
    elsewhere = SecretGroupManifest(name=unique(), integration_fqn="internal:a:b:secret-store:c")
    with calls(wire, 1), refused(ApiError, 404):
        tfy.apply(manifest=elsewhere)
    with calls(wire, 1), refused(ApiError, 422):
        tfy.apply(manifest=manifest(store, "not a name"))
    with calls(wire, 1), refused(ApiError, 404):
        tfy.delete(manifest=manifest(store, "nowhere"))
    assert list(tfy.secret_groups.list()) == []


@proves("A-1.10")
@every_kind
def test_a_bad_name_is_refused(
    http: httpx.Client, store: Store, made: Filled, member: Identity, kind: str
) -> None:
    for name in ("", 5, None, ["a"]):
        sent = {**document(kind, made, store, member, "x"), "name": name}
        assert_refused(apply(http, sent), 422)
        del sent["name"]
        assert_refused(apply(http, sent), 422)


@proves("A-1.11")
@every_kind
def test_without_the_right_nothing_changes(
    http: httpx.Client,
    bearer: Any,
    account: Account,
    store: Store,
    made: Filled,
    member: Identity,
    kind: str,
) -> None:
    sent = document(kind, made, store, account.user("member"), unique("thing"))
    assert apply(http, sent).status_code == 200
    plain = bearer(member.token)
    # A team that one is not in may look as if it were not there; its name is taken all the same.
    allowed = (403, 404, 409) if kind == "team" else (403,)
    assert_refused(apply(plain, changed(kind, sent)), *allowed)
    assert_refused(delete(plain, sent), *allowed)
    assert apply(http, sent, dryRun=True).json()["existingManifest"] == sent


@proves("A-1.11", "X-2.3")
def test_another_tenants_things_are_not_there(
    http: httpx.Client, bearer: Any, other: Account, store: Store, made: Filled, member: Identity
) -> None:
    theirs = bearer(other.token)
    for kind in KINDS:
        sent = document(kind, made, store, member, unique("thing"))
        assert apply(http, sent).status_code == 200
        foreign = delete(theirs, sent)
        unknown = delete(theirs, {**sent, "name": unique("thing")})
        assert_refused(foreign, 404)
        assert foreign.content == unknown.content
        assert apply(http, sent, dryRun=True).json()["action"] == "UPDATE"
    assert_refused(http.get(f"/secret-groups/{UNKNOWN_ID}"), 404)
