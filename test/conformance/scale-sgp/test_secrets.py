"""Secrets: what each of the five operations does when all is well."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from scale_gp_beta import NotFoundError
from scale_gp_beta.types.cloud_secret import CloudSecret

from checks import SECRET_MEMBERS, URL_SAFE, assert_now, assert_path, calls, moment, refused
from families import SECRETS
from identities import Account, unique
from proof import proves
from sizes import CONTROL_MAX, TEXT_MAX
from wire import Wire

SERVER_OWNED = {
    "id": "c" + "0" * 24,
    "object": "credential",
    "account_id": "c" + "1" * 24,
    "cloud_secret_path": "accounts/elsewhere/other",
    "created_at": "2001-01-01T00:00:00Z",
    "created_by": {"id": "c" + "2" * 24, "type": "user", "object": "identity"},
    "updated_at": "2001-01-01T00:00:00Z",
    "updated_by": "c" + "3" * 24,
}


# -- create --------------------------------------------------------------------------------------


@proves("S-1.1", "S-4.1", "S-4.3", "S-4.4", "S-4.5", "S-4.6", "S-4.7", "S-4.11")
def test_create_answers_all_ten_members(sgp: Any, account: Account, wire: Wire) -> None:
    key = unique()
    made = sgp.secrets.create(key=key, value=wire.canary(), description="for the billing job")
    assert type(made) is CloudSecret
    told = wire.last.json()
    assert wire.last.status == 200
    assert set(told) == SECRET_MEMBERS
    assert told["object"] == made.object == "sgp_cloud_secret"
    assert told["key"] == made.key == key
    assert told["description"] == made.description == "for the billing job"
    assert told["cloud_secret_path"] == made.cloud_secret_path
    assert_path(made)
    assert told["account_id"] == made.account_id == account.id
    assert told["updated_by"] is None and told["updated_at"] is None
    assert_now(told["created_at"])


@proves("S-4.2")
def test_id_needs_no_escaping(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire)
    assert URL_SAFE.fullmatch(made.id)


@proves("S-2.12", "S-4.1")
@pytest.mark.parametrize(
    "description", ["", " ", "Überweisung – 振込 🔑", "two\nlines\t", "d" * 4096, "<b>&amp;"]
)
def test_description_reads_back_as_sent(sgp: Any, wire: Wire, description: str) -> None:
    made = SECRETS.add(sgp, wire, description=description)
    assert made.description == description
    assert sgp.secrets.retrieve(made.id).description == description


@proves("S-2.12", "S-2.13", "S-4.1")
@pytest.mark.parametrize("more", [{}, {"description": None}], ids=["omitted", "null"])
def test_description_omitted_or_null_reads_back_null(
    sgp: Any, wire: Wire, more: dict[str, Any]
) -> None:
    made = SECRETS.add(sgp, wire, **more)
    assert set(wire.last.json()) == SECRET_MEMBERS
    assert made.description is None
    assert sgp.secrets.retrieve(made.id).description is None


@proves("S-2.2", "S-2.3", "S-2.4")
@pytest.mark.parametrize(
    "key",
    ["a", "7", "0-0", "openai-api-key", "a--b", "123", "a" * 90, "a" + "-" * 88 + "b"],
    ids=lambda key: f"{len(key)}-{key[:20]}",
)
def test_key_is_accepted(sgp: Any, wire: Wire, key: str) -> None:
    assert SECRETS.add(sgp, wire, key).key == key


@proves("S-2.8", "S-2.10", "S-2.11")
@pytest.mark.parametrize(
    "value",
    [
        "x",
        " ",
        "\n",
        "\x00",
        "line\r\nline\x00\x1b[0m\x7f",
        "пароль-密码-🔑-é-é",
        '{"a": [1, 2, {"b": null}]}',
        "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
        "v" * TEXT_MAX,
        "é" * (TEXT_MAX // 2),
        "🔑" * (TEXT_MAX // 4),
        "\x00" * CONTROL_MAX,
    ],
    ids=lambda value: f"{len(value.encode())}-bytes",
)
def test_value_is_accepted(sgp: Any, wire: Wire, value: str) -> None:
    made = sgp.secrets.create(key=unique(), value=value)
    assert "value" not in wire.last.json()
    assert sgp.secrets.update(made.id, value=value).id == made.id


@proves("S-2.16", "X-2.6")
def test_create_ignores_members_it_does_not_know_or_the_server_owns(
    sgp: Any, account: Account, other: Account, wire: Wire
) -> None:
    key = unique()
    made = sgp.secrets.create(
        key=key,
        value=wire.canary(),
        extra_body={
            **SERVER_OWNED,
            "account_id": other.id,
            "nothing": True,
            "__proto__": {"admin": True},
            "constructor": 1,
        },
    )
    told = wire.last.json()
    assert set(told) == SECRET_MEMBERS
    assert made.id != SERVER_OWNED["id"] and made.account_id == account.id
    assert made.object == "sgp_cloud_secret"
    assert_path(made)
    assert made.created_by.id != SERVER_OWNED["created_by"]["id"]
    assert made.updated_at is None and made.updated_by is None
    assert_now(told["created_at"])


@proves("S-2.18")
def test_two_accounts_may_use_one_key(
    connect: Any, account: Account, other: Account, wire: Wire
) -> None:
    ours = SECRETS.add(connect(), wire, "shared-name")
    theirs = SECRETS.add(connect(api_key=other.token, account_id=other.id), wire, "shared-name")
    assert ours.id != theirs.id
    assert (ours.account_id, theirs.account_id) == (account.id, other.id)
    assert ours.cloud_secret_path != theirs.cloud_secret_path


# -- who made it ---------------------------------------------------------------------------------


@proves("S-4.8", "S-4.9", "S-3.12", "S-4.12")
def test_a_user_is_told_as_a_user(connect: Any, account: Account, wire: Wire) -> None:
    user = account.user()
    sgp = connect(api_key=user.token)
    made = SECRETS.add(sgp, wire)
    assert wire.last.json()["created_by"] == {"id": user.id, "type": "user", "object": "identity"}
    sgp.secrets.update(made.id, description="changed")
    assert wire.last.json()["updated_by"] == user.id


@proves("S-4.8", "S-4.10", "S-3.12", "S-4.12")
def test_a_service_account_is_told_as_one(connect: Any, account: Account, wire: Wire) -> None:
    service = account.service_account()
    sgp = connect(api_key=service.token)
    made = SECRETS.add(sgp, wire)
    assert wire.last.json()["created_by"] == {
        "id": service.id,
        "type": "service_account",
        "object": "identity",
    }
    sgp.secrets.update(made.id, value=wire.canary())
    assert wire.last.json()["updated_by"] == service.id


@proves("S-3.13")
def test_updated_by_is_who_updated_and_not_who_created(
    connect: Any, account: Account, wire: Wire
) -> None:
    creator, updater = account.user(), account.service_account()
    made = SECRETS.add(connect(api_key=creator.token), wire)
    changed = connect(api_key=updater.token).secrets.update(made.id, description="by another hand")
    assert changed.created_by.id == creator.id
    assert changed.updated_by == updater.id


# -- retrieve, list ------------------------------------------------------------------------------


@proves("S-1.2", "S-1.3", "S-4.13")
def test_all_operations_tell_the_same_of_one_secret(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire, description="same everywhere")
    assert sgp.secrets.retrieve(made.id) == made
    assert list(sgp.secrets.list()) == [made]
    changed = sgp.secrets.update(made.id, description="another")
    assert sgp.secrets.retrieve(made.id) == changed
    assert list(sgp.secrets.list()) == [changed]


@proves("S-5.1")
def test_list_has_no_filter(http: httpx.Client, wire: Wire) -> None:
    made = SECRETS.fill(http, wire, 2)
    for query in (
        {"key": made[0]["key"]},
        {"name": "nothing"},
        {"account_id": "x", "no_such": "y"},
    ):
        told = http.get(SECRETS.route, params=query)
        assert told.status_code == 200
        assert [item["id"] for item in told.json()["items"]] == [item["id"] for item in made]


@proves("S-4.15")
def test_no_answer_holds_a_value(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire)
    sgp.secrets.retrieve(made.id)
    list(sgp.secrets.list())
    sgp.secrets.update(made.id, value=wire.canary(), description="and more")
    sgp.secrets.delete(made.id)
    assert all(b'"value"' not in exchange.body for exchange in wire.exchanges)
    assert wire.leaks() == []


# -- update --------------------------------------------------------------------------------------


def untouched(secret: CloudSecret, *but: str) -> dict[str, Any]:
    """All members but those that an update moves, and `but`."""
    return {
        name: value
        for name, value in secret.to_dict().items()
        if name not in ("updated_at", "updated_by", *but)
    }


@proves("S-1.4", "S-3.1", "S-4.14")
def test_update_of_the_description_moves_nothing_else(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire, description="before")
    changed = sgp.secrets.update(made.id, description="after")
    assert wire.last.status == 200 and set(wire.last.json()) == SECRET_MEMBERS
    assert changed.description == "after"
    assert untouched(changed, "description") == untouched(made, "description")


@proves("S-3.2", "S-4.14")
def test_update_of_the_value_keeps_the_description(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire, description="stays")
    changed = sgp.secrets.update(made.id, value=wire.canary())
    assert set(wire.last.json()) == SECRET_MEMBERS
    assert changed.updated_at is not None
    assert untouched(changed) == untouched(made)


@proves("S-3.3")
def test_update_of_both(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire)
    changed = sgp.secrets.update(made.id, value=wire.canary(), description="both")
    assert changed.description == "both"
    assert sgp.secrets.retrieve(made.id) == changed


@proves("S-3.4")
def test_an_empty_update_changes_nothing(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire, description="as it was")
    assert sgp.secrets.update(made.id) == made
    assert wire.last.request_body == b"{}"
    assert sgp.secrets.retrieve(made.id) == made
    changed = sgp.secrets.update(made.id, description="once")
    assert sgp.secrets.update(made.id) == changed


@proves("S-3.5")
def test_null_clears_the_description(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire, description="to be cleared")
    changed = sgp.secrets.update(made.id, description=None)
    assert changed.description is None and changed.updated_at is not None
    assert sgp.secrets.retrieve(made.id).description is None


@proves("S-3.6")
def test_a_null_value_is_unchanged(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire, description="stays")
    assert sgp.secrets.update(made.id, value=None) == made
    changed = sgp.secrets.update(made.id, value=None, description="new")
    assert changed.description == "new"


@proves("S-3.8")
def test_update_takes_the_largest_value(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire)
    assert sgp.secrets.update(made.id, value="w" * TEXT_MAX).id == made.id


@proves("S-3.10", "S-3.11")
def test_update_ignores_the_key_and_what_the_server_owns(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire)
    changed = sgp.secrets.update(
        made.id, description="mine", extra_body={**SERVER_OWNED, "key": "another-key", "nothing": 1}
    )
    assert untouched(changed, "description") == untouched(made, "description")
    assert changed.updated_by == made.created_by.id
    assert_now(wire.last.json()["updated_at"])


@proves("S-3.12", "S-4.11", "S-4.12")
def test_the_first_update_fills_updated_by_and_updated_at(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire)
    created = wire.last.json()
    time.sleep(0.01)
    sgp.secrets.update(made.id, value=wire.canary())
    first = wire.last.json()
    assert first["updated_by"] == made.created_by.id
    assert moment(first["updated_at"]) >= moment(created["created_at"])
    assert (first["created_at"], first["created_by"]) == (
        created["created_at"],
        created["created_by"],
    )
    time.sleep(0.01)
    sgp.secrets.update(made.id, description="again")
    assert moment(wire.last.json()["updated_at"]) > moment(first["updated_at"])


# -- delete --------------------------------------------------------------------------------------


@proves("S-1.5")
def test_delete_is_204_and_empty(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire)
    assert sgp.secrets.delete(made.id) is None
    assert (wire.last.status, wire.last.body) == (204, b"")


@proves("S-1.6")
def test_what_is_deleted_is_gone(sgp: Any, wire: Wire) -> None:
    made, kept = SECRETS.add(sgp, wire), SECRETS.add(sgp, wire)
    sgp.secrets.delete(made.id)
    for ask in (
        lambda: sgp.secrets.retrieve(made.id),
        lambda: sgp.secrets.update(made.id, description="late"),
        lambda: sgp.secrets.delete(made.id),
    ):
        with calls(wire, 1), refused(NotFoundError):
            ask()
    page = sgp.secrets.list()
    assert [secret.id for secret in page] == [kept.id] and page.total == 1


@proves("S-1.7")
def test_a_deleted_key_is_free_at_once(sgp: Any, wire: Wire) -> None:
    first = SECRETS.add(sgp, wire, "again", description="first life")
    sgp.secrets.delete(first.id)
    second = SECRETS.add(sgp, wire, "again")
    assert second.id != first.id
    assert second.description is None and second.updated_at is None


# -- what there is not ---------------------------------------------------------------------------


@proves("S-1.8")
@pytest.mark.parametrize(
    ("method", "below"),
    [
        ("GET", "/value"),
        ("GET", "/secret"),
        ("POST", "/secret"),
        ("POST", "/decrypt"),
        ("GET", "/versions"),
        ("GET", "/versions/1"),
    ],
)
def test_nothing_exists_below_a_secret(
    http: httpx.Client, wire: Wire, method: str, below: str
) -> None:
    made = SECRETS.fill(http, wire, 1)[0]
    assert http.request(method, f"{SECRETS.route}/{made['id']}{below}").status_code == 404
    assert http.get(f"{SECRETS.route}/name/{made['key']}").status_code == 404
    assert http.get(f"{SECRETS.route}/key/{made['key']}").status_code == 404


@proves("S-1.9")
def test_a_key_is_no_id(sgp: Any, wire: Wire) -> None:
    made = SECRETS.add(sgp, wire)
    with refused(NotFoundError):
        sgp.secrets.retrieve(made.key)
    with refused(NotFoundError):
        sgp.secrets.update(made.key, description="by key")
    with refused(NotFoundError):
        sgp.secrets.delete(made.key)
    assert sgp.secrets.retrieve(made.id) == made


@proves("S-1.10")
def test_the_client_warns_of_deprecation_and_works(sgp: Any, wire: Wire) -> None:
    with pytest.warns(DeprecationWarning):
        made = sgp.secrets.create(key=unique(), value=wire.canary())
    for ask in (
        lambda: sgp.secrets.list(),
        lambda: sgp.secrets.retrieve(made.id),
        lambda: sgp.secrets.update(made.id, description="old ways"),
        lambda: sgp.secrets.delete(made.id),
    ):
        with pytest.warns(DeprecationWarning):
            ask()
