"""Secret groups by their manifest: put, dry run, what is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from truefoundry_sdk import (
    NotFoundError,
    OwnedBy,
    SecretGroupManifest,
    UnprocessableEntityError,
    UpdateSecretInput,
)

from checks import ID, assert_refused, calls, refused
from identities import Account, Identity, unique
from proof import proves
from vault import EDITOR, VIEWER, Store, Vault, collaborators
from wire import Wire


def put(http: httpx.Client, manifest: Any, **more: Any) -> httpx.Response:
    return http.put("/secret-groups", json={"manifest": manifest, **more})


def plain(store: Store, **members: Any) -> dict[str, Any]:
    name = unique("group")
    return {"type": "secret-group", "name": name, "integration_fqn": store.fqn, **members}


@proves("G-4.1", "G-4.3")
def test_a_put_makes_a_group_without_secrets(
    vault: Vault, account: Account, admin: Identity, wire: Wire
) -> None:
    made = vault.put("by-manifest")
    assert wire.last.status == 200 and wire.last.sent()["dryRun"] is False
    assert made.id is not None and ID.fullmatch(made.id)
    assert made.fqn == f"{account.name}:by-manifest"
    assert (made.associated_secrets, made.integration_id) == ([], vault.store.id)
    assert made.created_by == admin.email
    sent = wire.last.sent()["manifest"]
    assert wire.last.json()["data"]["manifest"] == sent
    assert vault.client.secret_groups.get(made.id).data.manifest == sent


@proves("G-4.2")
def test_a_put_of_a_name_that_is_there_is_that_group(vault: Vault) -> None:
    made = vault.fill("a", "b", name="both-ways")
    for _ in range(2):
        same = vault.put("both-ways")
        assert same.id == made.id and same.created_at == made.group.created_at
        assert {one.id for one in same.associated_secrets} == {made.secret("a"), made.secret("b")}
    assert vault.value(made.secret("a")) == made.values["a"]
    assert vault.versions(made.secret("a")) == [1]
    assert len(list(vault.client.secret_groups.list())) == 1


@proves("G-4.2")
def test_a_group_that_was_put_takes_secrets(vault: Vault, wire: Wire) -> None:
    made = vault.put()
    value = wire.canary()
    listed = [UpdateSecretInput(key="k", value=value)]
    changed = vault.client.secret_groups.update(made.id, secrets=listed)
    (secret,) = changed.data.associated_secrets
    assert vault.value(secret.id) == value


@proves("G-4.3")
def test_the_manifest_reads_back_as_it_was_put(
    http: httpx.Client, store: Store, account: Account, member: Identity
) -> None:
    shared = [{"subject": f"user:{member.email}", "role_id": VIEWER}]
    for more in (
        {},
        {"collaborators": shared},
        {"collaborators": []},
        {"ownedBy": {"account": account.name}},
        {"collaborators": shared, "ownedBy": {"account": account.name}},
    ):
        sent = plain(store, **more)
        told = put(http, sent).json()["data"]
        assert told["manifest"] == sent
        assert http.get(f"/secret-groups/{told['id']}").json()["data"]["manifest"] == sent
        changed = {**sent, "collaborators": shared}
        assert put(http, changed).json()["data"]["manifest"] == changed


# -- dry run -------------------------------------------------------------------------------------


@proves("G-4.4")
def test_a_dry_run_makes_nothing(vault: Vault, account: Account, wire: Wire) -> None:
    would_be = vault.put("not-yet", dry_run=True)
    assert wire.last.sent()["dryRun"] is True
    assert would_be.tenant_name == account.name and would_be.associated_secrets == []
    assert would_be.manifest is not None and would_be.manifest["name"] == "not-yet"
    assert list(vault.client.secret_groups.list()) == []
    assert vault.fill("k", name="not-yet").group.fqn == f"{account.name}:not-yet"


@proves("G-4.5")
def test_a_dry_run_changes_nothing(connect: Any, vault: Vault, member: Identity) -> None:
    made = vault.fill("a")
    vault.share(made, {f"user:{member.email}": EDITOR})
    before = vault.client.secret_groups.get(made.id).data
    told = vault.put(made.name, dry_run=True, collaborators=[])
    assert told.id == made.id
    assert vault.client.secret_groups.get(made.id).data == before
    assert connect(member.token).secrets.get(made.secret("a")).data.value == made.values["a"]


@proves("G-4.6", "G-4.8", "G-4.9", "G-4.10")
def test_a_dry_run_refuses_what_would_be_refused(vault: Vault, wire: Wire) -> None:
    strangers = collaborators({"user:nobody@example.test": VIEWER})
    with calls(wire, 1), refused(NotFoundError):
        vault.put(dry_run=True, collaborators=strangers)
    elsewhere = SecretGroupManifest(name=unique(), integration_fqn="internal:aws:a:secret-store:b")
    with calls(wire, 1), refused(NotFoundError):
        vault.client.secret_groups.create_or_update(manifest=elsewhere, dry_run=True)
    with calls(wire, 1), refused(UnprocessableEntityError):
        vault.put("not a name", dry_run=True)


# -- what is refused -----------------------------------------------------------------------------


@proves("G-4.7")
@pytest.mark.parametrize("member", ["type", "name", "integration_fqn"])
@pytest.mark.parametrize("wrong", ["missing", None, 5, "", "another", ["a"]], ids=str)
def test_a_required_member_is_422(
    http: httpx.Client, store: Store, member: str, wrong: Any
) -> None:
    if wrong == "another" and member != "type":
        wrong = {"type": "secret-group"}
    sent = plain(store)
    if wrong == "missing":
        del sent[member]
    else:
        sent[member] = wrong
    # An empty FQN may be taken for one that names nothing.
    allowed = (422, 404) if (member, wrong) == ("integration_fqn", "") else (422,)
    assert_refused(put(http, sent), *allowed)
    assert http.get("/secret-groups").json()["data"] == []


@proves("G-4.7")
@pytest.mark.parametrize(
    "body", [{}, {"manifest": None}, {"manifest": []}, {"manifest": "a"}], ids=str
)
def test_no_manifest_is_422(http: httpx.Client, body: dict[str, Any]) -> None:
    assert_refused(http.put("/secret-groups", json=body), 422)


@proves("G-4.7")
@pytest.mark.parametrize("dry_run", ["true", 1, {}])
def test_a_dry_run_of_another_type_is_422(http: httpx.Client, store: Store, dry_run: Any) -> None:
    assert_refused(put(http, plain(store), dryRun=dry_run), 422)
    assert http.get("/secret-groups").json()["data"] == []


@proves("G-4.8", "X-2.3")
def test_an_integration_fqn_that_names_nothing_is_404(
    vault: Vault, tfy: Any, http: httpx.Client, bearer: Any, other: Account, wire: Wire
) -> None:
    bodies = set()
    for fqn in (
        Store.of(bearer(other.token)).fqn,
        "internal:aws:aws-1:secret-store:internal-secret-store",
        f"{vault.store.fqn}x",
        vault.store.fqn.upper(),
        "embedded",
        "a:b",
    ):
        sent = SecretGroupManifest(name=unique(), integration_fqn=fqn)
        with calls(wire, 1), refused(NotFoundError):
            tfy.secret_groups.create_or_update(manifest=sent)
        bodies.add(wire.last.body)
    assert len(bodies) == 1
    assert http.get("/secret-groups").json()["data"] == []


@proves("G-4.9", "X-2.3")
def test_a_collaborator_that_names_nobody_is_404(
    vault: Vault, tfy: Any, other: Account, member: Identity, wire: Wire
) -> None:
    bodies = []
    for subject in (
        f"user:{other.user('member').email}",
        "user:nobody@example.test",
        "team:no-such-team",
        "virtualaccount:no-such-account",
    ):
        known = {f"user:{member.email}": VIEWER}
        with calls(wire, 1), refused(NotFoundError):
            vault.put(collaborators=collaborators({**known, subject: VIEWER}))
        bodies.append(wire.last.body)
    assert list(tfy.secret_groups.list()) == []
    assert bodies[0] == bodies[1]


@proves("G-4.10")
@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "user:x@example.test"},
        {"role_id": VIEWER},
        {"subject": "x@example.test", "role_id": VIEWER},
        {"subject": "robot:x", "role_id": VIEWER},
        {"subject": 5, "role_id": VIEWER},
        {"subject": None, "role_id": VIEWER},
        {},
        "user:x@example.test",
    ],
    ids=str,
)
def test_a_malformed_collaborator_is_422(http: httpx.Client, store: Store, wrong: Any) -> None:
    assert_refused(put(http, plain(store, collaborators=[wrong])), 422)
    assert http.get("/secret-groups").json()["data"] == []


@proves("G-4.10")
@pytest.mark.parametrize("role", ["", "secret-group-owner", "workspace-editor", "admin", 5, None])
def test_an_unknown_role_is_422(
    http: httpx.Client, store: Store, member: Identity, role: Any
) -> None:
    wrong = {"subject": f"user:{member.email}", "role_id": role}
    assert_refused(put(http, plain(store, collaborators=[wrong])), 422)
    assert http.get("/secret-groups").json()["data"] == []


@proves("G-4.12")
def test_owned_by_names_the_own_account(
    vault: Vault, http: httpx.Client, account: Account, other: Account
) -> None:
    made = vault.put(owned_by=OwnedBy(account=account.name))
    assert made.manifest is not None and made.manifest["ownedBy"] == {"account": account.name}
    answers = [
        put(http, plain(vault.store, ownedBy={"account": named}))
        for named in (other.name, unique("tenant"))
    ]
    for answer in answers:
        assert_refused(answer, 409)
    assert answers[0].content == answers[1].content
    for wrong in ({}, {"account": 5}, "account", []):
        assert_refused(put(http, plain(vault.store, ownedBy=wrong)), 422)
    assert [group.id for group in vault.client.secret_groups.list()] == [made.id]


# -- collaborators -------------------------------------------------------------------------------


@proves("G-4.11", "R-1.11")
def test_collaborators_are_replaced_or_left(
    connect: Any, vault: Vault, account: Account, wire: Wire
) -> None:
    first, second = account.user("member"), account.user("member")
    made = vault.fill("a")

    def allowed(who: Identity) -> bool:
        return made.id in {group.id for group in connect(who.token).secret_groups.list()}

    vault.share(made, {f"user:{first.email}": VIEWER})
    assert (allowed(first), allowed(second)) == (True, False)
    vault.share(made, {f"user:{second.email}": VIEWER})
    assert (allowed(first), allowed(second)) == (False, True)
    vault.put(made.name)
    assert "collaborators" not in wire.last.sent()["manifest"]
    assert (allowed(first), allowed(second)) == (False, True)
    vault.put(made.name, collaborators=None)
    assert wire.last.sent()["manifest"]["collaborators"] is None
    assert (allowed(first), allowed(second)) == (False, True)
    vault.put(made.name, collaborators=[])
    assert (allowed(first), allowed(second)) == (False, False)


@proves("G-4.11")
def test_everybody_listed_gets_a_role(vault: Vault, connect: Any, account: Account) -> None:
    people = [account.user("member") for _ in range(3)]
    made = vault.fill("a")
    vault.share(made, {f"user:{who.email}": EDITOR for who in people})
    for who in people:
        assert connect(who.token).secrets.get(made.secret("a")).data.value == made.values["a"]
