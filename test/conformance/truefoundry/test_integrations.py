"""Where secrets are kept, by plain HTTP: integrations, provider accounts; and ids by FQN."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from truefoundry_sdk import (
    BadRequestError,
    NotFoundError,
    ProviderAccount,
    ProviderIntegration,
    SecretInput,
)
from truefoundry_sdk.core.pydantic_utilities import parse_obj_as

from checks import ID, UNKNOWN_ID, assert_refused, calls, refused
from identities import Account, Identity, unique
from proof import proves
from vault import STORE, Store, Vault
from wire import Wire


def rows(http: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    answer = http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["pagination"]["total"] == len(answer.json()["data"])
    return answer.json()["data"]


def embedded(http: httpx.Client) -> dict[str, Any]:
    all = rows(http, "/provider-integrations", type="secret-store")
    assert {one["name"] for one in all} == {"embedded", STORE}
    (row,) = (one for one in all if one["name"] == "embedded")
    return row


def built_in(http: httpx.Client, **query: Any) -> dict[str, Any]:
    """Its provider account; what was set up beside it has one of its own."""
    found = rows(http, "/provider-accounts", **query)
    assert len(found) == len({"embedded", STORE})
    (one,) = (one for one in found if one["provider"] == "truefoundry")
    return one


@proves("I-1.1", "I-1.4")
def test_the_built_in_store_is_an_integration(http: httpx.Client, account: Account) -> None:
    row = embedded(http)
    assert ID.fullmatch(row["id"])
    assert (row["name"], row["type"]) == ("embedded", "secret-store")
    assert row["fqn"] == f"{account.name}:truefoundry:strongroom:secret-store:embedded"
    assert row["fqn"].startswith(row["providerAccountFqn"] + ":")
    assert row["tenantName"] == account.name
    assert row["manifest"]["type"] == "integration/secret-store/truefoundry/db"
    assert row["manifest"]["name"] == "embedded"
    typed = parse_obj_as(ProviderIntegration, row)
    assert typed.type == "secret-store" and typed.created_by_subject.subject_id


@proves("I-1.2")
def test_integrations_are_filtered(http: httpx.Client, bearer: Any, other: Account) -> None:
    row = embedded(http)
    path = "/provider-integrations"
    assert rows(http, path) == rows(http, path, type="secret-store")
    assert rows(http, path, id=row["id"]) == rows(http, path, fqn=row["fqn"]) == [row]
    assert rows(http, path, id=row["id"], type="secret-store") == [row]
    for kind in ("blob-storage", "docker-registry", "model", "vcs", "cluster", "helm-repo"):
        assert rows(http, path, type=kind) == []
    theirs = embedded(bearer(other.token))
    assert theirs["id"] != row["id"]
    for id in (UNKNOWN_ID, "nobody", theirs["id"], row["id"].upper()):
        assert rows(http, path, id=id) == []
    for fqn in ("nobody", theirs["fqn"], row["fqn"] + "x", row["providerAccountFqn"]):
        assert rows(http, path, fqn=fqn) == []
    assert rows(http, path, id=row["id"], type="cluster") == []


@proves("I-1.2")
def test_an_unknown_type_finds_nothing(http: httpx.Client) -> None:
    answer = http.get("/provider-integrations", params={"type": "no-such-type"})
    if answer.status_code != 200:
        assert_refused(answer, 422)
    else:
        assert answer.json()["data"] == []


@proves("I-1.3", "I-1.4")
def test_the_store_has_a_provider_account(http: httpx.Client, account: Account) -> None:
    row = embedded(http)
    found = built_in(http, type="secret-store")
    assert (found["fqn"], found["provider"]) == (row["providerAccountFqn"], "truefoundry")
    assert found["accountId"] == account.id
    assert found["manifest"]["type"] == "provider-account/truefoundry"
    assert [one["id"] for one in found["integrations"]] == [row["id"]]
    typed = parse_obj_as(ProviderAccount, found)
    assert typed.integrations is not None and typed.integrations[0].fqn == row["fqn"]
    assert built_in(http)["fqn"] == found["fqn"]


@proves("I-1.5")
def test_its_id_and_fqn_are_what_groups_take(vault: Vault, http: httpx.Client) -> None:
    row = embedded(http)
    found = built_in(http, type="secret-store")
    for id in (row["id"], found["integrations"][0]["id"]):
        made = vault.client.secret_groups.create(
            name=unique(), integration_id=id, secrets=[SecretInput(key="k", value="a value")]
        ).data
        assert made.integration_id == row["id"]
        assert made.manifest is None or made.manifest["integration_fqn"] == row["fqn"]
    by_fqn = Vault(vault.client, Store(row["id"], row["fqn"]), vault.wire)
    assert by_fqn.put().integration_id == row["id"]


@proves("I-1.6")
def test_every_user_finds_the_store(store: Store, bearer: Any, member: Identity) -> None:
    assert Store.of(bearer(member.token)) == store


@proves("I-1.7")
@pytest.mark.parametrize("kind", ["app", "deployment", "workspace", "cluster"])
def test_what_is_not_there_has_no_id(tfy: Any, account: Account, wire: Wire, kind: str) -> None:
    with calls(wire, 1), refused(NotFoundError):
        tfy.internal.get_id_from_fqn(kind, fqn=f"{account.name}:nowhere:nothing")


@proves("I-1.7")
def test_an_unknown_type_of_fqn_is_400(tfy: Any, http: httpx.Client, wire: Wire) -> None:
    with calls(wire, 1), refused(BadRequestError):
        tfy.internal.get_id_from_fqn("no-such-kind", fqn="a:b")
    assert_refused(http.get("/fqn/app"), 400, 422)
